"""What the figures need of work orders: one fact an order, read from the projection's table."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from evaluation.model import Level
from evaluation.orders.model import Category
from hall_server.database.connections import Database


class OrderFact(msgspec.Struct, frozen=True, kw_only=True):
    """A work order as the figures see it; times are aware UTC.

    Attributes:
        rating: id of the rating; ``order``: id of the work order (one rating may have had two: taken back, then bad again).
        business_day: the day on which it was opened.
        department: whose matter it was; None where the rating named no matter.
        named: whether the visitor left a phone, so that a revisit is owed.
        contact_due: until when the visitor was to be contacted; contacted_at: when that was done.
        fix_due: until when it was to be put right, extensions and plans counted; fixed_at: when that was done last.
        excluded: the rating does not count, after a review with evidence.
        revisit_satisfied: what the last revisit brought; None: not yet, or nobody could be reached.
        taken_back: the visitor changed the rating to a good one while the order was open.
    """

    rating: str
    order: str
    business_day: date
    opened_at: datetime
    window: str
    staff: str | None
    department: str | None
    level: Level
    named: bool
    contact_due: datetime
    contacted_at: datetime | None
    fix_due: datetime
    fixed_at: datetime | None
    category: Category | None
    excluded: bool
    appealed: bool
    revisited_at: datetime | None
    revisit_satisfied: bool | None
    reopened: bool
    closed_at: datetime | None
    taken_back: bool
    published_at: datetime | None
    published_text: str | None


async def facts(views: Database, first: date, last: date) -> list[OrderFact]:
    """The orders opened on the business days from ``first`` to ``last``, the oldest first."""
    raise NotImplementedError

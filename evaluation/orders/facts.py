"""What the figures need of work orders: one fact an order, read from the projection's table."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from evaluation.model import Level
from evaluation.orders.model import AppealState, Category, State
from hall_server.database.connections import Database
from hall_server.journal.rows import moment

_FACTS = (
    "SELECT id, rating, business_day, opened_at, window, staff, department, level, named, contact_due, contacted_at,"
    " fix_due, fixed_at, category, excluded, appeal, revisited_at, revisit_satisfied, reopened, closed_at,"
    " published_at, published_text, state FROM reviews WHERE business_day BETWEEN ? AND ? ORDER BY opened_at, id"
)


class OrderFact(msgspec.Struct, frozen=True, kw_only=True):
    """A work order as the figures see it; times are aware UTC.

    Attributes:
        rating: id of the rating. order: id of the work order; a rating has two where it was taken back and bad again.
        business_day: the day on which it was opened.
        department: whose matter it was; None where the rating named no matter.
        named: whether the visitor left a phone, so that a revisit is owed.
        contact_due: until when the visitor was to be contacted. contacted_at: when that was done.
        fix_due: until when it was to be put right, extensions and plans counted. fixed_at: when that was done last.
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
    return [_fact(row) for row in await views.fetch(_FACTS, (first.isoformat(), last.isoformat()))]


def _fact(row: tuple[Any, ...]) -> OrderFact:
    order, rating, day, opened, window, staff, department, level, named, contact_due, contacted, fix_due, *rest = row
    fixed, category, excluded, appeal, revisited, satisfied, reopened, closed, published, text, state = rest
    return OrderFact(
        rating=rating,
        order=order,
        business_day=date.fromisoformat(day),
        opened_at=moment(opened),
        window=window,
        staff=staff,
        department=department,
        level=Level(level),
        named=bool(named),
        contact_due=moment(contact_due),
        contacted_at=_moment(contacted),
        fix_due=moment(fix_due),
        fixed_at=_moment(fixed),
        category=Category(category) if category else None,
        excluded=bool(excluded),
        appealed=appeal != AppealState.NONE,
        revisited_at=_moment(revisited),
        revisit_satisfied=None if satisfied is None else bool(satisfied),
        reopened=bool(reopened),
        closed_at=_moment(closed),
        taken_back=state == State.TAKEN_BACK,
        published_at=_moment(published),
        published_text=text,
    )


def _moment(at_us: int | None) -> datetime | None:
    return None if at_us is None else moment(at_us)

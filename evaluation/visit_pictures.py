"""What the holder of a ticket's secret sees of what may be rated: today, and some days after the visit."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from evaluation.rules import RatingRules
from evaluation.state import Ratings
from evaluation.visits import Visits
from hall_queue.picture_types import HallName, RatedMatter
from hall_queue.pictures import Pictures
from hall_server.errors import NotFound
from hall_server.server import Server


class VisitPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A visit with its matters and how they were rated.

    Attributes:
        until: the last day on which it may be rated.
        possible: a matter is left that was not rated.
    """

    hall: HallName
    number: str
    day: date
    until: date
    possible: bool
    matters: tuple[RatedMatter, ...]


class VisitPictures:
    """Makes them."""

    def __init__(
        self, server: Server, visits: Visits, ratings: Ratings, pictures: Pictures, rules: RatingRules
    ) -> None:
        self._server = server
        self._visits = visits
        self._ratings = ratings
        self._pictures = pictures
        self._rules = rules

    async def of(self, token: str) -> VisitPicture:
        """The visit behind a secret.

        Raises:
            NotFound: ``rating.ticket_unknown``: no such ticket, or its visit is too long ago.
        """
        _, visit = await self._visits.by_secret(token)
        until = visit.day + timedelta(days=self._rules.days) if visit else None
        if visit is None or until is None or until < self._server.business_day:
            raise NotFound("rating.ticket_unknown", field="ticket")
        matters = tuple(self._matter(visit.ticket, part.matter) for part in visit.parts)
        await self._server.settled()
        return VisitPicture(
            hall=self._pictures.hall_name(),
            number=visit.number,
            day=visit.day,
            until=until,
            possible=any(one.level is None for one in matters),
            matters=matters,
        )

    def _matter(self, ticket: str, matter: str | None) -> RatedMatter:
        known, rating = self._server.directory.matters.get(matter or ""), self._ratings.of(ticket, matter)
        return RatedMatter(
            matter=matter,
            name=known.name if known else "",
            name_en=known.name_en if known else "",
            case=self._pictures.served.case_of(ticket, matter),
            level=int(rating.level) if rating else None,
        )

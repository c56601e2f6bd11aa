"""Ratings over HTTP: giving, explaining and changing one, what managers read, and the pad's page."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from evaluation import store
from evaluation.intake import Intake
from evaluation.marking import Marked
from evaluation.model import Level, good_rate
from evaluation.requests import ChangeWanted, DetailWanted, MarkWanted, RatingWanted
from evaluation.service import RatingMade
from evaluation.store import Asked, RatingRow
from evaluation.visit_pictures import VisitPicture, VisitPictures
from hall_server.errors import Invalid
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import MANAGER, PUBLIC, Limit, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"
LOOKING = Limit("rated visits", per_s=2, burst=40)
GIVING = Limit("ratings", per_s=1, burst=40)
"""A pad that hands in what it kept sends many at once."""


class RatingsFound(msgspec.Struct, frozen=True, kw_only=True):
    """A page of ratings, the newest first, with the counts of levels 1 to 5 and 好评率 of all that were meant.

    Attributes:
        counts, rate: of all. valid_counts, valid_rate: without those that are marked.
        active_counts: of visitors who came to rate unasked (主动评价).
    """

    items: list[RatingRow]
    total: int
    counts: list[int]
    rate: float | None
    valid_counts: list[int]
    valid_rate: float | None
    active_counts: list[int]


class RatingHandler(ApiHandler):
    """A handler of this room."""

    intake: Intake
    hall: Server
    pictures: VisitPictures


class RatingsHandler(RatingHandler):
    """All ratings."""

    async def post(self) -> None:
        """Give one."""
        wanted = self.read(RatingWanted)
        reply = await self.intake.give(wanted, actor=self.actor, command_id=self.command_id)
        self.answer(msgspec.Raw(reply))

    async def get(self) -> None:
        """Answer with those of some days, today where none are named."""
        asked = Asked(
            first=self._day("from"),
            last=self._day("to"),
            window=self.words("window") or None,
            least=int(Level.DISSATISFIED) if self.words("bad") in {"1", "true"} else 1,
            marked=self.words("marked") in {"1", "true"},
            limit=self.number("limit", default=50, least=1, most=200),
            offset=self.number("offset", default=0, most=1_000_000),
        )
        await self.hall.projector.reached(self.hall.journal.committed)
        rows, total = await store.listed(self.hall.views, asked)
        counts = await store.counts(self.hall.views, asked)
        items = [msgspec.structs.replace(row, text=await self.intake.text(row.text)) for row in rows]
        self.answer(
            RatingsFound(
                items=items,
                total=total,
                counts=counts.raw,
                rate=good_rate(counts.raw),
                valid_counts=counts.valid,
                valid_rate=good_rate(counts.valid),
                active_counts=counts.active,
            )
        )

    def _day(self, name: str) -> date:
        text = self.words(name)
        try:
            return date.fromisoformat(text) if text else self.hall.business_day
        except ValueError as exc:
            raise Invalid("rating.day_unknown", field=name) from exc


class RatingDetailHandler(RatingHandler):
    """The reasons of one rating."""

    async def post(self, rating: str) -> None:
        """Add them."""
        wanted = self.read(DetailWanted)
        reply = await self.intake.detail(rating, wanted, actor=self.actor, command_id=self.command_id)
        self.answer(msgspec.Raw(reply))


class RatingOneHandler(RatingHandler):
    """One rating."""

    async def patch(self, rating: str) -> None:
        """Put another in its place."""
        wanted = self.read(ChangeWanted)
        reply = await self.intake.change(rating, wanted, actor=self.actor, command_id=self.command_id)
        self.answer(msgspec.Raw(reply))


class RatingMarksHandler(RatingHandler):
    """The marks of one rating."""

    async def post(self, rating: str) -> None:
        """Set one, or lift it."""
        wanted = self.read(MarkWanted)
        reply = await self.intake.mark(rating, wanted, actor=self.actor, command_id=self.command_id)
        self.answer(msgspec.Raw(reply))


class RatedVisitHandler(RatingHandler):
    """What the holder of a ticket may rate, on the day of the visit and some days after."""

    async def get(self, token: str) -> None:
        """Answer with it."""
        self.answer(await self.pictures.of(token))


def routes(server: Server, intake: Intake, pictures: VisitPictures) -> list[Route]:
    """The room's addresses."""
    options = {"intake": intake, "hall": server, "pictures": pictures}
    found = {
        "from": "first day, YYYY-MM-DD; today where none is given",
        "to": "last day",
        "window": "only of this window",
        "bad": "1: only levels 4 and 5",
        "marked": "1: only those with a mark",
        "limit": "at most so many",
        "offset": "after so many",
    }
    give = Verb(access=PUBLIC, summary="Rate a visit", request=RatingWanted, reply=RatingMade, status=201, limit=GIVING)
    read = Verb(access=MANAGER, summary="Ratings of some days", reply=RatingsFound, query=found)
    detail = Verb(access=PUBLIC, summary="Say why", request=DetailWanted, reply=RatingMade, limit=GIVING)
    change = Verb(access=PUBLIC, summary="Rate anew", request=ChangeWanted, reply=RatingMade, limit=GIVING)
    mark = Verb(access=MANAGER, summary="Set or lift a mark", request=MarkWanted, reply=Marked)
    visit = Verb(access=PUBLIC, summary="What of a visit may be rated", reply=VisitPicture, limit=LOOKING)
    return [
        Route("/api/v1/ratings", RatingsHandler, {"GET": read, "POST": give}, options=options),
        Route("/api/v1/ratings/{rating}", RatingOneHandler, {"PATCH": change}, options=options),
        Route("/api/v1/ratings/{rating}/detail", RatingDetailHandler, {"POST": detail}, options=options),
        Route("/api/v1/ratings/{rating}/marks", RatingMarksHandler, {"POST": mark}, options=options),
        Route("/api/v1/ratings/visits/{token:[\\w-]{22}}", RatedVisitHandler, {"GET": visit}, options=options),
        *page_routes("evaluation", PAGES, {"/pad/{window}": "pad.html", "/telephone-rating": "telephone.html"}),
        file_route("evaluation", PAGES),
    ]

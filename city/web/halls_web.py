"""The halls over HTTP: the board of a period, the registry, what became of conflicts, and a hall's own figures."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, cast

import msgspec
from msgspec import Meta

from city.figures.facts import HallFacts
from city.store.halls import HallRecord
from city.web.board import BoardPictures
from city.web.board_types import BoardPicture, PeriodShown, shown
from dashboards.figures.pictures import StatisticsFound
from dashboards.figures.web import QUERY, FormulasHandler, FormulaTexts, StatisticsHandler
from evaluation.figures import period as periods
from evaluation.figures.facts import WITHOUT_TICKETS, By
from evaluation.figures.pictures import FiguresFound
from hall_server.errors import Invalid, NotFound
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import page_routes
from hall_server.web.routes import ADMIN, MANAGER, SIGNED_IN, Route, Verb

if TYPE_CHECKING:
    from city.server import City
    from hall_server.server import Server

log = logging.getLogger(__name__)

HALLS = "/api/v1/city/halls"
HALL = HALLS + r"/{hall:[a-z0-9][a-z0-9-]{0,62}}"
_Reason = Annotated[str, Meta(min_length=2, max_length=200)]
PERIOD = {"from": "first day, YYYY-MM-DD; today where none is given", "to": "last day"}


class NewHall(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A hall that shall be let in; ``by_certificate``: it shows a certificate instead of a token."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    by_certificate: bool = False


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A hall's token, shown this once; None: it comes with a certificate."""

    hall: str
    token: str | None


class Why(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why something is done."""

    reason: _Reason


class Where(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a hall lies, in degrees (WGS 84); both None: not on the map."""

    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None


class Epoch(msgspec.Struct, frozen=True, kw_only=True):
    """The hall's new epoch."""

    epoch: int


class DayShown(msgspec.Struct, frozen=True, kw_only=True):
    """A day of a hall."""

    day: date
    figures: PeriodShown | None


class HallShown(msgspec.Struct, frozen=True, kw_only=True):
    """A hall at the city, and its days of a period."""

    hall: HallRecord
    facts: HallFacts | None
    days: list[DayShown]


class HallList(msgspec.Struct, frozen=True, kw_only=True):
    """All halls of the registry."""

    halls: list[HallRecord]


class ConflictShown(msgspec.Struct, frozen=True, kw_only=True):
    """An item that a hall could not take."""

    hall: str
    seq: int
    kind: str
    at: datetime
    error: dict[str, Any]


class CaseConflict(msgspec.Struct, frozen=True, kw_only=True):
    """A case that hall and city do not agree about; ``found``: not on record yet."""

    case: str
    number: str
    hall: str
    conflicts: tuple[str, ...]
    found: str | None


class ConflictsShown(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody must settle: tasks of items that came back, and of cases."""

    items: list[ConflictShown]
    cases: list[CaseConflict]


class CityHandler(ApiHandler):
    """A handler of the city's board and halls."""

    city: City

    def period(self) -> periods.Period:
        """The days asked for."""
        return periods.period(self.words("from"), self.words("to"), today=self.city.business_day)

    def note(self, action: str, hall: str) -> None:
        """Say in the log who did what to a hall's registration."""
        log.info("%s of %s by %s", action, hall, self.actor, extra={"action": f"city.{action}"})


class BoardHandler(CityHandler):
    """``/api/v1/city/board``."""

    async def get(self) -> None:
        """Answer with the board of a period."""
        self.answer(await BoardPictures(self.city).of(self.period()))


class HallsHandler(CityHandler):
    """``/api/v1/city/halls``."""

    async def get(self) -> None:
        """List them."""
        self.answer(HallList(halls=await self.city.store.halls.everyone()))

    async def post(self) -> None:
        """Let a hall in from now on."""
        wanted = self.read(NewHall)
        token = await self.city.store.halls.register(wanted.id, wanted.name, by_certificate=wanted.by_certificate)
        self.note("registered", wanted.id)
        self.answer(Token(hall=wanted.id, token=token))


class HallHandler(CityHandler):
    """``/api/v1/city/halls/{hall}``."""

    async def get(self, hall: str) -> None:
        """Show one with its days."""
        record, period = await self.city.store.halls.one(hall), self.period()
        figures = self.city.rooms["figures"]
        days = await figures.days.of_hall(hall, period.first, period.last)
        shown_days = [DayShown(day=day, figures=shown(sums)) for day, sums in days.items()]
        self.answer(HallShown(hall=record, facts=figures.known(hall), days=shown_days))


class TokenHandler(CityHandler):
    """``…/token``."""

    async def post(self, hall: str) -> None:
        """Give it a new token."""
        token = await self.city.store.halls.renew_token(hall)
        self.note("token_renewed", hall)
        self.answer(Token(hall=hall, token=token))


class EpochHandler(CityHandler):
    """``…/epoch``."""

    async def post(self, hall: str) -> None:
        """Let a quarantined hall go on, from the last row that both share."""
        epoch = await self.city.store.halls.begin_epoch(hall, reason=self.read(Why).reason)
        self.note("epoch_begun", hall)
        self.answer(Epoch(epoch=epoch))


class CloseHandler(CityHandler):
    """``…/close``."""

    async def post(self, hall: str) -> None:
        """Take it out for good."""
        self.read(Why)
        await self.city.store.halls.one(hall)
        await self.city.store.halls.close_hall(hall)
        self.note("closed", hall)
        self.answer(await self.city.store.halls.one(hall))


class WhereHandler(CityHandler):
    """``…/place``."""

    async def put(self, hall: str) -> None:
        """Put it on the map, or take it off."""
        where = self.read(Where)
        if (where.latitude is None) != (where.longitude is None):
            raise Invalid("body.invalid", field="longitude")
        await self.city.store.halls.one(hall)
        figures = self.city.rooms["figures"]
        await figures.facts.place(hall, where.latitude, where.longitude)
        await figures.read_facts()
        self.answer(where)


class HallStatisticsHandler(StatisticsHandler):
    """``…/statistics``: the hall's own statistics, counted here by the same code."""

    city: City

    async def get(self, hall: str = "") -> None:
        """Answer as the hall does."""
        followed = await self.city.rooms["figures"].of(hall)
        self.hall, self.room = cast("Server", followed), followed.rooms["statistics"]
        await super().get()

    async def up_to_date(self) -> None:
        """They are already."""


class HallRatingsHandler(CityHandler):
    """``…/ratings``: the hall's figures of ratings."""

    async def get(self, hall: str) -> None:
        """Answer as the hall does."""
        followed = await self.city.rooms["figures"].of(hall)
        period = periods.period(self.words("from"), self.words("to"), today=followed.business_day)
        try:
            by = By(self.words("by", By.HALL))
            if by not in WITHOUT_TICKETS:
                raise ValueError
        except ValueError as exc:
            raise Invalid("figures.by_unknown", field="by", known=", ".join(sorted(WITHOUT_TICKETS))) from exc
        is_raw = self.words("raw").casefold() in {"1", "true"}
        self.answer(await followed.rooms["figures"].of(period, by, raw=is_raw))


class ConflictsHandler(CityHandler):
    """``/api/v1/city/conflicts``."""

    async def get(self) -> None:
        """List what somebody must settle."""
        index = self.city.rooms["case_index"]
        items = [
            ConflictShown(hall=one.hall, seq=one.seq, kind=one.kind, at=one.at, error=one.error)
            for one in await self.city.store.down.conflicts()
        ]
        cases = [
            CaseConflict(case=case.id, number=case.number, hall=case.hall, conflicts=case.conflicts, found=trouble)
            for case, trouble in await index.conflicts()
        ]
        self.answer(ConflictsShown(items=items, cases=cases))


class SettleHandler(CityHandler):
    """``/api/v1/city/conflicts/{hall}/{seq}``."""

    async def post(self, hall: str, seq: str) -> None:
        """Note that somebody has settled it."""
        self.read(Why)
        if not await self.city.store.down.settle(hall, int(seq), by=str(self.actor)):
            raise NotFound("route.unknown")
        self.note("conflict_settled", hall)
        self.answer_nothing()


def routes(city: City) -> list[Route]:
    """The city's addresses and pages."""
    options = {"city": city}

    def route(path: str, handler: type[ApiHandler], **verbs: Verb) -> Route:
        return Route(path, handler, {name.upper(): verb for name, verb in verbs.items()}, options=options)

    board = Verb(access=SIGNED_IN, summary="All halls side by side", reply=BoardPicture, query=PERIOD)
    listed = Verb(access=SIGNED_IN, summary="The registry of halls", reply=HallList)
    added = Verb(access=ADMIN, summary="Let a hall in", request=NewHall, reply=Token, status=201)
    one = Verb(access=SIGNED_IN, summary="A hall and its days", reply=HallShown, query=PERIOD)
    token = Verb(access=ADMIN, summary="A new token for a hall", reply=Token)
    epoch = Verb(access=ADMIN, summary="Let a quarantined hall go on", request=Why, reply=Epoch)
    closed = Verb(access=ADMIN, summary="Take a hall out for good", request=Why, reply=HallRecord)
    where = Verb(access=MANAGER, summary="Where a hall lies", request=Where, reply=Where)
    found = Verb(access=SIGNED_IN, summary="A hall's figures of a period", reply=StatisticsFound, query=QUERY)
    ratings = Verb(
        access=SIGNED_IN, summary="A hall's figures of ratings", reply=FiguresFound,
        query={**PERIOD, "by": f"what is told apart: {', '.join(By)}", "raw": "marked ratings too"},
    )  # fmt: skip
    words = Verb(access=SIGNED_IN, summary="What each figure divides by what, in words", reply=FormulaTexts)
    conflicts = Verb(access=SIGNED_IN, summary="What somebody must settle", reply=ConflictsShown)
    settled = Verb(access=MANAGER, summary="Settle an item that came back", request=Why, status=204)
    pages = city.home.parent if city.home else None
    return [
        route("/api/v1/city/board", BoardHandler, get=board),
        route(HALLS, HallsHandler, get=listed, post=added),
        route(HALL, HallHandler, get=one),
        route(f"{HALL}/token", TokenHandler, post=token),
        route(f"{HALL}/epoch", EpochHandler, post=epoch),
        route(f"{HALL}/close", CloseHandler, post=closed),
        route(f"{HALL}/place", WhereHandler, put=where),
        route(f"{HALL}/statistics", HallStatisticsHandler, get=found),
        route(f"{HALL}/ratings", HallRatingsHandler, get=ratings),
        Route("/api/v1/statistics/formulas", FormulasHandler, {"GET": words}, options={"hall": city, "room": None}),
        route("/api/v1/city/conflicts", ConflictsHandler, get=conflicts),
        route(r"/api/v1/city/conflicts/{hall}/{seq:\d{1,15}}", SettleHandler, post=settled),
        *(page_routes("city", pages, PAGES, access=SIGNED_IN) if pages else ()),
    ]


PAGES = {"/board": "city-board.html", "/halls/{hall}": "city-hall.html", "/halls": "city-halls.html"}

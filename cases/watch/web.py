"""Supervision, figures of cases and imported logs over HTTP; the same addresses in a hall and at the city."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from cases.figures.compute import CaseFigure, figures
from cases.figures.formulas import FORMULAS, PAGE, Measure
from cases.figures.sums import Days, GroupBy, grouped, summed
from cases.logs.report import LogReport
from cases.logs.store import FOLDER, SUFFIX, logs_in, read_report
from cases.supervision.cards import Card, CardDeed
from cases.watch import messages as m
from cases.watch.pictures import WATCHERS, Pictures, SupervisionShown
from cases.watch.watching import Watch
from hall_server.errors import DomainError, Invalid
from hall_server.identity import Role
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import Route, Verb, roles

if TYPE_CHECKING:
    from cases.watch.watching import Executes

PAGES = Path(__file__).parent / "pages"
SHOWN = "/api/v1/supervision"
FIGURES = "/api/v1/cases/figures"
LOGS = "/api/v1/cases/logs"
SEE_FIGURES = roles(Role.SUPERVISOR, Role.MANAGER, Role.ADMIN, Role.LEADER)
SPAN_MOST = 3_700
QUERY = {
    "from": "first day, YYYY-MM-DD; the first of this month where none is given",
    "to": "last day; today where none is given",
    "by": "department, matter, hall or channel; none: all together only",
    "hall": "cases that this hall received only",
    "department": "cases of this department only",
}


class DealRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of a deed; ``seen``: how many deeds of the card the caller has seen."""

    words: Annotated[str, Meta(max_length=1_000)] = ""
    seen: Annotated[int, Meta(ge=0)]


class CaseGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a department, matter, hall or channel; ``key`` "" : online, or nobody's."""

    key: str
    name: str
    figures: tuple[CaseFigure, ...]


class CaseFiguresFound(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a period."""

    first: date
    last: date
    by: GroupBy | None
    cases: int
    figures: tuple[CaseFigure, ...]
    groups: tuple[CaseGroup, ...]


class FormulaShown(msgspec.Struct, frozen=True, kw_only=True):
    """A formula in words."""

    id: str
    kind: Measure
    is_better_high: bool | None
    name: str
    plain: str
    formula: str
    events: str


class FormulasShown(msgspec.Struct, frozen=True, kw_only=True):
    """Every formula of cases."""

    formulas: tuple[FormulaShown, ...]


class LogListed(msgspec.Struct, frozen=True, kw_only=True):
    """An imported log in the list; ``error``: its file cannot be read."""

    name: str
    title: str = ""
    file: str = ""
    imported_at: str = ""
    cases: int = 0
    events: int = 0
    variants: int = 0
    on_time: float | None = None
    median_s: float | None = None
    dropped: int = 0
    is_whole: bool = True
    error: str = ""


class LogsFound(msgspec.Struct, frozen=True, kw_only=True):
    """The imported logs of this place."""

    logs: tuple[LogListed, ...]


class WatchHandler(ApiHandler):
    """What the handlers share."""

    pictures: Pictures
    watch: Watch
    executes: Executes
    today: Callable[[], date]
    names: Callable[[GroupBy], dict[str, str]]
    data: Path


class ShownHandler(WatchHandler):
    """The page's picture."""

    async def get(self) -> None:
        """Answer with what the one who asks may see."""
        self.answer(await self.pictures.page(self.actor))


class CardHandler(WatchHandler):
    """A deed."""

    async def post(self, card: str, deed: str) -> None:
        """Do it."""
        body = self.read(DealRequest)
        await self.run(m.DealWithCard(card=card, deed=CardDeed(deed), words=body.words, seen=body.seen))


class FiguresHandler(WatchHandler):
    """Figures of cases."""

    async def get(self) -> None:
        """Answer with those of the period that is asked for."""
        days, by = self._days(), self._by()
        hall, department = self.get_query_argument("hall", None), self.get_query_argument("department", None)
        every = await self.watch.facts(days)
        facts = [
            one
            for one in every
            if (hall is None or one.hall == hall) and (department is None or one.department == department)
        ]
        if not self.actor.may(Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
            facts = [one for one in facts if one.department in self.actor.departments]
        whole = await asyncio.to_thread(summed, facts, days)
        names = {} if by is None else self.names(by)
        parts = {} if by is None else await asyncio.to_thread(grouped, facts, by, days)
        groups = tuple(CaseGroup(key=key, name=names.get(key, key), figures=figures(one)) for key, one in parts.items())
        first, last = days.first or self.today(), days.last or self.today()
        self.answer(
            CaseFiguresFound(first=first, last=last, by=by, cases=len(facts), figures=figures(whole), groups=groups)
        )

    def _days(self) -> Days:
        today = self.today()
        last = self._day("to", today)
        first = self._day("from", last.replace(day=1))
        if first > last or (last - first).days > SPAN_MOST:
            raise Invalid("case_figures.period", field="from")
        return Days(first=first, last=last)

    def _day(self, name: str, otherwise: date) -> date:
        text = self.get_query_argument(name, "")
        try:
            return date.fromisoformat(text) if text else otherwise
        except ValueError as exc:
            raise Invalid("case_figures.period", field=name) from exc

    def _by(self) -> GroupBy | None:
        text = self.get_query_argument("by", "")
        try:
            return GroupBy(text) if text else None
        except ValueError as exc:
            raise Invalid("case_figures.by", field="by") from exc


class FormulasHandler(WatchHandler):
    """The table of formulas."""

    async def get(self) -> None:
        """Answer with it in words."""
        self.answer(
            FormulasShown(formulas=tuple(self._shown(one.id, one.kind, one.is_better_high) for one in FORMULAS))
        )

    def _shown(self, id_: str, kind: Measure, is_better_high: bool | None) -> FormulaShown:
        name, plain, formula, events = (
            self.web.locales.text(f"case_figures.{id_}{part}", self.language)
            for part in ("", ".plain", ".formula", ".events")
        )
        return FormulaShown(
            id=id_, kind=kind, is_better_high=is_better_high, name=name, plain=plain, formula=formula, events=events
        )


class LogsHandler(WatchHandler):
    """The imported logs."""

    async def get(self) -> None:
        """List them."""
        self.answer(LogsFound(logs=await asyncio.to_thread(_logs, self.data)))


class LogHandler(WatchHandler):
    """One imported log."""

    async def get(self, log: str) -> None:
        """Answer with what it comes to."""
        self.answer(await asyncio.to_thread(read_report, self.data / FOLDER / (log + SUFFIX)))


def _logs(data: Path) -> tuple[LogListed, ...]:
    return tuple(_listed(path) for path in logs_in(data))


def _listed(path: Path) -> LogListed:
    try:
        report = read_report(path)
    except DomainError as exc:
        return LogListed(name=path.stem, error=exc.code)
    return LogListed(
        name=report.name,
        title=report.title,
        file=report.file,
        imported_at=report.imported_at.isoformat(),
        cases=report.cases,
        events=report.events,
        variants=report.variants,
        on_time=report.on_time.rate,
        median_s=report.throughput.median,
        dropped=report.dropped,
        is_whole=report.is_whole,
    )


def routes(**options: Any) -> list[Route]:
    """The addresses and the page; ``options``: what `WatchHandler` holds."""
    deeds = "|".join(one.value for one in CardDeed)

    def one(path: str, handler: type[WatchHandler], method: str, verb: Verb) -> Route:
        return Route(path, handler, {method: verb}, options=options)

    return [
        one(SHOWN, ShownHandler, "GET", Verb(access=WATCHERS, summary="Lights, cards, boards", reply=SupervisionShown)),
        one(
            SHOWN + "/cards/{card}/{deed:" + deeds + "}",
            CardHandler,
            "POST",
            Verb(access=WATCHERS, summary="Do something with a card", request=DealRequest, reply=Card),
        ),
        one(
            FIGURES,
            FiguresHandler,
            "GET",
            Verb(access=SEE_FIGURES, summary="Figures of cases", reply=CaseFiguresFound, query=QUERY),
        ),
        one(PAGE, FormulasHandler, "GET", Verb(access=WATCHERS, summary="What each figure is", reply=FormulasShown)),
        one(LOGS, LogsHandler, "GET", Verb(access=SEE_FIGURES, summary="Imported logs", reply=LogsFound)),
        one(
            LOGS + "/{log:[a-z0-9][a-z0-9_-]{0,62}}",
            LogHandler,
            "GET",
            Verb(access=SEE_FIGURES, summary="What an imported log comes to", reply=LogReport),
        ),
        *page_routes("supervision", PAGES, {"/supervision": "supervision.html"}, access=WATCHERS),
        file_route("supervision", PAGES),
    ]

"""Supervision at work: judges cases when they change and at each close of a working day, raises cards, tells."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from cases.clocks.counting import clock_now
from cases.clocks.lights import worst
from cases.clocks.model import ClockKind, Light
from cases.clocks.of_case import clocks_of
from cases.clocks.recount import CaseClocks, DueMoved, KnownClock, recompute
from cases.clocks.terms import Terms
from cases.figures.facts import CaseFacts
from cases.figures.of_case import facts_of
from cases.figures.sums import Days
from cases.folding import fold
from cases.model import Case, State
from cases.supervision.daily import daily
from cases.supervision.judging import Finding, judged
from cases.supervision.of_case import Happened, supervised
from cases.supervision.rules import Rule
from cases.watch import messages as m
from cases.watch.source import CaseSource
from cases.watch.state import Cards
from hall_server.errors import DomainError, NotFound
from hall_server.identity import SYSTEM

if TYPE_CHECKING:
    from hall_server.host import Host
    from hall_server.messages import Command

log = logging.getLogger(__name__)

TOPIC = "supervision"
ALL = "all"
LOOK_S = 20.0
"""So often it is looked whether a working day has closed; changed cases are looked at once."""
_SLICE = 200


class CaseLight(msgspec.Struct, frozen=True, kw_only=True):
    """An open case, as its clocks stand.

    Attributes:
        due: the nearest last day; statute: by law. over_workdays: of the clock that is over most.
        is_provisional: a due day may still move by itself.
    """

    case: str
    number: str
    department: str
    matter: str
    hall: str
    state: State
    light: Light
    due: date | None
    statute: date | None
    over_workdays: int
    is_provisional: bool
    received_on: date


class Recount(msgspec.Struct, frozen=True, kw_only=True):
    """What the last published calendar moved."""

    at: datetime
    cases: int
    moved: int
    provisional: int
    examples: tuple[DueMoved, ...]


class Executes(Protocol):
    """What takes commands."""

    async def execute(self, command: Command, *, actor: Any, command_id: str | None = None) -> bytes:
        """Decide a command."""
        ...


class Watch:
    """Watches the cases of a place.

    Attributes:
        lights: of each open case, by its id. warnings: breaches that are no card, by their key, while they last.
        recount: None: no calendar came since the start.
        version: counts what was changed or looked at again.
        raises: whether cards are raised here; a hall that is linked to a city leaves that to the city.
    """

    def __init__(
        self,
        host: Host,
        executes: Executes,
        source: CaseSource,
        cards: Cards,
        rules: Iterable[Rule],
        terms: Callable[[], Terms],
        now: Callable[[], datetime],
        *,
        raises: bool = True,
    ) -> None:
        self._host = host
        self._executes = executes
        self._source = source
        self._cards = cards
        self._rules = tuple(rules)
        self._terms = terms
        self._now = now
        self.raises = raises
        self.version = 0
        self.lights: dict[str, CaseLight] = {}
        self.warnings: dict[str, Finding] = {}
        self.recount: Recount | None = None
        self._known: dict[str, CaseClocks] = {}
        self._changed: set[str] = set()
        self._news = asyncio.Event()
        self._closed: date | None = None
        self._is_calendar_new = False

    # -- what it is told

    def changed(self, case: str) -> None:
        """A case changed; "": any."""
        self.version += 1
        if case:
            self._changed.add(case)
        self._news.set()

    def calendar_changed(self) -> None:
        """A calendar was published."""
        self._is_calendar_new = True
        self._news.set()

    # -- at work

    async def run(self) -> None:
        """Watch until the end."""
        await self._guarded(self.look_at_all)
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_S)
            self._news.clear()
            await self._guarded(self.turn)

    async def turn(self) -> None:
        """Do what is to be done now: the new calendar, changed cases, the close of a day."""
        if self._is_calendar_new:
            self._is_calendar_new = False
            await self.recount_all()
        changed, self._changed = self._changed, set()
        for case in sorted(changed):
            await self.look(case)
        if changed:
            self._show()
        if (day := self._day_to_close()) is not None:
            await self.close_day(day)

    async def look(self, case: str) -> None:
        """Judge one case."""
        try:
            stream = await self._source.stream(case)
        except NotFound:
            return
        await self._raise([self._judge(stream)])

    async def look_at_all(self) -> None:
        """Judge every open case, a few at a time."""
        open_cases = await self._source.open_cases()
        terms, now = self._terms(), self._now()
        lit = await asyncio.to_thread(lambda: [self._lit(case, terms, now) for case in open_cases])
        self.lights = {light.case: light for light, _ in lit}
        self.version += 1
        self._known = {clocks.case: clocks for _, clocks in lit}
        self.warnings = {key: one for key, one in self.warnings.items() if one.case in self.lights}
        for begin in range(0, len(open_cases), _SLICE):
            found = []
            for case in open_cases[begin : begin + _SLICE]:
                try:
                    found.append(self._judge(await self._source.stream(case.id)))
                except NotFound:
                    continue
            await self._raise(found)
            await asyncio.sleep(0)
        self._show()

    async def close_day(self, day: date) -> None:
        """Judge everything and keep what the working day came to."""
        await self.look_at_all()
        if self.raises and day not in self._cards.days:
            facts = await self.facts(Days(first=day, last=day))
            lights = {id_: one.light for id_, one in self.lights.items()}
            cards = tuple(self._cards.by_id.values())
            totals = await asyncio.to_thread(daily, facts, lights, cards, day=day, terms=self._terms())
            if totals:  # a place without cases has nothing to keep
                await self._executes.execute(m.TotalDay(day=day, departments=totals), actor=SYSTEM)
        self._closed = day

    async def recount_all(self) -> None:
        """Count the due days of every open case anew, beside the loop."""
        known, terms, now = list(self._known.values()), self._terms(), self._now()
        moved = await asyncio.to_thread(lambda: list(recompute(known, terms=terms, now=now)))
        await self.look_at_all()
        self.recount = Recount(
            at=now,
            cases=len(known),
            moved=len(moved),
            provisional=sum(one.is_provisional for one in self.lights.values()),
            examples=tuple(moved[:50]),
        )
        self._show()

    async def facts(self, days: Days) -> list[CaseFacts]:
        """The facts of every case that touches these days."""
        cases, terms, now = await self._source.cases(days), self._terms(), self._now()
        return await asyncio.to_thread(lambda: [facts_of(case, terms=terms, now=now) for case in cases])

    # -- inside

    def _judge(self, stream: tuple[Happened, ...]) -> tuple[Case, list[Finding]]:
        case = _folded(stream, self._terms())
        terms, now = self._terms(), self._now()
        if case.is_over:
            self.lights.pop(case.id, None)
            self._known.pop(case.id, None)
        else:
            self.lights[case.id], self._known[case.id] = self._lit(case, terms, now)
        seen = supervised(case, stream, terms=terms, now=now)
        return case, list(judged(self._rules, seen, terms=terms, now=now))

    async def _raise(self, judgements: list[tuple[Case, list[Finding]]]) -> None:
        fresh: list[Finding] = []
        involved: dict[str, frozenset[str]] = {}
        for case, findings in judgements:
            own = {} if case.is_over else {one.key: one for one in _warnings(findings)}
            self.warnings = {key: one for key, one in self.warnings.items() if one.case != case.id} | own
            new = [one for one in findings if one.severity.raises_card and one.key not in self._cards.keys]
            if new:
                fresh += new
                involved[case.id] = frozenset().union(*case.acted.values())
        if fresh and self.raises:
            await self._executes.execute(m.RaiseCards(findings=tuple(fresh), involved=involved), actor=SYSTEM)

    def _lit(self, case: Case, terms: Terms, now: datetime) -> tuple[CaseLight, CaseClocks]:
        facts = clocks_of(case, terms=terms)
        clocks = [clock_now(one, terms=terms, now=now) for one in facts]
        running = [one for one in clocks if not one.is_ended]
        shown = CaseLight(
            case=case.id,
            number=case.number,
            department=case.department,
            matter=case.matter,
            hall=case.hall,
            state=case.state,
            light=worst(clocks),
            due=min((one.due for one in running), default=None),
            statute=next((one.due for one in running if one.kind is ClockKind.STATUTE), None),
            over_workdays=max((one.overdue_workdays for one in clocks), default=0),
            is_provisional=any(one.is_provisional for one in running),
            received_on=case.received_on,
        )
        pairs = zip(facts, clocks, strict=True)
        known = tuple(KnownClock(one, now_.due, now_.is_provisional) for one, now_ in pairs if not now_.is_ended)
        return shown, CaseClocks(case.id, known)

    def _day_to_close(self) -> date | None:
        """The last working day that has closed, where it is not closed here yet."""
        now, terms = self._now(), self._terms()
        day = terms.closed_before(now)
        last = terms.calendar.numbered(terms.calendar.number_of(day))
        return last if last != self._closed and last not in self._cards.days else None

    def _show(self) -> None:
        """Tell the pages that watch."""
        live = getattr(self._host, "live", None)
        if live is not None and self._host.ready:
            live.refresh(f"{TOPIC}/{ALL}")
            for department in {one.department for one in self.lights.values()}:
                live.refresh(f"{TOPIC}/{department}")

    async def _guarded(self, work: Callable[[], Any]) -> None:
        try:
            await work()
        except DomainError as exc:  # the database is away, or somebody was faster: the next turn comes
            log.warning("supervision: %s", exc.code, extra={"action": "supervision.turn"})
        except Exception:  # the top of the loop
            log.exception("supervision failed", extra={"action": "supervision.failed"})


def _warnings(findings: list[Finding]) -> list[Finding]:
    """What somebody is told of; a clock that has raised a card is no longer near its end."""
    carded = {one.details.get("clock") for one in findings if one.severity.raises_card} - {None}
    return [one for one in findings if not one.severity.raises_card and one.details.get("clock") not in carded]


def _folded(stream: tuple[Happened, ...], terms: Terms) -> Case:
    case: Case | None = None
    for event, at, actor in stream:
        case = fold(case, event, at=at, on=terms.day(at), actor=actor)
    if case is None:
        raise NotFound("case.unknown")
    return case

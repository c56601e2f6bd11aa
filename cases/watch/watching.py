"""Supervision at work: judges cases when they change and when their time has come, raises cards, totals days, tells.

Which cases can look different by now is known without looking (`moments`). All of them are gone through at the start
and when a calendar or the hours changed, some at a time: they are read by the database's thread, folded and judged in
another one, and the loop only takes in what came out, so that it never stands still however many there are.

Why this long: the turns share what is held and the one lock.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec

from cases.catalogue.model import Node
from cases.clocks.counting import clock_now
from cases.clocks.lights import worst
from cases.clocks.model import ClockKind, Light
from cases.clocks.of_case import clocks_of
from cases.clocks.recount import CaseClocks, DueMoved, KnownClock, recompute
from cases.clocks.terms import Terms
from cases.figures.facts import CaseFacts
from cases.figures.of_case import facts_of
from cases.figures.sums import Days
from cases.model import Case
from cases.supervision.daily import daily
from cases.supervision.judging import Finding, judged
from cases.supervision.of_case import supervised
from cases.supervision.rules import Rule
from cases.watch import messages as m
from cases.watch.beside import BesideCases, Pushes
from cases.watch.lights import CaseLight, Lights
from cases.watch.moments import Moments, next_change
from cases.watch.source import CHUNK, CaseSource, Stream, folded, touches
from cases.watch.state import Cards
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM

if TYPE_CHECKING:
    from cases.watch.past import Past
    from hall_server.host import Host
    from hall_server.messages import Command

log = logging.getLogger(__name__)

TOPIC = "supervision"
ALL = "all"
LOOK_S = 20.0
"""So often it is looked whose time has come, and whether a working day has closed; changed cases are looked at once."""
LOOKED_MOST = 100
"""So many changed cases are looked at before the pages are told."""
MISSED_MOST = 60
"""So many working days that nobody closed are totalled afterwards, the latest ones."""
RAISED_AT_ONCE = 20
"""So many cards are raised with one command: what decides it must not hold the loop."""
BREATH_S = 0.002
"""Between two handfuls of cases, so that whoever waits for the loop or the database comes first."""
_DAY = timedelta(days=1)


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


class Judgement(NamedTuple):
    """What came of a look; ``lit`` None: it is over. ``again``: when to look again; None: when it changes."""

    case: Case
    lit: tuple[CaseLight, CaseClocks, CaseFacts] | None
    findings: tuple[Finding, ...]
    again: datetime | None


class Watch:
    """Watches the cases of a place.

    Attributes:
        held: lights and warnings of open cases. moments: when they can be others.
        recount: None: no calendar came since the start.
        version: counts what was changed or looked at again: pictures of another one are made anew.
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
        beside: BesideCases,
        past: Past,
        raises: bool = True,
    ) -> None:
        self._host = host
        self._executes = executes
        self._source = source
        self._cards = cards
        self._rules = tuple(rules)
        self._terms = terms
        self._now = now
        self._beside = beside
        self._past = past
        self.raises = raises
        self.version = 0
        self.held = Lights()
        self.moments = Moments()
        self.recount: Recount | None = None
        self._changed: set[str] = set()
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
        self._closed: date | None = None
        self._is_calendar_new = False
        self._looked_by: Terms | None = None

    @property
    def lights(self) -> Mapping[str, CaseLight]:
        """Of each open case, by its id."""
        return self.held.by_case

    @property
    def warnings(self) -> dict[str, Finding]:
        """Breaches that are no card, by their key, while they last."""
        return self.held.warnings

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
        await self._past.start()
        await self._guarded(self.look_at_all)
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_S)
            self._news.clear()
            await self._guarded(self.turn)

    async def turn(self) -> None:
        """Do what is to be done now: the new calendar, changed cases, the close of days."""
        async with self._turn:
            await self._look_by_new_terms()
            while self._changed:
                await self._look_at_changed()
            if await self._look_at_due():
                self._show()
            for day in self._days_to_close():
                await self._close(day)

    async def look(self, case: str) -> None:
        """Judge one case."""
        await self._look([case])

    async def look_at_all(self) -> None:
        """Judge every open case, and those over ones of which something is still to be done, some at a time."""
        async with self._turn:
            await self._pass()

    async def _look_by_new_terms(self) -> None:
        """Go through all cases where it was never done, or the calendar or the hours are others since."""
        before, terms = self._looked_by, self._terms()
        is_new, self._is_calendar_new = self._is_calendar_new, False
        if before == terms:
            return  # a turn that was under way when the calendar came has seen to it
        if is_new or (before is not None and before.calendar != terms.calendar):
            await self._recount()
        else:
            await self._pass()

    async def _look_at_due(self) -> bool:
        """Judge the cases that can look different by now; gives whether there were any."""
        is_any = False
        while due := self.moments.due(self._now(), CHUNK):
            await self._look(due)
            is_any = True
            await asyncio.sleep(BREATH_S)
        self.version += is_any
        return is_any

    async def _look_at_strays(self) -> None:
        """Judge open cases that nobody told of, and those over ones of which something is still to be done."""
        seen: set[str] = set()
        async for some in self._source.open_ids():
            seen.update(some)
            if unknown := [case for case in some if case not in self.held.by_case]:
                await self._look(unknown)
            await asyncio.sleep(0)
        await self._keep(seen)

    async def _pass(self) -> None:
        seen: set[str] = set()
        terms = self._terms()
        async for some in self._source.open_ids():
            await self._look(some)
            seen.update(some)
            if self._changed:
                seen |= await self._look_at_changed()
            await asyncio.sleep(BREATH_S)
        await self._keep(seen)
        self._looked_by = terms

    async def _keep(self, seen: set[str]) -> None:
        """Drop what is open no more, and look at the past."""
        self.version += 1
        for _ in self.held.keep(seen):
            await asyncio.sleep(0)
        for some in self._past.some():
            await self._look(some)
        self._show()

    async def _close(self, day: date) -> None:
        """Judge what can be another, where the day is the last that closed, and keep what the working day came to."""
        if day == self._last_closed():
            await self._look_at_due()
            await self._look_at_strays()
        if self.raises and day not in self._cards.days:
            totals = await self._totals(day)
            if totals:  # a place without cases has nothing to keep
                await self._executes.execute(m.TotalDay(day=day, departments=totals), actor=SYSTEM)
        self._closed = day

    async def _recount(self) -> None:
        """Count the due days of every open case anew, beside the loop."""
        known, terms, now = list(self.held.clocks.values()), self._terms(), self._now()
        moved = await asyncio.to_thread(lambda: list(recompute(known, terms=terms, now=now)))
        await self._pass()
        self.recount = Recount(
            at=now,
            cases=len(known),
            moved=len(moved),
            provisional=self.held.provisional,
            examples=tuple(moved[:50]),
        )
        self._show()

    async def facts(self, days: Days) -> list[CaseFacts]:
        """The facts of every case that touches these days."""
        terms, now, found = self._terms(), self._now(), list[CaseFacts]()
        async for some in self._source.cases(days):
            found += await asyncio.to_thread(_facts, some, terms, now)
            await asyncio.sleep(0)
        return found

    async def facts_by_now(self, days: Days) -> list[CaseFacts]:
        """The facts of every case that touches days which end today: of open ones as they were looked at last."""
        held = list(self.held.facts.values())
        terms, now, found = self._terms(), self._now(), list[CaseFacts]()
        async for some in self._source.ended(days):
            found += await asyncio.to_thread(_facts, some, terms, now)
            await asyncio.sleep(0)
        return await asyncio.to_thread(_with_held, found, held)

    # -- inside

    async def _look_at_changed(self) -> set[str]:
        """Judge some of the cases that changed; gives which."""
        changed = sorted(self._changed)[:LOOKED_MOST]
        self._changed.difference_update(changed)
        await self._look(changed)
        self.version += 1
        self._show()
        return set(changed)

    async def _look(self, cases: Sequence[str]) -> None:
        try:
            await self._look_now(cases)
        except BaseException:
            for case in cases:  # the database was away, or somebody faster: with the next turn
                self.moments.put(case, self._now())
            raise

    async def _look_now(self, cases: Sequence[str]) -> None:
        streams = await self._source.streams(cases)
        pushes = await self._beside.pushes(cases)
        terms, now = self._terms(), self._now()
        found = await asyncio.to_thread(self._judged, streams, pushes, terms, now)
        for one in found:
            if one.lit is None:
                self.held.drop(one.case.id)
                self.moments.drop(one.case.id)
            else:
                self.moments.put(one.case.id, one.again)
                self.held.put(*one.lit)
                self.held.warn(one.case.id, _warnings(one.findings))
            await self._past.note(one.case)
        await self._raise(found)

    def _judged(self, streams: Mapping[str, Stream], pushes: Pushes, terms: Terms, now: datetime) -> list[Judgement]:
        """In another thread: reads nothing that changes."""
        found = []
        for id_, stream in streams.items():
            case = folded(stream, terms)
            if case is None:
                continue
            beside = self._beside.of(case, pushes.get(id_, ()))
            seen = supervised(case, stream, terms=terms, now=now, beside=beside)
            findings = tuple(judged(self._rules, seen, terms=terms, now=now))
            if case.is_over:
                found.append(Judgement(case, None, findings, None))
                continue
            light, clocks = _lit(case, terms, now, beside.nodes)
            again = next_change(case, seen, clocks, self._rules, terms=terms, now=now, pushed=id_ in pushes)
            found.append(Judgement(case, (light, clocks, facts_of(case, terms=terms, now=now)), findings, again))
        return found

    async def _raise(self, judgements: list[Judgement]) -> None:
        fresh: list[Finding] = []
        involved: dict[str, frozenset[str]] = {}
        for case, _, findings, _ in judgements if self.raises else ():
            new = [one for one in findings if one.severity.raises_card and one.key not in self._cards.keys]
            if new:
                fresh += new
                involved[case.id] = frozenset().union(*case.acted.values())
        for begin in range(0, len(fresh), RAISED_AT_ONCE):
            some = tuple(fresh[begin : begin + RAISED_AT_ONCE])
            command = m.RaiseCards(findings=some, involved={one.case: involved[one.case] for one in some})
            await self._executes.execute(command, actor=SYSTEM)

    async def _totals(self, day: date) -> tuple[Any, ...]:
        """What a day came to, as every case stood at its close, whatever happened since."""
        days, terms = Days(first=day, last=day), self._terms()
        facts: list[CaseFacts] = []
        lights: dict[str, Light] = {}
        async for some in self._source.cases(days):
            streams = await self._source.streams([case.id for case in some])
            stood = await asyncio.to_thread(_as_of, streams, days, terms, terms.close_of(day))
            facts += [one for one, _ in stood]
            lights |= {one.case: light for one, light in stood if light is not None}
            await asyncio.sleep(BREATH_S)
        cards = tuple(self._cards.by_id.values())
        return await asyncio.to_thread(daily, facts, lights, cards, day=day, terms=terms)

    def _last_closed(self) -> date:
        """The last working day that has closed."""
        terms = self._terms()
        return terms.calendar.numbered(terms.calendar.number_of(terms.closed_before(self._now())))

    def _days_to_close(self) -> list[date]:
        """The working days that have closed and were not totalled, the oldest first."""
        calendar, last = self._terms().calendar, self._last_closed()
        if last == self._closed or last in self._cards.days:
            return []
        before = max((day for day in self._cards.days if day < last), default=None)
        if before is None or not self.raises:
            return [last]
        number, missed = calendar.number_of(last), list[date]()
        while len(missed) < MISSED_MOST and (day := calendar.numbered(number - len(missed))) > before:
            missed.append(day)
        return missed[::-1]

    def _show(self) -> None:
        """Tell the pages that watch."""
        live = getattr(self._host, "live", None)
        if live is not None and self._host.ready:
            live.refresh(f"{TOPIC}/{ALL}")
            for department in self.held.counts:
                live.refresh(f"{TOPIC}/{department}")

    async def _guarded(self, work: Callable[[], Any]) -> None:
        try:
            await work()
        except DomainError as exc:  # the database is away, or somebody was faster: the next turn comes
            log.warning("supervision: %s", exc.code, extra={"action": "supervision.turn"})
        except Exception:  # the top of the loop
            log.exception("supervision failed", extra={"action": "supervision.failed"})


def _warnings(findings: Iterable[Finding]) -> list[Finding]:
    """What somebody is told of; a clock that has raised a card is no longer near its end."""
    every = list(findings)
    carded = {one.details.get("clock") for one in every if one.severity.raises_card} - {None}
    return [one for one in every if not one.severity.raises_card and one.details.get("clock") not in carded]


def _lit(case: Case, terms: Terms, now: datetime, nodes: tuple[Node, ...] = ()) -> tuple[CaseLight, CaseClocks]:
    facts = clocks_of(case, terms=terms, nodes=nodes)
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
        over_workdays=max((one.overdue_workdays for one in clocks if one.kind is not ClockKind.NODE), default=0),
        is_provisional=any(one.is_provisional for one in running),
        received_on=case.received_on,
    )
    pairs = zip(facts, clocks, strict=True)
    known = tuple(KnownClock(one, now_.due, now_.is_provisional) for one, now_ in pairs if not now_.is_ended)
    return shown, CaseClocks(case.id, known)


def _facts(cases: Iterable[Case], terms: Terms, now: datetime) -> list[CaseFacts]:
    return [facts_of(case, terms=terms, now=now) for case in cases]


def _with_held(ended: list[CaseFacts], held: list[CaseFacts]) -> list[CaseFacts]:
    known = {one.case for one in ended}
    return [*ended, *(one for one in held if one.case not in known)]


def _as_of(
    streams: Mapping[str, Stream], days: Days, terms: Terms, close: datetime
) -> list[tuple[CaseFacts, Light | None]]:
    """Each case's facts and, where it was open, its light, as they stood then."""
    found = []
    for stream in streams.values():
        case = folded(stream, terms, until=close)
        if case is None or not touches(case, days):
            continue
        light = None if case.is_over else _lit(case, terms, close)[0].light
        found.append((facts_of(case, terms=terms, now=close), light))
    return found

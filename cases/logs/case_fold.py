"""One case of a log out of its events: the facts its figures need, its clocks, and what supervision sees; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import msgspec

from cases.catalogue.model import CaseType
from cases.clocks.counting import clock_now, net_workdays
from cases.clocks.lights import DEFAULT_LIGHTS, light, worst
from cases.clocks.model import ClockFacts, ClockKind, ClockNow, Light, Suspension
from cases.clocks.terms import Terms
from cases.figures.facts import CaseFacts
from cases.logs.mapping import Limit, Mapping
from cases.logs.moments import MomentReader, moment
from cases.model import Channel, Outcome
from cases.supervision.facts import Counted, Done, Happening, Supervised

_DAY = timedelta(days=1)
_US = timedelta(microseconds=1)
_COUNTS = {Happening.ASK_CORRECTION: Counted.NOTICES, Happening.EXTEND: Counted.EXTENSIONS}


class LogEvent(NamedTuple):
    """An event as it is kept; moments in microseconds since 1970.

    Attributes:
        is_begin, is_end: what its lifecycle says; neither: something between. Without a lifecycle it is an end.
    """

    at: int
    activity: str
    resource: str
    is_begin: bool
    is_end: bool
    start: int | None
    due: int | None


class LogCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case of a log.

    Attributes:
        first_at, last_at: of its events. due_at: the last moment in time by its deadline or limit.
        ended_at: when it was decided; None: it is open, or was withdrawn.
        net_us: from receipt to decision without what it stood.
        is_late: decided after its limit, or open and over it; None: it has no limit.
        variant: of its sequence of activities.
    """

    facts: CaseFacts
    events: int
    first_at: int
    last_at: int
    received_at: int
    due_at: int | None
    ended_at: int | None
    net_us: int | None
    is_late: bool | None
    light: Light
    variant: bytes
    supervised: Supervised


class CaseReader:
    """Makes cases of their events after a mapping."""

    def __init__(self, mapping: Mapping, reader: MomentReader, terms: Terms, as_of: datetime) -> None:
        self._mapping = mapping
        self._reader = reader
        self._terms = terms
        self._as_of = as_of
        self._steps = {name: step for step, names in mapping.marks.items() for name in names}

    def case(self, id_: str, events: Sequence[LogEvent], values: Dict[str, str]) -> LogCase:
        """A case.

        Args:
            events: in order, at least one.
            values: what is known of the case, by the fields' names.
        """
        done = self._done(events)
        received = self._moment(values, "received") or _first(done, Happening.RECEIVE) or events[0].at
        accepted = self._moment(values, "accepted") or _first(done, Happening.ACCEPT)
        withdrawn = _first(done, Happening.WITHDRAW)
        ended = None if withdrawn is not None else self._ended(values, done, events)
        stood = _suspensions(done)
        clocks = self._clocks(values, accepted or received, ended or withdrawn, stood)
        promise = next((one for one in clocks if one.kind is ClockKind.PROMISE), None)
        facts = self._facts(id_, values, received, accepted, ended, withdrawn, done, clocks, stood)
        return LogCase(
            facts=facts,
            events=len(events),
            first_at=min(events[0].at, events[-1].at),
            last_at=max(events[0].at, events[-1].at),
            received_at=received,
            due_at=None if promise is None else (promise.due_at - moment(0)) // _US,
            ended_at=ended,
            net_us=None if ended is None else ended - received - _stood_us(stood, received, ended),
            is_late=None if promise is None else promise.is_overdue,
            light=worst(clocks),
            variant=self._variant(events),
            supervised=self._supervised(
                facts, values, done, clocks, is_over=ended is not None or withdrawn is not None
            ),
        )

    # -- inside

    def _done(self, events: Sequence[LogEvent]) -> list[tuple[Happening, int, str]]:
        return [
            (self._steps[one.activity], one.at, one.resource)
            for one in events
            if one.activity in self._steps and not one.is_begin
        ]

    def _ended(
        self, values: Dict[str, str], done: list[tuple[Happening, int, str]], events: Sequence[LogEvent]
    ) -> int | None:
        told = self._moment(values, "end")
        if told is not None:
            return told
        decided = [at for step, at, _ in done if step is Happening.DECIDE]
        if decided:
            return decided[-1]
        is_told_elsewhere = self._mapping.columns.end or Happening.DECIDE in self._mapping.marks
        return None if is_told_elsewhere else events[-1].at

    def _clocks(
        self, values: Dict[str, str], started: int, ended: int | None, stood: tuple[Suspension, ...]
    ) -> tuple[ClockNow, ...]:
        deadline = values.get("deadline")
        due = self._reader.due(deadline) if deadline else None
        found = [
            self._clock(ClockKind.PROMISE, due, self._mapping.limit, started, ended, stood),
            self._clock(ClockKind.STATUTE, None, self._mapping.statute, started, ended, stood),
        ]
        return tuple(one for one in found if one is not None)

    def _clock(
        self,
        kind: ClockKind,
        due: int | None,
        limit: Limit,
        started: int,
        ended: int | None,
        stood: tuple[Suspension, ...],
    ) -> ClockNow | None:
        start, end = moment(started), None if ended is None else moment(ended)
        if due is not None:
            return self._until(kind, moment(due), start, end, stood)
        if limit.days:
            last = self._terms.day(start) + limit.days * _DAY
            return self._until(kind, self._terms.close_of(last), start, end, stood)
        if not limit.workdays:
            return None
        facts = ClockFacts(kind=kind, started_at=start, limit_workdays=limit.workdays, suspensions=stood, ended_at=end)
        return clock_now(facts, terms=self._terms, now=self._as_of)

    def _until(
        self, kind: ClockKind, due_at: datetime, start: datetime, end: datetime | None, stood: tuple[Suspension, ...]
    ) -> ClockNow:
        """A clock that ends with a day that somebody set, whatever stood meanwhile."""
        terms, at = self._terms, end or self._as_of
        due, total = terms.day(due_at), max(0, terms.workdays_between(start, due_at))
        left, is_overdue = terms.workdays_between(at, due_at), at > due_at
        shown = light(
            kind, left_workdays=left, total_workdays=total, is_overdue=is_overdue, is_ended=end is not None,
            rule=DEFAULT_LIGHTS,
        )  # fmt: skip
        return ClockNow(
            kind=kind,
            node="",
            due=due,
            due_at=due_at,
            total_workdays=total,
            used_workdays=max(0, net_workdays(start, at, stood, terms=terms)),
            left_workdays=left,
            suspended_workdays=0,
            light=shown,
            is_overdue=is_overdue,
            is_beyond_calendar=terms.calendar.is_provisional(min(terms.day(start), due), due),
            stands_since=None,
            ended_at=end,
        )

    def _facts(
        self,
        id_: str,
        values: Dict[str, str],
        received: int,
        accepted: int | None,
        ended: int | None,
        withdrawn: int | None,
        done: list[tuple[Happening, int, str]],
        clocks: tuple[ClockNow, ...],
        stood: tuple[Suspension, ...],
    ) -> CaseFacts:
        mapping, by_kind = self._mapping, {one.kind: one for one in clocks}
        promise, statute = by_kind.get(ClockKind.PROMISE), by_kind.get(ClockKind.STATUTE)
        nearer = promise or statute
        begun = accepted or received
        used = None if ended is None else max(0, net_workdays(moment(begun), moment(ended), stood, terms=self._terms))
        is_telling = Happening.ACCEPT in mapping.marks or bool(mapping.columns.accepted)
        closed = withdrawn or _first(done, Happening.CLOSE) or ended
        if Happening.CLOSE in mapping.marks and _first(done, Happening.CLOSE) is None and withdrawn is None:
            closed = ended
        department, matter = values.get("department", ""), values.get("matter", "")
        return CaseFacts(
            case=id_,
            matter=mapping.matters.get(matter, matter) or mapping.matter,
            department=mapping.departments.get(department, department) or mapping.department,
            hall=values.get("hall") or mapping.hall,
            case_type=CaseType.PROMISED,
            channel=mapping.channels.get(values.get("channel", ""), mapping.channel),
            is_one_window=mapping.channels.get(values.get("channel", ""), mapping.channel) is Channel.WINDOW,
            received_on=self._day(received),
            accepted_on=self._day(begun) if accepted is not None or not is_telling else None,
            decided_on=None if ended is None else self._day(ended),
            closed_on=None if closed is None else self._day(closed),
            outcome=self._outcome(values),
            is_withdrawn=withdrawn is not None,
            statute_workdays=statute.total_workdays if statute else 0,
            promise_workdays=nearer.total_workdays if nearer else 0,
            used_workdays=used,
            suspended_workdays=nearer.suspended_workdays if nearer else 0,
            early_workdays=max(0, nearer.ended_early_workdays or 0) if nearer else 0,
            is_over_promise=bool(nearer and nearer.is_overdue),
            is_over_statute=bool(statute and statute.is_overdue),
            notices=sum(step is Happening.ASK_CORRECTION for step, _, _ in done),
        )

    def _supervised(
        self,
        facts: CaseFacts,
        values: Dict[str, str],
        done: list[tuple[Happening, int, str]],
        clocks: tuple[ClockNow, ...],
        *,
        is_over: bool,
    ) -> Supervised:
        counts = {counted: sum(one is step for one, _, _ in done) for step, counted in _COUNTS.items()}
        return Supervised(
            case=facts.case,
            number=facts.case,
            matter=facts.matter,
            department=facts.department,
            hall=facts.hall,
            case_type=facts.case_type,
            outcome=facts.outcome,
            is_over=is_over,
            done=tuple(Done(step, moment(at), by) for step, at, by in done),
            clocks=clocks,
            counts=counts,
        )

    def _outcome(self, values: Dict[str, str]) -> Outcome | None:
        return self._mapping.outcomes.get(values.get("outcome", ""))

    def _variant(self, events: Sequence[LogEvent]) -> bytes:
        shown = sequence(events, only_complete=self._mapping.only_complete)
        return hashlib.blake2b("\x1f".join(shown).encode("utf-8", "replace"), digest_size=12).digest()

    def _moment(self, values: Dict[str, str], field: str) -> int | None:
        text = values.get(field)
        return self._reader.at(text) if text else None

    def _day(self, us: int) -> date:
        return self._reader.day(us)


def sequence(events: Sequence[LogEvent], *, only_complete: bool) -> list[str]:
    """The activities of a case in order: every event, or only what ended."""
    return [one.activity for one in events if one.is_end or not only_complete]


def closes_at_midnight() -> time:
    """When a day of a log ends: nobody knows the office's hours."""
    return time.max


def _first(done: Sequence[tuple[Happening, int, str]], step: Happening) -> int | None:
    return next((at for one, at, _ in done if one is step), None)


def _suspensions(done: Sequence[tuple[Happening, int, str]]) -> tuple[Suspension, ...]:
    found: list[Suspension] = []
    since: int | None = None
    for step, at, _ in done:
        if step is Happening.SUSPEND and since is None:
            since = at
        elif step is Happening.RESUME and since is not None:
            found.append(Suspension(moment(since), moment(at)))
            since = None
    if since is not None:
        found.append(Suspension(moment(since)))
    return tuple(found)


def _stood_us(stood: Sequence[Suspension], first: int, last: int) -> int:
    begin, end = moment(first), moment(last)
    spans = ((max(one.since, begin), min(one.until or end, end)) for one in stood)
    return sum((until - since) // _US for since, until in spans if until > since)

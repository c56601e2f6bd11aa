"""How a clock stands: the one place where working days of a case are counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from cases.clocks import lights
from cases.clocks.lights import DEFAULT_LIGHTS, LightRule
from cases.clocks.model import ClockFacts, ClockNow, Suspension
from cases.clocks.terms import Terms

_Span = tuple[int, int]
"""Working days that are suspended, by their numbers: after the first, up to and with the second."""


def clock_now(facts: ClockFacts, *, terms: Terms, now: datetime, rule: LightRule = DEFAULT_LIGHTS) -> ClockNow:
    """How a clock stands at ``now``; one that has ended stands as it stood then.

    A working day is suspended if the case is suspended at its close, and is taken out once however many special
    procedures stand on it. While the case is suspended, today counts as suspended.

    Source: 民法典 201, 203; 行政许可法 45, 82.
    """
    at = now if facts.ended_at is None else facts.ended_at
    calendar, start, today = terms.calendar, terms.day(facts.started_at), terms.day(at)
    begun, passed = calendar.number_of(start), calendar.number_of(today)
    spans = _suspended(facts.suspensions, after=begun, at=at, terms=terms)
    total = facts.limit_workdays + facts.extension_workdays
    last = _last(begun + total, spans)
    used = max(0, passed - begun) - sum(min(end, passed) - first for first, end in spans if first < passed)
    due = start if last == begun else calendar.numbered(last)
    due_at = terms.close_of(due)
    is_overdue = at > due_at and not facts.is_on_the_spot
    is_ended = facts.ended_at is not None
    left = max(0, total - used) if facts.is_on_the_spot else total - used
    return ClockNow(
        kind=facts.kind,
        node=facts.node,
        due=due,
        due_at=due_at,
        total_workdays=total,
        used_workdays=used,
        left_workdays=left,
        suspended_workdays=last - begun - total,
        light=lights.light(
            facts.kind,
            left_workdays=left,
            total_workdays=total,
            is_overdue=is_overdue,
            is_ended=is_ended or facts.is_on_the_spot,
            rule=rule,
        ),
        is_overdue=is_overdue,
        is_beyond_calendar=calendar.is_provisional(start, due),
        stands_since=None if is_ended else _stands_since(facts.suspensions, now),
        ended_at=facts.ended_at,
    )


def due_day(facts: ClockFacts, *, terms: Terms, now: datetime) -> date:
    """The last day on which it is in time: all that a recount of many cases needs."""
    at = now if facts.ended_at is None else facts.ended_at
    start = terms.day(facts.started_at)
    begun = terms.calendar.number_of(start)
    spans = _suspended(facts.suspensions, after=begun, at=at, terms=terms) if facts.suspensions else []
    last = _last(begun + facts.limit_workdays + facts.extension_workdays, spans)
    return start if last == begun else terms.calendar.numbered(last)


def net_workdays(start: datetime, end: datetime, suspensions: Iterable[Suspension], *, terms: Terms) -> int:
    """Working days from one moment to another, the first day not counted, without those suspended."""
    begun, passed = (terms.calendar.number_of(terms.day(at)) for at in (start, end))
    spans = _suspended(suspensions, after=begun, at=end, terms=terms)
    return passed - begun - sum(min(last, passed) - first for first, last in spans if first < passed)


def _last(target: int, spans: Iterable[_Span]) -> int:
    """The number of the last day: so many days that are not suspended."""
    for first, end in spans:
        if first >= target:
            break  # the clock was over before it stood
        target += end - first
    return target


def _suspended(suspensions: Iterable[Suspension], *, after: int, at: datetime, terms: Terms) -> list[_Span]:
    """What is suspended, merged and in order."""
    merged: list[_Span] = []
    for first, end in sorted(_spans(suspensions, at, terms)):
        begin = max(first, after)
        if end <= begin:
            continue
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _spans(suspensions: Iterable[Suspension], at: datetime, terms: Terms) -> Iterator[_Span]:
    for one in suspensions:
        if one.since > at:
            continue  # it has not begun
        until = terms.day(at) if one.until is None else terms.closed_before(one.until)
        yield terms.calendar.number_of(terms.closed_before(one.since)), terms.calendar.number_of(until)


def _stands_since(suspensions: Iterable[Suspension], now: datetime) -> datetime | None:
    standing = [one.since for one in suspensions if one.since <= now and (one.until is None or one.until > now)]
    return min(standing, default=None)

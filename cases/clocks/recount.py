"""Every open case counted anew, after a calendar was published or an hour passed: what moved, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

import msgspec

from cases.clocks.counting import due_day
from cases.clocks.model import ClockFacts, ClockKind
from cases.clocks.terms import Terms


class KnownClock(msgspec.Struct, frozen=True, gc=False):
    """A running clock, and the last day as it was counted before."""

    facts: ClockFacts
    due: date
    is_provisional: bool = False


class CaseClocks(msgspec.Struct, frozen=True, gc=False):
    """The clocks of one open case."""

    case: str
    clocks: tuple[KnownClock, ...]


class DueMoved(msgspec.Struct, frozen=True, kw_only=True):
    """A clock whose last day is another one, or has become certain (or uncertain)."""

    case: str
    kind: ClockKind
    node: str
    was: date
    due: date
    was_provisional: bool
    is_provisional: bool


def recompute(cases: Iterable[CaseClocks], *, terms: Terms, now: datetime) -> Iterator[DueMoved]:
    """What a recount changes, case by case; ended clocks are left as they are.

    It is lazy: whoever must not hold the loop takes it in slices (`itertools.islice`), or runs it in a thread.

    Args:
        terms: with the calendar that holds from now on.
    """
    for case in cases:
        for known in case.clocks:
            facts = known.facts
            if facts.ended_at is not None:
                continue
            due = due_day(facts, terms=terms, now=now)
            is_provisional = _is_provisional(facts, due, terms=terms, now=now)
            if due != known.due or is_provisional != known.is_provisional:
                yield DueMoved(
                    case=case.case,
                    kind=facts.kind,
                    node=facts.node,
                    was=known.due,
                    due=due,
                    was_provisional=known.is_provisional,
                    is_provisional=is_provisional,
                )


def _is_provisional(facts: ClockFacts, due: date, *, terms: Terms, now: datetime) -> bool:
    """As `ClockNow.is_provisional`."""
    stands = any(one.since <= now and (one.until is None or one.until > now) for one in facts.suspensions)
    return stands or terms.calendar.is_provisional(terms.day(facts.started_at), due)

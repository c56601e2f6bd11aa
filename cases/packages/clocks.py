"""The joint clock of a package: above the clocks of its cases, which have their own."""

from __future__ import annotations

from datetime import datetime, time

from cases.clocks.counting import clock_now
from cases.clocks.model import ClockFacts, ClockKind, ClockNow, Suspension
from cases.clocks.terms import Terms
from cases.packages.model import Package


def joint_clock(package: Package, kind: ClockKind, *, terms: Terms) -> ClockFacts:
    """The promise or the statute clock of the whole: 45 working days and 15 more, standing during joint visits.

    Source: 行政许可法 42, 45.
    """
    is_promise = kind is ClockKind.PROMISE
    return ClockFacts(
        kind=kind,
        started_at=datetime.combine(package.opened_on, time(), terms.zone),
        limit_workdays=package.promise_workdays if is_promise else package.statute_workdays,
        extension_workdays=package.extended,
        suspensions=tuple(Suspension(one.begun_at, one.until) for one in package.visits),
        ended_at=package.decided_at or package.ended_at,
    )


def joint_clocks_now(package: Package, *, terms: Terms, now: datetime) -> tuple[ClockNow, ClockNow]:
    """How the promise and the statute clock stand."""
    promise, statute = (joint_clock(package, one, terms=terms) for one in (ClockKind.PROMISE, ClockKind.STATUTE))
    return clock_now(promise, terms=terms, now=now), clock_now(statute, terms=terms, now=now)

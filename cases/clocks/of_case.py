"""The clocks that a case has, read off the case as its events left it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time

from cases.catalogue.model import CaseType, Node
from cases.clocks.counting import clock_now
from cases.clocks.lights import DEFAULT_LIGHTS, LightRule
from cases.clocks.limits import LIMITS, LimitKind
from cases.clocks.model import ClockFacts, ClockKind, ClockNow, Suspension
from cases.clocks.nodes import ahead_of, done_of, node_clocks
from cases.clocks.terms import Terms
from cases.model import Case, Outcome

AFTER_SUPPLY = "supply"
"""Name of the notice clock that runs again when corrections came in."""


def clocks_of(case: Case, *, terms: Terms, nodes: Sequence[Node] = ()) -> tuple[ClockFacts, ...]:
    """Notice, promise, statute and delivery clocks, those that have begun; ended ones too.

    Args:
        nodes: steps of its matter that have clocks of their own; none: without these.
    """
    return (*_clocks(case, terms), *_of_nodes(case, terms, nodes))


def clocks_now(
    case: Case,
    *,
    terms: Terms,
    now: datetime,
    rule: LightRule = DEFAULT_LIGHTS,
    nodes: Sequence[Node] = (),
) -> tuple[ClockNow, ...]:
    """How they stand; ``nodes`` as of `clocks_of`."""
    return tuple(clock_now(one, terms=terms, now=now, rule=rule) for one in clocks_of(case, terms=terms, nodes=nodes))


def decision_clock(case: Case, kind: ClockKind, *, terms: Terms) -> ClockFacts | None:
    """The promise or the statute clock; None before acceptance.

    It runs from the day of acceptance, or of receipt where the notice was late (行政许可法 32, 42), stands while a
    special procedure goes on that is not in the limit (45), and ends with the decision.
    """
    if case.accepted_as_of is None:
        return None
    return ClockFacts(
        kind=kind,
        started_at=datetime.combine(case.accepted_as_of, time(), terms.zone),
        limit_workdays=case.promise_workdays if kind is ClockKind.PROMISE else case.statute_workdays,
        extension_workdays=case.extended,
        suspensions=tuple(Suspension(one.begun_at, one.until) for one in case.suspensions if not one.in_limit),
        ended_at=case.decided_at or case.ended_at,
        is_on_the_spot=case.case_type is CaseType.IMMEDIATE,
    )


def _clocks(case: Case, terms: Terms) -> Iterator[ClockFacts]:
    yield from _notices(case)
    for kind in (ClockKind.PROMISE, ClockKind.STATUTE):
        found = decision_clock(case, kind, terms=terms)
        if found is not None:
            yield found
    if case.decided_at is not None and case.outcome is Outcome.GRANTED:
        yield ClockFacts(
            kind=ClockKind.DELIVERY,
            started_at=case.decided_at,
            limit_workdays=LIMITS[LimitKind.DELIVERY].workdays,
            ended_at=case.delivered_at or case.ended_at,
        )


def _of_nodes(case: Case, terms: Terms, nodes: Sequence[Node]) -> Iterable[ClockFacts]:
    """The clocks of the steps; what is done on the spot has none, and they stand with the case."""
    decision = decision_clock(case, ClockKind.PROMISE, terms=terms) if nodes else None
    if decision is None or case.case_type is CaseType.IMMEDIATE:
        return ()
    return node_clocks(
        ahead_of(case, nodes),
        started_at=decision.started_at,
        done=done_of(case, nodes),
        suspensions=decision.suspensions,
        ended_at=case.ended_at,
    )


def _notices(case: Case) -> Iterator[ClockFacts]:
    """From receipt to the first answer, and again from the corrections on (行政许可法 32)."""
    answered = case.accepted_at or case.ended_at
    limit, is_on_the_spot = LIMITS[LimitKind.NOTICE].workdays, case.case_type is CaseType.IMMEDIATE
    yield ClockFacts(
        kind=ClockKind.NOTICE,
        started_at=case.received_at,
        limit_workdays=limit,
        ended_at=case.notices[0].at if case.notices else answered,
        is_on_the_spot=is_on_the_spot,
    )
    if case.supplied_at is not None and case.notices:
        again = [one.at for one in case.notices if one.at > case.supplied_at]
        yield ClockFacts(
            kind=ClockKind.NOTICE,
            node=AFTER_SUPPLY,
            started_at=case.supplied_at,
            limit_workdays=limit,
            ended_at=min(again, default=answered),
            is_on_the_spot=is_on_the_spot,
        )

"""What the figures need, read off a case as its events left it."""

from __future__ import annotations

from datetime import datetime

from cases.catalogue.model import Supply
from cases.clocks.acts import accepted_as_of
from cases.clocks.counting import clock_now
from cases.clocks.model import ClockKind
from cases.clocks.of_case import decision_clock
from cases.clocks.terms import Terms
from cases.figures.facts import CaseFacts, with_clocks
from cases.model import Case, Channel, Delivery, State

_BROUGHT = frozenset({Supply.PAPER.value, Supply.SCAN.value})
_AT_HALL = frozenset({Channel.WINDOW, Channel.TERMINAL})
_FETCHED = frozenset({Delivery.WINDOW, Delivery.LOCKER})


def facts_of(
    case: Case, *, terms: Terms, now: datetime, visits: int | None = None, is_one_window: bool | None = None
) -> CaseFacts:
    """The facts of a case.

    Args:
        now: what an open case is judged by.
        visits: how often the applicant came for it, where tickets tell; None: as many as it must have been.
        is_one_window: None: it is where the case was received in a hall.
    """
    promise, statute = (
        None if (facts := decision_clock(case, kind, terms=terms)) is None else clock_now(facts, terms=terms, now=now)
        for kind in (ClockKind.PROMISE, ClockKind.STATUTE)
    )
    found = CaseFacts(
        case=case.id,
        matter=case.matter,
        department=case.department,
        hall=case.hall,
        case_type=case.case_type,
        channel=case.channel,
        is_one_window=bool(case.hall) if is_one_window is None else is_one_window,
        received_on=case.received_on,
        accepted_on=case.accepted_as_of,
        decided_on=None if case.decided_at is None else terms.day(case.decided_at),
        closed_on=case.ended_on,
        outcome=case.outcome,
        is_withdrawn=case.state is State.WITHDRAWN,
        statute_workdays=case.statute_workdays,
        promise_workdays=case.promise_workdays,
        notices=len(case.notices),
        is_notice_late=_is_notice_late(case, terms, now),
        visits=_visits(case, terms) if visits is None else visits,
        materials_listed=len(case.given),
        materials_brought=sum(one.supply in _BROUGHT and not one.reused for one in case.given.values()),
    )
    return found if statute is None else with_clocks(found, promise=promise, statute=statute)


def _is_notice_late(case: Case, terms: Terms, now: datetime) -> bool:
    if case.is_late_notice:
        return True
    told = case.notices[0].at if case.notices else case.accepted_at or case.ended_at
    return accepted_as_of(received_at=case.received_at, noticed_at=told, now=now, terms=terms) is not None


def _visits(case: Case, terms: Terms) -> int:
    """At least once where it was handed in at a hall, and once more where the result was fetched on another day."""
    days = {case.received_on} if case.channel in _AT_HALL else set()
    if case.delivered_at is not None and case.delivery in _FETCHED:
        days.add(terms.day(case.delivered_at))
    return len(days)

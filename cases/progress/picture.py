"""How far a case is, as its applicant sees it: what was done when, what is expected and by when, what to fetch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from cases.catalogue.model import Edition
from cases.clocks.model import ClockKind
from cases.clocks.of_case import clocks_now
from cases.clocks.terms import Terms
from cases.flow import PaperKind
from cases.model import Case, ChargeState, Delivery, Outcome, State

BEFORE_DECISION = frozenset(
    {State.RECEIVED, State.CORRECTION, State.ACCEPTED, State.EXAMINED, State.SUSPENDED, State.FORWARDED}
)
"""An application may be taken back as long as nothing is decided."""
_AHEAD = ("accepted", "decided", "ready", "delivered")
"""What every case goes through, as far as a visitor cares."""


class StepSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A step; ``at`` None: it is still to come. ``days``: working days that a procedure takes."""

    step: str
    at: datetime | None = None
    days: int | None = None


class PaperSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A document that can be downloaded."""

    document: str
    kind: str
    number: str
    at: datetime


class LackSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Something the applicant must bring: the material, and what is wrong with what was brought."""

    name: str
    name_en: str
    what: str


class CollectSeen(msgspec.Struct, frozen=True, kw_only=True):
    """How the result is handed out; ``number``: of the parcel or the locker, once it is on its way."""

    how: Delivery
    hall: str
    number: str


class PartSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Another case of the same joint package; the same code opens it."""

    number: str
    matter_name: str
    matter_name_en: str
    state: State


class FeeSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be paid, or paid; ``pay_url`` "": not from here, the notice of payment says how."""

    names: tuple[str, ...]
    amount_fen: int
    state: ChargeState
    pay_url: str = ""


class ProgressSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A case without anybody's name.

    Attributes:
        expects: what the applicant does now: ``supply``, ``supply_owed``, ``pay``, ``collect``, ``wait``, ``nothing``.
        due: last day by the promise; is_provisional: it may still move with the calendar.
        stands: a procedure goes on whose time is not counted.
        lacks: what is to be brought; owed_until: the last day for what is owed.
        rate: address of the page where the visit can be rated; "" where it cannot be from here.
        parts: the other cases of its joint package that have begun. fees: what was asked to be paid.
        can_withdraw: whether it may be taken back on this page; notices: whether short messages are sent.
    """

    number: str
    matter_name: str
    matter_name_en: str
    state: State
    outcome: Outcome | None
    steps: tuple[StepSeen, ...]
    expects: str
    lacks: tuple[LackSeen, ...]
    owed_until: date | None
    due: date | None
    is_overdue: bool
    is_provisional: bool
    stands: bool
    papers: tuple[PaperSeen, ...]
    collect: CollectSeen | None
    rate: str
    can_withdraw: bool
    notices: bool | None
    now: datetime
    parts: tuple[PartSeen, ...] = ()
    fees: tuple[FeeSeen, ...] = ()


def progress(
    case: Case,
    edition: Edition | None,
    terms: Terms,
    now: datetime,
    *,
    rate: str,
    writes_here: bool,
    notices: bool | None,
) -> ProgressSeen:
    """A case as it is shown.

    Args:
        case: it. edition: under which it stands. terms: how days count. now: the place's time.
        rate: where it may be rated.
        writes_here: whether this place may take it back.
        notices: whether short messages are sent; None: this place sends none.
    """
    clocks = clocks_now(case, terms=terms, now=now)
    promise = next((one for one in clocks if one.kind is ClockKind.PROMISE), None)
    running = promise if promise is not None and promise.ended_at is None else None
    is_ready = case.state is State.MADE
    return ProgressSeen(
        number=case.number,
        matter_name=edition.name if edition else case.matter,
        matter_name_en=(edition.name_en or edition.name) if edition else case.matter,
        state=case.state,
        outcome=case.outcome,
        steps=tuple(_steps(case)),
        expects=_expects(case),
        lacks=tuple(_lacks(case, edition)),
        owed_until=case.owed_until if case.owed else None,
        due=running.due if running else None,
        is_overdue=running.is_overdue if running else False,
        is_provisional=running.is_provisional if running else False,
        stands=case.standing is not None and not case.standing.in_limit,
        papers=tuple(
            PaperSeen(document=one.document, kind=one.kind, number=one.number, at=one.at)
            for one in case.papers
            if one.kind != PaperKind.TRANSFER  # of offices among themselves
        ),
        collect=CollectSeen(how=case.delivery, hall=case.deliver_at or case.hall, number="") if is_ready else None,
        rate=rate if case.state in {State.DELIVERED, State.CLOSED, State.NOT_ACCEPTED} else "",
        can_withdraw=writes_here and case.state in BEFORE_DECISION,
        notices=notices,
        now=now,
    )


def received_at(seen: ProgressSeen) -> datetime:
    """When the case came in."""
    return next((one.at for one in seen.steps if one.step == "received" and one.at is not None), seen.now)


def _steps(case: Case) -> Iterator[StepSeen]:
    """What has happened, in order, then what is still to come."""
    done = sorted(_done(case), key=lambda one: one.at or case.received_at)
    yield from done
    if not case.is_over and case.state is not State.DELIVERED:
        reached = {one.step for one in done}
        yield from (StepSeen(step=one) for one in _AHEAD if one not in reached)


def _done(case: Case) -> Iterator[StepSeen]:
    yield StepSeen(step="received", at=case.received_at)
    for notice in case.notices:
        yield StepSeen(step="correction", at=notice.at)
    for step, at in (
        ("supplied", case.supplied_at if case.notices else None),
        ("accepted", case.accepted_at),
        ("decided", case.decided_at),
        ("ready", case.made_at),
        ("delivered", case.delivered_at),
    ):
        if at is not None:
            yield StepSeen(step=step, at=at)
    for one in case.suspensions:
        yield StepSeen(step=f"procedure_{one.kind}", at=one.begun_at, days=one.workdays)
        if one.until is not None:
            yield StepSeen(step="procedure_over", at=one.until)
    if case.is_over:
        yield StepSeen(step=case.state, at=case.ended_at)


def _expects(case: Case) -> str:
    if case.state is State.CORRECTION:
        return "supply"
    if case.is_over or case.state is State.DELIVERED:
        return "nothing"
    if case.state is State.MADE:
        return "collect" if case.delivery in {Delivery.WINDOW, Delivery.LOCKER} else "wait"
    if any(one.state is ChargeState.ASKED for one in case.charges):
        return "pay"
    return "supply_owed" if case.owed else "wait"


def _lacks(case: Case, edition: Edition | None) -> Iterator[LackSeen]:
    if case.state is State.CORRECTION and case.notices:
        for gap in case.notices[-1].gaps:
            yield _lack(edition, gap.part, gap.what)
    elif case.owed and not case.is_over:
        for part in case.owed:
            yield _lack(edition, part, "")


def _lack(edition: Edition | None, part: str, what: str) -> LackSeen:
    material = edition.material(part) if edition else None
    name = material.name if material else part
    return LackSeen(
        name=name, name_en=(material.name_en or name) if material else part, what="" if what == name else what
    )

"""What a case costs and what became of it: which fees wait to be asked for, which hold the licence up; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from cases import messages as m
from cases.catalogue.model import Fee, FeeDue
from cases.model import UNDECIDED, Case, Charge, ChargeState, Outcome, Post, State

CASHIERS = frozenset({Post.ACCEPTOR, Post.ISSUER, Post.EXAMINER, Post.APPROVER, Post.MAKER})
"""Who may note that something was paid at a counter."""
GIVEN_BACK = frozenset({State.WITHDRAWN, State.TERMINATED, State.NOT_ACCEPTED})
"""What was paid is given back where the case ended so."""
_NEXT: Mapping[ChargeState, frozenset[ChargeState]] = {
    ChargeState.ASKED: frozenset({ChargeState.PAID, ChargeState.REFUSED, ChargeState.CANCELLING}),
    ChargeState.CANCELLING: frozenset({ChargeState.PAID, ChargeState.REFUSED, ChargeState.CANCELLED}),
    ChargeState.CANCELLED: frozenset({ChargeState.PAID}),  # as below
    ChargeState.REFUSED: frozenset({ChargeState.PAID}),  # the money was on its way
    ChargeState.PAID: frozenset({ChargeState.REFUNDED}),
    ChargeState.REFUNDED: frozenset(),
}
_OF_EVENT: Mapping[str, ChargeState] = {
    m.FeePaid.type: ChargeState.PAID,
    m.FeeRefused.type: ChargeState.REFUSED,
    m.FeeRefunded.type: ChargeState.REFUNDED,
    m.FeeCalledOff.type: ChargeState.CANCELLING,
    m.FeeCancelled.type: ChargeState.CANCELLED,
}


def may_become(state: ChargeState, became: ChargeState) -> bool:
    """Whether something new became of an order."""
    return became in _NEXT[state]


def ordered(case: Case, order: str) -> Charge | None:
    """The charge of an order."""
    return next((one for one in case.charges if one.order == order), None)


def settled(
    charges: tuple[Charge, ...], order: str, became: ChargeState, at: datetime, *, receipt: str = "", reason: str = ""
) -> tuple[Charge, ...]:
    """The charges after something became of one."""
    changes = {"state": became, "settled_at": at, "receipt": receipt, "reason": reason}
    return tuple(msgspec.structs.replace(one, **changes) if one.order == order else one for one in charges)


def called_off(charges: tuple[Charge, ...], order: str, reason: str, at: datetime) -> tuple[Charge, ...]:
    """The charges after one is not wanted any more; one that was paid meanwhile stays paid until it went back."""

    def off(one: Charge) -> Charge:
        if one.state is not ChargeState.ASKED:
            return msgspec.structs.replace(one, called_off=reason)
        return msgspec.structs.replace(
            one, state=ChargeState.CANCELLING, called_off=reason, reason=reason, settled_at=at
        )

    return tuple(off(one) if one.order == order else one for one in charges)


def cancelled(charges: tuple[Charge, ...], order: str, at: datetime) -> tuple[Charge, ...]:
    """The charges after the platform took an order back; what it had been paid for stays paid."""

    def gone(one: Charge) -> Charge:
        is_open = one.state in {ChargeState.ASKED, ChargeState.CANCELLING}
        return msgspec.structs.replace(one, state=ChargeState.CANCELLED, settled_at=at) if is_open else one

    return tuple(gone(one) if one.order == order else one for one in charges)


def unasked(case: Case, listed: Iterable[Fee]) -> tuple[Fee, ...]:
    """Of what a case costs: what was neither asked for nor paid."""
    stands = {fee for one in case.charges if one.state is ChargeState.ASKED or _counts(one) for fee in one.fees}
    return tuple(one for one in listed if one.id not in stands)


def unpaid(case: Case, listed: Iterable[Fee]) -> tuple[Fee, ...]:
    """What holds the licence up."""
    paid = {fee for one in case.charges if _counts(one) for fee in one.fees}
    return tuple(one for one in listed if one.due is not FeeDue.LATER and one.id not in paid and not case.fee_waived)


def due_now(case: Case, listed: Iterable[Fee]) -> tuple[Fee, ...]:
    """What is to be asked for by itself; what was refused once somebody must ask for again."""
    known = {fee for one in case.charges for fee in one.fees}
    is_granted = case.state is State.DECIDED and case.outcome is Outcome.GRANTED
    if case.fee_waived or not (is_granted or case.state in UNDECIDED):
        return ()
    return tuple(
        one
        for one in listed
        if one.id not in known and one.basis is not None and (is_granted or one.due is FeeDue.ACCEPTANCE)
    )


def to_give_back(case: Case) -> tuple[Charge, ...]:
    """What was paid on the platform and must be given back.

    The case ended without a result, it was called off, or it was paid twice.
    """
    on_platform = [one for one in case.charges if one.state is ChargeState.PAID and not one.receipt]
    if case.state in GIVEN_BACK:
        return tuple(on_platform)
    return tuple(one for one in on_platform if one.called_off or _is_paid_elsewhere(case, one))


def to_call_off(case: Case) -> tuple[tuple[Charge, str], ...]:
    """Orders that nobody is to pay any more, each with why: the case is over, refused, costs nothing, or it is paid."""
    asked = [one for one in case.charges if one.state is ChargeState.ASKED]
    if case.state in GIVEN_BACK:
        return tuple((one, case.state.value) for one in asked)
    if case.outcome is Outcome.DENIED:
        return tuple((one, case.outcome.value) for one in asked)
    if case.fee_waived:
        return tuple((one, "waived") for one in asked)
    paid = {fee for one in case.charges if _counts(one) for fee in one.fees}
    return tuple((one, "paid") for one in asked if set(one.fees) <= paid)


def _counts(charge: Charge) -> bool:
    """Whether it is paid, and stays so."""
    return charge.state is ChargeState.PAID and not charge.called_off


def _is_paid_elsewhere(case: Case, charge: Charge) -> bool:
    """Whether every fee of it was paid with an order that came before."""
    before = case.charges[: case.charges.index(charge)]
    paid = {fee for one in before if _counts(one) for fee in one.fees}
    return set(charge.fees) <= paid


def noted(command: m.NoteFee, amount_fen: int, *, is_over: bool) -> m.CaseEvent:
    """The event of what became of an order."""
    about: dict[str, Any] = {"case": command.case, "order": command.order, "is_over": is_over}
    match command.became:
        case ChargeState.PAID:
            return m.FeePaid(amount_fen=amount_fen, receipt=command.receipt.strip(), **about)
        case ChargeState.REFUNDED:
            return m.FeeRefunded(amount_fen=amount_fen, **about)
        case ChargeState.CANCELLING:
            return m.FeeCalledOff(reason=command.reason, **about)
        case ChargeState.CANCELLED:
            return m.FeeCancelled(**about)
        case _:
            return m.FeeRefused(reason=command.reason, **about)


def is_noted(case: Case, type_: str, payload: Mapping[str, Any]) -> bool:
    """Whether what an event says of an order is known; an order that is not there cannot be."""
    charge = ordered(case, str(payload.get("order", "")))
    if charge is not None and type_ == m.FeeCalledOff.type:
        return bool(charge.called_off)
    return charge is not None and not may_become(charge.state, _OF_EVENT[type_])

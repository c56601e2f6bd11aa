"""Payments: fees that are due are asked for by themselves, ordered on the platform once, and given back."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from cases import charges
from cases import messages as m
from cases.catalogue.model import Edition, Fee
from cases.catalogue.situations import needs
from cases.model import Case, Charge, ChargeState
from cases.neighbours import requests as r
from cases.neighbours.model import Accepted, Kind, Rejected, Reply
from cases.neighbours.room import Plan
from hall_server.errors import DomainError, NotFound
from hall_server.identity import SYSTEM, Actor
from hall_server.messages import Recorded
from hall_server.outbox.sender import Dropped, Held
from hall_server.outbox.table import State as Sent

if TYPE_CHECKING:
    from cases.neighbours.casework import Casework
    from cases.neighbours.room import Room
    from hall_server.outbox.table import Letter

log = logging.getLogger(__name__)

ORDER, CANCEL = "payment.order", "payment.cancel"
TITLE_MOST = 180
WAIT_S = 10.0
_ENDS = frozenset({m.CaseWithdrawn.type, m.CaseTerminated.type, m.CaseNotAccepted.type})
_BACK = frozenset({*_ENDS, m.FeePaid.type, m.FeeCalledOff.type})
"""After these something that was paid may have to be given back."""
_OFF = frozenset({*_ENDS, m.FeePaid.type, m.CaseDecided.type, m.FeeWaived.type})
"""After these an order may have to be called off."""
COUNTER = frozenset({*_OFF, m.FeeCalledOff.type, m.CityStepTaken.type})
"""After these a place without a platform looks what nobody is to pay any more."""
DUE = frozenset({m.CaseAccepted.type, m.CaseDecided.type})
"""After these a fee may be due."""


class PaymentShown(msgspec.Struct, frozen=True, kw_only=True):
    """An order to pay.

    Attributes:
        order: its id; document: of the notice, 缴费通知书. names: of the fees.
        pay_url: where it is paid; empty: the platform has not answered yet, or there is none (pay at the counter).
    """

    order: str
    document: str
    fees: tuple[str, ...]
    names: tuple[str, ...]
    amount_fen: int
    state: ChargeState
    asked_at: datetime
    settled_at: datetime | None
    receipt: str
    reason: str
    pay_url: str = ""


class Payments:
    """``server.rooms["neighbours"].payments``."""

    def __init__(self, room: Room, casework: Casework) -> None:
        self._room = room
        self._casework = casework
        room.writers[CANCEL] = self._write_cancel
        room.after.append(self._answered)
        room.hearers[r.PaymentNotice] = self._told

    # -- what others ask

    def costs(self, case: Case) -> tuple[Fee, ...]:
        """What a case costs in its situation; empty: nothing."""
        edition = self._casework.edition(case.edition)
        return needs(edition, case.answers).fees if edition is not None else ()

    async def ask(
        self, case_id: str, *, actor: Actor, command_id: str, fees: tuple[str, ...] = (), within_s: float = WAIT_S
    ) -> tuple[PaymentShown, ...]:
        """Ask for what a case costs and wait a while for where it can be paid; gives every order of the case.

        Raises:
            Refused: ``case.no_fee``, ``case.fee_asked_already``, ``case.fee_waived``, ``case.elsewhere``.
            NotFound: ``case.unknown``.
        """
        case = await self._casework.case(case_id)
        command = m.AskFee(case=case_id, seen=case.step, fees=fees)
        await self._casework.execute(command, actor=actor, command_id=command_id)
        return await self.payable(case_id, within_s=within_s)

    async def payable(self, case_id: str, *, within_s: float = WAIT_S) -> tuple[PaymentShown, ...]:
        """The orders of a case, once the platform has said where they can be paid, or the time is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        while True:
            told = self._room.next_answer
            found = await self.of(await self._casework.case(case_id))
            is_waiting = any(one.state is ChargeState.ASKED and not one.pay_url for one in found)
            if not is_waiting or loop.time() >= until or self._room.named(Kind.PAYMENT) is None:
                return found
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), until - loop.time())

    async def of(self, case: Case) -> tuple[PaymentShown, ...]:
        """Every order of a case, the oldest first."""
        edition = self._casework.edition(case.edition)
        names = {one.id: one.name for one in edition.fees} if edition is not None else {}
        return tuple([await self._shown(one, names) for one in case.charges])

    async def _shown(self, charge: Charge, names: dict[str, str]) -> PaymentShown:
        letter = await self._room.outbox.one(charge.order) if charge.state is ChargeState.ASKED else None
        return PaymentShown(
            order=charge.order,
            document=charge.document,
            fees=charge.fees,
            names=tuple(names.get(one, one) for one in charge.fees),
            amount_fen=charge.amount_fen,
            state=charge.state,
            asked_at=charge.asked_at,
            settled_at=charge.settled_at,
            receipt=charge.receipt,
            reason=charge.reason,
            pay_url=self._ordered(letter).pay_url if letter is not None else "",
        )

    # -- by itself

    async def ask_of(self, case_id: str) -> None:
        """Ask for what a case owes by now; nothing where it is not known here (yet)."""
        case = await self._of(case_id)
        if case is not None:
            await self.ask_where_due(case)

    async def ask_where_due(self, case: Case) -> bool:
        """Ask for what is due now, where this place goes on with the case; whether there was something."""
        if case.writer != self._casework.writer:
            return False
        due = charges.due_now(case, self.costs(case))
        if not due:
            return False
        command = m.AskFee(case=case.id, seen=case.step, fees=tuple(one.id for one in due))
        id_ = f"fee-{case.id}-{len(case.charges)}"
        try:
            await self._casework.execute(command, actor=SYSTEM, command_id=id_)
        except DomainError as exc:  # the case went on meanwhile: whatever it did tells again
            log.info("fee of case %s: %s", case.id, exc.code, extra={"action": "neighbour.fee"})
            return False
        return True

    async def letters(self, batch: list[Recorded]) -> list[Letter]:
        """Orders and what is to be given back (a ``make`` of the follower)."""
        to = self._room.named(Kind.PAYMENT)
        found: list[Letter] = []
        if to is None:
            return found
        for event in (one.event for one in batch if isinstance(one.event, m.CaseEvent)):
            step = _step(event)
            if step in _OFF:
                await self._call_off(await self._of(event.case))
            if step == m.FeeCalledOff.type:
                found += await self._cancels(await self._of(event.case), to)
            if step in DUE:
                await self.ask_of(event.case)
            if isinstance(event, m.FeeAsked):
                found.append(await self._order(event, to))
            elif step in _BACK:
                case = await self._of(event.case)
                found += await self._refunds(case, to) + await self._paid_at_counter(case, to)
        return found

    async def changed(self, cases: list[str]) -> None:
        """What became of cases with orders of this place elsewhere: a payment at a hall (a ``looks`` at the city)."""
        to = self._room.named(Kind.PAYMENT)
        marks = ",".join("?" * len(cases))
        sql = f"SELECT DISTINCT subject FROM outbox WHERE kind = ? AND subject IN ({marks})"  # noqa: S608  # marks only
        ordered = (ORDER, *(_CASE + one for one in cases))
        for (subject,) in await self._room.centre.database.fetch(sql, ordered) if to is not None else ():
            case = await self._of(str(subject).removeprefix(_CASE))
            await self._call_off(case)
            if to is not None:
                await self._room.put(*await self._refunds(case, to), *await self._paid_at_counter(case, to))

    async def _of(self, case: str) -> Case | None:
        try:
            return await self._casework.case(case)
        except NotFound:
            return None

    async def _order(self, event: m.FeeAsked, to: str) -> Letter:
        case = await self._casework.case(event.case)
        edition = self._casework.edition(case.edition)
        request = r.OrderPayment(
            case_number=case.number,
            title=_title(edition, event.fees),
            amount_cents=event.amount_fen,
            basis=_basis(edition, event.fees),
        )
        return self._letter(request, to, event.case, event.order)

    async def at_counter(self, case_id: str) -> None:
        """Where there is no platform, what is called off cannot be paid any more at once."""
        if self._room.named(Kind.PAYMENT) is not None:
            return
        await self._call_off(await self._of(case_id))
        case = await self._of(case_id)
        for charge in case.charges if case is not None else ():
            if charge.state is ChargeState.CANCELLING and await self._is_ours(charge):
                await self._note(case_id, charge.order, ChargeState.CANCELLED)

    async def _call_off(self, case: Case | None) -> None:
        """Call off what this place asked for and nobody is to pay any more."""
        for charge, why in charges.to_call_off(case) if case is not None else ():
            if case is not None and await self._is_ours(charge):
                await self._note(case.id, charge.order, ChargeState.CANCELLING, reason=why)

    async def _cancels(self, case: Case | None, to: str) -> list[Letter]:
        """Have the platform take back what this place ordered."""
        found = []
        for charge in case.charges if case is not None else ():
            if case is not None and charge.state is ChargeState.CANCELLING and await self._is_ours(charge):
                found.append(self._cancel(case.id, charge.order, charge.called_off, to))
        return found

    async def _paid_at_counter(self, case: Case | None, to: str) -> list[Letter]:
        """Nobody shall pay on the platform what was paid at a counter."""
        found = []
        for charge in case.charges if case is not None else ():
            if case is not None and charge.receipt and await self._room.outbox.one(charge.order) is not None:
                found.append(self._cancel(case.id, charge.order, "paid_at_counter", to))
        return found

    async def _is_ours(self, charge: Charge) -> bool:
        """Whether this place asked for it."""
        if charge.place:
            return charge.place == self._casework.writer
        return await self._room.outbox.one(charge.order) is not None

    async def may_order(self, letter: Letter) -> bool:
        """Whether an order that failed may be sent once more: somebody is still to pay it."""
        case = await self._of(letter.subject.removeprefix(_CASE))
        charge = charges.ordered(case, letter.id) if case is not None else None
        return charge is None or not charge.called_off

    def _cancel(self, case: str, order: str, why: str, to: str) -> Letter:
        """A plan: the order itself may still be on its way."""
        plan = Plan(name=CANCEL, about={"order": order, "why": why[:TITLE_MOST]})
        return self._room.letter(plan, to=to, kind=CANCEL, subject=_CASE + case, transaction=cancel_id(order))

    async def _write_cancel(self, letter: Letter, plan: Plan) -> r.AnyRequest:
        """Names the order as it was sent.

        Raises:
            Held: it is still on its way there. Dropped: it never was, or the platform did not take it.
        """
        order = plan.about["order"]
        ordered = await self._room.outbox.one(order)
        if ordered is None or ordered.state in {Sent.REJECTED, Sent.DROPPED}:
            await self._note(letter.subject.removeprefix(_CASE), order, ChargeState.CANCELLED)
            raise Dropped("never_ordered")
        if ordered.state is Sent.WAITING:
            raise Held(max(ordered.next_at, self._room.centre.now()) + _AFTER_ORDER, "not_ordered_yet")
        return r.CancelPayment(ordered=order, reason=plan.about["why"])

    async def _refunds(self, case: Case | None, to: str) -> list[Letter]:
        """What this place ordered and must be given back; the same one is put once."""
        found = []
        for charge in charges.to_give_back(case) if case is not None else ():
            ordered = await self._room.outbox.one(charge.order)
            if case is not None and ordered is not None:
                found.append(self._refund(case.id, ordered, charge.amount_fen, case.state.value))
        return found

    def _refund(self, case: str, ordered: Letter, amount_fen: int, reason: str) -> Letter:
        request = r.RefundPayment(order=self._ordered(ordered).order, amount_cents=amount_fen, reason=reason)
        return self._letter(request, ordered.neighbour, case, refund_id(ordered.id))

    def _letter(self, request: r.Request, to: str, case: str, transaction: str) -> Letter:
        return self._room.letter(
            request,  # type: ignore[arg-type]  # both are among AnyRequest
            to=to,
            kind=str(type(request).__struct_config__.tag),
            subject=_CASE + case,
            transaction=transaction,
            awaits=request.awaits,
        )

    # -- what comes back

    async def _answered(self, letter: Letter, request: r.AnyRequest, reply: Reply) -> None:
        """An order the platform does not take, and money that went back, become events of the case."""
        if not letter.subject.startswith(_CASE):
            return
        case = letter.subject.removeprefix(_CASE)
        if isinstance(request, r.OrderPayment) and isinstance(reply, Rejected):
            await self._note(case, letter.id, ChargeState.REFUSED, reason=reply.code)
        if isinstance(request, r.RefundPayment) and isinstance(reply, Accepted):
            order = letter.id.removeprefix(_REFUND_OF)
            await self._note(case, order, ChargeState.REFUNDED, amount_fen=request.amount_cents)
        if isinstance(request, r.CancelPayment):
            await self._taken_back(case, request, reply)

    async def _taken_back(self, case: str, request: r.CancelPayment, reply: Reply) -> None:
        """The order is gone; or somebody has paid it: then the money goes back, told of or not."""
        ordered = await self._room.outbox.one(request.ordered)
        code = reply.code if isinstance(reply, Rejected) else ""
        if code == r.PAID and ordered is not None:
            paid = self._room.opened(ordered)
            assert isinstance(paid, r.OrderPayment)  # noqa: S101  # the letter of an order
            notice = r.PaymentNotice(transaction=ordered.id, order="", amount_cents=paid.amount_cents)
            await self._became(ordered, notice, paid)
            await self._room.outbox.result(ordered.id, "paid", at=self._room.centre.now())
        elif not code or code == r.UNKNOWN_ORDER:
            await self._note(case, request.ordered, ChargeState.CANCELLED)
            await self._room.outbox.result(request.ordered, "cancelled", at=self._room.centre.now())

    async def _told(self, name: str, message: r.Told) -> str:
        """The platform says that an order was paid, or that its time is over; gives a code, "" where it was taken."""
        assert isinstance(message, r.PaymentNotice)  # noqa: S101  # by the table of hearers
        letter = await self._room.outbox.one(message.transaction)
        if letter is None or letter.neighbour != name:
            return "neighbour.unknown_transaction"
        ordered = self._room.opened(letter)
        is_other = message.is_paid and (
            not isinstance(ordered, r.OrderPayment) or ordered.amount_cents != message.amount_cents
        )
        if is_other or not isinstance(ordered, r.OrderPayment):
            return "neighbour.other_amount"
        if letter.subject.startswith(_CASE):
            await self._became(letter, message, ordered)
        await self._room.outbox.result(letter.id, "paid" if message.is_paid else "lapsed", at=self._room.centre.now())
        return ""

    async def _became(self, letter: Letter, message: r.PaymentNotice, ordered: r.OrderPayment) -> None:
        case_id = letter.subject.removeprefix(_CASE)
        case = await self._of(case_id)
        charge = charges.ordered(case, letter.id) if case is not None else None
        if message.is_paid and charge is not None and charge.receipt:  # at the counter, and now once more
            await self._room.put(self._refund(case_id, letter, ordered.amount_cents, "paid_twice"))
            return
        became = ChargeState.PAID if message.is_paid else ChargeState.REFUSED
        reason = "" if message.is_paid else "lapsed"
        await self._note(case_id, letter.id, became, amount_fen=ordered.amount_cents, reason=reason)

    async def _note(self, case: str, order: str, became: ChargeState, *, amount_fen: int = 0, reason: str = "") -> None:
        command = m.NoteFee(case=case, seen=0, order=order, became=became, amount_fen=amount_fen, reason=reason[:80])
        why = f":{reason}" if became is ChargeState.CANCELLING else ""
        try:
            await self._casework.execute(command, actor=SYSTEM, command_id=f"{order}:{became.value}{why}"[:80])
        except NotFound as exc:  # the case was never here: what is in the outbox tells
            log.warning("order %s: %s", order, exc.code, extra={"action": "neighbour.fee_stray"})

    def _ordered(self, letter: Letter) -> r.PaymentOrdered:
        """What the platform said to an order; without an order number before it has."""
        try:
            return msgspec.json.decode(self._room.answer(letter), type=r.PaymentOrdered)
        except msgspec.MsgspecError:
            return r.PaymentOrdered(order="")


_CASE, _REFUND_OF = "case:", "refund-"
_AFTER_ORDER = timedelta(seconds=2)
"""An order that is on its way is called off when it has been tried again."""


def _step(event: m.CaseEvent) -> str:
    """The type of what happened, also where the city did it."""
    return event.step_type if isinstance(event, m.CityStepTaken) else event.type


def refund_id(order: str) -> str:
    """The transaction of giving an order back: one an order."""
    return _REFUND_OF + order


def cancel_id(order: str) -> str:
    """The transaction of calling an order off: one an order."""
    return f"cancel-{order}"


def _named(edition: Edition | None, fees: Iterable[str]) -> list[Fee]:
    return [one for one in edition.fees if one.id in set(fees)] if edition is not None else []


def _title(edition: Edition | None, fees: Iterable[str]) -> str:
    matter = edition.name if edition is not None else ""
    return f"{matter} {'、'.join(one.name for one in _named(edition, fees))}".strip()[:TITLE_MOST]


def _basis(edition: Edition | None, fees: Iterable[str]) -> str:
    found = dict.fromkeys(one.basis.name for one in _named(edition, fees) if one.basis is not None)
    return "；".join(found)[:TITLE_MOST]

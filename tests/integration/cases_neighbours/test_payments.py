"""Fees: asked for when they are due, ordered once, paid, refused, given back; and the licence that waits for them."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cases import messages as m
from cases.catalogue.model import Edition, Fee, FeeDue, Law, Row
from cases.model import Case, Charge, ChargeState, Given, Outcome, State
from cases.neighbours import requests as r
from cases.neighbours.payments import cancel_id, refund_id
from cases.neighbours.report import compare
from cases.neighbours.simulated.server import Faults
from hall_server.errors import Forbidden, Invalid, Refused
from hall_server.outbox.table import State as Sent
from tests.fakes.case_place import CLERK, EXAMINER, LEADER, edition
from tests.fakes.neighbour_hall import NeighbourHall, neighbour_hall
from tests.fakes.neighbours import answered, until

GIVEN = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan"))
BASIS = Law(name="发改价格〔2003〕2322号", article="收费标准")
AT_ONCE = Fee(id="card", name="工本费", amount_fen=2_000, basis=BASIS, due=FeeDue.ACCEPTANCE)
SHANGHAI = ZoneInfo("Asia/Shanghai")
CALLED_OFF = ["case.fee_asked", "case.fee_called_off", "case.fee_cancelled"]
FEE = Fee(id="card", name="工本费", amount_fen=2_000, basis=BASIS)


class Counter(NeighbourHall):
    """With the payment platform alone."""

    async def accepted(self, **changes: Any) -> Case:
        self.server.rooms["cases"].editions.take(priced(**changes))
        answers: Any = {"who": ("self",), "where": ("shop",)}
        command = m.ReceiveCase(edition="food@1", answers=answers, given=GIVEN)
        case = msgspec.json.decode(await self.server.execute(command, actor=CLERK), type=Case)
        return await self.do(case, m.AcceptCase)

    async def granted(self, **changes: Any) -> Case:
        return await self.decided(await self.accepted(**changes))

    async def asked(self, case: Case) -> Charge:
        """The charge of a case, once the platform has its order."""

        async def there() -> list[Charge]:
            return list(self.case(case.id).charges)

        charge: Charge = (await until(there))[-1]
        letter = await answered(self.room, charge.order)
        assert letter.state is Sent.ACCEPTED, letter.reason
        return charge

    async def told(self, charge: Charge, *, is_paid: bool = True, id_: str = "") -> str:
        """What the place answers when the platform tells that an order was paid, or is over."""
        letter = await self.room.room.outbox.one(charge.order)
        assert letter is not None
        order = msgspec.json.decode(self.room.room.answer(letter), type=r.PaymentOrdered).order
        held = await self.others.books.get("payment:orders", order)
        if is_paid and not id_:
            self.clock.forward(seconds=1)
            return (await self.others.pay(f"http://127.0.0.1:{self.port}", "payment", order)).code
        if is_paid:
            await self.others.books.put("payment:orders", order, {**held, "paid_cents": held["amount_cents"]})
        notice = r.PaymentNotice(transaction=charge.order, order=order, amount_cents=charge.amount_fen, is_paid=is_paid)
        self.clock.forward(seconds=1)
        return (await self.others.tell(f"http://127.0.0.1:{self.port}", "payment", notice, id_=id_)).code

    async def at_platform(self, charge: Charge, **becomes: Any) -> dict[str, Any]:
        """The order as the platform has it, once it has become so."""
        for order, held in (await self.others.books.every("payment:orders")).items():
            if held["transaction"] == charge.order:
                await self.others.books.put("payment:orders", order, {**held, **becomes})
                return {**held, **becomes}
        raise KeyError(charge.order)

    async def differences(self) -> list[str]:
        """What a comparison of today finds."""
        compared = await compare(self.room.room, "payment", self.clock.now().astimezone(SHANGHAI).date())
        assert not compared.fault
        return [one.what for one in compared.differences]

    async def goes_out(self) -> None:
        """Let time pass until nothing waits for the platform any more."""

        async def gone() -> bool:
            if await self.room.room.outbox.next_at("payment") is None:
                return True
            self.clock.forward(minutes=5)
            self.room.room.hurry()
            return False

        await until(gone)

    async def events(self, case: Case) -> list[str]:
        await self.server.settled()
        rows = await self.server.database.fetch(
            "SELECT type FROM journal WHERE subject = ? ORDER BY seq", (f"case:{case.id}",)
        )
        return [type_ for (type_,) in rows if type_.startswith("case.fee_")]


def priced(**changes: Any) -> Edition:
    return edition(**{"fees": (FEE,), **changes})


def counter(path: Path, *, has_platform: bool = True) -> AbstractAsyncContextManager[Counter]:
    return neighbour_hall(Counter, path, asks=("payment",) if has_platform else ())


@pytest.mark.gen_test
async def test_a_granted_case_is_asked_to_pay_and_its_licence_waits(tmp_path: Path) -> None:
    async with counter(tmp_path) as hall:
        case = await hall.granted()
        charge = await hall.asked(case)
        now = hall.case(case.id)
        assert (charge.fees, charge.amount_fen, charge.state) == (("card",), 2_000, ChargeState.ASKED)
        assert [one.kind for one in now.papers][-1] == "payment"
        with pytest.raises(Refused, match=r"case\.fee_unpaid"):
            await hall.do(case, m.MakeLicence, by=LEADER, licence="JY1")
        [shown] = await hall.room.payments.payable(case.id)
        assert shown.pay_url.startswith("https://pay.example/")
        assert shown.names == ("工本费",)
        for _ in range(2):
            assert await hall.told(charge, id_="notice") == ""
        assert hall.case(case.id).charges[0].state is ChargeState.PAID
        assert (await hall.do(case, m.MakeLicence, by=LEADER, licence="JY1")).state is State.MADE
        assert await hall.events(case) == ["case.fee_asked", "case.fee_paid"]


@pytest.mark.gen_test
async def test_the_visitor_sees_what_is_to_be_paid_and_where(tmp_path: Path) -> None:
    async with counter(tmp_path) as hall:
        case = await hall.granted()
        charge = await hall.asked(case)
        progress = hall.server.rooms["progress"]
        [shown] = await progress.payments.of(hall.case(case.id))
        assert (shown.amount_fen, shown.pay_url != "") == (2_000, True)
        assert await hall.told(charge) == ""
        [shown] = await progress.payments.of(hall.case(case.id))
        assert (shown.state, shown.pay_url) == (ChargeState.PAID, "")


@pytest.mark.gen_test
async def test_what_lapsed_is_asked_for_once_more_by_hand_and_what_was_paid_twice_goes_back(tmp_path: Path) -> None:
    async with counter(tmp_path) as hall:
        case = await hall.granted()
        first = await hall.asked(case)
        assert await hall.told(first, is_paid=False) == ""
        assert hall.case(case.id).charges[0].state is ChargeState.REFUSED
        await hall.room.payments.ask_of(case.id)
        assert len(hall.case(case.id).charges) == 1, "nobody is asked again by itself"
        shown = await hall.room.payments.ask(case.id, actor=LEADER, command_id="again")
        assert [one.state for one in shown] == [ChargeState.REFUSED, ChargeState.ASKED]
        second = await hall.asked(case)
        assert await hall.told(first) == "", "the money was on its way"
        assert await hall.told(second) == ""
        back = await answered_soon(hall, refund_id(second.order))
        assert back.state is Sent.ACCEPTED, back.reason
        assert await states(hall, case, ChargeState.PAID, ChargeState.REFUNDED)


@pytest.mark.gen_test
async def test_who_takes_the_application_back_gets_the_money_back_once(tmp_path: Path) -> None:
    async with counter(tmp_path) as hall:
        case = await hall.accepted(fees=(msgspec.structs.replace(FEE, due=FeeDue.ACCEPTANCE),))
        charge = await hall.asked(case)
        assert await hall.told(charge) == ""
        await hall.do(case, m.WithdrawCase, reason="")
        back = await answered_soon(hall, refund_id(charge.order))
        assert back.state is Sent.ACCEPTED, back.reason
        assert await states(hall, case, ChargeState.REFUNDED)
        assert await hall.events(case) == ["case.fee_asked", "case.fee_paid", "case.fee_refunded"]
        [order] = (await hall.others.books.every("payment:orders")).values()
        assert (order["paid_cents"], order["refunded_cents"]) == (2_000, 2_000)


@pytest.mark.gen_test
async def test_money_that_comes_when_the_case_has_left_memory_goes_back_and_is_on_record(tmp_path: Path) -> None:
    async with counter(tmp_path) as hall:
        case = await hall.accepted(fees=(msgspec.structs.replace(FEE, due=FeeDue.ACCEPTANCE),))
        charge = await hall.asked(case)
        await hall.do(case, m.WithdrawCase, reason="")
        assert await states(hall, case, ChargeState.CANCELLED)
        for _ in range(2):
            hall.clock.forward(days=1)
            await hall.server.roll_day()
        assert case.id not in hall.server.rooms["cases"].cases.by_id
        assert await hall.told(charge, id_="a bank that was slow") == ""
        assert (await answered_soon(hall, refund_id(charge.order))).state is Sent.ACCEPTED

        async def told() -> bool:
            return (await hall.events(case))[-1] == "case.fee_refunded"

        await until(told)
        assert await hall.events(case) == [*CALLED_OFF, "case.fee_paid", "case.fee_refunded"]
        assert hall.server.rooms["cases"].cases.strays == 0


@pytest.mark.gen_test
async def test_what_nobody_is_to_pay_any_more_is_called_off_and_both_sides_agree_on_it(tmp_path: Path) -> None:
    async with counter(tmp_path) as hall:
        over, refused, counted = [await hall.accepted(fees=(AT_ONCE,)) for _ in range(3)]
        orders = [await hall.asked(one) for one in (over, refused, counted)]
        await hall.do(over, m.WithdrawCase, reason="")
        await hall.do(refused, m.ExamineCase, by=EXAMINER, opinion="不符合", proposes=Outcome.DENIED)
        await hall.do(refused, m.DecideCase, by=LEADER, outcome=Outcome.DENIED, reasons="不符合", remedies="复议")
        await hall.do(counted, m.NoteFee, order=orders[2].order, became=ChargeState.PAID, receipt="川财票 000123")
        for charge in orders:
            assert (await answered_soon(hall, cancel_id(charge.order))).state is Sent.ACCEPTED
            assert (await hall.at_platform(charge))["is_cancelled"]
        assert await states(hall, over, ChargeState.CANCELLED)
        assert await states(hall, refused, ChargeState.CANCELLED)
        assert await states(hall, counted, ChargeState.PAID)
        assert await hall.events(over) == CALLED_OFF
        with pytest.raises(KeyError):
            await hall.told(orders[0])
        assert await hall.differences() == []
        await hall.at_platform(orders[0], is_cancelled=False)
        assert await hall.differences() == ["not_cancelled"]
        await hall.at_platform(orders[0], is_cancelled=True)
        open_ = await hall.asked(await hall.accepted(fees=(AT_ONCE,)))
        await hall.at_platform(open_, is_cancelled=True)
        assert await hall.differences() == ["cancelled_there"]
        await hall.at_platform(open_, is_cancelled=False)
        assert await hall.told(orders[0], id_="a bank that was slow") == ""
        assert (await answered_soon(hall, refund_id(orders[0].order))).state is Sent.ACCEPTED
        assert await hall.differences() == []
        await hall.at_platform(orders[0], refunded_cents=0)
        assert await hall.differences() == ["not_given_back"]


@pytest.mark.gen_test
async def test_what_was_asked_for_wrongly_is_called_off_with_a_reason_and_asked_for_anew(tmp_path: Path) -> None:
    async with counter(tmp_path) as hall:
        case = await hall.granted()
        charge = await hall.asked(case)
        wrong: dict[str, Any] = {"order": charge.order, "became": ChargeState.CANCELLING, "by": LEADER}
        with pytest.raises(Invalid, match=r"case\.text_missing"):
            await hall.do(case, m.NoteFee, **wrong)
        now = await hall.do(case, m.NoteFee, **wrong, reason="金额有误")
        assert (now.charges[0].state, now.charges[0].called_off) == (ChargeState.CANCELLING, "金额有误")
        with pytest.raises(Refused, match=r"case\.fee_settled"):
            await hall.do(case, m.NoteFee, **wrong, reason="金额有误")
        assert await states(hall, case, ChargeState.CANCELLED)
        with pytest.raises(Refused, match=r"case\.fee_unpaid"):
            await hall.do(case, m.MakeLicence, by=LEADER, licence="JY1")
        await hall.room.payments.ask(case.id, actor=LEADER, command_id="anew")
        assert await hall.told(await hall.asked(case)) == ""
        assert await states(hall, case, ChargeState.CANCELLED, ChargeState.PAID)
        assert (await hall.do(case, m.MakeLicence, by=LEADER, licence="JY1")).state is State.MADE


@pytest.mark.gen_test
async def test_who_pays_while_it_is_called_off_gets_the_money_back_whenever_we_hear_of_it(tmp_path: Path) -> None:
    async with counter(tmp_path) as hall:
        for heard in ("never", "after", "before"):
            case = await hall.granted()
            charge = await hall.asked(case)
            await hall.at_platform(charge, paid_cents=2_000)
            if heard == "before":
                hall.others.faults["payment"] = Faults(down=True)
            off = {"order": charge.order, "became": ChargeState.CANCELLING, "reason": "金额有误"}
            await hall.do(case, m.NoteFee, by=LEADER, **off)
            if heard == "before":
                assert await hall.told(charge, id_=heard) == ""
                assert hall.case(case.id).charges[0].state is ChargeState.PAID
                hall.others.faults.clear()
                await hall.goes_out()
            assert await states(hall, case, ChargeState.REFUNDED)
            if heard == "after":
                assert await hall.told(charge, id_=heard) == ""
            there = await hall.at_platform(charge)
            assert (there["paid_cents"], there["refunded_cents"], there["is_cancelled"]) == (2_000, 2_000, False)
            assert (await hall.events(case)).count("case.fee_refunded") == 1
            with pytest.raises(Refused, match=r"case\.fee_unpaid"):
                await hall.do(case, m.MakeLicence, by=LEADER, licence="JY1")


@pytest.mark.gen_test
async def test_an_order_still_on_its_way_is_called_off_behind_it_and_nothing_is_ordered_again(tmp_path: Path) -> None:
    async with counter(tmp_path) as hall:
        hall.others.faults["payment"] = Faults(down=True)
        case = await hall.granted()

        async def tried() -> bool:
            return bool(hall.case(case.id).charges) and hall.room.room.ways["payment"].trouble is not None

        await until(tried)
        [charge] = hall.case(case.id).charges
        await hall.do(case, m.WaiveFee, by=LEADER, reason="低保家庭")
        await until(lambda: hall.room.room.outbox.one(cancel_id(charge.order)))
        hall.others.faults.clear()
        await hall.goes_out()
        assert await states(hall, case, ChargeState.CANCELLED)
        assert (await hall.at_platform(charge))["is_cancelled"]
        letter = await hall.room.room.outbox.one(charge.order)
        assert letter is not None
        assert not await hall.room.payments.may_order(letter)


@pytest.mark.gen_test
async def test_an_order_the_platform_does_not_take_becomes_an_event(tmp_path: Path) -> None:
    async with counter(tmp_path) as hall:
        hall.others.faults["payment"] = Faults(rejects="closed_for_today")
        case = await hall.granted()
        assert await states(hall, case, ChargeState.REFUSED)
        assert hall.case(case.id).charges[0].reason == "closed_for_today"


@pytest.mark.gen_test
async def test_at_a_counter_it_is_noted_with_its_receipt_and_a_fee_may_be_waived(tmp_path: Path) -> None:
    async with counter(tmp_path, has_platform=False) as hall:
        case = await hall.granted()

        async def there() -> list[Charge]:
            return list(hall.case(case.id).charges)

        [charge] = await until(there)
        paid = {"order": charge.order, "became": ChargeState.PAID}
        with pytest.raises(Invalid, match=r"case\.text_missing"):
            await hall.do(case, m.NoteFee, **paid)
        with pytest.raises(Forbidden):
            await hall.do(case, m.NoteFee, order=charge.order, became=ChargeState.REFUNDED)
        now = await hall.do(case, m.NoteFee, **paid, receipt="川财票 000123")
        assert (now.charges[0].state, now.charges[0].receipt) == (ChargeState.PAID, "川财票 000123")
        with pytest.raises(Refused, match=r"case\.fee_settled"):
            await hall.do(case, m.NoteFee, **paid, receipt="川财票 000124")
        poor = await hall.granted()
        await until(lambda: _has_charge(hall, poor))
        with pytest.raises(Forbidden):
            await hall.do(poor, m.WaiveFee, reason="低保家庭")
        await hall.do(poor, m.WaiveFee, by=LEADER, reason="低保家庭")
        assert (await hall.do(poor, m.MakeLicence, by=LEADER, licence="JY2")).state is State.MADE
        assert await states(hall, poor, ChargeState.CANCELLED), "without a platform there is nobody to ask"


@pytest.mark.gen_test
async def test_nothing_is_charged_that_the_situation_does_not_cost(tmp_path: Path) -> None:
    async with counter(tmp_path) as hall:
        case = await hall.granted(rows=(*edition().rows, Row(when={"where": ("online",)}, fees=("card",))))
        await hall.room.payments.ask_of(case.id)
        assert hall.case(case.id).charges == ()
        with pytest.raises(Refused, match=r"case\.no_fee"):
            await hall.do(case, m.AskFee, by=LEADER)
        assert (await hall.do(case, m.MakeLicence, by=LEADER, licence="JY1")).state is State.MADE


async def states(hall: Counter, case: Case, *wanted: ChargeState) -> bool:
    async def so() -> bool:
        return tuple(one.state for one in hall.case(case.id).charges) == wanted

    return bool(await until(so))


async def answered_soon(hall: Counter, id_: str) -> Any:
    async def there() -> bool:
        return await hall.room.room.outbox.one(id_) is not None

    await until(there)
    return await answered(hall.room, id_)


async def _has_charge(hall: Counter, case: Case) -> bool:
    return bool(hall.case(case.id).charges)

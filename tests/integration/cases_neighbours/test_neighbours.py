"""Every neighbour against its simulator, with each fault and a control; what is kept, compared and told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases.neighbours import Neighbours as Room
from cases.neighbours import report
from cases.neighbours import requests as r
from cases.neighbours.model import Accepted, Kind, Rejected
from cases.neighbours.simulated.server import Faults, Neighbours
from hall_server.errors import Unavailable
from hall_server.outbox.table import State
from hall_server.server import Server
from tests.fakes.hall import HandClock, running
from tests.fakes.neighbours import answered, neighbours, places, until

ROOMS = ("hall_queue", "displays", "evaluation", "cases")
PHONE = "13800138000"
DAY = date(2026, 11, 23)

EVERY: dict[Kind, r.Request] = {
    Kind.IDENTITY: r.VerifyPerson(name="张三丰", id_number="11010519491231002X"),
    Kind.LICENCE: r.IssueLicence(
        case_number="A-1", licence="food", number="JY1", holder_name="张三丰", holder_id_number="1", valid_from=DAY
    ),
    Kind.PAYMENT: r.OrderPayment(case_number="A-1", title="工本费", amount_cents=1_000, basis="发改价格〔2020〕1号"),
    Kind.COURIER: r.OrderLabel(case_number="A-1", to_name="张三丰", to_phone=PHONE, to_address="牌坊路7号"),
    Kind.SMS: r.SendMessage(phone=PHONE, text="您的办件 A-1 已受理"),
    Kind.HOTLINE: r.HandToHotline(about="噪声", text="夜里施工", phone=PHONE),
    Kind.EXCHANGE: r.AskData(case_number="A-1", dataset="marriage", purpose="核验"),
    Kind.SUPERVISION: r.FeedSteps(steps=()),
    Kind.TASKS: r.ReportTask(task="t1", percent=50, text="已核查"),
    Kind.DEPARTMENT: r.PushCase(
        case_number="A-1", matter="food", matter_code="511", matter_name="食品经营许可", department="market",
        received_at=HandClock().now(), accepted_at=HandClock().now(), accepted_as_of=DAY, promise_workdays=9,
        statute_workdays=20, form={},
    ),
}  # fmt: skip


@dataclass
class Town:
    """A hall and everybody around it."""

    server: Server
    port: int
    clock: HandClock
    others: Neighbours

    @property
    def room(self) -> Room:
        found: Room = self.server.rooms["neighbours"]
        return found

    async def send(self, request: r.Request) -> str:
        return await self.room.room.request(request, subject="test")

    async def ledger(self) -> dict[str, Any]:
        return await self.others.books.ledger()

    async def times(self, id_: str) -> tuple[int, int]:
        """How often a transaction arrived, and how often it was done."""
        ledger = await self.ledger()
        return (
            sum(one["id"] == id_ for one in ledger["arrivals"]),
            sum(one["id"].partition("#")[0] == id_ for one in ledger["held"]),
        )


@asynccontextmanager
async def town(path: Path, **place: Any) -> AsyncIterator[Town]:
    clock = HandClock()
    async with neighbours(path / "others", clock) as (others, at):
        settings = places(at, path / "others", departments=("market",), **place)
        async with running(path / "hall", clock=clock, rooms=ROOMS, neighbours=settings) as (server, port):
            server.rooms["neighbours"].room.ways["sms"].lane._jitter = lambda most: 0.0
            yield Town(server, port, clock, others)


async def hurried(town: Town, name: str, id_: str) -> Any:
    """The request once it is answered, the clock going on meanwhile."""

    async def done() -> Any:
        town.clock.forward(seconds=30)
        town.room.room.hurry(name)
        letter = await town.room.room.outbox.one(id_)
        return letter if letter is not None and letter.state is not State.WAITING else None

    return await until(done)


async def tried(town: Town, id_: str) -> Any:
    """The request once it failed at least once."""

    async def failed() -> Any:
        letter = await town.room.room.outbox.one(id_)
        return letter if letter is not None and letter.reason else None

    return await until(failed)


@pytest.mark.gen_test
async def test_every_neighbour_takes_its_request(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        for kind, request in EVERY.items():
            letter = await answered(here.room, await here.send(request))
            assert letter.state is State.ACCEPTED, (kind, letter.reason)
            reply = msgspec.json.decode(here.room.room.answer(letter), type=r.RESULTS[type(request)])
            assert isinstance(reply, r.Result)
            assert here.room.room.opened(letter) == request


@pytest.mark.gen_test
async def test_a_refusal_stands_and_is_told(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        here.others.faults |= {kind: Faults(rejects="not_today") for kind in EVERY}
        letters = [await answered(here.room, await here.send(request)) for request in EVERY.values()]
        for letter in letters:
            assert (letter.state, letter.reason, letter.tries) == (State.REJECTED, "not_today", 1)
        alarms = await here.room.watch.look()
        assert {(one.code, one.fields["neighbour"]) for one in alarms} == {
            ("neighbour.refused", str(kind)) for kind in EVERY
        }
        here.others.faults.clear()
        now = here.clock.now()
        for letter in letters:
            await here.room.room.outbox.again(letter, now=now, until=now.replace(year=2027))
            assert (await hurried(here, letter.neighbour, letter.id)).state is State.ACCEPTED, "sent again by hand"


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("fault", "reason"),
    [(Faults(down=True), "status_503"), (Faults(wrong_signature=True), "unsigned"), (Faults(loses=1), "unreached")],
    ids=["down", "wrong signature", "answer lost"],
)
async def test_what_fails_is_sent_until_it_is_answered_and_done_once(
    tmp_path: Path, fault: Faults, reason: str
) -> None:
    async with town(tmp_path) as here:
        working = EVERY.pop(Kind.TASKS)
        try:
            here.others.faults |= dict.fromkeys(EVERY, fault)
            ids = {kind: await here.send(request) for kind, request in EVERY.items()}
            for id_ in ids.values():
                assert (await tried(here, id_)).reason == reason
            other = await here.send(working)
            assert (await answered(here.room, other)).state is State.ACCEPTED, "nobody else waits"
            here.others.faults.clear()
            for kind, id_ in ids.items():
                assert (await hurried(here, kind, id_)).state is State.ACCEPTED
                assert (await here.times(id_))[1] == 1
        finally:
            EVERY[Kind.TASKS] = working


@pytest.mark.gen_test
async def test_a_slow_one_is_given_up_waiting_for(tmp_path: Path) -> None:
    async with town(tmp_path, answer_s=2) as here:  # long enough for an answer of a busy machine
        here.others.faults["sms"] = Faults(slow_s=4)
        id_ = await here.send(EVERY[Kind.SMS])
        assert (await tried(here, id_)).reason == "timeout"
        here.others.faults.clear()
        assert (await hurried(here, "sms", id_)).state is State.ACCEPTED
        assert (await here.times(id_))[1] == 1


@pytest.mark.gen_test
async def test_a_message_with_a_lost_answer_reaches_the_phone_once_and_the_control_twice(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        for fault, often in ((Faults(loses=1), 1), (Faults(loses=1, ignore_ids=True), 2)):
            here.others.faults["sms"] = fault
            id_ = await here.send(EVERY[Kind.SMS])
            await tried(here, id_)
            await hurried(here, "sms", id_)
            assert await here.times(id_) == (2, often)


@pytest.mark.gen_test
async def test_a_transaction_put_twice_is_one(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        for _ in range(2):
            await here.room.room.request(EVERY[Kind.SMS], subject="test", transaction="one")
        await answered(here.room, "one")
        await here.room.room.request(EVERY[Kind.SMS], subject="test", transaction="one")
        assert await here.times("one") == (1, 1)


@pytest.mark.gen_test
async def test_what_is_never_answered_is_given_up_in_bounded_tries(tmp_path: Path) -> None:
    async with town(tmp_path, most_tries=3) as here:
        here.others.faults["sms"] = Faults(down=True)
        letter = await hurried(here, "sms", await here.send(EVERY[Kind.SMS]))
        assert (letter.state, letter.tries) == (State.GIVEN_UP, 3)


@pytest.mark.gen_test
async def test_a_question_is_answered_now_or_not_at_all(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        reply = await here.room.room.ask(EVERY[Kind.IDENTITY], subject="test")
        assert isinstance(reply, Accepted)
        assert msgspec.json.decode(reply.result, type=r.PersonVerified).matches
        here.others.faults["identity"] = Faults(down=True)
        with pytest.raises(Unavailable, match=r"neighbour\.silent"):
            await here.room.room.ask(EVERY[Kind.IDENTITY], subject="test")
        here.others.faults["identity"] = Faults(rejects="no")
        assert isinstance(await here.room.room.ask(EVERY[Kind.IDENTITY], subject="test"), Rejected)


@pytest.mark.gen_test
async def test_silence_is_an_alarm_while_our_clock_runs_on(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        id_ = await here.send(EVERY[Kind.DEPARTMENT])
        await answered(here.room, id_)
        assert await here.room.watch.look() == []
        here.clock.forward(days=3)
        [alarm] = await here.room.watch.look()
        assert (alarm.code, alarm.fields["neighbour"], alarm.fields["waiting"]) == ("neighbour.silent", "department", 1)
        [row] = await report.rows(here.room.room, DAY, DAY)
        assert (row.neighbour, row.pushed, row.acknowledged, row.silent, row.results) == ("department", 1, 1, 1, 0)
        await here.room.room.outbox.result(id_, "granted", at=here.clock.now())
        [row] = await report.rows(here.room.room, DAY, DAY)
        assert (row.silent, row.results, row.without_licence) == (0, 1, 1)
        await here.room.room.outbox.result(id_, "licensed", at=here.clock.now())
        [row] = await report.rows(here.room.room, DAY, DAY)
        assert row.without_licence == 0
        assert await here.room.watch.look() == []


@pytest.mark.gen_test
async def test_the_reconciliation_finds_what_was_planted_and_nothing_else(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        ids = [await here.send(EVERY[Kind.PAYMENT]) for _ in range(4)]
        for id_ in ids:
            await answered(here.room, id_)
        compared = await report.compare(here.room.room, "payment", DAY)
        assert (compared.is_equal, compared.ours, compared.theirs) == (True, 4, 4)
        lost, paid, other = ids[0], ids[1], ids[2]
        await here.others.books.forget("payment", lost)
        orders = await here.others.books.every("payment:orders")
        for order, held in orders.items():
            if held["transaction"] == paid:
                await here.others.books.put("payment:orders", order, {**held, "paid_cents": 1_000})
            if held["transaction"] == other:
                await here.others.books.put("payment:orders", order, {**held, "amount_cents": 999})
        await here.others.books.keep("payment", "theirs", day="2026-11-23", do="x", request=b"{}", reply=b"{}")
        compared = await report.compare(here.room.room, "payment", DAY)
        assert {(one.what, one.transaction) for one in compared.differences} == {
            ("missing_there", lost),
            ("unknown_here", "theirs"),
            ("not_told", paid),
            ("other_amount", other),
        }


@pytest.mark.gen_test
async def test_a_payment_is_told_once_with_the_right_amount(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        id_ = await here.send(EVERY[Kind.PAYMENT])
        letter = await answered(here.room, id_)
        order = msgspec.json.decode(here.room.room.answer(letter), type=r.PaymentOrdered).order
        url = f"http://127.0.0.1:{here.port}"
        wrong = r.PaymentNotice(transaction=id_, order=order, amount_cents=1)
        assert (await here.others.tell(url, "payment", wrong)).code == "neighbour.other_amount"
        right = r.PaymentNotice(transaction=id_, order=order, amount_cents=1_000)
        for _ in range(2):
            assert (await here.others.tell(url, "payment", right, id_="notice-1")).state == "accepted"
            here.clock.forward(seconds=1)
        found = await here.room.room.outbox.one(id_)
        assert found is not None
        assert found.result == "paid"
        unknown = r.PaymentNotice(transaction="nobody", order="x", amount_cents=1)
        assert (await here.others.tell(url, "payment", unknown)).code == "neighbour.unknown_transaction"


@pytest.mark.gen_test
async def test_an_unsigned_message_is_not_believed(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        body = b'{"id":"x","sent_at":"2026-11-23T01:00:00Z","message":{"do":"sms.reply","phone":"1","text":"TD"}}'
        path = "/api/v1/neighbours/sms/messages"
        assert (await here.room.hearing.take("sms", path=path, headers={}, body=body))[0] == 401
        assert (await here.room.hearing.take("nobody", path=path, headers={}, body=body))[0] == 401


@pytest.mark.gen_test
async def test_rows_hold_nothing_that_can_be_read(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        for request in EVERY.values():
            await answered(here.room, await here.send(request))
        lying = str(await here.server.database.fetch("SELECT * FROM outbox"))
        for secret in (PHONE, "张三丰", "牌坊路7号", "11010519491231002X"):
            assert secret not in lying


@pytest.mark.gen_test
async def test_what_was_put_is_sent_after_the_hall_died(tmp_path: Path) -> None:
    clock = HandClock()
    async with neighbours(tmp_path / "others", clock) as (others, at):
        others.faults["sms"] = Faults(down=True)
        settings = places(at, tmp_path / "others")
        async with running(tmp_path / "hall", clock=clock, rooms=ROOMS, neighbours=settings) as (server, _):
            room: Room = server.rooms["neighbours"]
            id_ = await room.room.request(EVERY[Kind.SMS], subject="test")
        others.faults.clear()
        clock.forward(minutes=20)
        async with running(tmp_path / "hall", clock=clock, rooms=ROOMS, neighbours=settings) as (server, _):
            assert (await answered(server.rooms["neighbours"], id_)).state is State.ACCEPTED


@pytest.mark.gen_test
async def test_the_report_is_a_table(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        for request in EVERY.values():
            await answered(here.room, await here.send(request))
        rows = await report.rows(here.room.room, DAY, DAY)
        lines = report.as_csv(rows).splitlines()
        assert lines[0].startswith("day,neighbour,kind,pushed,acknowledged")
        assert len(lines) == 1 + len(EVERY)
        assert all(one.pushed == one.acknowledged == 1 for one in rows)

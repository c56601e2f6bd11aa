"""The examples that docs/rules works through come out as they say there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from hall_queue import messages as m
from hall_queue.model import RequeueMode, TicketState
from hall_queue.rule_events import SaveRules
from hall_server.directory.commands import SaveWindow
from hall_server.errors import Refused
from tests.fakes.queue_hall import QueueHall, clerk

Hall = QueueHall
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def rules(hall: Hall, **values: Any) -> None:
    await hall.do(SaveRules(values=values, reason="example"))


def at(hall: Hall, clock: str) -> None:
    """Let it be this time of the day, half a second before the next command."""
    now = hall.clock.now().astimezone(SHANGHAI)
    hour, minute, second = (*map(int, clock.split(":")), 0)[:3]
    later = datetime(now.year, now.month, now.day, hour, minute, second, tzinfo=SHANGHAI) - timedelta(seconds=0.5)
    assert later >= now
    hall.clock.forward(seconds=(later - now).total_seconds())


async def window(hall: Hall, id_: str, *lines: str) -> None:
    """Let a window serve these lines, in this order, and open it."""
    record = hall.server.directory.windows[id_]
    await hall.do(SaveWindow(item=msgspec.structs.replace(record, lines=lines, matters=())))
    await hall.open(id_)


async def leave(hall: Hall, id_: str) -> None:
    await hall.do(m.StartService(window=id_), clerk(id_))
    await hall.do(m.FinishService(window=id_), clerk(id_))


async def waiting(hall: Hall) -> dict[str, str]:
    """The five of order.md, by their name there."""
    await window(hall, "w03", "labour", "tax")
    came = {"B007": ("tax", "09:35", None), "A012": ("labour", "09:41", None)}
    came |= {n: ("labour", c, "elderly") for n, c in (("A015", "09:52"), ("A016", "09:55"), ("A017", "09:58"))}
    found = {}
    for name, (line, clock, priority) in came.items():
        at(hall, clock)
        found[await hall.issue(line, priority=priority)] = name
    at(hall, "10:00")
    return found


@pytest.mark.parametrize(
    ("ratio", "order"),
    [
        ({"favoured": 2, "oldest": 1}, ["A015", "A016", "B007", "A017", "A012"]),
        (None, ["A015", "A016", "A017", "A012", "B007"]),
    ],
)
@pytest.mark.gen_test
async def test_rule_03_the_example_of_who_is_next(hall: Hall, ratio: dict[str, int] | None, order: list[str]) -> None:
    if ratio:
        await rules(hall, ratio=ratio)
    names = await waiting(hall)
    called = []
    for _ in order:
        called.append(names[await hall.call("w03")])
        await leave(hall, "w03")
    assert called == order


@pytest.mark.gen_test
async def test_rule_03_who_has_waited_half_an_hour_is_next_in_the_example(hall: Hall) -> None:
    names = await waiting(hall)
    at(hall, "10:05:01")
    assert names[await hall.call("w03")] == "B007"


@pytest.mark.gen_test
async def test_rule_06_the_example_of_going_back_three_places(hall: Hall) -> None:
    await rules(hall, pass_policy="requeue")
    await hall.open("w01")
    first, *others = [await hall.issue() for _ in range(7)]
    at(hall, "10:00:00")
    for times in (1, 2, 3):
        assert await hall.call("w01") == first
        await hall.may_pass("w01")
        await hall.do(m.PassTicket(window="w01"), clerk("w01"))
        if times == 3:
            break
        expected, others = others[:3], others[3:]
        for one in expected:  # stands after three others now
            assert await hall.call("w01") == one
            await leave(hall, "w01")
    assert hall.ticket(first).state is TicketState.EXPIRED


@pytest.mark.gen_test
async def test_rule_07_the_example_of_putting_back_and_undo(hall: Hall) -> None:
    for one in ("w02", "w04"):
        await window(hall, one, "business")
    first, second = [await hall.issue() for _ in range(2)]
    assert await hall.call("w02") == first
    await hall.do(m.RequeueTicket(window="w02", mode=RequeueMode.SKIP), clerk("w02"))
    assert [await hall.call("w02"), await hall.call("w04")] == [second, first]
    await hall.do(m.StartService(window="w02"), clerk("w02"))
    for late_s, is_in_time in ((6, True), (20, False)):
        await hall.do(m.FinishService(window="w02"), clerk("w02"))
        hall.clock.forward(seconds=late_s - 0.5)
        if is_in_time:
            await hall.do(m.UndoKey(window="w02"), clerk("w02"))
            assert hall.ticket(second).state is TicketState.SERVING
    with hall.refused(Refused, "undo.too_late"):
        await hall.do(m.UndoKey(window="w02"), clerk("w02"))


@pytest.mark.gen_test
async def test_rule_09_the_example_of_hold_and_transfer(hall: Hall) -> None:
    await window(hall, "w01", "business", "tax")
    await window(hall, "w05", "tax")
    at(hall, "09:30")
    ticket = await hall.issue("business")
    at(hall, "10:00")
    await hall.call("w01")
    await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    assert hall.ticket(ticket).held_until == hall.clock.now() + timedelta(minutes=15)
    at(hall, "10:09")
    await hall.do(m.CallTicket(window="w01", ticket=ticket), clerk("w01"))
    later = await hall.issue("tax")
    at(hall, "10:12")
    matter = hall.matters("tax")[0]
    await hall.do(m.TransferTicket(window="w01", matter=matter), clerk("w01"))
    assert await hall.call("w01") == later  # may not take it back yet
    assert await hall.call("w05") == ticket

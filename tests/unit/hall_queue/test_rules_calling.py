"""Domain rules 4 to 8: call, recall, pass, requeue, hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from hall_queue import messages as m
from hall_queue.model import RequeueMode, TicketState, WindowState
from hall_server.errors import DomainError, Forbidden, Invalid, Refused
from hall_server.identity import SYSTEM
from tests.fakes.hall import manager, staff
from tests.fakes.queue_hall import QueueHall, clerk

Hall = QueueHall


@pytest.mark.gen_test
async def test_rule_04_a_window_has_at_most_one_ticket(hall: Hall) -> None:
    await hall.open("w01")
    first = await hall.issue()
    second = await hall.issue()
    await hall.call("w01")
    with hall.refused(Refused, "window.busy"):
        await hall.call("w01")
    with hall.refused(Refused, "window.busy"):
        await hall.do(m.CallTicket(window="w01", ticket=second, reason="now"))
    await hall.do(m.StartService(window="w01"), clerk("w01"))
    with hall.refused(Refused, "window.busy"):
        await hall.call("w01")
    assert hall.desk("w01").ticket == first
    assert hall.ticket(second).state is TicketState.WAITING


@pytest.mark.gen_test
async def test_rule_04_a_ticket_is_called_to_one_window_also_when_all_press_at_once(hall: Hall) -> None:
    windows = ("w01", "w02", "w03", "w04")
    await hall.open(*windows)
    for _ in range(2):
        await hall.issue()
    presses = [hall.server.execute(m.CallNext(window=w), actor=clerk(w)) for w in windows for _ in range(3)]
    results = await asyncio.gather(*presses, return_exceptions=True)
    assert sum(isinstance(result, bytes) for result in results) == 2
    assert all(isinstance(result, (bytes, Refused)) for result in results)
    called = [hall.desk(w).ticket for w in windows if hall.desk(w).ticket]
    assert len(called) == len(set(called)) == 2


@pytest.mark.gen_test
async def test_rule_04_a_ticket_called_elsewhere_cannot_be_called(hall: Hall) -> None:
    await hall.open("w01", "w02")
    ticket = await hall.issue()
    await hall.call("w01")
    with hall.refused(Refused, "ticket.is_called"):
        await hall.do(m.CallTicket(window="w02", ticket=ticket, reason="mine"))
    await hall.do(m.StartService(window="w01"), clerk("w01"))
    with hall.refused(Refused, "ticket.is_serving"):
        await hall.do(m.CallTicket(window="w02", ticket=ticket, reason="mine"))
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    with hall.refused(Refused, "ticket.is_done"):
        await hall.do(m.CallTicket(window="w02", ticket=ticket, reason="mine"))


@pytest.mark.gen_test
async def test_rule_04_out_of_order_needs_a_manager_and_a_reason(hall: Hall) -> None:
    await hall.open("w01")
    first, second = await hall.issue(), await hall.issue()
    with hall.refused(Forbidden, "call.out_of_order"):
        await hall.do(m.CallTicket(window="w01", ticket=second, reason="my friend"), clerk("w01"))
    with hall.refused(Invalid, "call.needs_reason"):
        await hall.do(m.CallTicket(window="w01", ticket=second, reason="  "), manager())
    await hall.do(m.CallTicket(window="w01", ticket=second, reason="fell ill"), manager())
    assert hall.ticket(second).state is TicketState.CALLED
    rows = await hall.server.database.fetch("SELECT payload FROM journal WHERE type = 'ticket.called'")
    assert "fell ill" in rows[-1][0]
    assert hall.ticket(first).state is TicketState.WAITING


@pytest.mark.gen_test
async def test_rule_04_who_is_next_may_be_called_by_name_without_a_reason(hall: Hall) -> None:
    await hall.open("w01")
    first = await hall.issue()
    await hall.do(m.CallTicket(window="w01", ticket=first), clerk("w01"))
    assert hall.desk("w01").ticket == first


@pytest.mark.gen_test
async def test_rule_04_a_window_that_is_closed_or_paused_calls_nobody(hall: Hall) -> None:
    await hall.issue()
    with hall.refused(Refused, "window.closed"):
        await hall.call("w01")
    await hall.open("w01")
    await hall.do(m.PauseWindow(window="w01", anyway=True), clerk("w01"))
    with hall.refused(Refused, "window.paused"):
        await hall.call("w01")


@pytest.mark.gen_test
async def test_rule_04_only_who_sits_there_presses_a_windows_keys(hall: Hall) -> None:
    await hall.open("w01")
    await hall.issue()
    with hall.refused(Forbidden, "window.not_yours"):
        await hall.do(m.CallNext(window="w01"), clerk("w02"))
    with hall.refused(Refused, "window.other_staff"):
        await hall.do(m.CallNext(window="w01"), staff("s99", "w01"))


@pytest.mark.gen_test
async def test_rule_04_finish_and_call_is_one_act(hall: Hall) -> None:
    await hall.open("w01")
    first, second = await hall.issue(), await hall.issue()
    await hall.call("w01")
    with hall.refused(Refused, "ticket.is_called"):
        await hall.do(m.CallNext(window="w01", finish=True), clerk("w01"))
    await hall.do(m.StartService(window="w01"), clerk("w01"))
    await hall.do(m.CallNext(window="w01", finish=True), clerk("w01"))
    assert hall.ticket(first).state is TicketState.DONE
    assert hall.desk("w01").ticket == second
    await hall.do(m.StartService(window="w01"), clerk("w01"))
    await hall.do(m.CallNext(window="w01", finish=True), clerk("w01"))
    assert hall.desk("w01").state is WindowState.IDLE


@pytest.mark.gen_test
async def test_rule_04_staff_see_the_matter_but_nothing_of_the_person_before_the_call(hall: Hall) -> None:
    matter = hall.matters("business")[0]
    await hall.issue(matter=matter, person="p-secret")
    (waiting,) = hall.room.pictures.desk("w01").ahead
    assert waiting.matter_name
    assert "p-secret" not in repr(waiting)


@pytest.mark.gen_test
async def test_rule_05_recalls_are_ten_seconds_apart_and_three_at_most(hall: Hall) -> None:
    await hall.open("w01")
    ticket = await hall.issue()
    await hall.call("w01")
    with hall.refused(Refused, "recall.too_soon") as refusal:
        await hall.do(m.RecallTicket(window="w01"), clerk("w01"))
    assert 0 < refusal.value.fields["wait_s"] <= 10
    for _ in range(3):
        hall.clock.forward(seconds=10)
        await hall.do(m.RecallTicket(window="w01"), clerk("w01"))
    hall.clock.forward(seconds=10)
    with hall.refused(Refused, "recall.too_many"):
        await hall.do(m.RecallTicket(window="w01"), clerk("w01"))
    assert hall.ticket(ticket).calls == 4


@pytest.mark.gen_test
async def test_rule_05_nobody_is_recalled_once_service_has_begun(hall: Hall) -> None:
    await hall.open("w01")
    with hall.refused(Refused, "window.no_ticket"):
        await hall.do(m.RecallTicket(window="w01"), clerk("w01"))
    await hall.issue()
    await hall.serve("w01")
    hall.clock.forward(minutes=1)
    with hall.refused(Refused, "ticket.is_serving"):
        await hall.do(m.RecallTicket(window="w01"), clerk("w01"))


@pytest.mark.gen_test
async def test_rule_06_pass_needs_two_calls_and_thirty_seconds(hall: Hall) -> None:
    await hall.open("w01")
    ticket = await hall.issue()
    await hall.call("w01")
    hall.clock.forward(seconds=60)
    with hall.refused(Refused, "pass.too_few_calls"):
        await hall.do(m.PassTicket(window="w01"), clerk("w01"))
    await hall.do(m.RecallTicket(window="w01"), clerk("w01"))
    await hall.do(m.PassTicket(window="w01", reason="absent"), clerk("w01"))
    assert hall.ticket(ticket).state is TicketState.PASSED
    assert hall.desk("w01").state is WindowState.IDLE
    await hall.issue()
    await hall.call("w01")
    hall.clock.forward(seconds=11)
    await hall.do(m.RecallTicket(window="w01"), clerk("w01"))
    with hall.refused(Refused, "pass.too_soon"):
        await hall.do(m.PassTicket(window="w01"), clerk("w01"))


@pytest.mark.gen_test
async def test_rule_06_a_passed_ticket_is_not_rated(hall: Hall) -> None:
    await hall.open("w01")
    await hall.issue()
    passed = await hall.pass_("w01")
    assert not hall.room.pictures.ticket(hall.ticket(passed)).rating.possible


@pytest.mark.gen_test
async def test_rule_06_the_last_three_passed_at_a_window_may_be_resumed_there(hall: Hall) -> None:
    await hall.open("w01", "w02")
    for _ in range(4):
        await hall.issue()
    passed = [await hall.pass_("w01") for _ in range(4)]
    with hall.refused(Refused, "ticket.passed_too_long_ago"):
        await hall.do(m.CallTicket(window="w01", ticket=passed[0]), clerk("w01"))
    with hall.refused(Refused, "ticket.passed_too_long_ago"):
        await hall.do(m.CallTicket(window="w02", ticket=passed[3]), clerk("w02"))
    await hall.do(m.CallTicket(window="w01", ticket=passed[1]), clerk("w01"))
    assert hall.desk("w01").ticket == passed[1]
    await hall.do(m.StartService(window="w01"), clerk("w01"))
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    assert hall.queue.counts[TicketState.PASSED] == 3
    assert [one.id for one in hall.room.pictures.desk("w01").recent].count(passed[1]) == 1


@pytest.mark.gen_test
async def test_rule_06_a_hall_may_resume_nobody(open_hall: Callable[..., Any]) -> None:
    hall: Hall = await open_hall(passed_resume_last=0)
    await hall.open("w01")
    await hall.issue()
    passed = await hall.pass_("w01")
    with hall.refused(Refused, "ticket.passed_too_long_ago"):
        await hall.do(m.CallTicket(window="w01", ticket=passed), clerk("w01"))


async def called_twice(hall: Hall) -> str:
    await hall.open("w01")
    ticket = await hall.issue()
    await hall.call("w01")
    hall.clock.forward(seconds=10)
    await hall.do(m.RecallTicket(window="w01"), clerk("w01"))
    return ticket


@pytest.mark.parametrize(("mode", "calls"), [("arrival", 0), ("keep", 2), ("keep_less", 1), ("skip", 2)])
@pytest.mark.gen_test
async def test_rule_07_each_mode_counts_the_calls_in_its_way(hall: Hall, mode: str, calls: int) -> None:
    ticket = await called_twice(hall)
    arrival = hall.ticket(ticket).arrival
    await hall.do(m.RequeueTicket(window="w01", mode=RequeueMode(mode)), clerk("w01"))
    assert hall.ticket(ticket).calls == calls
    assert (hall.ticket(ticket).arrival == arrival) is (mode != "arrival")
    assert hall.ticket(ticket).state is TicketState.WAITING
    assert hall.desk("w01").state is WindowState.IDLE


@pytest.mark.gen_test
async def test_rule_07_a_skipped_ticket_lets_one_go_before_and_is_called_if_nobody_else_waits(hall: Hall) -> None:
    skipped = await called_twice(hall)
    other = await hall.issue()
    await hall.do(m.RequeueTicket(window="w01", mode=RequeueMode.SKIP), clerk("w01"))
    assert await hall.serve("w01") == other
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    assert await hall.call("w01") == skipped
    await hall.do(m.RequeueTicket(window="w01", mode=RequeueMode.SKIP), clerk("w01"))
    assert await hall.call("w01") == skipped


@pytest.mark.parametrize("mode", list(RequeueMode))
@pytest.mark.gen_test
async def test_rule_07_over_the_limit_a_requeue_passes(hall: Hall, mode: RequeueMode) -> None:
    await hall.open("w01")
    ticket = await hall.issue()
    for _ in range(2):
        await hall.call("w01")
        await hall.do(m.RequeueTicket(window="w01", mode=mode), clerk("w01"))
    await hall.call("w01")
    await hall.do(m.RequeueTicket(window="w01", mode=mode), clerk("w01"))
    assert hall.ticket(ticket).state is TicketState.PASSED


@pytest.mark.gen_test
async def test_rule_08_a_held_ticket_keeps_its_owner_and_its_time(hall: Hall) -> None:
    await hall.open("w01", "w02")
    ticket = await hall.issue()
    await hall.serve("w01")
    await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    held = hall.ticket(ticket)
    assert held.state is TicketState.HELD
    assert held.held_until is not None
    assert (held.held_until - held.since).total_seconds() == 15 * 60
    assert hall.desk("w01").state is WindowState.IDLE
    with hall.refused(Refused, "ticket.held_elsewhere"):
        await hall.do(m.CallTicket(window="w02", ticket=ticket, reason="mine"))
    await hall.do(m.CallTicket(window="w01", ticket=ticket), clerk("w01"))
    assert hall.desk("w01").ticket == ticket
    await hall.do(m.HoldTicket(window="w01", minutes=5), clerk("w01"))
    assert (held.held_until - held.since).total_seconds() == 5 * 60


@pytest.mark.gen_test
async def test_rule_08_a_released_ticket_returns_to_the_head_of_its_window_only(hall: Hall) -> None:
    await hall.open("w01", "w02")
    held = await hall.issue()
    await hall.serve("w01")
    await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    other = await hall.issue()
    await hall.do(m.PinTicket(ticket=other, reason="fell ill"))
    await hall.do(m.ReleaseTicket(ticket=held), SYSTEM)
    with hall.refused(Refused, "ticket.is_waiting"):
        await hall.do(m.ReleaseTicket(ticket=held), SYSTEM)
    assert await hall.call("w02") == other
    assert await hall.call("w01") == held


@pytest.mark.gen_test
async def test_rule_08_the_timer_releases_by_itself_and_not_before(hall: Hall) -> None:
    released = asyncio.Event()
    hall.server.listen("test", lambda _: released.set(), ["ticket.released"])
    await hall.open("w01")
    ticket = await hall.issue()
    await hall.serve("w01")
    await hall.do(m.HoldTicket(window="w01", minutes=1), clerk("w01"))
    await hall.server.start()
    hall.clock.forward(seconds=61)
    async with asyncio.timeout(60):
        await released.wait()
    assert hall.ticket(ticket).state is TicketState.WAITING
    assert hall.ticket(ticket).returned
    await hall.server.rooms["web"].stop()


@pytest.mark.gen_test
async def test_rule_08_nobody_is_held_twice_or_out_of_nowhere(hall: Hall) -> None:
    await hall.open("w01")
    with hall.refused(Refused, "window.no_ticket"):
        await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    ticket = await hall.issue()
    with pytest.raises(DomainError):
        await hall.do(m.ReleaseTicket(ticket=ticket), SYSTEM)

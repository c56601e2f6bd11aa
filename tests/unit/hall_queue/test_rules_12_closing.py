"""Domain rule 12: what becomes of those who are there, and of those whom only the closing window serves."""

from __future__ import annotations

from typing import Any

import pytest

from hall_queue import messages as m
from hall_queue.model import Alone, PauseReason, RequeueMode, Then, TicketState, WindowState
from hall_queue.notices.messages import RaiseEmergency
from hall_queue.notices.model import EmergencyKind
from hall_server.errors import Forbidden, Invalid, Refused
from hall_server.identity import device_actor
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import rules, transfer

Hall = QueueHall


async def close(hall: Hall, window: str, by: Any = None, **more: Any) -> None:
    await hall.do(m.CloseWindow(window=window, **more), by or clerk(window))


@pytest.mark.gen_test
async def test_rule_12_whoever_is_there_is_held_put_back_or_finished_as_it_is_said(hall: Hall) -> None:
    await hall.open("w01", "w02", "w03")
    held, back, done = [await hall.issue() for _ in range(3)]
    await hall.serve("w01")
    await hall.call("w02")
    await hall.serve("w03")
    await close(hall, "w01", then=Then.HOLD, alone=Alone.LEAVE)
    await hall.do(m.PauseWindow(window="w02", then=Then.REQUEUE), clerk("w02"))
    await hall.do(m.PauseWindow(window="w03", then=Then.FINISH, anyway=True), clerk("w03"))
    states = [hall.ticket(one).state for one in (held, back, done)]
    assert states == [TicketState.HELD, TicketState.WAITING, TicketState.DONE]
    assert [hall.desk(one).state for one in ("w01", "w02", "w03")] == [
        WindowState.CLOSED,
        WindowState.PAUSED,
        WindowState.PAUSED,
    ]


@pytest.mark.gen_test
async def test_rule_12_what_does_not_fit_the_ticket_is_refused(hall: Hall) -> None:
    await hall.open("w01")
    await hall.issue()
    await hall.call("w01")
    with hall.refused(Refused, "ticket.is_called"):
        await close(hall, "w01", then=Then.FINISH)
    await hall.do(m.StartService(window="w01"), clerk("w01"))
    with hall.refused(Refused, "ticket.is_serving"):
        await close(hall, "w01", then=Then.REQUEUE)
    assert hall.desk("w01").state is WindowState.SERVING


@pytest.mark.gen_test
async def test_rule_12_a_hall_that_asks_is_told_who_would_wait_for_nobody(hall: Hall) -> None:
    await hall.open("w01", "w02")
    waiting = [await hall.issue() for _ in range(2)]
    await close(hall, "w02")  # w01 still serves them
    with hall.refused(Refused, "window.alone") as refusal:
        await close(hall, "w01")
    assert refusal.value.fields["waiting"] == 2
    assert refusal.value.fields["lines"] == [{"line": "business", "waiting": 2}]
    await close(hall, "w01", alone=Alone.LEAVE)
    assert [hall.ticket(one).state for one in waiting] == [TicketState.WAITING] * 2
    assert "business" not in hall.queue.closed_lines


@pytest.mark.gen_test
async def test_rule_12_who_waits_for_this_window_alone_counts_too(hall: Hall) -> None:
    await hall.open("w01", "w02")
    await hall.issue()
    await hall.serve("w02")
    await transfer(hall, "w02", to_window="w01")
    await close(hall, "w02")
    with hall.refused(Refused, "window.alone"):
        await close(hall, "w01")


@pytest.mark.gen_test
async def test_rule_12_whom_it_puts_back_counts_too(hall: Hall) -> None:
    await hall.open("w01")
    ticket = await hall.issue()
    await hall.call("w01")
    with hall.refused(Refused, "window.alone"):
        await close(hall, "w01", then=Then.REQUEUE)
    assert hall.ticket(ticket).state is TicketState.CALLED


@pytest.mark.gen_test
async def test_rule_12_a_line_that_stops_begins_again_with_the_next_window(hall: Hall) -> None:
    await rules(hall, closing_alone="stop")
    await hall.open("w01")
    waiting = await hall.issue()
    await close(hall, "w01")
    with hall.refused(Refused, "line.closed"):
        await hall.issue()
    assert hall.ticket(waiting).state is TicketState.WAITING
    await hall.open("w02")
    await hall.issue()
    assert await hall.call("w02") == waiting


@pytest.mark.gen_test
async def test_rule_12_a_line_closed_by_hand_stays_closed(hall: Hall) -> None:
    await hall.do(m.CloseLine(line="business", reason="enough"))
    await hall.open("w01")
    with hall.refused(Refused, "line.closed"):
        await hall.issue()


@pytest.mark.gen_test
async def test_rule_12_a_hall_that_leaves_them_does_not_ask(hall: Hall) -> None:
    await rules(hall, closing_alone="leave")
    await hall.open("w01")
    await hall.issue()
    await close(hall, "w01")
    assert hall.desk("w01").state is WindowState.CLOSED


@pytest.mark.gen_test
async def test_rule_12_a_manager_lets_another_window_take_the_line_over(hall: Hall) -> None:
    await hall.open("w01", "w10")
    waiting = await hall.issue(matter=hall.matters("business")[0])
    again: dict[str, Any] = {"alone": Alone.REASSIGN, "reassign_to": "w10"}
    with hall.refused(Forbidden, "window.managers_reassign"):
        await close(hall, "w01", **again)
    with hall.refused(Invalid, "window.no_successor"):
        await hall.do(m.CloseWindow(window="w01", alone=Alone.REASSIGN))
    with hall.refused(Refused, "window.cannot_take_over"):
        await hall.do(m.CloseWindow(window="w01", alone=Alone.REASSIGN, reassign_to="w02"))
    await hall.do(m.CloseWindow(window="w01", **again))
    assert hall.server.directory.windows["w10"].lines == ("tax", "business")
    assert await hall.call("w10") == waiting


@pytest.mark.gen_test
async def test_rule_12_those_called_back_by_hand_stay_where_they_are_when_a_window_pauses(hall: Hall) -> None:
    await hall.open("w01")
    ticket = await hall.issue()
    await hall.call("w01")
    await hall.do(m.RequeueTicket(window="w01", mode=RequeueMode.KEEP), clerk("w01"))
    await hall.do(m.PauseWindow(window="w01", anyway=True), clerk("w01"))
    assert hall.ticket(ticket).state is TicketState.WAITING


@pytest.mark.gen_test
async def test_rule_12_whom_the_window_holds_would_come_back_to_nobody_and_counts_too(hall: Hall) -> None:
    await hall.open("w01")
    await hall.issue()
    await hall.serve("w01")
    with hall.refused(Refused, "window.alone") as refusal:
        await close(hall, "w01", then=Then.HOLD)
    assert refusal.value.fields["waiting"] == 1
    await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    with hall.refused(Refused, "window.alone"):
        await close(hall, "w01")
    await hall.open("w02")
    await close(hall, "w01")
    assert hall.desk("w01").state is WindowState.CLOSED


@pytest.mark.gen_test
async def test_rule_12_a_hall_that_stops_gives_no_numbers_for_nobody_although_nobody_waits_yet(hall: Hall) -> None:
    await rules(hall, closing_alone="stop")
    await hall.open("w01", "w02")
    await close(hall, "w01")
    await hall.do(m.CancelTicket(ticket=await hall.issue()))
    await close(hall, "w02")
    with hall.refused(Refused, "line.closed"):
        await hall.issue()
    await hall.open("w01")
    assert await hall.issue()


# -- a pause of the only open window


async def pause(hall: Hall, window: str, by: Any = None, **more: Any) -> None:
    await hall.do(m.PauseWindow(window=window, **more), by or clerk(window))


@pytest.mark.gen_test
async def test_rule_12_a_pause_says_who_waits_for_nobody_else_until_it_is_wanted_anyway(hall: Hall) -> None:
    await hall.open("w01", "w02")
    waiting = [await hall.issue() for _ in range(2)]
    await pause(hall, "w02")  # w01 still serves them
    with hall.refused(Refused, "window.pause_alone") as refusal:
        await pause(hall, "w01")
    fields = refusal.value.fields
    assert (fields["waiting"], fields["lines"]) == (2, [{"line": "business", "waiting": 2}])
    assert hall.desk("w01").state is WindowState.IDLE
    await pause(hall, "w01", anyway=True)
    assert hall.desk("w01").state is WindowState.PAUSED
    assert [hall.ticket(one).state for one in waiting] == [TicketState.WAITING] * 2


@pytest.mark.gen_test
async def test_rule_12_whom_a_pausing_window_puts_back_counts_and_nobody_waiting_is_no_question(hall: Hall) -> None:
    await hall.open("w01")
    await pause(hall, "w01")
    await hall.do(m.ResumeWindow(window="w01"), clerk("w01"))
    await hall.issue()
    await hall.call("w01")
    with hall.refused(Refused, "window.pause_alone"):
        await pause(hall, "w01", then=Then.REQUEUE)


@pytest.mark.gen_test
async def test_rule_12_an_emergency_a_fault_and_a_device_are_never_asked_before_a_pause(hall: Hall) -> None:
    await hall.open("w01")
    await hall.issue()
    await pause(hall, "w01", reason=PauseReason.EQUIPMENT)
    await hall.do(m.ResumeWindow(window="w01"), clerk("w01"))
    await pause(hall, "w01", device_actor("terminal", frozenset({"w01"})))
    await hall.do(m.ResumeWindow(window="w01"), clerk("w01"))
    await hall.do(RaiseEmergency(kind=EmergencyKind.FIRE, reason="alarm"))
    await pause(hall, "w01")
    assert hall.desk("w01").state is WindowState.PAUSED


@pytest.mark.gen_test
async def test_rule_12_a_hall_that_leaves_them_does_not_ask_before_a_pause_either(hall: Hall) -> None:
    await rules(hall, closing_alone="leave")
    await hall.open("w01")
    await hall.issue()
    await pause(hall, "w01")
    assert hall.desk("w01").state is WindowState.PAUSED

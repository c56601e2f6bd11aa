"""Domain rules 12 and 15: who may check in for a slot where the line gives no numbers."""

from __future__ import annotations

import pytest

from hall_queue import messages as queue
from hall_queue.hand.messages import SwitchLine
from hall_queue.model import TicketState
from hall_queue.notices.messages import RaiseEmergency
from hall_queue.notices.model import EmergencyKind
from hall_server.errors import Refused
from tests.fakes.booked_hall import LINE, BookedHall
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import rules


@pytest.fixture
def booked(hall: QueueHall) -> BookedHall:
    return BookedHall(hall)


@pytest.mark.gen_test
async def test_rule_15_a_line_that_stopped_with_its_last_window_lets_in_whom_a_slot_was_promised(
    booked: BookedHall,
) -> None:
    await booked.plan()
    first, second = await booked.book("p1", "09:30"), await booked.book("p2", "09:30")
    await rules(booked.hall, closing_alone="stop")
    await booked.hall.open("w01")
    await booked.do(queue.CloseWindow(window="w01"), clerk("w01"))
    with booked.refused(Refused, "line.closed"):
        await booked.hall.issue(LINE)
    claimed = await booked.check_in(first)
    assert claimed["windows_open"] == 0  # they are told so
    page = booked.hall.room.pictures.ticket(booked.hall.ticket(claimed["ticket"]["id"]))
    assert (page.state, page.windows_open, page.line_open) == (TicketState.WAITING, 0, False)
    await booked.hall.open("w02")
    assert (await booked.check_in(second))["windows_open"] == 1
    booked.clock.forward(minutes=30)
    assert await booked.hall.call("w02") == claimed["ticket"]["id"]


@pytest.mark.gen_test
async def test_rule_15_a_line_that_a_manager_closed_and_an_emergency_let_nobody_in(booked: BookedHall) -> None:
    await booked.plan()
    id_ = await booked.book("p1", "09:30")
    await booked.do(SwitchLine(line=LINE, is_open=False, reason="no power"))
    with booked.refused(Refused, "line.closed") as refusal:
        await booked.check_in(id_)
    assert refusal.value.fields["reason"] == "no power"
    await booked.do(SwitchLine(line=LINE, is_open=True, reason="power"))
    await booked.do(RaiseEmergency(kind=EmergencyKind.FIRE, reason="alarm"))
    with booked.refused(Refused, "hall.emergency"):
        await booked.check_in(id_)

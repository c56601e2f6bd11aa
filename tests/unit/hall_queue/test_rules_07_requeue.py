"""Domain rule 7: what a ticket called by mistake gets back."""

from __future__ import annotations

import pytest

from hall_queue import messages as m
from hall_queue.model import RequeueMode, TicketState
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import transfer

Hall = QueueHall
KEEPS = [RequeueMode.KEEP, RequeueMode.KEEP_LESS, RequeueMode.SKIP]


async def put_back(hall: Hall, window: str, mode: RequeueMode) -> None:
    await hall.do(m.RequeueTicket(window=window, mode=mode), clerk(window))


@pytest.mark.parametrize("mode", KEEPS)
@pytest.mark.gen_test
async def test_rule_07_a_pinned_ticket_is_pinned_again(hall: Hall, mode: RequeueMode) -> None:
    await hall.open("w01", "w02")
    await hall.issue()
    pinned = await hall.issue()
    await hall.do(m.PinTicket(ticket=pinned, reason="fell ill"))
    assert await hall.call("w01") == pinned
    assert not hall.ticket(pinned).pinned
    await put_back(hall, "w01", mode)
    assert hall.ticket(pinned).pinned
    assert await hall.call("w02") == pinned


@pytest.mark.gen_test
async def test_rule_07_as_a_new_arrival_the_pin_is_gone(hall: Hall) -> None:
    await hall.open("w01")
    other, pinned = await hall.issue(), await hall.issue()
    await hall.do(m.PinTicket(ticket=pinned, reason="fell ill"))
    await hall.call("w01")
    await put_back(hall, "w01", RequeueMode.ARRIVAL)
    assert not hall.ticket(pinned).pinned
    assert await hall.call("w01") == other


@pytest.mark.parametrize("target", [{"to_window": "w02"}, {"staff": "s02"}])
@pytest.mark.gen_test
async def test_rule_07_one_sent_to_a_window_or_a_person_waits_for_them_again(
    hall: Hall, target: dict[str, str]
) -> None:
    await hall.open("w01", "w02", "w03")
    sent = await hall.issue()
    await hall.serve("w01")
    await transfer(hall, "w01", **target)
    other = await hall.issue()
    assert await hall.call("w02") == sent
    await put_back(hall, "w02", RequeueMode.KEEP)
    assert await hall.call("w03") == other
    assert await hall.call("w02") == sent


@pytest.mark.gen_test
async def test_rule_07_if_that_window_has_closed_meanwhile_it_waits_in_its_line(hall: Hall) -> None:
    await hall.open("w01", "w02", "w03")
    sent = await hall.issue()
    await hall.serve("w01")
    await transfer(hall, "w01", to_window="w02")
    await hall.do(m.CallTicket(window="w03", ticket=sent, reason="nearer"))
    await hall.do(m.CloseWindow(window="w02"), clerk("w02"))
    await put_back(hall, "w03", RequeueMode.KEEP)
    assert hall.ticket(sent).directed_window is None
    assert await hall.call("w01") == sent


@pytest.mark.gen_test
async def test_rule_07_one_back_from_a_hold_returns_to_the_head_again(hall: Hall) -> None:
    await hall.open("w01")
    held = await hall.issue()
    await hall.serve("w01")
    await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    other = await hall.issue()
    await hall.do(m.PinTicket(ticket=other, reason="fell ill"))
    await hall.do(m.ReleaseTicket(ticket=held))
    assert await hall.call("w01") == held
    await put_back(hall, "w01", RequeueMode.KEEP)
    assert hall.ticket(held).state is TicketState.WAITING
    assert await hall.call("w01") == held

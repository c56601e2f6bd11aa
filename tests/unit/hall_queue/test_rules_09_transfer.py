"""Domain rule 9: transfer with return, the bar at the window that gave it away, and what is kept."""

from __future__ import annotations

import pytest

from hall_queue import messages as m
from hall_queue.model import MatterOutcome, Rank, TicketState
from hall_server.errors import Refused
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import finish, happened, rules, serve_and_finish, transfer

Hall = QueueHall


@pytest.mark.gen_test
async def test_rule_09_a_ticket_sent_with_return_comes_back_to_the_head(hall: Hall) -> None:
    await hall.open("w01", "w02")
    sent = await hall.issue(matter=hall.matters("business")[0])
    await hall.serve("w01")
    await transfer(hall, "w01", to_window="w02", returns=True)
    waiting = [await hall.issue() for _ in range(2)]
    assert await serve_and_finish(hall, "w02") == sent
    await hall.do(m.PinTicket(ticket=waiting[0], reason="fell ill"))
    assert (hall.ticket(sent).state, hall.desk("w02").served) == (TicketState.WAITING, 1)
    asking = hall.room.hall.asking(hall.server.directory.windows["w01"], hall.desk("w01"))
    assert next(iter(hall.queue.waiting.in_order(asking, 1)))[0] is Rank.RETURNED
    assert await serve_and_finish(hall, "w01") == sent
    assert hall.ticket(sent).state is TicketState.DONE


@pytest.mark.gen_test
async def test_rule_09_what_the_other_window_did_has_its_outcome_and_the_rest_is_open_on_return(hall: Hall) -> None:
    mine, theirs = hall.matters("business")[0], hall.matters("transport")[0]
    await hall.open("w01", "w04")
    sent = await hall.issue(matter=mine)
    await hall.serve("w01")
    await transfer(hall, "w01", matter=theirs, returns=True)
    await hall.serve("w04")
    await finish(hall, "w04", outcome=MatterOutcome.CONSULTED)
    ticket = hall.ticket(sent)
    assert {one.matter: one.outcome for one in ticket.matters} == {mine: None, theirs: MatterOutcome.CONSULTED}
    assert (ticket.line, ticket.matter) == ("business", mine)
    assert await serve_and_finish(hall, "w01") == sent
    assert [one.outcome for one in ticket.matters] == [MatterOutcome.ACCEPTED, MatterOutcome.CONSULTED]


@pytest.mark.gen_test
async def test_rule_09_nobody_returns_to_a_window_that_has_closed(hall: Hall) -> None:
    await hall.open("w01", "w02")
    sent = await hall.issue()
    await hall.serve("w01")
    await transfer(hall, "w01", to_window="w02", returns=True)
    await hall.do(m.CloseWindow(window="w01"), clerk("w01"))
    await serve_and_finish(hall, "w02")
    assert hall.ticket(sent).state is TicketState.DONE


@pytest.mark.gen_test
async def test_rule_09_the_source_is_barred_until_the_time_is_over(hall: Hall) -> None:
    await rules(hall, transfer_bar_s=60)
    await hall.open("w01", "w02")
    sent = await hall.issue()
    await hall.serve("w01")
    await transfer(hall, "w01", matter=hall.matters("business")[0])
    hall.clock.forward(seconds=58)
    with hall.refused(Refused, "queue.empty"):
        await hall.call("w01")
    hall.clock.forward(seconds=3)
    assert await hall.call("w01") == sent


@pytest.mark.gen_test
async def test_rule_09_its_next_call_lifts_the_bar_at_once(hall: Hall) -> None:
    await rules(hall, transfer_bar_s=3_600)
    await hall.open("w01", "w02")
    sent, other = await hall.issue(), await hall.issue()
    await hall.serve("w01")
    await transfer(hall, "w01", matter=hall.matters("business")[0])
    assert await serve_and_finish(hall, "w01") == other
    assert await hall.call("w01") == sent


@pytest.mark.gen_test
async def test_rule_09_another_window_is_not_barred(hall: Hall) -> None:
    await hall.open("w01", "w02")
    sent = await hall.issue()
    await hall.serve("w01")
    await transfer(hall, "w01", matter=hall.matters("business")[0])
    assert await hall.call("w02") == sent


@pytest.mark.gen_test
async def test_rule_09_a_hall_may_let_arrival_and_priority_go(hall: Hall) -> None:
    await rules(hall, transfer_keeps_arrival=False, transfer_keeps_priority=False)
    await hall.open("w01", "w02")
    sent = await hall.issue(priority="elderly")
    await hall.serve("w01")
    other = await hall.issue()
    await transfer(hall, "w01", matter=hall.matters("business")[0])
    ticket = hall.ticket(sent)
    assert (ticket.priority, ticket.arrival) == (None, ticket.since)
    assert await hall.call("w02") == other
    (event,) = await happened(hall, m.TicketTransferred)
    assert (event.keeps_arrival, event.keeps_priority) == (False, False)


@pytest.mark.gen_test
async def test_rule_09_who_is_sent_to_a_window_or_back_is_told_that_window_alone(hall: Hall) -> None:
    await hall.open("w01", "w02")
    ticket = await hall.issue()

    def told() -> list[str]:
        return [one.id for one in hall.room.pictures.ticket(hall.ticket(ticket)).windows]

    assert {"w01", "w02"} < set(told())
    await hall.serve("w01")
    await hall.do(m.TransferTicket(window="w01", to_window="w02", returns=True), clerk("w01"))
    assert told() == ["w02"]
    await hall.serve("w02")
    await hall.do(m.FinishService(window="w02"), clerk("w02"))
    assert told() == ["w01"]
    await hall.serve("w01")
    await hall.do(m.TransferTicket(window="w01", staff="s02"), clerk("w01"))
    assert told() == ["w02"]

"""Domain rule 10: several matters on one ticket, over several windows."""

from __future__ import annotations

import pytest

from hall_queue import messages as m
from hall_queue.model import MatterOutcome, PauseReason, Then, TicketState
from hall_server.errors import Invalid, Refused
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import finish, happened, rules, serve_and_finish

Hall = QueueHall
CONSULTED, MISSING = MatterOutcome.CONSULTED, MatterOutcome.MATERIALS_MISSING


async def with_both(hall: Hall) -> tuple[str, str, str]:
    """A visitor at w01 whose second matter only w04 serves."""
    here, there = hall.matters("business")[0], hall.matters("transport")[0]
    await hall.open("w01", "w04")
    id_ = await hall.issue(matter=here, more=(there,))
    await hall.serve("w01")
    return id_, here, there


def outcomes(hall: Hall, id_: str) -> list[MatterOutcome | None]:
    return [one.outcome for one in hall.ticket(id_).matters]


@pytest.mark.gen_test
async def test_rule_10_the_visitor_goes_on_to_where_the_open_matter_is(hall: Hall) -> None:
    id_, _, there = await with_both(hall)
    number, arrival = hall.ticket(id_).number, hall.ticket(id_).arrival
    await finish(hall, "w01", outcome=CONSULTED)
    ticket = hall.ticket(id_)
    assert (ticket.state, ticket.line, ticket.matter) == (TicketState.WAITING, "transport", there)
    assert (ticket.number, ticket.arrival) == (number, arrival)
    assert outcomes(hall, id_) == [CONSULTED, None]
    await hall.serve("w04")
    await finish(hall, "w04")
    assert ticket.state is TicketState.DONE
    assert outcomes(hall, id_) == [CONSULTED, MatterOutcome.ACCEPTED]
    assert (hall.desk("w01").served, hall.desk("w04").served) == (1, 1)


@pytest.mark.gen_test
async def test_rule_10_a_window_that_serves_all_of_them_ends_the_visit(hall: Hall) -> None:
    here, there = hall.matters("business")[0], hall.matters("transport")[0]
    await hall.open("w03")
    id_ = await hall.issue(matter=here, more=(there,))
    await serve_and_finish(hall, "w03")
    assert hall.ticket(id_).state is TicketState.DONE
    assert not await happened(hall, m.TicketForwarded)


@pytest.mark.gen_test
async def test_rule_10_a_window_may_end_the_whole_visit(hall: Hall) -> None:
    id_, _, _ = await with_both(hall)
    await finish(hall, "w01", outcome=MISSING, ends=True)
    assert hall.ticket(id_).state is TicketState.DONE
    assert outcomes(hall, id_) == [MISSING, MISSING]


@pytest.mark.gen_test
async def test_rule_10_a_matter_whose_outcome_is_said_needs_no_other_window(hall: Hall) -> None:
    id_, _, there = await with_both(hall)
    await finish(hall, "w01", outcome=CONSULTED, outcomes={there: MatterOutcome.WRONG_MATTER})
    assert hall.ticket(id_).state is TicketState.DONE
    assert outcomes(hall, id_) == [CONSULTED, MatterOutcome.WRONG_MATTER]


@pytest.mark.gen_test
async def test_rule_10_finish_and_call_lets_the_visitor_go_on_too(hall: Hall) -> None:
    id_, _, _ = await with_both(hall)
    await hall.issue()
    await hall.do(m.CallNext(window="w01", finish=True), clerk("w01"))
    assert (hall.ticket(id_).state, hall.ticket(id_).line) == (TicketState.WAITING, "transport")


@pytest.mark.parametrize("leaves", ["pause", "close"])
@pytest.mark.gen_test
async def test_rule_10_a_window_that_finishes_and_leaves_lets_the_visitor_go_on_too(hall: Hall, leaves: str) -> None:
    id_, _, _ = await with_both(hall)
    pause = m.PauseWindow(window="w01", reason=PauseReason.BREAK, then=Then.FINISH)
    await hall.do(pause if leaves == "pause" else m.CloseWindow(window="w01", then=Then.FINISH), clerk("w01"))
    assert (hall.ticket(id_).state, hall.ticket(id_).line) == (TicketState.WAITING, "transport")
    assert outcomes(hall, id_) == [MatterOutcome.ACCEPTED, None]


@pytest.mark.gen_test
async def test_rule_10_a_matter_added_at_the_window_is_visited_as_well(hall: Hall) -> None:
    there = hall.matters("transport")[0]
    await hall.open("w01", "w04")
    id_ = await hall.issue()
    await hall.serve("w01")
    await hall.do(m.AddMatter(window="w01", matter=there), clerk("w01"))
    await finish(hall, "w01")
    assert (hall.ticket(id_).state, hall.ticket(id_).matter) == (TicketState.WAITING, there)
    assert await serve_and_finish(hall, "w04") == id_


@pytest.mark.gen_test
async def test_rule_10_so_many_matters_and_each_once(hall: Hall) -> None:
    await rules(hall, several_matters=2)
    one, two, three = hall.matters("business")[:3]
    with hall.refused(Invalid, "ticket.too_many_matters"):
        await hall.issue(matter=one, more=(two, three))
    with hall.refused(Invalid, "ticket.matter_twice"):
        await hall.issue(matter=one, more=(one,))
    assert [line.matter for line in hall.ticket(await hall.issue(matter=one, more=(two,))).matters] == [one, two]


@pytest.mark.gen_test
async def test_rule_10_who_waits_for_a_later_matter_needs_no_second_number_for_it(hall: Hall) -> None:
    one, two = hall.matters("business")[:2]
    await hall.issue(matter=one, more=(two,), person="p1")
    with hall.refused(Refused, "ticket.duplicate"):
        await hall.issue(matter=two, person="p1")

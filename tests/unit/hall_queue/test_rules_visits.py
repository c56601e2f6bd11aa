"""Domain rules 9 to 12: transfer, several matters, skills, pause."""

from __future__ import annotations

import pytest

from hall_queue import messages as m
from hall_queue.model import MatterOutcome, PauseReason, TicketState, WindowState
from hall_server.directory.commands import SaveMatter, SaveWindow
from hall_server.directory.model import Matter, Window
from hall_server.errors import Invalid, NotFound, Refused
from tests.fakes.hall import manager
from tests.fakes.queue_hall import QueueHall, clerk

Hall = QueueHall


async def reskilled(hall: Hall, window: str, *, lines: tuple[str, ...], matters: tuple[str, ...] = ()) -> None:
    old = hall.server.directory.windows[window]
    new = Window(id=old.id, number=old.number, name=old.name, zone=old.zone, lines=lines, matters=matters)
    await hall.do(SaveWindow(item=new))


@pytest.mark.gen_test
async def test_rule_09_number_priority_and_arrival_are_kept(hall: Hall) -> None:
    await hall.open("w01", "w10")
    id_ = await hall.issue(priority="elderly")
    arrival = hall.ticket(id_).arrival
    tax = hall.matters("tax")[0]
    await hall.serve("w01")
    hall.clock.forward(minutes=5)
    await hall.do(m.TransferTicket(window="w01", matter=tax, reason="wrong matter"), clerk("w01"))
    ticket = hall.ticket(id_)
    assert (ticket.number, ticket.priority, ticket.arrival) == ("A001", "elderly", arrival)
    assert (ticket.line, ticket.matter, ticket.state) == ("tax", tax, TicketState.WAITING)
    assert await hall.call("w10") == id_


@pytest.mark.gen_test
async def test_rule_09_a_target_window_must_be_open_and_able_and_another(hall: Hall) -> None:
    await hall.open("w01", "w10")
    id_ = await hall.issue()
    await hall.serve("w01")
    for target, error, code in [
        ("w02", Refused, "transfer.window_closed"),
        ("w10", Refused, "transfer.window_unable"),
        ("w01", Invalid, "transfer.to_itself"),
        ("w99", NotFound, "window.unknown"),
    ]:
        with hall.refused(error, code):
            await hall.do(m.TransferTicket(window="w01", to_window=target), clerk("w01"))
    with hall.refused(Invalid, "transfer.no_target"):
        await hall.do(m.TransferTicket(window="w01"), clerk("w01"))
    assert hall.desk("w01").ticket == id_


@pytest.mark.gen_test
async def test_rule_09_a_matter_that_no_open_window_serves_is_refused(hall: Hall) -> None:
    await hall.open("w01")
    await hall.issue()
    await hall.serve("w01")
    tax = hall.matters("tax")[0]
    with hall.refused(Refused, "transfer.nobody_serves"):
        await hall.do(m.TransferTicket(window="w01", matter=tax), clerk("w01"))
    await hall.open("w10")
    await hall.do(m.TransferTicket(window="w01", matter=tax), clerk("w01"))


@pytest.mark.gen_test
async def test_rule_09_a_target_person_must_sit_at_a_window_that_serves_it(hall: Hall) -> None:
    await hall.open("w01", "w10")
    await hall.issue()
    await hall.serve("w01")
    for person in ("s02", "s10", "s01", "nobody"):  # not here, not able, oneself, unknown
        with hall.refused(Refused, "transfer.staff_unable"):
            await hall.do(m.TransferTicket(window="w01", staff=person), clerk("w01"))
    await hall.open("w02")
    await hall.do(m.TransferTicket(window="w01", staff="s02"), clerk("w01"))


@pytest.mark.gen_test
async def test_rule_09_the_source_cannot_take_it_back_at_once(hall: Hall) -> None:
    await hall.open("w01", "w02")
    given, other = await hall.issue(), await hall.issue()
    await hall.serve("w01")
    await hall.do(m.TransferTicket(window="w01", matter=hall.matters("business")[0]), clerk("w01"))
    assert await hall.serve("w01") == other
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    assert await hall.call("w01") == given


@pytest.mark.gen_test
async def test_rule_09_a_ticket_nobody_has_cannot_be_sent_on(hall: Hall) -> None:
    await hall.open("w01", "w02")
    with hall.refused(Refused, "window.no_ticket"):
        await hall.do(m.TransferTicket(window="w01", to_window="w02"), clerk("w01"))


@pytest.mark.gen_test
async def test_rule_10_each_matter_has_its_own_outcome(hall: Hall) -> None:
    one, two, three = hall.matters("business")[:3]
    await hall.open("w01")
    id_ = await hall.issue(matter=one)
    await hall.serve("w01")
    await hall.do(m.AddMatter(window="w01", matter=two), clerk("w01"))
    await hall.do(m.AddMatter(window="w01", matter=three), clerk("w01"))
    with hall.refused(Refused, "ticket.has_matter"):
        await hall.do(m.AddMatter(window="w01", matter=two), clerk("w01"))
    with hall.refused(NotFound, "matter.unknown"):
        await hall.do(m.AddMatter(window="w01", matter="no-such"), clerk("w01"))
    outcomes = {two: MatterOutcome.MATERIALS_MISSING}
    finish = m.FinishService(window="w01", outcome=MatterOutcome.CONSULTED, outcomes=outcomes)
    await hall.do(finish, clerk("w01"))
    ticket = hall.ticket(id_)
    assert ticket.state is TicketState.DONE
    assert {line.matter: line.outcome for line in ticket.matters} == {
        one: MatterOutcome.CONSULTED,
        two: MatterOutcome.MATERIALS_MISSING,
        three: MatterOutcome.CONSULTED,
    }


@pytest.mark.gen_test
async def test_rule_10_an_outcome_for_a_strange_matter_is_refused(hall: Hall) -> None:
    await hall.open("w01")
    id_ = await hall.issue(matter=hall.matters("business")[0])
    await hall.serve("w01")
    strange = {hall.matters("tax")[0]: MatterOutcome.ACCEPTED}
    with hall.refused(Invalid, "ticket.lacks_matter"):
        await hall.do(m.FinishService(window="w01", outcomes=strange), clerk("w01"))
    assert hall.ticket(id_).state is TicketState.SERVING


@pytest.mark.gen_test
async def test_rule_10_a_matter_is_added_only_while_served(hall: Hall) -> None:
    await hall.open("w01")
    await hall.issue()
    await hall.call("w01")
    with hall.refused(Refused, "ticket.is_called"):
        await hall.do(m.AddMatter(window="w01", matter=hall.matters("business")[0]), clerk("w01"))
    with hall.refused(Refused, "ticket.is_called"):
        await hall.do(m.FinishService(window="w01"), clerk("w01"))


@pytest.mark.gen_test
async def test_rule_10_a_matter_returned_to_by_transfer_is_there_once(hall: Hall) -> None:
    one, tax = hall.matters("business")[0], hall.matters("tax")[0]
    await hall.open("w01", "w10")
    id_ = await hall.issue(matter=one)
    await hall.serve("w01")
    await hall.do(m.TransferTicket(window="w01", matter=tax), clerk("w01"))
    await hall.serve("w10")
    await hall.do(m.TransferTicket(window="w10", matter=one), clerk("w10"))
    assert [line.matter for line in hall.ticket(id_).matters] == [one, tax]


@pytest.mark.gen_test
async def test_rule_11_a_window_calls_only_the_pairs_it_serves(hall: Hall) -> None:
    able, unable = hall.matters("business")[:2]
    await reskilled(hall, "w01", lines=("business",), matters=(able,))
    await hall.open("w01")
    other, mine = await hall.issue(matter=unable), await hall.issue(matter=able)
    assert await hall.serve("w01") == mine
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    with hall.refused(Refused, "queue.empty"):
        await hall.call("w01")
    with hall.refused(Refused, "window.not_its_line"):
        await hall.do(m.CallTicket(window="w01", ticket=other, reason="please"), manager())


@pytest.mark.gen_test
async def test_rule_11_matters_with_one_name_in_two_departments_are_two_skills(hall: Hall) -> None:
    one, code = hall.matters("business")[0], "X-TWIN"
    twin = hall.server.directory.matters[one]
    other = next(id_ for id_ in hall.server.directory.departments if id_ != twin.department)
    namesake = Matter(code=code, name=twin.name, department=other, line="business", task_type=twin.task_type)
    await hall.do(SaveMatter(item=namesake))
    await reskilled(hall, "w01", lines=("business",), matters=(one,))
    await hall.open("w01")
    await hall.issue(matter=code)
    with hall.refused(Refused, "queue.empty"):
        await hall.call("w01")


@pytest.mark.gen_test
async def test_rule_11_a_change_takes_effect_with_the_next_call(hall: Hall) -> None:
    await hall.open("w01")
    here = await hall.issue("business")
    await hall.serve("w01")
    tax = await hall.issue("tax")
    await reskilled(hall, "w01", lines=("tax",))
    assert hall.desk("w01").ticket == here
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    assert hall.ticket(here).state is TicketState.DONE
    assert await hall.call("w01") == tax


@pytest.mark.gen_test
async def test_rule_12_pause_and_close_are_refused_with_somebody_at_the_window(hall: Hall) -> None:
    await hall.open("w01")
    await hall.issue()
    await hall.call("w01")
    for command in (m.PauseWindow(window="w01"), m.CloseWindow(window="w01")):
        with hall.refused(Refused, "window.busy"):
            await hall.do(command, clerk("w01"))
    await hall.do(m.StartService(window="w01"), clerk("w01"))
    for command in (m.PauseWindow(window="w01"), m.CloseWindow(window="w01")):
        with hall.refused(Refused, "window.busy"):
            await hall.do(command, clerk("w01"))


@pytest.mark.gen_test
async def test_rule_12_a_pause_says_why_and_ends_explicitly(hall: Hall) -> None:
    with hall.refused(Refused, "window.closed"):
        await hall.do(m.PauseWindow(window="w01"), clerk("w01"))
    await hall.open("w01")
    with hall.refused(Refused, "window.not_paused"):
        await hall.do(m.ResumeWindow(window="w01"), clerk("w01"))
    reply = await hall.do(m.PauseWindow(window="w01", reason=PauseReason.MEETING), clerk("w01"))
    assert (reply["window"]["state"], reply["window"]["reason"]) == ("paused", "meeting")
    await hall.open("w01")
    assert hall.desk("w01").state is WindowState.PAUSED
    await hall.do(m.ResumeWindow(window="w01"), clerk("w01"))
    assert (hall.desk("w01").state, hall.desk("w01").reason) == (WindowState.IDLE, None)


@pytest.mark.gen_test
async def test_rule_12_opening_and_closing_twice_changes_nothing(hall: Hall) -> None:
    await hall.open("w01")
    seq = hall.server.journal.seq
    await hall.open("w01")
    await hall.do(m.CloseWindow(window="w02"), clerk("w02"))
    assert hall.server.journal.seq == seq
    await hall.do(m.CloseWindow(window="w01"), clerk("w01"))
    assert hall.desk("w01").state is WindowState.CLOSED
    assert hall.desk("w01").staff is None

"""Domain rule 6: what becomes of somebody who did not come, by the hall's policy."""

from __future__ import annotations

import pytest

from hall_queue import messages as m
from hall_queue.model import TicketState
from hall_server.errors import Refused
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import happened, rules, served_in_turn

Hall = QueueHall


@pytest.mark.gen_test
async def test_rule_06_a_set_back_ticket_waits_behind_so_many(hall: Hall) -> None:
    await rules(hall, pass_policy="requeue", pass_places=2)
    await hall.open("w01")
    absent, *others = [await hall.issue() for _ in range(5)]
    assert await hall.pass_("w01") == absent
    assert hall.ticket(absent).state is TicketState.WAITING
    assert hall.desk("w01").ticket is None
    assert await served_in_turn(hall, "w01", 5) == [*others[:2], absent, *others[2:]]


@pytest.mark.gen_test
async def test_rule_06_where_fewer_wait_it_is_the_last_but_before_who_comes_later(hall: Hall) -> None:
    await rules(hall, pass_policy="requeue", pass_places=10)
    await hall.open("w01")
    absent, other = await hall.issue(), await hall.issue()
    await hall.pass_("w01")
    late = await hall.issue()
    assert await served_in_turn(hall, "w01", 3) == [other, absent, late]


@pytest.mark.gen_test
async def test_rule_06_it_goes_back_within_its_own_class(hall: Hall) -> None:
    await rules(hall, pass_policy="requeue", pass_places=1)
    await hall.open("w01")
    normal = await hall.issue()
    absent, old = await hall.issue(priority="elderly"), await hall.issue(priority="elderly")
    assert await hall.pass_("w01") == absent
    assert await served_in_turn(hall, "w01", 3) == [old, absent, normal]


@pytest.mark.gen_test
async def test_rule_06_one_called_out_of_order_gains_nothing_by_not_coming(hall: Hall) -> None:
    await rules(hall, pass_policy="requeue", pass_places=1)
    await hall.open("w01")
    first, second, late = await hall.issue(), await hall.issue(), await hall.issue()
    await hall.do(m.CallTicket(window="w01", ticket=late, reason="asked for"))
    await hall.may_pass("w01")
    await hall.do(m.PassTicket(window="w01"), clerk("w01"))
    assert await served_in_turn(hall, "w01", 3) == [first, second, late]


@pytest.mark.gen_test
async def test_rule_06_after_so_many_times_it_expires_and_is_not_served(hall: Hall) -> None:
    await rules(hall, pass_policy="requeue", pass_times=2)
    await hall.open("w01")
    absent = await hall.issue()
    for times in (1, 2):
        await hall.pass_("w01")
        assert (hall.ticket(absent).state, hall.ticket(absent).passes) == (TicketState.WAITING, times)
    await hall.pass_("w01")
    assert hall.ticket(absent).state is TicketState.EXPIRED
    (expired,) = await happened(hall, m.TicketExpired)
    assert (expired.window, expired.reason) == ("w01", "passed")
    assert hall.desk("w01").served == 0
    with hall.refused(Refused, "ticket.is_expired"):
        await hall.do(m.CallTicket(window="w01", ticket=absent, reason="so"))


@pytest.mark.gen_test
async def test_rule_06_a_set_back_ticket_begins_its_calls_anew(hall: Hall) -> None:
    await rules(hall, pass_policy="requeue")
    await hall.open("w01")
    await hall.issue()
    await hall.pass_("w01")
    await hall.call("w01")
    hall.clock.forward(seconds=60)
    with hall.refused(Refused, "pass.too_few_calls"):
        await hall.do(m.PassTicket(window="w01"), clerk("w01"))


@pytest.mark.gen_test
async def test_rule_06_the_last_passed_are_resumed_only_where_the_policy_says_so(hall: Hall) -> None:
    await hall.open("w01")
    ids = [await hall.issue() for _ in range(2)]
    for _ in ids:
        await hall.pass_("w01")
    await rules(hall, passed_resume_last=1)
    with hall.refused(Refused, "ticket.passed_too_long_ago"):
        await hall.do(m.CallTicket(window="w01", ticket=ids[0]), clerk("w01"))
    await rules(hall, pass_policy="new_ticket")
    with hall.refused(Refused, "ticket.passed_too_long_ago"):
        await hall.do(m.CallTicket(window="w01", ticket=ids[1]), clerk("w01"))
    await rules(hall, pass_policy="resume")
    await hall.do(m.CallTicket(window="w01", ticket=ids[1]), clerk("w01"))
    assert hall.desk("w01").ticket == ids[1]


@pytest.mark.gen_test
async def test_rule_06_with_new_ticket_the_person_may_take_a_new_number(hall: Hall) -> None:
    await rules(hall, pass_policy="new_ticket")
    await hall.open("w01")
    old = await hall.issue(person="p1")
    with hall.refused(Refused, "ticket.duplicate"):
        await hall.issue(person="p1")
    await hall.pass_("w01")
    assert hall.ticket(old).state is TicketState.PASSED
    assert await hall.issue(person="p1") != old


@pytest.mark.gen_test
async def test_rule_06_a_line_may_have_a_policy_of_its_own(hall: Hall) -> None:
    await rules(hall, line="transport", pass_policy="requeue")
    await hall.open("w01", "w04")
    here, there = await hall.issue("business"), await hall.issue("transport")
    assert [await hall.pass_("w01"), await hall.pass_("w04")] == [here, there]
    assert hall.ticket(here).state is TicketState.PASSED
    assert hall.ticket(there).state is TicketState.WAITING


@pytest.mark.gen_test
async def test_rule_06_whoever_was_sent_on_or_held_is_called_as_often_as_everybody_before_a_pass(hall: Hall) -> None:
    await hall.open("w01", "w02")
    sent, held = await hall.issue(), await hall.issue()
    await hall.serve("w01")
    await hall.do(m.TransferTicket(window="w01", to_window="w02"), clerk("w01"))
    await hall.serve("w01")
    await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    await hall.do(m.ReleaseTicket(ticket=held))
    assert [await hall.call("w02"), await hall.call("w01")] == [sent, held]
    hall.clock.forward(seconds=60)
    for window in ("w01", "w02"):
        with hall.refused(Refused, "pass.too_few_calls"):
            await hall.do(m.PassTicket(window=window), clerk(window))

"""Domain rule 13: the end of the day, and a hall that opts out of it."""

from __future__ import annotations

import pytest

from hall_queue import messages as m
from hall_queue.model import MatterOutcome, WindowState
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import happened, rules

Hall = QueueHall


async def one_of_each(hall: Hall) -> dict[str, str]:
    """Somebody waits, is called, is served, is held."""
    await hall.open("w01", "w02", "w03")
    ids = [await hall.issue() for _ in range(4)]
    served, called, held = await hall.serve("w01"), await hall.call("w02"), await hall.serve("w03")
    await hall.do(m.HoldTicket(window="w03"), clerk("w03"))
    return {"served": served, "called": called, "held": held, "waiting": ids[3]}


async def night(hall: Hall) -> None:
    hall.clock.forward(days=1)
    await hall.server.roll_day()


@pytest.mark.gen_test
async def test_rule_13_the_end_of_the_day_expires_passes_and_closes(hall: Hall) -> None:
    ids = await one_of_each(hall)
    await night(hall)
    assert {one.ticket for one in await happened(hall, m.TicketExpired)} == {ids["waiting"], ids["held"]}
    assert {one.ticket for one in await happened(hall, m.TicketPassed)} == {ids["called"]}
    (finished,) = await happened(hall, m.TicketFinished)
    assert (finished.ticket, finished.outcome) == (ids["served"], MatterOutcome.INACCURATE)
    assert {one.reason for one in await happened(hall, m.TicketExpired)} == {"closing"}


@pytest.mark.gen_test
async def test_rule_13_a_hall_that_opts_out_writes_nothing_of_those_who_waited(hall: Hall) -> None:
    await rules(hall, expire_at_day_end=False)
    ids = await one_of_each(hall)
    await night(hall)
    assert not await happened(hall, m.TicketExpired)
    assert not await happened(hall, m.TicketPassed)
    (finished,) = await happened(hall, m.TicketFinished)
    assert (finished.ticket, finished.outcome) == (ids["served"], MatterOutcome.INACCURATE)
    assert not hall.queue.tickets
    assert {hall.desk(one).state for one in ("w01", "w02", "w03")} == {WindowState.CLOSED}


@pytest.mark.gen_test
async def test_rule_13_the_new_day_counts_from_one_either_way(hall: Hall) -> None:
    await rules(hall, expire_at_day_end=False)
    await one_of_each(hall)
    await night(hall)
    assert hall.ticket(await hall.issue()).number == "A001"
    seq = hall.server.journal.seq
    await hall.server.roll_day()
    assert hall.server.journal.seq == seq

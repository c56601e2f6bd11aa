"""Domain rules 13 and 14: the end of the day, and a restart at any moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hall_queue import messages as m
from hall_queue.model import MatterOutcome, TicketState
from hall_queue.views import TicketView
from hall_server.days import OpenDay
from hall_server.errors import NotFound, Refused
from hall_server.identity import SYSTEM
from tests.fakes.queue_hall import QueueHall, clerk

Hall = QueueHall


async def one_of_each(hall: Hall) -> dict[str, str]:
    """A ticket in every state in which one may be when the day ends."""
    await hall.open("w01", "w02", "w10")
    ids = [await hall.issue(matter=hall.matters("business")[0]) for _ in range(5)]
    await hall.serve("w01")
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    await hall.serve("w01")
    await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    await hall.serve("w01")
    await hall.call("w02")
    return dict(zip(("done", "held", "serving", "called", "waiting"), ids, strict=True))


async def ends(hall: Hall) -> dict[str, tuple[str, str]]:
    """State and outcome of every ticket, from the table that outlives the day."""
    await hall.server.projector.catch_up()
    found = await hall.server.views.fetch("SELECT id, state, outcome FROM tickets")
    return {id_: (state, outcome) for id_, state, outcome in found}


@pytest.mark.gen_test
async def test_rule_13_the_day_ends_each_ticket_in_its_way_and_none_as_served(hall: Hall) -> None:
    ids = await one_of_each(hall)
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    assert await ends(hall) == {
        ids["done"]: (TicketState.DONE, MatterOutcome.ACCEPTED),
        ids["held"]: (TicketState.EXPIRED, "closing"),
        ids["serving"]: (TicketState.DONE, MatterOutcome.INACCURATE),
        ids["called"]: (TicketState.PASSED, "closing"),
        ids["waiting"]: (TicketState.EXPIRED, "closing"),
    }
    assert not hall.queue.tickets
    assert not hall.queue.desks
    assert hall.queue.waiting.count("business") == 0


@pytest.mark.gen_test
async def test_rule_13_the_end_of_day_is_idempotent(hall: Hall) -> None:
    await one_of_each(hall)
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    seq = hall.server.journal.seq
    await hall.server.roll_day()
    await hall.server.roll_day()
    with hall.refused(Refused, "day.not_after"):
        await hall.do(OpenDay(day=hall.server.business_day), SYSTEM)
    assert hall.server.journal.seq == seq


@pytest.mark.gen_test
async def test_rule_13_a_missed_end_of_day_is_made_up_for_at_the_start(open_hall: Callable[..., Any]) -> None:
    hall: Hall = await open_hall()
    ids = await one_of_each(hall)
    hall.clock.forward(days=3)
    hall = await open_hall()
    ended = await ends(hall)
    assert ended[ids["waiting"]] == (TicketState.EXPIRED, "closing")
    assert ended[ids["called"]] == (TicketState.PASSED, "closing")
    assert not hall.queue.tickets
    opened = await hall.server.database.fetch("SELECT count(*) FROM journal WHERE type = 'day.opened'")
    assert opened == [(2,)]


@pytest.mark.gen_test
async def test_rule_13_yesterdays_ticket_is_gone_and_closed_lines_are_open_again(hall: Hall) -> None:
    old = await hall.issue()
    await hall.do(m.CloseLine(line="tax"))
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    with hall.refused(NotFound, "ticket.unknown"):
        await hall.do(m.CancelTicket(ticket=old))
    assert await hall.issue("tax")


@pytest.mark.gen_test
async def test_rule_13_the_day_is_the_halls_and_not_greenwichs(hall: Hall) -> None:
    hall.clock.forward(hours=14, minutes=59)  # 23:59 in Shanghai
    await hall.server.roll_day()
    assert hall.server.business_day.isoformat() == "2026-11-23"
    hall.clock.forward(minutes=1)
    await hall.server.roll_day()
    assert hall.server.business_day.isoformat() == "2026-11-24"


@pytest.mark.gen_test
async def test_rule_14_a_restart_finds_everything_as_it_was(open_hall: Callable[..., Any]) -> None:
    hall: Hall = await open_hall()
    ids = await one_of_each(hall)
    before = {id_: repr(hall.ticket(id_)) for id_ in ids.values()}
    desks = {id_: repr(desk) for id_, desk in hall.queue.desks.items()}
    hall = await open_hall()
    assert {id_: repr(hall.ticket(id_)) for id_ in ids.values()} == before
    assert {id_: repr(desk) for id_, desk in hall.queue.desks.items()} == desks
    assert hall.ticket(await hall.issue()).number == "A006"


@pytest.mark.gen_test
async def test_rule_14_a_key_press_repeated_over_a_restart_has_one_effect(open_hall: Callable[..., Any]) -> None:
    hall: Hall = await open_hall()
    first = await hall.do(m.IssueTicket(line="tax"), id_="kiosk-1-0001")
    hall = await open_hall()
    assert await hall.do(m.IssueTicket(line="tax"), id_="kiosk-1-0001") == first
    assert len(hall.queue.tickets) == 1


@pytest.mark.gen_test
async def test_phone_pages_of_yesterday_are_forgotten_also_where_nobody_looked_at_midnight(hall: Hall) -> None:
    view = TicketView(hall.room.pictures)
    ticket = await hall.issue()
    view.picture(hall.ticket(ticket).token)
    assert list(view.watched()) == [hall.ticket(ticket).token]
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    assert list(view.watched()) == []
    today = hall.ticket(await hall.issue())
    view.picture(today.token)
    assert list(view.watched()) == [today.token]

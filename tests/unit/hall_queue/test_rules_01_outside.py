"""Numbers for people on the way: only where the hall allows them, near the opening, and only for those who come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hall_queue import messages as m
from hall_queue.model import Channel, TicketState
from hall_queue.outside.here import CHANGES_S, HereCodes
from hall_queue.rule_events import SaveRules
from hall_server.directory.commands import SaveHours
from hall_server.directory.model import Hours, Span
from hall_server.errors import Refused
from tests.fakes.queue_hall import QueueHall, clerk

Hall = QueueHall


async def opens_at_ten(hall: Hall, **rules: Any) -> None:
    """Every day from ten to five, with numbers outside as the rules say; the clock stands at half past nine."""
    day = (Span(open="10:00", close="17:00"),)
    await hall.do(SaveHours(item=Hours(days=(day,) * 7, last_ticket_minutes=15, follows_calendar=False)))
    await hall.do(SaveRules(values={"outside": True, **rules}, reason="试行"))
    at_clock(hall, 9, 30)


def at_clock(hall: Hall, hour: int, minute: int = 0) -> None:
    """Move the clock forward to the next such time of the day, hall time."""
    now = hall.room.hall.local_now()
    wanted = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    hall.clock.forward(seconds=((wanted - now) % timedelta(days=1)).total_seconds())


async def take(hall: Hall, person: str | None = "p1", **more: Any) -> str:
    return await hall.issue("business", channel=Channel.OUTSIDE, person=person, **more)


@pytest.mark.gen_test
async def test_a_hall_that_has_not_allowed_it_gives_no_number_outside(hall: Hall) -> None:
    with hall.refused(Refused, "outside.off"):
        await take(hall)


@pytest.mark.gen_test
async def test_a_number_is_given_near_the_opening_alone(hall: Hall) -> None:
    await opens_at_ten(hall, outside_before_s=1800, outside_after_s=600)
    assert await take(hall)
    for hour, minute in ((10, 11), (16, 50), (20, 0), (9, 20)):
        at_clock(hall, hour, minute)
        with hall.refused(Refused, "outside.not_now"):
            await take(hall, "p2")
    at_clock(hall, 10, 5)
    assert await take(hall, "p2")


@pytest.mark.gen_test
async def test_a_hall_that_opens_at_midnight_gives_numbers_from_midnight_on(hall: Hall) -> None:
    day = (Span(open="00:00", close="24:00"),)
    await hall.do(SaveHours(item=Hours(days=(day,) * 7, last_ticket_minutes=15, follows_calendar=False)))
    await hall.do(SaveRules(values={"outside": True, "outside_after_s": 43_200}, reason="试行"))
    assert await take(hall)  # nine hours after the opening
    at_clock(hall, 23, 30)
    with hall.refused(Refused, "outside.not_now"):  # it would be a number of the day before
        await take(hall, "p2")


@pytest.mark.gen_test
async def test_nobody_has_a_number_outside_who_does_not_say_who_it_is_or_has_one_already(hall: Hall) -> None:
    await opens_at_ten(hall)
    with hall.refused(Refused, "person.needed"):
        await take(hall, None)
    await take(hall)
    with hall.refused(Refused, "ticket.duplicate"):
        await take(hall)


@pytest.mark.gen_test
async def test_who_has_not_come_is_not_called_and_goes_first_once_there(hall: Hall) -> None:
    await opens_at_ten(hall)
    early = await take(hall)
    at_clock(hall, 10, 1)
    present = await hall.issue("business")
    await hall.open("w01")
    assert await hall.call("w01") == present
    assert hall.ticket(early).state is TicketState.WAITING
    await hall.do(m.ComeHere(ticket=early))
    await hall.do(m.ComeHere(ticket=early))  # twice is no fault
    later = await hall.issue("business")
    await hall.do(m.StartService(window="w01"), clerk("w01"))
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    assert await hall.call("w01") == early
    assert hall.ticket(later).state is TicketState.WAITING


@pytest.mark.gen_test
async def test_time_to_come_counts_from_the_opening_and_outlives_a_restart(open_hall: Any) -> None:
    hall = await open_hall()
    await opens_at_ten(hall, outside_come_s=900)
    early = await take(hall)
    hall = await open_hall()
    local = hall.room.hall.taking.local(hall.ticket(early).here_by)
    assert (local.hour, local.minute) == (10, 15)
    at_clock(hall, 10, 10)
    late = await take(hall, "p2")
    assert hall.ticket(late).here_by == hall.ticket(late).issued_at + timedelta(seconds=900)


@pytest.mark.gen_test
async def test_the_code_in_the_hall_changes_and_an_old_one_is_worth_nothing(hall: Hall) -> None:
    codes = HereCodes(lambda: b"k" * 32, hall.clock)
    first = codes.now()
    hall.clock.forward(seconds=CHANGES_S)
    assert codes.now() != first
    assert codes.is_good(first)
    hall.clock.forward(seconds=3 * CHANGES_S)
    assert not codes.is_good(first)
    assert not codes.is_good("")

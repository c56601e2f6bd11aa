"""Domain rule 3: who is next, class by class."""

from __future__ import annotations

import pytest

from hall_queue import messages as m
from hall_queue.model import Alone, RequeueMode
from hall_queue.picture_types import DeskPicture
from tests.fakes.hall import staff
from tests.fakes.queue_hall import QueueHall, clerk

Hall = QueueHall


async def drained(hall: Hall, window: str) -> list[str]:
    """Everybody a window calls, in order."""
    found = []
    while picture(hall, window).ahead:
        found.append(await hall.serve(window))
        await hall.do(m.FinishService(window=window), clerk(window))
    return found


def picture(hall: Hall, window: str) -> DeskPicture:
    return hall.room.pictures.desk(window)


def ahead(hall: Hall, window: str) -> list[tuple[str, str]]:
    """Id and class of those a console shows as waiting for it."""
    return [(one.id, one.rank) for one in picture(hall, window).ahead]


@pytest.mark.gen_test
async def test_rule_03_arrival_decides_among_equals(hall: Hall) -> None:
    await hall.open("w01")
    wanted = [await hall.issue() for _ in range(5)]
    assert await drained(hall, "w01") == wanted


@pytest.mark.gen_test
async def test_rule_03_classes_go_returned_pinned_directed_aged_priority_normal(hall: Hall) -> None:
    await hall.open("w01", "w02")
    returned, directed = await hall.issue(), await hall.issue()
    await hall.serve("w01")
    await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    await hall.serve("w02")
    await hall.do(m.TransferTicket(window="w02", to_window="w01"), clerk("w02"))
    aged = await hall.issue()
    hall.clock.forward(minutes=31)
    normal, priority, pinned = await hall.issue(), await hall.issue(priority="elderly"), await hall.issue()
    await hall.do(m.PinTicket(ticket=pinned, reason="fell ill"))
    await hall.do(m.ReleaseTicket(ticket=returned))
    wanted = [returned, pinned, directed, aged, priority, normal]
    ranks = ["returned", "pinned", "directed", "aged", "priority", "normal"]
    assert ahead(hall, "w01") == list(zip(wanted, ranks, strict=True))
    assert await drained(hall, "w01") == wanted


@pytest.mark.gen_test
async def test_rule_03_a_pin_can_be_taken_back(hall: Hall) -> None:
    first, second = await hall.issue(), await hall.issue()
    await hall.do(m.PinTicket(ticket=second, reason="fell ill"))
    await hall.do(m.PinTicket(ticket=second, pinned=False, reason="undone"))
    await hall.open("w01")
    assert await drained(hall, "w01") == [first, second]


@pytest.mark.gen_test
async def test_rule_03_statutory_priority_goes_before_others_who_came_earlier(hall: Hall) -> None:
    normal = [await hall.issue() for _ in range(2)]
    first = [await hall.issue(priority=one) for one in ("military", "disabled", "pregnant", "elderly")]
    await hall.open("w01")
    assert await drained(hall, "w01") == first + normal


@pytest.mark.gen_test
async def test_rule_03_after_half_an_hour_a_normal_ticket_goes_before_priority(hall: Hall) -> None:
    normal = await hall.issue()
    hall.clock.forward(minutes=20)
    priority = await hall.issue(priority="elderly")
    assert [id_ for id_, _ in ahead(hall, "w01")] == [priority, normal]
    hall.clock.forward(minutes=10)
    assert ahead(hall, "w01") == [(normal, "aged"), (priority, "priority")]


@pytest.mark.gen_test
async def test_rule_03_in_a_hall_that_is_always_full_priority_does_not_starve(hall: Hall) -> None:
    early = await hall.issue(priority="elderly")
    late = [await hall.issue() for _ in range(3)]
    hall.clock.forward(minutes=31)
    assert ahead(hall, "w01") == [(id_, "aged") for id_ in (early, *late)]


@pytest.mark.gen_test
async def test_rule_03_preferred_line_first_the_other_only_if_nobody_waits_there(hall: Hall) -> None:
    second_choice = await hall.issue("transport")
    first_choice = [await hall.issue("business") for _ in range(2)]
    await hall.open("w03")
    assert await drained(hall, "w03") == [*first_choice, second_choice]


@pytest.mark.gen_test
async def test_rule_03_a_windows_second_line_does_not_starve_behind_its_first(hall: Hall) -> None:
    waiting_long = await hall.issue("transport")
    hall.clock.forward(minutes=31)
    preferred = await hall.issue("business")
    assert [id_ for id_, _ in ahead(hall, "w03")] == [waiting_long, preferred]


@pytest.mark.gen_test
async def test_rule_03_the_serial_decides_where_arrivals_are_equal(hall: Hall) -> None:
    for _ in range(3):
        await hall.server.execute(m.IssueTicket(line="business"), actor=clerk("w01"))
    serials = [hall.ticket(id_).serial for id_, _ in ahead(hall, "w01")]
    assert len({ticket.arrival for ticket in hall.queue.tickets.values()}) == 1
    assert serials == [1, 2, 3]


@pytest.mark.gen_test
async def test_rule_03_directed_tickets_wait_for_their_window_or_person_only(hall: Hall) -> None:
    await hall.open("w01", "w02", "w03")
    to_window, to_person = await hall.issue(), await hall.issue()
    await hall.serve("w01")
    await hall.do(m.TransferTicket(window="w01", to_window="w02"), clerk("w01"))
    await hall.serve("w01")
    await hall.do(m.TransferTicket(window="w01", staff="s03"), clerk("w01"))
    assert ahead(hall, "w01") == []
    assert ahead(hall, "w02") == [(to_window, "directed")]
    assert ahead(hall, "w03") == [(to_person, "directed")]


@pytest.mark.gen_test
async def test_rule_03_a_person_finds_directed_tickets_at_whichever_window_they_sit(hall: Hall) -> None:
    await hall.open("w01", "w02")
    ticket = await hall.issue()
    await hall.serve("w01")
    await hall.do(m.TransferTicket(window="w01", staff="s02"), clerk("w01"))
    mover = staff("s02", "w02", "w03")
    await hall.do(m.OpenWindow(window="w03"), mover)
    await hall.do(m.CloseWindow(window="w02"), mover)
    assert ahead(hall, "w03") == [(ticket, "directed")]


@pytest.mark.gen_test
async def test_rule_03_those_who_wait_for_a_window_that_closes_wait_in_their_line_again(hall: Hall) -> None:
    await hall.open("w01", "w02")
    sent, to_person, held = await hall.issue(), await hall.issue(), await hall.issue()
    for target in ({"to_window": "w02"}, {"staff": "s02"}):
        await hall.serve("w01")
        await hall.do(m.TransferTicket(window="w01", **target), clerk("w01"))
    assert await hall.call("w01") == held
    await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    await hall.do(m.CloseWindow(window="w02"), clerk("w02"))
    await hall.do(m.CloseWindow(window="w01", alone=Alone.LEAVE), clerk("w01"))
    await hall.do(m.ReleaseTicket(ticket=held))
    await hall.open("w03")
    assert await drained(hall, "w03") == [sent, to_person, held]


@pytest.mark.gen_test
async def test_rule_03_people_ahead_are_those_who_will_be_called_before(hall: Hall) -> None:
    ids = [await hall.issue(priority="elderly" if n % 3 == 0 else None) for n in range(4)]
    hall.clock.forward(minutes=31)
    ids += [await hall.issue(priority="elderly" if n % 3 == 0 else None) for n in range(4)]
    await hall.do(m.PinTicket(ticket=ids[6], reason="fell ill"))
    order = [id_ for id_, _ in ahead(hall, "w01")]
    counted = {id_: hall.room.pictures.ticket(hall.ticket(id_)).ahead for id_ in ids}
    assert counted == {id_: place for place, id_ in enumerate(order)}


@pytest.mark.gen_test
async def test_rule_03_requeued_tickets_keep_their_place_or_join_at_the_end(hall: Hall) -> None:
    await hall.open("w01")
    first, second = await hall.issue(), await hall.issue()
    await hall.call("w01")
    await hall.do(m.RequeueTicket(window="w01", mode=RequeueMode.KEEP), clerk("w01"))
    assert [id_ for id_, _ in ahead(hall, "w01")] == [first, second]
    await hall.call("w01")
    await hall.do(m.RequeueTicket(window="w01", mode=RequeueMode.ARRIVAL), clerk("w01"))
    assert [id_ for id_, _ in ahead(hall, "w01")] == [second, first]

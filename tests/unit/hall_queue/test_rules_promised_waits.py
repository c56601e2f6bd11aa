"""Domain rule 19: the wait that a visitor is told stands in the journal, and no fold lives on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hall_queue import messages as m
from hall_server.messages import EventTypes
from tests.fakes.booked_hall import BookedHall
from tests.fakes.offline_kiosk import OfflineKiosk
from tests.fakes.queue_hall import QueueHall, clerk

Open = Callable[..., Any]


async def issued(hall: QueueHall) -> list[m.TicketIssued]:
    """The numbers of the journal."""
    await hall.server.settled()
    rows = await hall.server.journal.read(0, limit=10_000)
    return [row.event for row in rows if isinstance(row.event, m.TicketIssued)]


async def a_crowd(hall: QueueHall) -> list[dict[str, Any]]:
    """Ten come while one window serves; what each was told."""
    await hall.open("w01")
    told = []
    for number in range(10):
        told.append(await hall.do(m.IssueTicket(line="business")))
        if number % 3 == 0:
            await hall.serve("w01")
            hall.clock.forward(seconds=90)
            await hall.do(m.FinishService(window="w01"), clerk("w01"))
    return told


@pytest.mark.gen_test
async def test_the_wait_of_the_reply_stands_in_the_event(hall: QueueHall) -> None:
    told = await a_crowd(hall)
    assert len({one["wait_s"]["p90"] for one in told}) > 1
    written = [(one.ticket, one.wait_p50_s, one.wait_p90_s) for one in await issued(hall)]
    assert written == [(one["id"], one["wait_s"]["p50"], one["wait_s"]["p90"]) for one in told]


@pytest.mark.gen_test
async def test_the_same_request_again_writes_nothing_new(hall: QueueHall) -> None:
    first = await hall.do(m.IssueTicket(line="business"), id_="tap")
    await a_crowd(hall)
    assert await hall.do(m.IssueTicket(line="business"), id_="tap") == first
    assert len(await issued(hall)) == 11


@pytest.mark.gen_test
async def test_an_appointment_is_promised_its_slot(hall: QueueHall) -> None:
    booked = BookedHall(hall)
    await booked.plan()
    id_ = await booked.book("p1", "09:30")
    hall.clock.forward(minutes=10)
    told = (await booked.check_in(id_))["ticket"]
    found = (await issued(hall))[-1]
    assert found.due is not None
    assert (found.wait_p50_s, found.wait_p90_s) == (told["wait_s"]["p50"], told["wait_s"]["p90"])
    assert found.wait_p50_s is not None
    assert found.wait_p50_s >= 19 * 60


@pytest.mark.gen_test
async def test_whoever_took_a_number_without_the_server_was_promised_nothing(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    kiosk.give("tax")
    await kiosk.hand_in()
    found = (await issued(hall))[-1]
    assert found.offline_at is not None
    assert (found.wait_p50_s, found.wait_p90_s) == (None, None)


@pytest.mark.gen_test
async def test_whoever_hears_of_a_number_hears_of_its_promise(hall: QueueHall) -> None:
    heard: list[m.TicketIssued] = []
    hall.server.listen("test", lambda one: heard.append(one.event), {m.TicketIssued.type})  # type: ignore[arg-type]  # only these
    told = await hall.do(m.IssueTicket(line="business"))
    assert [(one.wait_p50_s, one.wait_p90_s) for one in heard] == [(told["wait_s"]["p50"], told["wait_s"]["p90"])]


@pytest.mark.gen_test
async def test_a_restart_tells_the_next_visitor_what_the_hall_would_have_told_without_it(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    await a_crowd(hall)
    before = hall.room.hall.wait("business", 3), dict(hall.room.hall.told)
    hall = await open_hall()
    assert (hall.room.hall.wait("business", 3), dict(hall.room.hall.told)) == before


def test_a_number_of_an_older_journal_is_read_and_promised_nothing() -> None:
    types = EventTypes()
    types.add(m.TicketIssued)
    old = {
        "ticket": "t1", "number": "A001", "serial": 1, "line": "business", "matter": None, "channel": "kiosk",
        "person": None, "priority": None,
    }  # fmt: skip
    read = types.read("ticket.issued", 1, msgspec.json.encode(old))
    assert isinstance(read, m.TicketIssued)
    assert (read.wait_p50_s, read.wait_p90_s) == (None, None)

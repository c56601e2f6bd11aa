"""Domain rule 20: waiting, walking, serving and held, in seconds, follow from the events, with window and person."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import pytest

from hall_queue import messages as m
from hall_queue.model import MatterOutcome
from hall_server.messages import Recorded
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import finish, recorded, transfer

Hall = QueueHall

AFTER: dict[type, str] = {
    m.TicketIssued: "waiting",
    m.TicketCalled: "walking",
    m.TicketStarted: "serving",
    m.TicketHeld: "held",
    m.TicketReleased: "waiting",
    m.TicketRequeued: "waiting",
    m.TicketSetBack: "waiting",
    m.TicketTransferred: "waiting",
    m.TicketForwarded: "waiting",
}
ENDS = (m.TicketFinished, m.TicketPassed, m.TicketCancelled, m.TicketExpired)


class Span(NamedTuple):
    """What a ticket did: where and with whom, unless it waited."""

    what: str
    window: str | None
    staff: str | None


def spans(journal: list[Recorded], ticket: str) -> Counter[Span]:
    """Seconds of each, from nothing but the ticket's events."""
    found: Counter[Span] = Counter()
    now, since, staff = None, journal[0].at, None
    for one in journal:
        event = one.event
        if not isinstance(event, m.TicketEvent) or event.ticket != ticket:
            continue
        if type(event) not in AFTER and not isinstance(event, ENDS):
            continue
        if now is not None:
            found[now] += round((one.at - since).total_seconds())
        if isinstance(event, ENDS):
            break
        what = AFTER[type(event)]
        staff = event.staff if isinstance(event, m.TicketCalled) else staff
        window = None if what == "waiting" else getattr(event, "window", None)
        now, since = Span(what, window, staff if window else None), one.at
    return found


async def after(hall: Hall, seconds: float, command: m.Command, window: str) -> None:
    """Let seconds pass, the half one of each command included."""
    hall.clock.forward(seconds=seconds - 0.5)
    await hall.do(command, clerk(window))


@pytest.mark.gen_test
async def test_rule_20_each_second_of_a_visit_is_one_of_the_four_and_has_its_place(hall: Hall) -> None:
    await hall.open("w01", "w02")
    id_ = await hall.issue()
    await after(hall, 100, m.CallNext(window="w01"), "w01")
    await after(hall, 20, m.StartService(window="w01"), "w01")
    await after(hall, 60, m.HoldTicket(window="w01"), "w01")
    await after(hall, 300, m.CallTicket(window="w01", ticket=id_), "w01")
    await after(hall, 10, m.StartService(window="w01"), "w01")
    await after(hall, 30, m.TransferTicket(window="w01", to_window="w02"), "w01")
    await after(hall, 50, m.CallNext(window="w02"), "w02")
    await after(hall, 5, m.StartService(window="w02"), "w02")
    await after(hall, 200, m.FinishService(window="w02", outcome=MatterOutcome.ACCEPTED), "w02")
    assert spans(await recorded(hall), id_) == {
        Span("waiting", None, None): 150,
        Span("walking", "w01", "s01"): 30,
        Span("serving", "w01", "s01"): 90,
        Span("held", "w01", "s01"): 300,
        Span("walking", "w02", "s02"): 5,
        Span("serving", "w02", "s02"): 200,
    }


@pytest.mark.gen_test
async def test_rule_20_a_hold_that_ends_by_itself_becomes_waiting(hall: Hall) -> None:
    await hall.open("w01")
    id_ = await hall.issue()
    await hall.serve("w01")
    await hall.do(m.HoldTicket(window="w01", minutes=5), clerk("w01"))
    await after(hall, 300, m.ReleaseTicket(ticket=id_), "w01")
    await after(hall, 40, m.CallNext(window="w01"), "w01")
    found = spans(await recorded(hall), id_)
    assert found[Span("held", "w01", "s01")] == 300
    assert found[Span("waiting", None, None)] in {40, 41}


@pytest.mark.gen_test
async def test_rule_20_the_times_of_a_whole_visit_add_up(hall: Hall) -> None:
    await hall.open("w01", "w02")
    id_ = await hall.issue()
    begun = hall.clock.now()
    await hall.serve("w01")
    await transfer(hall, "w01", to_window="w02", returns=True)
    hall.clock.forward(seconds=77)
    await hall.serve("w02")
    await finish(hall, "w02")
    await hall.serve("w01")
    hall.clock.forward(seconds=33)
    await finish(hall, "w01")
    found = spans(await recorded(hall), id_)
    assert abs(sum(found.values()) - (hall.clock.now() - begun).total_seconds()) <= 4
    assert {span.what for span in found} == {"waiting", "walking", "serving"}
    assert found[Span("serving", "w01", "s01")] >= 33

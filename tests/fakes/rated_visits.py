"""Visits with several matters and visits of earlier days, for tests of ratings."""

from __future__ import annotations

from typing import Any

from evaluation.messages import GiveRating
from evaluation.model import Level, RatingChannel
from hall_queue import messages as m
from hall_queue.model import Ticket
from tests.fakes.visits import Visits


def matters(hall: Visits, line: str = "business") -> list[str]:
    """The matters of a line."""
    known = hall.server.directory.matters.values()
    return [matter.id for matter in known if matter.line == line and matter.active]


async def come(hall: Visits, *wanted: str, window: str = "w01") -> Ticket:
    """Somebody comes for these matters and is served at a window."""
    issued = await hall.do(m.IssueTicket(matter=wanted[0], more=wanted[1:]))
    await hall.do(m.CallNext(window=window))
    await hall.do(m.StartService(window=window))
    hall.clock.forward(minutes=5)
    return hall.ticket(issued["id"])


async def serve_all(hall: Visits, *wanted: str, window: str = "w01") -> Ticket:
    """As `come`, and the visit ends there."""
    ticket = await come(hall, *wanted, window=window)
    await hall.do(m.FinishService(window=window, ends=True))
    return ticket


def rating(ticket: str | None, level: int = 1, **more: Any) -> GiveRating:
    """A rating of a visit."""
    return GiveRating(**{"ticket": ticket, "level": Level(level), "channel": RatingChannel.PHONE, **more})


async def next_day(hall: Visits, days: int = 1) -> None:
    """Let the hall begin a later day."""
    for _ in range(days):
        hall.clock.forward(days=1)
        await hall.server.roll_day()

"""The business day: a stored value that changes when the old day is closed, not when the clock says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from hall_server.errors import Refused
from hall_server.messages import Command, Event
from hall_server.outcome import Context, Outcome

CHECK_S = 15.0  # how often the date is looked at

Closer = Callable[[Context], Iterable[Event]]


class OpenDay(Command, frozen=True, kw_only=True):
    """Close the present business day and begin another."""

    day: date


class DayOpened(Event, frozen=True, kw_only=True):
    """A business day began; everything before it in the journal belongs to earlier ones."""

    type: ClassVar[str] = "day.opened"
    day: date

    @property
    def subject(self) -> str:
        """The day."""
        return f"day:{self.day.isoformat()}"


class Days:
    """Rolls the hall from one business day to the next, once, also when the night was missed.

    Source: domain rule 13: idempotent, runs at start-up if missed.
    """

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._closers: list[Closer] = []

    def at_end(self, closer: Closer) -> None:
        """Ask ``closer`` for the events that end a day (tickets expire, windows close)."""
        self._closers.append(closer)

    def local_date(self, now: datetime) -> date:
        """The date on the hall's calendar."""
        return now.astimezone(self._zone).date()

    def handle(self, command: OpenDay, context: Context) -> Outcome:
        """End the old day and begin the new one, in one transaction.

        Raises:
            Refused: the day has begun already, or lies before the present one.
        """
        if command.day <= context.business_day:
            raise Refused("day.not_after", day=command.day, present=context.business_day)
        closing = [event for closer in self._closers for event in closer(context)]
        return Outcome(events=(*closing, DayOpened(day=command.day)))

    async def watch(self, roll: Callable[[], object]) -> None:
        """Call ``roll`` now and then; it looks whether the date has changed."""
        while True:
            await asyncio.sleep(CHECK_S)
            result = roll()
            if asyncio.iscoroutine(result):
                await result

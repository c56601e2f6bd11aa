"""Control totals: a hall's own count of a closed day beside what the city has of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from city.sql import blocks
from city.store.events import HallEvents
from hall_server.clock import Clock
from hall_server.database.tables import SharedTables
from hall_server.federation.wire import Totals
from hall_server.journal.rows import microseconds


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What one end has of a day; ``hash``: of its last row, hexadecimal."""

    count: int
    first: int
    last: int
    hash: str
    by_type: dict[str, int]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A day that the two ends count differently."""

    hall: str
    day: date
    theirs: Counted
    ours: Counted


class DayTotals:
    """Compares and keeps what was compared."""

    def __init__(self, database: SharedTables, clock: Clock, events: HallEvents) -> None:
        self._database = database
        self._clock = clock
        self._events = events
        self._sql = blocks("totals")
        self._days = blocks("events")["days"]

    async def compare(self, hall: str, totals: Totals) -> bool:
        """Compare a hall's count with what is here and keep both; False is an alarm."""
        theirs = Counted(
            count=totals.count,
            first=totals.first,
            last=totals.last,
            hash=totals.hash.hex(),
            by_type=dict(sorted(totals.by_type.items())),
        )
        ours = await self.count(hall, totals.day, first=totals.first, last=totals.last)
        row = (hall, totals.day.isoformat(), microseconds(self._clock.now()), _json(theirs), _json(ours))
        await self._database.transact([(self._sql["put"], [(*row, int(ours == theirs))])])
        return ours == theirs

    async def count(self, hall: str, day: date, *, first: int, last: int) -> Counted:
        """What is here of a day between two rows of the hall's present line of epochs."""
        by_type: dict[str, int] = {}
        ends: list[int] = []
        for epoch, after, to in await self._events.lineage(hall, first - 1, last):
            asked = (hall, epoch, after, to, day.isoformat())
            for _, type_, count, low, high in await self._database.fetch(self._days, asked):
                by_type[type_] = by_type.get(type_, 0) + count
                ends += [low, high]
        highest = max(ends, default=0)
        head = await self._events.hash_at(hall, highest) if highest else None
        return Counted(
            count=sum(by_type.values()),
            first=min(ends, default=0),
            last=highest,
            hash=head.hex() if head else "",
            by_type=dict(sorted(by_type.items())),
        )

    async def differing(self, *, limit: int = 100) -> list[Difference]:
        """Days whose counts differ, the newest first: an alarm each."""
        found = await self._database.fetch(self._sql["differing"], (limit,))
        return [
            Difference(
                hall=hall,
                day=date.fromisoformat(day),
                theirs=msgspec.json.decode(theirs, type=Counted),
                ours=msgspec.json.decode(ours, type=Counted),
            )
            for hall, day, _, theirs, ours in found
        ]

    async def last_compared(self, hall: str) -> date | None:
        """The newest day that was compared."""
        [(day,)] = await self._database.fetch("SELECT max(day) FROM totals WHERE hall = ?", (hall,))
        return date.fromisoformat(day) if day else None


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()

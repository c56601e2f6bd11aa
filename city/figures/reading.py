"""A hall's journal as the city has it, read by the statistics as they read their own hall's."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import msgspec

from city.sql import blocks
from city.store.events import HallEvents
from evaluation import messages as ratings
from evaluation.orders import messages as orders
from hall_queue import messages as queue
from hall_server.database.connections import Database
from hall_server.database.tables import SharedTables
from hall_server.days import DayOpened
from hall_server.directory.events import DIRECTORY_EVENTS
from hall_server.errors import DomainError
from hall_server.journal import rows
from hall_server.messages import Event, EventTypes, Recorded

COUNTED: tuple[type[Event], ...] = (
    DayOpened,
    *DIRECTORY_EVENTS,
    *(one for one in queue.EVENTS if one.type != queue.LineClosed.type),  # lines' notices count nothing
    *ratings.EVENTS,
    *orders.EVENTS,
)
"""Events that figures are made of."""


class Uncounted(Event, frozen=True, kw_only=True):
    """An event that no figure is made of, or (``is_lost``) one of these that this program cannot read."""

    type: ClassVar[str] = "city.uncounted"
    name: str
    number: int
    is_lost: bool = False

    @property
    def subject(self) -> str:
        """Nothing."""
        return ""


def counted_types() -> EventTypes:
    """The types that figures are made of."""
    types = EventTypes()
    types.add(*COUNTED)
    return types


class HallJournal:
    """A hall's journal in the present line of epochs (what `Projector` and `Source` ask of a journal).

    Attributes:
        committed: the last seq that is here. epoch: the newest life of the journal.
    """

    def __init__(self, database: SharedTables, events: HallEvents, hall: str, types: EventTypes) -> None:
        self._database = database
        self._events = events
        self._hall = hall
        self._types = types
        self._known = {one.type for one in types.known()}
        self._sql = blocks("events")
        self.committed = 0
        self.epoch = 0
        self.views: Database

    async def look(self) -> None:
        """See how far the hall is."""
        found = await self._database.fetch(self._sql["cursor"], (self._hall,))
        if found:
            self.epoch, self.committed = int(found[0][0]), int(found[0][1])

    async def read(self, after: int, *, limit: int = 500) -> list[Recorded]:
        """The next events after a seq, in order."""
        parts = await self._events.lineage(self._hall, after, self.committed)
        if not parts:
            return []
        epoch, begins, last = parts[-1]
        found = await self._database.fetch(self._sql["after"], (self._hall, epoch, begins, limit))
        return [self._recorded(row) for row in found if row[0] <= last]

    async def days(self) -> list[tuple[str, int]]:
        """Each business day with its first seq."""
        found = await self.views.fetch("SELECT day, seq FROM known_days ORDER BY seq")
        return [(day, seq) for day, seq in found]

    def can_read(self, type_: str, version: int) -> bool:
        """Whether this program reads an event that an older one could not."""
        return any(one.type == type_ and one.version >= version for one in self._types.known())

    def _recorded(self, row: tuple[Any, ...]) -> Recorded:
        if row[3] in self._known:
            try:
                return rows.read(row, self._types)
            except (DomainError, msgspec.MsgspecError, ValueError):
                return _uncounted(row, is_lost=True)
        return _uncounted(row, is_lost=False)


def _uncounted(row: tuple[Any, ...], *, is_lost: bool) -> Recorded:
    return Recorded(
        seq=row[0],
        at=rows.moment(row[1]),
        business_day=date.fromisoformat(row[2]),
        event=Uncounted(name=row[3], number=row[4], is_lost=is_lost),
        actor=row[6],
    )

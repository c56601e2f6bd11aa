"""What can be rated of a visit: of today from the live state, of the last days from the table of served matters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from evaluation.visited import Part, Visit
from hall_queue import served_store
from hall_queue.served import ServedMatters
from hall_queue.served_store import ServedRow
from hall_queue.state import HallQueue
from hall_server.errors import Invalid, NotFound, Refused

if TYPE_CHECKING:
    from hall_server.server import Server


class LiveVisits:
    """The visits of today, which change with every key."""

    def __init__(self, queue: HallQueue, served: ServedMatters) -> None:
        self._queue = queue
        self._served = served

    def of(self, ticket: str) -> Visit | None:
        """A visit as it stands this moment; without parts where nothing was served, None where it is not of today."""
        found = self._queue.tickets.get(ticket)
        if found is None:
            return None
        parts = tuple(
            Part(matter=one.matter, window=one.window, staff=one.staff, line=one.line, ended_at=one.at)
            for one in self._served.of(ticket)
        )
        return Visit(ticket=found.id, number=found.number, day=self._queue.day, parts=parts)


class Visits:
    """Finds visits of any day. Those of earlier days stand, so asking the table before the decision is safe."""

    def __init__(self, server: Server, queue: HallQueue, served: ServedMatters) -> None:
        self._server = server
        self._queue = queue
        self._served = served
        self.live = LiveVisits(queue, served)

    async def by_secret(self, token: str) -> tuple[str, Visit | None]:
        """The ticket behind a secret, with its visit as it is now; ids themselves open nothing.

        The visit is for the case that the day ends before the rating is decided; else it is looked at again then.

        Raises:
            NotFound: ``rating.ticket_unknown``.
        """
        if (found := self._queue.by_token.get(token)) is not None:
            return found, self.live.of(found)
        await self._server.projector.reached(self._server.journal.committed)
        visits = self._of(await served_store.by_secret(self._server.views, token))
        if not visits:
            raise NotFound("rating.ticket_unknown", field="ticket")
        return visits[0].ticket, visits[0]

    async def by_number(self, number: str, day: date | None) -> tuple[str, Visit | None]:
        """The ticket with a number on a day, today where none is named; as `by_secret`.

        Raises:
            NotFound: ``rating.number_unknown``: nobody was served with it on that day.
            Refused: ``rating.number_twice``.
            Invalid: the day has not come yet.
        """
        today, number = self._queue.day, number.strip().upper()
        if day is not None and day > today:
            raise Invalid("rating.day_to_come", field="day")
        if day is None or day == today:
            ids = [one.id for one in self._queue.tickets.values() if one.number == number]
            only = _one([id_ for id_ in ids if self._served.of(id_)] or ids, number)
            return only, self.live.of(only)
        await self._server.projector.reached(self._server.journal.committed)
        visits = self._of(await served_store.by_number(self._server.views, day, number))
        only = _one([visit.ticket for visit in visits], number)
        return only, next(visit for visit in visits if visit.ticket == only)

    def _of(self, rows: Iterable[ServedRow]) -> list[Visit]:
        found: dict[str, list[ServedRow]] = {}
        for row in rows:
            found.setdefault(row.ticket, []).append(row)
        return [self._visit(some) for some in found.values()]

    def _visit(self, rows: list[ServedRow]) -> Visit:
        matters = self._server.directory.matters
        parts = tuple(
            Part(
                matter=row.matter,
                window=row.window,
                staff=row.staff,
                line=matters[row.matter].line if row.matter in matters else row.line,
                ended_at=row.ended_at,
            )
            for row in rows
        )
        return Visit(ticket=rows[0].ticket, number=rows[0].number, day=rows[0].business_day, parts=parts)


def _one(ids: list[str], number: str) -> str:
    if not ids:
        raise NotFound("rating.number_unknown", field="number", number=number)
    if len(ids) > 1:
        raise Refused("rating.number_twice", field="number", number=number)
    return ids[0]

"""脱岗: a window is open and does not pause, nobody is called, and somebody it may serve waits; it is journalled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from attendance import messages as m
from attendance.state import Roster
from hall_queue.model import WindowState
from hall_queue.rules import Hall
from hall_server.database.connections import Database
from hall_server.database.projections import Change
from hall_server.identity import SYSTEM
from hall_server.journal.rows import microseconds
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from hall_server.server import Server

AWAY_AFTER = timedelta(minutes=5)
"""So long a window may be open without calling while people wait; the manager's alarm has the same measure."""
LOOK_S = 15.0
_PUT = "INSERT OR REPLACE INTO away (seq, business_day, staff, window, seconds) VALUES (?,?,?,?,?)"


def unattended(hall: Hall) -> dict[str, datetime]:
    """The windows that are 脱岗 now, and since when. A pause, a call and an empty line are none."""
    now, found = hall.now(), dict[str, datetime]()
    for window in hall.directory.windows.values():
        desk = hall.queue.desk(window.id)
        if desk.state is not WindowState.IDLE or desk.since is None:
            continue
        pick = hall.queue.waiting.next(hall.asking(window, desk))
        if pick is None:
            continue
        since = max(desk.since, pick.ticket.since or pick.ticket.arrival)
        if now - since >= AWAY_AFTER:
            found[window.id] = since
    return found


class AwayWatch:
    """Looks now and then, and notes what begins and ends."""

    def __init__(self, server: Server, roster: Roster, hall: Hall) -> None:
        self._server, self._roster, self._hall = server, roster, hall

    async def look(self) -> None:
        """Note what began and what is over."""
        found = unattended(self._hall)
        for window in {*found, *self._roster.away}:
            is_noted, since = window in self._roster.away, found.get(window)
            if is_noted != (since is not None):
                staff = self._hall.queue.desk(window).staff
                await self._server.execute(m.NoteAway(window=window, staff=staff, since=since), actor=SYSTEM)

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)


class AwayTable:
    """One row for each time somebody was 脱岗, once it is over."""

    name: ClassVar[str] = "away"
    types: ClassVar[frozenset[str]] = frozenset({m.AwayNoted.type})
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[str, ...]] = ("away",)
    schema: ClassVar[str] = """
        CREATE TABLE IF NOT EXISTS away (
            seq INTEGER PRIMARY KEY, business_day TEXT NOT NULL, staff TEXT, window TEXT NOT NULL,
            seconds INTEGER NOT NULL
        );
        CREATE INDEX IF NOT EXISTS away_day ON away (business_day);
    """

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """The row an end brings."""
        match recorded.event:
            case m.AwayNoted() as e if e.since is None and e.began is not None:
                seconds = (microseconds(recorded.at) - microseconds(e.began)) // 1_000_000
                yield _PUT, (recorded.seq, recorded.business_day.isoformat(), e.staff, e.window, seconds)


async def away_of(views: Database, first: date, last: date) -> dict[tuple[str, str], tuple[int, int]]:
    """(staff, day) → how often and how many seconds, of what is over."""
    sql = (
        "SELECT staff, business_day, count(*), sum(seconds) FROM away WHERE business_day BETWEEN ? AND ?"
        " AND staff IS NOT NULL GROUP BY staff, business_day"
    )
    rows = await views.fetch(sql, (first.isoformat(), last.isoformat()))
    return {(staff, day): (times, seconds) for staff, day, times, seconds in rows}

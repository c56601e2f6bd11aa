"""Notices that a neighbour is silent while our clock runs on, and compares each day that is over."""

from __future__ import annotations

import asyncio
import logging
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from cases.neighbours import report
from hall_server.outbox.table import State

if TYPE_CHECKING:
    from cases.neighbours.room import Room

log = logging.getLogger(__name__)

LOOK_S = 60.0
FAILED_WITHIN = timedelta(days=7)
_DAY = timedelta(days=1)


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """What the manager should look at; shaped as the dashboards' alarms."""

    code: str
    since: datetime | None
    fields: dict[str, str | int | None]
    href: str | None = "/neighbours"


class Watch:
    """Looks at the outbox now and then.

    Attributes:
        compared: the last comparison with each neighbour.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._alarms: list[Alarm] = []
        self._done: date | None = None
        self.compared: dict[str, report.Compared] = {}

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
                await self.compare_yesterday()
            except Exception:  # the top of a loop: the next look tries again
                log.exception("looking at the neighbours failed", extra={"action": "neighbour.watch_failed"})
            await asyncio.sleep(LOOK_S)

    def alarms(self) -> list[Alarm]:
        """What was found at the last look."""
        return list(self._alarms)

    async def look(self) -> list[Alarm]:
        """Look now."""
        now = self._room.centre.now()
        failed = await self._room.outbox.failed(now - FAILED_WITHIN)
        found: list[Alarm] = []
        for name, way in self._room.ways.items():
            every = await self._room.outbox.silent(name, before=now - _DAY * way.place.silent_days)
            silent = [one for one in every if report.is_owed(one)]
            if silent:
                reason = way.trouble.reason if way.trouble else ""
                fields: dict[str, str | int | None] = {"neighbour": name, "waiting": len(silent), "reason": reason}
                found.append(Alarm(code="neighbour.silent", since=silent[0].at, fields=fields))
            refused = failed.get((name, State.REJECTED), 0) + failed.get((name, State.GIVEN_UP), 0)
            if refused:
                found.append(
                    Alarm(code="neighbour.refused", since=None, fields={"neighbour": name, "refused": refused})
                )
        found += [
            Alarm(code="neighbour.differs", since=None, fields={"neighbour": name, "differences": len(one.differences)})
            for name, one in self.compared.items()
            if one.differences
        ]
        self._alarms = found
        return found

    async def compare_yesterday(self) -> None:
        """Compare the day that is over with every neighbour, once; what did not answer is asked again."""
        yesterday = self._room.centre.now().astimezone(self._room.zone).date() - _DAY
        if self._done == yesterday:
            return
        for name in self._room.ways:
            last = self.compared.get(name)
            if last is None or last.day != yesterday or last.fault:
                self.compared[name] = await report.compare(self._room, name, yesterday)
        if not any(one.fault for one in self.compared.values()):
            self._done = yesterday

"""Who should be here and is not: the shift has begun, and attendance has seen nothing of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from attendance.board import Board, PersonDay, Where
from attendance.leave_year import LeaveBook
from dashboards.alarms import Alarm

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

LOOK_S = 30.0
NAMED = 4
"""So many people an alarm names; of the others it says how many there are."""


class MissingStaff:
    """Asks attendance now and then; time alone makes somebody missing. A hall without shifts has nobody missing."""

    code: ClassVar[str] = "staff.missing"

    def __init__(self, server: Server) -> None:
        room = server.rooms["attendance"]
        self._server = server
        self._roster = room.roster
        self._board = Board(server, room.roster, room.sheets, room.terminals, LeaveBook(room.sheets, room.roster))
        self._alarms: tuple[Alarm, ...] = ()

    def alarms(self) -> tuple[Alarm, ...]:
        """The one alarm there may be."""
        return self._alarms

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except Exception:  # the top of a loop: the board is whole without this
                log.exception("who is missing was not read", extra={"action": "board.missing_failed"})
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Ask who is missing now."""
        if not self._roster.rotas:
            self._alarms = ()
            return
        shown = await self._board.shown("", "")
        self._alarms = _alarms([one for one in shown.items if one.where is Where.MISSING], shown.now)


def _alarms(missing: list[PersonDay], now: datetime) -> tuple[Alarm, ...]:
    begins = [begin for one in missing if (begin := _begun(one, now)) is not None]
    if not missing:
        return ()
    names = _named(missing)
    return (Alarm(code=MissingStaff.code, since=min(begins, default=None), fields={"people": len(missing), **names}),)


def _named(missing: Iterable[PersonDay]) -> dict[str, str]:
    names = [one.name or one.number for one in missing]
    more = len(names) > NAMED
    return {
        "names": "、".join(names[:NAMED]) + ("等" if more else ""),
        "names_en": ", ".join(names[:NAMED]) + ("…" if more else ""),
    }


def _begun(one: PersonDay, now: datetime) -> datetime | None:
    """When the shift began that somebody misses."""
    return next((shift.begin for shift in one.shifts if shift.begin <= now < shift.end), None)

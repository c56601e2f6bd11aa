"""The live board 实况: today's curve beside the usual, alarms by severity, and what stands behind lines and windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards.live.detail_views import LINE, WINDOW, LineView, WindowView
from dashboards.live.details import Details
from dashboards.live.missing import MissingStaff
from dashboards.live.usual import UsualDays
from hall_server.days import DayOpened

if TYPE_CHECKING:
    from hall_server.server import Server


@dataclass(frozen=True, slots=True)
class Room:
    """The parts that look in the background; others find them as ``server.rooms["live_board"]``."""

    usual: UsualDays
    missing: MissingStaff | None


def install(server: Server, changed: Callable[[], None]) -> Room:
    """Install the board after statistics and attendance.

    Args:
        changed: called when the picture must be made anew although nothing has happened.
    """
    usual = UsualDays(server, server.rooms["statistics"].closer, changed)
    missing = MissingStaff(server) if "attendance" in server.rooms else None
    room = server.rooms["live_board"] = Room(usual, missing)
    details = Details(server.rooms["hall_queue"].pictures, server.rooms["evaluation"].ratings)
    server.view(LINE, LineView(details))
    server.view(WINDOW, WindowView(details))
    server.listen("usual day", usual.day_opened, {DayOpened.type})

    async def start() -> None:
        server.spawn(usual.run(), "usual day")
        if missing is not None:
            server.spawn(missing.run(), "missing staff")

    server.on_start("live board", start)
    return room

"""Attendance 考勤: who sat at which window and when, joined to the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attendance import web
from attendance.store import PresenceTable

if TYPE_CHECKING:
    from hall_server.server import Server


def install(server: Server) -> None:
    """Install attendance after the queue."""
    server.project(PresenceTable())
    server.route(*web.routes(server))

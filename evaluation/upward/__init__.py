"""The push upward 好差评数据上报: every rating reaches the platform of the city or province, each once."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.upward import messages, service, web
from evaluation.upward.client import HttpPlatform, Platform, check_address
from evaluation.upward.pusher import Alarm, Pusher
from evaluation.upward.reconcile import Reconciler
from evaluation.upward.table import OutboxTable

if TYPE_CHECKING:
    from evaluation.intake import Intake
    from hall_server.server import Server

log = logging.getLogger(__name__)

TOKEN = Path("keys") / "upward.token"
"""In the data folder, beside the hall's key: the platform's secret for this hall, one line, mode 600."""


@dataclass(slots=True)
class Room:
    """What other rooms may ask; without a platform nothing runs."""

    pusher: Pusher | None = None
    reconciler: Reconciler | None = None
    platform: Platform | None = None

    def alarms(self) -> list[Alarm]:
        """What the manager should look at."""
        return self.pusher.alarms() if self.pusher else []

    def hurry(self) -> None:
        """Try to send now."""
        if self.pusher is not None:
            self.pusher.hurry()


def install(server: Server, intake: Intake) -> None:
    """Install the way upward after ratings; other rooms find it as ``server.rooms["upward"]``.

    Raises:
        Invalid: the platform's address would send ratings in the clear.
    """
    room = Room()
    server.rooms["upward"] = room
    server.types.add(*messages.EVENTS)
    server.project(OutboxTable())
    server.handle(messages.NoteAnswer, service.note_answer)
    server.handle(messages.SendAgain, service.send_again)
    server.route(*web.routes(server, room))
    server.locales.add(Path(__file__).parent / "locales")
    if server.settings.upward_url is not None:
        check_address(server.settings.upward_url)
        server.on_start("upward", lambda: _start(server, room, intake))
        server.on_stop("upward", lambda: _stop(room))


async def _start(server: Server, room: Room, intake: Intake) -> None:
    settings = server.settings
    token = await asyncio.to_thread(_token, server.data / TOKEN)
    room.platform = HttpPlatform(settings.upward_url or "", token=token, authority=settings.upward_authority)
    room.pusher = Pusher(server, room.platform, intake.text)
    room.reconciler = Reconciler(server, room.platform)
    server.spawn(room.pusher.run(), "ratings upward")
    server.spawn(room.reconciler.run(), "ratings upward compared")


async def _stop(room: Room) -> None:
    if room.platform is not None:
        room.platform.close()


def _token(path: Path) -> str | None:
    """The platform's secret; None where there is no file."""
    if not path.is_file():
        log.warning("no %s: ratings are sent upward without a secret", path.name, extra={"action": "upward.no_token"})
        return None
    if path.stat().st_mode & 0o077:
        log.warning("%s can be read by others: chmod 600", path.name, extra={"action": "upward.open_token"})
    return path.read_text("utf-8").strip() or None

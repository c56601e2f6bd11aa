"""What the hall has to say to everybody: notices, and the emergency stop with its lifting (domain rule 21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_queue.causes import cause_apart
from hall_queue.notices import messages as n
from hall_queue.notices import web
from hall_queue.notices.handlers import NoticeHandlers
from hall_queue.notices.state import Notices
from hall_queue.notices.view import KEY, TOPIC, NoticeEnds, NoticePictures, NoticesView

if TYPE_CHECKING:
    from hall_queue.room import Room
    from hall_server.server import Server


def install(server: Server, room: Room) -> None:
    """Install the notices; ``room.notices`` is their state, which the queue asks before it gives or calls numbers."""
    notices, handlers = room.notices, NoticeHandlers(room.notices, server.directory)
    room.hall.ports.check_issuing = notices.check_issuing
    room.hall.ports.check_calling = notices.check_calling
    server.types.add(*n.EVENTS)
    server.types.upcast(n.NoticeBroadcast.type, 1, cause_apart)
    server.types.upcast(n.NoticeWithdrawn.type, 1, cause_apart)
    server.fold(notices)
    server.handle(n.BroadcastNotice, handlers.broadcast)
    server.handle(n.WithdrawNotice, handlers.withdraw)
    server.handle(n.RaiseEmergency, handlers.raise_)
    server.handle(n.LiftEmergency, handlers.lift)
    pictures = NoticePictures(notices, server.directory, server.now)
    server.view(TOPIC, NoticesView(pictures))
    server.route(*web.routes(notices, lambda staff: room.pictures.staff_name(staff)))
    ends = NoticeEnds(notices, server.now, lambda: server.live.refresh(f"{TOPIC}/{KEY}"))
    server.listen("notice ends", ends.committed, notices.types)

    async def start() -> None:
        server.spawn(ends.run(), "notice ends")

    server.on_start("notice ends", start)


__all__ = ["Notices", "install"]

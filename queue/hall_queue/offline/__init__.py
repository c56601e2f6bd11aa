"""A kiosk without the server: numbers reserved ahead, and tickets handed in afterwards (domain rule 22)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_queue.offline import messages as m
from hall_queue.offline import mqtt, web
from hall_queue.offline.handlers import OfflineHandlers
from hall_queue.offline.room import OfflineRoom
from hall_queue.offline.state import OfflineNumbers

if TYPE_CHECKING:
    from hall_queue.room import Room
    from hall_server.server import Server


def install(server: Server, queue: Room) -> OfflineRoom:
    """Install the numbers for a lost link; the line's own counter steps over them."""
    kept = OfflineNumbers()
    handlers = OfflineHandlers(queue.hall, queue.issuing, kept)
    room = OfflineRoom(queue.hall, kept)
    server.rooms["offline"] = room
    queue.queue.step_over = kept.step_over
    server.types.add(*m.EVENTS)
    server.fold(kept)
    server.handle(m.ReserveNumbers, handlers.reserve)
    server.handle(m.HandIn, handlers.hand_in)
    server.route(*web.routes(room))
    mqtt.install(server)
    return room


__all__ = ["OfflineNumbers", "OfflineRoom", "install"]

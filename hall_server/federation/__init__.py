"""The link between a hall and its city: ships journals up and items down, and knows nothing of what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hall_server.federation.room import Room, check_address

if TYPE_CHECKING:
    from hall_server.server import Server


def install(server: Server) -> Room:
    """Install the link; rooms find it as ``server.rooms["federation"]``.

    Raises:
        Invalid: the city's address would send the journal in the clear.
    """
    room = Room(server)
    server.rooms["federation"] = room
    server.locales.add(Path(__file__).parent / "locales")
    if server.settings.city_url is not None:
        check_address(server.settings.city_url)
    server.bus.listen_batch("federation", lambda _: room.news())
    server.on_start("federation", room.start)
    server.on_stop("federation", room.stop)
    return room

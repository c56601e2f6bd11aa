"""The halls' figures at the city: each hall's journal followed by the hall's own statistics code, and sums of days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from city.figures.room import FiguresRoom

if TYPE_CHECKING:
    from city.server import City


def install(city: City) -> FiguresRoom:
    """Install the figures after the link; others find them as ``city.rooms["figures"]``."""
    room = city.rooms["figures"] = FiguresRoom(city)
    city.on_start("figures of halls", room.start)
    city.on_stop("figures of halls", room.stop)
    return room

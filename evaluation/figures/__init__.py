"""Figures of ratings 好差评统计: counted one way everywhere, for managers, for the public wall and for the city."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from evaluation.figures import web
from evaluation.figures.pictures import FigurePictures
from evaluation.figures.published import Published
from evaluation.figures.source import FigureSource
from evaluation.orders import facts

if TYPE_CHECKING:
    from evaluation.intake import Intake
    from hall_server.server import Server


@dataclass(frozen=True, slots=True)
class Room:
    """What other rooms may ask of figures; ``pictures.of(period, by, raw=…)`` gives them."""

    pictures: FigurePictures
    published: Published
    zone: ZoneInfo


def install(server: Server, intake: Intake) -> None:
    """Install figures after ratings and work orders; other rooms find them as ``server.rooms["figures"]``."""
    zone = ZoneInfo(server.settings.timezone)
    source = FigureSource(lambda: server.views, server.directory, facts.facts, zone)
    queue = server.rooms["hall_queue"].pictures
    pictures = FigurePictures(source, server.directory, lambda staff: str(queue.staff_name(staff)), server.now)
    room = Room(pictures, Published(server, pictures), zone)
    server.rooms["figures"] = room
    server.route(*web.routes(server, room, intake))
    server.locales.add(Path(__file__).parent / "locales")

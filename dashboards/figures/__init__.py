"""Statistics 统计: the hall's figures, counted one way everywhere, from cells of days and months."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.figures import web
from dashboards.figures.closing import DayCloser
from dashboards.figures.pictures import StatisticsPictures
from dashboards.figures.source import Source
from dashboards.figures.steps import VisitTables
from hall_server.days import DayOpened

if TYPE_CHECKING:
    from hall_server.server import Server


@dataclass(frozen=True, slots=True)
class Room:
    """What other rooms may ask of statistics; ``pictures.of(asked, only, compare)`` gives the figures."""

    source: Source
    closer: DayCloser
    pictures: StatisticsPictures


def install(server: Server) -> None:
    """Install statistics after the queue and attendance; others find it as ``server.rooms["statistics"]``."""
    closer = DayCloser(server)
    source = Source(server, closer)
    queue = server.rooms["hall_queue"].pictures
    goal_min = server.settings.wait_goal_min
    pictures = StatisticsPictures(source, server.directory, lambda staff: str(queue.staff_name(staff)), goal_min)
    room = server.rooms["statistics"] = Room(source, closer, pictures)
    server.project(VisitTables())
    server.listen("day closer", closer.day_opened, {DayOpened.type})
    server.route(*web.routes(server, room))
    server.locales.add(Path(__file__).parent / "locales")

    async def start() -> None:
        server.spawn(closer.run(), "closed days")

    server.on_start("statistics", start)

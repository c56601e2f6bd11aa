"""The manager's live picture of the hall, its alarms, today's figures and those of any period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards import charts, efficiency, figures, live, reports, told, web, whatif
from dashboards.pictures import HallPictures
from dashboards.views import TOPIC, HallClock, HallView

if TYPE_CHECKING:
    from hall_server.server import Server


def install(server: Server) -> None:
    """Install the dashboards, the last of all rooms."""
    figures.install(server)
    charts.install(server)
    board = live.install(server, lambda: server.live.refresh(TOPIC))
    pictures = HallPictures(
        server.rooms["hall_queue"].pictures,
        server.rooms["evaluation"].ratings,
        lambda: _devices(server),
        lambda: [
            *_voice(server),
            *_outside(server),
            *_offline(server),
            *_printing(server),
            *_upkeep(server),
            *_upward(server),
            *_neighbours(server),
            *_supervision(server),
            *server.rooms["federation"].alarms(),
            *_reviews(server),
            *_complaints(server),
            *(board.missing.alarms() if board.missing else ()),
        ],
        lambda device: _paper_since(server, device),
        lambda device, code: _acknowledged(server, device, code),
        board.usual.of,
    )
    server.view(TOPIC, HallView(pictures))
    server.rooms["federation"].tell_now(lambda: told.now_of(pictures.hall(), server.settings))
    server.route(*web.routes(server.rooms["hall_queue"].hall))
    server.locales.add(Path(__file__).parent / "locales")
    whatif.install(server)
    reports.install(server)
    efficiency.install(server)
    server.on_start("hall clock", lambda: _start(server, pictures))


async def _start(server: Server, pictures: HallPictures) -> None:
    server.spawn(HallClock(pictures, server.live.refresh).run(), "hall clock")


def _devices(server: Server) -> Iterable[object]:
    """How the devices are; a hall without their room has none."""
    devices = server.rooms.get("devices")
    return devices.board.all() if devices is not None else ()


def _paper_since(server: Server, device: str) -> datetime | None:
    """Since when a kiosk has no paper."""
    devices = server.rooms.get("devices")
    return devices.paper.out_since(device) if devices is not None else None


def _upkeep(server: Server) -> Iterable[object]:
    """What is wrong with devices beyond what their state tells: clocks, firmware, credentials, refusals."""
    devices = server.rooms.get("devices")
    return devices.upkeep.alarms.beside_state() if devices is not None else ()


def _acknowledged(server: Server, device: str, code: str) -> str | None:
    """Who takes care of a device's alarm."""
    devices = server.rooms.get("devices")
    return devices.upkeep.alarms.acknowledged_by(device, code) if devices is not None else None


def _voice(server: Server) -> Iterable[object]:
    """What is wrong with the voice; a hall without displays says nothing."""
    displays = server.rooms.get("displays")
    return displays.alarms() if displays is not None else ()


def _outside(server: Server) -> Iterable[object]:
    """Whether the service that is asked about persons is down."""
    outside = server.rooms["hall_queue"].outside
    return outside.alarms() if outside is not None else ()


def _offline(server: Server) -> Iterable[object]:
    """What kiosks gave while they were without the server."""
    offline = server.rooms.get("offline")
    return offline.alarms() if offline is not None else ()


def _printing(server: Server) -> Iterable[object]:
    """Slips that did not come out of a printer."""
    printing = server.rooms.get("printing")
    return printing.alarms() if printing is not None else ()


def _upward(server: Server) -> Iterable[object]:
    """Ratings that do not get to the platform above, or that it refuses."""
    upward = server.rooms.get("upward")
    return upward.alarms() if upward is not None else ()


def _neighbours(server: Server) -> Iterable[object]:
    """Other people's servers that are silent, refuse what is sent, or have something else than we have."""
    neighbours = server.rooms.get("neighbours")
    return neighbours.alarms() if neighbours is not None else ()


def _supervision(server: Server) -> Iterable[object]:
    """Cards of supervision that are red or unanswered, and cases over the limit by law."""
    supervision = server.rooms.get("supervision")
    return supervision.pictures.alarms() if supervision is not None else ()


def _reviews(server: Server) -> Iterable[object]:
    """Bad ratings that were not answered in time."""
    return server.rooms["evaluation"].orders.lines.alarms()  # type: ignore[no-any-return]  # a room is of any type


def _complaints(server: Server) -> Iterable[object]:
    """Complaints made at the enquiry table that nobody has looked into."""
    enquiry = server.rooms.get("enquiry")
    return enquiry.alarms() if enquiry is not None else ()

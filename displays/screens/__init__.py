"""What hangs where: the screens of the hall, their editor, playlists, looks and floor plans (decision 12)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from displays import way_web
from displays.screens import messages as s
from displays.screens import views, web
from displays.screens.demo import demonstrate
from displays.screens.hall_map import HallMap
from displays.screens.led_texts import LedTexts
from displays.screens.library import MediaLibrary
from displays.screens.modules import ScreenModules
from displays.screens.page_version import page_version
from displays.screens.register import ScreenRegister
from displays.screens.room import ScreenRoom
from displays.screens.service import ScreenService
from displays.screens.shown import Layouts
from hall_server.web import pages

if TYPE_CHECKING:
    from displays.pictures import Screens
    from displays.touched import Touches
    from hall_server.server import Server

MEDIA = "media"
"""Folder of the files of playlists, in the hall's data folder."""
FOLDERS = (web.PAGES, Path(pages.__file__).parent / "static")


def install(server: Server, screens: Screens, touches: Touches) -> ScreenRoom:
    """Install what hangs where; gives what the rest of the displays needs of it."""
    register, directory = ScreenRegister(), server.directory
    library = MediaLibrary(server.data / MEDIA)
    modules = ScreenModules(page_version(FOLDERS))
    modules.open_pages_with(lambda address, screen: server.route(web.screen_page(address, modules, screen)))
    room = ScreenRoom(server, register, library, LedTexts(register, screens), modules)
    service = ScreenService(register, directory, library, room.devices_of, modules)
    layouts = Layouts(register, directory, modules)
    server.types.add(*s.EVENTS)
    server.fold(register)
    server.handle(s.SaveScreen, service.save)
    server.handle(s.RemoveScreen, service.remove)
    server.handle(s.SavePlan, service.save_plan)
    server.handle(s.RemovePlan, service.remove_plan)
    server.view("screen", views.ScreenView(layouts, register, directory, modules))
    server.view("screens", views.ScreensView(register, directory, room.devices_of, modules))
    server.view("overview", views.OverviewView(screens, touches, directory))
    hall_map = HallMap(register, screens, directory)
    server.view("plan", views.PlanView(hall_map, register, touches))
    server.view("led", views.LedView(room.led, register, touches))
    server.route(*web.routes(service, layouts, library, modules))
    ways = way_web.Ways(register, directory, hall_map, server.locales, lambda device: _zone_of(server, device))
    server.route(*way_web.routes(ways))
    server.on_start("media", room.start)
    server.on_start("floor plan", lambda: demonstrate(server, register))
    server.listen("media", room.changed, register.types)
    return room


def _zone_of(server: Server, device: str) -> str | None:
    """The zone of a machine that visitors use."""
    zones, gate = server.directory.zones, server.device_gate
    return next((zone for zone in zones for kind in way_web.MACHINES if device in gate.at_zone(kind, zone)), None)

"""Installs the base itself: the directory, the accounts, the live feed and the web side."""

from __future__ import annotations

from pathlib import Path

from hall_server import federation
from hall_server.directory import hall_web, staff_web
from hall_server.directory import web as directory_web
from hall_server.directory.events import DIRECTORY_EVENTS
from hall_server.directory.grouping import Grouping
from hall_server.directory.service import DirectoryFold, DirectoryService
from hall_server.server import Server
from hall_server.web.app import Web


def install(server: Server, *, grouping: Grouping | None = None) -> Web:
    """Install what every room stands on; the first of all installs. The web side serves what the rooms add later."""
    server.types.add(*DIRECTORY_EVENTS)
    server.fold(DirectoryFold(server.directory))
    for command, handler in DirectoryService(server.directory, grouping=grouping).handlers().items():
        server.handle(command, handler)
    server.locales.add(Path(__file__).parent / "directory" / "locales")
    server.route(*staff_web.routes(), *directory_web.routes(), *hall_web.routes())
    federation.install(server)
    web = Web(server)
    server.rooms["web"] = web
    server.on_start("web", web.start)
    server.on_stop("web", web.stop)
    return web

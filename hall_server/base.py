"""Installs the base itself: the directory, the accounts, the live feed and the web side."""

from __future__ import annotations

from hall_server.directory.events import DIRECTORY_EVENTS
from hall_server.directory.grouping import Grouping
from hall_server.directory.service import DirectoryFold, DirectoryService
from hall_server.server import Server
from hall_server.web.app import Web
from hall_server.web.live import LiveHub


def install(server: Server, *, grouping: Grouping | None = None) -> None:
    """Install what every room stands on; the first of all installs."""
    server.types.add(*DIRECTORY_EVENTS)
    server.fold(DirectoryFold(server.directory))
    for command, handler in DirectoryService(server.directory, grouping=grouping).handlers().items():
        server.handle(command, handler)
    server.live = LiveHub(server)


def install_web(server: Server) -> Web:
    """Serve what the rooms have installed; the last of all installs."""
    web = Web(server)
    web.add(*server.routes)
    for name, view in server.live_views.items():
        server.live.add(name, view)
    server.rooms["web"] = web
    server.on_start("web", web.start)
    server.on_stop("web", web.stop)
    return web

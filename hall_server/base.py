"""Installs the base itself: the directory, the accounts, the live feed and the web side, in a hall and in the city."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from hall_server import federation, typing
from hall_server.directory import hall_web, staff_web
from hall_server.directory import web as directory_web
from hall_server.directory.events import DIRECTORY_EVENTS
from hall_server.directory.grouping import Grouping
from hall_server.directory.service import DirectoryFold, DirectoryService
from hall_server.host import Host
from hall_server.server import Server
from hall_server.web.app import Web

if TYPE_CHECKING:
    from hall_server.web.ports import HallServer


def install(server: Server, *, grouping: Grouping | None = None) -> Web:
    """Install what every room of a hall stands on; the first of all installs."""
    install_directory(server, grouping=grouping)
    server.route(*hall_web.routes())
    typing.install(server)
    federation.install(server)
    return install_web(server)


def install_directory(host: Host, *, grouping: Grouping | None = None) -> None:
    """Install departments, staff and the rest of the master data, with their addresses."""
    host.types.add(*DIRECTORY_EVENTS)
    host.fold(DirectoryFold(host.directory))
    for command, handler in DirectoryService(host.directory, grouping=grouping).handlers().items():
        host.handle(command, handler)
    host.locales.add(Path(__file__).parent / "directory" / "locales")
    host.route(*staff_web.routes(), *directory_web.routes())


def install_web(host: Host) -> Web:
    """Install accounts, sessions, the live feed and the web side, which serves what the rooms add later."""
    web = Web(cast("HallServer", host))  # a hall and a city both are one; what they add to Host is checked there
    host.rooms["web"] = web
    host.on_start("web", web.start)
    host.on_stop("web", web.stop)
    return web

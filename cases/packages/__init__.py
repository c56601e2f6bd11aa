"""Joint packages (并联审批, 一件事): one form, one list of materials, parts in their turn, one outcome, one issuing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cases import Room
    from hall_server.server import Server

KINDS = Path(__file__).resolve().parents[2] / "config" / "packages"


def install(server: Server, room: Room) -> None:
    """Install packages in a hall after its cases; others find the kinds as ``server.rooms["packages"]``."""
    from cases.packages import messages as p  # the city knows packages without a hall's desk
    from cases.packages import web
    from cases.packages.hall import HallPackages, OpenedToday
    from cases.packages.kinds import read
    from cases.packages.pictures import Pictures
    from cases.packages.store import PackageTable
    from cases.packages.window import Window

    kinds, today = read(KINDS), OpenedToday()
    pictures = Pictures(server, room, kinds)
    server.types.add(*p.EVENTS)
    server.fold(today)
    server.project(PackageTable())
    server.handle(p.OpenPackage, HallPackages(server, room, kinds, today).open)
    server.route(*web.routes({"hall": server, "window": Window(server, room, pictures), "pictures": pictures}))
    server.locales.add(Path(__file__).parent / "locales")
    server.rooms["packages"] = kinds

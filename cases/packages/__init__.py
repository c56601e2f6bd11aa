"""Joint packages (并联审批, 一件事): one form, one list of materials, parts in their turn, one outcome, one issuing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cases import Room
    from hall_server.messages import Recorded
    from hall_server.server import Server

KINDS = Path(__file__).resolve().parents[2] / "config" / "packages"


def install(server: Server, room: Room) -> None:
    """Install packages in a hall after its cases; others find the kinds as ``server.rooms["packages"]``."""
    from cases import messages as m
    from cases.packages import messages as p  # the city knows packages without a hall's desk
    from cases.packages import web
    from cases.packages.hall import HallPackages, Intakes, OpenedToday
    from cases.packages.kinds import read
    from cases.packages.pictures import Pictures
    from cases.packages.store import PackageTable
    from cases.packages.window import Window

    kinds, today, intakes = read(KINDS), OpenedToday(), Intakes()
    pictures = Pictures(server, room, kinds)
    server.types.add(*p.EVENTS)
    server.fold(today)
    server.fold(intakes)
    server.project(PackageTable())
    taken = HallPackages(server, room, kinds, today, intakes)
    server.handle(p.OpenPackage, taken.open)
    server.handle(p.NoticePackage, taken.notice)
    window = Window(server, room, pictures, intakes)
    server.route(*web.routes({"hall": server, "window": window, "pictures": pictures}))

    def over(recorded: Recorded) -> None:
        """What was filled in for a package that will not come any more is not kept."""
        intake = intakes.by_case.pop(getattr(recorded.event, "case", ""), None)
        if intake is not None:
            erase = server.rooms["federation"].attachments.erase
            server.spawn(asyncio.to_thread(erase, intake.draft), "draft of a package")

    server.listen("packages that will not come", over, types=m.ENDING)
    server.locales.add(Path(__file__).parent / "locales")
    server.rooms["package_intakes"] = intakes
    server.rooms["packages"] = kinds

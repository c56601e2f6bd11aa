"""Guidance 服务指引: what somebody needs before they come to a window, asked in everyday words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cases import Room
    from hall_server.server import Server

KIOSK_MODULE = "/pages/cases_guidance/kiosk-way.js"
THEMES = Path(__file__).resolve().parents[2] / "config" / "themes.toml"


def install(server: Server, room: Room) -> None:
    """Install guidance in a hall, after its packages; others find it as ``server.rooms["guidance"]``."""
    from cases.guidance import web  # a tool that only reads cases loads no pages
    from cases.guidance.lists import Lists
    from cases.guidance.packages import Packages
    from cases.guidance.picture import Guide
    from cases.guidance.themes import read

    def today() -> date:
        return server.business_day

    packages = Packages(server.rooms["packages"], room.editions, server.directory, today)
    guide = Guide(server.rooms["hall_queue"], room.editions, today, server.rooms.get("appointments"))
    desk = web.Desk(
        server=server,
        guide=guide,
        lists=Lists(guide, room.editions, packages, today),
        packages=packages,
        shelf=room.editions,
        themes=read(THEMES),
        today=today,
        printing=lambda: server.rooms.get("printing"),
    )
    server.locales.add(Path(__file__).parent / "locales")
    server.route(*web.routes(desk))
    server.rooms["hall_queue"].kiosk_modules.append(KIOSK_MODULE)
    server.rooms["guidance"] = desk

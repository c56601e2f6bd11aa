"""Notices 短信告知: what visitors are told about their cases by short message."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases.neighbours.model import Kind
from cases.notices.room import Notices

if TYPE_CHECKING:
    from hall_server.host import Host
    from hall_server.server import Server


def install(server: Server) -> Notices:
    """Install the notices of a hall, after its neighbours."""
    return _install(server, server.settings.public_url or "")


def install_city(city: Any) -> Notices:
    """Install the notices of a city (`city.server.City`)."""
    return _install(city, city.settings.public_url or "")


def _install(host: Host, public_url: str) -> Notices:
    neighbours = host.rooms["neighbours"]
    host.locales.add(Path(__file__).parent / "locales")

    def link(number: str) -> str:
        return f"{public_url.rstrip('/')}/c/{number}" if public_url else number

    notices = host.rooms["notices"] = Notices(neighbours, host.locales.text, link)

    async def start() -> None:
        await notices.start()
        if neighbours.room.named(Kind.SMS) is not None:
            host.spawn(notices.run(), "due days for notices")

    host.on_start("notices", start)
    return notices

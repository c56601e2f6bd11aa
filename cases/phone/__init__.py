"""The hall on a visitor's own phone 掌上大厅: `/m`, installable, and patient with a bad link."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cases.phone.web import routes

if TYPE_CHECKING:
    from hall_server.server import Server


def install(server: Server) -> None:
    """Install the phone's page of a hall."""
    server.locales.add(Path(__file__).parent / "locales")
    server.route(*routes(server.rooms["hall_queue"]))

"""The self-service terminal 自助终端: `/selfservice`, day and night; everything it does it asks of its neighbours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cases.selfservice.web import routes

if TYPE_CHECKING:
    from hall_server.server import Server


def install(server: Server) -> None:
    """Install the terminal's page in a hall."""
    server.locales.add(Path(__file__).parent / "locales")
    server.route(*routes())

"""The self-service terminal 自助终端: `/selfservice`, day and night; everything it does it asks of its neighbours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cases.applying.pictures import Pictures
from cases.selfservice import messages as s
from cases.selfservice import printing_web
from cases.selfservice.certificates import Certificates
from cases.selfservice.prints import Prints
from cases.selfservice.web import routes

if TYPE_CHECKING:
    from hall_server.server import Server


def install(server: Server) -> None:
    """Install the terminal's page in a hall, and the printing of certificates where one can apply by oneself."""
    server.locales.add(Path(__file__).parent / "locales")
    server.route(*routes())
    prints = Prints()
    server.types.add(*s.EVENTS)
    server.fold(prints)
    server.handle(s.BeginPrint, prints.begin)
    server.handle(s.EndPrint, prints.end)
    certificates = server.rooms["certificates"] = Certificates(server, prints)
    if (applying := server.rooms.get("applying")) is not None:
        server.route(*printing_web.routes(certificates, applying, Pictures(applying)))
    server.on_start("certificates", certificates.start)

"""Installs the documents in a hall and in the city."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cases.documents import web
from cases.documents.making import Documents
from cases.documents.means import Means
from cases.documents.places import DOCUMENTED, CitySite, HallSite, Unmade
from hall_server.errors import Invalid

if TYPE_CHECKING:
    from cases import Room
    from city.server import City
    from city.settings import CitySettings
    from hall_server.host import Host
    from hall_server.server import Server
    from hall_server.settings import Settings

LOCALES = Path(__file__).parent / "locales"
_PKCS12 = frozenset({".p12", ".pfx"})


def install(server: Server, room: Room) -> Documents:
    """Install the documents in a hall after cases; others find them as ``server.rooms["documents"]``."""
    documents = Documents(HallSite(server, room), means=means_of(server.settings), spawn=server.spawn)
    _installed(server, documents)
    desk = server.rooms.get("cases_desk")
    if desk is not None:
        desk.papers = documents
    return documents


def install_city(city: City) -> Documents:
    """Install them in the city after cases, catalogue and link; others find them as ``city.rooms["documents"]``."""
    unmade = Unmade()
    city.fold(unmade)
    documents = Documents(CitySite(city, unmade), means=means_of(city.settings), spawn=city.spawn)
    _installed(city, documents)
    return documents


def means_of(settings: Settings | CitySettings) -> Means | None:
    """The certificate that was bought; None: there is none.

    Raises:
        Invalid: ``settings.invalid``: its key is not named, or its pass phrase cannot be read.
    """
    certificate = settings.document_certificate
    if certificate is None:
        return None
    passphrase = ""
    if settings.document_passphrase_file is not None:
        try:
            passphrase = Path(settings.document_passphrase_file).read_text("utf-8").strip()
        except OSError as exc:
            raise Invalid("settings.invalid", reason="document_passphrase_file", file="") from exc
    if Path(certificate).suffix.lower() in _PKCS12:
        return Means(pkcs12=certificate, passphrase=passphrase)
    if settings.document_key is None:
        raise Invalid("settings.invalid", reason="document_key is needed beside document_certificate", file="")
    return Means(certificate=certificate, key=settings.document_key, passphrase=passphrase)


def _installed(host: Host, documents: Documents) -> None:
    host.locales.add(LOCALES)
    host.rooms["documents"] = documents
    host.listen("documents of cases", documents.heard, types=tuple(one.type for one in DOCUMENTED))
    host.route(*web.routes(documents))
    host.on_start("documents of cases", documents.start)

"""The settings of a city centre: one table, read once into a frozen object."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from hall_server import settings
from hall_server.outbox.place import NeighbourPlace
from hall_server.settings import Name, Port, Seconds


def _about(help_: str, unit: str = "") -> Meta:
    return Meta(description=help_, extra_json_schema={"unit": unit} if unit else None)


class CitySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set for a city, with what it does.

    A file `city.toml` gives values; the command line gives the port and the data folder.
    """

    city: Annotated[Name, _about("Id of the city, in numbers of cases and documents; lower case, never changed")] = (
        "city"
    )
    demo: Annotated[bool, _about("Demonstration city: accounts are printed")] = False
    timezone: Annotated[str, _about("Time zone of the city")] = "Asia/Shanghai"
    database: Annotated[
        str, _about("`postgresql://user:password@host:port/name`; empty: SQLite, `city.db` in the data folder")
    ] = ""
    http_host: Annotated[str, _about("Address the web server listens on")] = "0.0.0.0"  # noqa: S104  # halls dial it
    http_port: Annotated[Port, _about("Port of the web server; 0 takes any free one")] = 8090
    public_url: Annotated[
        str | None, _about("Address halls and people reach it at, for QR codes; none: the address asked for")
    ] = None
    trusted_hosts: Annotated[
        tuple[str, ...], _about("Host names the server answers to; empty: its own addresses and names")
    ] = ()
    session_idle_s: Annotated[Seconds, _about("A session without a request ends after", "s")] = 900
    session_max_s: Annotated[Seconds, _about("A session ends at the latest after", "s")] = 43_200
    halls_draining: Annotated[
        int, Meta(ge=1, le=200), _about("So many halls that are far behind send at once; the others come again")
    ] = 8
    document_certificate: Annotated[
        str | None,
        _about("Certificate that documents of cases are signed with: PEM chain, or PKCS #12; none: a test certificate"),
    ] = None
    document_key: Annotated[str | None, _about("Private key (PEM) of that certificate; not with PKCS #12")] = None
    document_passphrase_file: Annotated[
        str | None, _about("File with the pass phrase of that key, one line, mode 600; none: it has none")
    ] = None
    neighbours: Annotated[
        dict[Name, NeighbourPlace],
        _about("Servers of others that cases go to: tables `[neighbours.sms]` … of the file"),
    ] = {}
    tls_certificate: Annotated[str | None, _about("Certificate chain (PEM): the city speaks HTTPS and WSS itself")] = (
        None
    )
    tls_key: Annotated[str | None, _about("Private key (PEM) of that certificate")] = None
    tls_halls: Annotated[
        str | None, _about("Authority (PEM) that signed the halls' certificates; none: halls show a token")
    ] = None


def load(path: Path | None, **given: object) -> CitySettings:
    """Settings from a file, the command line's values over them.

    Raises:
        Invalid: the file cannot be read, or a value is wrong; the field is named.
    """
    return settings.load_as(CitySettings, path, **given)

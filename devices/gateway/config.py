"""Reads gateway.toml strictly: which hall, and which devices hang on this machine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from devices.gateway.drivers import DriverKind, UnknownDriver, driver_kind
from devices.messages import DeviceId
from hall_server.errors import Invalid

MOST_DEVICES = 64
"""Devices of one agent."""

_NAMED = re.compile(r"field `(.*?)`$")
"""What msgspec says of a field that is missing or unknown."""
_PORTS = {"mqtt": 1883, "mqtts": 8883}


class HallAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[hall]``: where the hall is.

    Attributes:
        id: the hall's id, as its topics have it.
        mqtt: address of the broker, ``mqtt://host[:1883]`` or ``mqtts://host[:8883]``.
        web: address of the hall's pages; needed for pairing and for sounds.
        ca: file with the certificate that signs the hall's own; the system's where none is named.
    """

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    mqtt: str
    web: str | None = None
    ca: str | None = None


class DeviceEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One ``[[devices]]``.

    Attributes:
        id: its name on this machine and, until it is paired, the id it has in the hall's register.
        kind: which driver serves it.
        address: where the hardware is, in the driver's own words.
        options: the driver's own options, checked.
        model: what stands on the hardware; shown to the manager.
    """

    id: str
    kind: DriverKind
    address: str
    options: Any
    model: str


class GatewayConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What gateway.toml says.

    Attributes:
        host, port, is_secure: of the broker.
        ca: file beside the configuration, or None.
        credentials: file with the devices' credentials, beside the configuration.
    """

    hall: str
    host: str
    port: int
    is_secure: bool
    web: str | None
    ca: Path | None
    credentials: Path
    devices: tuple[DeviceEntry, ...]


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    id: DeviceId
    driver: str
    address: Annotated[str, Meta(min_length=1)]
    model: Annotated[str, Meta(max_length=120)] = ""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    hall: HallAddress
    devices: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=MOST_DEVICES)]
    credentials: str = "gateway-credentials.json"


def read(path: Path) -> GatewayConfig:
    """Read a configuration.

    Raises:
        Invalid: ``gateway.config``; fields say where and why.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as exc:
        raise Invalid("gateway.config", field=str(path), reason=exc.strerror or "cannot be read") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise Invalid("gateway.config", field=str(path), reason=str(exc)) from exc
    file = _converted(raw, _File, "")
    host, port, is_secure = _broker(file.hall.mqtt)
    _check_web(file.hall.web)
    return GatewayConfig(
        hall=file.hall.id,
        host=host,
        port=port,
        is_secure=is_secure,
        web=file.hall.web.rstrip("/") if file.hall.web else None,
        ca=path.parent / file.hall.ca if file.hall.ca else None,
        credentials=path.parent / file.credentials,
        devices=_devices(file.devices),
    )


def _devices(entries: list[dict[str, Any]]) -> tuple[DeviceEntry, ...]:
    devices = tuple(_device(entry, f"devices[{at}]") for at, entry in enumerate(entries))
    ids = [device.id for device in devices]
    for at, id_ in enumerate(ids):
        if id_ in ids[:at]:
            raise Invalid("gateway.config", field=f"devices[{at}].id", reason=f"{id_} is there twice")
    return devices


def _device(entry: dict[str, Any], place: str) -> DeviceEntry:
    common = _converted({name: entry[name] for name in entry if name in _Entry.__struct_fields__}, _Entry, place)
    try:
        kind = driver_kind(common.driver)
    except UnknownDriver as exc:
        reason = f"{common.driver} is none of {', '.join(exc.known)}"
        raise Invalid("gateway.config", field=f"{place}.driver", reason=reason) from exc
    rest = {name: entry[name] for name in entry if name not in _Entry.__struct_fields__}
    options = _converted(rest, kind.options, place)
    try:
        kind.check(common.address, options)
    except ValueError as exc:
        raise Invalid("gateway.config", field=f"{place}.address", reason=str(exc)) from exc
    return DeviceEntry(
        id=common.id, kind=kind, address=common.address, options=options, model=common.model or common.driver
    )


def _converted(raw: object, type_: Any, place: str) -> Any:
    try:
        return msgspec.convert(raw, type_)
    except msgspec.ValidationError as exc:
        reason, _, where = str(exc).partition(" - at `$")
        named = _NAMED.search(reason)
        parts = (f"{place}{where.rstrip('`')}", named[1] if named else "")
        field = ".".join(filter(None, (part.strip(".") for part in parts)))
        raise Invalid("gateway.config", field=field or "gateway.toml", reason=reason) from exc


def _broker(address: str) -> tuple[str, int, bool]:
    parts = urlsplit(address)
    try:
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as exc:
        raise Invalid("gateway.config", field="hall.mqtt", reason=str(exc)) from exc
    if parts.scheme not in _PORTS or not parts.hostname or parts.path or parts.username:
        raise Invalid("gateway.config", field="hall.mqtt", reason="expected mqtt://HOST[:PORT] or mqtts://HOST[:PORT]")
    return parts.hostname, port, parts.scheme == "mqtts"


def _check_web(address: str | None) -> None:
    parts = urlsplit(address or "http://none")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Invalid("gateway.config", field="hall.web", reason="expected http://HOST[:PORT] or https://HOST[:PORT]")

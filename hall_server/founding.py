"""The first start of a hall: its master data, its accounts, and what the operator is told."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from hall_server.directory import catalogue_import
from hall_server.directory.catalogue_file import RowFault
from hall_server.directory.commands import FoundHall, ImportCatalogue
from hall_server.directory.directory import Directory
from hall_server.directory.service import ImportReport
from hall_server.identity import SYSTEM
from hall_server.messages import Command
from hall_server.mqtt.credentials import credential
from hall_server.web.accounts import Account

if TYPE_CHECKING:
    from hall_server.directory.hall_file import DemoHall
    from hall_server.server import Server
    from hall_server.web.app import Web

ACCOUNTS = "demo-accounts.json"


class DemoDevice(Protocol):
    """A device of the demonstration, as the devices' room describes it."""

    id: str
    kind: str
    window: str | None
    zone: str | None
    generation: int

    def registration(self) -> Command:
        """The command that registers it."""
        ...


DemoDevices = Callable[[Directory], Iterable[DemoDevice]]


async def found(server: Server, start: DemoHall, demo_devices: DemoDevices) -> list[str]:
    """Begin the hall if its data folder is empty; gives what to tell the operator.

    A demonstration hall also gets accounts and devices, written to ``demo-accounts.json`` (mode 600).
    """
    if server.directory.hall is not None:
        return []
    await server.execute(FoundHall(events=start.events), actor=SYSTEM)
    if not server.settings.demo:
        return []
    web: Web = server.rooms["web"]
    await web.accounts.load()
    people = await _demo_people(server, start)
    devices = await _demo_devices(server, demo_devices(server.directory))
    await asyncio.to_thread(write_private, server.data / ACCOUNTS, {**people, "devices": devices})
    return _people_lines(people)


async def welcome(server: Server, port: int) -> list[str]:
    """What the operator reads after the start: the address, and the one-time link while there is no administrator."""
    address = server.settings.public_url or f"http://localhost:{port}"
    lines = [f"OneDoor: {address}"]
    web: Web = server.rooms["web"]
    if server.settings.demo:
        lines.append("DEMONSTRATION HALL 演示大厅: anyone may take tickets here. Never use it for real visitors.")
        lines.append(f"accounts: {server.data / ACCOUNTS}")
    elif token := await web.accounts.ensure_setup_token():
        lines.append(f"make the administrator, once: {address}/setup?token={token}")
    return lines


async def import_catalogue(
    server: Server, file: Path, *, skip_bad: bool, fallback_line: str | None
) -> tuple[list[str], bool]:
    """Import a catalogue; gives a line for each bad row and the sums, and whether every row was good or skipped.

    Raises:
        Invalid, Refused: the file as a whole cannot be taken.
    """
    read = await asyncio.to_thread(catalogue_import.read, file)
    lines = [str(fault) for fault in read.faults]
    if read.is_fatal:
        return [*lines, "nothing was imported: the file as a whole cannot be used"], False
    if read.faults and not skip_bad:
        return [*lines, f"{_rows(read.faults)} bad rows; nothing was imported (--skip-bad takes the others)"], False
    command = ImportCatalogue(file=read, skip_bad=skip_bad, fallback_line=fallback_line)
    report = msgspec.json.decode(await server.execute(command, actor=SYSTEM), type=ImportReport)
    skipped = _rows(report.skipped)
    sums = f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, {skipped} skipped"
    return [*lines, sums], True


def _rows(faults: Iterable[RowFault]) -> int:
    """How many rows have faults; one may have several."""
    return len({fault.row for fault in faults})


def demo_password(name: str) -> str:
    """A random password that the rules take: one that happens to contain the name is drawn again."""
    while name.casefold() in (drawn := f"{secrets.token_urlsafe(12)}-Aa7").casefold():
        continue
    return drawn


async def _demo_people(server: Server, start: DemoHall) -> dict[str, object]:
    web: Web = server.rooms["web"]
    people: dict[str, object] = {"staff": []}
    for person in start.accounts:
        password = demo_password(person.id)
        account = Account(
            id=person.id,
            name=person.id,
            display_name=person.display_name,
            number=person.number,
            password="",
            roles=person.roles,
            windows=person.windows,
        )
        await web.accounts.save(account, password=password)
        entry = {"name": person.id, "password": password}
        if "admin" in person.roles:
            people["admin"] = entry
        elif "manager" in person.roles:
            people["manager"] = entry
        else:
            staff = people["staff"]
            assert isinstance(staff, list)  # noqa: S101  # made above
            staff.append({**entry, "window": person.windows[0] if person.windows else None})
    return people


async def _demo_devices(server: Server, wanted: Iterable[DemoDevice]) -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    for device in wanted:
        await server.execute(device.registration(), actor=SYSTEM)
        place = {"window": device.window} if device.window else {"zone": device.zone}
        password = credential(server.keys.device, device.id, device.generation)
        made.append({"id": device.id, "kind": str(device.kind), "password": password, **place})
    return made


def _people_lines(people: dict[str, object]) -> list[str]:
    lines = []
    for role in ("admin", "manager"):
        if isinstance(entry := people.get(role), dict):
            lines.append(f"{role}: {entry['name']}  {entry['password']}")
    staff = people["staff"]
    assert isinstance(staff, list)  # noqa: S101  # made above
    return [*lines, *(f"staff: {one['name']}  {one['password']}  window {one['window']}" for one in staff)]


def write_private(path: Path, content: object) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(content), indent=2))

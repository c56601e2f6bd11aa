"""The first start of a city: its master data, the accounts of a demonstration, and what the operator is told."""

from __future__ import annotations

import asyncio
from typing import Any

from city.server import City
from hall_server.directory.commands import FoundHall
from hall_server.directory.hall_file import DemoHall, DemoStaff
from hall_server.errors import Refused
from hall_server.founding import ACCOUNTS, demo_password, write_private
from hall_server.identity import SYSTEM
from hall_server.web.accounts import Account
from hall_server.web.app import Web


async def found(city: City, start: DemoHall) -> list[str]:
    """Begin the city if its database is empty; gives what to tell the operator.

    A demonstration also gets accounts, written to ``demo-accounts.json`` (mode 600) of this process's data folder.
    """
    if city.directory.hall is not None:
        return []
    try:
        await city.execute(FoundHall(events=start.events), actor=SYSTEM)
    except Refused:  # another process of the city was first
        return []
    if not city.settings.demo:
        return []
    web: Web = city.rooms["web"]
    await web.accounts.load()
    people = [await _account(web, person) for person in start.accounts]
    written = {
        **{one["name"]: one for one in people if one["name"] in ("admin", "manager")},
        "staff": [one for one in people if one["name"] not in ("admin", "manager")],
    }
    await asyncio.to_thread(write_private, city.data / ACCOUNTS, written)
    return [f"{'/'.join(one['roles'])}: {one['name']}  {one['password']}" for one in people]


async def welcome(city: City, port: int) -> list[str]:
    """What the operator reads after the start: the address, and the one-time link while there is no administrator."""
    address = city.settings.public_url or f"http://localhost:{port}"
    lines = [f"OneDoor city centre: {address}"]
    web: Web = city.rooms["web"]
    if city.settings.demo:
        lines.append("DEMONSTRATION CITY 演示市中心: never use it for real cases.")
        lines.append(f"accounts: {city.data / ACCOUNTS}")
    elif token := await web.accounts.ensure_setup_token():
        lines.append(f"make the administrator, once: {address}/setup?token={token}")
    return lines


async def _account(web: Web, person: DemoStaff) -> dict[str, Any]:
    password = demo_password(person.id)
    account = Account(
        id=person.id,
        name=person.id,
        display_name=person.display_name,
        number=person.number,
        password="",
        roles=person.roles,
    )
    await web.accounts.save(account, password=password)
    return {
        "name": person.id,
        "password": password,
        "roles": list(person.roles),
        "departments": list(person.departments),
    }

"""What the simulated neighbours have: every transaction once, every arrival, and what they know by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from hall_server.database.connections import Database

_ZONE = ZoneInfo("Asia/Shanghai")
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS held (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL, id TEXT NOT NULL, day TEXT NOT NULL, do TEXT NOT NULL,
        request TEXT NOT NULL, reply TEXT NOT NULL, UNIQUE (name, id)
    );
    CREATE TABLE IF NOT EXISTS arrivals (number INTEGER PRIMARY KEY, name TEXT NOT NULL, id TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS files (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS results (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL, result TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS things (
        name TEXT NOT NULL, id TEXT NOT NULL, thing TEXT NOT NULL, PRIMARY KEY (name, id)
    );
"""


class Books:
    """In SQLite, so that a simulator that is killed knows what it had.

    Attributes:
        now: the neighbours' clock.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.turn = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path) -> Books:
        """Open or make the file."""
        database = await Database.open(path, synchronous="FULL")
        await database.script(_SCHEMA)
        return cls(database)

    async def arrived(self, name: str, id_: str) -> None:
        """Note that a transaction came, the first time or again."""
        await self.database.transact([("INSERT INTO arrivals (name, id) VALUES (?,?)", [(name, id_)])])

    async def known(self, name: str, id_: str) -> bytes | None:
        """What was answered to a transaction before."""
        found = await self.database.fetch("SELECT reply FROM held WHERE name = ? AND id = ?", (name, id_))
        return found[0][0].encode() if found else None

    async def keep(self, name: str, id_: str, *, day: str, do: str, request: bytes, reply: bytes) -> None:
        """Keep a transaction."""
        row = (name, id_, day, do, request.decode(), reply.decode())
        await self.database.transact(
            [("INSERT INTO held (name, id, day, do, request, reply) VALUES (?,?,?,?,?,?)", [row])]
        )

    async def of_day(self, name: str, day: str) -> list[str]:
        """The transactions of a day."""
        sql = "SELECT id FROM held WHERE name = ? AND day = ? ORDER BY number"
        return [id_ for (id_,) in await self.database.fetch(sql, (name, day))]

    def today(self) -> str:
        """The neighbours' day, ISO."""
        return self.now().astimezone(_ZONE).date().isoformat()

    async def put(self, name: str, id_: str, thing: object) -> None:
        """Keep something by its id; the same id again replaces it."""
        row = (name, id_, msgspec.json.encode(thing).decode())
        await self.database.transact([("INSERT OR REPLACE INTO things (name, id, thing) VALUES (?,?,?)", [row])])

    async def get(self, name: str, id_: str) -> Any:
        """Something by its id; None where there is none."""
        found = await self.database.fetch("SELECT thing FROM things WHERE name = ? AND id = ?", (name, id_))
        return msgspec.json.decode(found[0][0]) if found else None

    async def every(self, name: str) -> dict[str, Any]:
        """Everything of a kind."""
        found = await self.database.fetch("SELECT id, thing FROM things WHERE name = ? ORDER BY id", (name,))
        return {id_: msgspec.json.decode(thing) for id_, thing in found}

    async def keep_file(self, sha256: str, size: int) -> None:
        """Note a file."""
        await self.database.transact([("INSERT OR IGNORE INTO files (sha256, size) VALUES (?,?)", [(sha256, size)])])

    async def add_result(self, name: str, result: object) -> None:
        """Something a department's system did."""
        row = (name, msgspec.json.encode(result).decode())
        await self.database.transact([("INSERT INTO results (name, result) VALUES (?,?)", [row])])

    async def results(self, name: str, after: int) -> list[tuple[int, Any]]:
        """What it did after a place."""
        sql = "SELECT number, result FROM results WHERE name = ? AND number > ? ORDER BY number LIMIT 50"
        return [(number, msgspec.json.decode(one)) for number, one in await self.database.fetch(sql, (name, after))]

    async def forget(self, name: str, id_: str) -> None:
        """Lose a transaction, as a neighbour may that was restored from an old copy."""
        await self.database.transact([("DELETE FROM held WHERE name = ? AND id = ?", [(name, id_)])])

    async def ledger(self) -> dict[str, Any]:
        """Everything, for whoever checks the sender."""
        held = await self.database.fetch("SELECT name, id, day, do, request FROM held ORDER BY number")
        arrivals = await self.database.fetch("SELECT name, id FROM arrivals ORDER BY number")
        files = await self.database.fetch("SELECT sha256, size FROM files ORDER BY sha256")
        return {
            "held": [
                {"name": name, "id": id_, "day": day, "do": do, "request": msgspec.Raw(request.encode())}
                for name, id_, day, do, request in held
            ],
            "arrivals": [{"name": name, "id": id_} for name, id_ in arrivals],
            "files": [{"sha256": sha256, "size": size} for sha256, size in files],
        }

    async def close(self) -> None:
        """Close the file."""
        await self.database.close()

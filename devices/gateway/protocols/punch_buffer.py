"""Punches on the disk until the hall has them: a terminal is answered only when its records are safe here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

import msgspec

from devices.gateway.protocols.adms import Punch
from hall_server.database.connections import Database

KEPT = timedelta(days=60)
"""So long a punch that was handed in is remembered, so that a terminal that sends it again hands nothing in twice."""

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS punches (number INTEGER PRIMARY KEY, terminal TEXT NOT NULL, mark TEXT NOT NULL,"
    " punch BLOB NOT NULL, received_at TEXT NOT NULL, ended_as TEXT, UNIQUE (terminal, mark))"
)
_PUT = "INSERT OR IGNORE INTO punches (terminal, mark, punch, received_at) VALUES (?,?,?,?)"
_NEXT = (
    "SELECT number, punch, received_at FROM punches WHERE terminal = ? AND ended_as IS NULL AND number > ?"
    " ORDER BY number LIMIT 1"
)
_COUNT = "SELECT count(*) FROM punches WHERE terminal = ? AND ended_as IS NULL"
_END = "UPDATE punches SET ended_as = ? WHERE number = ?"
_FORGET = "DELETE FROM punches WHERE ended_as IS NOT NULL AND received_at < ?"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A punch that waits."""

    number: int
    punch: Punch
    received_at: datetime


class PunchBuffer:
    """One file; the same punch of the same terminal stands there once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @staticmethod
    async def open(path: Path) -> PunchBuffer:
        """Open the file, or make it."""
        database = await Database.open(path, synchronous="FULL")
        await database.transact([(_SCHEMA, [()])])
        return PunchBuffer(database)

    async def __aenter__(self) -> PunchBuffer:
        """The buffer itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        await self._database.close()

    async def put(self, terminal: str, punches: Sequence[Punch], now: datetime) -> None:
        """Keep punches; they are on the disk when this ends."""
        rows = [(terminal, _mark(one), msgspec.json.encode(one), now.isoformat()) for one in punches]
        if rows:
            await self._database.transact([(_PUT, rows)])

    async def next(self, terminal: str, after: int = 0) -> Kept | None:
        """The oldest that waits, behind ``after``."""
        found = await self._database.fetch(_NEXT, (terminal, after))
        if not found:
            return None
        number, punch, received_at = found[0]
        kept = msgspec.json.decode(punch, type=Punch)
        return Kept(number=number, punch=kept, received_at=datetime.fromisoformat(received_at))

    async def end(self, kept: Kept, how: str) -> None:
        """Note that a punch was handed in, or with which code it was refused."""
        await self._database.transact([(_END, [(how, kept.number)])])

    async def waiting(self, terminal: str) -> int:
        """How many wait."""
        return int((await self._database.fetch(_COUNT, (terminal,)))[0][0])

    async def forget_old(self, now: datetime) -> None:
        """Forget what was handed in long ago."""
        await self._database.transact([(_FORGET, [((now - KEPT).isoformat(),)])])


def _mark(punch: Punch) -> str:
    """What makes a punch the same: who, when, and which way."""
    return f"{punch.pin} {punch.at:%Y%m%d%H%M%S} {punch.status}"

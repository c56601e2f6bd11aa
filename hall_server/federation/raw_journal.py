"""The hall's journal as it lies in the table: rows that travel are neither decoded nor encoded."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import aiosqlite

from hall_server.errors import Unavailable
from hall_server.federation.wire import BATCH_BYTES, RawRow, Totals
from hall_server.journal.rows import GENESIS

_COLUMNS = "seq, at, business_day, type, version, subject, actor, command_id, payload, hash"
_AFTER = f"SELECT {_COLUMNS} FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq"  # noqa: S608  # constants only
_DAY = (
    "SELECT type, count(*), min(seq), max(seq) FROM journal WHERE business_day = ?"
    " AND seq >= (SELECT first_seq FROM journal_day WHERE business_day = ?)"
    " AND seq < coalesce((SELECT min(first_seq) FROM journal_day WHERE first_seq >"
    " (SELECT first_seq FROM journal_day WHERE business_day = ?)), 9007199254740991) GROUP BY type"
)
_ROW_BYTES = 200
"""Of a row beside its payload, about."""


class RawJournal:
    """Reads committed rows over a connection of its own, so that nobody else's reading waits behind a long drain."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, path: Path) -> RawJournal:
        """Open ``hall.db`` for reading."""
        connection = await aiosqlite.connect(path, timeout=30)
        await connection.executescript("PRAGMA busy_timeout=30000; PRAGMA query_only=1;")
        return cls(connection)

    async def after(self, seq: int, *, rows: int) -> list[RawRow]:
        """At most so many rows after a seq, and at most 1 MiB of them; one that is larger comes alone."""
        found: list[RawRow] = await self._fetch(_AFTER, (seq, seq + rows))
        size = 0
        for place, row in enumerate(found):
            size += len(row[8]) + _ROW_BYTES
            if size > BATCH_BYTES and place:
                return found[:place]
        return found

    async def hash_at(self, seq: int) -> bytes | None:
        """The hash of a row; that of 0 is where every journal begins. None: there is no such row."""
        if seq == 0:
            return GENESIS
        found = await self._fetch("SELECT hash FROM journal WHERE seq = ?", (seq,))
        return bytes(found[0][0]) if found else None

    async def totals(self, day: date) -> Totals:
        """What the journal holds of a business day."""
        name = day.isoformat()
        found = await self._fetch(_DAY, (name, name, name))
        last = max((high for *_, high in found), default=0)
        return Totals(
            day=day,
            count=sum(count for _, count, *_ in found),
            first=min((low for _, _, low, _ in found), default=0),
            last=last,
            hash=(await self.hash_at(last) or b"") if last else b"",
            by_type={type_: count for type_, count, *_ in found},
        )

    async def close(self) -> None:
        """End the connection."""
        await self._connection.close()

    async def _fetch(self, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
        try:
            return list(await self._connection.execute_fetchall(sql, parameters))
        except sqlite3.OperationalError as exc:
            raise Unavailable("database.unreadable", reason=str(exc)) from exc

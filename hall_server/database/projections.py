"""Projections: tables in views.db that follow the journal with a cursor and can be rebuilt by replay."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from hall_server.database.connections import Database, Statement
from hall_server.journal.journal import Journal
from hall_server.messages import Recorded

log = logging.getLogger(__name__)

BUFFERED = 5_000  # committed events kept for the followers; one that is further behind reads the journal
BATCH = 1_000
PAUSE_S = 0.05
"""Between two rounds: a burst is taken in few transactions, and the way of the next command is left free."""

Change = tuple[str, Sequence[Any]]
_MARK = "INSERT OR REPLACE INTO cursors VALUES (?,?,?)"


class Projection(Protocol):
    """Tables made of events.

    Attributes:
        name: its cursor's name and its tables' prefix.
        version: raise it when the tables or the rules change; the next start rebuilds.
        schema: CREATE TABLE IF NOT EXISTS … of its tables.
        tables: their names, dropped before a rebuild.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def schema(self) -> str: ...
    @property
    def tables(self) -> tuple[str, ...]: ...

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """The SQL an event brings, each with its parameters."""
        ...


class Projector:
    """Brings every projection up to the journal's end and keeps it there."""

    def __init__(self, views: Database, journal: Journal) -> None:
        self._views = views
        self._journal = journal
        self._projections: list[Projection] = []
        self._cursors: dict[str, int] = {}
        self._buffer: deque[Recorded] = deque(maxlen=BUFFERED)
        self._news = asyncio.Event()
        self._hurry = asyncio.Event()
        self._moved = asyncio.Condition()

    def add(self, projection: Projection) -> None:
        """Follow the journal with this projection, from its cursor."""
        self._projections.append(projection)

    def offer(self, batch: list[Recorded]) -> None:
        """Take a committed batch (the bus calls this)."""
        self._buffer.extend(batch)
        self._news.set()

    async def open(self) -> None:
        """Make the tables; empty those whose version changed."""
        await self._views.script(
            "CREATE TABLE IF NOT EXISTS cursors (name TEXT PRIMARY KEY, version INTEGER, seq INTEGER)"
        )
        known = {name: (version, seq) for name, version, seq in await self._views.fetch("SELECT * FROM cursors")}
        for projection in self._projections:
            version, seq = known.get(projection.name, (projection.version, 0))
            if version != projection.version or seq > self._journal.committed:
                seq = await self._empty(projection)
            await self._views.script(projection.schema)
            self._cursors[projection.name] = seq

    async def run(self) -> None:
        """Follow for ever."""
        while True:
            await self.catch_up()
            await self._news.wait()
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), PAUSE_S)
            self._hurry.clear()

    async def catch_up(self) -> None:
        """Apply everything that is committed now."""
        while behind := self._furthest_behind():
            await self._advance(behind)
        async with self._moved:
            self._moved.notify_all()

    def _furthest_behind(self) -> list[Projection]:
        """The projections at the lowest cursor: they take the same events, read and decoded once for all of them."""
        cursor = min(self._cursors.values(), default=self._journal.committed)
        if cursor >= self._journal.committed:
            return []
        return [one for one in self._projections if self._cursors[one.name] == cursor]

    async def reached(self, seq: int) -> None:
        """Wait until all projections show the journal up to a seq (a page that lists what was just done)."""
        self._hurry.set()
        async with self._moved:
            await self._moved.wait_for(lambda: min(self._cursors.values(), default=seq) >= seq)

    def stands(self, name: str) -> int:
        """Up to which seq the tables of a projection show the journal, at least."""
        return self._cursors[name]

    async def _advance(self, projections: list[Projection]) -> None:
        """Take the next events in; those that reach where others stand go on with them."""
        cursor = self._cursors[projections[0].name]
        batch = self._buffered(cursor) or await self._journal.read(cursor, limit=BATCH)
        meet = min((seq for seq in self._cursors.values() if seq > cursor), default=batch[-1].seq)
        batch = batch[: max(1, meet - cursor)]
        reached = batch[-1].seq
        statements: list[Statement] = []
        for projection in projections:
            statements += _changes(projection, batch)
            statements.append((_MARK, [(projection.name, projection.version, reached)]))
        await self._views.transact(statements)
        for projection in projections:
            self._cursors[projection.name] = reached

    def _buffered(self, cursor: int) -> list[Recorded]:
        if not self._buffer or self._buffer[0].seq > cursor + 1:
            return []
        start = cursor + 1 - self._buffer[0].seq
        return [self._buffer[i] for i in range(start, min(start + BATCH, len(self._buffer)))]

    async def _empty(self, projection: Projection) -> int:
        log.info("rebuilding projection %s", projection.name, extra={"action": "projection.rebuild"})
        for table in projection.tables:
            await self._views.script(f"DROP TABLE IF EXISTS {table}")
        return 0


def _changes(projection: Projection, batch: list[Recorded]) -> list[Statement]:
    """What a batch brings a projection; neighbours with the same SQL go together."""
    statements: list[tuple[str, list[Sequence[Any]]]] = []
    for recorded in batch:
        for sql, parameters in projection.changes(recorded):
            if statements and statements[-1][0] == sql:
                statements[-1][1].append(parameters)
            else:
                statements.append((sql, [parameters]))
    return [(sql, rows) for sql, rows in statements]

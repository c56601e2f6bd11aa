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

    A projection may say with ``types`` which events it takes (a frozenset of event types); it is not asked of others.
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
        self._ahead: dict[str, int] = {}
        self._writing: asyncio.Task[None] | None = None
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
        """Apply everything that is committed now; the next changes are worked out while the last are written."""
        self._ahead = dict(self._cursors)
        try:
            while behind := self._furthest_behind():
                await self._advance(behind)
            await self._written()
        finally:
            if self._writing is not None:  # something failed or was cancelled: no task is left behind
                await asyncio.gather(self._writing, return_exceptions=True)
                self._writing = None
        async with self._moved:
            self._moved.notify_all()

    def _furthest_behind(self) -> list[Projection]:
        """The projections at the lowest cursor: they take the same events, read and decoded once for all of them."""
        cursor = min(self._ahead.values(), default=self._journal.committed)
        if cursor >= self._journal.committed:
            return []
        return [one for one in self._projections if self._ahead[one.name] == cursor]

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
        cursor = self._ahead[projections[0].name]
        batch = self._buffered(cursor) or await self._journal.read(cursor, limit=BATCH)
        meet = min((seq for seq in self._ahead.values() if seq > cursor), default=batch[-1].seq)
        batch = batch[: max(1, meet - cursor)]
        reached = batch[-1].seq
        statements: list[Statement] = []
        for projection, changes in zip(projections, _changes(projections, batch), strict=True):
            statements += changes
            statements.append((_MARK, [(projection.name, projection.version, reached)]))
        await self._written()
        names = [projection.name for projection in projections]
        self._ahead.update(dict.fromkeys(names, reached))
        self._writing = asyncio.create_task(self._write(statements, names, reached), name="projections' tables")

    async def _write(self, statements: list[Statement], names: list[str], reached: int) -> None:
        await self._views.transact(statements)
        self._cursors.update(dict.fromkeys(names, reached))

    async def _written(self) -> None:
        """Wait until what was worked out is in the tables.

        Raises:
            sqlite3.Error: it is not.
        """
        if self._writing is not None:
            writing, self._writing = self._writing, None
            await writing

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


def _changes(projections: Sequence[Projection], batch: list[Recorded]) -> list[list[Statement]]:
    """What a batch brings each projection; neighbours with the same SQL go together."""
    every: list[list[tuple[str, list[Sequence[Any]]]]] = [[] for _ in projections]
    takers: dict[str, list[tuple[Projection, list[tuple[str, list[Sequence[Any]]]]]]] = {}
    for recorded in batch:
        type_ = recorded.event.type
        if (wanted := takers.get(type_)) is None:
            wanted = takers[type_] = [
                (one, into) for one, into in zip(projections, every, strict=True) if _takes(one, type_)
            ]
        for projection, statements in wanted:
            for sql, parameters in projection.changes(recorded):
                if statements and statements[-1][0] == sql:
                    statements[-1][1].append(parameters)
                else:
                    statements.append((sql, [parameters]))
    return [[(sql, rows) for sql, rows in statements] for statements in every]


def _takes(projection: Projection, type_: str) -> bool:
    types: frozenset[str] | None = getattr(projection, "types", None)
    return types is None or type_ in types

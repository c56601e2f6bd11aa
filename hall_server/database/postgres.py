"""PostgreSQL with the face of the SQLite database, for a city whose processes share one: a pool over asyncpg."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import asyncpg

from hall_server.database.connections import Appended
from hall_server.errors import Unavailable

if TYPE_CHECKING:
    from asyncpg import Connection, Pool
    from asyncpg.pool import PoolConnectionProxy

Row = tuple[Any, ...]
Statement = tuple[str, Sequence[Sequence[Any]]]

log = logging.getLogger(__name__)

CONNECTIONS = 8
"""Most of one process; PostgreSQL's own default takes 100 in all."""
COMMAND_S = 60.0
MIGRATING = 0x01DD_0001
"""Key of the advisory lock under which one of several processes brings the schema up."""
LISTEN_AGAIN_S = 1.0
_LOST = (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.InterfaceError)
_OVER = (asyncpg.AdminShutdownError, asyncpg.CrashShutdownError, asyncpg.TooManyConnectionsError, TimeoutError)
_LITERAL = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\?""", re.DOTALL)


class PostgresTransaction:
    """What one transaction reads and writes; see `tables.Transaction`."""

    def __init__(self, connection: Connection[Any] | PoolConnectionProxy[Any]) -> None:
        self.connection = connection

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query, with what this transaction has written."""
        return [tuple(row) for row in await self.connection.fetch(numbered(sql), *parameters)]

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement; gives how many rows it changed."""
        tag = await self.connection.execute(numbered(sql), *parameters)
        changed = tag.rpartition(" ")[2]
        return int(changed) if changed.isdigit() else 0

    async def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each row, sent in one go."""
        await self.connection.executemany(numbered(sql), rows)

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Bring many new rows in; a row that is there already fails the transaction."""
        await self.connection.copy_records_to_table(table, columns=list(columns), records=rows)

    async def notify(self, channel: str, payload: str) -> None:
        """Tell the listeners of a channel, in every process, once it is committed."""
        await self.connection.execute("SELECT pg_notify($1, $2)", channel, payload)


class Postgres:
    """One pool of connections; a server that went away is asked again with the next request."""

    engine = "postgresql"

    def __init__(self, url: str, pool: Pool[Any]) -> None:
        self._url = url
        self._pool = pool
        self._listeners: dict[str, list[Callable[[str], None]]] = {}
        self._hearing: asyncio.Task[None] | None = None
        self._heard: Connection[Any] | None = None
        self._listens = asyncio.Event()

    @classmethod
    async def open(cls, url: str) -> Postgres:
        """Connect.

        Raises:
            Unavailable: ``database.unreachable``; the reason names neither the address nor the password.
        """
        with _ours():
            pool = await asyncpg.create_pool(
                url, min_size=1, max_size=CONNECTIONS, command_timeout=COMMAND_S, reset=_nothing_to_reset
            )
        return cls(url, pool)

    async def transact(self, statements: Iterable[Statement]) -> None:
        """Run statements, each for all its rows, in one transaction.

        Raises:
            Unavailable: the server cannot be reached; whether it was kept shows when it is asked again.
        """
        async with self.transaction() as begun:
            for sql, rows in statements:
                if rows:
                    await begun.many(sql, rows)

    async def append(self, appended: Appended) -> bool:
        """Change one row and bring many new ones in, in one transaction.

        Returns:
            Whether the row was there to change; nothing is kept where it was not.

        Raises:
            Unavailable: as `transact`.
        """
        async with self.transaction() as begun:
            if not await begun.execute(*appended.moved):
                return False
            shared = tuple(appended.shared.values())
            columns = (*appended.shared, *appended.columns)
            await begun.copy(appended.table, columns, [(*shared, *row) for row in appended.rows])
            await begun.notify(*appended.notice)
        return True

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresTransaction]:
        """Read and write in one transaction; an exception keeps nothing of it.

        Raises:
            Unavailable: as `transact`.
        """
        with _ours():
            async with self._pool.acquire() as connection, connection.transaction():
                yield PostgresTransaction(connection)

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query.

        Raises:
            Unavailable: the server cannot be reached.
        """
        with _ours():
            return [tuple(row) for row in await self._pool.fetch(numbered(sql), *parameters)]

    async def script(self, sql: str) -> None:
        """Run a script without parameters, in one transaction."""
        async with self.transaction() as begun:
            await begun.connection.execute(sql)

    async def schema_version(self) -> int:
        """The number of the last step of the schema."""
        [(found,)] = await self.fetch("SELECT to_regclass('schema_version') IS NOT NULL")
        if not found:
            return 0
        [(version,)] = await self.fetch("SELECT coalesce(max(number), 0) FROM schema_version")
        return int(version)

    async def schema_step(self, number: int, sql: str) -> None:
        """Take a step of the schema in one transaction; of several processes the first takes it."""
        async with self.transaction() as begun:
            await begun.execute("SELECT pg_advisory_xact_lock(?)", (MIGRATING,))
            await begun.execute("CREATE TABLE IF NOT EXISTS schema_version (number INTEGER PRIMARY KEY)")
            if await begun.fetch("SELECT 1 FROM schema_version WHERE number = ?", (number,)):
                return
            await begun.connection.execute(sql)
            await begun.execute("INSERT INTO schema_version VALUES (?)", (number,))

    async def listen(self, channel: str, listener: Callable[[str], None]) -> None:
        """Hear what is told a channel, by any process; an empty payload: something may have been missed."""
        self._listeners.setdefault(channel, []).append(listener)
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)
        self._listens.clear()
        self._hearing = asyncio.create_task(self._hear_forever(), name="postgresql listener")
        await self._listens.wait()

    async def close(self) -> None:
        """End every connection; what hangs is cut."""
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)
        try:
            await asyncio.wait_for(self._pool.close(), 5)
        except (TimeoutError, *_LOST):
            self._pool.terminate()

    async def _hear_forever(self) -> None:
        has_heard = False
        while True:
            try:
                await self._hear(is_again=has_heard)
            except (*_LOST, *_OVER) as exc:
                log.warning("PostgreSQL's notices are lost: %s", type(exc).__name__, extra={"action": "database.deaf"})
            has_heard = True
            self._listens.set()
            await asyncio.sleep(LISTEN_AGAIN_S)

    async def _hear(self, *, is_again: bool) -> None:
        """Listen until the connection ends."""
        connection = await asyncpg.connect(self._url, timeout=COMMAND_S)
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        try:
            for channel, listeners in self._listeners.items():
                await connection.add_listener(channel, lambda _c, _pid, on, payload: self._tell(on, payload))
                if is_again:
                    for listener in listeners:
                        listener("")
            self._listens.set()
            await ended.wait()
        finally:
            connection.terminate()

    def _tell(self, channel: str, payload: str) -> None:
        for listener in self._listeners.get(channel, ()):
            listener(payload)


async def _nothing_to_reset(_: object) -> None:
    """Connections of the pool keep nothing beyond a transaction: no listening, no settings, no lock of a session."""


@contextmanager
def _ours() -> Iterator[None]:
    """The driver's errors about the connection become ours."""
    try:
        yield
    except (*_LOST, *_OVER) as exc:
        if isinstance(exc, asyncpg.DataError):  # a wrong parameter: our fault, not the connection's
            raise
        raise Unavailable("database.unreachable", reason=type(exc).__name__) from exc


@lru_cache(maxsize=512)
def numbered(sql: str) -> str:
    """The SQL with ``$1, $2 …`` for its question marks; those in texts, names and comments stay."""
    parts: list[str] = []
    at = count = 0
    for found in _LITERAL.finditer(sql):
        if found[0] == "?":
            count += 1
            parts += [sql[at : found.start()], f"${count}"]
            at = found.end()
    return "".join([*parts, sql[at:]])

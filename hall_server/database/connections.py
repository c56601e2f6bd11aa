"""One writing connection and one reader per SQLite file, over aiosqlite."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import aiosqlite

from hall_server.errors import Unavailable

Row = tuple[Any, ...]
Statement = tuple[str, Sequence[Sequence[Any]]]

MIGRATIONS = Path(__file__).parent / "sql"
PARAMETERS = 999
"""Of one statement: what every build of SQLite takes."""
_T = TypeVar("_T")


class Appended(NamedTuple):
    """New rows behind others, and the row that says up to where they are there.

    Attributes:
        moved: a statement with its parameters that changes a row where it stands as it is thought to, and else none.
        shared: columns whose value is the same in every row. columns: the others, in the order of ``rows``.
        notice: channel and payload that listeners hear once it is committed.
    """

    moved: tuple[str, Sequence[Any]]
    table: str
    shared: dict[str, Any]
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    notice: tuple[str, str]


class Migrated(Protocol):
    """A database whose schema has a number."""

    async def schema_version(self) -> int:
        """The number of the last step that was taken."""
        ...

    async def schema_step(self, number: int, sql: str) -> None:
        """Take a step and note its number, in one transaction."""
        ...


class SqliteTransaction:
    """What one transaction reads and writes, on the writing connection; see `tables.Transaction`."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self.notices: list[tuple[str, str]] = []

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query, with what this transaction has written."""
        return list(await self._connection.execute_fetchall(sql, parameters))  # type: ignore[arg-type]  # as in Database

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement; gives how many rows it changed."""
        return await _hop(self._connection, lambda plain: plain.execute(sql, parameters).rowcount)

    async def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each row, in one hop."""
        await _hop(self._connection, lambda plain: plain.executemany(sql, rows))

    async def notify(self, channel: str, payload: str) -> None:
        """Tell the listeners of a channel, once it is committed."""
        self.notices.append((channel, payload))


class Database:
    """A database file: writes go one transaction at a time, reads see committed rows only.

    The writing connection does every checkpoint; readers are ``query_only`` (SQLite up to 3.51.2 can lose a WAL
    that two connections write or checkpoint at the same instant).
    """

    engine = "sqlite"

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self.path = path
        self._writer = writer
        self._reader = reader
        self._turn = asyncio.Lock()
        self._listeners: dict[str, list[Callable[[str], None]]] = {}

    @classmethod
    async def open(cls, path: Path, *, synchronous: str) -> Database:
        """Open or make the file.

        Args:
            path: the file.
            synchronous: ``FULL`` for what must survive a power cut, ``NORMAL`` for what can be recomputed.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = await _connect(path, f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous};")
        reader = await _connect(path, "PRAGMA query_only=1;")
        return cls(path, writer, reader)

    async def transact(self, statements: Iterable[Statement]) -> None:
        """Run statements, each for all its rows, in one transaction.

        Raises:
            sqlite3.Error: nothing of it was kept.
        """
        async with self._turn:
            # One hop to the connection's thread for the whole transaction; aiosqlite offers one per statement only.
            run = self._writer._execute
            await run(_transaction, self._writer._conn, list(statements))  # type: ignore[no-untyped-call]  # private there

    async def append(self, appended: Appended) -> bool:
        """Change one row and bring many new ones in, in one transaction and one hop.

        Returns:
            Whether the row was there to change; nothing is kept where it was not.

        Raises:
            sqlite3.Error: nothing of it was kept; a row that is there already is one reason.
        """
        async with self._turn:
            is_kept = await _hop(self._writer, lambda plain: _append(plain, appended))
        if is_kept:
            self._tell(*appended.notice)
        return is_kept

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqliteTransaction]:
        """Read and write in one transaction that excludes every other writer; an exception keeps nothing of it."""
        async with self._turn:
            begun = SqliteTransaction(self._writer)
            try:  # whoever is cancelled while it begins leaves it begun: the thread goes on
                await _hop(self._writer, lambda plain: plain.execute("BEGIN IMMEDIATE"))
                yield begun
                await self._writer.commit()
            except BaseException:
                await asyncio.shield(self._writer.rollback())
                raise
        for channel, payload in begun.notices:
            self._tell(channel, payload)

    async def listen(self, channel: str, listener: Callable[[str], None]) -> None:
        """Hear what transactions tell a channel once they are committed; an SQLite file has one process."""
        self._listeners.setdefault(channel, []).append(listener)

    def _tell(self, channel: str, payload: str) -> None:
        for listener in self._listeners.get(channel, ()):
            listener(payload)

    async def schema_version(self) -> int:
        """The number of the last step of the schema."""
        [(version,)] = await self.fetch("PRAGMA user_version")
        return int(version)

    async def schema_step(self, number: int, sql: str) -> None:
        """Take a step of the schema, in one transaction."""
        await self.script(f"BEGIN IMMEDIATE; {sql}; PRAGMA user_version={number}; COMMIT;")

    async def script(self, sql: str) -> None:
        """Run a script that begins and commits its own transaction (migrations, schemas of projections)."""
        async with self._turn:
            await self._writer.executescript(sql)

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query, of committed data.

        Raises:
            Unavailable: the database cannot be read now.
        """
        try:
            return list(await self._reader.execute_fetchall(sql, parameters))  # type: ignore[arg-type]  # Row is a tuple here
        except sqlite3.OperationalError as exc:
            raise Unavailable("database.unreadable", reason=str(exc)) from exc

    async def close(self) -> None:
        """Close the reader first, so that the writer does the last checkpoint."""
        await self._reader.close()
        async with self._turn:
            await self._writer.close()


async def migrate(database: Migrated, folder: Path) -> int:
    """Bring a database to the newest schema, each step in one transaction.

    Returns:
        The schema's version, the number of the last file.

    Raises:
        Unavailable: a newer program has written the file.
    """
    steps = await asyncio.to_thread(lambda: sorted(folder.glob("*.sql")))
    version = await database.schema_version()
    if version > len(steps):
        raise Unavailable("database.newer", version=version, known=len(steps))
    for number, step in enumerate(steps[version:], start=version + 1):
        sql = await asyncio.to_thread(step.read_text, encoding="utf-8")
        await database.schema_step(number, sql)
    return len(steps)


def _transaction(connection: sqlite3.Connection, statements: list[Statement]) -> None:
    try:
        for sql, rows in statements:
            connection.executemany(sql, rows)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _append(connection: sqlite3.Connection, appended: Appended) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute(*appended.moved).rowcount < 1:
            connection.rollback()
            return False
        _bring(connection, appended)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return True


def _bring(connection: sqlite3.Connection, appended: Appended) -> None:
    """Insert many rows with each statement: the interpreter is let go for each of them, and got back after it."""
    shared = list(appended.shared.values())
    many = (PARAMETERS - len(shared)) // len(appended.columns)
    for first in range(0, len(appended.rows), many):
        some = appended.rows[first : first + many]
        sql = _insert(appended.table, tuple(appended.shared), appended.columns, len(some))
        connection.execute(sql, [*shared, *chain.from_iterable(some)])


@lru_cache(maxsize=64)
def _insert(table: str, shared: tuple[str, ...], columns: tuple[str, ...], rows: int) -> str:
    marks = [f"?{number}" for number in range(1, len(shared) + 1)] + ["?"] * len(columns)
    row = f"({', '.join(marks)})"
    return f"INSERT INTO {table} ({', '.join(shared + columns)}) VALUES {', '.join([row] * rows)}"  # noqa: S608  # names of ours


async def _hop(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], _T]) -> _T:
    """Do something on the connection's thread; aiosqlite's own ways open and close a cursor with a hop each."""
    return await connection._execute(work, connection._conn)  # type: ignore[no-untyped-call,no-any-return]  # private there


async def _connect(path: Path, pragmas: str) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, timeout=30)
    await connection.executescript("PRAGMA busy_timeout=30000; PRAGMA secure_delete=ON;" + pragmas)
    return connection

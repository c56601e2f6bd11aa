"""What a database that several processes may share offers, whichever engine it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

from hall_server.database.connections import Appended, Database, migrate
from hall_server.database.postgres import Postgres

Row = tuple[Any, ...]
SCHEMES = ("postgresql://", "postgres://")


class Transaction(Protocol):
    """One transaction: what it reads includes what it wrote."""

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        ...

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement; gives how many rows it changed."""
        ...

    async def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each row."""
        ...

    async def notify(self, channel: str, payload: str) -> None:
        """Tell the listeners of a channel, in every process, once it is committed."""
        ...


class SharedTables(Protocol):
    """SQLite or PostgreSQL behind one face; parameters are written ``?``."""

    @property
    def engine(self) -> str:
        """``sqlite`` or ``postgresql``: which file of an SQL folder is meant."""
        ...

    async def transact(self, statements: Iterable[tuple[str, Sequence[Sequence[Any]]]]) -> None:
        """Run statements, each for all its rows, in one transaction."""
        ...

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query, of committed data."""
        ...

    async def append(self, appended: Appended) -> bool:
        """Change one row and bring many new ones in, in one transaction; False: that row was not as it was thought."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Read and write in one transaction; an exception keeps nothing of it."""
        ...

    async def listen(self, channel: str, listener: Callable[[str], None]) -> None:
        """Hear what is told a channel; an empty payload says that something may have been missed."""
        ...

    async def close(self) -> None:
        """End every connection."""
        ...


async def open_tables(database: str | Path, schema: Path) -> Database | Postgres:
    """Open a database and bring it to the newest schema.

    Args:
        database: an SQLite file, or ``postgresql://user:password@host:port/name``.
        schema: a folder with one folder of numbered steps per engine.

    Raises:
        Unavailable: it cannot be reached, or a newer program has written it.
    """
    if str(database).startswith(SCHEMES):
        shared = await Postgres.open(str(database))
        await migrate(shared, schema / shared.engine)
        return shared
    file = await Database.open(Path(database), synchronous="FULL")
    await migrate(file, schema / file.engine)
    return file

"""The outbox's rows: one a request, from when it is wanted until it is answered; on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from hall_server.journal.rows import microseconds, moment

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from hall_server.database.tables import Transaction

CHANNEL = "outbox"
"""Every process of a place hears here which request was answered."""
_LOCK = 0x01DD_0007
"""Key of the advisory lock under which one of several processes makes the tables."""
_COLUMNS = (
    "id, neighbour, kind, subject, state, sealed, at, next_at, until_at, tries, reason, answered_at, answer,"
    " awaits, result_at, result"
)
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS outbox (id TEXT PRIMARY KEY, neighbour TEXT NOT NULL, kind TEXT NOT NULL,"
    " subject TEXT NOT NULL, state TEXT NOT NULL, sealed TEXT NOT NULL, at BIGINT NOT NULL, next_at BIGINT NOT NULL,"
    " until_at BIGINT NOT NULL, tries INTEGER NOT NULL, reason TEXT NOT NULL, answered_at BIGINT,"
    " answer TEXT NOT NULL, awaits INTEGER NOT NULL, result_at BIGINT,"
    " result TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS outbox_due ON outbox (neighbour, state, next_at)",
    "CREATE INDEX IF NOT EXISTS outbox_at ON outbox (at)",
    "CREATE INDEX IF NOT EXISTS outbox_subject ON outbox (subject, neighbour)",
    "CREATE TABLE IF NOT EXISTS outbox_cursor (name TEXT PRIMARY KEY, seq BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS outbox_heard (neighbour TEXT NOT NULL, id TEXT NOT NULL, reply TEXT NOT NULL,"
    " at BIGINT NOT NULL, PRIMARY KEY (neighbour, id))",
)
_PUT = f"INSERT INTO outbox ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO NOTHING"  # noqa: S608  # constants only
_DUE = (
    f"SELECT {_COLUMNS} FROM outbox WHERE neighbour = ? AND state = 'waiting' AND next_at <= ?"  # noqa: S608  # as above
    " ORDER BY next_at, id LIMIT ?"
)
_CLAIM = "UPDATE outbox SET next_at = ?, tries = tries + 1 WHERE id = ? AND state = 'waiting' AND next_at = ?"
_ANSWER = "UPDATE outbox SET state = ?, reason = ?, answered_at = ?, answer = ? WHERE id = ? AND state = 'waiting'"
_HOLD = "UPDATE outbox SET next_at = ?, reason = ?, tries = tries - ? WHERE id = ? AND state = 'waiting'"
_RAW = "UPDATE outbox SET sealed = ? WHERE id = ?"
_RESULT = "UPDATE outbox SET result_at = ?, result = ? WHERE id = ? AND awaits = 1"
_NEXT = "SELECT min(next_at) FROM outbox WHERE neighbour = ? AND state = 'waiting'"
_ONE = f"SELECT {_COLUMNS} FROM outbox WHERE id = ?"  # noqa: S608  # as above
_OF = f"SELECT {_COLUMNS} FROM outbox WHERE subject = ? ORDER BY at, id"  # noqa: S608  # as above
_BETWEEN = f"SELECT {_COLUMNS} FROM outbox WHERE at >= ? AND at < ? ORDER BY at, id"  # noqa: S608  # as above
_SILENT = (
    f"SELECT {_COLUMNS} FROM outbox WHERE neighbour = ? AND at < ?"  # noqa: S608  # as above
    " AND (state = 'waiting' OR (state = 'accepted' AND awaits = 1 AND result_at IS NULL)) ORDER BY at, id LIMIT ?"
)
_FAILED = (
    "SELECT neighbour, state, count(*) FROM outbox WHERE state IN ('rejected', 'given_up') AND answered_at >= ?"
    " GROUP BY neighbour, state"
)
_AGAIN = (
    "UPDATE outbox SET state = 'waiting', tries = 0, next_at = ?, until_at = ?, reason = '' WHERE id = ? AND state = ?"
)
_HEARD = "INSERT INTO outbox_heard (neighbour, id, reply, at) VALUES (?,?,?,?) ON CONFLICT (neighbour, id) DO NOTHING"


class State(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"  # Requested: not answered yet
    ACCEPTED = "accepted"  # the neighbour has it
    REJECTED = "rejected"  # the neighbour does not take it as it is
    DROPPED = "dropped"  # not wanted any more: no phone, opted out
    GIVEN_UP = "given_up"  # its time is over, or it was tried too often; somebody must look at it


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A request to a neighbour.

    Attributes:
        id: of the transaction; the neighbour sees the same one at each try.
        kind: what is wanted, such as ``sms.send``. subject: what it is about: ``case:01J…``.
        sealed: the message, sealed by the caller. answer: the neighbour's, sealed too.
        next_at: not to be tried before. until_at: given up then.
        awaits: a result follows the acknowledgement, at ``result_at``; result: a word for it.
    """

    id: str
    neighbour: str
    kind: str
    subject: str
    state: State = State.WAITING
    sealed: str
    at: datetime
    next_at: datetime
    until_at: datetime
    tries: int = 0
    reason: str = ""
    answered_at: datetime | None = None
    answer: str = ""
    awaits: bool = False
    result_at: datetime | None = None
    result: str = ""


class Place(Protocol):
    """The database of a hall or a city."""

    async def transact(self, statements: Iterable[tuple[str, Sequence[Sequence[Any]]]]) -> None:
        """Run statements in one transaction."""
        ...

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Read and write in one transaction."""
        ...


class Outbox:
    """Rows in the place's own database; what has been put is sent, whatever dies in between."""

    def __init__(self, database: Place) -> None:
        self._database = database

    async def open(self) -> None:
        """Make the tables where they are not."""
        async with self._database.transaction() as begun:
            if getattr(self._database, "engine", "sqlite") == "postgresql":
                await begun.fetch("SELECT 1 FROM (SELECT pg_advisory_xact_lock(?)) AS locked", (_LOCK,))
            for statement in _SCHEMA:
                await begun.execute(statement)

    async def put(self, *letters: Letter, cursor: tuple[str, int] | None = None) -> None:
        """Keep requests; one whose id is here already changes nothing.

        Args:
            letters: the requests.
            cursor: name and seq of what they were made of, moved in the same transaction.
        """
        statements: list[tuple[str, Sequence[Sequence[Any]]]] = []
        if letters:
            statements.append((_PUT, [_row(one) for one in letters]))
        if cursor is not None:
            statements.append((_MOVE, [cursor]))
        if statements:
            await self._database.transact(statements)

    async def cursor(self, name: str) -> int | None:
        """How far something was followed; None: never begun."""
        found = await self._database.fetch("SELECT seq FROM outbox_cursor WHERE name = ?", (name,))
        return int(found[0][0]) if found else None

    async def claim(self, neighbour: str, *, now: datetime, lease_until: datetime, limit: int) -> list[Letter]:
        """Requests that are due, each for this process alone until the lease is over."""
        due = await self._database.fetch(_DUE, (neighbour, microseconds(now), limit))
        mine: list[Letter] = []
        for row in due:
            async with self._database.transaction() as begun:
                if await begun.execute(_CLAIM, (microseconds(lease_until), row[0], row[7])):
                    mine.append(msgspec.structs.replace(_read(row), tries=int(row[9]) + 1))
        return mine

    async def answered(self, id_: str, state: State, *, reason: str = "", at: datetime, answer: str = "") -> bool:
        """Put on record what the neighbour said; False where that was known already."""
        async with self._database.transaction() as begun:
            done = await begun.execute(_ANSWER, (state.value, reason[:80], microseconds(at), answer, id_))
            await begun.notify(CHANNEL, id_)
        return done > 0

    async def hold(self, id_: str, *, until: datetime, reason: str, is_tried: bool = True) -> None:
        """Try it again then; ``is_tried``: whether the claim counts as a try."""
        await self._database.transact([(_HOLD, [(microseconds(until), reason[:80], int(not is_tried), id_)])])

    async def keep_raw(self, id_: str, sealed: str) -> None:
        """Keep the message as it really went out."""
        await self._database.transact([(_RAW, [(sealed, id_)])])

    async def result(self, id_: str, word: str, *, at: datetime) -> None:
        """Put on record that a result came, and which."""
        await self._database.transact([(_RESULT, [(microseconds(at), word[:40], id_)])])

    async def heard(self, neighbour: str, id_: str) -> str | None:
        """What was answered to a neighbour's own message before; None: it is new."""
        sql = "SELECT reply FROM outbox_heard WHERE neighbour = ? AND id = ?"
        found = await self._database.fetch(sql, (neighbour, id_))
        return str(found[0][0]) if found else None

    async def note_heard(self, neighbour: str, id_: str, *, reply: str, at: datetime) -> None:
        """Remember what was answered to a neighbour's own message."""
        await self._database.transact([(_HEARD, [(neighbour, id_, reply, microseconds(at))])])

    async def again(self, letter: Letter, *, now: datetime, until: datetime) -> None:
        """Send what was refused or given up once more."""
        row = (microseconds(now), microseconds(until), letter.id, letter.state.value)
        await self._database.transact([(_AGAIN, [row])])

    async def next_at(self, neighbour: str) -> datetime | None:
        """When something for a neighbour is due next."""
        [(at,)] = await self._database.fetch(_NEXT, (neighbour,))
        return moment(at) if at is not None else None

    async def one(self, id_: str) -> Letter | None:
        """A request."""
        found = await self._database.fetch(_ONE, (id_,))
        return _read(found[0]) if found else None

    async def about(self, subject: str) -> list[Letter]:
        """The requests about something, the oldest first."""
        return [_read(row) for row in await self._database.fetch(_OF, (subject,))]

    async def between(self, first: datetime, last: datetime) -> list[Letter]:
        """The requests made from one moment to before another."""
        return [_read(row) for row in await self._database.fetch(_BETWEEN, (microseconds(first), microseconds(last)))]

    async def silent(self, neighbour: str, *, before: datetime, limit: int = 1_000) -> list[Letter]:
        """Requests older than this that are unanswered, or whose result has not come."""
        return [_read(row) for row in await self._database.fetch(_SILENT, (neighbour, microseconds(before), limit))]

    async def failed(self, since: datetime) -> dict[tuple[str, State], int]:
        """How many were refused or given up since then, per neighbour."""
        found = await self._database.fetch(_FAILED, (microseconds(since),))
        return {(neighbour, State(state)): int(many) for neighbour, state, many in found}


_MOVE = (
    "INSERT INTO outbox_cursor (name, seq) VALUES (?,?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq"
    " WHERE excluded.seq > outbox_cursor.seq"
)


def _row(one: Letter) -> tuple[Any, ...]:
    return (
        *(one.id, one.neighbour, one.kind, one.subject, one.state.value, one.sealed),
        *(microseconds(one.at), microseconds(one.next_at), microseconds(one.until_at), one.tries, one.reason),
        *(_us(one.answered_at), one.answer, int(one.awaits), _us(one.result_at), one.result),
    )


def _read(row: tuple[Any, ...]) -> Letter:
    named = dict(zip(_COLUMNS.split(", "), row, strict=True))
    for name in ("at", "next_at", "until_at", "answered_at", "result_at"):
        named[name] = moment(named[name]) if named[name] is not None else None
    return Letter(**{**named, "state": State(named["state"]), "awaits": bool(named["awaits"])})


def _us(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)

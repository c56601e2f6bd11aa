"""The journal's single writer: what waits is committed in one transaction, then handed on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime

import msgspec

from hall_server.database.connections import Database, Statement
from hall_server.errors import JournalFailed, Unavailable
from hall_server.journal import rows
from hall_server.journal.commit import Commit
from hall_server.messages import EventTypes, LastingEvent, Recorded

log = logging.getLogger(__name__)

MAX_WAITING = 20_000  # entries; beyond it the disk is the trouble and more waiting helps nobody
_COLUMNS = "seq, at, business_day, type, version, subject, actor, command_id, payload, hash"
_INSERT = f"INSERT INTO journal ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)"  # noqa: S608  # constants only
_INSERT_REPLY = "INSERT INTO replies (number, key, actor, command_id, fingerprint, at, reply) VALUES (?,?,?,?,?,?,?)"
_INSERT_DAY = "INSERT OR IGNORE INTO journal_day (business_day, first_seq) VALUES (?,?)"
_INSERT_LASTING = "INSERT INTO journal_lasting (seq, last_day, subject) VALUES (?,?,?)"
_END_SUBJECT = "UPDATE journal_lasting SET last_day = ? WHERE subject = ?"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A command's first reply, kept beside its events.

    Attributes:
        number: its place among the replies.
        key: what it is found by.
    """

    number: int
    key: int
    actor: str
    command_id: str
    fingerprint: bytes
    body: bytes


class _Entry(msgspec.Struct, frozen=True):
    recorded: tuple[Recorded, ...]
    reply: Reply | None
    at: datetime


class Journal:
    """Appends in the order of the decisions, durable before anybody hears of it.

    Attributes:
        seq: the last number given out, committed or not.
        committed: the last number that is safe.
        last_at: the time of the last event; the journal's time never goes back.
        business_day: the day of the last event, None in an empty journal.
    """

    def __init__(self, database: Database, types: EventTypes) -> None:
        self._database = database
        self._types = types
        self._waiting: list[_Entry] = []
        self._next = Commit()
        self._wake = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None
        self._head = rows.GENESIS
        self.seq = 0
        self.committed = 0
        self.last_at: datetime | None = None
        self.business_day: date | None = None
        self.failure: BaseException | None = None
        self._is_committing = self._is_closed = False
        self.on_commit: Callable[[list[Recorded]], None] = lambda batch: None
        self.on_failure: Callable[[BaseException], None] = lambda exc: None

    async def open(self) -> None:
        """Find the end of the journal and start its writer."""
        last = await self._database.fetch("SELECT seq, at, business_day, hash FROM journal ORDER BY seq DESC LIMIT 1")
        for seq, at, day, head in last:
            self.seq = self.committed = seq
            self.last_at, self.business_day, self._head = rows.moment(at), date.fromisoformat(day), head
        self._writing = asyncio.create_task(self._write_forever(), name="journal writer")

    def append(self, recorded: tuple[Recorded, ...], *, at: datetime, reply: Reply | None) -> Commit:
        """Queue events, numbered by `number`, with the reply to their command; who needs them safe waits for it.

        Raises:
            JournalFailed: the journal can no longer be written.
            Unavailable: too much waits for the disk.
        """
        self.check()
        if recorded:
            last = recorded[-1]
            self.seq, self.last_at, self.business_day = last.seq, last.at, last.business_day
        self._waiting.append(_Entry(recorded, reply, at))
        self._wake.set()
        return self._next

    def check(self) -> None:
        """Refuse while nothing can be made durable.

        Raises:
            JournalFailed: the journal can no longer be written.
            Unavailable: too much waits for the disk.
        """
        if self.failure is not None or self._is_closed:
            raise JournalFailed("journal.failed")
        if len(self._waiting) >= MAX_WAITING:
            raise Unavailable("journal.busy")

    async def settled(self) -> None:
        """Wait until everything decided so far is safe.

        Raises:
            JournalFailed: it never will be.
        """
        if self.committed < self.seq:
            await self.append((), at=self.last_at or rows.moment(0), reply=None).reached()

    async def days(self) -> list[tuple[str, int]]:
        """Each business day with its first seq, in order."""
        return [
            (day, seq)
            for day, seq in await self._database.fetch(
                "SELECT business_day, first_seq FROM journal_day ORDER BY first_seq"
            )
        ]

    async def read(self, after: int, *, limit: int = 500) -> list[Recorded]:
        """At most ``limit`` committed events after a seq, in order."""
        found = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",  # noqa: S608  # constants only
            (after, limit),
        )
        return [rows.read(row, self._types) for row in found]

    async def lasting(self, before: int, day: str = "") -> list[Recorded]:
        """Events that hold beyond their day and still hold on ``day``, and stand before a seq, in order."""
        found = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM journal WHERE seq IN"  # noqa: S608  # constants only
            " (SELECT seq FROM journal_lasting WHERE seq < ? AND (last_day IS NULL OR last_day >= ?)) ORDER BY seq",
            (before, day),
        )
        return [rows.read(row, self._types) for row in found]

    async def read_all(self, after: int, *, limit: int = 5000) -> AsyncIterator[list[Recorded]]:
        """All committed events after a seq, in batches."""
        while batch := await self.read(after, limit=limit):
            yield batch
            after = batch[-1].seq

    async def close(self) -> None:
        """Write what waits, then stop."""
        if self._writing is None:
            return
        if self.failure is None and (self._waiting or self._is_committing):
            with contextlib.suppress(JournalFailed):
                await self.append((), at=self.last_at or rows.moment(0), reply=None).reached()
        self._is_closed = True
        self._writing.cancel()
        await asyncio.gather(self._writing, return_exceptions=True)

    async def _write_forever(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._waiting = self._waiting, []
            commit, self._next = self._next, Commit()
            self._is_committing = True
            try:
                await self._commit(batch, commit)
                self._is_committing = False
            except asyncio.CancelledError:
                raise
            except BaseException as exc:  # noqa: BLE001  # whatever it was: after a failed write nothing may be acknowledged
                self._fail(exc, commit)
                return

    async def _commit(self, batch: list[_Entry], commit: Commit) -> None:
        recorded = [one for entry in batch for one in entry.recorded]
        statements, head = self._statements(batch, recorded)
        if statements:
            await self._database.transact(statements)
        self._head = head
        if recorded:
            self.committed = recorded[-1].seq
        commit.reach()
        self.on_commit(recorded)

    def _statements(self, batch: list[_Entry], recorded: list[Recorded]) -> tuple[list[Statement], bytes]:
        table: list[rows.Row] = []
        head = self._head
        for one in recorded:
            row = rows.chained(one, head)
            head = row.hash
            table.append(row)
        replies = [
            (
                entry.reply.number,
                entry.reply.key,
                entry.reply.actor,
                entry.reply.command_id,
                entry.reply.fingerprint,
                rows.microseconds(entry.at),
                entry.reply.body,
            )
            for entry in batch
            if entry.reply is not None
        ]
        days = {row.business_day: row.seq for row in reversed(table)}
        held = [(one, one.event) for one in recorded if isinstance(one.event, LastingEvent)]
        lasting = [(one.seq, _last_day(one, event), _until_ended(event)) for one, event in held]
        ended = [(one.business_day.isoformat(), event.subject) for one, event in held if event.ends_subject]
        wanted: list[Statement] = [
            (_INSERT, table),
            (_INSERT_REPLY, replies),
            (_INSERT_DAY, self._new_days(days)),
            (_INSERT_LASTING, lasting),
            (_END_SUBJECT, ended),
        ]
        return [(sql, some) for sql, some in wanted if some], head

    def _new_days(self, days: dict[str, int]) -> list[tuple[str, int]]:
        fresh = [(day, seq) for day, seq in days.items() if day != self._last_day]
        if fresh:
            self._last_day = max(day for day, _ in fresh)
        return fresh

    _last_day = ""

    def _fail(self, exc: BaseException, commit: Commit) -> None:
        self.failure = exc
        log.critical("journal write failed: %s", exc, extra={"action": "journal.failed"})
        commit.fail()
        self._next.fail()
        self._waiting.clear()
        self.on_failure(exc)


def _last_day(recorded: Recorded, event: LastingEvent) -> str | None:
    day = event.last_day(recorded.business_day)
    return day.isoformat() if day is not None else None


def _until_ended(event: LastingEvent) -> str | None:
    """What the row is found by when its subject ends; None where its own last day says it."""
    return event.subject if event.until_ended else None

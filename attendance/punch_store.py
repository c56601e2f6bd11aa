"""The table of punches in views.db: each once, with whom it belongs to and when it counts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from attendance import messages as m
from attendance.records import Punch, PunchFault
from hall_server.database.connections import Database
from hall_server.database.projections import Change
from hall_server.journal.rows import microseconds, moment
from hall_server.messages import Recorded

_PUT = (
    "INSERT OR IGNORE INTO punches (terminal, mark, device, source, pin, staff, at, counts_at, received_at, status,"
    " verify, raw, fault, skew_s) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_OWN = "UPDATE punches SET staff = ? WHERE pin = ? AND staff IS NULL"
_STAMP = "INSERT OR REPLACE INTO punch_stamps (terminal, stamp) VALUES (?,?)"
_OF = (
    "SELECT staff, counts_at, status, source, device, at, skew_s FROM punches"
    " WHERE counts_at >= ? AND counts_at < ? AND staff = ? AND fault = '' ORDER BY counts_at, terminal, mark"
)
_LEFT = (
    "SELECT terminal, device, pin, at, received_at, raw, fault FROM punches"
    " WHERE (staff IS NULL OR fault != '') AND received_at >= ? ORDER BY received_at DESC, terminal, mark LIMIT ?"
)
_STAMPS = (
    "SELECT staff, counts_at FROM punches"
    " WHERE counts_at >= ? AND counts_at < ? AND staff IS NOT NULL AND fault = '' ORDER BY counts_at"
)
ASKED_AT_ONCE = 400
READ_AT_ONCE = 1_000


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A punch that counts: ``at`` is the time that counts, ``said`` the terminal's own."""

    staff: str
    at: datetime
    status: int
    source: str
    device: str
    said: datetime
    skew_s: float | None


class LeftOver(msgspec.Struct, frozen=True, kw_only=True):
    """A line that counts for nobody, for the manager: nobody has its number, or it is bad."""

    terminal: str
    device: str
    pin: str
    at: datetime | None
    received_at: datetime
    raw: str
    reason: str


class PunchTable:
    """One row a punch; times in UTC microseconds. What was nobody's becomes somebody's with their number."""

    name: ClassVar[str] = "punches"
    types: ClassVar[frozenset[str]] = frozenset({m.PunchesTaken.type, m.PinSet.type})
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[str, ...]] = ("punches", "punch_stamps")
    schema: ClassVar[str] = """
        CREATE TABLE IF NOT EXISTS punches (
            terminal TEXT NOT NULL, mark TEXT NOT NULL, device TEXT NOT NULL, source TEXT NOT NULL, pin TEXT NOT NULL,
            staff TEXT, at INTEGER, counts_at INTEGER, received_at INTEGER NOT NULL, status INTEGER NOT NULL,
            verify INTEGER NOT NULL, raw TEXT NOT NULL, fault TEXT NOT NULL, skew_s REAL,
            PRIMARY KEY (terminal, mark)
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS punches_time ON punches (counts_at);
        CREATE INDEX IF NOT EXISTS punches_left ON punches (received_at) WHERE staff IS NULL OR fault != '';
        CREATE INDEX IF NOT EXISTS punches_nobody ON punches (pin) WHERE staff IS NULL;
        CREATE TABLE IF NOT EXISTS punch_stamps (terminal TEXT PRIMARY KEY, stamp TEXT NOT NULL) WITHOUT ROWID;
    """

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """The rows an event brings."""
        match recorded.event:
            case m.PunchesTaken() as e:
                received = microseconds(e.received_at)
                for one in e.punches:
                    yield _PUT, _row(e, one, received)
                if e.stamp:
                    yield _STAMP, (e.terminal, e.stamp)
            case m.PinSet() as e if e.pin is not None:
                yield _OWN, (e.staff, e.pin)


async def known_marks(views: Database, terminal: str, marks: Sequence[str]) -> set[str]:
    """Which of these a terminal has handed in before."""
    found = set[str]()
    for start in range(0, len(marks), ASKED_AT_ONCE):
        some = marks[start : start + ASKED_AT_ONCE]
        places = ",".join("?" * len(some))
        sql = f"SELECT mark FROM punches WHERE terminal = ? AND mark IN ({places})"  # noqa: S608  # places only
        found.update(mark for (mark,) in await views.fetch(sql, (terminal, *some)))
    return found


async def stamp_of(views: Database, terminal: str) -> str:
    """How far a terminal has sent, in its own words; ``0``: nothing is known."""
    rows = await views.fetch("SELECT stamp FROM punch_stamps WHERE terminal = ?", (terminal,))
    return str(rows[0][0]) if rows else "0"


async def counted(views: Database, begin: datetime, end: datetime, staff: str) -> list[Counted]:
    """Somebody's punches that count from a moment to another, in order."""
    rows = await views.fetch(_OF, (microseconds(begin), microseconds(end), staff))
    return [
        Counted(
            staff=who,
            at=moment(at),
            status=status,
            source=source,
            device=device,
            said=moment(said if said is not None else at),
            skew_s=skew,
        )
        for who, at, status, source, device, said, skew in rows
    ]


async def stamps(
    views: Database, begin: datetime, end: datetime, staff: str | None = None
) -> dict[str, list[datetime]]:
    """Staff → when their punches from a moment to another count, in order; of one person or of everybody."""
    sql = _STAMPS if staff is None else _STAMPS.replace("ORDER BY", "AND staff = ? ORDER BY")
    whose = () if staff is None else (staff,)
    found: dict[str, list[datetime]] = {}
    for n, (who, at) in enumerate(await views.fetch(sql, (microseconds(begin), microseconds(end), *whose))):
        found.setdefault(who, []).append(moment(at))
        if n % READ_AT_ONCE == 0:
            await asyncio.sleep(0)  # a month of 500 people has 20,000 punches; visitors are served between some
    return found


async def left_over(views: Database, since: datetime, limit: int = 200) -> list[LeftOver]:
    """What came since and counts for nobody, the newest first."""
    rows = await views.fetch(_LEFT, (microseconds(since), limit))
    return [
        LeftOver(
            terminal=terminal,
            device=device,
            pin=pin,
            at=None if at is None else moment(at),
            received_at=moment(received),
            raw=raw,
            reason=fault or "punch.nobody",
        )
        for terminal, device, pin, at, received, raw, fault in rows
    ]


def _row(event: m.PunchesTaken, one: Punch, received: int) -> tuple[object, ...]:
    counts = one.counts_at if one.fault is PunchFault.NONE else None
    return (
        *(event.terminal, one.mark, event.device, event.source, one.pin, one.staff),
        *(None if at is None else microseconds(at) for at in (one.at, counts)),
        *(received, one.status, one.verify, one.raw, one.fault, event.skew_s),
    )

"""Durable tickets per second with 100 callers, beside a bare loop that commits the very same rows in such groups."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.halls import MANAGER, opened
from bench.measure import Better, Comparison, Result, by_name, percentile
from hall_server.database.connections import MIGRATIONS
from hall_server.messages import Recorded
from hall_server.server import Server

CALLERS = 100
TICKETS, TICKETS_QUICK = 20_000, 4_000
SLICES = 10
WARM_UP = 500
ASKED = 0.5
_JOURNAL = "seq, at, business_day, type, version, subject, actor, command_id, payload, hash"
_REPLIES = "number, key, actor, command_id, fingerprint, at, reply"
INSERT = f"INSERT INTO journal ({_JOURNAL}) VALUES (?,?,?,?,?,?,?,?,?,?)"  # noqa: S608  # constants only
INSERT_REPLY = f"INSERT INTO replies ({_REPLIES}) VALUES (?,?,?,?,?,?,?)"  # noqa: S608  # constants only
OURS = "durable tickets through the service, 100 callers"
BARE = "bare sqlite3 loop, same rows, same groups, WAL, FULL"

Rows = Sequence[tuple[Any, ...]]


def measure(*, runs: int, is_quick: bool) -> Result:
    """Run hall and bare loop one after the other, ``runs`` times."""
    tickets = TICKETS_QUICK if is_quick else TICKETS
    found = [asyncio.run(_once(tickets)) for _ in range(runs)]
    ours = by_name(found, OURS, "1/s")
    bare = by_name(found, BARE, "1/s")
    return Result(
        name="journal",
        runs=runs,
        comparisons=[Comparison(ours=ours, limit=bare, better=Better.HIGHER, asked=ASKED)],
        notes=[
            by_name(found, "tickets per commit, mean", "tickets"),
            by_name(found, "wait of a caller, p50", "ms"),
            by_name(found, "wait of a caller, p99", "ms"),
        ],
    )


async def _once(tickets: int) -> dict[str, float]:
    groups: list[int] = []
    waits: list[float] = []
    ours_s = bare_s = 0.0
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder:
        path = Path(folder) / "hall"
        async with opened(path) as server, _bare_database(Path(folder) / "bare.db") as bare:
            await _issue(server, WARM_UP)
            _count_groups(server, groups)
            for _ in range(SLICES):  # in turn, so that a busy moment of the machine meets both
                before, counted = server.journal.committed, len(groups)
                begun = time.perf_counter()
                waits += await _issue(server, tickets // SLICES)
                ours_s += time.perf_counter() - begun
                await server.projector.reached(server.journal.committed)
                journal, replies = _read(path / "hall.db", before)
                assert len(journal) == len(replies) == tickets // SLICES
                bare_s += _bare(bare, journal, replies, size=round(len(journal) / (len(groups) - counted)))
    return {
        OURS: len(waits) / ours_s,
        BARE: len(waits) / bare_s,
        "tickets per commit, mean": len(waits) / len(groups),
        "wait of a caller, p50": percentile(waits, 0.5) * 1e3,
        "wait of a caller, p99": percentile(waits, 0.99) * 1e3,
    }


async def _issue(server: Server, tickets: int) -> list[float]:
    from hall_queue.messages import IssueTicket  # imported here: the clients of a benchmark need no hall

    wanted = [matter.id for matter in server.directory.frequent_matters()]
    waits: list[float] = []
    left = iter([(wanted[number % len(wanted)], uuid.uuid4().hex) for number in range(tickets)])

    async def caller() -> None:
        for matter, command_id in left:
            begun = time.perf_counter()
            await server.execute(IssueTicket(matter=matter), actor=MANAGER, command_id=command_id)
            waits.append(time.perf_counter() - begun)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return waits


def _count_groups(server: Server, groups: list[int]) -> None:
    """Note the sizes of the groups that are committed from now on."""
    hand_on = server.journal.on_commit

    def counting(batch: list[Recorded]) -> None:
        groups.append(len(batch))
        hand_on(batch)

    server.journal.on_commit = counting


def _read(path: Path, after: int) -> tuple[Rows, Rows]:
    """The rows of the run, as the hall wrote them."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        journal = connection.execute(f"SELECT {_JOURNAL} FROM journal WHERE seq > ? ORDER BY seq", (after,)).fetchall()  # noqa: S608  # constants only
        replies = connection.execute(
            f"SELECT {', '.join('r.' + name for name in _REPLIES.split(', '))} FROM replies r"  # noqa: S608  # constants only
            " JOIN journal j ON j.command_id = r.command_id AND j.actor = r.actor WHERE j.seq > ? ORDER BY j.seq",
            (after,),
        ).fetchall()
    finally:
        connection.close()
    return journal, replies


@asynccontextmanager
async def _bare_database(path: Path) -> AsyncIterator[sqlite3.Connection]:
    """A database with the hall's own tables."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
        for step in sorted((MIGRATIONS / "hall").glob("*.sql")):
            connection.executescript(step.read_text(encoding="utf-8"))
        yield connection
    finally:
        connection.close()


def _bare(connection: sqlite3.Connection, journal: Rows, replies: Rows, *, size: int) -> float:
    """Seconds that sqlite3 alone needs for these rows in groups of this size."""
    begun = time.perf_counter()
    for first in range(0, len(journal), size):
        connection.execute("BEGIN")
        connection.executemany(INSERT, journal[first : first + size])
        connection.executemany(INSERT_REPLY, replies[first : first + size])
        connection.execute("COMMIT")
    return time.perf_counter() - begun

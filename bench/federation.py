"""Events a second from a hall into its city beside a bare insert of the same batches, and a week that is drained."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import sqlite3
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import asyncpg

from bench.halls import DEMO, MANAGER
from bench.measure import Better, Comparison, Result, by_name, percentile
from city.sql import SCHEMA
from hall_server.database.connections import MIGRATIONS
from hall_server.directory.commands import FoundHall
from hall_server.directory.hall_file import load_demo
from hall_server.federation.wire import BATCH_ROWS
from hall_server.identity import SYSTEM
from hall_server.journal import rows
from hall_server.messages import Event, Recorded
from hall_server.server import Server
from hall_server.settings import load
from scripts.city_process import CityProcess, pair
from tests.fakes.postgres import PostgresServer, postgres_server

DAYS, PER_DAY, PER_DAY_QUICK = 7, 60_000, 3_000
HALL = "bench"
COLUMNS = "hall, epoch, seq, at, business_day, type, version, subject, actor, command_id, payload, hash"
INSERT = f"INSERT INTO hall_events ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"  # noqa: S608  # constants only
UNNEST = (
    f"INSERT INTO hall_events ({COLUMNS}) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[],"  # noqa: S608  # constants only
    " $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bytea[])"
    " ON CONFLICT DO NOTHING"
)
ASKED_RATE, ASKED_RATIO, ASKED_DRAIN_S, ASKED_P99 = 10_000.0, 0.5, 120.0, 1.2
PER_S = 40.0
"""Tickets a second while the week drains: three times the busiest hour of a large hall."""
SLICE_S = 4.0
WITHOUT, WITH = "a ticket's reply without the link, p99", "a ticket's reply while a week drains, p99"
DRAIN = "7 days offline, 420,000 events, drained"


class Stood(Event, frozen=True, kw_only=True):
    """Something like a ticket's event, in bytes."""

    type: ClassVar[str] = "bench.stood"
    ticket: str
    number: str
    line: str
    matter: str
    filling: str

    @property
    def subject(self) -> str:
        """The ticket."""
        return f"ticket:{self.ticket}"


def measure(*, runs: int, is_quick: bool) -> Result:
    """Fill a hall's journal with a week, then send it, ``runs`` times into each database."""
    per_day = PER_DAY_QUICK if is_quick else PER_DAY
    found: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder, postgres_server(fsync=True) as postgres:
        template = Path(folder) / "week"
        table = _fill(template, per_day)
        for run in range(runs):
            found.append(_once(Path(folder) / str(run), template, table, postgres))
    comparisons = [Comparison(ours=by_name(found, DRAIN, "s"), limit=None, better=Better.LOWER, asked=ASKED_DRAIN_S)]
    comparisons.append(
        Comparison(
            ours=by_name(found, WITH, "ms"), limit=by_name(found, WITHOUT, "ms"), better=Better.LOWER, asked=ASKED_P99
        )
    )
    for engine in ("SQLite", "PostgreSQL"):
        ours = by_name(found, f"events from hall to city, {engine}", "1/s")
        bare = by_name(found, f"bare INSERT … ON CONFLICT DO NOTHING, same batches, {engine}", "1/s")
        comparisons += [
            Comparison(ours=ours, limit=None, better=Better.HIGHER, asked=ASKED_RATE),
            Comparison(ours=ours, limit=bare, better=Better.HIGHER, asked=ASKED_RATIO),
        ]
    notes = [
        by_name(found, "a ticket's reply without the link, p50", "ms"),
        by_name(found, "a ticket's reply while a week drains, p50", "ms"),
    ]
    return Result(name="federation", runs=runs, comparisons=comparisons, notes=notes)


def _once(folder: Path, template: Path, table: list[rows.Row], postgres: PostgresServer) -> dict[str, float]:
    figures: dict[str, float] = {}
    for engine, address in (("SQLite", str(folder / "city.db")), ("PostgreSQL", postgres.fresh())):
        took_s = asyncio.run(_drain(folder / engine, template, address))
        figures[f"events from hall to city, {engine}"] = len(table) / took_s
        bare_s = _bare_sqlite(folder / "bare.db", table) if engine == "SQLite" else asyncio.run(
            _bare_postgres(postgres.fresh(), table)
        )  # fmt: skip
        figures[f"bare INSERT … ON CONFLICT DO NOTHING, same batches, {engine}"] = len(table) / bare_s
    figures |= asyncio.run(_week(folder / "working", template, postgres.fresh(), len(table)))
    shutil.rmtree(folder)
    return figures


def _fill(template: Path, per_day: int) -> list[rows.Row]:
    """A journal of a week that nobody has sent yet."""
    template.mkdir(parents=True)
    connection = sqlite3.connect(template / "hall.db", isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
    steps = sorted((MIGRATIONS / "hall").glob("*.sql"))
    for step in steps:
        connection.executescript(step.read_text(encoding="utf-8"))
    connection.execute(f"PRAGMA user_version={len(steps)}")
    table: list[rows.Row] = []
    today = datetime.now(UTC).date()
    dice = random.Random(7)
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        connection.execute("INSERT INTO journal_day VALUES (?,?)", (day.isoformat(), len(table) + 1))
        for _ in range(per_day):
            table.append(_row(len(table) + 1, day, dice, table[-1].hash if table else rows.GENESIS))
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?,?)", table)
    connection.execute("COMMIT")
    connection.close()
    return table


def _row(seq: int, day: date, dice: random.Random, before: bytes) -> rows.Row:
    event = Stood(
        ticket=f"{seq:026d}", number=f"A{seq % 1000:03d}", line="social", matter=f"m{dice.randrange(1135):04d}",
        filling="x" * 90,
    )  # fmt: skip
    at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC) + timedelta(milliseconds=seq % 30_000_000)
    recorded = Recorded(
        seq=seq, at=at, business_day=day, event=event, actor="device:kiosk-01", command_id=f"{seq:032x}"
    )
    return rows.chained(recorded, before)


@asynccontextmanager
async def _hall(data: Path, template: Path, city: CityProcess) -> AsyncIterator[Server]:
    """A whole hall with a week behind it; its link is not up yet."""
    from hall_queue.messages import OpenWindow
    from run import compose, spare_collection  # imported here: the clients of a benchmark need no hall

    shutil.copytree(template, data)
    (data / "keys").mkdir()
    (data / "keys" / "city.token").write_text(await pair(city.database, city.folder, HALL))
    (data / "keys" / "city.token").chmod(0o600)
    start = load_demo(DEMO)
    settings = load(DEMO, http_port=0, mqtt_port=0, voice=False, hall=HALL, city_url=city.url)
    server = compose(settings, data, start=start)
    server.types.add(Stood)
    await server.open()
    try:
        await server.execute(FoundHall(events=start.events), actor=SYSTEM)
        for window in server.directory.windows:
            await server.execute(OpenWindow(window=window), actor=MANAGER)
        await server.projector.catch_up()
        following = server.spawn(server.projector.run(), "projections")
        spare_collection()
        yield server
        following.cancel()
    finally:
        await server.rooms["federation"].stop()
        await server.close()


async def _drain(data: Path, template: Path, database: str) -> float:
    """Seconds from the link's start to the last acknowledgement, with nothing else to do and no pace."""
    city = await _city(database, data.with_name(data.name + "-city"))
    try:
        async with _hall(data, template, city) as server:
            room = server.rooms["federation"]
            begun = time.perf_counter()
            await room.start(pace=0)
            await room.reached(server.journal.committed)
            return time.perf_counter() - begun
    finally:
        city.stop()


async def _city(database: str, folder: Path) -> CityProcess:
    city = CityProcess(database, folder)
    await asyncio.to_thread(city.start)
    return city


async def _week(data: Path, template: Path, database: str, events: int) -> dict[str, float]:
    """A week drained at the pace that is set, in turns with the same work without a link."""
    city = await _city(database, data.with_name("working-city"))
    waits: dict[bool, list[float]] = {False: [], True: []}
    on_s = 0.0
    try:
        async with _hall(data, template, city) as server:
            room = server.rooms["federation"]
            await _serve(server, seconds=SLICE_S)  # warm
            is_over = False
            while not is_over:
                waits[False] += await _serve(server, seconds=SLICE_S)
                begun = time.perf_counter()
                await room.start()
                serving = asyncio.create_task(_serve(server, seconds=SLICE_S))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(room.reached(events), SLICE_S)
                    is_over = True
                on_s += time.perf_counter() - begun
                waits[True] += await serving
                await room.stop()
    finally:
        await asyncio.to_thread(city.stop)
    return {
        DRAIN: on_s,
        WITHOUT: percentile(waits[False], 0.99) * 1e3,
        WITH: percentile(waits[True], 0.99) * 1e3,
        "a ticket's reply without the link, p50": percentile(waits[False], 0.5) * 1e3,
        "a ticket's reply while a week drains, p50": percentile(waits[True], 0.5) * 1e3,
    }


async def _serve(server: Server, *, seconds: float) -> list[float]:
    """Tickets at random moments, whatever the hall does meanwhile; how long each waited."""
    from hall_queue.messages import IssueTicket  # imported here: the clients of a benchmark need no hall

    wanted = [matter.id for matter in server.directory.frequent_matters()]
    waits: list[float] = []
    dice = random.Random(len(wanted))

    async def one(due: float) -> None:
        await server.execute(IssueTicket(matter=dice.choice(wanted)), actor=MANAGER, command_id=uuid.uuid4().hex)
        waits.append(time.perf_counter() - due)

    due = begun = time.perf_counter()
    under_way: list[asyncio.Task[None]] = []
    while due - begun < seconds:
        due += dice.expovariate(PER_S)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        under_way.append(asyncio.create_task(one(due)))
    await asyncio.gather(*under_way)
    return waits


def _batches(table: list[rows.Row]) -> Sequence[list[tuple[Any, ...]]]:
    whole = [(HALL, 1, *row) for row in table]
    return [whole[first : first + BATCH_ROWS] for first in range(0, len(whole), BATCH_ROWS)]


def _bare_sqlite(path: Path, table: list[rows.Row]) -> float:
    """Seconds that sqlite3 alone needs for the same rows in the same batches."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    for step in sorted((SCHEMA / "sqlite").glob("*.sql")):
        connection.executescript(step.read_text(encoding="utf-8"))
    batches = _batches(table)
    begun = time.perf_counter()
    for batch in batches:
        connection.execute("BEGIN")
        connection.executemany(INSERT, batch)
        connection.execute("COMMIT")
    took_s = time.perf_counter() - begun
    connection.close()
    return took_s


async def _bare_postgres(url: str, table: list[rows.Row]) -> float:
    """Seconds that PostgreSQL needs for the same rows in the same batches, as arrays: faster than row by row."""
    connection = await asyncpg.connect(url)
    for step in sorted((SCHEMA / "postgresql").glob("*.sql")):
        await connection.execute(step.read_text(encoding="utf-8"))
    batches = _batches(table)
    begun = time.perf_counter()
    for batch in batches:
        await connection.execute(UNNEST, *(list(column) for column in zip(*batch, strict=True)))
    took_s = time.perf_counter() - begun
    await connection.close()
    return took_s

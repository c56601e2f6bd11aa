"""Three years of a large hall in the tables of figures: questions beside a scan; events replayed into all tables."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

import run
from bench.measure import Better, Comparison, Result, by_name
from bench.statistics_days import LINES, MATTERS, WINDOWS, sittings_of, steps_of
from dashboards.figures import store
from dashboards.figures.asked import Asked, GroupBy
from dashboards.figures.visits import folded
from evaluation.figures.period import Period
from hall_queue import messages as m
from hall_queue.model import Channel, MatterOutcome
from hall_server.days import DayOpened
from hall_server.messages import Event, Recorded
from hall_server.server import Server
from hall_server.settings import load

TICKETS, TICKETS_QUICK = 2_000_000, 60_000
EVENTS, EVENTS_QUICK = 1_000_000, 40_000
FIRST, LAST = date(2023, 11, 1), date(2026, 10, 31)
ZONE = ZoneInfo("Asia/Shanghai")
ASKINGS = 7
ASKED_MS, ASKED_MONTH, ASKED_EVENTS = 200.0, 1.5, 20_000.0
YEARS, MONTH = Period(first=FIRST, last=LAST - timedelta(days=3)), Period(first=LAST.replace(day=1), last=LAST)
SPLITS = (GroupBy.LINE, GroupBy.HOUR, GroupBy.WINDOW, GroupBy.MATTER, GroupBy.DAY)


def measure(*, runs: int, is_quick: bool) -> Result:
    """Fill one hall with three years and one with their last month; ask and replay ``runs`` times."""
    found = asyncio.run(_all(runs, is_quick=is_quick))
    lower, higher = Better.LOWER, Better.HIGHER
    scan = by_name(found, "bare SELECT count(*) over the visits", "ms")
    years = [by_name(found, f"three years by {by}", "ms") for by in SPLITS]
    return Result(
        name="statistics",
        runs=runs,
        comparisons=[
            *(Comparison(ours=one, limit=None, better=lower, asked=ASKED_MS) for one in years),
            *(Comparison(ours=one, limit=scan, better=lower, asked=1.0) for one in years[:1]),
            Comparison(
                ours=by_name(found, "a month by line, three years kept", "ms"),
                limit=by_name(found, "a month by line, nothing else kept", "ms"),
                better=lower,
                asked=ASKED_MONTH,
            ),
            Comparison(
                ours=by_name(found, "events replayed into all tables", "per s"),
                limit=None,
                better=higher,
                asked=ASKED_EVENTS,
            ),
        ],
        notes=[
            by_name(found, "bare executemany of the same rows", "per s"),
            by_name(found, "visits summed up", "per s"),
            by_name(found, "tickets kept", ""),
        ],
    )


async def _all(runs: int, *, is_quick: bool) -> list[dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder:
        large, small = (_server(Path(folder) / name) for name in ("large", "small"))
        await large.open()
        await small.open()
        try:
            many, took_s = await _fill(large, FIRST, TICKETS_QUICK if is_quick else TICKETS)
            await _fill(small, MONTH.first, 0 if not many else many * MONTH.days // YEARS.days)
            asked = [await _asked(large, small) for _ in range(runs)]
        finally:
            await large.stop()
            await small.stop()
        replayed = await _replays(Path(folder) / "replay", runs, EVENTS_QUICK if is_quick else EVENTS)
    beside = {"tickets kept": float(many), "visits summed up": many / took_s}
    return [{**one, **other, **beside} for one, other in zip(asked, replayed, strict=True)]


def _server(data: Path) -> Server:
    return run.compose(load(None, hall="bench", demo=True, http_port=0, mqtt_port=0, voice=False), data)


# -- questions


async def _asked(large: Server, small: Server) -> dict[str, float]:
    found = {f"three years by {by}": await _took_ms(large, Asked(period=YEARS, by=by)) for by in SPLITS}
    month = Asked(period=MONTH, by=GroupBy.LINE)
    found["a month by line, three years kept"] = await _took_ms(large, month)
    found["a month by line, nothing else kept"] = await _took_ms(small, month)
    found["bare SELECT count(*) over the visits"] = await _scan_ms(large)
    return found


async def _took_ms(server: Server, asked: Asked) -> float:
    times = []
    for _ in range(ASKINGS):
        begun = time.perf_counter()
        await server.rooms["statistics"].pictures.of(asked, {})
        times.append(time.perf_counter() - begun)
    return median(times) * 1e3


async def _scan_ms(server: Server) -> float:
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        await server.views.fetch("SELECT count(*), sum(waiting_us) FROM visit_rows NOT INDEXED")
        times.append(time.perf_counter() - begun)
    return median(times) * 1e3


# -- three years


async def _fill(server: Server, first: date, tickets: int) -> tuple[int, float]:
    """Fold made-up steps and sum them up with the code that does it for real days, no journal; visits, seconds."""
    days = [first + timedelta(days=n) for n in range((LAST - first).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    dice, made, begun = Random(7), 0, time.perf_counter()
    rolled: dict[str, store.Cells] = {}
    for number, day in enumerate(days):
        if number == 0 or day.month != days[number - 1].month:
            rolled = await store.rolled_cells(server.views, day)
        visits, stays = folded(steps_of(dice, day, tickets // len(days)))
        rows = store.DayRows(visits, stays, sittings_of(dice))
        cells = store.day_cells(day, rows, ZONE)
        await server.views.transact(store.closing(day, rows, cells, rolled))
        made += len(rows.visits)
    return made, time.perf_counter() - begun


# -- replay


async def _replays(data: Path, runs: int, events: int) -> list[dict[str, float]]:
    server = _server(data)
    await server.open()
    await _write(server, events)
    await server.stop()
    return [await _replay(data) for _ in range(runs)]


async def _replay(data: Path) -> dict[str, float]:
    for path in await asyncio.to_thread(lambda: list(data.glob("views.db*"))):
        path.unlink()
    server = _server(data)
    await server.open()
    try:
        begun = time.perf_counter()
        await server.projector.catch_up()
        took_s = time.perf_counter() - begun
        rows = await server.database.fetch("SELECT seq, at, business_day, type, subject, payload FROM journal")
        bare_s = await asyncio.to_thread(_bare_s, data / "bare.db", rows)
    finally:
        await server.stop()
    return {
        "events replayed into all tables": len(rows) / took_s,
        "bare executemany of the same rows": len(rows) / bare_s,
    }


def _bare_s(path: Path, rows: list[tuple[object, ...]]) -> float:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; DROP TABLE IF EXISTS bare;"
            "CREATE TABLE bare (seq INTEGER PRIMARY KEY, at INTEGER, day TEXT, type TEXT, subject TEXT, payload TEXT)"
        )
        begun = time.perf_counter()
        for first in range(0, len(rows), 1_000):
            connection.executemany("INSERT INTO bare VALUES (?,?,?,?,?,?)", rows[first : first + 1_000])
            connection.commit()
        took_s = time.perf_counter() - begun
    path.unlink()
    return took_s


async def _write(server: Server, events: int) -> None:
    """Days of whole visits straight into the journal, as if they had been decided."""
    at, dice = datetime(2026, 1, 5, 1, tzinfo=UTC), Random(7)
    batch: list[Recorded] = []
    seq, day = server.journal.seq, date(2026, 1, 5)
    await server.settled()
    base = server.business_day + timedelta(days=1)
    at = max(at, server.now())
    for number, event in enumerate(_events(dice, events)):
        seq, at = seq + 1, at + timedelta(milliseconds=500)
        day = base + timedelta(days=number // 12_000)
        batch.append(Recorded(seq=seq, at=at, business_day=day, event=event, actor="staff:bench", command_id=None))
        if len(batch) == 2_000:
            await server.journal.append(tuple(batch), at=at, reply=None).reached()
            batch = []
    last = day + timedelta(days=1)
    batch.append(
        Recorded(seq=seq + 1, at=at, business_day=last, event=DayOpened(day=last), actor="system", command_id=None)
    )
    await server.journal.append(tuple(batch), at=at, reply=None).reached()


def _events(dice: Random, many: int) -> Iterator[Event]:
    for number in range(many // 4):
        ticket, window = f"t{number:07d}", f"w{dice.randrange(WINDOWS):02d}"
        line, matter, staff = f"line{number % LINES:02d}", f"matter{number % MATTERS:03d}", f"s{window[1:]}"
        yield m.TicketIssued(
            ticket=ticket,
            number=f"A{number:06d}",
            serial=number,
            line=line,
            matter=matter,
            channel=Channel.KIOSK,
            person=None,
            priority=None,
            matters=(matter,),
            wait_p50_s=600,
            wait_p90_s=1_200,
        )
        yield m.TicketCalled(ticket=ticket, window=window, staff=staff, rank="normal")
        yield m.TicketStarted(ticket=ticket, window=window)
        outcome = MatterOutcome.ACCEPTED
        yield m.TicketFinished(ticket=ticket, window=window, staff=staff, outcome=outcome, outcomes={matter: outcome})

"""A night of punches of 300 terminals handed in at once; a month of 500 staff computed and made into sheets."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bench import demo, halls
from bench.measure import Better, Comparison, Result, by_name, percentile
from bench.processes import Failed, module

if TYPE_CHECKING:
    from hall_server.server import Server

TERMINALS, TERMINALS_QUICK = 300, 30
PUNCHES, PUNCHES_QUICK = 20_000, 2_000
STAFF, STAFF_QUICK = 500, 50
AT_ONCE = 20
"""Records in one upload: firmware sends from one to a hundred."""
NIGHT_S, MONTH_S, SHEET_S, LAG_MS = 30.0, 2.0, 10.0, 100.0
TIMES_BARE = 20.0
NIGHT = "20,000 punches of 300 terminals: first connection → last yes, on the disk"
BARE = "bare sqlite3, FULL, a commit for each upload: the same rows"
LOST = "punches lost or doubled"
MONTH, PDF, XLSX = "month of 500 staff, computed", "its sheet as PDF", "its sheet as XLSX"
LAG = "longest silence of the hall meanwhile"
ZONE_H = 8


def measure(*, runs: int, is_quick: bool) -> Result:
    """A night and a month, ``runs`` times each."""
    found = [_once(is_quick=is_quick) for _ in range(runs)]
    night = by_name(found, NIGHT, "s")
    fixed = ((MONTH, MONTH_S), (PDF, SHEET_S), (XLSX, SHEET_S))
    return Result(
        name="attendance",
        runs=runs,
        comparisons=[
            Comparison(ours=night, limit=None, better=Better.LOWER, asked=NIGHT_S),
            Comparison(ours=night, limit=by_name(found, BARE, "s"), better=Better.LOWER, asked=TIMES_BARE),
            Comparison(ours=by_name(found, LOST, ""), limit=None, better=Better.LOWER, asked=0.0),
            *(
                Comparison(ours=by_name(found, name, "s"), limit=None, better=Better.LOWER, asked=asked)
                for name, asked in fixed
            ),
            Comparison(ours=by_name(found, LAG, "ms"), limit=None, better=Better.LOWER, asked=LAG_MS),
        ],
        notes=[
            by_name(found, "wait for an answer, p50", "ms"),
            by_name(found, "wait for an answer, p99", "ms"),
        ],
    )


def _once(*, is_quick: bool) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder:
        night = _night(Path(folder), *((TERMINALS_QUICK, PUNCHES_QUICK) if is_quick else (TERMINALS, PUNCHES)))
        month = asyncio.run(_month(Path(folder) / "month", STAFF_QUICK if is_quick else STAFF))
    return {**night, **month}


def _night(folder: Path, terminals: int, punches: int) -> dict[str, float]:
    data, serials = folder / "night", [f"BENCH{number:04}" for number in range(terminals)]
    begun = datetime.now(UTC) + timedelta(hours=ZONE_H) - timedelta(hours=10)
    lines = [
        [
            f"{1000 + number % 500}\t{begun + timedelta(seconds=number):%Y-%m-%d %H:%M:%S}\t{number % 2}\t1\t\t0\t0"
            for number in range(terminal, punches, terminals)
        ]
        for terminal in range(terminals)
    ]
    with demo.hall(data) as hall:
        manager = demo.Session(hall)
        for serial in serials:
            manager.post("/api/v1/devices", {"kind": "terminal", "id": serial.lower(), "name": serial})
        plan = {"port": hall.http_port, "serials": serials, "lines": lines, "at_once": AT_ONCE}
        with module("bench.clients.terminals") as clients:
            found: dict[str, Any] = clients.ask(plan)
    if found["wrong"]:
        raise Failed(f"{found['wrong']} answers to terminals were not what they should be")
    stored = _journalled(data / "hall.db")
    return {
        NIGHT: found["seconds"],
        BARE: _bare(folder / "bare.db", stored),
        LOST: float(abs(len(stored) - punches) + len(stored) - len(set(stored))),
        "wait for an answer, p50": percentile(found["waits"], 0.5) * 1e3,
        "wait for an answer, p99": percentile(found["waits"], 0.99) * 1e3,
    }


def _journalled(path: Path) -> list[tuple[str, str, str]]:
    """Terminal, number and time of each punch in the journal."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as books:
        rows = books.execute("SELECT payload FROM journal WHERE type = 'attendance.punches_taken'").fetchall()
    events = [msgspec.json.decode(payload) for (payload,) in rows]
    return [(one["terminal"], punch["pin"], punch["at"]) for one in events for punch in one["punches"]]


def _bare(path: Path, rows: list[tuple[str, str, str]]) -> float:
    """How long the same rows take with nothing around them, seconds."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as books:
        books.execute("PRAGMA journal_mode = WAL")
        books.execute("PRAGMA synchronous = FULL")
        books.execute("CREATE TABLE punches (terminal, pin, at, PRIMARY KEY (terminal, pin, at)) WITHOUT ROWID")
        begun = time.perf_counter()
        for start in range(0, len(rows), AT_ONCE):
            books.execute("BEGIN IMMEDIATE")
            books.executemany("INSERT OR IGNORE INTO punches VALUES (?,?,?)", rows[start : start + AT_ONCE])
            books.execute("COMMIT")
        return time.perf_counter() - begun


async def _month(data: Path, staff: int) -> dict[str, float]:
    """The month before this one: two punches on each working day, some late, some missing."""
    async with halls.opened(data) as server:
        today = server.business_day
        last = today.replace(day=1) - timedelta(days=1)
        first = last.replace(day=1)
        people = await _people(server, staff)
        await _worked(server, people, first, last)
        await server.projector.reached(server.journal.committed)
        lags = list[float]()
        watching = asyncio.create_task(_watch(lags))
        found = {}
        sheets = server.rooms["attendance"].sheets
        begun = time.perf_counter()
        await sheets.days(people, first, last)
        found[MONTH] = time.perf_counter() - begun
        for name, made in _sheets(server, f"{first:%Y-%m}"):
            begun = time.perf_counter()
            await made()
            found[name] = time.perf_counter() - begun
        watching.cancel()
    return {**found, LAG: max(lags) * 1e3}


def _sheets(server: Server, month: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The sheet of the whole hall, from the question to the file."""
    from attendance.month import month_days  # imported here: the clients of a benchmark need no hall
    from attendance.press import Press

    first, last = month_days(month)
    press, books = Press(), server.rooms["attendance"].books

    async def made(kind: str) -> None:
        content = await press.made(await books.made(first, last, "", "zh-CN"), kind)
        if not content.startswith(b"%PDF-" if kind == "pdf" else b"PK"):
            raise Failed(f"the sheet is no {kind}")

    yield PDF, lambda: made("pdf")
    yield XLSX, lambda: made("xlsx")


async def _people(server: Server, staff: int) -> list[str]:
    """So many staff with a shift, a number on the terminals and a department."""
    from attendance import messages as m
    from attendance.records import Break, Rota, Shift
    from hall_server.directory.commands import SaveStaff
    from hall_server.directory.model import Staff
    from hall_server.identity import SYSTEM

    shift = Shift(id="day", name="白班", begin="09:00", end="17:00", breaks=(Break(begin="12:00", end="13:00"),))
    await server.execute(m.SaveShift(shift=shift), actor=halls.MANAGER)
    rota = Rota(from_day=date(2020, 1, 1), week=((shift.id,),) * 5 + ((), ()))
    departments, people = list(server.directory.departments), list[str]()
    for number in range(staff):
        id_ = f"bench{number:03}"
        record = Staff(id=id_, number=f"7{number:03}", roles=("staff",))
        await server.execute(SaveStaff(item=record), actor=SYSTEM)
        await server.execute(m.SetRota(staff=id_, rota=rota), actor=halls.MANAGER)
        await server.execute(m.SetPin(staff=id_, pin=str(7000 + number)), actor=halls.MANAGER)
        place = departments[number % len(departments)]
        await server.execute(m.SetDepartment(staff=id_, department=place), actor=halls.MANAGER)
        people.append(id_)
    return people


async def _worked(server: Server, people: list[str], first: date, last: date) -> None:
    """In and out on each day; every 17th day late, every 29th without its going."""
    from attendance.messages import TakePunches
    from attendance.records import Punch, PunchSource
    from hall_server.identity import device_actor

    terminal = device_actor("bench", frozenset())
    zone = timedelta(hours=ZONE_H)
    for n in range((last - first).days + 1):
        day = datetime.combine(first + timedelta(days=n), datetime.min.time(), tzinfo=UTC) - zone
        punches = list[Punch]()
        for number in range(len(people)):
            came = day + timedelta(hours=9, minutes=15 if (number + n) % 17 == 0 else -5, seconds=number % 60)
            times = (came,) if (number + n) % 29 == 0 else (came, day + timedelta(hours=17, minutes=3))
            punches += (Punch(pin=str(7000 + number), at=at, counts_at=at) for at in times)
        for start in range(0, len(punches), 500):
            some = tuple(punches[start : start + 500])
            command = TakePunches(
                terminal="BENCH", device="bench", source=PunchSource.TERMINAL, received_at=server.now(), punches=some
            )
            await server.execute(command, actor=terminal)


async def _watch(lags: list[float]) -> None:
    """How much later than asked for a sleeping coroutine is woken: so long nobody was served."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0.005)
        lags.append(time.perf_counter() - begun - 0.005)

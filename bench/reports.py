"""A report of twenty pages beside a hall that serves, and a month's report with and without three years of history."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import msgspec

from bench import statistics as history
from bench.measure import Better, Comparison, Result, by_name, percentile
from bench.processes import Failed, module
from bench.statistics_days import MATTERS, WINDOWS

if TYPE_CHECKING:
    from hall_server.server import Server

PAGES = "a month's report of 20 pages or more, from the asking to the file on the disk"
LAG = "how late the hall's loop is meanwhile, 99 of 100"
LONG, SHORT = "a month's report, three years kept", "a month's report, nothing else kept"
ASKED_S, ASKED_LAG_MS, ASKED_RATIO = 3.0, 50.0, 1.5
LEAST_PAGES = 20
TICK_S = 0.005
DEADLINE_S = 120.0
MONTH = history.MONTH
RATED = (
    "INSERT INTO ratings (id, ticket, business_day, at, window, staff, line, matter, level, channel, actor, aspects,"
    " reasons, text, case_number, person, marks) VALUES (?,?,?,?,?,?,?,?,?,'pad','','','','',NULL,NULL,'')"
)


def measure(*, runs: int, is_quick: bool) -> Result:
    """Fill a hall with three years and one with their last month, each in a process of its own; ask for reports."""
    tickets = history.TICKETS_QUICK if is_quick else history.TICKETS
    with (
        tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder,
        _hall(Path(folder) / "large", tickets, years=True) as large,
        _hall(Path(folder) / "small", tickets, years=False) as small,
    ):
        found = [_measured(large, small) for _ in range(runs)]
    asked = ((PAGES, ASKED_S, "s"), (LAG, ASKED_LAG_MS, "ms"))
    return Result(
        name="reports",
        runs=runs,
        comparisons=[
            *(
                Comparison(ours=by_name(found, name, unit), limit=None, better=Better.LOWER, asked=most)
                for name, most, unit in asked
            ),
            Comparison(
                ours=by_name(found, LONG, "s"),
                limit=by_name(found, SHORT, "s"),
                better=Better.LOWER,
                asked=ASKED_RATIO,
            ),
        ],
        notes=[by_name(found, "pages", ""), by_name(found, "how late the loop is at most", "ms")],
    )


@contextmanager
def _hall(data: Path, tickets: int, *, years: bool) -> Iterator[Any]:
    with module("bench.reports", data, tickets, "years" if years else "month") as program:
        program.line("ready")
        yield program


def _measured(large: Any, small: Any) -> dict[str, float]:
    long, short = large.ask("report"), small.ask("report")
    if long["pages"] < LEAST_PAGES:
        raise Failed(f"the report has {long['pages']} pages only")
    return {
        PAGES: long["s"],
        LAG: long["lag_p99_ms"],
        LONG: long["s"],
        SHORT: short["s"],
        "pages": float(long["pages"]),
        "how late the loop is at most": long["lag_most_ms"],
    }


def _ratings() -> Iterator[tuple[object, ...]]:
    """Ratings of the month, some at every window."""
    for number in range(WINDOWS * 20):
        day = MONTH.first + timedelta(days=number % MONTH.days)
        window, matter = f"w{number % WINDOWS:02d}", f"matter{number % MATTERS:03d}"
        yield f"r{number}", f"t{number}", day.isoformat(), number, window, None, "line00", matter, 1 + number % 5


# -- the process of a hall: one report for every line of its standard input


class _Probe:
    """How late the loop is: a task that wants to wake up every few milliseconds."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []

    async def run(self) -> None:
        while True:
            due = time.perf_counter() + TICK_S
            await asyncio.sleep(TICK_S)
            self.late_ms.append((time.perf_counter() - due) * 1e3)


async def _serve(data: Path, tickets: int, *, years: bool) -> None:
    server = history._server(data)
    await server.open()
    first = history.FIRST if years else MONTH.first
    days = history.YEARS.days if years else MONTH.days
    await history._fill(server, first, tickets * days // history.YEARS.days)
    await server.views.transact([(RATED, list(_ratings()))])
    await server.start()
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str]()
    threading.Thread(target=_read, args=(loop, lines), daemon=True).start()
    print("ready", flush=True)
    try:
        while await lines.get():
            print(_encoded(await _report(server)), flush=True)
    finally:
        await server.stop()


async def _report(server: Server) -> dict[str, float]:
    from dashboards.reports import messages as m  # imported here: the clients of a benchmark need no hall
    from dashboards.reports.model import Format, ReportKind, ReportState, Scope
    from hall_server.identity import SYSTEM

    shelf, probe = server.rooms["reports"].shelf, _Probe()
    ticking = asyncio.ensure_future(probe.run())
    begun = time.perf_counter()
    command = m.AskReport(
        kind=ReportKind.MONTHLY,
        first=MONTH.first,
        last=MONTH.last,
        scope=Scope(),
        format=Format.PDF,
        language="zh-CN",
    )
    before = set(shelf.reports)
    await server.execute(command, actor=SYSTEM)
    id_ = next(iter(set(shelf.reports) - before))
    while shelf.reports[id_].state is ReportState.WAITING and time.perf_counter() - begun < DEADLINE_S:  # noqa: ASYNC110  # a fold tells nobody
        await asyncio.sleep(TICK_S)
    took_s = time.perf_counter() - begun
    ticking.cancel()
    report = shelf.reports[id_]
    if report.state is not ReportState.DONE:
        raise Failed(f"the report ended as {report.state}")
    return {
        "s": took_s,
        "pages": report.pages,
        "lag_p99_ms": percentile(probe.late_ms, 0.99),
        "lag_most_ms": max(probe.late_ms),
        "lag_p50_ms": median(probe.late_ms),
    }


def _encoded(found: dict[str, float]) -> str:
    return msgspec.json.encode(found).decode()


def _read(loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str]) -> None:
    for line in sys.stdin:
        loop.call_soon_threadsafe(lines.put_nowait, line)
    loop.call_soon_threadsafe(lines.put_nowait, "")


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2]), years=sys.argv[3] == "years"))

"""A day of 3,000 visitors, lived through by a real hall, played a hundred times before and after a change."""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import halls
from bench.measure import Better, Comparison, Result, by_name
from bench.processes import Failed
from bench.whatif_day import DayClock, LivedDay

if TYPE_CHECKING:
    from dashboards.whatif.jobs import Asked, Jobs

TICKETS, TICKETS_QUICK = 3_000, 300
RUNS, RUNS_QUICK = 100, 10
ASKED_S, ERROR_SHARE = 10.0, 0.05
DAY = date(2026, 11, 23)
FIRST = "3,000 visitors, 100 days before and 100 after: first question about a day"
NEXT = "the same day, the next question: the days before are known"
OFF = "mean wait of the day played unchanged, off the recorded one"


def measure(*, runs: int, is_quick: bool) -> Result:
    """One day, asked about ``runs`` times."""
    tickets, days = (TICKETS_QUICK, RUNS_QUICK) if is_quick else (TICKETS, RUNS)
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder:
        found = asyncio.run(_measured(Path(folder), tickets, days, runs))
    asked = ((FIRST, ASKED_S, "s"), (NEXT, ASKED_S, "s"), (OFF, ERROR_SHARE, ""))
    return Result(
        name="whatif",
        runs=runs,
        comparisons=[
            Comparison(ours=by_name(found, name, unit), limit=None, better=Better.LOWER, asked=most)
            for name, most, unit in asked
        ],
        notes=[],
    )


async def _measured(folder: Path, tickets: int, days: int, runs: int) -> list[dict[str, float]]:
    from dashboards.whatif.changes import CloseOne, OpenMore  # imported here: the clients of a benchmark need no hall
    from dashboards.whatif.jobs import Asked

    await _lived(folder, tickets)
    found = []
    for _ in range(runs):
        jobs = _jobs(folder)
        close = CloseOne(window="w01", begin="09:00", end="12:00")
        more = OpenMore(line="business", windows=1, begin="09:00", end="12:00")
        first_s, off = await _asked(jobs, Asked(day=DAY, runs=days, changes=(close,)))
        next_s, _ = await _asked(jobs, Asked(day=DAY, runs=days, changes=(close, more)))
        found.append({FIRST: first_s, NEXT: next_s, OFF: off})
    return found


async def _lived(folder: Path, tickets: int) -> None:
    import hall_queue
    from hall_server import base
    from hall_server.directory.commands import FoundHall
    from hall_server.directory.hall_file import load_demo
    from hall_server.identity import SYSTEM
    from hall_server.server import Server
    from hall_server.settings import load

    start, clock = load_demo(halls.DEMO), DayClock(DAY)
    settings = load(halls.DEMO, http_port=0, mqtt_port=0, voice=False, tickets_per_minute=100_000)
    server = Server(settings, folder, clock=clock)
    base.install(server, grouping=start.grouping)
    hall_queue.install(server)
    await server.open()
    try:
        await server.execute(FoundHall(events=start.events), actor=SYSTEM)
        await LivedDay(server, clock, tickets=tickets, load=0.85).live()
    finally:
        await server.close()


def _jobs(folder: Path) -> Jobs:
    from dashboards.whatif.jobs import Jobs
    from dashboards.whatif.work import Work

    async def ready() -> None:
        return None

    def work(day: date) -> Work:
        return Work(database=str(folder / "hall.db"), day=day, timezone="Asia/Shanghai", rules={})

    def spawn(some: Any, _: str) -> asyncio.Task[object]:
        return asyncio.ensure_future(some)

    return Jobs(work, ready, spawn, lambda: str(time.monotonic_ns()), lambda: date(2026, 11, 24))


async def _asked(jobs: Jobs, asked: Asked) -> tuple[float, float]:
    """How long the answer took, seconds, and how far the baseline is off."""
    begun = time.perf_counter()
    job = jobs.start(asked)
    assert job.task is not None  # started just now
    await job.task
    if job.found is None:
        raise Failed(f"the what-if ended as {job.state}: {job.refused}")
    whole = job.found.day.baseline[""]
    recorded, played = whole.recorded_mean_s or 1.0, whole.played_mean_s or 0.0
    return time.perf_counter() - begun, abs(played - recorded) / recorded

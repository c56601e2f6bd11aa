"""Start-up with a day of 5,000 tickets in the journal, and the memory of a hall that waits for its first visitor."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
import uuid
from pathlib import Path

from bench import demo
from bench.halls import MANAGER, opened
from bench.measure import Better, Comparison, Result, by_name
from bench.memory import of_tree
from bench.processes import running
from hall_server.messages import Command
from hall_server.server import Server

TICKETS, TICKETS_QUICK = 5_000, 1_000
START_S, MEMORY_MB = 2.0, 120.0
SETTLE_S = 3.0
CALLERS = 50
BARE = "import tornado.web, aiosqlite, msgspec; print('listening', flush=True)"


def measure(*, runs: int, is_quick: bool) -> Result:
    """Fill a journal once, then start on it ``runs`` times; memory of a fresh hall, ``runs`` times."""
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder:
        filled = Path(folder) / "filled"
        events = asyncio.run(_day(filled, TICKETS_QUICK if is_quick else TICKETS))
        found = [{**_start(filled), **_memory(Path(folder) / f"fresh{run}")} for run in range(runs)]
    for one in found:
        one["events in the journal"] = events
    start = by_name(found, "process start to `listening`, with a day of tickets", "s")
    idle = by_name(found, "memory of the idle hall (RSS)", "MB")
    return Result(
        name="startup",
        runs=runs,
        comparisons=[
            Comparison(ours=start, limit=None, better=Better.LOWER, asked=START_S),
            Comparison(ours=idle, limit=None, better=Better.LOWER, asked=MEMORY_MB),
        ],
        notes=[
            by_name(found, "bare start of Python with tornado, aiosqlite, msgspec", "s"),
            by_name(found, "events in the journal", "events"),
            by_name(found, "memory of the idle hall (PSS)", "MB"),
            by_name(found, "memory with the day's tickets (RSS)", "MB"),
            by_name(found, "memory after the first announcement, with the voice's process (RSS)", "MB"),
            by_name(found, "memory after the first announcement, with the voice's process (PSS)", "MB"),
        ],
    )


def _start(data: Path) -> dict[str, float]:
    options = ("--demo", "--data", data, "--port", "0", "--mqtt-port", "0")
    with running(sys.executable, demo.RUN, "hall", *options) as program:
        program.line("listening")
        took_s = time.monotonic() - program.started_at
        memory = of_tree(program.process.pid)
    with running(sys.executable, "-c", BARE) as program:
        program.line("listening")
        bare_s = time.monotonic() - program.started_at
    return {
        "process start to `listening`, with a day of tickets": took_s,
        "bare start of Python with tornado, aiosqlite, msgspec": bare_s,
        "memory with the day's tickets (RSS)": memory.rss_mb,
    }


def _memory(data: Path) -> dict[str, float]:
    with demo.hall(data) as hall:
        time.sleep(SETTLE_S)
        idle = of_tree(hall.program.process.pid)
        _announce(hall)
        time.sleep(2 * SETTLE_S)
        spoken = of_tree(hall.program.process.pid)
    return {
        "memory of the idle hall (RSS)": idle.rss_mb,
        "memory of the idle hall (PSS)": idle.pss_mb,
        "memory after the first announcement, with the voice's process (RSS)": spoken.rss_mb,
        "memory after the first announcement, with the voice's process (PSS)": spoken.pss_mb,
    }


def _announce(hall: demo.DemoHall) -> None:
    manager = demo.Session(hall)
    window = hall.get("/api/v1/hall")["windows"][0]["id"]
    manager.post(f"/api/v1/windows/{window}/open")
    line = hall.get(f"/api/v1/windows/{window}")["lines"][0]
    manager.post("/api/v1/tickets", {"line": line, "channel": "console"})
    manager.post(f"/api/v1/windows/{window}/call")


async def _day(data: Path, tickets: int) -> int:
    """A day in which every ticket is issued, called, started and finished; gives the number of events."""
    from hall_queue.messages import CallNext, FinishService, IssueTicket, StartService

    async with opened(data) as server:
        wanted = [matter.id for matter in server.directory.frequent_matters()]
        await _all(server, [IssueTicket(matter=wanted[number % len(wanted)]) for number in range(tickets)])
        queue = server.rooms["hall_queue"].queue

        async def serve(window: str) -> None:
            while any(queue.waiting.count(line) for line in server.directory.windows[window].lines):
                for command in (CallNext(window=window), StartService(window=window), FinishService(window=window)):
                    await server.execute(command, actor=MANAGER, command_id=uuid.uuid4().hex)

        await asyncio.gather(*map(serve, server.directory.windows))
        assert not any(map(queue.waiting.count, server.directory.lines))
        return server.journal.seq


async def _all(server: Server, commands: list[Command]) -> None:
    left = iter(commands)

    async def caller() -> None:
        for command in left:
            await server.execute(command, actor=MANAGER, command_id=uuid.uuid4().hex)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))

"""Demonstration halls for the benchmarks: the product's own composition on a folder of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hall_server.directory.commands import FoundHall
from hall_server.directory.hall_file import load_demo
from hall_server.identity import SYSTEM, Actor, Role
from hall_server.server import Server
from hall_server.settings import load

ROOT = Path(__file__).resolve().parents[1]
RUN = ROOT / "run.py"
DEMO = ROOT / "config" / "demo_hall.toml"
MANAGER = Actor(kind=Role.STAFF, id="bench", roles=frozenset({Role.STAFF, Role.MANAGER}))


@asynccontextmanager
async def opened(data: Path) -> AsyncIterator[Server]:
    """A hall with all its rooms and all windows open that listens nowhere, for callers in this process."""
    from hall_queue.messages import OpenWindow
    from run import compose, spare_collection  # imported here: the clients of a benchmark need no hall

    start = load_demo(DEMO)
    settings = load(DEMO, http_port=0, mqtt_port=0, voice=False)
    server = compose(settings, data, start=start)
    await server.open()
    try:
        if server.directory.hall is None:
            await server.execute(FoundHall(events=start.events), actor=SYSTEM)
        for window in server.directory.windows:
            await server.execute(OpenWindow(window=window), actor=MANAGER)
        spare_collection()
        following = server.spawn(server.projector.run(), "projections")
        yield server
        following.cancel()
    finally:
        await server.close()

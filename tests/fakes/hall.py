"""A whole demonstration hall in one process, for tests: real database, real web side, a clock that tests move."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from hall_server import base
from hall_server.directory.commands import FoundHall
from hall_server.directory.hall_file import DemoHall, load_demo
from hall_server.identity import SYSTEM, Actor, Role
from hall_server.server import Server
from hall_server.settings import load

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("hall_queue", "devices", "displays", "evaluation", "attendance", "cases", "dashboards")
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai, a Monday


class HandClock:
    """A clock that moves only when a test says so."""

    def __init__(self, now: datetime = MORNING) -> None:
        self._now = now
        self._seconds = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._seconds

    def forward(self, **span: float) -> None:
        """Let time pass, as `timedelta` counts it."""
        step = timedelta(**span)
        self._now += step
        self._seconds += step.total_seconds()


class CountedIds:
    """Ids that say in which order they were made."""

    def __init__(self) -> None:
        self._made = self._numbers()

    def new(self) -> str:
        return next(self._made)

    @staticmethod
    def _numbers() -> Iterator[str]:
        yield from (f"id{number:06d}" for number in range(1_000_000))


@cache
def demo_hall() -> DemoHall:
    """The demonstration's description, read once."""
    return load_demo(ROOT / "config" / "demo_hall.toml")


def composed(
    data: Path, *, clock: HandClock | None = None, rooms: tuple[str, ...] = ROOMS, **settings: object
) -> Server:
    """A server with rooms installed, not yet open."""
    given = {"hall": "demo", "demo": True, "open_ticketing": True, "http_port": 0, "mqtt_port": 0, "voice": False}
    server = Server(load(None, **{**given, **settings}), data, clock=clock or HandClock())
    base.install(server, grouping=demo_hall().grouping)
    for room in rooms:
        importlib.import_module(room).install(server)
    return server


@asynccontextmanager
async def opened(
    data: Path, *, clock: HandClock | None = None, rooms: tuple[str, ...] = ("hall_queue",), **settings: object
) -> AsyncIterator[Server]:
    """A demonstration hall whose state is live and whose edges are not: for tests of rules."""
    server = composed(data, clock=clock, rooms=rooms, **settings)
    await server.open()
    try:
        if server.directory.hall is None:
            await server.execute(FoundHall(events=demo_hall().events), actor=SYSTEM)
        yield server
    finally:
        await server.close()


@asynccontextmanager
async def running(
    data: Path, *, clock: HandClock | None = None, rooms: tuple[str, ...] = ROOMS, **settings: object
) -> AsyncIterator[tuple[Server, int]]:
    """A demonstration hall that listens on a free port of loopback; gives the server and its HTTP port."""
    server = composed(data, clock=clock, rooms=rooms, http_host="127.0.0.1", mqtt_host="127.0.0.1", **settings)
    await server.open()
    try:
        if server.directory.hall is None:
            await server.execute(FoundHall(events=demo_hall().events), actor=SYSTEM)
        await server.start()
        yield server, server.rooms["web"].listen("127.0.0.1", 0)
    finally:
        await server.stop()


def staff(id_: str, *windows: str) -> Actor:
    """Somebody who works at these windows."""
    return Actor(kind=Role.STAFF, id=id_, roles=frozenset({Role.STAFF}), windows=frozenset(windows))


def manager(id_: str = "m01") -> Actor:
    """A manager."""
    return Actor(kind=Role.STAFF, id=id_, roles=frozenset({Role.MANAGER}))

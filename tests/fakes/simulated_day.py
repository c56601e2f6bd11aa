"""A simulation beside a hall in a process of its own, for tests that break something in the middle of the day."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from devices.simulate import Options, Simulated, simulate
from devices.simulated.ledger import Balance
from scripts.hall_process import ROOT, HallProcess

LOOK_S = 0.05


class Day:
    """A simulated day that runs beside a test."""

    def __init__(self, hall: HallProcess, **options: Any) -> None:
        self.hall = hall
        self.told = asyncio.Event()
        self.lines: list[str] = []
        self._begun: asyncio.Future[Simulated] = asyncio.get_running_loop().create_future()
        wanted = Options(
            accounts=hall.data / "demo-accounts.json",
            http_port=hall.http_port,
            mqtt_port=hall.mqtt_port,
            seed=11,
            **options,
        )
        self.work = asyncio.create_task(
            simulate(wanted, on_begin=self._begun.set_result, say=self.lines.append, told=self.told)
        )

    async def begun(self) -> Simulated:
        """The simulation, once it has begun."""
        await asyncio.wait({self._begun, self.work}, return_when=asyncio.FIRST_COMPLETED)
        if not self._begun.done():
            await self.work
        return self._begun.result()

    async def until(self, holds: Callable[[Simulated], bool]) -> None:
        """Wait until something has happened; the ledger is a plain count and tells nobody, so it is looked at."""
        simulated = await self.begun()
        while not holds(simulated):
            assert not self.work.done(), self.lines
            await asyncio.sleep(LOOK_S)

    async def end(self) -> Balance:
        """End the day and close the books."""
        self.told.set()
        found = await self.work
        assert found is not None, self.lines
        return found


@asynccontextmanager
async def simulated_day(hall: HallProcess, **options: Any) -> AsyncIterator[Day]:
    """A day that is ended with the block."""
    day = Day(hall, **options)
    try:
        yield day
    finally:
        day.work.cancel()
        await asyncio.gather(day.work, return_exceptions=True)


async def linked(day: Day, *, within_s: float) -> None:
    """Wait until every device is connected.

    Raises:
        TimeoutError: one is not, so late.
    """
    simulated = await day.begun()
    async with asyncio.timeout(within_s):
        for thing in simulated.things:
            await thing.device.link.connected()


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """The broker beside the hall, with the files that `run.py broker-config` writes."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        options = ["--data", str(data), "--mqtt-port", str(self.port), "--out", str(folder), "--user", "root"]
        subprocess.run([sys.executable, ROOT / "run.py", "broker-config", *options], check=True, capture_output=True)

    def start(self) -> None:
        """Start it."""
        file = next(self._folder.glob("*.conf"))
        nothing = subprocess.DEVNULL
        self._process = subprocess.Popen(["mosquitto", "-c", file], stdout=nothing, stderr=nothing)

    def kill(self) -> None:
        """End it with SIGKILL: it writes nothing down."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

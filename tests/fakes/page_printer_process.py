"""The simulated A4 printer as a process of its own, with somebody's hands beside it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class PagePrinterProcess:
    """One that runs; ``out`` is where its pages lie."""

    def __init__(self, process: asyncio.subprocess.Process, out: Path, ipp: int, raw: int) -> None:
        self.out = out
        self.ipp = f"ipp://127.0.0.1:{ipp}/ipp/print"
        self.raw = f"tcp://127.0.0.1:{raw}"
        self._process = process
        self._told = asyncio.Event()
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        self._took: set[str] = set()
        self.reading = asyncio.create_task(self._read())

    async def hand(self, deed: str) -> None:
        """Do something to it: ``paper 0``, ``jam 1``, ``clear`` …"""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{deed}\n".encode())
        assert await self._answers.get() == "ok"

    @property
    def pages(self) -> list[Path]:
        """What lies in the tray, the oldest first."""
        return sorted(self.out.glob("*.pdf"))

    async def printed(self, count: int) -> list[Path]:
        """Wait until so many pages lie there."""
        while len(self.pages) < count:
            self._told.clear()
            await self._told.wait()
        return self.pages

    async def took(self, job: str) -> None:
        """Wait until it has a job in its memory."""
        while job not in self._took:
            self._told.clear()
            await self._told.wait()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := (await self._process.stdout.readline()).decode().strip():
            if line == "ok":
                self._answers.put_nowait(line)
            elif line.startswith("took "):
                self._took.add(line.removeprefix("took "))
            self._told.set()


@asynccontextmanager
async def page_printer(out: Path) -> AsyncIterator[PagePrinterProcess]:
    """Start one, end it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-m", "devices.simulated.hardware.page_printer"),
        *("--ipp", "0", "--raw", "0", "--out", str(out)),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "queue")))},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said = dict(part.split("=") for part in (await process.stdout.readline()).decode().split()[1:])
    made = PagePrinterProcess(process, out, int(said["ipp"]), int(said["raw"]))
    try:
        yield made
    finally:
        process.kill()
        await process.wait()
        await made.reading

"""Terminals of a test that hand in a night's punches: they lose their line, send twice, and keep a ledger."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from scripts.hall_process import Caller

AT_ONCE = 10
TRY_AGAIN_S = 0.02
"""A terminal tries again after a while; the wait is the terminal's own, nothing is measured by it."""


class Hall(Protocol):
    """A hall that listens somewhere, after a restart somewhere else."""

    data: Path
    port: int


@dataclass
class Night:
    """What all terminals of a night have to hand in, and what they were told is safe.

    Attributes:
        safe: (serial number, line) the hall has said yes to.
    """

    hall: Hall
    serials: list[str]
    punches: int
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    safe: set[tuple[str, str]] = field(default_factory=set)
    answers: int = 0
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def let_in(self) -> None:
        """Register all terminals, as a manager does."""
        accounts = json.loads((self.hall.data / "demo-accounts.json").read_text("utf-8"))
        boss = Caller(self.hall.port).sign_in(accounts["manager"])
        for serial in self.serials:
            boss.post("devices", {"kind": "terminal", "id": serial.lower(), "name": serial})

    def lines(self, terminal: int) -> list[str]:
        """The punches in a terminal's memory."""
        begun = datetime.now(UTC) + timedelta(hours=8) - timedelta(hours=9)
        return [
            f"{1000 + n % 50}\t{begun + timedelta(seconds=n):%Y-%m-%d %H:%M:%S}\t{terminal % 2}\t1\t\t0\t0"
            for n in range(self.punches)
        ]

    async def hand_in(self) -> None:
        """Let all terminals hand in everything at once; ends when each was told that all of it is safe."""
        await asyncio.gather(*(self._one(n, serial) for n, serial in enumerate(self.serials)))

    async def answered(self, times: int) -> None:
        """Wait until the hall has said yes so many times more."""
        goal = self.answers + times
        async with self._news:
            await self._news.wait_for(lambda: self.answers >= goal)

    async def _one(self, terminal: int, serial: str) -> None:
        lines = self.lines(terminal)
        for start in range(0, len(lines), AT_ONCE):
            part = lines[start : start + AT_ONCE]
            while True:
                if await self._said_yes(serial, part):
                    break
                await asyncio.sleep(TRY_AGAIN_S)
            if self.dice.random() < 0.2:
                await self._said_yes(serial, part)  # it has not understood the yes
            if self.dice.random() < 0.1:
                await self._cut(serial, part)
            self.safe.update((serial, line) for line in part)
            async with self._news:
                self.answers += 1
                self._news.notify_all()

    async def _said_yes(self, serial: str, part: list[str]) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.hall.port)
        except OSError:
            return False
        try:
            writer.write(_upload(serial, part))
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]))
            return head.startswith(b"HTTP/1.1 200 ") and body == f"OK: {len(part)}".encode()
        except (OSError, asyncio.IncompleteReadError):
            return False
        finally:
            writer.close()

    async def _cut(self, serial: str, part: list[str]) -> None:
        """Its line is cut in the middle of an upload."""
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", self.hall.port)
            request = _upload(serial, part)
            writer.write(request[: len(request) - 40])
            await writer.drain()
            writer.transport.abort()


def _upload(serial: str, part: list[str]) -> bytes:
    body = ("\n".join(part) + "\n").encode()
    head = f"POST /iclock/cdata?SN={serial}&table=ATTLOG&Stamp=9999 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def journalled(data: Path) -> Counter[tuple[str, str]]:
    """(serial number, line) → how often it stands in a hall's journal."""
    with closing(sqlite3.connect(f"file:{data / 'hall.db'}?mode=ro", uri=True)) as books:
        rows = books.execute("SELECT payload FROM journal WHERE type = 'attendance.punches_taken'").fetchall()
    events = [json.loads(payload) for (payload,) in rows]
    return Counter((event["terminal"], punch["raw"]) for event in events for punch in event["punches"])

"""The hall as a driver sees it, without a hall: remembers what it is told and answers what the test says."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from hall_server.mqtt.topics import Status

Answer = Callable[[str, dict[str, Any]], Awaitable[Any]]


async def _nothing(do: str, args: dict[str, Any]) -> Any:
    return None


class FakeHall:
    """The HallSide port.

    Attributes:
        states, reports, asked: all that was said. answer: what requests get; it may raise or wait.
    """

    def __init__(self, device_id: str = "d1", answer: Answer = _nothing) -> None:
        self.device_id = device_id
        self.states: list[tuple[Status, dict[str, Any]]] = []
        self.reports: list[tuple[str, dict[str, Any]]] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answer = answer
        self._news = asyncio.Event()

    def say_state(self, status: Status, detail: dict[str, Any] | None = None) -> None:
        self.states.append((status, detail or {}))
        self._news.set()

    def report(self, what: str, detail: dict[str, Any] | None = None) -> None:
        self.reports.append((what, detail or {}))
        self._news.set()

    async def request(self, do: str, args: dict[str, Any] | None = None, *, timeout_s: float = 30.0) -> Any:
        self.asked.append((do, args or {}))
        self._news.set()
        return await self.answer(do, args or {})

    @property
    def state(self) -> tuple[Status, dict[str, Any]] | None:
        return self.states[-1] if self.states else None

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds after something was said."""
        while not holds():
            self._news.clear()
            await self._news.wait()

    async def until_detail(self, key: str, value: object) -> None:
        """Wait until the last state says so."""
        await self.until(lambda: self.state is not None and self.state[1].get(key) == value)


@contextlib.asynccontextmanager
async def driven(driver: Any, *halls: FakeHall) -> AsyncIterator[FakeHall]:
    """A driver at work for a hall; every wait inside ends after half a minute."""
    hall = halls[0] if halls else FakeHall()
    task = asyncio.create_task(driver.run(hall))
    try:
        async with asyncio.timeout(90):
            yield hall
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

"""A hall with filled days that answers over HTTP and makes reports: for tests of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from dashboards.reports.model import Report
from hall_server.identity import Role
from tests.fakes.filled_hall import fill
from tests.fakes.hall import HandClock, running
from tests.fakes.visits import ROOMS, Visits

FIRST, LAST = date(2026, 10, 26), date(2026, 11, 20)
"""The filled days: four weeks, the last ones of October and the first ones of November, without weekends."""


def weekdays(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


@dataclass
class Reporting(Visits):
    """The hall, with what tests ask of reports."""

    @property
    def reports(self) -> Any:
        return self.server.rooms["reports"]

    async def made(self, **asked: object) -> dict[str, Any]:
        """Have a report made and wait until it is over."""
        answer = await self.ask("POST", "/api/v1/reports", {"language": "zh-CN", **asked})
        assert answer.code == 202, answer.body
        await self.over(answer.body["id"])
        found: dict[str, Any] = (await self.ask("GET", f"/api/v1/reports/{answer.body['id']}")).body
        return found

    async def over(self, id_: str) -> Report:
        """Wait until a report is over."""
        return await self.until(lambda: not self.reports.shelf.reports[id_].state.is_open, id_)

    async def until(self, holds: Callable[[], bool], id_: str) -> Report:
        """Wait for something that the next event, or the next word of the child, may bring."""
        async with asyncio.timeout(100):
            while not holds():  # noqa: ASYNC110  # a fold and a child tell nobody, so they are looked at
                await asyncio.sleep(0.02)
        report: Report = self.reports.shelf.reports[id_]
        return report

    async def file(self, id_: str) -> bytes:
        answer = await self.ask("GET", f"/api/v1/reports/{id_}/file")
        assert answer.code == 200, answer.body
        content: bytes = answer.body
        return content


@asynccontextmanager
async def reporting(
    data: Path, *, days: Iterable[date] = (), many: int = 30, clock: HandClock | None = None, **settings: Any
) -> AsyncIterator[Reporting]:
    """A hall in which a manager is signed in."""
    clock = clock or HandClock()
    async with running(data, clock=clock, rooms=ROOMS, **settings) as (server, port):
        await fill(server, days, many)
        hall = Reporting(server, clock, port)
        await hall.sign_in(Role.MANAGER)
        yield hall

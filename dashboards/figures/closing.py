"""Sums a business day up once it is closed: steps become rows and cells of the day, month and year."""

from __future__ import annotations

import asyncio
import logging
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from attendance.store import spans_of
from dashboards.figures import store
from dashboards.figures.facts import sittings_of
from dashboards.figures.steps import VisitTables, steps_of
from dashboards.figures.store import Cells, DayRows
from dashboards.figures.visits import Stay, Visit, folded

if TYPE_CHECKING:
    from hall_server.messages import Recorded
    from hall_server.server import Server

log = logging.getLogger(__name__)


class DayCloser:
    """Follows the hall's days. Until a day is summed up it is counted from its steps, so being late changes nothing."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._zone = ZoneInfo(server.settings.timezone)
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
        self._kept: tuple[date, int, tuple[list[Visit], list[Stay]]] | None = None

    def day_opened(self, _: Recorded) -> None:
        """Take note that a day is over (listener of the bus)."""
        self._news.set()

    async def run(self) -> None:
        """Sum up what is closed, for ever."""
        while True:
            try:
                await self.close_days()
            except Exception:  # the top of a loop: figures are then counted from the steps
                log.exception("a day was not summed up", extra={"action": "statistics.closing_failed"})
            await self._news.wait()
            self._news.clear()

    async def close_days(self) -> None:
        """Sum up every closed day that is not."""
        server = self._server
        async with self._turn:
            await server.projector.reached(server.journal.committed)
            today = server.business_day.isoformat()
            known = await store.summed_days(server.views)
            for day, _ in await server.journal.days():
                if day < today and day not in known:
                    await self._close(date.fromisoformat(day))

    async def open_rows(self, day: date, *, is_over: bool) -> DayRows:
        """A day that is not summed up, from its steps."""
        visits, stays = await self._folded(day)
        spans = []
        if "attendance" in self._server.rooms:
            spans = await spans_of(self._server.views, day, is_over=is_over)
        return DayRows(visits, stays, sittings_of(spans, self._server.now(), self._zone))

    async def _folded(self, day: date) -> tuple[list[Visit], list[Stay]]:
        """The visits and stays of a day; folded once until something happens."""
        stands = self._server.projector.stands(VisitTables.name)
        if self._kept is None or self._kept[:2] != (day, stands):
            found = await asyncio.to_thread(folded, await steps_of(self._server.views, day.isoformat()))
            self._kept = (day, stands, found)
        return self._kept[2]

    async def _close(self, day: date) -> None:
        rows = await self.open_rows(day, is_over=True)
        rolled = await store.rolled_cells(self._server.views, day)
        cells = await asyncio.to_thread(self._cells, day, rows)
        statements = await asyncio.to_thread(store.closing, day, rows, cells, rolled)
        await self._server.views.transact(statements)
        log.info("summed up %s: %s visits", day, len(rows.visits), extra={"action": "statistics.day_closed"})

    def _cells(self, day: date, rows: DayRows) -> Cells:
        return store.day_cells(day, rows, self._zone)

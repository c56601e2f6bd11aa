"""Asks for planned reports when a day is over, and makes up for those that fell into a night without the server."""

from __future__ import annotations

import asyncio
import logging
from datetime import date
from typing import TYPE_CHECKING

from dashboards.reports import messages as m
from dashboards.reports.gather import Gatherer
from dashboards.reports.keeping import ReportFiles
from dashboards.reports.model import TRIES_MOST, Plan, due
from dashboards.reports.service import to_make_up
from dashboards.reports.state import Shelf
from evaluation.figures.period import Period
from hall_server.errors import DomainError, JournalFailed
from hall_server.identity import SYSTEM

if TYPE_CHECKING:
    from hall_server.messages import Recorded
    from hall_server.server import Server

log = logging.getLogger(__name__)


class Schedule:
    """Follows the hall's days."""

    def __init__(self, server: Server, shelf: Shelf, files: ReportFiles, gatherer: Gatherer) -> None:
        self._server, self._shelf, self._files, self._gatherer = server, shelf, files, gatherer
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()

    def heard(self, _: Recorded) -> None:
        """Take note that a day is over (listener of the bus)."""
        self._news.set()

    async def run(self) -> None:
        """Look after every night, and once at the start."""
        while True:
            try:
                await self.look()
            except JournalFailed:
                raise  # the server stops
            except Exception:  # the top of a loop: the next night is another one
                log.exception("planned reports were not asked for", extra={"action": "report.plan_failed"})
            await self._news.wait()
            self._news.clear()

    async def look(self) -> None:
        """Ask for what is due, and let go of what is not kept any longer."""
        async with self._turn:  # what one look asks for, the next one must see
            today = self._server.business_day
            for old in self._shelf.expire(today):
                await self._files.drop(old)
            days = [date.fromisoformat(day) for day, _ in await self._server.journal.days()]
            for plan in self._shelf.plans:
                for span in to_make_up(self._shelf, plan, due(plan, today, days), TRIES_MOST):
                    await self._ask(plan, span)

    async def _ask(self, plan: Plan, span: Period) -> None:
        """Ask for a report; a span in which nothing happened has none, and a window that is gone has none either."""
        try:
            if await self._gatherer.is_empty(span, plan.scope):
                return
            command = m.AskReport(
                kind=plan.kind,
                first=span.first,
                last=span.last,
                scope=plan.scope,
                format=plan.format,
                language=plan.language,
                plan=plan.id,
            )
            await self._server.execute(command, actor=SYSTEM)
        except DomainError as exc:
            log.warning("a planned report was not made: %s", exc, extra={"action": "report.plan_refused"})

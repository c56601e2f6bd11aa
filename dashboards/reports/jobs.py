"""Makes reports one after the other: figures are asked for here, the file is written in a process that can be ended."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec

from dashboards.reports import messages as m
from dashboards.reports.gather import Gatherer
from dashboards.reports.keeping import ReportFiles
from dashboards.reports.model import Report
from dashboards.reports.state import Shelf
from dashboards.reports.work import Said, Work
from hall_server import bare
from hall_server.child import Child
from hall_server.errors import DomainError, NotFound, Refused, Unavailable
from hall_server.identity import SYSTEM

if TYPE_CHECKING:
    from hall_server.messages import Recorded
    from hall_server.server import Server

log = logging.getLogger(__name__)

DEADLINE_S = 300.0
ROOMS = ("dashboards", "evaluation")
"""Rooms of which the child needs single files only."""
GATHERED = 0.5
"""So much of the progress is the asking for figures; the rest is the writing."""
_encoded = msgspec.msgpack.Encoder().encode


class Jobs:
    """The making of reports."""

    def __init__(
        self,
        server: Server,
        shelf: Shelf,
        files: ReportFiles,
        gatherer: Gatherer,
        *,
        deadline_s: float = DEADLINE_S,
        module: str = "dashboards.reports.child",
    ) -> None:
        self._server, self._shelf, self._files, self._gatherer = server, shelf, files, gatherer
        self._deadline_s, self._module = deadline_s, module
        self._news = asyncio.Event()
        self._making: asyncio.Task[Said] | None = None
        self.child: Child | None = None
        self.progress = 0.0
        self.moved = asyncio.Event()

    def heard(self, recorded: Recorded) -> None:
        """Begin what was asked for, end what was given up (listener of the bus)."""
        event = recorded.event
        if isinstance(event, m.ReportAsked):
            self._news.set()
        elif isinstance(event, m.ReportCancelled) and event.report == self._shelf.running:
            self._end()
        elif isinstance(event, m.ReportRemoved):
            report = self._shelf.reports.get(event.report)
            if report is not None:
                self._server.spawn(self._files.drop(report), "removed report")

    def done(self, report: Report) -> float:
        """How much of a report is made, 0 to 1."""
        return self.progress if report.id == self._shelf.running else float(report.size > 0)

    async def run(self) -> None:
        """Make what is asked for, for ever."""
        while True:
            while waiting := self._shelf.open():
                await self._make(waiting[0])
            self._news.clear()
            if not self._shelf.open():
                await self._news.wait()

    async def interrupted(self) -> None:
        """Say of what was being made when the server ended that it was interrupted."""
        for report in self._shelf.open():
            await self._server.execute(m.NoteFailed(report=report.id, interrupted=True), actor=SYSTEM)

    async def _make(self, report: Report) -> None:
        self._shelf.running, self.progress = report.id, 0.0
        self.moved.clear()
        try:
            said = await self._written(report)
            if said is not None:
                await self._files.keep(report)
                await self._note(m.NoteMade(report=report.id, size=said.size, pages=said.pages, sha256=said.sha256))
        except Exception:  # the top of a loop: the next report shall still be made
            log.exception("a report was not made", extra={"action": "report.failed"})
            said = None
        finally:
            self._shelf.running = None
        if said is None or not self._shelf.is_made(report.id):
            await self._files.drop(report)
            await self._note(m.NoteFailed(report=report.id))

    async def _note(self, command: m.NoteMade | m.NoteFailed) -> None:
        """Note how it ended, unless it was given up meanwhile."""
        try:
            await self._server.execute(command, actor=SYSTEM)
        except (Refused, NotFound):
            log.info("a report was given up before it was made", extra={"action": "report.over"})

    async def _written(self, report: Report) -> Said | None:
        """What the child said last; None where it died, took too long or was ended."""
        self._making = asyncio.ensure_future(self._work(report))
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._making
        except TimeoutError:
            log.warning("a report took too long and was given up", extra={"action": "report.late"})
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise  # the server ends, not the report
        except (DomainError, ConnectionError, msgspec.DecodeError):
            log.exception("a report was not made", extra={"action": "report.failed"})
        finally:
            self._end()
            self._making = None
        return None

    async def _work(self, report: Report) -> Said:
        path = await self._files.place(report)
        book = await self._gatherer.book(report, self._gathered)
        work = Work(book=book, format=report.format.value, path=str(path))
        encoded = await asyncio.to_thread(_encoded, work)
        self.child = await Child.start(bare.MODULE, self._module, *ROOMS)
        last = Said()

        def heard(line: bytes) -> None:
            nonlocal last
            last = msgspec.json.decode(line, type=Said)
            self.progress = GATHERED + (1 - GATHERED) * last.done
            self.moved.set()

        try:
            await self.child.talk(encoded, heard)
        finally:
            self.child = None
        if not last.sha256:
            raise Unavailable("report.not_made")
        return last

    def _gathered(self, done: int, of: int) -> None:
        self.progress = GATHERED * done / of

    def _end(self) -> None:
        if self.child is not None:
            self.child.kill()
        if self._making is not None and not self._making.done():
            self._making.cancel()

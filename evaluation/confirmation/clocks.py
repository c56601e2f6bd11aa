"""What happens to sheets by themselves: time-outs, a ticket that leaves, and the end of keeping."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from evaluation.confirmation import messages as c
from evaluation.confirmation import store
from evaluation.confirmation.keeping import Keeper, dated
from evaluation.confirmation.model import Sheet, Withdrawal
from evaluation.confirmation.screens import Screens
from evaluation.confirmation.state import Sheets
from hall_queue.model import TicketState
from hall_queue.state import HallQueue
from hall_server.days import DayOpened
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

LOOKED_AT_S = 1.0
STRAY_S = 12 * 3600.0
"""An uploaded document that no sheet shows is kept so long."""
STRAY_DAYS = timedelta(days=40)
"""So far back it is looked for: a hall may be closed for a while, but not every file of ten years is looked at."""
AT_ONCE = 200


class Clocks:
    """Ends what nobody ends."""

    def __init__(self, server: Server, queue: HallQueue, sheets: Sheets, keeper: Keeper) -> None:
        self._server = server
        self._queue = queue
        self._sheets = sheets
        self._keeper = keeper
        self._begun = server.clock.now()
        self._sweeping = asyncio.Lock()
        self.screens: Callable[[], Screens]

    @property
    def times_out(self) -> timedelta:
        """So long nobody may do anything with a sheet."""
        return timedelta(seconds=self._server.settings.confirmation_s)

    def left_s(self, sheet: Sheet) -> float:
        """Until a sheet is over if the visitor does nothing; a start of the server gives the time anew."""
        alive = max(sheet.sent_at, self.screens().progress(sheet).at, self._begun)
        return max(0.0, (alive + self.times_out - self._server.now()).total_seconds())

    async def start(self) -> None:
        """Begin."""
        self._begun = self._server.now()
        self._server.spawn(self._watch(), "confirmation time-outs")
        self._server.spawn(self.sweep(), "confirmations over")

    def heard(self, recorded: Recorded) -> None:
        """A ticket has left a window, or a day has begun."""
        if isinstance(recorded.event, DayOpened):
            self._server.spawn(self.sweep(), "confirmations over")
            return
        for window, confirmation in tuple(self._sheets.open_at.items()):
            sheet = self._sheets.by_id[confirmation]
            ticket = self._queue.tickets.get(sheet.ticket)
            is_here = ticket is not None and self._queue.desk(window).ticket == sheet.ticket
            if ticket is None or not is_here or ticket.state is not TicketState.SERVING:
                self._server.spawn(self._take_back(sheet), "confirmation taken back")

    async def tick(self) -> None:
        """End the sheets whose time is over."""
        for confirmation in tuple(self._sheets.open_at.values()):
            if self.left_s(self._sheets.by_id[confirmation]) <= 0:
                await self._server.execute(c.TimeOutSheet(confirmation=confirmation), actor=SYSTEM)

    async def sweep(self) -> None:
        """Erase what is kept no longer: confirmed sheets after their days, all others with their own day."""
        async with self._sweeping:
            await self._sweep()

    async def _sweep(self) -> None:
        server = self._server
        await server.projector.reached(server.journal.committed)
        today = server.business_day
        first_kept = today - timedelta(days=server.settings.confirmation_days)
        while rows := await store.over(server.views, confirmed_before=first_kept, others_before=today, limit=AT_ONCE):
            for row in rows:
                reasons = await store.reasons(server.views, row.id)
                await self._keeper.erase(row.id, document=row.document, words=[row.said, *reasons])
            await server.execute(c.EraseSheets(confirmations=tuple(row.id for row in rows)), actor=SYSTEM)
            await server.projector.reached(server.journal.committed)
            log.info("%s confirmations erased", len(rows), extra={"action": "confirmation.erased"})
        await self._sweep_strays(server.now())

    async def _sweep_strays(self, now: datetime) -> None:
        """Erase what no event names: uploads that were never shown, and what a power cut left behind."""
        files = self._keeper.files
        since = self._server.business_day - STRAY_DAYS
        known = await store.kept_ids(self._server.views, since) | set(self._sheets.by_id)
        for id_ in await files.stray(known, since=dated(since, ""), before_s=now.timestamp() - STRAY_S):
            await files.erase(id_)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOKED_AT_S)
            await self.tick()

    async def _take_back(self, sheet: Sheet) -> None:
        command = c.WithdrawSheet(window=sheet.window, confirmation=sheet.id, why=Withdrawal.TICKET_LEFT)
        try:
            await self._server.execute(command, actor=SYSTEM)
        except DomainError as exc:  # it ended in the same moment
            log.debug("not taken back: %s", exc.code, extra={"action": "confirmation.over"})

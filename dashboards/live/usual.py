"""What is usual on today's weekday, read from the days before in the background and kept for the day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dashboards.figures import store
from dashboards.live.curve import HALF_HOUR, DayCurve, Stay, Usual, day_curve, usual_of
from hall_server.journal.rows import microseconds

if TYPE_CHECKING:
    from dashboards.figures.closing import DayCloser
    from hall_server.messages import Recorded
    from hall_server.server import Server

log = logging.getLogger(__name__)

DAYS = 8
"""So many days of the same weekday make the usual."""
WEEKS_BACK = 26
"""What is older says nothing about today."""
AGAIN_S = 60.0
_TRIES = 3
_HALF_HOUR_US = HALF_HOUR // timedelta(microseconds=1)
_STAYS = "SELECT issued_at, first_called_at, ended_at FROM visit_rows WHERE business_day = ?"

_Times = tuple[int, int | None, int | None]
"""When somebody came, was first called, left; UTC microseconds."""


class UsualDays:
    """Keeps what is usual on today's weekday; a day without any number (a holiday) does not count."""

    def __init__(self, server: Server, closer: DayCloser, changed: Callable[[], None]) -> None:
        """Take where days are.

        Args:
            closer: gives days that are not summed up yet.
            changed: called when another usual is known.
        """
        self._server = server
        self._closer = closer
        self._changed = changed
        self._zone = ZoneInfo(server.settings.timezone)
        self._news = asyncio.Event()
        self._kept: tuple[date, Usual | None] | None = None

    def of(self, day: date) -> tuple[Usual | None, bool]:
        """The usual for a day, and whether it has been looked for already."""
        known = self._kept is not None and self._kept[0] == day
        return (self._kept[1] if known and self._kept else None), known

    def day_opened(self, _: Recorded) -> None:
        """Another day, another weekday (listener of the bus)."""
        self._news.set()

    async def run(self) -> None:
        """Look once for each day, for ever."""
        while True:
            try:
                await self.look()
                wait_s = None
            except Exception:  # the top of a loop: the board is whole without the usual
                log.exception("the usual day was not read", extra={"action": "board.usual_failed"})
                wait_s = AGAIN_S
            try:
                await asyncio.wait_for(self._news.wait(), wait_s)
            except TimeoutError:
                continue
            self._news.clear()

    async def look(self) -> None:
        """Read the days before."""
        await self._server.projector.reached(self._server.journal.committed)
        day = self._server.business_day
        found = list[DayCurve]()
        for before in await self._same_weekdays(day):
            times = await self._times(before)
            if times:
                found.append(await asyncio.to_thread(self._curve, before, times))
            if len(found) == DAYS:
                break
        self._kept = (day, usual_of(found))
        self._changed()

    async def _same_weekdays(self, day: date) -> list[date]:
        """The recorded days of the same weekday, the last one first."""
        first = day - timedelta(weeks=WEEKS_BACK)
        days = (date.fromisoformat(one) for one, _ in await self._server.journal.days())
        return sorted((one for one in days if first <= one < day and one.weekday() == day.weekday()), reverse=True)

    async def _times(self, day: date) -> list[_Times]:
        """Everybody of a day; read again where it was just being summed up."""
        for _ in range(_TRIES):
            is_summed = await self._is_summed(day)
            found = await (self._summed(day) if is_summed else self._open(day))
            if await self._is_summed(day) == is_summed:
                break
        return found

    async def _is_summed(self, day: date) -> bool:
        return bool(await store.summed_days(self._server.views, day.isoformat(), day.isoformat()))

    async def _summed(self, day: date) -> list[_Times]:
        return [tuple(row) for row in await self._server.views.fetch(_STAYS, (day.isoformat(),))]

    async def _open(self, day: date) -> list[_Times]:
        rows = await self._closer.open_rows(day, is_over=True)
        return [(visit.issued_at, visit.first_called_at, visit.ended_at) for visit in rows.visits]

    def _curve(self, day: date, times: Iterable[_Times]) -> DayCurve:
        midnight = microseconds(datetime.combine(day, time(), self._zone))
        return day_curve(_stay(one, midnight) for one in times)


def _stay(times: _Times, midnight: int) -> Stay:
    issued, called, ended = times
    left = called if called is not None else ended
    return (issued - midnight) // _HALF_HOUR_US, None if left is None else (left - midnight) // _HALF_HOUR_US

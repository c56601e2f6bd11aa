"""Compares, day by day, what the platform says it has with what it has accepted."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from evaluation.upward import table
from evaluation.upward.client import Platform, PlatformFault

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

DAYS = 31
"""So many days are compared by themselves, and at most at once."""
EVERY_S = 3_600.0
"""So often it is looked whether today's comparison has been made."""
_DAY = timedelta(days=1)


class DayCompared(msgspec.Struct, frozen=True, kw_only=True):
    """A day: ratings accepted, and those the platform has.

    Attributes:
        is_equal: whether both say the same; where not, everything of the day can be sent again.
    """

    day: date
    ours: int
    theirs: int
    is_equal: bool


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """The last comparison; ``fault``: why there is none."""

    at: datetime
    days: tuple[DayCompared, ...] = ()
    fault: str | None = None


class Reconciler:
    """Asks the platform once a day, and when a manager wants it.

    Attributes:
        last: the last comparison.
    """

    def __init__(self, server: Server, platform: Platform) -> None:
        self._server = server
        self._platform = platform
        self._zone = ZoneInfo(server.settings.timezone)
        self.last: Reconciliation | None = None

    async def run(self) -> None:
        """Compare the last days once a day, for ever."""
        done: date | None = None
        while True:
            today = self._server.business_day
            if done != today:
                try:
                    found = await self.compare(today - _DAY * (DAYS - 1), today)
                    done = today if found.fault is None else done
                except Exception:  # the top of a loop: tomorrow it is compared again
                    log.exception("comparing with the platform failed", extra={"action": "upward.compare_failed"})
            await asyncio.sleep(EVERY_S)

    async def compare(self, first: date, last: date) -> Reconciliation:
        """Compare days, by the calendar of the hall and the time a rating was given."""
        try:
            theirs = await self._platform.counts(first, last)
        except PlatformFault as fault:
            log.warning("no counts from above (%s)", fault.reason, extra={"action": "upward.no_counts"})
            self.last = Reconciliation(at=self._server.now(), fault=fault.reason)
            return self.last
        ours = await self._ours(first, last)
        days = [first + _DAY * n for n in range((last - first).days + 1)]
        compared = tuple(_day(day, ours[day], theirs.get(day, 0)) for day in days)
        self.last = Reconciliation(at=self._server.now(), days=compared)
        return self.last

    async def _ours(self, first: date, last: date) -> Counter[date]:
        await self._server.settled()
        await self._server.projector.reached(self._server.journal.committed)
        begin = datetime.combine(first, time(), self._zone).astimezone(UTC)
        end = datetime.combine(last + _DAY, time(), self._zone).astimezone(UTC)
        given = await table.taken(self._server.views, begin, end)
        return await asyncio.to_thread(lambda: Counter(at.astimezone(self._zone).date() for at in given))


def _day(day: date, ours: int, theirs: int) -> DayCompared:
    return DayCompared(day=day, ours=ours, theirs=theirs, is_equal=ours == theirs)

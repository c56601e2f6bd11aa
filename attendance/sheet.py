"""Days of people put together, from the state and the tables: shifts, punches, corrections, leave, words."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from attendance.days import DayDone, Leave, judged, reach
from attendance.punch_store import Counted, counted, stamps
from attendance.records import Request, RequestKind
from attendance.shifts import Planned, on_day
from attendance.state import Roster

if TYPE_CHECKING:
    from hall_server.server import Server

_DAY = timedelta(days=1)


class Sheets:
    """Judges days of people; nothing is kept, so a correction changes the past by itself."""

    def __init__(self, server: Server, roster: Roster) -> None:
        self._server, self._roster = server, roster
        self.zone = ZoneInfo(server.settings.timezone)

    def planned(self, staff: str, day: date) -> list[Planned]:
        """Somebody's shifts of a day, swaps taken in."""
        calendar = self._server.directory.calendar
        found = self._roster.shifts_on(staff, day, calendar.is_workday)
        return sorted((on_day(one, day, self.zone) for one in found), key=lambda one: one.begin)

    def leaves(self, staff: str) -> list[Leave]:
        """Somebody's leave that was approved."""
        return [_leave(one) for one in self._roster.holding(staff, RequestKind.LEAVE)]

    async def days(self, people: Iterable[str], first: date, last: date) -> dict[str, dict[date, DayDone]]:
        """What each day from the first to the last was for each of these people."""
        names = list(people)
        begin, end = self.midnight(first) - _DAY / 2, self.midnight(last + _DAY) + _DAY
        only = names[0] if len(names) == 1 else None
        found_stamps = await stamps(self._server.views, begin, end, only)
        found = dict[str, dict[date, DayDone]]()
        for staff in names:
            found[staff] = self._days_of(staff, found_stamps.get(staff, []), first, last)
            await asyncio.sleep(0)  # 500 people's month takes a while; visitors are served between two of them
        return found

    def _days_of(self, staff: str, punches: list[datetime], first: date, last: date) -> dict[date, DayDone]:
        corrections = [one.at for one in self._roster.holding(staff, RequestKind.CORRECTION) if one.at is not None]
        times, leaves, now = sorted([*punches, *corrections]), self.leaves(staff), self._server.now()
        found, used = dict[date, DayDone](), datetime.min.replace(tzinfo=UTC)
        plans = {day: self.planned(staff, day) for day in _days(first - _DAY, last + _DAY)}
        for day in _days(first, last):
            planned = plans[day]
            begin, end = reach(planned, plans[day - _DAY], plans[day + _DAY]) or (
                self.midnight(day),
                self.midnight(day + _DAY),
            )
            mine = times[bisect_left(times, max(begin, used)) : bisect_left(times, end)]
            word = self._roster.words.get((staff, day))
            found[day] = judged(planned, mine, leaves, now=now, word=word)
            if planned and found[day].punches:
                used = found[day].punches[-1] + timedelta(microseconds=1)  # a night's going is no coming of a day off
        return found

    async def marks(self, staff: str, first: date, last: date) -> list[Counted]:
        """Somebody's punches of some days, and of the night behind the last one."""
        return await counted(self._server.views, self.midnight(first), self.midnight(last + _DAY) + _DAY, staff)

    def due(self, staff: str, first: Planned) -> datetime | None:
        """From when somebody has to be there for a shift, leave and forgiven minutes taken in; None: not at all."""
        due = first.begin
        for leave in sorted(self.leaves(staff), key=lambda leave: leave.begin):
            if leave.begin <= due < leave.end:
                due = leave.end
        return due + first.grace + first.flexible if due < first.end else None

    def midnight(self, day: date) -> datetime:
        """When a day begins, hall time."""
        return _midnight(day, self.zone)


def _days(first: date, last: date) -> list[date]:
    return [first + _DAY * n for n in range((last - first).days + 1)]


@lru_cache(maxsize=4_096)
def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _leave(request: Request) -> Leave:
    assert request.leave is not None and request.begin is not None and request.end is not None  # noqa: S101, PT018 - a leave has them
    return Leave(kind=request.leave, begin=request.begin, end=request.end)

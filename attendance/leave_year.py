"""The leave somebody has had in a year, in hours and days of their shifts, and what is left of what they were given."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from attendance.records import LeaveKind, Request, RequestKind
from attendance.sheet import Sheets
from attendance.shifts import Planned
from attendance.state import Roster

_DAY = timedelta(days=1)


class LeaveYear(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of leave in a year.

    Attributes:
        hours, days: of shifts, without breaks; a day is a day's shifts, whatever their length.
        allowed: what a manager has set, days; None: nothing was set.
        left: of it, where it was set; below zero: more was taken.
    """

    kind: LeaveKind
    hours: float
    days: float
    allowed: float | None
    left: float | None


class LeaveBook:
    """Counts leave."""

    def __init__(self, sheets: Sheets, roster: Roster) -> None:
        self._sheets, self._roster = sheets, roster

    def year(self, staff: str, year: int) -> list[LeaveYear]:
        """Each kind that was taken or given in a year."""
        found = self.between(staff, date(year, 1, 1), date(year, 12, 31))
        kinds = [kind for kind in LeaveKind if kind in found or (staff, year, kind) in self._roster.allowances]
        return [self._kind(staff, year, kind, *found.get(kind, (0.0, 0.0))) for kind in kinds]

    def between(self, staff: str, first: date, last: date) -> dict[LeaveKind, tuple[float, float]]:
        """Kind → hours and days of approved leave on the days from the first to the last."""
        found: dict[LeaveKind, tuple[float, float]] = {}
        for one in self._roster.holding(staff, RequestKind.LEAVE):
            if one.leave is not None:
                had = found.get(one.leave, (0.0, 0.0))
                seconds, days = self._taken(staff, one, first, last)
                found[one.leave] = had[0] + seconds / 3600, had[1] + days
        return {kind: (round(hours, 2), round(days, 2)) for kind, (hours, days) in found.items() if hours}

    def _kind(self, staff: str, year: int, kind: LeaveKind, hours: float, days: float) -> LeaveYear:
        allowed = self._roster.allowances.get((staff, year, kind))
        left = None if allowed is None else round(allowed - days, 2)
        return LeaveYear(kind=kind, hours=hours, days=days, allowed=allowed, left=left)

    def _taken(self, staff: str, one: Request, first: date, last: date) -> tuple[float, float]:
        """Seconds of shifts, and shares of days, that lie in a leave."""
        assert one.begin is not None and one.end is not None  # noqa: S101, PT018 - a leave has both
        zone = self._sheets.zone
        day, seconds, days = max(one.begin.astimezone(zone).date() - _DAY, first), 0.0, 0.0
        while day <= min(one.end.astimezone(zone).date(), last):
            planned = self._sheets.planned(staff, day)
            in_leave = sum(_inside(plan, one) for plan in planned)
            seconds += in_leave
            days += in_leave / (sum(plan.work_s for plan in planned) or 1)
            day += _DAY
        return seconds, days


def _inside(plan: Planned, one: Request) -> float:
    """Of a shift without its breaks what lies in a leave, seconds."""
    assert one.begin is not None and one.end is not None  # noqa: S101, PT018 - a leave has both
    parts = ((plan.begin, plan.end, 1), *((begin, end, -1) for begin, end in plan.breaks))
    return sum(
        sign * max(0.0, (min(end, one.end) - max(begin, one.begin)).total_seconds()) for begin, end, sign in parts
    )

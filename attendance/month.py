"""A month of one person: every day, the sums, and the leave of the year."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import msgspec

from attendance.board import Board, RequestShown, ShiftShown
from attendance.days import DayDone, DayState
from attendance.leave_year import LeaveYear
from attendance.punch_store import Counted
from attendance.records import DayWord, Shift
from attendance.sheet import Sheets
from attendance.state import Roster

_DAY = timedelta(days=1)


class DayRow(msgspec.Struct, frozen=True, kw_only=True):
    """One day of a sheet; ``word``: what a manager said of it."""

    day: date
    states: tuple[DayState, ...]
    shifts: list[ShiftShown]
    first: datetime | None
    last: datetime | None
    punches: tuple[datetime, ...]
    late_min: int
    early_min: int
    overtime_min: int
    worked_min: int
    word: DayWord | None


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of a month; days of each state that are over, and minutes."""

    work_days: int
    states: dict[str, int]
    late_min: int
    early_min: int
    overtime_min: int
    worked_min: int


class MonthShown(msgspec.Struct, frozen=True, kw_only=True):
    """A month of somebody; ``leave``: of the month's year; ``may_decide``: whoever looks may say what a day was.

    ``marks``: the punches with where they came from, the terminal's own time and how wrong its clock was.
    """

    staff: str
    number: str
    name: str
    pin: str | None
    month: str
    today: date
    days: list[DayRow]
    totals: Totals
    leave: list[LeaveYear]
    requests: list[RequestShown]
    shifts: list[Shift]
    colleagues: list[tuple[str, str]]
    may_decide: bool
    marks: list[Counted]


def month_days(month: str) -> tuple[date, date]:
    """The first and the last day of ``2026-11``.

    Raises:
        ValueError: that is no month.
    """
    first = date.fromisoformat(f"{month}-01")
    return first, (first + 31 * _DAY).replace(day=1) - _DAY


class Months:
    """Makes months."""

    def __init__(self, sheets: Sheets, roster: Roster, board: Board) -> None:
        self._sheets, self._roster, self._board = sheets, roster, board

    async def rows(self, staff: str, first: date, last: date) -> list[DayRow]:
        """The days of somebody."""
        found = (await self._sheets.days([staff], first, last))[staff]
        return [self.row(staff, day, done) for day, done in found.items()]

    async def marks(self, staff: str, first: date, last: date) -> list[Counted]:
        """The punches of some days, and of the night behind the last one."""
        return await self._sheets.marks(staff, first, last)

    def row(self, staff: str, day: date, done: DayDone) -> DayRow:
        """A day as it is shown."""
        firsts = [one.first for one in done.shifts if one.first]
        lasts = [one.last for one in done.shifts if one.last]
        return DayRow(
            day=day,
            states=done.states,
            shifts=[self._board.shift(plan) for plan in self._sheets.planned(staff, day)],
            first=min(firsts, default=None),
            last=max(lasts, default=None),
            punches=done.punches,
            late_min=done.late_min,
            early_min=done.early_min,
            overtime_min=done.overtime_min,
            worked_min=done.worked_min,
            word=self._roster.words.get((staff, day)),
        )

    def requests(self, staff: str, actor_id: str, actor: str) -> list[RequestShown]:
        """Somebody's requests, the newest first."""
        return [self._board.request(one, actor_id, actor) for one in reversed(self._roster.about(staff))]


def totals(days: list[DayRow]) -> Totals:
    """The sums of some days."""
    counts: Counter[str] = Counter(state.value for day in days for state in day.states)
    return Totals(
        work_days=sum(bool(day.shifts) for day in days),
        states=dict(counts),
        late_min=sum(day.late_min for day in days),
        early_min=sum(day.early_min for day in days),
        overtime_min=sum(day.overtime_min for day in days),
        worked_min=sum(day.worked_min for day in days),
    )

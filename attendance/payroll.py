"""The month of everybody as rows for whoever pays them: CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import msgspec

from attendance.days import DayDone, DayState
from attendance.records import LeaveKind
from attendance.sheet_table import sums

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the begin of a formula. Source: OWASP, CSV Injection."""
COLUMNS = (
    *("number", "name", "department", "group", "month", "work_days", "worked_days", "worked_min"),
    *("late_n", "late_min", "early_n", "early_min", "missing_n", "no_punch_n", "absent_n"),
    *("overtime_workday_min", "overtime_rest_min"),
    *(f"leave_{kind.value}_days" for kind in LeaveKind),
)
"""The head of the file, the same in all languages: programs read it."""
NOT_WORKED = frozenset({DayState.NO_PUNCH, DayState.ABSENT, DayState.LEAVE, DayState.AHEAD, DayState.REST})


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    """One person's month; ``days``: those that are over. ``leave``: kind → hours and days."""

    number: str
    name: str
    department: str
    group: str
    days: Mapping[date, DayDone]
    leave: Mapping[LeaveKind, tuple[float, float]]


def payroll(people: Iterable[Paid], month: str, *, is_workday: Callable[[date], bool]) -> bytes:
    """The file, in UTF-8 with the mark that spreadsheets want, lines ended as RFC 4180 has them."""
    out = io.StringIO(newline="")
    file = csv.writer(out)
    file.writerow(COLUMNS)
    file.writerows(_row(one, month, is_workday) for one in people)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def guarded(text: str) -> str:
    """A text that stays a text."""
    return f"'{text}" if text.startswith(BEGINNINGS) else text


def _row(one: Paid, month: str, is_workday: Callable[[date], bool]) -> Sequence[object]:
    days = list(one.days.values())
    counted = sums(days)
    overtime = {True: 0, False: 0}
    for day, done in one.days.items():
        overtime[is_workday(day) and bool(done.shifts)] += done.overtime_min
    return [
        *map(guarded, (one.number, one.name, one.department, one.group)),
        month,
        counted.days["work_days"],
        sum(bool(done.shifts) and not NOT_WORKED.issuperset(done.states) for done in days),
        sum(done.worked_min for done in days),
        *(counted.days["late"], counted.minutes["late"], counted.days["early"], counted.minutes["early"]),
        *(counted.days[name] for name in ("missing", "no_punch", "absent")),
        *(overtime[True], overtime[False]),
        *(f"{one.leave.get(kind, (0.0, 0.0))[1]:g}" for kind in LeaveKind),
    ]

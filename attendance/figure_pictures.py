"""The figures of attendance of any days, told apart and narrowed: what pages, reports and spreadsheets show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from attendance.figures import WORK_DAYS, DutyFigure, PersonDay, counted
from attendance.sheet import Sheets
from attendance.sheet_book import SheetBooks
from attendance.state import Roster

if TYPE_CHECKING:
    from hall_server.server import Server

DAYS_MOST = 366
"""Attendance judges each day of each person anew; a longer period is asked for year by year."""
PERSON_DAYS_MOST = 50_000
"""So many are judged in two to three seconds; a hall with more people asks for shorter periods."""


class DutyBy(StrEnum):
    """What attendance is told apart by."""

    HALL = "hall"
    STAFF = "staff"
    DEPARTMENT = "department"
    WEEKDAY = "weekday"
    DAY = "day"
    MONTH = "month"


class DutyOnly(msgspec.Struct, frozen=True, kw_only=True):
    """Whose days, and which; None: not narrowed.

    Attributes:
        departments: those on whose sheets the people stand.
        weekdays: 1 Monday to 7 Sunday.
    """

    staff: frozenset[str] | None = None
    departments: frozenset[str] | None = None
    weekdays: frozenset[str] | None = None


class DutyGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a person, department, weekday, day or month; an empty key: who stands on no sheet."""

    key: str
    name: str
    name_en: str
    number: str
    figures: tuple[DutyFigure, ...]


class DutyPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of some days.

    Attributes:
        last: today at the latest; before ``first`` where the period has not begun.
        is_empty: nobody had a shift: there are no figures then.
        is_too_long: more days than ``most``, which are counted at once: there are none either.
    """

    first: date
    last: date
    is_empty: bool
    is_too_long: bool
    most: int
    figures: tuple[DutyFigure, ...]
    groups: list[DutyGroup]


class DutyPictures:
    """Makes the figures; other rooms take them from here, so that all say the same."""

    def __init__(self, server: Server, sheets: Sheets, books: SheetBooks, roster: Roster) -> None:
        self._server = server
        self._sheets = sheets
        self._books = books
        self._roster = roster

    async def of(self, first: date, last: date, by: DutyBy = DutyBy.HALL, only: DutyOnly | None = None) -> DutyPeriod:
        """The figures from the first day to the last, as the sheets count them."""
        people = self._people(only or DutyOnly())
        most = min(DAYS_MOST, PERSON_DAYS_MOST // max(1, len(people)))
        is_too_long = (last - first).days >= most
        last = min(last, self._server.business_day)
        days = [] if is_too_long else await self._days(people, first, last, only or DutyOnly())
        figures = counted(days)
        is_empty = not any(one.numerator for one in figures if one.id in {WORK_DAYS, "overtime"})
        return DutyPeriod(
            first=first,
            last=last,
            is_empty=is_empty,
            is_too_long=is_too_long,
            most=most,
            figures=() if is_empty else figures,
            groups=[] if is_empty or by is DutyBy.HALL else self._groups(by, days),
        )

    def _people(self, only: DutyOnly) -> list[str]:
        departments = self._roster.departments
        people = [one.id for one in self._books.people() if only.staff is None or one.id in only.staff]
        if only.departments is None:
            return people
        return [one for one in people if departments.get(one, "") in only.departments]

    async def _days(self, people: list[str], first: date, last: date, only: DutyOnly) -> list[PersonDay]:
        if last < first or not people:
            return []
        departments = self._roster.departments
        found = await self._sheets.days(people, first, last)
        return [
            PersonDay(staff, departments.get(staff, ""), day, done)
            for staff, days in found.items()
            for day, done in days.items()
            if only.weekdays is None or str(day.isoweekday()) in only.weekdays
        ]

    def _groups(self, by: DutyBy, days: Iterable[PersonDay]) -> list[DutyGroup]:
        key_of = _KEYS[by]
        apart: dict[str, list[PersonDay]] = {}
        for one in days:
            apart.setdefault(key_of(one), []).append(one)
        groups = [self._group(by, key, counted(some)) for key, some in apart.items()]
        shown = [one for one in groups if any(figure.numerator for figure in one.figures)]
        return sorted(shown, key=lambda one: (not one.key, len(one.number), one.number, one.key))

    def _group(self, by: DutyBy, key: str, figures: tuple[DutyFigure, ...]) -> DutyGroup:
        directory = self._server.directory
        name = name_en = key
        number = ""
        if by is DutyBy.STAFF and (person := directory.staff.get(key)) is not None:
            name = name_en = str(self._server.rooms["hall_queue"].pictures.staff_name(key))
            number = person.number
        elif by is DutyBy.DEPARTMENT and (department := directory.departments.get(key)) is not None:
            name, name_en = department.name, department.name_en or department.name
        return DutyGroup(key=key, name=name, name_en=name_en, number=number, figures=figures)


_KEYS: dict[DutyBy, Callable[[PersonDay], str]] = {
    DutyBy.STAFF: lambda one: one.staff,
    DutyBy.DEPARTMENT: lambda one: one.department,
    DutyBy.WEEKDAY: lambda one: str(one.day.isoweekday()),
    DutyBy.DAY: lambda one: one.day.isoformat(),
    DutyBy.MONTH: lambda one: f"{one.day:%Y-%m}",
}

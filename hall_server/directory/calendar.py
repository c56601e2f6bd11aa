"""The working-day calendar of China as pure functions: weekdays, less public holidays, plus adjusted days (调休)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import msgspec

from hall_server.directory.day_count import DayCount
from hall_server.directory.model import CalendarYear
from hall_server.errors import Invalid

_DAY = timedelta(days=1)
_SATURDAY = 5


class WorkCalendar(msgspec.Struct, frozen=True, dict=True):
    """The announced years; what is not announced is Monday to Friday, and said to be provisional.

    Source: 国务院办公厅关于部分节假日安排的通知, each year; counting after 民法典 201 (the first day is not counted).

    Attributes:
        number: of the version that the city published; 0: never published, only read.
    """

    years: dict[int, CalendarYear] = {}
    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    number: int = 0

    def with_year(self, year: CalendarYear) -> "WorkCalendar":
        """Return the calendar with a year added or replaced."""
        return from_years({**self.years, year.year: year}.values(), number=self.number)

    def is_workday(self, day: date) -> bool:
        """Say whether offices work on this day."""
        if day in self.work:
            return True
        return day.weekday() < _SATURDAY and day not in self.off

    def next_workday(self, day: date) -> date:
        """Return the first working day after ``day``."""
        return self.add_workdays(day, 1)

    def add_workdays(self, day: date, workdays: int) -> date:
        """Return the day so many working days after ``day`` (before it where negative).

        ``day`` itself is not counted, whether it is a working day or not; 0 gives ``day`` back.

        Raises:
            OverflowError: it lies outside the years 1 to 9999.
        """
        if not workdays:
            return day
        counted = day if workdays > 0 else day - _DAY
        return self.numbered(self.number_of(counted) + workdays + (workdays < 0))

    def workdays_between(self, start: date, end: date) -> int:
        """Count the working days after ``start`` up to and with ``end``; the other way round the count is negative."""
        if end < start:
            return -self.workdays_between(end - _DAY, start - _DAY)
        return self.number_of(end) - self.number_of(start)

    def number_of(self, day: date) -> int:
        """How many working days there are up to and with this day, from the year 1: differences are what it is for."""
        return self._count.number_of(day)

    def numbered(self, number: int) -> date:
        """The working day with this number: ``numbered(number_of(day))`` is ``day``, or the last one before it."""
        return self._count.numbered(number)

    def is_provisional(self, start: date, end: date | None = None) -> bool:
        """Say whether a day of these lies in a year whose holidays are not announced, so that the answer may change."""
        first = start.year
        last = first if end is None else end.year
        announced = self._announced
        if first == last:
            return first not in announced
        return any(year not in announced for year in range(min(first, last), max(first, last) + 1))

    @property
    def horizon(self) -> date | None:
        """The last day whose year is announced; None: no year is."""
        return date(max(self._announced), 12, 31) if self._announced else None

    @cached_property
    def _announced(self) -> frozenset[int]:
        return frozenset(year for year, known in self.years.items() if known.off)

    @cached_property
    def _count(self) -> DayCount:
        return DayCount(self.off, self.work)


def from_years(years: Iterable[CalendarYear], *, number: int = 0) -> WorkCalendar:
    """Build a calendar; where two years speak of one day (a holiday over New Year), the later announcement holds."""
    off: set[date] = set()
    work: set[date] = set()
    kept = {year.year: year for year in sorted(years, key=lambda year: year.year)}
    for year in kept.values():
        off = (off - set(year.work)) | set(year.off)
        work = (work - set(year.off)) | set(year.work)
    return WorkCalendar(years=kept, off=frozenset(off), work=frozenset(work), number=number)


def read_year(path: Path) -> CalendarYear:
    """Read one file of NateScarlet/holiday-cn.

    Raises:
        Invalid: ``calendar.unreadable``, with the file's name and the reason.
    """
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_HolidayFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("calendar.unreadable", field="file", file=path.name, reason=str(error)) from error
    return CalendarYear(
        year=found.year,
        off=tuple(sorted(day.date for day in found.days if day.is_off_day)),
        work=tuple(sorted(day.date for day in found.days if not day.is_off_day)),
        papers=found.papers,
    )


def read_years(folder: Path) -> Iterator[CalendarYear]:
    """Read every year of a folder of holiday-cn files, in order."""
    for path in sorted(folder.glob("holiday-cn-*.json")):
        yield read_year(path)


class _HolidayDay(msgspec.Struct, frozen=True, rename="camel"):
    date: date
    is_off_day: bool


class _HolidayFile(msgspec.Struct, frozen=True):
    year: int
    papers: tuple[str, ...] = ()
    days: tuple[_HolidayDay, ...] = ()

"""The working-day calendar of China as pure functions: weekdays, less public holidays, plus adjusted days (调休)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec

from hall_server.directory.model import CalendarYear
from hall_server.errors import Invalid

_DAY = timedelta(days=1)
_SATURDAY = 5


class WorkCalendar(msgspec.Struct, frozen=True):
    """The announced years; what is not announced is Monday to Friday, and said to be provisional.

    Source: 国务院办公厅关于部分节假日安排的通知, each year; counting after 民法典 201 (the first day is not counted).
    """

    years: dict[int, CalendarYear] = {}
    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()

    def with_year(self, year: CalendarYear) -> "WorkCalendar":
        """Return the calendar with a year added or replaced."""
        return from_years({**self.years, year.year: year}.values())

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
        """
        step = _DAY if workdays > 0 else -_DAY
        left = abs(workdays)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """Count the working days after ``start`` up to and with ``end``; the other way round the count is negative."""
        if end < start:
            return -self.workdays_between(end - _DAY, start - _DAY)
        return sum(self.is_workday(start + _DAY * days) for days in range(1, (end - start).days + 1))

    def is_provisional(self, start: date, end: date | None = None) -> bool:
        """Say whether a day of these lies in a year whose holidays are not announced, so that the answer may change."""
        last = start if end is None else end
        years = range(min(start, last).year, max(start, last).year + 1)
        return any(not self._is_announced(year) for year in years)

    def _is_announced(self, year: int) -> bool:
        known = self.years.get(year)
        return known is not None and bool(known.off)


def from_years(years: Iterable[CalendarYear]) -> WorkCalendar:
    """Build a calendar; where two years speak of one day (a holiday over New Year), the later announcement holds."""
    off: set[date] = set()
    work: set[date] = set()
    kept = {year.year: year for year in sorted(years, key=lambda year: year.year)}
    for year in kept.values():
        off = (off - set(year.work)) | set(year.off)
        work = (work - set(year.off)) | set(year.work)
    return WorkCalendar(years=kept, off=frozenset(off), work=frozenset(work))


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

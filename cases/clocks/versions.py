"""The working-day calendar as the city publishes it: whole, numbered, and never with less than before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from hall_server.directory.calendar import WorkCalendar, from_years
from hall_server.directory.fields import check_calendar_year
from hall_server.directory.model import CalendarYear
from hall_server.errors import Invalid, Refused


class CalendarVersion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One publication of the calendar.

    Attributes:
        number: 1, 2, 3 …; a hall takes a higher one only.
        published_at: aware.
        years: every year that is known, in order; a year without days is not announced.
    """

    number: int
    published_at: datetime
    years: tuple[CalendarYear, ...]

    def calendar(self) -> WorkCalendar:
        """The calendar itself; keep it: it counts its days once."""
        return from_years(self.years, number=self.number)


def first_version(years: Iterable[CalendarYear], *, published_at: datetime) -> CalendarVersion:
    """Version 1, such as the files that come with the program.

    Raises:
        Invalid: see `checked`.
    """
    return checked(CalendarVersion(number=1, published_at=published_at, years=_ordered(years)))


def successor(version: CalendarVersion, years: Iterable[CalendarYear], *, published_at: datetime) -> CalendarVersion:
    """The next version, with years added or replaced.

    Raises:
        Invalid: see `checked`.
        Refused: see `check_follows`.
    """
    kept = {year.year: year for year in version.years} | {year.year: year for year in years}
    found = CalendarVersion(number=version.number + 1, published_at=published_at, years=_ordered(kept.values()))
    check_follows(version, checked(found))
    return found


def checked(version: CalendarVersion) -> CalendarVersion:
    """The version, if it is one.

    Raises:
        Invalid: ``calendar.number``, ``calendar.moment``, ``calendar.year_twice``, or what is wrong with a year.
    """
    if version.number < 1:
        raise Invalid("calendar.number", field="number", least=1)
    if version.published_at.tzinfo is None:
        raise Invalid("calendar.moment", field="published_at")
    seen: set[int] = set()
    for year in version.years:
        if year.year in seen:
            raise Invalid("calendar.year_twice", field="years", year=year.year)
        seen.add(year.year)
        check_calendar_year(year)
    return version


def check_follows(before: CalendarVersion, after: CalendarVersion) -> None:
    """Refuse what is not newer, and what forgets an announced year.

    Raises:
        Refused: ``calendar.not_newer`` (an old version, or the same number again), ``calendar.year_lost``.
    """
    if after.number <= before.number or after.published_at < before.published_at:
        raise Refused("calendar.not_newer", number=after.number, known=before.number)
    announced = {year.year for year in after.years if year.off}
    for year in before.years:
        if year.off and year.year not in announced:
            raise Refused("calendar.year_lost", year=year.year)


def changed_days(before: WorkCalendar, after: WorkCalendar) -> tuple[date, ...]:
    """The days that become working days, or cease to be ones, in order."""
    suspects = before.off ^ after.off | before.work ^ after.work
    return tuple(sorted(day for day in suspects if before.is_workday(day) != after.is_workday(day)))


def _ordered(years: Iterable[CalendarYear]) -> tuple[CalendarYear, ...]:
    return tuple(sorted(years, key=lambda year: year.year))

"""Working days as numbers: counting and stepping over them costs the same for a day as for ten years."""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from itertools import accumulate

_WEEK, _WEEKDAYS = 7, 5


class DayCount:
    """Every working day has a number, counted from 1 January of the year 1, a Monday.

    Announced days are looked up in two lists; before and after them a working day is Monday to Friday.
    """

    def __init__(self, off: Set[date], work: Set[date]) -> None:
        """Count the days between the first and the last that differ from a plain week."""
        known = {day.toordinal() for day in off | work}
        self._first, self._last = (min(known), max(known)) if known else (1, 0)
        is_workday = [
            day in work or (day.weekday() < _WEEKDAYS and day not in off)
            for day in map(date.fromordinal, range(self._first, self._last + 1))
        ]
        self._before = _plain_count(self._first - 1)
        self._counts = list(accumulate(is_workday, initial=self._before))
        self._ordinals = [self._first + n for n, works in enumerate(is_workday) if works]
        self._shift = self._counts[-1] - _plain_count(self._last) if known else 0

    def number_of(self, day: date) -> int:
        """How many working days there are up to and with this day."""
        ordinal = day.toordinal()
        if ordinal < self._first:
            return _plain_count(ordinal)
        if ordinal > self._last:
            return _plain_count(ordinal) + self._shift
        return self._counts[ordinal - self._first + 1]

    def numbered(self, number: int) -> date:
        """The working day with this number.

        Raises:
            OverflowError: it lies outside the years 1 to 9999.
        """
        at = number - self._before
        if at <= 0 or self._last < self._first:
            ordinal = _plain_day(number)
        elif at <= len(self._ordinals):
            ordinal = self._ordinals[at - 1]
        else:
            ordinal = _plain_day(number - self._shift)
        if not 1 <= ordinal <= date.max.toordinal():
            raise OverflowError(number)
        return date.fromordinal(ordinal)


def _plain_count(ordinal: int) -> int:
    """How many Mondays to Fridays there are up to and with a day."""
    weeks, days = divmod(ordinal, _WEEK)
    return weeks * _WEEKDAYS + min(days, _WEEKDAYS)


def _plain_day(number: int) -> int:
    """The day that is a Monday to Friday with this number."""
    weeks, days = divmod(number - 1, _WEEKDAYS)
    return weeks * _WEEK + days + 1

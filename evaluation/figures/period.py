"""From which day to which day figures are meant."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from hall_server.errors import Invalid

DAYS_MOST = 1_100
"""Longest period: three years."""
_DAY = timedelta(days=1)
_EARLIEST, _LATEST = date(2000, 1, 1), date(2199, 12, 31)


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """Business days from ``first`` to ``last``, both counted."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """The period of the same length just before; of a whole month the month before."""
        if self.first.day == 1 and (self.last + _DAY).day == 1 and self.first.month == self.last.month:
            return month_of(self.first - _DAY)
        return Period(first=self.first - _DAY * self.days, last=self.first - _DAY)


def period(first: str, last: str, *, today: date) -> Period:
    """The period from two texts of a query, each today where it is empty.

    Raises:
        Invalid: ``rating.day_unknown``, ``figures.backwards``, ``figures.too_long``, with the field.
    """
    begin, end = _day(first, "from", today), _day(last, "to", today)
    if end < begin:
        raise Invalid("figures.backwards", field="to")
    if (end - begin).days >= DAYS_MOST:
        raise Invalid("figures.too_long", field="from", most=DAYS_MOST)
    return Period(first=begin, last=end)


def month(text: str, *, today: date) -> Period:
    """The month written ``2026-11``, the present one where nothing is written.

    Raises:
        Invalid: ``figures.month_unknown``: no month, or one that has not begun.
    """
    try:
        if text and (len(text) != 7 or text[4] != "-"):
            raise ValueError
        first = date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
    except ValueError as exc:
        raise Invalid("figures.month_unknown", field="month") from exc
    if not _EARLIEST <= first <= today:
        raise Invalid("figures.month_unknown", field="month")
    return month_of(first)


def month_of(day: date) -> Period:
    """The month that a day is in."""
    first = day.replace(day=1)
    return Period(first=first, last=(first + _DAY * 31).replace(day=1) - _DAY)


def _day(text: str, field: str, today: date) -> date:
    try:
        found = date.fromisoformat(text) if text else today
    except ValueError as exc:
        raise Invalid("rating.day_unknown", field=field) from exc
    if text not in {"", found.isoformat()} or not _EARLIEST <= found <= _LATEST:
        raise Invalid("rating.day_unknown", field=field)
    return found

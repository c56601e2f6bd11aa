"""Reads moments as logs write them: ISO 8601, given formats, days alone; what has no zone is in that of the mapping."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cases.logs.mapping import DeadlineIs, Times

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_SECOND_DIVISORS = {"epoch_s": 1, "epoch_ms": 1_000}
_ISO_DAY = 10
_YEARS = range(1900, 2200)


def microseconds(at: datetime) -> int:
    """Of an aware moment, since 1970."""
    return (at - EPOCH) // _US


def moment(us: int) -> datetime:
    """The moment, in UTC."""
    return EPOCH + timedelta(microseconds=us)


class MomentReader:
    """Reads the moments of a log.

    Every method raises ValueError where no format reads the text, or the year is no year of a log.
    """

    def __init__(self, times: Times) -> None:
        self.zone = ZoneInfo(times.zone)
        self._formats = times.formats
        self._whole_days = times.deadline_is is DeadlineIs.DAY
        self.at: Callable[[str], int] = lru_cache(maxsize=65_536)(self._at)
        self.due: Callable[[str], int] = lru_cache(maxsize=65_536)(self._due)

    def day(self, us: int) -> date:
        """The day in the log's zone."""
        return moment(us).astimezone(self.zone).date()

    def is_midnight(self, text: str) -> bool:
        """Whether a deadline is written as the first moment of a day."""
        found, is_day = self._read(text)
        return not is_day and found.timetz().replace(tzinfo=None) == time()

    def _at(self, text: str) -> int:
        return microseconds(self._read(text)[0])

    def _due(self, text: str) -> int:
        """The last moment in time: of a day alone the last before the next day (民法典 203)."""
        found, is_day = self._read(text)
        if is_day or self._whole_days:
            day = found.date() if is_day else found.astimezone(self.zone).date()
            return microseconds(datetime.combine(day + _DAY, time(), self.zone)) - 1
        return microseconds(found)

    def _read(self, text: str) -> tuple[datetime, bool]:
        """An aware moment, and whether the text is a day alone."""
        text = text.strip()
        for form in self._formats:
            try:
                found, is_day = self._formatted(text, form)
            except (ValueError, OverflowError, OSError):
                continue
            return self._checked(found), is_day
        return self._checked(datetime.fromisoformat(text)), len(text) <= _ISO_DAY and ":" not in text

    def _formatted(self, text: str, form: str) -> tuple[datetime, bool]:
        divisor = _SECOND_DIVISORS.get(form)
        if divisor is not None:
            return EPOCH + timedelta(seconds=float(text) / divisor), False
        found = datetime.strptime(text, form)  # noqa: DTZ007  # a zone is put in where the text has none
        return found, not any(mark in form for mark in ("%H", "%I", "%X", "%c", "%s"))

    def _checked(self, found: datetime) -> datetime:
        if found.year not in _YEARS:
            raise ValueError(found.year)
        return found if found.tzinfo is not None else found.replace(tzinfo=self.zone)

"""How many numbers a line still gives, today and in the present part of the day (domain rule 1).

A number counts once in every line that its visit has to do with: those it was taken for, and those it was sent to. Who
is sent on is never refused; the line gives so many fewer to those who come."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from hall_queue.rulebook import Band
from hall_queue.rules import Hall


class Left(NamedTuple):
    """Numbers still to be given.

    Attributes:
        tickets: so many; never below zero.
        quota: of which they are left.
        until: end of the band they are for, hall time "HH:MM"; None where they are for the whole day.
    """

    tickets: int
    quota: int
    until: str | None = None


def left_today(hall: Hall, line: str, more: Sequence[datetime] = ()) -> Left | None:
    """What is left of the day's quota when ``more`` numbers are given besides; None without one."""
    quota = hall.rulebook.of(line).quota_day
    if quota is None:
        return None
    return Left(max(0, quota - len(hall.queue.issued_in.get(line, ())) - len(more)), quota)


def left_in_band(hall: Hall, line: str, now: datetime, more: Sequence[datetime] = ()) -> Left | None:
    """What is left of the band the present lies in when ``more`` are given besides; None where it lies in none."""
    bands = hall.rulebook.of(line).quota_bands
    if not bands:
        return None
    given, local = hall.queue.issued_in.get(line, []), hall.taking.local(now)
    for band in bands:
        begin, end = _span(band, local)
        if begin <= now < end:
            used = bisect_left(given, end) - bisect_left(given, begin) + sum(begin <= one < end for one in more)
            return Left(max(0, band.tickets - used), band.tickets, band.end)
    return None


def left(hall: Hall, line: str, now: datetime) -> Left | None:
    """The smaller of the two; None where nothing limits the line now."""
    found = [one for one in (left_today(hall, line), left_in_band(hall, line, now)) if one is not None]
    return min(found, key=lambda one: one.tickets, default=None)


def _span(band: Band, local: datetime) -> tuple[datetime, datetime]:
    """A band of the hall's day, in UTC."""
    midnight = datetime.combine(local.date(), time(), local.tzinfo)
    begin, end = (midnight + _since_midnight(text) for text in (band.begin, band.end))
    return begin.astimezone(UTC), end.astimezone(UTC)


def _since_midnight(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))

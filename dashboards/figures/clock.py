"""Half hours by the hall's clock, and how much of a stretch of time lies in each; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from hall_server.journal.rows import moment

SLOT_S = 1_800
_QUARTER_US = 900_000_000  # no zone is shifted by less


def slots(zone: ZoneInfo) -> Callable[[int], str]:
    """Moment (UTC microseconds) → the half hour it is in, as ``09:30``; each quarter of an hour is worked out once."""
    known: dict[int, str] = {}

    def slot(at: int) -> str:
        quarter = at // _QUARTER_US
        if quarter not in known:
            local = moment(quarter * _QUARTER_US).astimezone(zone)
            known[quarter] = f"{local - timedelta(minutes=local.minute % 30):%H:%M}"
        return known[quarter]

    return slot


def splitter(zone: ZoneInfo) -> Callable[[int, int], Iterator[tuple[str, int]]]:
    """A stretch of time → its half hours and how much of it lies in each, microseconds; nothing of one that ends early.

    The parts add up to the stretch, so sums over half hours are the sums over everything.
    """
    slot = slots(zone)

    def split(begin: int, end: int) -> Iterator[tuple[str, int]]:
        at = begin
        while at < end:
            until = min(end, (at // _QUARTER_US + 1) * _QUARTER_US)
            yield slot(at), until - at
            at = until

    return split

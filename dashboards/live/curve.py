"""A day in half hours: numbers taken, and people who wait for their first call; and what is usual; pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import accumulate
from statistics import quantiles

import msgspec

HALF_HOUR = timedelta(minutes=30)
SLOTS = 48
"""Half hours of a day; the first begins at midnight, hall time."""
LEAST_SHOWN = 8
"""So many half hours are shown at least: a curve of one point is none."""

Stay = tuple[int, int | None]
"""The half hours of a day in which somebody came, and was first called or left; None: waits still."""


class DayCurve(msgspec.Struct, frozen=True, kw_only=True):
    """One day, or what has passed of it.

    Attributes:
        taken: numbers given, by half hour.
        waiting: people who wait for their first call at the end of each half hour; in the running one: now.
    """

    taken: tuple[int, ...]
    waiting: tuple[int, ...]


class Usual(msgspec.Struct, frozen=True, kw_only=True):
    """What some days of one weekday were like, as ``[lower quartile, median, upper quartile]`` of each half hour.

    Attributes:
        days: of how many days.
    """

    days: int
    taken: tuple[tuple[float, float, float], ...]
    waiting: tuple[tuple[float, float, float], ...]


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """Today against the usual, over the half hours in which anything happens.

    Attributes:
        first: the first half hour shown, counted from midnight; end: the first that is not shown.
        taken, waiting: of today, from ``first`` to the half hour that runs.
        usual: from ``first`` to ``end``; None where no such day has been recorded.
        is_known: whether the days before have been looked at.
    """

    first: int
    end: int
    taken: tuple[int, ...]
    waiting: tuple[int, ...]
    usual: Usual | None
    is_known: bool


def day_curve(stays: Iterable[Stay], slots: int = SLOTS) -> DayCurve:
    """Count a day.

    Args:
        stays: everybody who took a number.
        slots: how many half hours have begun.
    """
    taken, change = [0] * SLOTS, [0] * (SLOTS + 1)
    for came, left in stays:
        slot = _within(came)
        taken[slot] += 1
        change[slot] += 1
        if left is not None:
            change[max(slot, _within(left))] -= 1
    return DayCurve(taken=tuple(taken[:slots]), waiting=tuple(accumulate(change[:slots])))


def usual_of(days: Sequence[DayCurve]) -> Usual | None:
    """What is usual, from whole days; None where there are none."""
    if not days:
        return None
    return Usual(
        days=len(days),
        taken=tuple(_band([day.taken[slot] for day in days]) for slot in range(SLOTS)),
        waiting=tuple(_band([day.waiting[slot] for day in days]) for slot in range(SLOTS)),
    )


def beside(today: DayCurve, usual: Usual | None, opening: tuple[int, int] | None, *, is_known: bool) -> Curve:
    """Today and the usual, cut to the half hours worth showing.

    Args:
        opening: the first half hour the hall is open and the first it is not; None: always, or not today.
    """
    first, end = _shown(today, usual, opening)
    return Curve(
        first=first,
        end=end,
        taken=today.taken[first:end],
        waiting=today.waiting[first:end],
        usual=usual and Usual(days=usual.days, taken=usual.taken[first:end], waiting=usual.waiting[first:end]),
        is_known=is_known,
    )


def _shown(today: DayCurve, usual: Usual | None, opening: tuple[int, int] | None) -> tuple[int, int]:
    busy = [slot for slot, n in enumerate(today.taken) if n or today.waiting[slot]]
    if usual is not None:
        busy += [slot for slot in range(SLOTS) if usual.taken[slot][2] or usual.waiting[slot][2]]
    if opening is not None:
        busy += [opening[0], opening[1] - 1]
    if not busy:
        busy = [len(today.taken) - 1]
    first, end = min(busy), max(busy) + 1
    if end - first < LEAST_SHOWN:
        first = max(0, min(first, SLOTS - LEAST_SHOWN))
        end = max(end, first + LEAST_SHOWN)
    return first, end


def _band(values: Sequence[int]) -> tuple[float, float, float]:
    """Quartiles that include the ends, as spreadsheets reckon them (QUARTILE.INC)."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, median, high = quantiles(values, n=4, method="inclusive")
    return low, median, high


def _within(slot: int) -> int:
    return min(max(slot, 0), SLOTS - 1)

"""The figures of played days: what one day was like, and what many say together, before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

import msgspec

from dashboards.whatif.engine import Played
from dashboards.whatif.model import Day, Visitor

HALL = ""
"""The key of the whole hall beside those of its lines."""
NAMES = ("mean_s", "median_s", "p90_s", "over", "longest", "unserved", "use", "last_end_s")
LOW, HIGH = 0.05, 0.95
"""Nine of ten days lie between."""


class Figures(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A day, or one of its lines.

    Attributes:
        mean_s, median_s, p90_s: waits until the first call; who was never called waited until the end.
        over: share of waits over the limit.
        longest: the longest queue.
        unserved: who still waited when the last window closed.
        use: share of the windows' time with somebody there, the walk included; of a line None.
        last_end_s: end of the last service, seconds since midnight; of a line None.
    """

    visitors: int
    mean_s: float | None
    median_s: float | None
    p90_s: float | None
    over: float | None
    longest: int
    unserved: int
    use: float | None = None
    last_end_s: float | None = None


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """A figure over all runs: its middle and the range that nine of ten runs lie in."""

    middle: float
    low: float
    high: float


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A figure before and after.

    Attributes:
        difference: after less before, run by run with the same draws.
        is_clear: nine of ten runs and more go the same way.
    """

    before: Spread | None
    after: Spread | None
    difference: Spread | None
    is_clear: bool


def figures(
    played: Played, visitors: Sequence[Visitor], *, limits: Mapping[str, float], end: float
) -> dict[str, Figures]:
    """The figures of a played day, by line as it was recorded, and of the hall.

    Args:
        limits: line → the longest wait that is not too long, seconds.
        end: when the last window closed.
    """
    waits: dict[str, list[float]] = {HALL: []}
    over: dict[str, int] = {HALL: 0}
    unserved: dict[str, int] = {HALL: 0}
    for visitor, wait, gone in zip(visitors, played.waits, played.gone, strict=True):
        if gone:
            continue
        line = visitor.ticket.line
        waited = wait if wait is not None else max(0.0, end - visitor.from_)
        for key in (line, HALL):
            waits.setdefault(key, []).append(waited)
            over[key] = over.get(key, 0) + (waited > limits.get(line, limits[HALL]))
            unserved[key] = unserved.get(key, 0) + (wait is None)
    busy, there = (sum(one[part] for one in played.use.values()) for part in (0, 1))
    found = {
        key: _of(some, over=over[key], longest=played.longest[key], unserved=unserved[key])
        for key, some in waits.items()
    }
    use = busy / there if there else None
    return {**found, HALL: msgspec.structs.replace(found[HALL], use=use, last_end_s=played.last_end)}


def _of(waits: list[float], *, over: int, longest: int, unserved: int) -> Figures:
    waits.sort()
    many = len(waits)
    return Figures(
        visitors=many,
        mean_s=sum(waits) / many if many else None,
        median_s=at(waits, 0.5),
        p90_s=at(waits, 0.9),
        over=over / many if many else None,
        longest=longest,
        unserved=unserved,
    )


def at(ordered: Sequence[float], share: float) -> float | None:
    """The value below which this share of ordered values lies, between two of them where it falls between."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


class Run(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What one played day gives on: its lines' figures, and how much of its time each window had somebody."""

    lines: dict[str, Figures]
    windows: dict[str, float]


Runs: TypeAlias = Sequence[tuple[Run, Run]]
"""Before and after, with the same draws."""


def compared(runs: Runs) -> dict[str, dict[str, Change]]:
    """Line (the hall: "") → figure → before and after over all runs."""
    keys = dict.fromkeys(key for pair in runs for one in pair for key in one.lines)
    return {key: {name: _of_line(runs, key, name) for name in NAMES} for key in keys}


def compared_windows(runs: Runs) -> dict[str, Change]:
    """Window → its use before and after over all runs; of one that is not there, none."""
    keys = sorted({key for pair in runs for one in pair for key in one.windows})
    return {key: _change([(one.windows.get(key), two.windows.get(key)) for one, two in runs]) for key in keys}


def _of_line(runs: Runs, key: str, name: str) -> Change:
    return _change([(_value(before.lines, key, name), _value(after.lines, key, name)) for before, after in runs])


def _change(pairs: Sequence[tuple[float | None, float | None]]) -> Change:
    spread = _spread([after - before for before, after in pairs if before is not None and after is not None])
    return Change(
        before=_spread([before for before, _ in pairs if before is not None]),
        after=_spread([after for _, after in pairs if after is not None]),
        difference=spread,
        is_clear=spread is not None and (spread.low > 0 or spread.high < 0),
    )


def _value(found: Mapping[str, Figures], key: str, name: str) -> float | None:
    one = found.get(key)
    value: float | None = None if one is None else getattr(one, name)
    return value


def _spread(values: list[float]) -> Spread | None:
    ordered = sorted(values)
    middle, low, high = at(ordered, 0.5), at(ordered, LOW), at(ordered, HIGH)
    if middle is None or low is None or high is None:
        return None
    return Spread(middle=middle, low=low, high=high)


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """How well the day, played again unchanged with its own times, gives the waits that were recorded.

    Attributes:
        error_s: of the mean wait, played less recorded.
        visitor_error_s: mean distance of a visitor's played wait from the recorded one.
        in_order: share of calls for which the rules name the ticket that was called.
        unseen: calls by hand, seats, times: how many visitors the record says too little of.
    """

    visitors: int
    recorded_mean_s: float | None
    played_mean_s: float | None
    recorded_p90_s: float | None
    played_p90_s: float | None
    visitor_error_s: float | None
    in_order: float | None
    unseen: int


def baseline(day: Day, played: Played, key: str = HALL) -> Baseline:
    """Of a line, or of the whole hall."""
    pairs = [
        (visitor.waited_s, wait)
        for visitor, wait in zip(day.visitors, played.waits, strict=True)
        if key in (HALL, visitor.ticket.line) and visitor.waited_s is not None and wait is not None
    ]
    known = sorted(recorded for recorded, _ in pairs)
    made = sorted(wait for _, wait in pairs)
    unseen = sum(
        leg.service_s is None for visitor in day.visitors if key in (HALL, visitor.ticket.line) for leg in visitor.legs
    )
    many = len(pairs)
    return Baseline(
        visitors=many,
        recorded_mean_s=sum(known) / many if many else None,
        played_mean_s=sum(made) / many if many else None,
        recorded_p90_s=at(known, 0.9),
        played_p90_s=at(made, 0.9),
        visitor_error_s=sum(abs(wait - recorded) for recorded, wait in pairs) / many if many else None,
        in_order=day.in_order / day.calls if day.calls else None,
        unseen=unseen,
    )


SLOT_S = 1_800.0


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """Half an hour of the day.

    Attributes:
        begin_s: seconds since midnight.
        came: numbers taken; waiting: who waited at its end, as recorded; windows: there at its middle.
        wait_s: mean wait of those who came.
    """

    begin_s: float
    came: int
    waiting: int
    windows: int
    wait_s: float | None


def curve(day: Day) -> tuple[Slot, ...]:
    """The day in half hours."""
    if not day.visitors:
        return ()
    first = min(min(one.from_ for one in day.visitors), min((one.begin for one in day.shifts), default=86_400.0))
    last = max(day.end, max(one.from_ for one in day.visitors))
    edges = [SLOT_S * number for number in range(int(first // SLOT_S), int(last // SLOT_S) + 2)]
    return tuple(_slot(day, begin, end) for begin, end in pairwise(edges))


def _slot(day: Day, begin: float, end: float) -> Slot:
    came = [one for one in day.visitors if begin <= one.from_ < end]
    waits = [one.waited_s for one in came if one.waited_s is not None]
    middle = (begin + end) / 2
    return Slot(
        begin_s=begin,
        came=len(came),
        waiting=sum(one.from_ <= end < _until(one, day) for one in day.visitors),
        windows=len({shift.window.id for shift in day.shifts if shift.begin <= middle < shift.end}),
        wait_s=sum(waits) / len(waits) if waits else None,
    )


def _until(visitor: Visitor, day: Day) -> float:
    if visitor.waited_s is not None:
        return visitor.from_ + visitor.waited_s
    return visitor.left if visitor.left is not None else day.end

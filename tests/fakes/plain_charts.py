"""What the charts show, counted a second time from the raw rows of the journal, with nothing but plain Python."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Any

from tests.fakes.plain_statistics import ZONE, edge

Thing = dict[str, Any]
HALF_HOUR_US = 1_800_000_000
BY_PERSON = {"finished", "forwarded", "transferred", "held"}


def local(at: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(ZONE)


def of(kind: str, things: list[Thing]) -> list[Thing]:
    return [one for one in things if one["kind"] == kind]


def waits(things: list[Thing]) -> list[int]:
    return sorted(one["stays"][0]["called"] - one["issued"] for one in of("visit", things) if one["stays"])


def boxes(things: list[Thing]) -> dict[str, tuple[int, ...]]:
    """Hour → how many were called, and the five percentiles."""
    apart = defaultdict(list)
    for one in of("visit", things):
        apart[one["hour"]].append(one)
    found = {hour: waits(some) for hour, some in apart.items()}
    return {
        hour: (len(some), *(edge(some[-(-len(some) * share // 100) - 1]) for share in (10, 25, 50, 75, 90)))
        for hour, some in found.items()
        if some
    }


def heat(things: list[Thing]) -> dict[tuple[str, str], tuple[int, float | None]]:
    """Weekday and hour → numbers, mean wait in seconds."""
    apart = defaultdict(list)
    for one in of("visit", things):
        apart[one["weekday"], one["hour"]].append(one)
    found = {}
    for key, some in apart.items():
        waited = waits(some)
        found[key] = (len(some), float(Fraction(sum(waited), len(waited) * 10**6)) if waited else None)
    return found


def served(things: list[Thing], *names: str) -> Counter[tuple[str, ...]]:
    """How many stays a person ended, told apart by what is named."""
    ended = [one for one in of("stay", things) if one["started"] is not None and one["end"] in BY_PERSON]
    return Counter(tuple(one[name] for name in names) for one in ended)


def daily_waits(things: list[Thing]) -> dict[str, float]:
    apart = defaultdict(list)
    for one in of("visit", things):
        apart[one["day"]].append(one)
    found = {day: waits(some) for day, some in sorted(apart.items())}
    return {day: float(Fraction(sum(some), len(some) * 10**6)) for day, some in found.items() if some}


def staffing(things: list[Thing], rows: list[Any], now: int) -> dict[str, dict[str, float]]:
    """Half hour → arrivals, windows needed, at work and open, on a mean day; told second by second, slowly."""
    days = {one["day"] for one in of("visit", things)}
    arrivals = Counter(slot(one["issued"]) for one in of("visit", things))
    work: Counter[str] = Counter()
    for one in of("stay", things):
        if one["started"] is not None:
            spread(work, one["called"], one["started"])
            if one["end"] in BY_PERSON:
                spread(work, one["started"], one["left"])
    opened = open_time(rows, days, now)
    each = Fraction(sum(work.values()), sum(arrivals.values()))
    whole = HALF_HOUR_US * len(days)
    return {
        key: {
            "arrivals": arrivals[key] / len(days),
            "needed": ceil(round(float(arrivals[key] * each / whole) / 0.85, 9)),
            "busy": work[key] / whole,
            "open": opened[key] / whole,
        }
        for key in {*arrivals, *work, *opened}
    }


def open_time(rows: list[Any], days: set[str], now: int) -> Counter[str]:
    """Half hour → microseconds in which windows were open and not paused; every window is closed by somebody."""
    since: dict[str, int | None] = {}
    found: Counter[str] = Counter()
    for _, at, day, kind, _, payload in rows:
        if not kind.startswith("window.") or day not in days:
            continue
        window, what = _window(payload), kind.partition(".")[2]
        begun = since.get(window)
        if what in {"paused", "closed"} and begun is not None:
            spread(found, begun, at)
            since[window] = None
        elif what in {"opened", "resumed"} and begun is None:
            since[window] = at
    for begun in since.values():
        if begun is not None:
            spread(found, begun, now)
    return found


def _window(payload: str) -> str:
    return str(json.loads(payload)["window"])


def spread(into: Counter[str], begin: int, end: int) -> None:
    """Each half hour its part of a stretch."""
    while begin < end:
        until = min(end, (begin // HALF_HOUR_US + 1) * HALF_HOUR_US)
        into[slot(begin)] += until - begin
        begin = until


def slot(at: int) -> str:
    time = local(at)
    return f"{time.hour:02d}:{time.minute // 30 * 30:02d}"

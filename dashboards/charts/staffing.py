"""Staffing against demand: windows open, at work and needed in each half hour of a mean day; pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

from dashboards.charts.model import Axis, ChartId, Label, Series, SeriesChart, Unit
from dashboards.figures.asked import Asked
from dashboards.figures.cells import Dim, Sums
from dashboards.figures.clock import SLOT_S

SECOND = 1_000_000
LOAD = 0.85
"""A window that is at work for more of its time lets waits grow without bound; staff need breath between visitors."""
_KNOWS_WINDOWS = frozenset({Dim.WINDOW, Dim.STAFF, Dim.WEEKDAY})


def knows_windows(asked: Asked) -> bool:
    """Whether the windows' open time can be narrowed like that: it has no line, matter, hour, channel or priority."""
    return asked.only.keys() <= _KNOWS_WINDOWS


def chart(found: Mapping[str, Sums], *, days: int, has_windows: bool) -> SeriesChart:
    """Means over the days with visitors.

    Needed are arrivals × mean work of a visit ÷ half an hour ÷ 85 %, rounded up: the windows that keep up with those
    who come in that half hour. Work is walking and serving.

    Args:
        found: half hour → what happened in it.
        has_windows: whether open windows are known; else they are left out.
    """
    used = sorted(key for key, one in found.items() if one.visits or one.open_us or one.serve_us)
    slots = _between(used) if days else ()
    sums = [found.get(slot, Sums()) for slot in slots]
    visits = sum(one.visits for one in sums)
    work_us = sum(one.walk_us + one.serve_us for one in sums)
    whole_us = SLOT_S * SECOND * max(1, days)
    needed = [math.ceil(_needed(one.visits * work_us, visits * whole_us)) if visits else None for one in sums]
    shown = [
        Series(id="arrivals", unit=Unit.COUNT, values=tuple(one.visits / days for one in sums)),
        Series(id="needed", unit=Unit.WINDOWS, values=tuple(needed)),
        Series(id="busy", unit=Unit.WINDOWS, values=tuple((one.walk_us + one.serve_us) / whole_us for one in sums)),
    ]
    if has_windows:
        shown.append(Series(id="open", unit=Unit.WINDOWS, values=tuple(one.open_us / whole_us for one in sums)))
    return SeriesChart(
        id=ChartId.STAFFING,
        x=Axis(title="slot", labels=tuple(Label(key=slot, name=slot, name_en=slot) for slot in slots)),
        y=Axis(title="windows", unit=Unit.WINDOWS),
        series=tuple(shown),
        is_empty=not slots,
    )


def _needed(top: int, bottom: int) -> float:
    """The windows that arrivals ask for; a hair's breadth of rounding does not ask for one more."""
    return round(top / bottom / LOAD, 9)


def _between(used: list[str]) -> tuple[str, ...]:
    """All half hours from the first to the last."""
    if not used:
        return ()
    first, last = (int(key[:2]) * 2 + int(key[3:]) // 30 for key in (used[0], used[-1]))
    return tuple(f"{half // 2:02d}:{half % 2 * 30:02d}" for half in range(first, last + 1))

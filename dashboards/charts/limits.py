"""Control limits of single values (XmR chart 单值—移动极差控制图), and which values are out of control; pure.

Source: GB/T 17989.2 常规控制图 (ISO 7870-2), charts for individuals; Western Electric, Statistical Quality Control
Handbook (1956), rules 1 and 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dashboards.charts.model import Limits, Mark, Why

E2 = 2.66
"""3 ÷ d2 of ranges of two (1.128): three sigma are so many mean moving ranges."""
LEAST = 8
"""With fewer values limits would say more about chance than about the hall."""
RUN = 8
"""So many in a row on one side of the centre line are no chance."""


def limits(values: Sequence[float]) -> Limits | None:
    """Mean ± 2.66 × mean moving range; the lower one is 0 at least, for no wait is shorter. None: too few values."""
    if len(values) < LEAST:
        return None
    centre = sum(values) / len(values)
    range_mean = sum(abs(after - before) for before, after in pairwise(values)) / (len(values) - 1)
    return Limits(
        centre=centre,
        lower=max(0.0, centre - E2 * range_mean),
        upper=centre + E2 * range_mean,
        range_mean=range_mean,
    )


def marks(values: Sequence[float], found: Limits | None) -> tuple[Mark, ...]:
    """The values that are out of control, in order: outside the limits, or the eighth and later ones of a run."""
    if found is None:
        return ()
    marked, run, side = list[Mark](), 0, 0
    for at, value in enumerate(values):
        now = (value > found.centre) - (value < found.centre)
        run, side = (run + 1 if now == side and now else int(now != 0)), now
        if value > found.upper:
            marked.append(Mark(at=at, why=Why.ABOVE))
        elif value < found.lower:
            marked.append(Mark(at=at, why=Why.BELOW))
        elif run >= RUN:
            marked.append(Mark(at=at, why=Why.RUN))
    return tuple(marked)

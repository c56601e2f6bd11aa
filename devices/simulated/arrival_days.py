"""Makes a day of arrivals for a hall, the same for the same seed; ``config/simulated_day.csv`` is one of them."""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from devices.simulated.arrivals import Arrival

HOUR_S = 3600.0
OPENS_S, CLOSES_S = 9 * HOUR_S, 17 * HOUR_S
LAST_S = CLOSES_S - 900.0
"""Nobody comes in the last quarter of an hour, as the door says."""

PER_HOUR = (1.45, 1.5, 1.05, 0.35, 0.8, 1.35, 1.05, 0.45)
"""Arrivals in each hour from nine to five, as parts of the mean: a full morning, a quiet noon, a second wave."""

AT_THE_DOOR = 0.03
"""Part of the day's visitors who stand at the door when it opens."""

VISITORS = 1000
SPREAD = 0.7
PATIENCE_S = 55 * 60.0
SEED = 20261109


class LineShare(NamedTuple):
    """How many of the day's visitors wait in a line, and how long their service takes on the average, seconds."""

    share: float
    service_s: float


LINES: Mapping[str, LineShare] = {
    "business": LineShare(0.19, 420.0),
    "labour": LineShare(0.17, 260.0),
    "tax": LineShare(0.15, 210.0),
    "building": LineShare(0.07, 480.0),
    "police": LineShare(0.13, 330.0),
    "medical": LineShare(0.11, 200.0),
    "transport": LineShare(0.04, 300.0),
    "welfare": LineShare(0.08, 300.0),
    "farming": LineShare(0.02, 360.0),
    "general": LineShare(0.04, 180.0),
}
"""Of the demonstration hall. Made up, in the proportions in which such halls report their matters."""

PRIORITIES: Mapping[str, float] = {"elderly": 0.06, "military": 0.01, "disabled": 0.01, "pregnant": 0.01}
SEVERAL = ((1, 0.9), (2, 0.08), (3, 0.02))

HEAD = ("arrival", "line", "matters", "priority", "service_s", "patience_s", "outcome")


def make_day(*, seed: int = SEED, visitors: int = VISITORS) -> list[Arrival]:
    """A day of so many visitors, by time."""
    dice = random.Random(seed)  # noqa: S311  # rolls for people, guards nothing
    return sorted(_people(dice, visitors), key=lambda one: one.at_s)


def _people(dice: random.Random, visitors: int) -> Iterator[Arrival]:
    for number in range(visitors):
        line = dice.choices(list(LINES), [one.share for one in LINES.values()])[0]
        matters = dice.choices([count for count, _ in SEVERAL], [part for _, part in SEVERAL])[0]
        yield Arrival(
            at_s=_door(dice) if number < AT_THE_DOOR * visitors else _moment(dice),
            line=line,
            matters=matters,
            priority=_priority(dice),
            service_s=round(_long(dice, LINES[line].service_s) * (1 + 0.6 * (matters - 1))),
            patience_s=round(_long(dice, PATIENCE_S)),
            comes=dice.random() >= 0.035,
        )


def _door(dice: random.Random) -> float:
    return round(OPENS_S + dice.random() * 120)


def _moment(dice: random.Random) -> float:
    while True:
        hour = dice.choices(range(len(PER_HOUR)), PER_HOUR)[0]
        at = OPENS_S + (hour + dice.random()) * HOUR_S
        if at < LAST_S:
            return round(at)


def _long(dice: random.Random, mean_s: float) -> float:
    """A span of this mean: few are very long, none is nothing."""
    return max(15.0, dice.lognormvariate(math.log(mean_s) - SPREAD**2 / 2, SPREAD))


def _priority(dice: random.Random) -> str | None:
    rolled = dice.random()
    for priority, part in PRIORITIES.items():
        if rolled < part:
            return priority
        rolled -= part
    return None


def as_csv(day: list[Arrival]) -> str:
    """The day as a file that `arrivals.read_day` knows without a mapping."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for one in day:
        hours, rest = divmod(int(one.at_s), 3600)
        clock = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
        numbers = (f"{one.service_s or 0:.0f}", f"{one.patience_s or 0:.0f}")
        writer.writerow([clock, one.line, one.matters, one.priority or "", *numbers, "" if one.comes else "no_show"])
    return text.getvalue()


def write(file: Path, *, seed: int | None = None) -> None:
    """Make a day and write it."""
    file.write_text(as_csv(make_day(seed=SEED if seed is None else seed)), encoding="utf-8", newline="")

"""Further days made from the one recorded day of a call centre: a list looked at while tuning, and one held out."""

from __future__ import annotations

import random
from collections.abc import Iterator

import msgspec

from bench.wait.halls import recorded
from bench.wait.recorded import RecordedDay, Visit
from bench.wait.redrawn import DAY_S, Redraw, redrawn
from bench.wait.simulated import HOUR

TUNED = (
    *(Redraw(seed=1, busy=1.0), Redraw(seed=2, busy=0.8), Redraw(seed=3, busy=0.7), Redraw(seed=4, busy=1.15)),
    *(Redraw(seed=5, busy=0.7, absent=0.33), Redraw(seed=6, busy=0.55, absent=0.33)),
    *(Redraw(seed=7, busy=0.9, absent=0.15), Redraw(seed=8, busy=0.35, absent=0.66)),
    *(Redraw(seed=9, busy=0.3, absent=0.5), Redraw(seed=10, busy=1.0, absent=0.33)),
    *(Redraw(seed=11, busy=0.9, days=2), Redraw(seed=12, busy=0.5, absent=0.33, days=2)),
)
HELD_OUT = (
    *(Redraw(seed=101, busy=1.0), Redraw(seed=102, busy=0.85), Redraw(seed=103, busy=0.75), Redraw(seed=104, busy=1.1)),
    *(Redraw(seed=105, busy=0.75, absent=0.33), Redraw(seed=106, busy=0.6, absent=0.33)),
    *(Redraw(seed=107, busy=0.95, absent=0.15), Redraw(seed=108, busy=0.4, absent=0.6)),
    *(Redraw(seed=109, busy=0.35, absent=0.5), Redraw(seed=110, busy=0.9, absent=0.33)),
    *(Redraw(seed=111, busy=0.95, days=2), Redraw(seed=112, busy=0.6, absent=0.33, days=2)),
)


def tuned(day: RecordedDay) -> Iterator[RecordedDay]:
    """The kinds of days that were looked at while the estimate was made.

    Args:
        day: the call centre's, with its lines ``PS``, ``IN``, ``NE`` and ``NW``.
    """
    yield of_lines(day, "PS")
    yield of_lines(day, "IN")
    yield of_lines(day, "IN", "NE", "NW")
    yield between(day, 0, 12)
    yield between(day, 10, 15)
    yield in_one_line(day)
    yield recorded(day, "no windows")
    yield some_visits(day, 0.5, seed=1)
    yield some_windows(day, 1 / 3, seed=2)
    for how in TUNED:
        yield anew(day, how)
    yield recorded(anew(day, Redraw(seed=13, busy=0.8)), "no windows")


def held_out(day: RecordedDay) -> Iterator[RecordedDay]:
    """Days of other lines, hours and dice, which no number of the estimate was chosen by."""
    yield of_lines(day, "NE")
    yield of_lines(day, "NW")
    yield between(day, 8, 12)
    yield (afternoon := between(day, 12, 24))
    yield between(day, 15, 24)
    yield in_one_line(afternoon)
    yield recorded(afternoon, "no windows")
    yield some_visits(day, 0.5, seed=11)
    yield some_windows(day, 1 / 3, seed=12)
    for how in HELD_OUT:
        yield anew(day, how)
    yield in_a_row(day, anew(day, Redraw(seed=113)))
    yield recorded(anew(day, Redraw(seed=114, busy=0.9)), "no windows")


def of_lines(day: RecordedDay, *lines: str) -> RecordedDay:
    """Only these lines; their windows seem idle while they serve the others."""
    return _of(f"{day.name}, {' '.join(lines)}", [visit for visit in day.visits if visit.line in lines])


def between(day: RecordedDay, first: float, last: float) -> RecordedDay:
    """Only those who came from the first hour on and before the last."""
    visits = [visit for visit in day.visits if first * HOUR <= visit.arrival % DAY_S < last * HOUR]
    return _of(f"{day.name}, {first}-{last} h", visits)


def in_one_line(day: RecordedDay) -> RecordedDay:
    """As if the record did not know lines."""
    visits = [msgspec.structs.replace(visit, line="-") for visit in day.visits]
    return _of(f"{day.name}, one line", visits)


def some_visits(day: RecordedDay, share: float, *, seed: int) -> RecordedDay:
    """Each visit is kept with this chance."""
    dice = random.Random(f"visits {seed}")
    return _of(
        f"{day.name}, {share:.0%} of the visits ({seed})", [visit for visit in day.visits if dice.random() < share]
    )


def some_windows(day: RecordedDay, share: float, *, seed: int) -> RecordedDay:
    """Only what a part of the windows did, and as large a part of those who gave up."""
    dice = random.Random(f"windows {seed}")
    windows = sorted({visit.window for visit in day.visits if visit.window is not None})
    kept = set(dice.sample(windows, max(1, round(share * len(windows)))))
    visits = [v for v in day.visits if (dice.random() < share if v.window is None else v.window in kept)]
    return _of(f"{day.name}, {share:.0%} of the windows ({seed})", visits)


def anew(day: RecordedDay, how: Redraw) -> RecordedDay:
    """Arrivals, services and patience drawn anew, with a name that says how."""
    days = f", {how.days} days" if how.days > 1 else ""
    return redrawn(f"{day.name}, anew {how.seed}: {how.busy:.0%} come, {how.absent:.0%} absent{days}", day, how)


def in_a_row(*days: RecordedDay) -> RecordedDay:
    """Several days one after the other."""
    visits = [_moved(visit, number) for number, day in enumerate(days) for visit in day.visits]
    return _of(", then ".join(day.name for day in days), visits)


def _moved(visit: Visit, number: int) -> Visit:
    def later(at: float | None) -> float | None:
        return None if at is None else at + number * DAY_S

    return msgspec.structs.replace(
        visit,
        ticket=f"{number}/{visit.ticket}",
        arrival=visit.arrival + number * DAY_S,
        call=later(visit.call),
        start=later(visit.start),
        end=later(visit.end),
    )


def _of(name: str, visits: list[Visit]) -> RecordedDay:
    return RecordedDay(name=name, visits=tuple(visits))

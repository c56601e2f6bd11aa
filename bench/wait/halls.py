"""The simulated halls: some named ones with what real halls meet, and any number drawn by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator

import msgspec

from bench.wait.recorded import RecordedDay, Shift
from bench.wait.simulated import HOUR, HallPlan, LinePlan, Rate, simulate

OPENS, CLOSES = 9.0, 17.0
TURNS = ((9.0, 0.9), (10.0, 1.3), (11.0, 1.1), (12.0, 0.6), (13.5, 1.2), (15.5, 0.7))
"""From which hour on how busy: two waves, a quiet noon (hours, factor)."""


def drawn(seed: int) -> HallPlan:
    """A hall drawn by chance: 1 to 60 windows, services of half a minute to 40 minutes, idle to overloaded."""
    dice = random.Random(f"hall {seed}")
    lines = tuple(f"L{n}" for n in range(dice.choice((1, 1, 2, 3, 5, 8))))
    windows = max(dice.choice((1, 2, 3, 4, 6, 8, 12, 20, 40, 60)), dice.choice((1, len(lines))))
    service_s = 30 * 80 ** dice.random()
    shifts = _shifts(dice, lines, windows)
    hours = sum(shift.end - shift.begin for shift in shifts) / HOUR
    per_day = dice.choice((0.3, 0.6, 0.8, 0.9, 0.95, 1.0, 1.1)) * hours * HOUR / (service_s + 20)
    per_day = min(per_day, 2_500.0)
    shares = [dice.uniform(0.2, 1.0) for _ in lines]
    plans = tuple(
        _line(dice, line, per_day * share / sum(shares), service_s) for line, share in zip(lines, shares, strict=True)
    )
    return HallPlan(
        name=f"drawn {seed}",
        seed=seed,
        lines=plans,
        shifts=shifts,
        no_show=dice.choice((0.0, 0.05, 0.2)),
        priority=dice.choice((0.0, 0.0, 0.1)),
        patience_s=dice.choice((None, None, 4 * service_s, 12 * service_s)),
        drift=dice.choice((1.0, 1.0, 0.7, 1.5)),
        reaction_s=dice.choice((0.0, 4.0, 12.0)),
        walk_s=dice.choice((0.0, 15.0)),
        days=max(1, min(8, round(200 / per_day))),
    )


def _shifts(dice: random.Random, lines: tuple[str, ...], windows: int) -> tuple[Shift, ...]:
    lunch = dice.choice(("none", "in turns", "in turns", "all"))
    sharing = dice.choice(("own", "some", "all"))
    shifts: list[Shift] = []
    for number in range(windows):
        own = (lines[number % len(lines)],)
        others = tuple(dice.sample(lines, dice.randint(1, len(lines))))
        served = {"own": own, "some": tuple(dict.fromkeys(own + others)), "all": lines}[sharing]
        begin = OPENS if number < len(lines) or dice.random() < 0.8 else OPENS + dice.random() * 2
        end = CLOSES if number < len(lines) or dice.random() < 0.9 else dice.uniform(15, CLOSES)
        noon = {"none": (0.0, 0.0), "all": (12.0, 13.0)}.get(lunch) or (start := dice.uniform(11.5, 13), start + 0.75)
        spans = ((begin, noon[0]), (noon[1], end)) if noon[1] else ((begin, end),)
        shifts += [Shift(window=f"W{number}", lines=served, begin=a * HOUR, end=b * HOUR) for a, b in spans]
    if sharing == "all" or windows >= len(lines):
        return tuple(shifts)
    return tuple(Shift(window=s.window, lines=lines, begin=s.begin, end=s.end) for s in shifts)


def _line(dice: random.Random, line: str, per_day: float, service_s: float) -> LinePlan:
    last = CLOSES - dice.uniform(0.3, 1.0)
    hours = [hour for hour, _ in TURNS[1:]] + [last]
    factors = [1.0] * len(TURNS) if dice.random() < 0.3 else [factor for _, factor in TURNS]
    first = OPENS - dice.choice((0.0, 0.1, 0.25))
    begins = [first] + [hour for hour, _ in TURNS[1:]]
    weight = sum((b - a) * f for a, b, f in zip(begins, hours, factors, strict=True))
    rates = tuple(
        Rate(a * HOUR, b * HOUR, per_day * f / weight) for a, b, f in zip(begins, hours, factors, strict=True)
    )
    crowds = ((dice.uniform(9.5, 15.0) * HOUR, round(2 + 0.05 * per_day)),) if dice.random() < 0.3 else ()
    return LinePlan(
        id=line,
        rates=rates,
        service_s=service_s * dice.uniform(0.6, 1.4),
        spread=dice.choice((0.4, 0.8, 1.2)),
        crowds=crowds,
    )


KINDS = ("all", "no shifts", "no windows")
"""How much a record knows: everything; not when windows opened; not even which window served."""


def recorded(day: RecordedDay, kind: str) -> RecordedDay:
    """A simulated day as a hall that records less would have it."""
    if kind == "all":
        return day
    visits = day.visits
    if kind == "no windows":
        visits = tuple(msgspec.structs.replace(visit, window=None) for visit in visits)
    return RecordedDay(name=f"{day.name}, {kind}", visits=visits)


def named() -> Iterator[RecordedDay]:
    """What real halls meet, one at a time."""
    for plan in (_small(), _lunch(), _bursts(), _shared(), _light(), _overload(), _one_window(), _sixty(), _drift()):
        yield simulate(plan)
    yield recorded(simulate(_shared()), "no shifts")
    yield recorded(simulate(_bursts()), "no windows")


def _day(per_hour: float, first: float = 9.0, last: float = 16.5) -> tuple[Rate, ...]:
    turns = [(max(hour, first), factor) for hour, factor in TURNS]
    ends = [hour for hour, _ in turns[1:]] + [last]
    return tuple(Rate(a * HOUR, b * HOUR, per_hour * f) for (a, f), b in zip(turns, ends, strict=True))


def _open(number: int, lines: tuple[str, ...], *spans: tuple[float, float]) -> list[Shift]:
    found = spans or ((OPENS, CLOSES),)
    return [Shift(window=f"W{number}", lines=lines, begin=a * HOUR, end=b * HOUR) for a, b in found]


def _small() -> HallPlan:
    shifts = [shift for n in range(4) for shift in _open(n, ("A",))]
    line = LinePlan(id="A", rates=_day(36), service_s=360)
    return HallPlan(name="four windows, 5 % no-shows", seed=11, lines=(line,), shifts=tuple(shifts), no_show=0.05)


def _lunch() -> HallPlan:
    shifts = [s for n in range(6) for s in _open(n, ("A",), (9, 11.5 + n % 2), (12.5 + n % 2, 17))]
    line = LinePlan(id="A", rates=_day(46), service_s=420)
    return HallPlan(name="lunch in two turns", seed=12, lines=(line,), shifts=tuple(shifts), no_show=0.08, days=2)


def _bursts() -> HallPlan:
    shifts = [s for n in range(8) for s in _open(n, ("A", "B") if n % 2 else ("A",))]
    crowds = ((9.5 * HOUR, 30), (14 * HOUR, 40))
    lines = (
        LinePlan(id="A", rates=_day(40), service_s=380, crowds=crowds),
        LinePlan(id="B", rates=_day(15), service_s=500),
    )
    return HallPlan(name="crowds come at once", seed=13, lines=lines, shifts=tuple(shifts), no_show=0.05)


def _shared() -> HallPlan:
    ids = ("A", "B", "C")
    shifts = [
        s for n in range(9) for s in _open(n, ids[n % 3 :] + ids[: n % 3], (9, 12 + n % 3 / 2), (13 + n % 3 / 2, 17))
    ]
    lines = tuple(LinePlan(id=id_, rates=_day(20 + 6 * n), service_s=300 + 200 * n) for n, id_ in enumerate(ids))
    return HallPlan(
        name="three lines share windows, priority, some give up", seed=14, lines=lines, shifts=tuple(shifts),
        no_show=0.05, priority=0.1, patience_s=3_600,
    )  # fmt: skip


def _light() -> HallPlan:
    shifts = [s for n in range(6) for s in _open(n, ("A", "B"))]
    lines = (LinePlan(id="A", rates=_day(20), service_s=400), LinePlan(id="B", rates=_day(14), service_s=500))
    return HallPlan(name="hardly anybody waits", seed=15, lines=lines, shifts=tuple(shifts), days=3)


def _overload() -> HallPlan:
    shifts = [s for n in range(5) for s in _open(n, ("A",))]
    line = LinePlan(id="A", rates=_day(48), service_s=400)
    return HallPlan(name="overloaded all day", seed=16, lines=(line,), shifts=tuple(shifts), no_show=0.1)


def _one_window() -> HallPlan:
    line = LinePlan(id="A", rates=_day(9), service_s=330, spread=1.0)
    return HallPlan(name="one window", seed=17, lines=(line,), shifts=tuple(_open(0, ("A",))), days=4)


def _sixty() -> HallPlan:
    ids = tuple("ABCDEF")
    shifts = [
        s
        for n in range(60)
        for s in _open(n, (ids[n % 6], ids[(n + 1) % 6]), (9, 12 + n % 4 / 4), (13 + n % 4 / 4, 17))
    ]
    lines = tuple(LinePlan(id=id_, rates=_day(70), service_s=420 + 40 * n, spread=0.7) for n, id_ in enumerate(ids))
    return HallPlan(
        name="sixty windows, six lines", seed=18, lines=lines, shifts=tuple(shifts), no_show=0.06, priority=0.05
    )


def _drift() -> HallPlan:
    shifts = [s for n in range(5) for s in _open(n, ("A",))] + _open(5, ("A",), (10, 15))
    line = LinePlan(id="A", rates=_day(40), service_s=360)
    return HallPlan(
        name="services grow slower, a window opens late", seed=19, lines=(line,), shifts=tuple(shifts), drift=1.6
    )

"""The simulated halls: some named ones with what real halls meet, and any number drawn by chance."""

from __future__ import annotations

import random

from bench.wait.recorded import Shift
from bench.wait.simulated import HOUR, HallPlan, LinePlan, Rate

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

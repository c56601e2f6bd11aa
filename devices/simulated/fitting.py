"""Fits a recorded day to a hall: the file's words to the hall's lines, and how many come to how many windows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from devices.simulated.arrivals import Arrival

FULL = 0.85
"""So much of the staff's time is asked for in the busiest hour of a day that is scaled to fit."""
BESIDE_S = 45.0
"""What a visit costs a window beside its service: the call, the walk, a word before the next."""
USUAL_SERVICE_S = 240.0
JITTER_S = 120.0
"""How far apart those come who stand for one row of a day that is made larger."""


class Fitted(NamedTuple):
    """A day as this hall will have it; ``words`` says which lines stand for a word of the file."""

    arrivals: list[Arrival]
    scale: float
    words: dict[str, list[str]]
    is_foreign: bool


def fit(
    arrivals: Sequence[Arrival],
    *,
    lines: Sequence[dict[str, Any]],
    windows: Sequence[Sequence[str]],
    scale: float | None,
    dice: random.Random,
) -> Fitted:
    """Fit a day.

    Args:
        arrivals: the file's, in order.
        lines: of the hall, as ``GET /api/v1/hall`` has them.
        windows: of each window that is staffed, its lines.
        scale: how many come for one row; None: as many as fit, where the file is another hall's, else one.
        dice: for who stands for whom.
    """
    weights = _weights(lines, windows)
    own = {name.casefold(): line["id"] for line in lines for name in (line["id"], line["name"], line["name_en"])}
    words = Counter(one.line for one in arrivals)
    is_foreign = not any(word.casefold() in own for word in words)
    if is_foreign:
        found = _shared_out(words, weights)
    else:
        found = {word: [own[word.casefold()]] if word.casefold() in own else list(weights) for word in words}
    times = scale if scale is not None else (_that_fits(arrivals, len(windows)) if is_foreign else 1.0)
    made = [
        msgspec.structs.replace(one, line=dice.choices(found[one.line], [weights[id_] for id_ in found[one.line]])[0])
        for one in _scaled(arrivals, times, dice)
    ]
    return Fitted(sorted(made, key=lambda one: one.at_s), times, found, is_foreign)


def _weights(lines: Iterable[dict[str, Any]], windows: Iterable[Sequence[str]]) -> dict[str, float]:
    """Of each line how many windows it has: a window with several lines counts most for its first."""
    found = {line["id"]: 0.05 for line in lines}
    for own in windows:
        for place, line in enumerate(own):
            if line in found:
                found[line] += 1.0 if place == 0 else 0.3
    return found


def _shared_out(words: Counter[str], weights: dict[str, float]) -> dict[str, list[str]]:
    """Of each word lines whose windows are about its part of all visitors; every line has a word."""
    free = sorted(weights, key=lambda line: -weights[line])
    ranked = [word for word, _ in words.most_common()]
    found: dict[str, list[str]] = {word: [] for word in ranked}
    for line in free:
        rows, all_weight = words.total(), sum(weights.values())
        missing = {word: words[word] / rows - sum(weights[one] for one in found[word]) / all_weight for word in ranked}
        found[max(ranked, key=lambda word: missing[word])].append(line)
    return {word: found[word] or free[:1] for word in ranked}


def _that_fits(arrivals: Sequence[Arrival], windows: int) -> float:
    busiest = max(Counter(int(one.at_s // 3600) for one in arrivals).values())
    known = [one.service_s for one in arrivals if one.service_s]
    mean_s = sum(known) / len(known) if known else USUAL_SERVICE_S
    return FULL * windows * 3600 / (mean_s + BESIDE_S) / busiest


def _scaled(arrivals: Iterable[Arrival], times: float, dice: random.Random) -> Iterable[Arrival]:
    for one in arrivals:
        whole, part = divmod(times, 1.0)
        for number in range(int(whole) + (dice.random() < part)):
            late = dice.random() * JITTER_S if number else 0.0
            yield msgspec.structs.replace(one, at_s=one.at_s + late)

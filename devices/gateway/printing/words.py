"""The fixed words of slips in both languages, and how numbers become words there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec

from devices.gateway.printing.slip import Language

LOCALES = Path(__file__).resolve().parents[2] / "locales"
SOON_MINUTES = 2
RANGE_MINUTES = 90
"""Beyond this hours are said."""
SHORTEST_RUN = 3
"""So many windows side by side are written as a range."""


@cache
def words(language: Language) -> dict[str, str]:
    """All texts of slips in a language."""
    return msgspec.json.decode((LOCALES / f"slip.{language}.json").read_bytes(), type=dict[str, str])


def say(language: Language, key: str, **fields: object) -> str:
    """One text with its fields filled."""
    return words(language)[f"slip.{key}"].format(**fields)


def wait(language: Language, minutes: tuple[int, int]) -> str:
    """A span of minutes as people say it."""
    low, high = minutes
    if high <= SOON_MINUTES:
        return say(language, "soon")
    if high > RANGE_MINUTES:
        return say(language, "hours", n=f"{low / 60:.1f}-{high / 60:.1f}")
    if low in (0, high):
        return say(language, "minutes_about", n=high)
    return say(language, "minutes_range", low=low, high=high)


def windows(language: Language, numbers: Iterable[int]) -> str:
    """Window numbers, runs as ranges: ``1-4、9 号``."""
    comma = "、" if language is Language.CHINESE else ", "
    return say(language, "windows_n", numbers=comma.join(_runs(sorted(set(numbers)))))


def _runs(numbers: list[int]) -> list[str]:
    ends = [at for at, (one, following) in enumerate(pairwise(numbers)) if following != one + 1]
    found: list[str] = []
    begin = 0
    for end in [*ends, len(numbers) - 1]:
        run = numbers[begin : end + 1]
        found += [f"{run[0]}-{run[-1]}"] if len(run) >= SHORTEST_RUN else map(str, run)
        begin = end + 1
    return found

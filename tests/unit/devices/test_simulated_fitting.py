"""A day of one hall in another hall."""

import random

import pytest

from devices.simulated.arrivals import Arrival
from devices.simulated.fitting import FULL, fit

LINES = [
    {"id": "tax", "name": "税务", "name_en": "Tax"},
    {"id": "jobs", "name": "就业", "name_en": "Jobs"},
    {"id": "land", "name": "土地", "name_en": "Land"},
]
WINDOWS = [["tax"], ["tax"], ["jobs", "land"], ["jobs"]]


def day(*words: str, apart_s: float = 60.0) -> list[Arrival]:
    return [Arrival(at_s=36_000 + apart_s * place, line=word, service_s=200) for place, word in enumerate(words)]


def fitted(arrivals: list[Arrival], scale: float | None = None, seed: int = 1) -> tuple[list[Arrival], float]:
    found = fit(arrivals, lines=LINES, windows=WINDOWS, scale=scale, dice=random.Random(seed))
    return found.arrivals, found.scale


def test_the_halls_own_words_are_its_lines_and_everybody_comes_once() -> None:
    found, scale = fitted(day("tax", "就业", "Land", "TAX"))
    assert [one.line for one in found] == ["tax", "jobs", "land", "tax"]
    assert scale == 1.0


def test_an_unknown_word_among_known_ones_goes_to_some_line() -> None:
    found, _ = fitted(day("tax", "pensions"))
    assert found[0].line == "tax"
    assert found[1].line in {"tax", "jobs", "land"}


def test_another_halls_words_share_all_lines_by_their_windows() -> None:
    arrivals = day(*(["PS"] * 60 + ["NW"] * 40))
    found = fit(arrivals, lines=LINES, windows=WINDOWS, scale=1.0, dice=random.Random(1))
    assert found.is_foreign
    assert sorted(line for lines in found.words.values() for line in lines) == ["jobs", "land", "tax"]
    assert {one.line for one in found.arrivals} == {"jobs", "land", "tax"}


def test_another_halls_day_is_scaled_so_that_its_busiest_hour_fills_the_windows() -> None:
    arrivals = day(*["PS"] * 59)
    found, scale = fitted(arrivals)
    work_s = len(found) * (200 + 45)
    assert work_s / (len(WINDOWS) * 3600) == pytest.approx(FULL, rel=0.1)
    assert scale < 1


@pytest.mark.parametrize("scale", [0.5, 2.0, 3.4])
def test_a_scaled_day_has_so_many_and_keeps_its_order(scale: float) -> None:
    found, _ = fitted(day(*["tax"] * 400, apart_s=5.0), scale)
    assert len(found) == pytest.approx(400 * scale, rel=0.15)
    assert [one.at_s for one in found] == sorted(one.at_s for one in found)

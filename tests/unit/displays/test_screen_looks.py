"""Every look can be read at ten metres, and an accent of the hall's own is refused where it cannot."""

import pytest

from displays.screens import themes
from displays.screens.model import Look
from displays.screens.themes import LEAST_CONTRAST, LOOKS, better_accent, colours, contrast

LETTERS = ("text", "text-2", "text-3", "accent", "ok", "warn", "bad", "call")
GROUNDS = ("bg", "surface")


def test_the_formula_is_wcags() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("look", list(Look))
def test_every_letter_of_a_look_stands_out_from_every_ground(look: Look) -> None:
    found = colours(look, None)
    worst = {(a, b): contrast(found[a], found[b]) for a in LETTERS for b in GROUNDS}
    worst |= {("call", "call-soft"): contrast(found["call"], found["call-soft"])}
    worst |= {("text", "call-soft"): contrast(found["text"], found["call-soft"])}
    worst |= {("text-2", "call-soft"): contrast(found["text-2"], found["call-soft"])}
    worst |= {("accent", "accent-soft"): contrast(found["accent"], found["accent-soft"])}
    worst |= {("text", "surface-2"): contrast(found["text"], found["surface-2"])}
    worst |= {("on-call", "call"): contrast(found["on-call"], found["call"])}
    assert {pair: round(ratio, 2) for pair, ratio in worst.items() if ratio < LEAST_CONTRAST} == {}


def test_all_looks_have_the_same_colours() -> None:
    assert len({frozenset(found) for found in LOOKS.values()}) == 1


@pytest.mark.parametrize(
    ("look", "accent"), [(Look.BLUE, "#1a5fb4"), (Look.LIGHT, "#ffcc00"), (Look.CONTRAST, "#222222")]
)
def test_an_accent_that_cannot_be_read_gets_one_that_can(look: Look, accent: str) -> None:
    assert themes.accent_contrast(look, accent) < LEAST_CONTRAST
    better = better_accent(look, accent)
    assert themes.accent_contrast(look, better) >= LEAST_CONTRAST
    assert colours(look, better)["accent"] == better


def test_a_good_accent_is_kept_as_it_is() -> None:
    assert better_accent(Look.NIGHT, "#ffffff") == "#ffffff"

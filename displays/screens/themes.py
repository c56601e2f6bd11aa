"""The looks of screens as one table of colours, and the contrast that ten metres ask for.

Source of the formulas: WCAG 2.2, "relative luminance" and "contrast ratio"; 7:1 is its level AAA (1.4.6).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from displays.screens.model import Look

LEAST_CONTRAST = 7.0
_SOFT = 0.14
_STEPS = 50
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def _look(**colours: str) -> Mapping[str, str]:
    return MappingProxyType({name.replace("_", "-"): value for name, value in colours.items()})


LOOKS: Mapping[Look, Mapping[str, str]] = MappingProxyType(
    {
        Look.BLUE: _look(
            **{"bg": "#0a2a66", "surface": "#103479", "surface_2": "#17408f", "line": "#2f5cab"},
            **{"line_strong": "#9dbbec", "text": "#ffffff", "text_2": "#d9e6ff", "text_3": "#c8d9fa"},
            **{"accent": "#b4d6ff", "accent_soft": "#0c2c68", "on_accent": "#06204d", "ok": "#93f2c1"},
            **{"warn": "#ffdb80", "bad": "#ffcdc8", "call": "#ffd54f", "call_soft": "#051c49", "on_call": "#1a1200"},
        ),
        Look.NIGHT: _look(
            **{"bg": "#0c131c", "surface": "#141d29", "surface_2": "#1d2836", "line": "#2b394a"},
            **{"line_strong": "#8795a6", "text": "#f2f6fa", "text_2": "#c3ced9", "text_3": "#b3bfcc"},
            **{"accent": "#9ccbff", "accent_soft": "#14283d", "on_accent": "#061a31", "ok": "#7fd9ae"},
            **{"warn": "#f5c86a", "bad": "#ffaaa5", "call": "#ffc145", "call_soft": "#2b2009", "on_call": "#201400"},
        ),
        Look.LIGHT: _look(
            **{"bg": "#edf1f6", "surface": "#ffffff", "surface_2": "#e6ecf3", "line": "#c5d0dc"},
            **{"line_strong": "#56657a", "text": "#0b1520", "text_2": "#27333f", "text_3": "#36424e"},
            **{"accent": "#083a75", "accent_soft": "#e1ecf9", "on_accent": "#ffffff", "ok": "#064227"},
            **{"warn": "#4f3100", "bad": "#7d1118", "call": "#7d2203", "call_soft": "#fdeee4", "on_call": "#ffffff"},
        ),
        Look.CONTRAST: _look(
            **{"bg": "#000000", "surface": "#000000", "surface_2": "#141414", "line": "#9a9a9a"},
            **{"line_strong": "#ffffff", "text": "#ffffff", "text_2": "#ffffff", "text_3": "#e8e8e8"},
            **{"accent": "#7fd4ff", "accent_soft": "#0d1a22", "on_accent": "#000000", "ok": "#7dff9c"},
            **{"warn": "#ffd24a", "bad": "#ffb3ad", "call": "#ffe600", "call_soft": "#1a1700", "on_call": "#000000"},
        ),
    }
)

DARK = frozenset({Look.BLUE, Look.NIGHT, Look.CONTRAST})
"""Looks with light letters on a dark ground."""


def colours(look: Look, accent: str | None) -> dict[str, str]:
    """All colours of a look by the name of their custom property, the hall's own accent in its place."""
    found = dict(LOOKS[look])
    if accent is not None:
        found["accent"] = accent
        found["accent-soft"] = mixed(found["surface"], accent, _SOFT)
    return found


def is_colour(text: str) -> bool:
    """Whether it is "#rrggbb"."""
    return _HEX.fullmatch(text) is not None


def accent_contrast(look: Look, accent: str) -> float:
    """The least contrast of an accent with what it stands on."""
    grounds = LOOKS[look]
    soft = mixed(grounds["surface"], accent, _SOFT)
    return min(contrast(accent, ground) for ground in (grounds["bg"], grounds["surface"], soft))


def better_accent(look: Look, accent: str) -> str:
    """The nearest colour of the same hue that can be read: towards white on dark looks, towards black on light ones."""
    towards = "#ffffff" if look in DARK else "#000000"
    for step in range(_STEPS + 1):
        tried = mixed(accent, towards, step / _STEPS)
        if accent_contrast(look, tried) >= LEAST_CONTRAST:
            return tried
    return towards


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(first: str, second: str, share: float) -> str:
    """``first`` with a share of ``second``."""
    both = zip(_parts(first), _parts(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in both)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

"""How charts look: the colours of light and dark pages, fonts, axes; in plotly's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", system-ui, sans-serif'
"""As the pages' tokens have it."""
BLUE, ORANGE, GREEN, RED, PURPLE, SKY = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"
DAYS_NAMED = 16
"""So many days are named on an axis."""
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """Colours of a page in the light or the dark, as its tokens have them."""

    text: str
    faint: str
    grid: str
    surface: str
    main: str
    low: str  # the least of a heat map; the text is read on both, at 5:1 or better
    high: str


LIGHT = Theme(
    text="#131e2b", faint="#3f4a58", grid="#d6dde6", surface="#ffffff", main="#0a4d94", low="#f3f8fd", high="#5b9bd5"
)
DARK = Theme(
    text="#f2f6fa", faint="#c3ced9", grid="#2b394a", surface="#141d29", main="#7fb6ea", low="#1d2836", high="#2c66a6"
)


Figure = dict[str, Any]
"""``data``: a list of traces; ``layout``."""


def hours(names: Sequence[str]) -> dict[str, Any]:
    """Ticks at full hours, in so few letters that they stand side by side on a phone too."""
    full = [name for name in names if name.endswith(":00")]
    return {"tickvals": full, "ticktext": [str(int(name[:-3])) for name in full], "tickangle": 0}


def beside(layout: Figure, theme: Theme, title: str) -> Figure:
    """A second axis at the right, for how many there were; the lines lie over its bars."""
    second = {"side": "right", "showgrid": False, "rangemode": "tozero", "tickmode": "auto", "fixedrange": True}
    second["automargin"] = True
    layout["yaxis2"] = {
        **second,
        "title": {"text": title, "font": {"color": theme.faint, "size": 13}},
        "color": theme.faint,
    }
    layout["yaxis"] |= {"overlaying": "y2", "rangemode": "tozero", "tickmode": "auto"}
    layout["xaxis"]["type"] = "category"
    return layout


def axes(theme: Theme, x: str, y: str) -> Figure:
    """A layout with both axes named."""
    axis = {"gridcolor": theme.grid, "linecolor": theme.grid, "zeroline": False, "color": theme.faint}
    axis |= {"automargin": True, "fixedrange": True}
    return {
        "font": {"family": FONT, "size": 13, "color": theme.text},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 56, "r": 16, "t": 36, "b": 56},
        "height": 380,
        "xaxis": {
            **axis,
            "title": {"text": x, "font": {"size": 13}},
            "showgrid": False,
        },
        "yaxis": {**axis, "title": {"text": y, "font": {"size": 13}}},
        "hoverlabel": {"font": {"family": FONT, "size": 14}},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "dragmode": False,
    }


def faded(colour: str) -> str:
    """A colour through which lines behind it are seen."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.45)"

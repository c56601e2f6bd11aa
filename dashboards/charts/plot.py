"""Charts as plotly figures, which the page draws: plain data and layout, checked against plotly itself by the tests.

plotly's own classes would give the same; but their rules are one JSON of megabytes whose loading holds the whole server
for a quarter of a second, and they take 50 ms a chart. So the server never loads plotly; only its plotly.js is sent.
Colours are those of Okabe and Ito, which people with any colour vision tell apart; what colour says, a sign or a line's
dash says too.
"""

from __future__ import annotations

from typing import Any

from dashboards.charts.look import (
    DAYS_NAMED,
    GREEN,
    PALETTE,
    RED,
    SKY,
    Figure,
    Theme,
    axes,
    beside,
    faded,
    hours,
)
from dashboards.charts.model import (
    Box,
    BoxChart,
    Chart,
    ChartId,
    ControlChart,
    FlowChart,
    HeatChart,
    Limits,
    Series,
    SeriesChart,
    Unit,
    Why,
)
from dashboards.charts.spoken import MINUTE_S, Words

WRITTEN = 160
"""In a heat map with at most so many fields, each says its number."""
_LEVELS = {"upper": ("dash", RED), "centre": ("solid", GREEN), "lower": ("dash", RED)}
_SIGNS = {Why.ABOVE: "triangle-up", Why.BELOW: "triangle-down", Why.RUN: "diamond"}


def figure(chart: Chart, words: Words, theme: Theme) -> Figure | None:
    """The figure of a chart, as plotly.js takes it; None where there is nothing to draw."""
    if chart.is_empty or chart.refused:
        return None
    match chart:
        case BoxChart():
            return _boxes(chart, words, theme)
        case HeatChart():
            return _heat(chart, words, theme)
        case FlowChart():
            return _flow(chart, words, theme)
        case ControlChart():
            return _control(chart, words, theme)
        case SeriesChart() if chart.id is ChartId.STAFFING:
            return _staffing(chart, words, theme)
        case SeriesChart():
            return _satisfaction(chart, words, theme)


def _boxes(chart: BoxChart, words: Words, theme: Theme) -> Figure:
    names = words.labels(chart.x)
    kept = [(name, box) for name, box in zip(names, chart.boxes, strict=True) if box]
    x = [name for name, _ in kept]
    part = {name: [getattr(box, name) / MINUTE_S for _, box in kept] for name in ("p10", "p25", "p50", "p75", "p90")}
    box = {
        "type": "box",
        "x": x,
        "lowerfence": part["p10"],
        "q1": part["p25"],
        "median": part["p50"],
        "q3": part["p75"],
        "upperfence": part["p90"],
        "marker": {"color": theme.main},
        "line": {"width": 2},
        "hoverinfo": "skip",
    }
    points = {
        "type": "scatter",
        "x": x,
        "y": part["p50"],
        "mode": "markers",
        "marker": {"color": theme.main, "size": 12, "opacity": 0},
        "text": [_box_text(words, one) for _, one in kept],
        "hovertemplate": "%{x}<br>%{text}<extra></extra>",
    }
    layout = axes(theme, words.axis(chart.x), words.axis(chart.y))
    layout["showlegend"] = False
    layout["xaxis"] |= {"type": "category", "categoryorder": "array", "categoryarray": names, **hours(names)}
    layout["yaxis"]["rangemode"] = "tozero"
    return {"data": [box, points], "layout": layout}


def _box_text(words: Words, box: Box) -> str:
    shares = ("p90", "p75", "p50", "p25", "p10")
    lines = [f"{words.series(one)} {words.number(getattr(box, one), Unit.SECONDS)}" for one in shares]
    return "<br>".join([*lines, f"{words.series('called')} {words.number(box.many, Unit.COUNT)}"])


def _heat(chart: HeatChart, words: Words, theme: Theme) -> Figure:
    by = MINUTE_S if chart.unit is Unit.SECONDS else 1
    texts = [["" if value is None else words.number(value, chart.unit) for value in row] for row in chart.rows]
    names, is_written = words.labels(chart.x), sum(len(row) for row in chart.rows) <= WRITTEN
    heat = {
        "type": "heatmap",
        "x": names,
        "y": words.short(chart.y),
        "z": [[None if value is None else value / by for value in row] for row in chart.rows],
        "text": texts,
        "texttemplate": "%{text}" if is_written else "",
        "textfont": {"color": theme.text},
        "colorscale": [[0, theme.low], [1, theme.high]],
        "zmin": 0,
        "xgap": 2,
        "ygap": 2,
        "showscale": not is_written,
        "hovertemplate": "%{y} %{x}<br>%{text}<extra></extra>",
    }
    layout = axes(theme, words.axis(chart.x), "")
    layout["xaxis"] |= {"type": "category", "showgrid": False, **hours(names)}
    layout["yaxis"] |= {"type": "category", "autorange": "reversed", "showgrid": False}
    layout["height"] = 120 + 34 * max(4, len(chart.y.labels))
    return {"data": [heat], "layout": layout}


def _flow(chart: FlowChart, words: Words, theme: Theme) -> Figure:
    lines, windows = words.labels(chart.x), words.labels(chart.y)
    colours = [PALETTE[at % len(PALETTE)] for at in range(len(lines))]
    flow = {
        "type": "sankey",
        "node": {
            "label": [*lines, *windows],
            "color": [*colours, *[theme.faint] * len(windows)],
            "pad": 10,
            "thickness": 14,
            "line": {"width": 0},
            "hovertemplate": "%{label}<br>%{value:,.0f}<extra></extra>",
        },
        "link": {
            "source": [link.source for link in chart.links],
            "target": [len(lines) + link.target for link in chart.links],
            "value": [link.many for link in chart.links],
            "color": [faded(colours[link.source]) for link in chart.links],
            "hovertemplate": "%{source.label} → %{target.label}<br>%{value:,.0f}<extra></extra>",
        },
        "textfont": {"color": theme.text, "size": 13, "shadow": "none"},
    }
    layout = axes(theme, "", "")
    layout["height"] = 140 + 26 * max(6, len(lines), len(windows))
    return {"data": [flow], "layout": layout}


def _staffing(chart: SeriesChart, words: Words, theme: Theme) -> Figure:
    x = words.labels(chart.x)
    looks = {
        "needed": {"color": RED, "dash": "dash", "width": 2.5},
        "busy": {"color": GREEN, "dash": "dot", "width": 2.5},
        "open": {"color": theme.main, "dash": "solid", "width": 3},
    }
    data = [
        _line(x, one, words, {**looks[one.id], "shape": "hvh"}) if one.id in looks else _bars(x, one, words)
        for one in chart.series
    ]
    layout = beside(axes(theme, words.axis(chart.x), words.axis(chart.y)), theme, words.series("arrivals"))
    layout["xaxis"] |= hours(x)
    return {"data": data, "layout": layout}


def _satisfaction(chart: SeriesChart, words: Words, theme: Theme) -> Figure:
    x = words.labels(chart.x)
    share, many = chart.series
    line = _line(x, share, words, {"color": theme.main, "width": 3})
    line |= {"mode": "lines+markers", "marker": {"size": 8, "color": theme.main}}
    layout = beside(axes(theme, words.axis(chart.x), words.axis(chart.y)), theme, words.series("ratings"))
    lowest = min(value for value in share.values if value is not None)
    layout["yaxis"] |= {"tickformat": ".0%", "range": [min(0.8, lowest - 0.05), 1.01]}
    layout["xaxis"]["nticks"] = DAYS_NAMED
    return {"data": [_bars(x, many, words), line], "layout": layout}


def _control(chart: ControlChart, words: Words, theme: Theme) -> Figure:
    x, y = words.labels(chart.x), [value / MINUTE_S for value in chart.values]
    texts = [words.number(value, Unit.SECONDS) for value in chart.values]
    days = {
        **{"type": "scatter", "x": x, "y": y, "text": texts, "name": words.series("wait_mean")},
        **{"mode": "lines+markers", "line": {"color": theme.main, "width": 2}},
        "marker": {"size": 7, "color": theme.main},
        "hovertemplate": "%{x}<br>%{text}<extra></extra>",
    }
    levels = [] if chart.limits is None else [_level(x, chart.limits, name, words) for name in _LEVELS]
    marked = [_marked(chart, why, (x, y, texts), words, theme) for why in Why if any(m.why is why for m in chart.marks)]
    layout = axes(theme, words.axis(chart.x), words.axis(chart.y))
    layout["xaxis"] |= {"type": "category", "categoryorder": "array", "categoryarray": x, "nticks": DAYS_NAMED}
    layout["yaxis"]["rangemode"] = "tozero"
    return {"data": [*levels, days, *marked], "layout": layout}


def _level(x: list[str], limits: Limits, name: str, words: Words) -> Figure:
    """The centre line or a limit."""
    value, (dash, colour) = getattr(limits, name), _LEVELS[name]
    return {
        "type": "scatter",
        "x": x,
        "y": [value / MINUTE_S] * len(x),
        "mode": "lines",
        "line": {"color": colour, "dash": dash, "width": 2},
        "name": f"{words.series(name)} {words.number(value, Unit.SECONDS)}",
        "hoverinfo": "skip",
    }


def _marked(
    chart: ControlChart, why: Why, days: tuple[list[str], list[float], list[str]], words: Words, theme: Theme
) -> Figure:
    """The days that are out of control for one reason, each with its sign."""
    at, said = [one.at for one in chart.marks if one.why is why], words.said(f"charts.why.{why}")
    x, y, text = ([of[place] for place in at] for of in days)
    return {
        **{"type": "scatter", "x": x, "y": y, "text": text, "name": said, "mode": "markers"},
        "marker": {"symbol": _SIGNS[why], "size": 14, "color": RED, "line": {"width": 1, "color": theme.surface}},
        "hovertemplate": f"%{{x}}<br>%{{text}}<br>{said}<extra></extra>",
    }


def _line(x: list[str], one: Series, words: Words, look: dict[str, Any]) -> Figure:
    return {**_series(x, one, words), "type": "scatter", "mode": "lines", "line": look}


def _bars(x: list[str], one: Series, words: Words) -> Figure:
    look = {"color": faded(SKY), "line": {"width": 0}}
    return {**_series(x, one, words), "type": "bar", "yaxis": "y2", "marker": look, "textposition": "none"}


def _series(x: list[str], one: Series, words: Words) -> Figure:
    name, texts = words.series(one.id), [words.number(value, one.unit) for value in one.values]
    tip = f"%{{x}}<br>{name} %{{text}}<extra></extra>"
    return {"x": x, "y": list(one.values), "name": name, "text": texts, "hovertemplate": tip}

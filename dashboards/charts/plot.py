"""Charts as plotly figures, which the page draws; plotly is loaded when the first chart is asked for, never before.

Loading takes about a second and 60 MB, so call these off the loop. Colours are those of Okabe and Ito, which people
with any colour vision tell apart; what colour says, a sign or a line's dash says too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from dashboards.charts.model import BoxChart, Chart, ChartId, ControlChart, FlowChart, HeatChart, SeriesChart, Unit, Why
from dashboards.charts.spoken import MINUTE_S, Words

FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", system-ui, sans-serif'
"""As the pages' tokens have it."""
BLUE, ORANGE, GREEN, RED, PURPLE, SKY = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"
WRITTEN = 160
"""In a heat map with at most so many fields, each says its number."""


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


def figure(chart: Chart, words: Words, theme: Theme) -> dict[str, Any] | None:
    """The figure of a chart, as plotly.js takes it; None where there is nothing to draw."""
    if chart.is_empty or chart.refused:
        return None
    match chart:
        case BoxChart():
            drawn = _boxes(chart, words, theme)
        case HeatChart():
            drawn = _heat(chart, words, theme)
        case FlowChart():
            drawn = _flow(chart, words, theme)
        case ControlChart():
            drawn = _control(chart, words, theme)
        case SeriesChart():
            of = _staffing if chart.id is ChartId.STAFFING else _satisfaction
            drawn = of(chart, words, theme)
    found: dict[str, Any] = drawn.to_plotly_json()
    return found


def _boxes(chart: BoxChart, words: Words, theme: Theme) -> Any:
    from plotly import graph_objects as go

    kept = [(name, box) for name, box in zip(words.labels(chart.x), chart.boxes, strict=True) if box]
    part = {name: [getattr(box, name) / MINUTE_S for _, box in kept] for name in ("p10", "p25", "p50", "p75", "p90")}
    box = go.Box(
        x=[name for name, _ in kept],
        lowerfence=part["p10"],
        q1=part["p25"],
        median=part["p50"],
        q3=part["p75"],
        upperfence=part["p90"],
        marker={"color": theme.main},
        line={"width": 2},
        hoverinfo="skip",
    )
    texts = [_box_text(words, box) for _, box in kept]
    points = go.Scatter(
        x=[name for name, _ in kept],
        y=part["p50"],
        mode="markers",
        marker={"color": theme.main, "size": 12, "opacity": 0},
        text=texts,
        hovertemplate="%{x}<br>%{text}<extra></extra>",
    )
    drawn = go.Figure([box, points], layout=_layout(theme, words.axis(chart.x), words.axis(chart.y)))
    drawn.update_layout(showlegend=False)
    names = words.labels(chart.x)
    drawn.update_xaxes(type="category", categoryorder="array", categoryarray=names, **_hours(names))
    return drawn.update_yaxes(rangemode="tozero")


def _box_text(words: Words, box: Any) -> str:
    shares = ("p90", "p75", "p50", "p25", "p10")
    lines = [f"{words.series(one)} {words.number(getattr(box, one), Unit.SECONDS)}" for one in shares]
    return "<br>".join([*lines, f"{words.series('called')} {words.number(box.many, Unit.COUNT)}"])


def _heat(chart: HeatChart, words: Words, theme: Theme) -> Any:
    from plotly import graph_objects as go

    by = MINUTE_S if chart.unit is Unit.SECONDS else 1
    texts = [["" if value is None else words.number(value, chart.unit) for value in row] for row in chart.rows]
    fields = sum(len(row) for row in chart.rows)
    heat = go.Heatmap(
        x=words.labels(chart.x),
        y=words.labels(chart.y),
        z=[[None if value is None else value / by for value in row] for row in chart.rows],
        text=texts,
        texttemplate="%{text}" if fields <= WRITTEN else None,
        textfont={"color": theme.text},
        colorscale=[[0, theme.low], [1, theme.high]],
        zmin=0,
        xgap=2,
        ygap=2,
        showscale=fields > WRITTEN,
        hovertemplate="%{y} %{x}<br>%{text}<extra></extra>",
    )
    drawn = go.Figure(heat, layout=_layout(theme, words.axis(chart.x), ""))
    drawn.update_xaxes(type="category", showgrid=False, **_hours(words.labels(chart.x)))
    height = 120 + 34 * max(4, len(chart.y.labels))
    return drawn.update_yaxes(type="category", autorange="reversed", showgrid=False).update_layout(height=height)


def _flow(chart: FlowChart, words: Words, theme: Theme) -> Any:
    from plotly import graph_objects as go

    lines, windows = words.labels(chart.x), words.labels(chart.y)
    colours = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)
    flow = go.Sankey(
        node={
            "label": [*lines, *windows],
            "color": [*(colours[at % len(colours)] for at in range(len(lines))), *[theme.faint] * len(windows)],
            "pad": 10,
            "thickness": 14,
            "line": {"width": 0},
            "hovertemplate": "%{label}<br>%{value:,.0f}<extra></extra>",
        },
        link={
            "source": [link.source for link in chart.links],
            "target": [len(lines) + link.target for link in chart.links],
            "value": [link.many for link in chart.links],
            "color": [_faded(colours[link.source % len(colours)]) for link in chart.links],
            "hovertemplate": "%{source.label} → %{target.label}<br>%{value:,.0f}<extra></extra>",
        },
        textfont={"color": theme.text, "size": 13, "shadow": "none"},
    )
    height = 140 + 26 * max(6, len(lines), len(windows))
    return go.Figure(flow, layout=_layout(theme, "", "")).update_layout(height=height)


def _staffing(chart: SeriesChart, words: Words, theme: Theme) -> Any:
    from plotly import graph_objects as go

    x = words.labels(chart.x)
    drawn = go.Figure(layout=_layout(theme, words.axis(chart.x), words.axis(chart.y)))
    looks = {
        "needed": {"color": RED, "dash": "dash", "width": 2.5},
        "busy": {"color": GREEN, "dash": "dot", "width": 2.5},
        "open": {"color": theme.main, "dash": "solid", "width": 3},
    }
    for one in chart.series:
        texts = [words.number(value, one.unit) for value in one.values]
        name = words.series(one.id)
        over = {"x": x, "y": one.values, "name": name, "text": texts}
        tip = f"%{{x}}<br>{name} %{{text}}<extra></extra>"
        if one.id in looks:
            line = {**looks[one.id], "shape": "hvh"}
            drawn.add_scatter(**over, mode="lines", line=line, hovertemplate=tip)
        else:
            look = {"color": _faded(SKY), "line": {"width": 0}}
            drawn.add_bar(**over, yaxis="y2", marker=look, textposition="none", hovertemplate=tip)
    return _beside(drawn, theme, words.series("arrivals")).update_xaxes(**_hours(x))


def _satisfaction(chart: SeriesChart, words: Words, theme: Theme) -> Any:
    from plotly import graph_objects as go

    x = words.labels(chart.x)
    drawn = go.Figure(layout=_layout(theme, words.axis(chart.x), words.axis(chart.y)))
    share, many = chart.series
    name = words.series(many.id)
    tip = f"%{{x}}<br>{name} %{{y:,.0f}}<extra></extra>"
    bar = {"color": _faded(SKY), "line": {"width": 0}}
    drawn.add_bar(x=x, y=many.values, name=name, yaxis="y2", marker=bar, hovertemplate=tip)
    name = words.series(share.id)
    texts = [words.number(value, Unit.SHARE) for value in share.values]
    tip = f"%{{x}}<br>{name} %{{text}}<extra></extra>"
    line, mark = {"color": theme.main, "width": 3}, {"size": 8, "color": theme.main}
    over = {"x": x, "y": share.values, "name": name, "text": texts, "hovertemplate": tip}
    drawn.add_scatter(**over, mode="lines+markers", line=line, marker=mark)
    drawn = _beside(drawn, theme, words.series("ratings"))
    lowest = min(value for value in share.values if value is not None)
    return drawn.update_layout(
        yaxis={"tickformat": ".0%", "range": [min(0.8, lowest - 0.05), 1.01]}, xaxis={"type": "category", "nticks": 16}
    )


def _control(chart: ControlChart, words: Words, theme: Theme) -> Any:
    from plotly import graph_objects as go

    x, y = words.labels(chart.x), [value / MINUTE_S for value in chart.values]
    drawn = go.Figure(layout=_layout(theme, words.axis(chart.x), words.axis(chart.y)))
    if chart.limits is not None:
        for name, dash, colour in (("upper", "dash", RED), ("centre", "solid", GREEN), ("lower", "dash", RED)):
            value = getattr(chart.limits, name)
            text = f"{words.series(name)} {words.number(value, Unit.SECONDS)}"
            level = [value / MINUTE_S] * len(x)
            line = {"color": colour, "dash": dash, "width": 2}
            drawn.add_scatter(x=x, y=level, mode="lines", line=line, name=text, hoverinfo="skip")
    texts = [words.number(value, Unit.SECONDS) for value in chart.values]
    name, look = words.series("wait_mean"), {"color": theme.main, "width": 2}
    over = {"x": x, "y": y, "text": texts, "name": name}
    mark = {"size": 7, "color": theme.main}
    drawn.add_scatter(
        **over, mode="lines+markers", line=look, marker=mark, hovertemplate="%{x}<br>%{text}<extra></extra>"
    )
    for why, symbol in ((Why.ABOVE, "triangle-up"), (Why.BELOW, "triangle-down"), (Why.RUN, "diamond")):
        at = [one.at for one in chart.marks if one.why is why]
        if at:
            said = words.said(f"charts.why.{why}")
            drawn.add_scatter(
                x=_at(x, at),
                y=_at(y, at),
                text=_at(texts, at),
                name=said,
                mode="markers",
                marker={"symbol": symbol, "size": 14, "color": RED, "line": {"width": 1, "color": theme.surface}},
                hovertemplate=f"%{{x}}<br>%{{text}}<br>{said}<extra></extra>",
            )
    drawn.update_xaxes(type="category", categoryorder="array", categoryarray=x, nticks=16)
    return drawn.update_yaxes(rangemode="tozero")


def _hours(names: Sequence[str]) -> dict[str, Any]:
    """Ticks at full hours, in so few letters that they stand side by side on a phone too."""
    full = [name for name in names if name.endswith(":00")]
    return {"tickvals": full, "ticktext": [str(int(name[:-3])) for name in full], "tickangle": 0}


def _at(values: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return [values[place] for place in places]


def _beside(drawn: Any, theme: Theme, title: str) -> Any:
    """A second axis at the right, for how many there were; the lines lie over its bars."""
    second = {"side": "right", "showgrid": False, "rangemode": "tozero", "tickmode": "auto", "fixedrange": True}
    title_of = {"text": title, "font": {"color": theme.faint, "size": 13}}
    drawn.update_layout(
        yaxis2={**second, "title": title_of, "color": theme.faint},
        yaxis={"overlaying": "y2", "rangemode": "tozero", "tickmode": "auto"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    return drawn.update_xaxes(type="category")


def _layout(theme: Theme, x: str, y: str) -> dict[str, Any]:
    axis = {"gridcolor": theme.grid, "linecolor": theme.grid, "zeroline": False, "color": theme.faint}
    axis |= {"automargin": True, "fixedrange": True}
    return {
        "template": None,
        "font": {"family": FONT, "size": 13, "color": theme.text},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 56, "r": 16, "t": 36, "b": 56},
        "height": 380,
        "xaxis": {
            **axis,
            "title": {"text": x, "font": {"size": 13}},
            "automargin": True,
            "fixedrange": True,
            "showgrid": False,
        },
        "yaxis": {**axis, "title": {"text": y, "font": {"size": 13}}},
        "hoverlabel": {"font": {"family": FONT, "size": 14}},
        "showlegend": None,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "dragmode": False,
    }


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.45)"

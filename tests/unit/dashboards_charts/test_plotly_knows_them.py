"""plotly's own classes take every figure that the server makes without them; nothing in it is unknown to plotly."""

from __future__ import annotations

from typing import Any

import pytest
from plotly import graph_objects

from dashboards.charts import look, plot, staffing
from dashboards.charts.limits import limits, marks
from dashboards.charts.model import (
    Axis,
    Box,
    BoxChart,
    Chart,
    ChartId,
    ControlChart,
    FlowChart,
    HeatChart,
    Label,
    Link,
    Series,
    SeriesChart,
    Unit,
)
from dashboards.charts.spoken import Words
from dashboards.figures.cells import Sums


def labels(*keys: str) -> tuple[Label, ...]:
    return tuple(Label(key=key, name=key, name_en=key, number="1") for key in keys)


HOURS, DAYS = Axis(title="hour", labels=labels("09", "10")), [f"2026-11-{day:02d}" for day in range(2, 22)]
WAIT = Axis(title="wait", unit=Unit.SECONDS)
VALUES = (*(600.0, 660.0) * 4, *(800.0, 810.0) * 5, 3_000.0, 700.0)
AROUND = limits(VALUES)
BUSY = Sums(visits=9, walk_us=10**9, serve_us=10**10, open_us=10**10)
EVERY: list[Chart] = [
    BoxChart(
        id=ChartId.WAITS_BY_HOUR,
        x=HOURS,
        y=WAIT,
        boxes=(Box(many=4, p10=0, p25=60, p50=90, p75=600, p90=900), None),
    ),
    HeatChart(
        id=ChartId.WAIT_BY_HOUR,
        x=HOURS,
        y=Axis(title="weekday", labels=labels("1", "2")),
        value="wait_mean",
        unit=Unit.SECONDS,
        rows=((60.0, None), (1.5, 90.0)),
    ),
    FlowChart(
        id=ChartId.FLOW,
        x=Axis(title="line", labels=labels("a", "b")),
        y=Axis(title="window", labels=labels("w1")),
        links=(Link(source=0, target=0, many=3), Link(source=1, target=0, many=1)),
    ),
    staffing.chart({"09:00": BUSY, "10:00": BUSY}, days=1, has_windows=True),
    SeriesChart(
        id=ChartId.SATISFACTION,
        x=Axis(title="day", labels=labels(*DAYS[:2])),
        y=Axis(title="good_rate", unit=Unit.SHARE),
        series=(
            Series(id="good_rate", unit=Unit.SHARE, values=(0.5, 1.0)),
            Series(id="ratings", unit=Unit.COUNT, values=(2.0, 3.0)),
        ),
    ),
    ControlChart(
        id=ChartId.CONTROL,
        x=Axis(title="day", labels=labels(*DAYS)),
        y=WAIT,
        values=VALUES,
        limits=AROUND,
        marks=marks(VALUES, AROUND),
    ),
]


def words() -> Words:
    def said(key: str, **_: Any) -> str:
        return key

    return Words(said, is_chinese=True)


@pytest.mark.parametrize("theme", [look.LIGHT, look.DARK])
@pytest.mark.parametrize("chart", EVERY, ids=lambda chart: chart.id)
def test_plotly_takes_the_figure_as_it_is(chart: Chart, theme: look.Theme) -> None:
    figure = plot.figure(chart, words(), theme)
    assert figure is not None
    taken = graph_objects.Figure(figure).to_plotly_json()
    for kind, given in zip(taken["data"], figure["data"], strict=True):
        assert set(given) <= {*kind, "type"}
    assert set(figure["layout"]) <= set(taken["layout"])


def test_control_a_property_that_plotly_does_not_know_is_found() -> None:
    figure = plot.figure(EVERY[0], words(), look.LIGHT)
    assert figure is not None
    figure["layout"]["xaxis"]["colour"] = "red"
    with pytest.raises(ValueError, match="colour"):
        graph_objects.Figure(figure)


def test_minutes_are_drawn_where_seconds_are_kept() -> None:
    figure = plot.figure(EVERY[0], words(), look.LIGHT)
    assert figure is not None
    box = figure["data"][0]
    assert [box[name] for name in ("lowerfence", "q1", "median", "q3", "upperfence")] == [[0], [1], [1.5], [10], [15]]


def test_each_reason_has_its_own_sign() -> None:
    figure = plot.figure(EVERY[5], words(), look.LIGHT)
    assert figure is not None
    signs = {one["name"]: one["marker"]["symbol"] for one in figure["data"] if one.get("mode") == "markers"}
    assert signs == {"charts.why.above": "triangle-up", "charts.why.run": "diamond"}


def test_nothing_is_drawn_where_there_is_nothing() -> None:
    chart = SeriesChart(id=ChartId.STAFFING, x=HOURS, y=WAIT, series=(), is_empty=True)
    assert plot.figure(chart, words(), look.LIGHT) is None

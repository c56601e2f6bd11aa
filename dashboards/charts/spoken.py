"""Charts in words: the names on their axes, the sentence that stands for one, and its numbers as a table; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import msgspec

from dashboards.charts.model import (
    Axis,
    BoxChart,
    Chart,
    ChartId,
    ControlChart,
    FlowChart,
    HeatChart,
    Label,
    SeriesChart,
    Unit,
)
from dashboards.figures import shown as figures_shown

MINUTE_S = 60
DAY_TEXT = 10
Value = str | float | None


class Said(Protocol):
    """The text of a key in one language, with its fields filled in."""

    def __call__(self, key: str, **fields: Any) -> str: ...


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column: its head, and what its numbers are; of names ``none``."""

    head: str
    unit: Unit = Unit.NONE


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A chart's numbers, row by row; ``shown`` are the same as texts."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    shown: tuple[tuple[str, ...], ...]


class Words:
    """Says charts in one language."""

    def __init__(self, said: Said, *, is_chinese: bool) -> None:
        self.said = said
        self._is_chinese = is_chinese

    def title(self, chart: Chart) -> str:
        """What the chart is called."""
        return self.said(f"charts.{chart.id}")

    def axis(self, axis: Axis) -> str:
        """What an axis is called, with its unit."""
        name = self.said(f"charts.axis.{axis.title}")
        return f"{name} ({self.said('charts.minutes')})" if axis.unit is Unit.SECONDS else name

    def labels(self, axis: Axis) -> list[str]:
        """The names on an axis; days of one year without it."""
        names = [self.label(axis, one) for one in axis.labels]
        is_of_one_year = axis.title == "day" and len({name[:4] for name in names}) == 1 and len(names[0]) == DAY_TEXT
        return [name[5:] for name in names] if is_of_one_year else names

    def short(self, axis: Axis) -> list[str]:
        """The names where there is little room: windows by their numbers."""
        if axis.title != "window" or not all(one.number for one in axis.labels):
            return self.labels(axis)
        return [self.said("charts.window", number=one.number, name="").strip() for one in axis.labels]

    def label(self, axis: Axis, label: Label) -> str:
        """One name on an axis."""
        match axis.title:
            case "hour":
                return f"{int(label.key)}:00"
            case "weekday":
                return self.said(f"charts.weekday.{label.key}")
            case "window":
                name = label.name if self._is_chinese else label.name_en
                return self.said("charts.window", number=label.number, name=name).strip() if label.number else name
            case _:
                return label.name if self._is_chinese else label.name_en

    def series(self, id_: str) -> str:
        """What a series is called."""
        return self.said(f"charts.series.{id_}")

    def number(self, value: Value, unit: Unit) -> str:
        """A number as it is shown everywhere: ``14:30``, ``93.5%``, ``1,234``, windows with one digit."""
        if value is None or isinstance(value, str):
            return figures_shown.NOTHING if value is None else value
        match unit:
            case Unit.SECONDS:
                return figures_shown.shown(value, figures_shown.Unit.SPAN)
            case Unit.SHARE:
                return figures_shown.shown(value, figures_shown.Unit.RATE)
            case Unit.COUNT | Unit.WINDOWS if isinstance(value, int):
                return figures_shown.shown(value, figures_shown.Unit.COUNT)
            case _:
                return f"{value:,.1f}"

    def table(self, chart: Chart) -> Table:
        """Everything that the chart shows."""
        columns, rows = self._table(chart)
        kept = tuple(tuple(row) for row in rows)
        texts = tuple(
            tuple(self.number(value, column.unit) for value, column in zip(row, columns, strict=True)) for row in kept
        )
        return Table(columns=tuple(columns), rows=kept, shown=texts)

    def sentence(self, chart: Chart) -> str:
        """What somebody who does not see the chart should know of it."""
        if chart.refused:
            return self.said(f"error.{chart.refused}", **chart.fields)
        if chart.is_empty:
            return self.said("charts.nothing")
        return self.said(f"charts.{chart.id}.{_said(chart)}", **self._of(chart))

    # -- inside

    def _head(self, axis: Axis) -> Column:
        return Column(head=self.said(f"charts.axis.{axis.title}"))

    def _table(self, chart: Chart) -> tuple[list[Column], Iterable[list[Value]]]:
        match chart:
            case BoxChart():
                return self._boxes(chart)
            case HeatChart(x=x, y=y, rows=rows, unit=unit):
                heads = [self._head(y), *(Column(head=name, unit=unit) for name in self.labels(x))]
                return heads, ([name, *row] for name, row in zip(self.labels(y), rows, strict=True))
            case FlowChart(x=x, y=y, links=links):
                lines, windows = self.labels(x), self.labels(y)
                heads = [self._head(x), self._head(y), Column(head=self.series("served_stays"), unit=Unit.COUNT)]
                return heads, ([lines[link.source], windows[link.target], link.many] for link in links)
            case SeriesChart(x=x, series=series):
                if not x.labels:
                    return [], ()
                heads = [self._head(x), *(Column(head=self.series(one.id), unit=one.unit) for one in series)]
                values = zip(*(one.values for one in series), strict=True)
                return heads, ([name, *row] for name, row in zip(self.labels(x), values, strict=True))
            case ControlChart():
                return self._control(chart)

    def _boxes(self, chart: BoxChart) -> tuple[list[Column], Iterable[list[Value]]]:
        shares = ("p10", "p25", "p50", "p75", "p90")
        many = Column(head=self.series("called"), unit=Unit.COUNT)
        heads = [self._head(chart.x), many, *(Column(head=self.series(one), unit=Unit.SECONDS) for one in shares)]
        rows: list[list[Value]] = []
        for name, box in zip(self.labels(chart.x), chart.boxes, strict=True):
            percentiles = [getattr(box, one) for one in shares] if box else [None] * len(shares)
            rows.append([name, box.many if box else 0, *percentiles])
        return heads, rows

    def _control(self, chart: ControlChart) -> tuple[list[Column], Iterable[list[Value]]]:
        why = {mark.at: self.said(f"charts.why.{mark.why}") for mark in chart.marks}
        heads = [self._head(chart.x), Column(head=self.series("wait_mean"), unit=Unit.SECONDS)]
        heads.append(Column(head=self.said("charts.marked")))
        named = enumerate(zip(self.labels(chart.x), chart.values, strict=True))
        return heads, ([name, value, why.get(at, "")] for at, (name, value) in named)

    def _of(self, chart: Chart) -> dict[str, Any]:
        """The fields of a chart's sentence."""
        match chart:
            case BoxChart(x=x, boxes=boxes):
                found = [(box.p50, at) for at, box in enumerate(boxes) if box]
                most, least = max(found), min(found)
                return {
                    **{"where": self.label(x, x.labels[most[1]]), "most": self.number(most[0], Unit.SECONDS)},
                    **{"other": self.label(x, x.labels[least[1]]), "least": self.number(least[0], Unit.SECONDS)},
                }
            case HeatChart(x=x, y=y, rows=rows, unit=unit):
                value, at, place = max(
                    (value, -at, -place)
                    for at, row in enumerate(rows)
                    for place, value in enumerate(row)
                    if value is not None
                )
                where = {"row": self.label(y, y.labels[-at]), "column": self.label(x, x.labels[-place])}
                return {**where, "most": self.number(value, unit)}
            case FlowChart(x=x, y=y, links=links):
                most_link = max(links, key=lambda link: link.many)
                return {
                    "many": self.number(sum(link.many for link in links), Unit.COUNT),
                    "line": self.label(x, x.labels[most_link.source]),
                    "window": self.label(y, y.labels[most_link.target]),
                    "most": self.number(most_link.many, Unit.COUNT),
                }
            case ControlChart(values=values, limits=limits, marks=marks):
                if limits is None:
                    return {"limits": self.said("charts.no_limits"), "marked": len(marks), "days": len(values)}
                ends = {name: self.number(getattr(limits, name), Unit.SECONDS) for name in ("centre", "lower", "upper")}
                return {
                    "limits": self.said("charts.limits", **ends),
                    "marked": len(marks),
                    "days": len(values),
                }
            case SeriesChart():
                return self._of_series(chart)

    def _of_series(self, chart: SeriesChart) -> dict[str, Any]:
        labels, of = self.labels(chart.x), {one.id: one for one in chart.series}
        first = of.get("good_rate") or of["needed"]
        found = [(value, at) for at, value in enumerate(first.values) if value is not None]
        if not found:
            return {"where": figures_shown.NOTHING, "most": figures_shown.NOTHING, "short": 0, "least": 0, "other": ""}
        most, least = max(found, key=lambda one: (one[0], -one[1])), min(found)
        opened = of.get("open")
        short = [at for value, at in found if opened and (opened.values[at] or 0) < value]
        return {
            **{"where": labels[most[1]], "most": self.number(most[0], first.unit)},
            **{"other": labels[least[1]], "least": self.number(least[0], first.unit)},
            "short": len(short),
        }


def _said(chart: Chart) -> str:
    """The key of its sentence; where the windows' open time is not known, nothing is said of it."""
    if not isinstance(chart, SeriesChart) or chart.id is not ChartId.STAFFING:
        return "said"
    return "said" if any(one.id == "open" for one in chart.series) else "said_narrowed"

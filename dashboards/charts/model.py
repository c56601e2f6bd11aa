"""What charts show, before anybody draws them: typed, in whole seconds and counts; page, report and table share it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class ChartId(StrEnum):
    """The charts there are; ``charts.{id}`` names one, ``charts.{id}.plain`` says how to read it."""

    WAITS_BY_HOUR = "waits_by_hour"  # boxes of waits by the hour of the number
    TICKETS_BY_HOUR = "tickets_by_hour"  # heat map weekday × hour: numbers given
    WAIT_BY_HOUR = "wait_by_hour"  # heat map weekday × hour: mean wait
    FLOW = "flow"  # which line's visitors were served at which window
    WINDOWS_BY_HOUR = "windows_by_hour"  # heat map window × hour: stays served
    STAFFING = "staffing"  # windows open, at work and needed, by half hours
    SATISFACTION = "satisfaction"  # good ratings over time
    CONTROL = "control"  # mean wait of each day with its control limits


class Unit(StrEnum):
    """What the numbers of an axis are."""

    NONE = "none"  # names
    COUNT = "count"
    SECONDS = "seconds"  # shown in minutes
    SHARE = "share"  # 0 to 1, shown in percent
    WINDOWS = "windows"  # windows, on average


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A place on an axis of names.

    Attributes:
        key: an id, an hour ``09``, a half hour ``09:30``, a weekday 1 to 7, a day or a month.
        name, name_en: as shown; the key where it is shown as it is. number: of a window, a line's letter.
    """

    key: str
    name: str
    name_en: str
    number: str = ""


class Axis(msgspec.Struct, frozen=True, kw_only=True):
    """An axis; ``charts.axis.{title}`` names it.

    Attributes:
        labels: of an axis of names, in order; empty: an axis of numbers.
    """

    title: str
    unit: Unit = Unit.NONE
    labels: tuple[Label, ...] = ()


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """Waits of one hour, of which there are ``many``: percentiles as the figures have them (edge of a bin), seconds."""

    many: int
    p10: float
    p25: float
    p50: float
    p75: float
    p90: float


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One line or row of bars; ``charts.series.{id}`` names it. A value for each label of x; None: no value."""

    id: str
    unit: Unit
    values: tuple[float | None, ...]


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """So many stays of a line (a label of x) were served at a window (a label of y)."""

    source: int
    target: int
    many: int


class Why(StrEnum):
    """Why a point of a control chart is out of control; ``charts.why.{value}`` says it."""

    ABOVE = "above"  # above the upper limit
    BELOW = "below"  # below the lower limit
    RUN = "run"  # the last of eight or more in a row on one side of the centre line


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Centre line and limits, in the chart's unit.

    Attributes:
        range_mean: mean of the moving ranges, from which the limits are made.
    """

    centre: float
    lower: float
    upper: float
    range_mean: float


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A point (a label of x) that is out of control, and why."""

    at: int
    why: Why


class _Chart(msgspec.Struct, frozen=True, kw_only=True):
    """What all charts have.

    Attributes:
        is_empty: there is nothing to show in this period.
        refused: the error code of why it cannot be shown, with its ``fields`` (``statistics.too_fine``).
        day_count: business days with visitors that it is made of.
    """

    id: ChartId
    x: Axis
    y: Axis
    is_empty: bool = False
    refused: str | None = None
    fields: dict[str, int] = {}
    day_count: int = 0


class BoxChart(_Chart, frozen=True, kw_only=True, tag="boxes", tag_field="shape"):
    """A box for each label of x; None: nobody was called."""

    boxes: tuple[Box | None, ...]


class HeatChart(_Chart, frozen=True, kw_only=True, tag="heat", tag_field="shape"):
    """A row for each label of y, in it a value for each label of x; None: nothing to show."""

    value: str
    unit: Unit
    rows: tuple[tuple[float | None, ...], ...]


class FlowChart(_Chart, frozen=True, kw_only=True, tag="flow", tag_field="shape"):
    """Who went where: links from labels of x to labels of y."""

    links: tuple[Link, ...]


class SeriesChart(_Chart, frozen=True, kw_only=True, tag="series", tag_field="shape"):
    """Bars or lines over the labels of x."""

    series: tuple[Series, ...]


class ControlChart(_Chart, frozen=True, kw_only=True, tag="control", tag_field="shape"):
    """Values over the labels of x with control limits; no limits where there are too few values."""

    values: tuple[float, ...]
    limits: Limits | None
    marks: tuple[Mark, ...]


Chart = BoxChart | HeatChart | FlowChart | SeriesChart | ControlChart

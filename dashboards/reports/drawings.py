"""Charts as vector drawings, from the same descriptions that the page draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from reportlab.graphics.shapes import STATE_DEFAULTS, Circle, Drawing, Group, Line, Path, PolyLine, Rect, String
from reportlab.lib import colors
from reportlab.pdfbase.pdfmetrics import stringWidth

from dashboards.charts.model import BoxChart, ControlChart, FlowChart, HeatChart, Label, SeriesChart, Unit
from dashboards.figures.shown import Unit as ShownUnit
from dashboards.figures.shown import shown
from dashboards.reports.book import Picture
from hall_server.fonts import main_font

INK, SOFT, FAINT, ACCENT, MIDDLE, PALE, BAD, CALL = (
    colors.HexColor(code)
    for code in ("#1B2530", "#5B6675", "#DDE3EA", "#0A4D94", "#5C8FC7", "#D5E3F2", "#97181D", "#C2570C")
)
"""The colours of the pages' light look."""
SIZE, SMALL = 7.5, 6.5
LEFT, RIGHT, BOTTOM, TOP = 46.0, 30.0, 30.0, 22.0
LABELS_MOST = 26
HIGH = 170.0
NEEDED, DASHED = "needed", [4, 2]
"""A plan, not something that was: dashed, as on the page."""


def drawing(picture: Picture, width: float) -> Drawing:
    """A chart, ``width`` points wide."""
    chart = picture.chart
    STATE_DEFAULTS["fontName"] = main_font()  # else each drawing names a font that is not embedded
    match chart:
        case HeatChart():
            return _heat(picture, chart, width)
        case FlowChart():
            return _flow(picture, chart, width)
        case BoxChart():
            return _boxes(picture, chart, width)
        case ControlChart():
            return _control(picture, chart, width)
        case SeriesChart():
            return _series(picture, chart, width)


class _Plot:
    """A drawing with two axes: names from left to right, numbers upward."""

    def __init__(self, picture: Picture, labels: Sequence[Label], width: float, top: float, unit: Unit) -> None:
        self.drawing = Drawing(width, HIGH)
        self.wide, self.high = width - LEFT - RIGHT, HIGH - BOTTOM - TOP
        self.step = self.wide / max(1, len(labels))
        self.unit = unit
        ticks = _ticks(top, unit)
        self.top = ticks[-1] or 1.0
        for tick in ticks:
            self.add(Line(LEFT, self.y(tick), LEFT + self.wide, self.y(tick), strokeColor=FAINT, strokeWidth=0.5))
            self.add(_string(LEFT - 4, self.y(tick) - 2.4, _said(tick, unit), anchor="end"))
        self._names(picture, labels)
        self.add(_string(LEFT - 40, HIGH - 9, _with_unit(picture.y, unit), size=SMALL))
        self.add(_string(LEFT + self.wide, 2, picture.x, size=SMALL, anchor="end"))

    def x(self, place: float) -> float:
        """The middle of a label's place."""
        return LEFT + (place + 0.5) * self.step

    def y(self, value: float) -> float:
        """The height of a number."""
        return BOTTOM + self.high * value / self.top if getattr(self, "top", 0) else BOTTOM

    def add(self, *shapes: object) -> None:
        """Draw shapes."""
        for shape in shapes:
            self.drawing.add(shape)

    def legend(self, entries: Iterable[tuple[str, colors.Color, bool]]) -> None:
        """Names of lines (``is_line``) and areas, from the right above the chart."""
        at = LEFT + self.wide
        for name, colour, is_line in reversed(list(entries)):
            at -= stringWidth(name, main_font(), SIZE) + 18
            mark = (
                Line(at, HIGH - 7, at + 10, HIGH - 7, strokeColor=colour, strokeWidth=1.8)
                if is_line
                else Rect(at, HIGH - 10, 10, 6, fillColor=colour, strokeColor=None)
            )
            self.add(mark, _string(at + 13, HIGH - 9.5, name))

    def line(
        self,
        values: Sequence[float | None],
        colour: colors.Color,
        *,
        dots: bool = False,
        dash: list[int] | None = None,
    ) -> None:
        """A line through the values, broken where there is none."""
        run = list[float]()
        for place, value in enumerate((*values, None)):
            if value is not None:
                run += [self.x(place), self.y(value)]
                continue
            if len(run) > 2:
                look = {"strokeColor": colour, "strokeWidth": 1.6, "strokeLineJoin": 1, "strokeDashArray": dash}
                self.add(PolyLine(run, **look))
            if len(run) == 2 or dots:
                ends = zip(run[::2], run[1::2], strict=True)
                self.add(*(Circle(x, y, 1.8, fillColor=colour, strokeColor=None) for x, y in ends))
            run = []

    def _names(self, picture: Picture, labels: Sequence[Label]) -> None:
        every = max(1, math.ceil(len(labels) / LABELS_MOST))
        texts = [_label(picture, one) for one in labels]
        widest = max((stringWidth(one, main_font(), SIZE) for one in texts), default=0)
        every = max(every, math.ceil((widest + 4) / self.step)) if labels else 1
        for place in range(0, len(labels), every):
            self.add(_string(self.x(place), BOTTOM - 10, texts[place], anchor="middle"))


def _boxes(picture: Picture, chart: BoxChart, width: float) -> Drawing:
    top = max((box.p90 for box in chart.boxes if box is not None), default=1)
    plot = _Plot(picture, chart.x.labels, width, top, chart.y.unit)
    half = min(13.0, plot.step * 0.3)
    for place, box in enumerate(chart.boxes):
        if box is None:
            continue
        x = plot.x(place)
        for low, high in ((box.p10, box.p25), (box.p75, box.p90)):
            plot.add(Line(x, plot.y(low), x, plot.y(high), strokeColor=MIDDLE, strokeWidth=1))
        for end in (box.p10, box.p90):
            plot.add(Line(x - half / 2, plot.y(end), x + half / 2, plot.y(end), strokeColor=MIDDLE, strokeWidth=1))
        low, high = plot.y(box.p25), plot.y(box.p75)
        plot.add(
            Rect(
                x - half,
                low,
                2 * half,
                max(0.6, high - low),
                fillColor=PALE,
                strokeColor=MIDDLE,
                strokeWidth=0.8,
            ),
            Line(x - half, plot.y(box.p50), x + half, plot.y(box.p50), strokeColor=ACCENT, strokeWidth=2),
        )
    return plot.drawing


def _control(picture: Picture, chart: ControlChart, width: float) -> Drawing:
    found = chart.limits
    top = max((*chart.values, found.upper if found else 0), default=1)
    plot = _Plot(picture, chart.x.labels, width, top, chart.y.unit)
    if found is not None:
        for value, colour, dash in ((found.centre, SOFT, None), (found.upper, BAD, [4, 3]), (found.lower, BAD, [4, 3])):
            y = plot.y(value)
            plot.add(
                Line(LEFT, y, LEFT + plot.wide, y, strokeColor=colour, strokeWidth=0.9, strokeDashArray=dash),
                _string(LEFT + plot.wide + 3, y - 2.4, _said(value, chart.y.unit), size=SMALL, colour=colour),
            )
    plot.line(chart.values, ACCENT, dots=len(chart.values) <= 62)
    for mark in chart.marks:
        x, y = plot.x(mark.at), plot.y(chart.values[mark.at])
        plot.add(Circle(x, y, 3.2, fillColor=BAD, strokeColor=colors.white, strokeWidth=0.8))
    return plot.drawing


def _series(picture: Picture, chart: SeriesChart, width: float) -> Drawing:
    """Lines of the axis's unit before bars of another one, which have no axis of their own but their highest."""
    lines = [one for one in chart.series if one.unit is chart.y.unit]
    bars = [one for one in chart.series if one.unit is not chart.y.unit]
    top = max((value for one in lines for value in one.values if value is not None), default=1)
    plot = _Plot(picture, chart.x.labels, width, 1.0 if chart.y.unit is Unit.SHARE else top, chart.y.unit)
    for one in bars:
        _bars(plot, one.values)
    tints = dict(zip((one.id for one in lines), (CALL, MIDDLE, ACCENT) if len(lines) > 1 else (ACCENT,), strict=False))
    for one in lines:
        dots = len(one.values) <= 31 and chart.y.unit is Unit.SHARE
        plot.line(one.values, tints.get(one.id, INK), dots=dots, dash=DASHED if one.id == NEEDED else None)
    entries = [(picture.series.get(one.id, one.id), PALE, False) for one in bars]
    entries += [(picture.series.get(one.id, one.id), tints.get(one.id, INK), True) for one in lines]
    plot.legend(entries)
    return plot.drawing


def _bars(plot: _Plot, values: Sequence[float | None]) -> None:
    most = max((value or 0 for value in values), default=0) or 1
    half = plot.step * 0.36
    for place, value in enumerate(values):
        if value:
            high = plot.high * 0.92 * value / most
            plot.add(Rect(plot.x(place) - half, BOTTOM, 2 * half, high, fillColor=PALE, strokeColor=None))
            if value == most:
                text = shown(round(value, 1) if value < 10 and value % 1 else value, ShownUnit.COUNT)
                plot.add(_string(plot.x(place), BOTTOM + high + 2, text, size=SMALL, anchor="middle"))


def _heat(picture: Picture, chart: HeatChart, width: float) -> Drawing:
    columns, rows = len(chart.x.labels), len(chart.rows)
    names = [_label(picture, one) for one in chart.y.labels]
    left = max((stringWidth(one, main_font(), SIZE) for one in names), default=0) + 8
    wide, high = (width - left - 2) / max(1, columns), 16.0 if rows <= 24 else 11.0
    found = Drawing(width, rows * high + 26)
    most = max((value for row in chart.rows for value in row if value is not None), default=0) or 1
    for down, row in enumerate(chart.rows):
        y = found.height - 8 - (down + 1) * high
        found.add(_string(left - 5, y + high / 2 - 2.6, names[down], anchor="end"))
        for across, value in enumerate(row):
            x = left + across * wide
            found.add(_heat_cell(value, most, x, y, wide, high, chart.unit))
    for across, label in enumerate(chart.x.labels):
        found.add(_string(left + (across + 0.5) * wide, 8, _label(picture, label), anchor="middle"))
    return found


def _heat_cell(value: float | None, most: float, x: float, y: float, wide: float, high: float, unit: Unit) -> Group:
    share = (value or 0) / most
    fill = colors.HexColor("#F5F7FA") if value is None else colors.linearlyInterpolatedColor(PALE, ACCENT, 0, 1, share)
    shapes = [Rect(x + 0.6, y + 0.6, wide - 1.2, high - 1.2, rx=1.5, ry=1.5, fillColor=fill, strokeColor=None)]
    text = "" if value is None else _said(value, unit)
    if text and stringWidth(text, main_font(), SMALL) < wide - 2:
        colour = colors.white if share > 0.45 else INK
        shapes.append(_string(x + wide / 2, y + high / 2 - 2.3, text, size=SMALL, anchor="middle", colour=colour))
    return Group(*shapes)


def _flow(picture: Picture, chart: FlowChart, width: float) -> Drawing:
    """Bands from the lines on the left to the windows on the right, as thick as many went."""
    lines, windows = chart.x.labels, chart.y.labels
    out, into = [0] * len(lines), [0] * len(windows)
    for link in chart.links:
        out[link.source] += link.many
        into[link.target] += link.many
    total = sum(out) or 1
    gaps = max(len(lines), len(windows), 1)
    high = min(560.0, max(150.0, 15.0 * gaps))
    found = Drawing(width, high + 8)
    x_from, x_to = 118.0, width - 118.0
    starts = _stacked(out, total, high, found, x_from - 7, lambda n: _label(picture, lines[n]), "end")
    ends = _stacked(into, total, high, found, x_to, lambda n: _label(picture, windows[n]), "start")
    for link in chart.links:
        thick_from, thick_to = (link.many / total * scale for scale in (starts[1], ends[1]))
        top_from, top_to = starts[0][link.source], ends[0][link.target]
        starts[0][link.source] -= thick_from
        ends[0][link.target] -= thick_to
        found.insert(0, _band(x_from, top_from, thick_from, x_to, top_to, thick_to, link.source))
    return found


def _stacked(
    amounts: Sequence[int],
    total: int,
    high: float,
    drawing: Drawing,
    x: float,
    name: Callable[[int], str],
    anchor: str,
) -> tuple[list[float], float]:
    """Blocks from above to below with their names; the top of each, and the height of all of them without gaps."""
    gap = min(6.0, high * 0.35 / max(1, len(amounts)))
    scale = high - gap * (len(amounts) - 1)
    tops, at = list[float](), high + 4
    for n, amount in enumerate(amounts):
        tall = amount / total * scale
        tops.append(at)
        drawing.add(Rect(x, at - tall, 7, max(0.4, tall), fillColor=ACCENT, strokeColor=None))
        text = f"{_fitting(name(n), 84)} {shown(amount, ShownUnit.COUNT)}"
        drawing.add(_string(x - 4 if anchor == "end" else x + 11, at - tall / 2 - 2.4, text, anchor=anchor))
        at -= tall + gap
    return tops, scale


_BANDS = ("#5C8FC7", "#6FB09A", "#D9A05B", "#B57EA8", "#7C8FA6", "#C77C6F", "#8DB255", "#6C9BD2")


def _band(x1: float, top1: float, thick1: float, x2: float, top2: float, thick2: float, tint: int) -> Path:
    band = Path(fillColor=colors.HexColor(_BANDS[tint % len(_BANDS)]), fillOpacity=0.45, strokeColor=None)
    middle = (x1 + x2) / 2
    band.moveTo(x1, top1)
    band.curveTo(middle, top1, middle, top2, x2, top2)
    band.lineTo(x2, top2 - thick2)
    band.curveTo(middle, top2 - thick2, middle, top1 - thick1, x1, top1 - thick1)
    band.closePath()
    return band


# -- words and numbers


def _string(
    x: float, y: float, text: str, *, size: float = SIZE, anchor: str = "start", colour: colors.Color = SOFT
) -> String:
    return String(x, y, text, fontName=main_font(), fontSize=size, textAnchor=anchor, fillColor=colour)


def _label(picture: Picture, label: Label) -> str:
    return picture.labels.get(label.key, label.name)


def _fitting(text: str, wide: float) -> str:
    """A text cut to a width."""
    while text and stringWidth(text, main_font(), SIZE) > wide:
        text = f"{text[:-2]}…" if len(text) > 2 else ""
    return text


def _said(value: float, unit: Unit) -> str:
    match unit:
        case Unit.SECONDS:
            return shown(value, ShownUnit.SPAN)
        case Unit.SHARE:
            return f"{value * 100:.0f}%"
        case _:
            return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _with_unit(name: str, unit: Unit) -> str:
    return f"{name} (min:s)" if unit is Unit.SECONDS else name


def _ticks(top: float, unit: Unit) -> list[float]:
    """Four to seven round numbers from 0 to one that is not below ``top``."""
    if unit is Unit.SHARE:
        return [0, 0.25, 0.5, 0.75, 1.0]
    base = 60.0 if unit is Unit.SECONDS and top > 240 else 1.0
    least = max(top, 1.0) / base / 5
    size = 10.0 ** math.floor(math.log10(least))
    step = next(size * by for by in (1, 2, 5, 10) if size * by >= least)
    if unit is not Unit.SECONDS:
        step = max(1.0, step)
    return [n * step * base for n in range(math.ceil(top / base / step) + 1)] if top > 0 else [0, step * base]

"""The charts of a report with their words, from the same descriptions as those of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.charts.model import Axis, Chart, ChartId, Label, SeriesChart
from dashboards.charts.spoken import Words
from dashboards.figures.asked import Asked
from dashboards.reports.book import Picture, Section
from dashboards.reports.words import ReportWords

if TYPE_CHECKING:
    from hall_server.server import Server

OF_A_DAY = (ChartId.WAITS_BY_HOUR, ChartId.STAFFING, ChartId.FLOW, ChartId.WINDOWS_BY_HOUR)
OF_DAYS = (ChartId.CONTROL, *OF_A_DAY[:2], ChartId.SATISFACTION, *OF_A_DAY[2:])
OF_WEEKS = (*OF_DAYS[:4], ChartId.TICKETS_BY_HOUR, ChartId.WAIT_BY_HOUR, *OF_DAYS[4:])
WEEK = 7
_ISO_DAY = 10


class Pictures:
    """Asks for the charts."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def section(self, asked: Asked, words: ReportWords) -> list[Section]:
        """The chapter of charts; those that have nothing to show, or would take too long, are left out."""
        rooms = self._server.rooms
        if "charts" not in rooms:
            return []
        days = asked.period.days
        names = OF_WEEKS if days >= WEEK else OF_DAYS if days > 1 else OF_A_DAY
        found = await rooms["charts"].all(asked, names)
        pictures = tuple(_picture(one, words) for one in found.values() if not one.is_empty and one.refused is None)
        return [Section(title=words("charts"), charts=pictures)] if pictures else []


def _picture(chart: Chart, words: ReportWords) -> Picture:
    said = Words(words.any, is_chinese=words.is_chinese)
    series = chart.series if isinstance(chart, SeriesChart) else ()
    return Picture(
        title=said.title(chart),
        plain=words.any(f"charts.{chart.id}.plain"),
        sentence=said.sentence(chart),
        x=words.any(f"charts.axis.{chart.x.title}"),
        y=words.any(f"charts.axis.{chart.y.title}"),
        series={one.id: said.series(one.id) for one in series},
        labels={label.key: _label(axis, label, said) for axis in (chart.x, chart.y) for label in axis.labels},
        chart=chart,
    )


def _label(axis: Axis, label: Label, said: Words) -> str:
    """A day without its year, for all of them would not fit on the axis."""
    is_day = axis.title == "day" and len(label.key) == _ISO_DAY
    return label.key[5:] if is_day else said.label(axis, label)

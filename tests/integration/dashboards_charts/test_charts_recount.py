"""What charts show is what plain Python counts from the raw journal, whether the days are summed up or not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from dashboards.charts.data import Charts
from dashboards.charts.model import BoxChart, ChartId, ControlChart, FlowChart, HeatChart, SeriesChart
from dashboards.figures.asked import Asked
from dashboards.figures.cells import Dim
from evaluation.figures.facts import By
from evaluation.figures.period import Period
from hall_queue import messages as m
from hall_server.journal.rows import microseconds
from hall_server.server import Server
from tests.fakes import plain_charts as plain
from tests.fakes import plain_statistics
from tests.fakes.hall import HandClock, manager, opened
from tests.fakes.hall_days import Days
from tests.fakes.visits import ROOMS

PERIOD = Period(first=date(2026, 11, 23), last=date(2026, 11, 29))
NARROWED: list[dict[Dim, frozenset[str]]] = [
    {},
    {Dim.LINE: frozenset({"business", "tax"})},
    {Dim.WEEKDAY: frozenset({"2", "3"})},
    {Dim.CHANNEL: frozenset({"phone"})},
    {Dim.WINDOW: frozenset({"w01"})},
]


async def three_days(server: Server, clock: HandClock) -> None:
    """Monday to Wednesday; at the end of Wednesday a window is open once more, with a pause, and stays so."""
    hall = Days(server, clock, Random(3))
    for number in range(3):
        if number:
            clock.forward(hours=16)
            await server.roll_day()
        await hall.day(crowd=0.35)
    for minutes, key in ((0, m.OpenWindow), (20, m.PauseWindow), (10, m.ResumeWindow), (17, None)):
        clock.forward(minutes=minutes)
        if key is not None:
            await server.execute(key(window="w02"), actor=manager())


def things_of(server: Server, rows: list[Any]) -> list[dict[str, Any]]:
    departments = {one.id: one.department for one in server.directory.matters.values()}
    return plain_statistics.things_of(rows, microseconds(server.now()), server.business_day.isoformat(), departments)


def narrowed(things: list[dict[str, Any]], only: dict[Dim, frozenset[str]]) -> list[dict[str, Any]]:
    return [one for one in things if all(one.get(dim.value) in values for dim, values in only.items())]


class Checked:
    """The charts of a question beside the plain count."""

    def __init__(self, charts: Charts, asked: Asked, things: list[dict[str, Any]]) -> None:
        self._charts = charts
        self._asked = asked
        self._things = narrowed(things, dict(asked.only))

    async def all(self) -> None:
        await self._boxes()
        await self._heat()
        await self._served()
        await self._control()

    async def _boxes(self) -> None:
        chart = await self._charts.of(ChartId.WAITS_BY_HOUR, self._asked)
        assert isinstance(chart, BoxChart)
        found = {
            label.key: msgspec.structs.astuple(box)
            for label, box in zip(chart.x.labels, chart.boxes, strict=True)
            if box
        }
        assert found == plain.boxes(self._things)

    async def _heat(self) -> None:
        tickets = keyed(await self._charts.of(ChartId.TICKETS_BY_HOUR, self._asked))
        mean = keyed(await self._charts.of(ChartId.WAIT_BY_HOUR, self._asked))
        expected = plain.heat(self._things)
        assert tickets == {key: many for key, (many, _) in expected.items()}
        assert mean == {key: value for key, (_, value) in expected.items() if value is not None}

    async def _served(self) -> None:
        flow = await self._charts.of(ChartId.FLOW, self._asked)
        assert isinstance(flow, FlowChart)
        lines, windows = flow.x.labels, flow.y.labels
        links = {(lines[one.source].key, windows[one.target].key): one.many for one in flow.links}
        assert links == plain.served(self._things, "line", "window")
        hours = keyed(await self._charts.of(ChartId.WINDOWS_BY_HOUR, self._asked))
        assert hours == plain.served(self._things, "window", "hour")

    async def _control(self) -> None:
        chart = await self._charts.of(ChartId.CONTROL, self._asked)
        assert isinstance(chart, ControlChart)
        days = dict(zip((label.key for label in chart.x.labels), chart.values, strict=True))
        assert days == plain.daily_waits(self._things)


def keyed(chart: Any) -> dict[tuple[str, str], float]:
    """Row and column → value."""
    assert isinstance(chart, HeatChart)
    return {
        (row.key, column.key): value
        for row, values in zip(chart.y.labels, chart.rows, strict=True)
        for column, value in zip(chart.x.labels, values, strict=True)
        if value is not None
    }


async def staffing(charts: Charts, asked: Asked) -> dict[str, dict[str, float]]:
    chart = await charts.of(ChartId.STAFFING, asked)
    assert isinstance(chart, SeriesChart)
    keys = [label.key for label in chart.x.labels]
    return {key: {one.id: one.values[at] or 0 for one in chart.series} for at, key in enumerate(keys)}


@pytest.mark.gen_test(timeout=240)
async def test_every_chart_shows_what_plain_python_counts_from_the_raw_journal(tmp_path: Path) -> None:
    clock = HandClock()
    rules = {"recall_gap_s": 0.0, "pass_after_s": 0.0, "tickets_per_minute": 100_000}
    async with opened(tmp_path, clock=clock, rooms=ROOMS, **rules) as server:
        await three_days(server, clock)
        await server.projector.catch_up()
        rows = await server.database.fetch(plain_statistics.ROWS)
        things = things_of(server, rows)
        assert len(plain.of("visit", things)) > 100, "a history that says nothing proves nothing"
        charts: Charts = server.rooms["charts"]
        for is_closed in (False, True):
            if is_closed:
                await server.rooms["statistics"].closer.close_days()
            for only in NARROWED:
                await Checked(charts, Asked(period=PERIOD, only=only), things).all()
            expected = plain.staffing(things, rows, microseconds(server.now()))
            found = await staffing(charts, Asked(period=PERIOD))
            assert {key: one for key, one in found.items() if any(one.values())} == expected
            by_line = await staffing(charts, Asked(period=PERIOD, only=NARROWED[1]))
            assert {name for one in by_line.values() for name in one} == {"arrivals", "needed", "busy"}
        at_ten = await staffing(charts, Asked(period=PERIOD, only={Dim.HOUR: frozenset({"10"})}))
        came = sum(one["hour"] == "10" for one in plain.of("visit", things))
        assert sum(one["arrivals"] for one in at_ten.values()) * 3 == pytest.approx(came)
        assert {slot for slot, one in at_ten.items() if one["arrivals"]} <= {"10:00", "10:30"}
        assert sum(one["busy"] for one in at_ten.values()) > 0
        ratings = await server.rooms["figures"].pictures.of(PERIOD, By.DAY, raw=False)
        chart = await charts.of(ChartId.SATISFACTION, Asked(period=PERIOD))
        assert isinstance(chart, SeriesChart)
        rates = {one.key: next(f.value for f in one.figures if f.id == "good_rate") for one in ratings.groups}
        shown = dict(zip((label.key for label in chart.x.labels), chart.series[0].values, strict=True))
        assert shown == {key: value for key, value in rates.items() if value is not None}
        assert len(shown) == 3
        narrowed = await server.rooms["figures"].pictures.of(
            PERIOD, By.HALL, raw=False, only=Asked(period=PERIOD, only=NARROWED[1]).rated
        )
        by_line = await charts.of(ChartId.SATISFACTION, Asked(period=PERIOD, only=NARROWED[1]))
        assert isinstance(by_line, SeriesChart)
        counts = sum(value or 0 for value in by_line.series[1].values)
        assert 0 < counts < sum(value or 0 for value in chart.series[1].values)
        assert counts == next(one.numerator for one in narrowed.figures if one.id == "ratings")


@pytest.mark.gen_test
async def test_a_year_with_no_data_and_a_question_too_fine_are_said_so(tmp_path: Path) -> None:
    async with opened(tmp_path, rooms=ROOMS) as server:
        charts: Charts = server.rooms["charts"]
        year = Period(first=date(2024, 1, 1), last=date(2024, 12, 31))
        found = await charts.all(Asked(period=year))
        assert list(found) == list(ChartId)
        assert all(one.is_empty for one in found.values())
        fine = {name for name, one in found.items() if one.refused}
        assert fine == {ChartId.WINDOWS_BY_HOUR}
        assert found[ChartId.WINDOWS_BY_HOUR].refused == "statistics.too_fine"
        assert found[ChartId.WINDOWS_BY_HOUR].fields == {"most": 31}

"""Charts over HTTP: what a manager gets, what is refused at its field, and plotly.js from the hall itself."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from dashboards.charts import library
from dashboards.charts.model import ChartId
from hall_queue import messages as m
from hall_server.identity import Role
from tests.fakes.hall import HandClock, running
from tests.fakes.visits import ROOMS, Visits

DAY = "from=2026-11-23&to=2026-11-23"


@asynccontextmanager
async def served(data: Path) -> AsyncIterator[Visits]:
    """A hall in which two people waited 4 and 25 minutes and were served three."""
    clock = HandClock()
    async with running(data, clock=clock, rooms=ROOMS) as (server, port):
        hall = Visits(server, clock, port)
        await hall.open()
        for minutes in (4, 25):
            await hall.issue()
            hall.clock.forward(minutes=minutes)
            await hall.do(m.CallNext(window="w01"))
            await hall.do(m.StartService(window="w01"))
            hall.clock.forward(minutes=3)
            await hall.do(m.FinishService(window="w01"))
        await hall.sign_in(Role.MANAGER)
        yield hall


async def charts(hall: Visits, query: str) -> list[dict[str, Any]]:
    answer = await hall.ask("GET", f"/api/v1/statistics/charts?{query}")
    assert answer.code == 200, answer.body
    found: list[dict[str, Any]] = answer.body["charts"]
    return found


@pytest.mark.gen_test
async def test_a_manager_gets_every_chart_with_its_words_its_table_and_its_figure(tmp_path: Path) -> None:
    async with served(tmp_path) as hall:
        for language in ("zh-CN", "en"):
            found = await charts(hall, f"{DAY}&lang={language}")
            assert [one["chart"]["id"] for one in found] == list(ChartId)
            for one in found:
                assert all("charts." not in one[word] and "{" not in one[word] for word in ("title", "plain", "said"))
                assert (one["figure"] is None) == one["chart"]["is_empty"]
                assert all(len(row) == len(one["table"]["columns"]) for row in one["table"]["shown"])


@pytest.mark.gen_test
async def test_the_table_says_what_the_figures_say(tmp_path: Path) -> None:
    async with served(tmp_path) as hall:
        (control,) = await charts(hall, f"{DAY}&chart=control&lang=en")
        figures = (await hall.ask("GET", f"/api/v1/statistics?{DAY}")).body["found"]["figures"]
        mean = next(one["value"] for one in figures if one["id"] == "wait_mean")
        assert control["table"]["rows"] == [["11-23", mean, ""]]
        assert control["table"]["shown"][0][1] == "14:30"
        assert control["said"].startswith("Too few days for control limits")
        (boxes,) = await charts(hall, f"{DAY}&chart=waits_by_hour&lang=en")
        assert boxes["table"]["shown"] == [["9:00", "2", "4:00", "4:00", "4:00", "25:00", "25:00"]]
        assert boxes["figure"]["data"][0]["median"] == [4.0]


@pytest.mark.gen_test
async def test_each_theme_has_its_colours_and_other_charts_are_left_out(tmp_path: Path) -> None:
    async with served(tmp_path) as hall:
        light = await charts(hall, f"{DAY}&chart=flow,tickets_by_hour")
        dark = await charts(hall, f"{DAY}&chart=flow,tickets_by_hour&theme=dark")
        assert [one["chart"]["id"] for one in light] == ["flow", "tickets_by_hour"]
        texts = {one["figure"]["layout"]["font"]["color"] for one in (light[0], dark[0])}
        assert len(texts) == 2


REFUSED = [
    ("from=2026-11-24&to=2026-11-23", "figures.backwards", "to"),
    ("from=never", "rating.day_unknown", "from"),
    ("from=2020-01-01&to=2026-11-23", "figures.too_long", "from"),
    ("chart=pie", "charts.unknown", "chart"),
    ("theme=pink", "charts.theme_unknown", "theme"),
    ("by=line", "statistics.filter_unknown", "by"),
    ("slot=09:30", "statistics.filter_unknown", "slot"),
    ("window=w99", "statistics.value_unknown", "window"),
    ("channel=pigeon", "statistics.value_unknown", "channel"),
    ("priority=rich", "statistics.value_unknown", "priority"),
]


@pytest.mark.gen_test
async def test_what_cannot_be_asked_is_refused_at_its_field(tmp_path: Path) -> None:
    async with served(tmp_path) as hall:
        for query, code, field in REFUSED:
            answer = await hall.ask("GET", f"/api/v1/statistics/charts?{query}")
            assert (answer.code, answer.error, answer.body["error"]["fields"]["field"]) == (400, code, field), query
        answer = await hall.ask("GET", "/api/v1/statistics?by=slot")
        assert (answer.code, answer.error) == (400, "figures.by_unknown"), "half hours are for staffing only"


@pytest.mark.gen_test
async def test_only_managers_may_ask(tmp_path: Path) -> None:
    async with served(tmp_path) as hall:
        manager, hall.session = hall.session, {}
        assert (await hall.ask("GET", "/api/v1/statistics/charts")).code == 401
        assert (await hall.ask("GET", "/api/v1/statistics/duty")).code == 401
        assert (await hall.ask("GET", "/manager/statistics")).code == 302
        await hall.sign_in(Role.STAFF)
        assert (await hall.ask("GET", "/api/v1/statistics/charts")).code == 403
        hall.session = manager
        assert (await hall.ask("GET", "/manager/statistics")).code == 200


@pytest.mark.gen_test
async def test_attendance_stands_beside_the_figures_where_the_period_is_short_enough(tmp_path: Path) -> None:
    async with served(tmp_path) as hall:
        found = (await hall.ask("GET", f"/api/v1/statistics/duty?{DAY}")).body
        assert (found["people"], found["is_too_long"], set(found["minutes"])) == (
            0,
            False,
            {"late", "early", "overtime"},
        )
        assert (found["is_empty"], found["figures"], found["compared"]) == (True, [], None)
        long = (await hall.ask("GET", "/api/v1/statistics/duty?from=2025-01-01&to=2026-11-23")).body
        assert (long["people"], long["is_too_long"], long["most"]) == (0, True, 366)
        unused = (await hall.ask("GET", f"/api/v1/statistics/duty?{DAY}&window=w01&by=line")).body
        assert (unused["unused"], unused["is_apart"]) == (["window"], False)
        refused = await hall.ask("GET", "/api/v1/statistics/duty?colour=red")
        assert (refused.code, refused.error) == (400, "statistics.filter_unknown")
        for language in ("zh-CN", "en"):
            table = (await hall.ask("GET", f"/api/v1/statistics/duty/formulas?lang={language}")).body["formulas"]
            parts = [one[part] for one in table for part in ("name", "plain", "formula", "events")]
            assert all(part and "attendance.figure" not in part for part in parts)


async def library_of(hall: Visits, version: str, **headers: str) -> HTTPResponse:
    url = f"http://127.0.0.1:{hall.port}/library/plotly-{version}.js"
    client = AsyncHTTPClient(force_instance=True)
    request = HTTPRequest(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    request.decompress_response = False
    return await client.fetch(request, raise_error=False)


@pytest.mark.gen_test
async def test_plotly_js_comes_from_the_hall_packed_and_is_kept_for_good(tmp_path: Path) -> None:
    async with served(tmp_path) as hall:
        packed = await library_of(hall, library.version(), Accept_Encoding="gzip")
        assert gzip.decompress(packed.body) == library.script()
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert packed.headers["Content-Type"].startswith("text/javascript")
        assert "unsafe" not in packed.headers["Content-Security-Policy"]
        whole = await library_of(hall, library.version())
        assert whole.body == library.script()
        assert (await library_of(hall, "0.0.1")).code == 404

"""Reports that are made by themselves: over nights, weekends, a holiday, and nights without the server."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboards.reports.model import ReportState
from hall_server.identity import Role
from tests.fakes.hall import HandClock
from tests.fakes.reporting import Reporting, reporting

FRIDAY = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
PLANS: list[dict[str, Any]] = [
    {"kind": "daily", "format": "csv", "language": "zh-CN"},
    {"kind": "weekly", "format": "csv", "language": "en"},
    {"kind": "monthly", "format": "csv", "language": "zh-CN"},
]


async def planned(hall: Reporting, plans: list[dict[str, Any]] = PLANS) -> None:
    answer = await hall.ask("PUT", "/api/v1/report-plans", {"plans": plans})
    assert answer.code == 200, answer.body


async def night(hall: Reporting, *, days: int = 1) -> None:
    """Let days pass, and everything that is due be made."""
    hall.clock.forward(days=days)
    await hall.server.roll_day()
    await hall.reports.schedule.look()
    for report in hall.reports.shelf.open():
        await hall.over(report.id)
    await hall.sign_in(Role.MANAGER)  # sessions end in the night


def made(hall: Reporting) -> list[tuple[str, str, str]]:
    found = sorted(hall.reports.shelf.reports.values(), key=lambda one: (one.first, one.kind))
    return [(one.kind.value, str(one.first), one.state.value) for one in found]


@pytest.mark.gen_test(timeout=200)
async def test_days_weeks_and_months_are_made_once_when_they_are_over_and_not_where_nothing_happened(
    tmp_path: Path,
) -> None:
    clock = HandClock(FRIDAY)
    async with reporting(tmp_path, clock=clock) as hall:
        await planned(hall)
        await hall.open()
        await hall.serve()
        await night(hall)
        assert made(hall) == [("daily", "2026-11-27", "done")]
        await night(hall)
        assert len(made(hall)) == 1, "nobody came on Saturday"
        await night(hall)
        assert made(hall) == [("weekly", "2026-11-23", "done"), ("daily", "2026-11-27", "done")], "Monday"
        await hall.open()
        await hall.serve()
        await night(hall)
        assert made(hall)[0] == ("monthly", "2026-11-01", "done"), "the first of December"
        before = made(hall)
        assert ("daily", "2026-11-30", "done") in before
        await hall.reports.schedule.look()
        assert made(hall) == before, "looking again makes nothing again"


@pytest.mark.gen_test(timeout=200)
async def test_a_holiday_and_a_server_that_was_off_are_made_up_for(tmp_path: Path) -> None:
    clock = HandClock(datetime(2026, 9, 30, 1, 0, tzinfo=UTC))
    async with reporting(tmp_path, clock=clock) as hall:
        await planned(hall)
        await hall.open()
        await hall.serve()
    clock.forward(days=5)  # the national holiday: the server was off, the first business day is the fifth
    async with reporting(tmp_path, clock=clock) as hall:
        await hall.reports.schedule.look()
        for report in hall.reports.shelf.open():
            await hall.over(report.id)
        assert made(hall) == [
            ("monthly", "2026-09-01", "done"),
            ("weekly", "2026-09-28", "done"),
            ("daily", "2026-09-30", "done"),
        ]


@pytest.mark.gen_test(timeout=200)
async def test_an_interrupted_one_is_begun_again_and_a_removed_one_is_not(tmp_path: Path) -> None:
    clock = HandClock(FRIDAY)
    async with reporting(tmp_path, clock=clock) as hall:
        await planned(hall, PLANS[:1])
        await hall.open()
        await hall.serve()
        clock.forward(days=1)
        await hall.server.roll_day()
        await hall.reports.schedule.look()  # the server ends before it is made, or just after
    async with reporting(tmp_path, clock=clock) as hall:
        await hall.reports.schedule.look()
        for report in hall.reports.shelf.open():
            await hall.over(report.id)
        done = [one for one in hall.reports.shelf.reports.values() if one.state is ReportState.DONE]
        assert [one.first for one in done] == [date(2026, 11, 27)]
        assert (await hall.ask("DELETE", f"/api/v1/reports/{done[0].id}")).code == 204
        await hall.reports.schedule.look()
        assert not hall.reports.shelf.open()


@pytest.mark.gen_test(timeout=200)
async def test_plans_keep_their_beginning_and_wrong_ones_are_refused(tmp_path: Path) -> None:
    clock = HandClock(FRIDAY)
    async with reporting(tmp_path, clock=clock) as hall:
        await planned(hall, PLANS[:1])
        first = (await hall.ask("GET", "/api/v1/report-plans")).body["plans"][0]
        await night(hall, days=2)
        known = {name: value for name, value in first.items() if name != "since"}
        await planned(hall, [known, PLANS[1]])
        plans = (await hall.ask("GET", "/api/v1/report-plans")).body["plans"]
        assert [(one["id"] == first["id"], one["since"]) for one in plans] == [
            (True, "2026-11-27"),
            (False, "2026-11-29"),
        ]
        wrong = [{"kind": "period"}, {"kind": "daily", "window": "none"}, {"kind": "daily", "department": "none"}]
        codes = [(await hall.ask("PUT", "/api/v1/report-plans", {"plans": [one]})).error for one in wrong]
        assert codes == ["report.plan_kind", "report.no_window", "report.no_department"]
        assert len((await hall.ask("GET", "/api/v1/report-plans")).body["plans"]) == 2

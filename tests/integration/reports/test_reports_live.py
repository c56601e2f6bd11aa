"""Reports over HTTP: what is refused, who may see which, giving up, removing, the end of the child, restarts."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from dashboards.reports import messages as m
from dashboards.reports.model import Format, ReportKind, ReportState, Scope
from hall_server.child import Child
from hall_server.identity import Role
from hall_server.web.accounts import Account
from tests.fakes.hall import manager
from tests.fakes.reporting import FIRST, LAST, Reporting, reporting, weekdays
from tests.fakes.visits import PASSWORD

WITHIN_S = 60.0
DAY = date(2026, 11, 20)
DAILY = {"kind": "daily", "first": "2026-11-20"}

REFUSED: list[tuple[dict[str, object], int, str, str]] = [
    ({"kind": "period", "first": "2026-11-20", "last": "2026-11-19"}, 400, "figures.backwards", "last"),
    ({"kind": "period", "first": "2026-11-20"}, 400, "report.last_missing", "last"),
    ({"kind": "period", "first": "2024-01-01", "last": "2026-11-19"}, 400, "report.too_long", "first"),
    ({"kind": "weekly", "first": "2026-11-16", "last": "2026-11-20"}, 400, "report.not_that_span", "last"),
    ({"kind": "daily", "first": "2026-11-20", "window": "none"}, 404, "report.no_window", "window"),
    ({"kind": "daily", "first": "2026-11-20", "department": "none"}, 404, "report.no_department", "department"),
    ({"kind": "daily", "first": "2026-11-20", "language": "fr"}, 400, "report.no_language", "language"),
    ({"kind": "period", "first": "2019-01-01", "last": "2019-12-31"}, 409, "report.nothing", "first"),
    ({"kind": "daily", "first": "1066-10-14"}, 400, "rating.day_unknown", "first"),
]


@pytest.mark.gen_test(timeout=120)
async def test_what_cannot_be_reported_is_refused_at_its_field_and_leaves_nothing(tmp_path: Path) -> None:
    async with reporting(tmp_path, days=[DAY]) as hall:
        for asked, code, error, field in REFUSED:
            answer = await hall.ask("POST", "/api/v1/reports", asked)
            assert (answer.code, answer.error) == (code, error), asked
            assert field in answer.body["error"]["fields"].values() or field in answer.body["error"]["fields"]
        nothing = (await hall.ask("POST", "/api/v1/reports?lang=en", REFUSED[7][0])).body["error"]
        assert nothing["message"] == "Nothing happened from 2019-01-01 to 2019-12-31: there is nothing to report"
        found = await hall.ask("POST", "/api/v1/reports", {**DAILY, "window": "w01", "department": "x"})
        assert found.error == "report.one_scope"
        assert (await hall.ask("GET", "/api/v1/reports")).body["reports"] == []
        assert (await hall.ask("GET", "/api/v1/reports/none/file")).error == "report.unknown"


@pytest.mark.gen_test(timeout=120)
async def test_a_report_is_listed_fetched_and_removed_and_asking_again_is_the_same_report(tmp_path: Path) -> None:
    async with reporting(tmp_path, days=[DAY]) as hall:
        first = await hall.ask("POST", "/api/v1/reports", {**DAILY, "format": "csv"}, Idempotency_Key="abcdefgh1")
        again = await hall.ask("POST", "/api/v1/reports", {**DAILY, "format": "csv"}, Idempotency_Key="abcdefgh1")
        assert first.body["id"] == again.body["id"]
        report = await hall.over(first.body["id"])
        assert report.state is ReportState.DONE
        listed = (await hall.ask("GET", "/api/v1/reports")).body["reports"]
        assert [(one["id"], one["state"], one["progress"]) for one in listed] == [(report.id, "done", 1.0)]
        path = hall.reports.files.path(report)
        assert oct(path.stat().st_mode & 0o777) == "0o600"
        path.write_bytes(b"another")
        assert (await hall.ask("GET", f"/api/v1/reports/{report.id}/file")).error == "report.not_readable"
        assert (await hall.ask("DELETE", f"/api/v1/reports/{report.id}")).code == 204
        assert (await hall.ask("GET", "/api/v1/reports")).body["reports"] == []
        await hall.until(lambda: not path.exists(), report.id)


@pytest.mark.gen_test(timeout=120)
async def test_the_head_of_a_department_has_its_reports_and_no_others(tmp_path: Path) -> None:
    async with reporting(tmp_path, days=weekdays(FIRST, LAST)) as hall:
        query = "from=2026-11-16&to=2026-11-20&by=department"
        groups = (await hall.ask("GET", f"/api/v1/statistics?{query}")).body["found"]["groups"]
        mine, other = [one["key"] for one in groups][:2]
        whole = await hall.made(**DAILY, format="csv")
        theirs = await hall.made(kind="weekly", first="2026-11-16", department=other, format="csv")
        await hall.do(m.SetHeads(department=mine, staff=("s01",)))
        assert (await hall.ask("PUT", f"/api/v1/report-heads/{mine}", {"staff": ["nobody"]})).error == "report.no_staff"
        await sign_in_as(hall, "s01")
        found = (await hall.ask("GET", "/api/v1/reports")).body
        assert (found["reports"], found["departments"]) == ([], [mine])
        for scope in ({}, {"department": other}, {"window": "w01"}):
            refused = await hall.ask("POST", "/api/v1/reports", {**DAILY, **scope})
            assert (refused.code, refused.error) == (403, "report.department_not_yours")
            assert refused.body["error"]["fields"]["yours"] == mine
        for one in (whole, theirs):
            assert (await hall.ask("GET", f"/api/v1/reports/{one['id']}/file")).code == 403
            assert (await hall.ask("DELETE", f"/api/v1/reports/{one['id']}")).code == 403
        assert (await hall.ask("GET", "/api/v1/report-plans")).code == 403
        assert (await hall.ask("GET", "/api/v1/statistics.csv")).code == 403
        own = await hall.made(kind="weekly", first="2026-11-16", department=mine, format="csv")
        assert b"," in await hall.file(own["id"])
        await hall.do(m.SetHeads(department=mine, staff=()))
        assert (await hall.ask("GET", f"/api/v1/reports/{own['id']}/file")).error == "report.not_for_you"


async def sign_in_as(hall: Reporting, staff: str) -> None:
    """Sign somebody in who serves at a window and is no manager."""
    known = hall.server.directory.staff.get(staff)
    account = Account(id=staff, name=staff, display_name=staff, number=staff, password="", roles=("staff",))
    assert known is None or known.roles == ("staff",)
    await hall.server.rooms["web"].accounts.save(account, password=PASSWORD)
    body = msgspec.json.encode({"name": staff, "password": PASSWORD})
    request = HTTPRequest(f"http://127.0.0.1:{hall.port}/api/v1/session", method="POST", body=body)
    answer = await AsyncHTTPClient(force_instance=True).fetch(request)
    cookies = [value.split(";")[0] for value in answer.headers.get_list("Set-Cookie")]
    hall.session = {"Cookie": "; ".join(cookies), "X-XSRFToken": msgspec.json.decode(answer.body)["xsrf"]}


@pytest.mark.gen_test(timeout=120)
async def test_nobody_else_has_reports(tmp_path: Path) -> None:
    async with reporting(tmp_path, days=[DAY]) as hall:
        await hall.sign_in(Role.STAFF)
        assert (await hall.ask("GET", "/api/v1/reports")).error == "report.not_for_you"
        assert (await hall.ask("POST", "/api/v1/reports", DAILY)).error == "report.not_for_you"
        hall.session = {}
        assert (await hall.ask("GET", "/api/v1/reports")).code == 401


async def begun(hall: Reporting, **asked: Any) -> tuple[str, Child]:
    """A long report whose child is at work."""
    command = m.AskReport(
        kind=ReportKind.MONTHLY,
        first=date(2026, 11, 1),
        last=date(2026, 11, 30),
        scope=Scope(),
        format=Format.PDF,
        language="zh-CN",
    )
    reply = await hall.do(command, actor=manager())
    await hall.until(lambda: hall.reports.jobs.child is not None, reply["id"])
    return reply["id"], hall.reports.jobs.child


def ends(process: int) -> bool:
    """Whether a process ends."""
    ended, _, _ = select.select([process], [], [], WITHIN_S)
    os.close(process)
    return bool(ended)


@pytest.mark.gen_test(timeout=200)
async def test_giving_a_report_up_ends_its_process_and_the_next_one_is_made(tmp_path: Path) -> None:
    async with reporting(tmp_path, days=weekdays(FIRST, LAST)) as hall:
        id_, child = await begun(hall)
        process = os.pidfd_open(child.pid)
        waiting = (await hall.ask("POST", "/api/v1/reports", {**DAILY, "format": "csv"})).body
        assert waiting["state"] == "waiting"
        assert (await hall.ask("GET", f"/api/v1/reports/{id_}")).body["state"] == "running"
        assert (await hall.ask("GET", f"/api/v1/reports/{id_}/file")).error == "report.not_made"
        assert (await hall.ask("DELETE", f"/api/v1/reports/{id_}")).code == 204
        assert await asyncio.to_thread(ends, process)
        assert (await hall.ask("GET", f"/api/v1/reports/{id_}")).body["state"] == "cancelled"
        assert (await hall.over(waiting["id"])).state is ReportState.DONE
        assert sorted(one.name for one in hall.reports.files.folder.glob("*/*")) == [f"{waiting['id']}.csv"]


@pytest.mark.gen_test(timeout=200)
async def test_one_that_waits_is_given_up_before_it_begins(tmp_path: Path) -> None:
    async with reporting(tmp_path, days=weekdays(FIRST, LAST)) as hall:
        first, _ = await begun(hall)
        second = (await hall.ask("POST", "/api/v1/reports", DAILY)).body["id"]
        assert (await hall.ask("DELETE", f"/api/v1/reports/{second}")).code == 204
        assert hall.reports.shelf.reports[second].state is ReportState.CANCELLED
        assert (await hall.over(first)).state is ReportState.DONE
        assert (await hall.ask("GET", f"/api/v1/reports/{second}")).body["state"] == "cancelled"


@pytest.mark.gen_test(timeout=200)
async def test_a_child_that_is_killed_leaves_a_failed_report_that_can_be_asked_again(tmp_path: Path) -> None:
    async with reporting(tmp_path, days=weekdays(FIRST, LAST)) as hall:
        id_, child = await begun(hall)
        os.kill(child.pid, signal.SIGKILL)
        assert (await hall.over(id_)).state is ReportState.FAILED
        assert list(hall.reports.files.folder.glob("*/*")) == []
        assert (await hall.made(**DAILY, format="csv"))["state"] == "done"


@pytest.mark.gen_test(timeout=200)
async def test_a_report_that_takes_too_long_or_cannot_be_written_has_failed(tmp_path: Path) -> None:
    async with reporting(tmp_path, days=[DAY]) as hall:
        hall.reports.jobs._deadline_s = 0.01
        assert (await hall.made(**DAILY))["state"] == "failed"
        hall.reports.jobs._deadline_s, hall.reports.jobs._module = 60.0, "dashboards.reports.model"
        assert (await hall.made(**DAILY))["state"] == "failed"


@pytest.mark.gen_test(timeout=200)
async def test_after_a_restart_what_was_made_is_there_and_the_rest_is_said_to_be_interrupted(
    tmp_path: Path,
) -> None:
    async with reporting(tmp_path, days=weekdays(FIRST, LAST)) as hall:
        made = await hall.made(**DAILY, format="csv")
        content = await hall.file(made["id"])
        id_, _ = await begun(hall)
        clock = hall.clock
    stray = tmp_path / "reports" / "2026-11" / f"{id_}.pdf.new"
    stray.write_bytes(b"half")
    async with reporting(tmp_path, clock=clock) as hall:
        states = {one["id"]: one["state"] for one in (await hall.ask("GET", "/api/v1/reports")).body["reports"]}
        assert states == {made["id"]: "done", id_: "interrupted"}
        assert await hall.file(made["id"]) == content
        assert not stray.exists()
        again = await hall.made(kind="monthly", first="2026-11-01", format="csv")
        assert again["state"] == "done"


@pytest.mark.gen_test(timeout=200)
async def test_reports_go_when_their_time_is_up(tmp_path: Path) -> None:
    async with reporting(tmp_path, days=[DAY], report_days=3) as hall:
        made = await hall.made(**DAILY, format="csv")
        path = hall.reports.files.path(hall.reports.shelf.reports[made["id"]])
        hall.clock.forward(days=3)
        await hall.server.roll_day()
        await hall.reports.schedule.look()
        assert path.exists()
        hall.clock.forward(days=1)
        await hall.server.roll_day()
        await hall.reports.schedule.look()
        assert not path.exists()
        assert made["id"] not in hall.reports.shelf.reports

"""The manager's board of today and a person's own month, from the terminal and the window to the picture."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from attendance import messages as a
from hall_queue import messages as m
from hall_server.identity import Role
from tests.fakes.attendance_hall import AttendanceHall, attendance_hall
from tests.fakes.hall import HandClock, staff

BOARD = "/api/v1/attendance/board"
MINE = "/api/v1/attendance/mine"


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{clock}:00+08:00")


async def person(hall: AttendanceHall, who: str = "s01") -> dict[str, Any]:
    await hall.sign_in(Role.MANAGER)  # a session ends after a while
    items = (await hall.ask("GET", BOARD)).body["items"]
    return next(one for one in items if one["staff"] == who)


@pytest.mark.gen_test
async def test_the_board_says_who_is_missing_here_at_a_window_paused_and_gone(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("08:30"))) as hall:
        await hall.works()
        await hall.sign_in(Role.MANAGER)
        assert (await person(hall))["where"] == "ahead"
        hall.clock.forward(minutes=40)
        assert (await person(hall))["where"] == "missing"
        await hall.push("1001\t2026-11-23 09:10:00\t0\t1\n")
        assert ((await person(hall))["where"], (await person(hall))["late_min"]) == ("here", 10)
        await hall.open()
        found = await person(hall)
        assert (found["where"], found["windows"]) == ("window", [1])
        await hall.do(m.PauseWindow(window="w01"), actor=staff("s01", "w01"))
        assert (await person(hall))["where"] == "paused"
        await hall.do(m.CloseWindow(window="w01"), actor=staff("s01", "w01"))
        hall.clock.forward(hours=8)
        await hall.push("1001\t2026-11-23 17:10:00\t1\t1\n")
        assert (await person(hall))["where"] == "gone"


@pytest.mark.gen_test
async def test_a_late_opening_shows_its_minutes_and_what_they_cost(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("08:55"))) as hall:
        await hall.works()
        await hall.issue()
        await hall.issue()
        hall.clock.forward(minutes=25)
        await hall.open()
        await hall.sign_in(Role.MANAGER)
        found = await person(hall)
        assert (found["late_open_min"], found["late_cost_min"]) == (20, 40.0)


@pytest.mark.gen_test
async def test_an_open_window_that_calls_nobody_while_people_wait_is_noted_until_it_calls(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("09:00"))) as hall:
        await hall.works()
        await hall.open()
        hall.clock.forward(minutes=20)
        await hall.attendance.away.look()
        assert await hall.events("attendance.away_noted") == []  # nobody waits
        await hall.issue()
        hall.clock.forward(minutes=6)
        await hall.attendance.away.look()
        await hall.attendance.away.look()
        await hall.sign_in(Role.MANAGER)
        assert (await person(hall))["where"] == "away"
        await hall.do(m.CallNext(window="w01"), actor=staff("s01", "w01"))
        hall.clock.forward(minutes=1)
        await hall.attendance.away.look()
        found = await person(hall)
        assert (found["where"], found["away_n"], found["away_min"]) == ("window", 1, 7)
        assert [one["staff"] for one in await hall.events("attendance.away_noted")] == ["s01", "s01"]


@pytest.mark.gen_test
async def test_a_pause_is_no_absence_from_the_window(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("09:00"))) as hall:
        await hall.open()
        await hall.issue()
        await hall.do(m.PauseWindow(window="w01", anyway=True), actor=staff("s01", "w01"))
        hall.clock.forward(minutes=30)
        await hall.attendance.away.look()
        assert await hall.events("attendance.away_noted") == []


@pytest.mark.gen_test
async def test_one_sees_ones_own_month_and_nobody_elses(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("20:00"))) as hall:
        await hall.works()
        await hall.push("1001\t2026-11-23 09:25:00\t0\t1\n1001\t2026-11-23 17:02:00\t1\t1\n")
        await hall.sign_in(Role.STAFF)  # an account of nobody on the list
        assert (await hall.ask("GET", MINE)).error == "attendance.no_such_person"
        assert (await hall.ask("GET", "/api/v1/attendance/people/s01")).error == "role.missing"
        assert (await hall.ask("GET", BOARD)).error == "role.missing"
        await hall.sign_in(Role.MANAGER)
        month = (await hall.ask("GET", "/api/v1/attendance/people/s01?month=2026-11")).body
        row = month["days"][22]
        assert (row["day"], row["states"], row["late_min"]) == ("2026-11-23", ["late"], 25)
        assert (month["pin"], month["totals"]["late_min"], len(month["days"])) == ("1001", 25, 30)
        assert (await hall.ask("GET", "/api/v1/attendance/people/s01?month=x")).error == "attendance.day_unknown"


@pytest.mark.gen_test
async def test_requests_shifts_and_numbers_go_over_http(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        shift = {"id": "day", "name": "白班", "begin": "09:00", "end": "17:00"}
        assert (await hall.ask("PUT", "/api/v1/attendance/shifts", shift)).code == 200
        rota = {"from_day": "2026-11-01", "week": [["day"]] * 5 + [[], []]}
        assert (await hall.ask("PUT", "/api/v1/attendance/rotas/s01", rota)).code == 200
        assert (await hall.ask("PUT", "/api/v1/attendance/pins/s02", {"pin": "1001"})).error == "attendance.pin_taken"
        late = await hall.ask("PUT", "/api/v1/attendance/shifts", {**shift, "begin": "25:00"})
        assert (late.code, late.error) == (400, "body.invalid")
        made = await hall.do(
            a.AskCorrection(staff="s01", at=hall.clock.now() - timedelta(hours=1), reason="x"), actor=staff("s01")
        )
        assert [one["may_decide"] for one in (await hall.ask("GET", BOARD)).body["requests"]] == [True]
        said = await hall.ask("POST", f"/api/v1/attendance/requests/{made['id']}/decide", {"approved": True})
        assert said.body["state"] == "approved"
        assert (await hall.ask("GET", BOARD)).body["requests"] == []

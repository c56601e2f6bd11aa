"""Today's attendance, from what staff do at their windows to what the manager reads."""

from datetime import date
from pathlib import Path

import pytest

from attendance.store import spans_of
from hall_queue import messages as m
from hall_server.identity import Role
from tests.fakes.hall import MORNING, staff
from tests.fakes.visits import listening, visits

TODAY = "/api/v1/attendance/today"
THE_DAY = date(2026, 11, 23)


@pytest.mark.gen_test
async def test_a_manager_reads_who_sat_where(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        await hall.serve(minutes=5)
        await hall.do(m.PauseWindow(window="w01"), actor=staff("s01", "w01"))
        hall.clock.forward(minutes=10)
        await hall.do(m.ResumeWindow(window="w01"), actor=staff("s01", "w01"))
        await hall.sign_in(Role.MANAGER)
        [row] = (await hall.ask("GET", TODAY)).body["items"]
        assert (row["staff"], row["number"], row["windows"]) == ("s01", "1001", ["w01"])
        assert (row["open_s"], row["paused_s"], row["served"], row["last_close"]) == (900, 600, 1, None)
        await hall.do(m.CloseWindow(window="w01"), actor=staff("s01", "w01"))
        hall.clock.forward(minutes=10)
        [row] = (await hall.ask("GET", TODAY)).body["items"]
        assert (row["open_s"], row["left_open"]) == (900, False)


@pytest.mark.gen_test
async def test_attendance_is_for_managers(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        assert (await hall.ask("GET", TODAY)).code == 401
        await hall.sign_in(Role.STAFF)
        assert (await hall.ask("GET", TODAY)).error == "role.missing"


@pytest.mark.gen_test
async def test_a_window_that_was_open_when_the_server_died_is_still_open_afterwards(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.serve()
        clock = hall.clock
    async with visits(tmp_path, clock) as hall:
        clock.forward(minutes=30)
        await hall.serve()
        await hall.server.projector.catch_up()
        [span] = await spans_of(hall.server.views, THE_DAY, is_over=False)
        assert (span.opened_at, span.served, span.closed_at) == (MORNING, 2, None)


@pytest.mark.gen_test
async def test_a_night_without_the_server_adds_no_hours(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.serve(minutes=5)
        clock = hall.clock
    clock.forward(hours=20)
    async with visits(tmp_path, clock) as hall:
        await hall.server.projector.catch_up()
        [span] = await spans_of(hall.server.views, THE_DAY, is_over=True)
        assert (span.is_left_open, span.open_s(clock.now()), span.served) == (True, 300, 1)
        assert await spans_of(hall.server.views, hall.server.business_day, is_over=False) == []


@pytest.mark.gen_test
async def test_a_service_that_the_day_cut_off_is_not_counted_as_served(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.call()
        await hall.do(m.StartService(window="w01"))
        hall.clock.forward(days=1)
        await hall.server.roll_day()
        await hall.server.projector.catch_up()
        [span] = await spans_of(hall.server.views, THE_DAY, is_over=True)
        assert (span.served, span.is_left_open) == (0, True)

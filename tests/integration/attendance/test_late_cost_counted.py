"""What a late opening cost and when a window is unattended, counted a second way: minute by minute beside the hall."""

import random
from datetime import datetime
from pathlib import Path

import pytest

from hall_queue import messages as m
from hall_server.identity import Role
from tests.fakes.attendance_hall import AttendanceHall, attendance_hall
from tests.fakes.hall import HandClock, staff

BOARD = "/api/v1/attendance/board"
OPENS = {"w01": 20, "w02": 8}
"""Minutes after nine at which each window opens; its shift begins at nine."""
SEEN_MIN = 40


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{clock}:00+08:00")


async def late_morning(hall: AttendanceHall, seed: int) -> dict[str, float]:
    """Play a morning minute by minute; gives window → its cost as counted here, with nothing of the hall's rules."""
    dice, cost, is_open = random.Random(seed), dict.fromkeys(OPENS, 0.0), set[str]()
    for minute in range(-10, SEEN_MIN):
        for window in [one for one, opens in OPENS.items() if opens == minute]:
            await hall.open(window, f"s{window[1:]}")
            is_open.add(window)
        if dice.random() < 0.5:
            await hall.issue()
        waiting = hall.room.queue.waiting.count("business")
        if waiting and "w02" in is_open and dice.random() < 0.4:
            desk = hall.desk("w02")
            if desk.ticket is not None:
                await hall.do(m.StartService(window="w02"), actor=staff("s02", "w02"))
                await hall.do(m.FinishService(window="w02"), actor=staff("s02", "w02"))
            await hall.do(m.CallNext(window="w02"), actor=staff("s02", "w02"))
            waiting -= 1
        late = {one for one, opens in OPENS.items() if 0 <= minute < opens}
        for window in late:
            cost[window] += waiting / (len(is_open) + len(late))
        hall.clock.forward(minutes=1)
    return cost


@pytest.mark.gen_test
@pytest.mark.parametrize("seed", range(4))
async def test_the_boards_cost_is_what_counting_minute_by_minute_gives(tmp_path: Path, seed: int) -> None:
    async with attendance_hall(tmp_path, HandClock(at("08:50"))) as hall:
        await hall.works("s01")
        await hall.works("s02")
        counted = await late_morning(hall, seed)
        await hall.sign_in(Role.MANAGER)
        items = {one["staff"]: one for one in (await hall.ask("GET", BOARD)).body["items"]}
        assert counted["w01"] > 0
        for who, window in (("s01", "w01"), ("s02", "w02")):
            assert items[who]["late_cost_min"] == pytest.approx(counted[window], abs=0.051)
            assert items[who]["late_open_min"] == OPENS[window]


@pytest.mark.gen_test
async def test_an_unattended_window_is_an_alarm_on_the_managers_page_and_stands_in_the_persons_day(
    tmp_path: Path,
) -> None:
    async with attendance_hall(tmp_path, HandClock(at("09:00"))) as hall:
        await hall.works()
        await hall.open()
        await hall.issue()
        hall.clock.forward(minutes=4)
        await hall.attendance.away.look()
        assert (await _alarms(hall), await hall.events("attendance.away_noted")) == ([], [])
        hall.clock.forward(minutes=2)
        await hall.attendance.away.look()
        assert await _alarms(hall) == ["window.idle"]
        [noted] = await hall.events("attendance.away_noted")
        assert (noted["window"], noted["staff"]) == ("w01", "s01")


async def _alarms(hall: AttendanceHall) -> list[str]:
    await hall.sign_in(Role.MANAGER)
    view = (await hall.ask("GET", "/api/v1/manager")).body
    return [one["code"] for one in view["alarms"] if one["fields"].get("id") == "w01" or one["code"] == "window.idle"]

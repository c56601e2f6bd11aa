"""Boards are made anew when time, or another zone, has changed the minutes they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from displays.waits_shown import WaitsShown
from hall_queue import messages as m
from tests.fakes.hall import HandClock, opened
from tests.fakes.queue_hall import QueueHall, clerk


@pytest.mark.gen_test
async def test_a_board_is_made_anew_once_its_minutes_have_changed(tmp_path: Path) -> None:
    clock = HandClock()
    async with opened(tmp_path, clock=clock, rooms=("hall_queue", "devices", "displays")) as server:
        hall = QueueHall(server, clock)
        refreshed: list[str] = []
        room = server.rooms["displays"]
        shown = WaitsShown(hall.room.hall, room.screens, refreshed.append)
        await hall.open("w01")
        for _ in range(6):
            await hall.issue()
        shown.look()
        shown.look()
        assert refreshed == [], "nothing has changed"

        await hall.serve("w01")
        clock.forward(minutes=40)
        await hall.do(m.FinishService(window="w01"), clerk("w01"))
        await hall.serve("w01")
        clock.forward(minutes=40)
        shown.look()
        zone = server.directory.lines["business"].zone
        assert zone in refreshed
        refreshed.clear()
        shown.look()
        assert refreshed == []

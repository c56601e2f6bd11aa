"""A demonstration hall has shifts, weeks and departments for its staff, set once by its simulated manager."""

import random
from pathlib import Path

import pytest
from tornado.httpclient import AsyncHTTPClient

from devices.simulated import shifts
from devices.simulated.client import HallClient
from hall_server.identity import Role
from hall_server.ids import RandomIds
from tests.fakes.attendance_hall import attendance_hall
from tests.fakes.visits import PASSWORD


@pytest.mark.gen_test
async def test_the_demonstrations_staff_have_shifts_and_what_is_set_stays(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        http = AsyncHTTPClient(force_instance=True)
        client = HallClient(http, f"http://127.0.0.1:{hall.port}", ids=RandomIds(), dice=random.Random(1))
        await client.sign_in("manager", PASSWORD)
        await shifts.set_once(client)
        posts = await client.get("attendance/posts")
        assert {one["id"] for one in posts["shifts"]} == {"day", "late"}
        assert all(len(one["rotas"][0]["week"]) == 7 for one in posts["people"])
        placed = [one for one in posts["people"] if one["department"]]
        assert len(placed) >= 10
        board = await client.get("attendance/board")
        assert len(board["items"]) == len(posts["people"])
        await client.put("attendance/rotas/s01", {"from_day": posts["today"], "week": [[]] * 7})
        await shifts.set_once(client)
        again = await client.get("attendance/posts")
        assert next(one for one in again["people"] if one["staff"] == "s01")["rotas"][-1]["week"] == [[]] * 7
        http.close()

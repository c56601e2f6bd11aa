"""What-ifs over HTTP: who may, what is refused where, how far it is, what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashboards.whatif.jobs import Jobs
from hall_server.identity import Role
from tests.fakes.hall import HandClock, running
from tests.fakes.visits import Visits

DAY = "2026-11-23"


@pytest.mark.gen_test(timeout=120)
async def test_a_manager_plays_a_day_and_nobody_else_may(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock=clock) as (server, port):
        hall = Visits(server, clock, port)
        await hall.open()
        for _ in range(3):
            await hall.serve()
        assert (await hall.ask("GET", "/api/v1/what-if/days")).code == 401
        assert (await hall.ask("POST", "/api/v1/what-if", {"day": DAY})).code == 401
        await hall.sign_in(Role.MANAGER)
        assert (await hall.ask("GET", "/api/v1/what-if/days")).body == {"days": [DAY]}
        before = server.journal.committed
        day = (await hall.ask("GET", f"/api/v1/what-if/days/{DAY}")).body
        assert (day["visitors"], day["baseline"][""]["in_order"]) == (3, 1.0)
        change = {"type": "visitors", "percent": 100}
        begun = await hall.ask("POST", "/api/v1/what-if", {"day": DAY, "runs": 2, "changes": [change]})
        assert (begun.code, begun.body["state"]) == (202, "running")
        found = await _ended(hall, server.rooms["what_if"], begun.body["id"])
        assert (found["state"], found["done"], found["found"]["runs"]) == ("done", 2, 2)
        assert server.journal.committed == before


@pytest.mark.gen_test(timeout=120)
async def test_bad_input_is_named_at_its_field(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock=clock) as (server, port):
        hall = Visits(server, clock, port)
        await hall.open()
        await hall.serve()
        await hall.sign_in(Role.MANAGER)
        for body, field in (
            ({"day": "soon"}, "day"),
            ({"day": DAY, "runs": 0}, "runs"),
            ({"day": DAY, "changes": [{"type": "close", "window": "w01", "begin": "25:00"}]}, "changes[0].begin"),
            (
                {"day": DAY, "changes": [{"type": "open", "line": "x", "begin": "09:00", "end": "10:00"}]},
                "changes[0].windows",
            ),
        ):
            answer = await hall.ask("POST", "/api/v1/what-if", body)
            assert (answer.code, answer.body["error"]["code"]) == (400, "body.invalid")
            assert field in answer.body["error"]["fields"]
        wrong = {"type": "close", "window": "w01", "begin": "10:00", "end": "09:00"}
        begun = await hall.ask("POST", "/api/v1/what-if", {"day": DAY, "changes": [wrong]})
        found = await _ended(hall, server.rooms["what_if"], begun.body["id"])
        assert (found["state"], found["refused"]["code"]) == ("refused", "what_if.ends_first")
        assert (found["refused"]["change"], found["refused"]["field"]) == (0, "end")
        assert (await hall.ask("GET", "/api/v1/what-if/days/2026-13-01")).code == 400
        assert (await hall.ask("GET", "/api/v1/what-if/days/2026-01-01")).code == 404
        assert (await hall.ask("GET", "/api/v1/what-if/nobody")).code == 404


async def _ended(hall: Visits, jobs: Jobs, id_: str) -> dict[str, Any]:
    task = jobs.job(id_).task
    assert task is not None
    await task
    found: dict[str, Any] = (await hall.ask("GET", f"/api/v1/what-if/{id_}")).body
    return found

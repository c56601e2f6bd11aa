"""The hall's figures over HTTP: what managers get, what is compared, what is refused at its field."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from dashboards.figures.formulas import FORMULAS
from hall_queue import messages as m
from hall_server.identity import Role
from tests.fakes.hall import HandClock, opened, running
from tests.fakes.visits import ROOMS, Visits

DAY = "from=2026-11-23&to=2026-11-23"


@asynccontextmanager
async def hall_with(data: Path, **settings: Any) -> AsyncIterator[Visits]:
    clock = HandClock()
    async with running(data, clock=clock, rooms=ROOMS, **settings) as (server, port):
        hall = Visits(server, clock, port)
        await hall.open()
        yield hall


async def waited(hall: Visits, minutes: float) -> None:
    """A visit that waits so long and is served three minutes."""
    await hall.issue()
    hall.clock.forward(minutes=minutes)
    await hall.do(m.CallNext(window="w01"))
    hall.clock.forward(seconds=30)
    await hall.do(m.StartService(window="w01"))
    hall.clock.forward(minutes=3)
    await hall.do(m.FinishService(window="w01"))


async def asked(hall: Visits, query: str) -> dict[str, Any]:
    answer = await hall.ask("GET", f"/api/v1/statistics?{query}")
    assert answer.code == 200, answer.body
    found: dict[str, Any] = answer.body
    return found


def values(found: dict[str, Any]) -> dict[str, tuple[float, float | None, float | None]]:
    return {one["id"]: (one["numerator"], one["denominator"], one["value"]) for one in found["figures"]}


@pytest.mark.gen_test
async def test_a_manager_gets_every_figure_with_its_parts_and_the_link_to_its_formula(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await waited(hall, 4)
        await waited(hall, 25)
        await hall.sign_in(Role.MANAGER)
        answer = await asked(hall, DAY)
        found = values(answer["found"])
        assert list(found) == [one.id for one in FORMULAS]
        assert found["wait_mean"] == (29 * 60, 2, 14.5 * 60)
        assert found["wait_median"] == (1, 2, 240)
        assert found["wait_p90"] == (2, 2, 25 * 60)
        assert found["wait_on_time"] == (1, 2, 0.5)
        assert found["walk_mean"] == (60, 2, 30)
        assert found["service_mean"] == (360, 2, 180)
        assert found["held_mean"] == (0, 0, None)
        assert answer["goal_min"] == 20
        table = (await hall.ask("GET", "/api/v1/statistics/formulas?lang=en")).body["formulas"]
        assert {f"/api/v1/statistics/formulas#{one['id']}" for one in table} == {
            one["formula"] for one in answer["found"]["figures"]
        }
        assert all(
            one[part] and "statistics." not in one[part] for one in table for part in ("name", "plain", "formula")
        )


@pytest.mark.gen_test
async def test_a_closed_day_says_what_it_said_while_it_was_open(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await waited(hall, 4)
        await hall.serve()
        await hall.do(m.CloseWindow(window="w01"))
        hall.clock.forward(hours=20)
        await hall.sign_in(Role.MANAGER)
        queries = [f"{DAY}&by={by}" for by in ("line", "window", "staff", "matter", "hour", "weekday", "day", "month")]
        before = [await asked(hall, query) for query in queries]
        await hall.server.roll_day()
        await hall.server.rooms["statistics"].closer.close_days()
        assert await hall.server.views.fetch("SELECT count(*) FROM visit_steps") == [(0,)]
        assert [await asked(hall, query) for query in queries] == before
        month = await asked(hall, "from=2026-11-01&to=2026-11-30")
        assert month["found"]["figures"] == before[0]["found"]["figures"]


@pytest.mark.gen_test
async def test_days_are_summed_up_by_themselves_once_and_after_a_restart(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await waited(hall, 4)
        clock = hall.clock
    clock.forward(days=1)
    async with running(tmp_path, clock=clock, rooms=ROOMS) as (server, port):
        await server.rooms["statistics"].closer.close_days()
        await server.rooms["statistics"].closer.close_days()
        rows = await server.views.fetch("SELECT visits FROM visit_days WHERE business_day = '2026-11-23'")
        assert rows == [(1,)]
        again = Visits(server, clock, port)
        await again.sign_in(Role.MANAGER)
        assert values((await asked(again, "from=2026-11-01&to=2026-11-30"))["found"])["visits"][2] == 1


@pytest.mark.gen_test
async def test_another_period_stands_beside_it_and_one_without_anything_has_no_figures(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await waited(hall, 4)
        hall.clock.forward(days=1)
        await hall.server.roll_day()
        await hall.open()
        await waited(hall, 6)
        await waited(hall, 6)
        await hall.sign_in(Role.MANAGER)
        found = await asked(hall, "from=2026-11-24&to=2026-11-24&compare=before&by=line")
        assert values(found["found"])["visits"][2] == 2
        assert values(found["compared"])["visits"][2] == 1
        assert [group["key"] for group in found["compared"]["groups"]] == ["business"]
        assert (found["known_first"], found["known_last"]) == ("2026-11-23", "2026-11-24")
        year = (await asked(hall, "from=2026-11-24&to=2026-11-24&compare=year"))["compared"]
        assert year == {"first": "2025-11-24", "last": "2025-11-24", "is_empty": True, "figures": [], "groups": []}
        named = await asked(hall, "from=2026-11-24&compare=2026-11-20,2026-11-23")
        assert values(named["compared"])["visits"][2] == 1


REFUSED = [
    ("from=2026-11-24&to=2026-11-23", "figures.backwards", "to"),
    ("from=yesterday", "rating.day_unknown", "from"),
    ("from=2020-01-01&to=2026-11-23", "figures.too_long", "from"),
    ("by=moon", "figures.by_unknown", "by"),
    ("colour=red", "statistics.filter_unknown", "colour"),
    ("line=business,nowhere", "statistics.value_unknown", "line"),
    ("department=none", "statistics.value_unknown", "department"),
    ("hour=9", "statistics.value_unknown", "hour"),
    ("weekday=8", "statistics.value_unknown", "weekday"),
    ("compare=never", "statistics.compare_unknown", "compare"),
    ("compare=2026-11-24,2026-11-23", "figures.backwards", "compare"),
    ("by=hour&window=w01&from=2026-01-01", "statistics.too_fine", "from"),
]


@pytest.mark.gen_test
async def test_what_cannot_be_asked_is_refused_at_its_field(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        for query, code, field in REFUSED:
            answer = await hall.ask("GET", f"/api/v1/statistics?{query}")
            assert answer.code == 400, query
            assert (answer.code, answer.error, answer.body["error"]["fields"]["field"]) == (400, code, field), query


@pytest.mark.gen_test
async def test_only_managers_may_ask(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        assert (await hall.ask("GET", "/api/v1/statistics")).code == 401
        await hall.sign_in(Role.STAFF)
        assert (await hall.ask("GET", f"/api/v1/statistics?{DAY}&by=staff")).code == 403


@pytest.mark.gen_test
async def test_the_journal_is_read_once_for_all_tables_that_stand_at_the_same_place(tmp_path: Path) -> None:
    clock = HandClock()
    async with opened(tmp_path, clock=clock, rooms=ROOMS) as server:
        hall = Visits(server, clock)
        await hall.open()
        for _ in range(5):
            await waited(hall, 1)
        await server.projector.catch_up()
        read, asked_for = server.journal.read, []

        async def counting(after: int, *, limit: int = 500) -> Any:
            asked_for.append(after)
            return await read(after, limit=limit)

        server.journal.read = counting  # type: ignore[method-assign]  # only counts
        server.projector._buffer.clear()
        for name in server.projector._cursors:
            server.projector._cursors[name] = 7 if name == "tickets" else 0
        await server.projector.catch_up()
        assert asked_for[:2] == [0, 7], "those behind catch up with the others first"
        assert asked_for == sorted(set(asked_for)), "no event is read twice"
        assert set(server.projector._cursors.values()) == {server.journal.committed}

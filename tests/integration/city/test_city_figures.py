"""A hall's figures at the city are the hall's own, to the last digit: the same questions get the same answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from city.server import City
from evaluation.messages import Known, MarkRating
from evaluation.model import Mark
from hall_queue import messages as m
from hall_server.identity import Role, visitor
from tests.fakes.federated import drained
from tests.fakes.hall import HandClock, running
from tests.fakes.rated_visits import next_day, rating, serve_all
from tests.fakes.running_city import Browser, password, running_city
from tests.fakes.visits import Visits

ROOMS = ("hall_queue", "evaluation", "attendance", "cases", "dashboards")
QUESTIONS = tuple(
    f"from=2026-11-23&to=2026-11-25&by={by}"
    for by in ("hall", "line", "window", "matter", "department", "hour", "weekday", "channel", "day", "month")
)


@dataclass
class Linked:
    """A hall with visits, and its city."""

    hall: Visits
    city: City
    port: int
    browser: Browser
    folder: Path

    async def arrived(self) -> None:
        """Everything that the hall has committed is in the city's tables and sums; the days have ended all sessions."""
        await self.hall.sign_in(Role.MANAGER)
        assert await self.browser.sign_in(self.port, "manager", password(self.folder, "manager")) == 200
        await drained(self.hall.server)
        await self.city.rooms["figures"].catch_up()

    async def at_city(self, path: str) -> object:
        """What the city answers about the hall."""
        return await self.browser.read(self.port, f"/api/v1/city/halls/demo/{path}")

    async def at_hall(self, path: str) -> object:
        """What the hall answers itself."""
        answer = await self.hall.ask("GET", f"/api/v1/{path}")
        assert answer.code == 200, answer.body
        return answer.body


@asynccontextmanager
async def linked(folder: Path, database: str = "", **settings: object) -> AsyncIterator[Linked]:
    clock = HandClock()
    async with running_city(folder / "city", database, clock=clock) as (city, port):
        token = await city.store.halls.register("demo", "演示大厅")
        keys = folder / "hall" / "keys"
        keys.mkdir(parents=True)
        (keys / "city.token").write_text(token or "")
        (keys / "city.token").chmod(0o600)
        given = {"city_url": f"ws://127.0.0.1:{port}", "city_pace": 0, **settings}
        async with running(folder / "hall", clock=clock, rooms=ROOMS, **given) as (server, hall_port):
            hall = Visits(server, clock, hall_port)
            await hall.open()
            await hall.sign_in(Role.MANAGER)
            browser = Browser()
            assert await browser.sign_in(port, "manager", password(folder / "city", "manager")) == 200
            yield Linked(hall, city, port, browser, folder / "city")


async def three_days(hall: Visits) -> None:
    """Visits, passed numbers, transfers, ratings of their day and later ones."""
    matters = [one.id for one in hall.server.directory.matters.values() if one.line == "business"][:3]
    first = await serve_all(hall, *matters[:2])
    given = await hall.do(rating(first.id, 2), actor=visitor("v1"))
    await hall.serve(minutes=7)
    await hall.passed()
    bad = await serve_all(hall, matters[2])
    await hall.do(rating(bad.id, 5), actor=visitor("v1"))
    await hall.do(m.CloseWindow(window="w01"))
    await next_day(hall)
    await hall.open()
    known = Known(staff="s01", marks=())
    await hall.do(MarkRating(rating=given["id"], mark=Mark.OWN_WINDOW, on=True, why="w1", known=known))
    await hall.serve(minutes=3)
    await hall.do(m.CloseWindow(window="w01"))
    await next_day(hall)
    await hall.open()
    await hall.serve(minutes=11)
    good = await serve_all(hall, matters[0])
    await hall.do(rating(good.id, 1), actor=visitor("v1"))
    await hall.do(m.CloseWindow(window="w01"))
    await hall.issue()


@pytest.mark.gen_test(timeout=60)
async def test_every_question_is_answered_alike_at_the_hall_and_at_the_city(tmp_path: Path, city_database: str) -> None:
    async with linked(tmp_path, city_database) as both:
        await three_days(both.hall)
        await both.arrived()
        for question in QUESTIONS:
            assert await both.at_city(f"statistics?{question}") == await both.at_hall(f"statistics?{question}"), (
                question
            )
        for by in ("hall", "window", "department", "day"):
            question = f"from=2026-11-23&to=2026-11-25&by={by}"
            assert await both.at_city(f"ratings?{question}") == await both.at_hall(f"ratings/figures?{question}"), by


@pytest.mark.gen_test(timeout=60)
async def test_the_board_adds_up_what_the_hall_counts_and_follows_its_goal(tmp_path: Path) -> None:
    async with linked(tmp_path, wait_goal_min=1) as both:
        await three_days(both.hall)
        await both.arrived()
        board = await both.browser.read(both.port, "/api/v1/city/board?from=2026-11-23&to=2026-11-25")
        [card] = board["halls"]
        answer = await both.at_hall("statistics?from=2026-11-23&to=2026-11-25")
        own = {one["id"]: one for one in answer["found"]["figures"]}  # type: ignore[index]  # JSON
        assert card["figures"]["visits"] == own["visits"]["value"]
        assert card["figures"]["wait_mean_s"] == own["wait_mean"]["value"]
        assert card["figures"]["service_mean_s"] == own["service_mean"]["value"]
        assert card["figures"]["days"] == 3
        rated = await both.at_hall("ratings/figures?from=2026-11-23&to=2026-11-25")
        of_ratings = {one["id"]: one for one in rated["figures"]}  # type: ignore[index]  # JSON
        assert of_ratings["marked"]["numerator"] == 1  # by the manager, a day later
        assert card["figures"]["ratings"] == of_ratings["ratings"]["numerator"] == 2
        assert card["figures"]["good_rate"] == of_ratings["good_rate"]["value"] == 0.5
        assert board["totals"]["figures"] == card["figures"]
        assert card["state"] == "linked"


@pytest.mark.gen_test(timeout=60)
async def test_tables_that_were_deleted_are_made_again_alike(tmp_path: Path) -> None:
    async with linked(tmp_path) as both:
        await three_days(both.hall)
        await both.arrived()
        before = await both.at_city(f"statistics?{QUESTIONS[1]}")
    for file in (tmp_path / "city" / "views").glob("demo.*"):
        file.unlink()
    async with running_city(tmp_path / "city", clock=both.hall.clock) as (city, port):
        await city.rooms["figures"].catch_up()
        browser = Browser()
        assert await browser.sign_in(port, "manager", password(tmp_path / "city", "manager")) == 200
        assert await browser.read(port, f"/api/v1/city/halls/demo/statistics?{QUESTIONS[1]}") == before


@pytest.mark.gen_test(timeout=60)
async def test_a_second_process_on_the_same_folder_reads_what_the_first_writes(
    tmp_path: Path, postgres: object
) -> None:
    database = postgres.fresh()  # type: ignore[attr-defined]  # a PostgresServer
    async with (
        linked(tmp_path, database) as both,
        running_city(tmp_path / "city", database, clock=both.hall.clock) as (_, other),
    ):
        await three_days(both.hall)
        await both.arrived()
        path = f"/api/v1/city/halls/demo/statistics?{QUESTIONS[0]}"
        assert await both.browser.read(other, path) == await both.browser.read(both.port, path)


@pytest.mark.gen_test(timeout=60)
async def test_what_cannot_be_asked_is_refused_as_in_the_hall(tmp_path: Path) -> None:
    async with linked(tmp_path) as both:
        for path, status, code in (
            ("/api/v1/city/halls/demo/statistics?by=moon", 400, "figures.by_unknown"),
            ("/api/v1/city/halls/demo/statistics?line=none", 400, "statistics.value_unknown"),
            ("/api/v1/city/halls/nobody/statistics", 404, "federation.unknown"),
        ):
            answer = await both.browser.ask(both.port, "GET", path)
            assert (answer.code, json.loads(answer.body)["error"]["code"]) == (status, code)

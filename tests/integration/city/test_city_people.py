"""Who signs in at a city: sessions and accounts hold in every process of it."""

from __future__ import annotations

import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hall_server.directory.commands import SaveStaff
from hall_server.identity import SYSTEM
from hall_server.web.accounts import MOST_FAILED
from tests.fakes.federated import until
from tests.fakes.running_city import Browser, password, running_city

ME = "/api/v1/session"


@asynccontextmanager
async def two_processes(data: Path, database: str) -> AsyncIterator[tuple[object, int, object, int]]:
    async with (
        running_city(data, database) as (one, port),
        running_city(data, database) as (other, other_port),
    ):
        yield one, port, other, other_port


@pytest.mark.gen_test
async def test_the_roles_of_the_demonstration_sign_in_and_the_file_is_private(tmp_path: Path) -> None:
    async with running_city(tmp_path) as (city, port):
        assert stat.S_IMODE((tmp_path / "demo-accounts.json").stat().st_mode) == 0o600
        for name, role in (("admin", "admin"), ("editor", "editor"), ("examiner", "examiner"), ("leader", "leader")):
            browser = Browser()
            assert await browser.sign_in(port, name, password(tmp_path, name)) == 200
            assert role in (await browser.read(port, ME))["roles"]
        assert city.directory.staff["examiner"].departments


@pytest.mark.gen_test
async def test_somebody_signed_in_at_one_process_is_known_at_the_other_and_signs_out_of_both(
    tmp_path: Path, city_database: str
) -> None:
    async with two_processes(tmp_path, city_database) as (_, port, _, other):
        browser = Browser()
        assert await browser.sign_in(port, "manager", password(tmp_path, "manager")) == 200
        assert (await browser.read(other, ME))["name"] == "manager"
        kept = dict(browser.cookies)
        assert (await browser.ask(port, "DELETE", ME)).code == 204
        browser.cookies = kept

        async def is_out() -> bool:
            return (await browser.ask(other, "GET", ME)).code == 401

        if city_database.startswith("postgresql"):
            await until(is_out)
        assert (await browser.ask(port, "GET", ME)).code == 401


@pytest.mark.gen_test
async def test_failures_count_together_and_lock_at_every_process(tmp_path: Path, city_database: str) -> None:
    async with two_processes(tmp_path, city_database) as (_, port, _, other):
        for number in range(MOST_FAILED):
            assert await Browser().sign_in((port, other)[number % 2], "manager", "wrong-wrong-1") == 401
        for place in (port, other):
            assert await Browser().sign_in(place, "manager", password(tmp_path, "manager")) == 429


@pytest.mark.gen_test
async def test_somebody_switched_off_is_out_of_every_process(tmp_path: Path, city_database: str) -> None:
    async with two_processes(tmp_path, city_database) as (one, _, two, other):
        browser = Browser()
        assert await browser.sign_in(other, "editor", password(tmp_path, "editor")) == 200
        staff = one.directory.staff["editor"]  # type: ignore[attr-defined]  # a City
        gone = {name: getattr(staff, name) for name in staff.__struct_fields__} | {"active": False}
        await one.execute(SaveStaff(item=type(staff)(**gone)), actor=SYSTEM)  # type: ignore[attr-defined]  # a City
        await two._catch_up()  # type: ignore[attr-defined]  # what a notice does where there is one
        assert (await browser.ask(other, "GET", ME)).code == 401
        assert await Browser().sign_in(other, "editor", password(tmp_path, "editor")) == 401


@pytest.mark.gen_test
async def test_a_session_used_at_one_process_is_not_idle_at_the_other(tmp_path: Path, postgres: object) -> None:
    from tests.fakes.hall import HandClock

    clock, database = HandClock(), postgres.fresh()  # type: ignore[attr-defined]  # a PostgresServer
    async with (
        running_city(tmp_path, database, clock=clock) as (_, port),
        running_city(tmp_path, database, clock=clock) as (_, other),
    ):
        browser = Browser()
        assert await browser.sign_in(port, "manager", password(tmp_path, "manager")) == 200
        await browser.read(other, ME)
        for _ in range(3):
            clock.forward(minutes=10)
            await browser.read(port, ME)
        assert (await browser.read(other, ME))["name"] == "manager"


@pytest.mark.gen_test
async def test_pages_that_need_somebody_lead_to_the_sign_in_and_the_home_page_is_the_citys(tmp_path: Path) -> None:
    async with running_city(tmp_path) as (_, port):
        browser = Browser()
        home = await browser.ask(port, "GET", "/")
        assert home.code == 200
        assert b"city-home.js" in home.body
        board = await browser.ask(port, "GET", "/board")
        assert (board.code, board.headers["Location"]) == (302, "/sign-in?next=%2Fboard")
        place = await browser.read(port, "/api/v1/hall")
        assert place["kind"] == "city"
        assert {"/board", "/halls"} <= set(place["doors"])
        refused = await browser.ask(port, "GET", "/api/v1/city/board")
        assert json.loads(refused.body)["error"]["code"] == "session.missing"

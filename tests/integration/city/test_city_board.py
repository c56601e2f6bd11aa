"""What the board says of halls that are not well; how figures bear restored copies and newer halls."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from city.server import City
from hall_server.federation.wire import RawRow, Totals
from hall_server.journal.rows import GENESIS, row_hash
from tests.fakes.federated import chain
from tests.fakes.hall import MORNING, HandClock
from tests.fakes.running_city import Browser, password, running_city


def rows_of(first: int, before: bytes, *events: tuple[str, int, str, dict[str, Any]]) -> list[RawRow]:
    """Rows of a hall's journal: type, version, subject, payload."""
    made: list[RawRow] = []
    for seq, (type_, version, subject, payload) in enumerate(events, start=first):
        row = (seq, 1_795_395_600_000_000 + seq, "2026-11-23", type_, version, subject, "system", None)
        whole = (*row, json.dumps(payload))
        before = row_hash(whole, before)
        made.append((*whole, before))
    return made


async def alarms(city: City) -> dict[str, dict[str, Any]]:
    """Code → what the board says with it."""
    return {one.code: {"hall": one.hall, **one.fields} for one in (await city.rooms["board"].make()).alarms}


@pytest.mark.gen_test
async def test_everything_that_is_wrong_with_a_hall_is_an_alarm(tmp_path: Path, city_database: str) -> None:
    clock = HandClock()
    async with running_city(tmp_path, city_database, clock=clock) as (city, _):
        store = city.store
        for hall in ("a", "b", "c"):
            await store.halls.register(hall, f"{hall} 厅")
        assert await alarms(city) == {}
        await store.linked("a", is_linked=True)
        await store.heard("a", head=9_000, clock_off_s=-400)
        rows = chain(1, 5, GENESIS)
        await store.take("a", 1, rows)
        await store.compare("a", Totals(day=MORNING.date(), count=9, first=1, last=5, hash=rows[-1][9], by_type={}))
        await store.want("a", "ab" * 32)
        await store.linked("b", is_linked=True)
        await store.linked("b", is_linked=False)
        await store.quarantine("c", "federation.shorter", {"fork": 0})
        clock.forward(minutes=11)
        found = await alarms(city)
        assert set(found) == {"quarantined", "offline", "behind", "clock", "totals", "attachments"}
        assert found["behind"] == {"hall": "a", "behind": 8_995}
        assert found["clock"]["off_s"] == -400
        assert found["offline"]["hall"] == "b"
        assert found["quarantined"]["reason"] == "federation.shorter"
        board = await city.rooms["board"].make()
        assert {card.id: card.severity for card in board.halls} == {"a": "bad", "b": "bad", "c": "bad"}


@pytest.mark.gen_test
async def test_an_operator_answers_a_quarantine_and_figures_follow_the_new_epoch(tmp_path: Path) -> None:
    async with running_city(tmp_path, clock=HandClock()) as (city, port):
        await city.store.halls.register("a", "甲厅")
        first = chain(1, 10, GENESIS)
        await city.store.take("a", 1, first)
        await city.rooms["figures"].catch_up()
        await city.store.quarantine("a", "federation.restored", {"fork": 4})
        browser = Browser()
        assert await browser.sign_in(port, "manager", password(tmp_path, "manager")) == 200
        path, why = "/api/v1/city/halls/a/epoch", {"reason": "从备份恢复"}
        assert (await browser.ask(port, "POST", path, why)).code == 403  # administrators only
        assert await browser.sign_in(port, "admin", password(tmp_path, "admin")) == 200
        answer = await browser.ask(port, "POST", path, why)
        assert json.loads(answer.body) == {"epoch": 2}
        assert (await browser.ask(port, "POST", path, why)).code == 409
        await city.store.take("a", 2, chain(5, 3, first[3][9]))
        await city.rooms["figures"].catch_up()
        followed = await city.rooms["figures"].of("a")
        assert (followed.journal.epoch, followed.journal.committed) == (2, 7)
        assert [file.name for file in sorted((tmp_path / "views").glob("a.*.db"))] == ["a.2.db"]
        assert [one.seq for one in await followed.journal.read(0, limit=50)] == [1, 2, 3, 4]
        assert [one.seq for one in await followed.journal.read(4, limit=50)] == [5, 6, 7]


@pytest.mark.gen_test
async def test_what_a_newer_hall_writes_is_kept_aside_and_told(tmp_path: Path, city_database: str) -> None:
    async with running_city(tmp_path, city_database, clock=HandClock()) as (city, _):
        await city.store.halls.register("a", "甲厅")
        events = (
            ("case.received", 99, "case:c1", {"new": True}),
            ("ticket.issued", 99, "ticket:t1", {"new": True}),
            ("window.closed", 1, "window:w1", {"window": "w1"}),
        )
        await city.store.take("a", 1, rows_of(1, GENESIS, *events))
        await city.rooms["case_index"].catch_up()
        await city.rooms["figures"].catch_up()
        assert (await alarms(city))["parked"]["count"] == 1
        followed = await city.rooms["figures"].of("a")
        lost = await followed.views.fetch("SELECT seq, type, version FROM lost_events ORDER BY seq")
        assert (2, "ticket.issued", 99) in lost
        assert followed.projector.stands("visits") == 3  # and what comes after is taken in


@pytest.mark.gen_test
async def test_a_hall_is_registered_over_http_and_only_by_administrators(tmp_path: Path) -> None:
    async with running_city(tmp_path, clock=HandClock()) as (city, port):
        browser, wanted = Browser(), {"id": "east", "name": "东厅"}
        assert await browser.sign_in(port, "manager", password(tmp_path, "manager")) == 200
        assert (await browser.ask(port, "POST", "/api/v1/city/halls", wanted)).code == 403
        assert await browser.sign_in(port, "admin", password(tmp_path, "admin")) == 200
        made = await browser.ask(port, "POST", "/api/v1/city/halls", wanted)
        token = json.loads(made.body)["token"]
        assert (made.code, (await city.store.admit("east", token=token, certified=False)).cursor) == (201, 0)
        assert (await browser.ask(port, "POST", "/api/v1/city/halls", wanted)).code == 409
        assert (await browser.ask(port, "POST", "/api/v1/city/halls", {"id": "East!", "name": "x"})).code == 400
        where = {"latitude": 31.2, "longitude": 121.5}
        assert (await browser.ask(port, "PUT", "/api/v1/city/halls/east/place", where)).code == 200
        assert (await browser.ask(port, "PUT", "/api/v1/city/halls/east/place", {"latitude": 91})).code == 400
        [card] = (await browser.read(port, "/api/v1/city/board"))["halls"]
        assert (card["latitude"], card["longitude"], card["state"]) == (31.2, 121.5, "new")


@pytest.mark.gen_test
async def test_the_board_reaches_back_as_far_as_is_asked(tmp_path: Path) -> None:
    clock = HandClock()
    async with running_city(tmp_path, clock=clock) as (city, port):
        await city.store.halls.register("a", "甲厅")
        put = "INSERT INTO hall_days VALUES (?, 'a', 10, 8, 8, 4800000000, 6, 2400000000, 8, 4, 3)"
        days = [((MORNING.date() - timedelta(days=back)).isoformat(),) for back in range(400)]
        await city.database.transact([(put, days)])
        browser = Browser()
        assert await browser.sign_in(port, "manager", password(tmp_path, "manager")) == 200
        [card] = (await browser.read(port, "/api/v1/city/board?from=2025-11-24&to=2026-11-23"))["halls"]
        figures = card["figures"]
        assert (figures["days"], figures["visits"]) == (365, 3650)
        assert (figures["wait_mean_s"], figures["on_time"], figures["good_rate"]) == (600, 0.75, 0.75)
        refused = await browser.ask(port, "GET", "/api/v1/city/board?from=2026-11-24&to=2026-11-23")
        assert refused.code == 400

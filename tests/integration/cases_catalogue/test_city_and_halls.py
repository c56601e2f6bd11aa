"""A city's catalogue in its halls over the real link: what is published, what came later, and the calendar."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases.catalogue import install_city
from cases.catalogue import messages as m
from cases.catalogue.founding import found_city, found_hall, import_matters
from cases.catalogue.matters_file import read_folder
from cases.catalogue.model import Edition, EditionState
from cases.catalogue.shelf import Shelf
from cases.catalogue.xlsx_out import written
from city.server import City
from city.settings import CitySettings
from city.store.down import Sending
from city.web import link
from hall_server import base
from hall_server.directory.model import CalendarYear
from hall_server.errors import Forbidden
from hall_server.identity import SYSTEM, Actor, Role
from hall_server.server import Server
from tests.fakes.federated import until
from tests.fakes.hall import HandClock, composed, opened

ROOT = Path(__file__).resolve().parents[3]
MATTERS = ROOT / "config" / "matters"
TODAY = date(2026, 11, 23)
EDITOR = Actor(kind=Role.STAFF, id="editor", roles=frozenset({Role.EDITOR}))
ADMIN = Actor(kind=Role.STAFF, id="admin", roles=frozenset({Role.ADMIN}))


@asynccontextmanager
async def running_city(data: Path, database: str = "") -> AsyncIterator[tuple[City, str]]:
    """A city with its catalogue and its link; gives where halls dial."""
    city = City(CitySettings(database=database), data, clock=HandClock())
    base.install_directory(city)
    install_city(city)
    base.install_web(city)
    link.install(city)
    await city.open()
    try:
        await city.start()
        port = city.rooms["web"].listen("127.0.0.1", 0)
        yield city, f"ws://127.0.0.1:{port}"
    finally:
        await city.stop()


@asynccontextmanager
async def linked_hall(city: City, url: str, data: Path, name: str) -> AsyncIterator[Server]:
    """A hall that is registered at the city and linked to it."""
    token = await city.store.halls.register(name, f"{name} 大厅") if not (data / "keys").exists() else None
    if token is not None:
        (data / "keys").mkdir(parents=True)
        (data / "keys" / "city.token").write_text(token)
        (data / "keys" / "city.token").chmod(0o600)
    server = composed(data, rooms=("hall_queue", "cases"), hall=name, city_url=url, demo=False)
    server.rooms["federation"].wait = lambda _: asyncio.sleep(0.01)
    await server.open()
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


def shelf(hall: Server) -> Shelf:
    found: Shelf = hall.rooms["cases"].editions
    return found


async def step(city: City, command: type[m.EditionCommand], matter: str, **more: Any) -> None:
    seen = city.rooms["editions"].catalogue.revision(matter)
    await city.execute(command(matter=matter, seen=seen, **more), actor=ADMIN)


async def publish(city: City, edition: Edition, day: date = TODAY) -> None:
    seen = city.rooms["editions"].catalogue.revision(edition.matter)
    await city.execute(m.DraftEdition(edition=edition, seen=seen), actor=EDITOR)
    await step(city, m.ReviewEdition, edition.matter)
    await step(city, m.PublishEdition, edition.matter, valid_from=day)


@pytest.mark.gen_test
async def test_a_hall_that_comes_later_gets_the_whole_catalogue_and_then_every_change(
    tmp_path: Path, city_database: str
) -> None:
    async with running_city(tmp_path / "city", city_database) as (city, url):
        assert await found_city(city, MATTERS) == len(list(MATTERS.glob("*.toml")))
        assert await found_city(city, MATTERS) == 0
        async with linked_hall(city, url, tmp_path / "a", "a") as hall:
            await until(lambda: len(shelf(hall)) == len(city.rooms["editions"].shelf))
            first = next(iter(shelf(hall)))
            assert shelf(hall).holding(first.matter, TODAY) == first
            await publish(city, msgspec.structs.replace(first, words=("新词",)), date(2026, 12, 1))
            await until(lambda: shelf(hall).get(f"{first.matter}@2") is not None)
            await until(lambda: shelf(hall).get(first.key) != first)
            old = shelf(hall).get(first.key)
            assert old is not None
            assert (old.state, old.valid_until) == (EditionState.REPLACED, date(2026, 11, 30))
            holds = [shelf(hall).holding(first.matter, day) for day in (TODAY, date(2026, 12, 1))]
            assert [one.number for one in holds if one is not None] == [1, 2]
        assert await city.log.verify() is None


@pytest.mark.gen_test
async def test_a_hall_keeps_its_catalogue_when_it_begins_anew_and_hears_what_it_missed(tmp_path: Path) -> None:
    async with running_city(tmp_path / "city") as (city, url):
        await found_city(city, MATTERS)
        total = len(city.rooms["editions"].shelf)
        async with linked_hall(city, url, tmp_path / "a", "a") as hall:
            await until(lambda: len(shelf(hall)) == total)
            matter = next(iter(shelf(hall))).matter
        await step(city, m.SuspendMatter, matter, from_day=TODAY, reason="系统维护")
        async with linked_hall(city, url, tmp_path / "a", "a") as hall:
            assert len(shelf(hall)) == total
            await until(lambda: shelf(hall).holding(matter, TODAY) is None)


@pytest.mark.gen_test
async def test_a_published_year_reaches_the_halls(tmp_path: Path) -> None:
    async with running_city(tmp_path / "city") as (city, url), linked_hall(city, url, tmp_path / "a", "a") as hall:
        await until(lambda: "a" in city.rooms["editions"].catalogue.halls)
        year = CalendarYear(year=2027, off=(date(2027, 1, 1),), papers=("国办发明电〔2026〕1号",))
        clerk = Actor(kind=Role.STAFF, id="c", roles=frozenset({Role.STAFF}))
        with pytest.raises(Forbidden):
            await city.execute(m.PublishYear(item=year), actor=clerk)
        await city.execute(m.PublishYear(item=year), actor=EDITOR)
        await until(lambda: hall.directory.calendar.years.get(2027) == year)
        assert not hall.directory.calendar.is_workday(date(2027, 1, 1))
        assert not city.directory.calendar.is_workday(date(2027, 1, 1))


@pytest.mark.gen_test
async def test_drafts_stay_at_the_city(tmp_path: Path) -> None:
    async with running_city(tmp_path / "city") as (city, url), linked_hall(city, url, tmp_path / "a", "a") as hall:
        await until(lambda: "a" in city.rooms["editions"].catalogue.halls)
        one, other = read_folder(MATTERS).editions[:2]
        await city.execute(m.DraftEdition(edition=one, seen=0), actor=EDITOR)
        await publish(city, other)
        await until(lambda: len(shelf(hall)) == 1)
        assert shelf(hall).newest(one.matter) is None


@pytest.mark.gen_test
async def test_two_processes_of_a_city_send_a_new_hall_the_catalogue_once(tmp_path: Path, city_database: str) -> None:
    data = tmp_path / "city"
    async with running_city(data, city_database) as (one, _), running_city(data, city_database) as (other, _):
        await found_city(one, MATTERS)
        await one.store.halls.register("a", "A")
        await asyncio.gather(one.rooms["editions"].welcome(), other.rooms["editions"].welcome())
        items = await one.store.down.after("a", 0, limit=500)
        assert len(items) == len(one.rooms["editions"].shelf)
        edition = next(iter(one.rooms["editions"].shelf))
        await publish(other, msgspec.structs.replace(edition, words=("新词",)))
        items = await one.store.down.after("a", len(items), limit=500)
        assert [item.kind for item in items] == ["catalogue.edition"] * 2


@pytest.mark.gen_test
async def test_an_edition_that_a_hall_cannot_read_is_not_lost_silently(tmp_path: Path) -> None:
    async with running_city(tmp_path / "city") as (city, url), linked_hall(city, url, tmp_path / "a", "a"):
        await until(lambda: "a" in city.rooms["editions"].catalogue.halls)
        await city.store.down.send(Sending(hall="a", kind="catalogue.edition", payload={"from": "the future"}))
        await until(city.store.down.conflicts)
        [conflict] = await city.store.down.conflicts()
        assert conflict.error["code"] == "edition.unreadable"


@pytest.mark.gen_test
async def test_people_put_no_editions_into_a_hall(tmp_path: Path) -> None:
    async with opened(tmp_path, rooms=("hall_queue", "cases")) as hall:
        with pytest.raises(Forbidden, match=r"edition\.server_only"):
            await hall.execute(m.TakeEdition(edition=read_folder(MATTERS).editions[0]), actor=ADMIN)


@pytest.mark.gen_test
async def test_a_demonstration_hall_without_a_city_begins_with_the_shipped_matters(tmp_path: Path) -> None:
    async with opened(tmp_path, rooms=("hall_queue", "cases")) as hall:
        await found_hall(hall, MATTERS)
        assert len(shelf(hall)) == len(list(MATTERS.glob("*.toml")))
        for edition in shelf(hall):
            known = hall.directory.matters[edition.matter]
            assert (known.name, known.department) == (edition.name, edition.department)
    async with opened(tmp_path, rooms=("hall_queue", "cases")) as hall:
        assert shelf(hall).holding(edition.matter, TODAY) == edition


@pytest.mark.gen_test
async def test_a_file_that_is_imported_again_makes_editions_of_what_changed_only(tmp_path: Path) -> None:
    shipped = read_folder(MATTERS).editions[:3]
    async with opened(tmp_path / "hall", rooms=("hall_queue", "cases")) as hall:
        book = tmp_path / "matters.xlsx"
        book.write_bytes(written(shipped))
        lines, is_whole = await import_matters(hall, book)
        assert (is_whole, lines[-1]) == (True, "3 new editions, 0 unchanged, 3 records")
        changed = msgspec.structs.replace(shipped[0], words=("新词",))
        book.write_bytes(written((changed, *shipped[1:])))
        lines, _ = await import_matters(hall, book, valid_from=date(2026, 12, 1))
        assert lines[-1] == "1 new editions, 2 unchanged, 2 records"
        numbers = [shelf(hall).holding(shipped[0].matter, day) for day in (TODAY, date(2026, 12, 1))]
        assert [one.number for one in numbers if one is not None] == [1, 2]
        wrong = msgspec.structs.replace(shipped[1], promise_workdays=999)
        book.write_bytes(written((wrong,)))
        _, is_whole = await import_matters(hall, book)
        assert not is_whole
        assert len(shelf(hall)) == 4


@pytest.mark.gen_test
async def test_system_may_save_what_the_city_says_only_by_the_servers_own_commands(tmp_path: Path) -> None:
    async with running_city(tmp_path / "city") as (city, _):
        with pytest.raises(Forbidden, match=r"edition\.server_only"):
            await city.execute(m.WelcomeHall(hall="a"), actor=ADMIN)
        await city.execute(m.FoundCatalogue(editions=(), valid_from=TODAY), actor=SYSTEM)

"""Trust 15, 16: whatever is killed or cut, every event of a hall stands at the city once and in order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from city.sql import SCHEMA
from city.store import events as city_events
from city.store.events import HallEvents, check_chain
from city.store.followers import Change, Following
from hall_server.database.tables import open_tables
from hall_server.errors import Unavailable
from hall_server.federation.ports import Standing
from hall_server.federation.wire import RawRow
from hall_server.identity import SYSTEM
from hall_server.journal.rows import GENESIS
from hall_server.messages import Command, Event, EventTypes, Recorded
from hall_server.outcome import Outcome
from hall_server.server import Server
from scripts.city_process import CityProcess, pair
from tests.fakes.cut_link import CutLink
from tests.fakes.federated import City, Noted, drained, note, running_hall
from tests.fakes.postgres import PostgresServer

DAY_SHORT, DAY_LONG = 4_000, 100_000
KILLS, KILLS_LONG = 4, 100
LONG = pytest.param(True, marks=pytest.mark.long, id="long")
SHORT = pytest.param(False, id="short")


class Newer(Event, frozen=True, kw_only=True):
    """Something that only a newer program knows."""

    type: ClassVar[str] = "test.newer"
    about: str

    @property
    def subject(self) -> str:
        """What it is about."""
        return self.about


class MakeNewer(Command, frozen=True, kw_only=True):
    """Journal it."""

    about: str


class Numbers:
    """A follower that keeps every number it is shown, in order."""

    name, version = "numbers", 1

    def changes(self, hall: str, recorded: Recorded) -> Sequence[Change]:
        """One row per note."""
        if not isinstance(recorded.event, Noted):
            return ()
        return [("INSERT INTO shown (hall, seq) VALUES (?, ?)", (hall, recorded.seq))]

    def emptied(self, hall: str) -> Sequence[Change]:
        """None of it."""
        return [("DELETE FROM shown WHERE hall = ?", (hall,))]


@pytest.mark.parametrize("is_long", [SHORT, LONG])
@pytest.mark.gen_test(timeout=900)
async def test_a_day_with_a_poison_event_is_drained_once_and_in_order(
    city_database: str, tmp_path: Path, is_long: bool
) -> None:
    city = await City(city_database, tmp_path / "city").start()
    token = await city.pair("h1")
    await city.tables.script("CREATE TABLE shown (hall TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (hall, seq))")
    await city.stop()
    count = DAY_LONG if is_long else DAY_SHORT
    async with running_hall(tmp_path / "h1", token=token, city_url=city.url) as hall:
        hall.types.add(Newer)
        hall.handle(MakeNewer, lambda command, _: Outcome(events=(Newer(about=command.about),)))
        await note(hall, count // 2)  # the city is away all day
        await hall.execute(MakeNewer(about="note:5"), actor=SYSTEM)
        poison = hall.journal.seq
        await note(hall, count // 2)
        await city.start()
        await drained(hall)
        await _assert_whole(city, hall)
        types = EventTypes()
        types.add(Noted, *(cls for cls in hall.types.known() if cls is not Newer and cls is not Noted))
        following, follower = Following(city.tables, types), Numbers()
        while await following.advance(follower, "h1"):
            pass
        [parked] = await following.parked()
        shown = [seq for (seq,) in await city.tables.fetch("SELECT seq FROM shown ORDER BY seq")]
        later = [seq for seq in range(poison + 1, hall.journal.seq + 1) if seq % 97 == 5]
        assert not set(later) & set(shown)
        assert parked.count == len(later) + 1
        types.add(Newer)  # the city is upgraded
        assert await following.unpark(follower, "h1") == parked.count
        assert await following.parked() == []
        assert len(await city.tables.fetch("SELECT seq FROM shown")) == len(shown) + len(later)
        assert await following.advance(follower, "h1") == 0
    await city.stop()


@pytest.mark.parametrize("is_long", [SHORT, LONG])
@pytest.mark.gen_test(timeout=1800)
async def test_a_city_killed_again_and_again_loses_and_doubles_nothing(
    city_database: str, tmp_path: Path, is_long: bool
) -> None:
    process = CityProcess(city_database, tmp_path / "city")
    await asyncio.to_thread(process.start)
    token = await pair(process.database, process.folder, "h1")
    dice = random.Random(16)
    async with running_hall(tmp_path / "h1", token=token, city_url=process.url) as hall:
        room = hall.rooms["federation"]
        for _ in range(KILLS_LONG if is_long else KILLS):
            await note(hall, 3_000)
            await room.reached(hall.journal.committed - dice.randrange(3_000))
            process.kill()
            await asyncio.to_thread(process.start)
        await drained(hall)
        process.stop()
        await _assert_stored(city_database, hall)


@pytest.mark.parametrize("is_long", [SHORT, LONG])
@pytest.mark.gen_test(timeout=1800)
async def test_a_postgresql_killed_again_and_again_loses_and_doubles_nothing(
    postgres: PostgresServer, tmp_path: Path, is_long: bool
) -> None:
    url = await asyncio.to_thread(postgres.fresh)
    city = await City(url, tmp_path / "city").start()
    token = await city.pair("h1")
    dice = random.Random(17)
    async with running_hall(tmp_path / "h1", token=token, city_url=city.url) as hall:
        room = hall.rooms["federation"]
        for _ in range(KILLS_LONG // 5 if is_long else 2):
            await note(hall, 5_000)
            await room.reached(hall.journal.committed - dice.randrange(5_000))
            postgres.kill()
            with pytest.raises(Unavailable):
                await city.store.halls.everyone()
            await note(hall, 10)  # the hall works on
            await asyncio.to_thread(postgres.start)
        await drained(hall)
        await _assert_whole(city, hall)
    await city.stop()


@pytest.mark.parametrize("is_long", [SHORT, LONG])
@pytest.mark.gen_test(timeout=1800)
async def test_a_link_cut_at_random_moments_loses_and_doubles_nothing(
    city_database: str, tmp_path: Path, is_long: bool
) -> None:
    city = await City(city_database, tmp_path / "city").start()
    token = await city.pair("h1")
    cable = await CutLink(city.port).start()
    dice = random.Random(18)
    async with running_hall(tmp_path / "h1", token=token, city_url=f"ws://127.0.0.1:{cable.port}") as hall:
        room = hall.rooms["federation"]
        for _ in range(60 if is_long else 8):
            await note(hall, 2_000)
            await room.reached(hall.journal.committed - dice.randrange(2_000))
            cable.cut()
            cable.mend()
        await drained(hall)
        await _assert_whole(city, hall)
    await cable.stop()
    await city.stop()


@pytest.mark.gen_test
async def test_control_a_cursor_in_a_transaction_of_its_own_loses_rows(
    city_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def in_two(self: HallEvents, hall: str, before: Standing, rows: Sequence[RawRow]) -> bool:
        last = rows[-1]
        async with self._database.transaction() as begun:
            await begun.execute(self._sql["advance"], (last[0], last[9], 0, hall, before.epoch, before.cursor,
                                                       before.cursor_hash))  # fmt: skip
        if last[0] > 500 and not died:
            died.append(last[0])
            raise ConnectionResetError("the city dies here")
        async with self._database.transaction() as begun:
            await city_events._insert(begun, self._sql["insert"], [(hall, before.epoch, *row) for row in rows])
        return True

    died: list[int] = []
    monkeypatch.setattr(HallEvents, "_store", in_two)
    city = await City(city_database, tmp_path / "city").start()
    token = await city.pair("h1")
    async with running_hall(tmp_path / "h1", token=token, city_url=city.url) as hall:
        await note(hall, 3_000)
        await drained(hall)
        assert died
        with pytest.raises(AssertionError):
            await _assert_whole(city, hall)
    await city.stop()


async def _assert_whole(city: City, hall: Server) -> None:
    await _assert_rows(city.tables, hall)


async def _assert_stored(database: str, hall: Server) -> None:
    tables = await open_tables(database, SCHEMA)
    try:
        await _assert_rows(tables, hall)
    finally:
        await tables.close()


async def _assert_rows(tables: Any, hall: Server) -> None:
    """Every row, once, in order, chained from the beginning."""
    columns = "seq, at, business_day, type, version, subject, actor, command_id, payload, hash"
    sql = f"SELECT {columns} FROM hall_events ORDER BY epoch, seq"  # noqa: S608  # constants only
    found = await tables.fetch(sql)
    assert [row[0] for row in found] == list(range(1, hall.journal.committed + 1))
    check_chain(found, GENESIS)

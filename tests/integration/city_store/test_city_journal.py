"""The city's journal: one order for several processes, chained, each command once, nothing kept of what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from city.journal import CityJournal, CityOutcome, Decide
from city.keys import CityKeys
from city.sql import SCHEMA
from city.store.down import Sending
from city.store.store import CityStore
from hall_server.clock import SystemClock
from hall_server.database.tables import SharedTables, open_tables
from hall_server.errors import NotFound, Refused
from hall_server.identity import Actor, Role
from hall_server.ids import RandomIds
from hall_server.journal.rows import GENESIS
from hall_server.messages import Command, Event, EventTypes, Recorded
from hall_server.outcome import Context, Outcome
from tests.fakes.federated import chain

CLERK = Actor(kind=Role.STAFF, id="c1", roles=frozenset({Role.STAFF}))


class Counted(Event, frozen=True, kw_only=True):
    """Something was counted."""

    type: ClassVar[str] = "test.counted"
    case: str
    number: int

    @property
    def subject(self) -> str:
        """The case."""
        return f"case:{self.case}"


class Count(Command, frozen=True, kw_only=True):
    """Count on."""

    case: str
    by: int = 1


class Process:
    """One process of the city."""

    def __init__(self, tables: SharedTables) -> None:
        types = EventTypes()
        types.add(Counted)
        self.tables = tables
        self.store = CityStore(tables, CityKeys(bytes(32)), SystemClock())
        self.journal = CityJournal(tables, types, self.store.down, clock=SystemClock(), ids=RandomIds())

    async def count(self, case: str, *, command_id: str | None = None, by: int = 1, down: str | None = None) -> bytes:
        """Count on from the highest number so far."""
        return await self.journal.commit(
            counting(case, down), subject=f"case:{case}", actor=CLERK, command_id=command_id,
            command=Count(case=case, by=by),
        )  # fmt: skip


def counting(case: str, down: str | None = None) -> Decide:
    """Decides the next number; 20 is the end."""

    def decide(stream: list[Recorded], context: Context) -> Outcome:
        number = len(stream) + 1
        if number > 20:
            raise Refused("case.full")
        sends = (Sending(hall=down, kind="case.step", payload={"number": number}),) if down else ()
        return CityOutcome(events=(Counted(case=case, number=number),), reply=lambda: {"number": number}, down=sends)

    return decide


@asynccontextmanager
async def processes(database: str, count: int) -> AsyncIterator[list[Process]]:
    """Several processes of one city; an SQLite city has one, so they share its connection."""
    opened = [await open_tables(database, SCHEMA)]
    if database.startswith("postgresql"):
        opened += [await open_tables(database, SCHEMA) for _ in range(count - 1)]
    try:
        yield [Process(opened[number % len(opened)]) for number in range(count)]
    finally:
        for tables in opened:
            await tables.close()


@pytest.mark.gen_test
async def test_commands_of_several_processes_stand_in_one_chain(city_database: str) -> None:
    async with processes(city_database, 3) as city:
        await asyncio.gather(*(city[n % 3].count(f"c{n % 4}") for n in range(40)))
        for case in range(4):
            numbers = [one.event.number for one in await city[0].journal.stream(f"case:c{case}")]  # type: ignore[attr-defined]  # Counted
            assert numbers == list(range(1, 11))
        assert [one.seq for one in await city[1].journal.read(0)] == list(range(1, 41))
        assert await city[2].journal.verify() is None
        await city[0].tables.transact([("UPDATE journal SET actor = ? WHERE seq = 7", [("staff:other",)])])
        assert await city[0].journal.verify() == 7


@pytest.mark.gen_test
async def test_the_same_id_gets_the_same_reply_and_another_command_is_refused(city_database: str) -> None:
    async with processes(city_database, 2) as city:
        replies = await asyncio.gather(*(city[n % 2].count("c", command_id="id-1") for n in range(10)))
        assert set(replies) == {b'{"number":1}'}
        assert len(await city[0].journal.read(0)) == 1
        with pytest.raises(Refused, match="reused"):
            await city[0].count("c", command_id="id-1", by=2)


@pytest.mark.gen_test
async def test_a_refusal_keeps_nothing_and_items_go_down_with_the_events(city_database: str) -> None:
    async with processes(city_database, 1) as [city]:
        await city.store.halls.register("h1", "大厅")
        with pytest.raises(NotFound):
            await city.count("c", down="nowhere", command_id="lost")
        assert await city.journal.read(0) == []
        for _ in range(20):
            await city.count("c", down="h1")
        with pytest.raises(Refused, match="full"):
            await city.count("c", down="h1")
        assert len(await city.journal.read(0)) == 20
        assert [item.seq for item in await city.store.down_after("h1", 0, limit=100)] == list(range(1, 21))
        assert await city.count("d", command_id="lost") == b'{"number":1}', "the id of a refused command is free"


@pytest.mark.gen_test
async def test_a_hall_s_events_of_a_case_come_before_what_the_city_decides(city_database: str) -> None:
    async with processes(city_database, 1) as [city]:
        await city.store.halls.register("h1", "大厅")
        payload = '{"case":"c","number":1}'
        row = chain(1, 1, GENESIS)[0]
        body = (*row[:3], "test.counted", 1, "case:c", *row[6:8], payload)
        from hall_server.journal.rows import row_hash

        await city.store.take("h1", 1, [(*body, row_hash(body, GENESIS))])
        assert await city.count("c") == b'{"number":2}'
        assert [one.event.number for one in await city.journal.stream("case:c")] == [1, 2]  # type: ignore[attr-defined]  # Counted


@pytest.mark.gen_test
async def test_every_process_hears_what_any_process_commits(city_database: str) -> None:
    async with processes(city_database, 2) as city:
        heard: list[int] = []
        everything = asyncio.Event()

        def hand_on(batch: list[Recorded]) -> None:
            heard.extend(one.seq for one in batch)
            if len(heard) == 5:
                everything.set()

        following = asyncio.create_task(city[1].journal.follow(hand_on, after=0))
        for number in range(5):
            await city[0].count(f"c{number}")
        await asyncio.wait_for(everything.wait(), 20)
        assert heard == [1, 2, 3, 4, 5]
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


@pytest.mark.gen_test
async def test_control_without_the_lock_two_processes_take_the_same_number(
    city_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not city_database.startswith("postgresql"):
        return  # an SQLite transaction excludes every other writer by itself
    async with processes(city_database, 4) as city:
        for process in city:
            process.journal._sql = {**process.journal._sql, "lock": "SELECT 1"}
        results = await asyncio.gather(*(city[n % 4].count("c") for n in range(12)), return_exceptions=True)
        assert any(isinstance(one, Exception) for one in results)

"""A hall's journal reaches the city whole, in order and once; items come down; the pictures of the moment come up."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from city.store.down import Sending
from city.store.halls import HallState
from hall_server.errors import Refused, Unavailable
from hall_server.federation.state import LinkStatus
from tests.fakes.federated import City, drained, note, running_hall, until


@pytest.mark.gen_test
async def test_a_journal_reaches_the_city_row_by_row(city_database: str, tmp_path: Path) -> None:
    city = await City(city_database, tmp_path / "city").start()
    token = await city.pair("h1")
    async with running_hall(tmp_path / "h1", token=token, city_url=city.url) as hall:
        await note(hall, 3_000)
        await drained(hall)
        there = await hall.database.fetch("SELECT * FROM journal ORDER BY seq")
        columns = "seq, at, business_day, type, version, subject, actor, command_id, payload, hash"
        here = await city.tables.fetch(f"SELECT {columns} FROM hall_events WHERE hall = 'h1' ORDER BY seq")  # noqa: S608  # constants only
        assert here == there
        assert len(here) == hall.journal.committed > 3_000
        await note(hall, 1)
        await drained(hall)
        record = await city.store.halls.one("h1")
        assert (record.state, record.cursor, record.behind) == (HallState.LINKED, hall.journal.committed, 0)
    await until(lambda: not city.acceptor.sessions)
    assert (await city.store.halls.one("h1")).state is HallState.OFFLINE
    await city.stop()


@pytest.mark.gen_test
async def test_items_come_down_once_and_a_refusal_becomes_a_conflict(city_database: str, tmp_path: Path) -> None:
    city = await City(city_database, tmp_path / "city").start()
    token = await city.pair("h1")
    taken: list[tuple[str, int]] = []
    busy = [True]

    async def take(payload: bytes, command_id: str) -> None:
        number = msgspec.json.decode(payload)["number"]
        if number == 2:
            raise Refused("ticket.ended", number=number)
        if number == 3 and busy:
            busy.clear()
            raise Unavailable("journal.busy")
        taken.append((command_id, number))

    await city.store.down.send(*(Sending(hall="h1", kind="test.item", payload={"number": n}) for n in (1, 2)))
    async with running_hall(tmp_path / "h1", token=token, city_url=city.url) as hall:
        hall.rooms["federation"].on_down("test.item", take)
        await until(lambda: len(taken) == 1)
        await city.store.down.send(
            Sending(hall="h1", kind="test.item", payload={"number": 3}),
            Sending(hall="h1", kind="nobody.knows", payload={}),
            Sending(hall="h1", kind="test.item", payload={"number": 4}),
        )
        await until(lambda: len(taken) == 3)
        assert taken == [("down:1", 1), ("down:3", 3), ("down:5", 4)]
        await until(lambda: _waiting_down(city, 0))
        assert [(one.seq, one.error["code"]) for one in await city.store.down.conflicts()] == [
            (2, "ticket.ended"),
            (4, "federation.kind_unknown"),
        ]
        assert [alarm.code for alarm in hall.rooms["federation"].alarms()] == ["federation.refused"]
        assert await city.store.down.settle("h1", 2, by="operator:o1")
        assert [one.seq for one in await city.store.down.conflicts()] == [4]
    await city.stop()


@pytest.mark.gen_test
async def test_the_picture_of_the_moment_is_kept_nowhere(city_database: str, tmp_path: Path) -> None:
    city = await City(city_database, tmp_path / "city").start()
    token = await city.pair("h1")
    server_folder = tmp_path / "h1"
    from tests.fakes.federated import hall as made

    server = made(server_folder, token=token, city_url=city.url)
    server.rooms["federation"].tell_now(lambda: {"waiting": 12})
    await server.open()
    await server.start()
    await until(lambda: "h1" in city.acceptor.now)
    assert msgspec.json.decode(city.acceptor.now["h1"].picture) == {"waiting": 12}
    await server.stop()
    await until(lambda: not city.acceptor.sessions)
    assert city.acceptor.now == {}
    await city.stop()


@pytest.mark.gen_test
async def test_a_wrong_token_is_refused_and_said_plainly(city_database: str, tmp_path: Path) -> None:
    city = await City(city_database, tmp_path / "city").start()
    await city.pair("h1")
    async with running_hall(tmp_path / "h1", token="wrong", city_url=city.url) as hall:
        room = hall.rooms["federation"]
        await until(lambda: room.state().reason == "federation.unknown")
        assert room.state().status is LinkStatus.OFFLINE
        assert [alarm.fields["reason"] for alarm in room.alarms()] == ["federation.unknown"]
        await note(hall, 10)
    assert await city.numbers("h1") == []
    token = await city.store.halls.renew_token("h1")
    async with running_hall(tmp_path / "h1", token=token, city_url=city.url) as hall:
        await drained(hall)
        assert await city.numbers("h1") == list(range(1, hall.journal.committed + 1))
    await city.stop()


@pytest.mark.gen_test
async def test_days_are_counted_at_both_ends(city_database: str, tmp_path: Path) -> None:
    from tests.fakes.hall import HandClock

    clock = HandClock()
    city = await City(city_database, tmp_path / "city", clock=clock).start()
    token = await city.pair("h1")
    async with running_hall(tmp_path / "h1", token=token, city_url=city.url, clock=clock) as hall:
        await note(hall, 40)
        clock.forward(days=1)
        await hall.roll_day()
        await note(hall, 5)
        await drained(hall)
        await until(lambda: _compared(city))
        assert await city.store.totals.differing() == []
        await city.tables.transact([("DELETE FROM hall_events WHERE seq = 7", [()]), ("DELETE FROM totals", [()])])
        clock.forward(days=1)
        await hall.roll_day()
        await until(lambda: _differs(city))
        [first] = await city.store.totals.differing()
        assert first.theirs.count == first.ours.count + 1
    await city.stop()


async def _waiting_down(city: City, count: int) -> bool:
    return (await city.store.halls.one("h1")).waiting_down == count


async def _compared(city: City) -> bool:
    return (await city.store.totals.last_compared("h1")) is not None


async def _differs(city: City) -> bool:
    return bool(await city.store.totals.differing())

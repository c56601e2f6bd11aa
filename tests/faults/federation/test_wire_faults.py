"""What a hall may say out of turn: duplicates, gaps, broken chains, floods; and halls restored from old copies."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from city.store import events as city_events
from city.store.down import Sending
from city.store.halls import HallState
from hall_server.federation import session, wire
from hall_server.federation.ports import Standing
from hall_server.federation.state import LinkStatus
from hall_server.journal.rows import GENESIS
from tests.fakes.federated import City, Dialer, chain, drained, note, running_hall, until


@pytest.mark.gen_test
async def test_duplicates_and_reordering_have_no_effect_and_gaps_are_asked_again(
    city_database: str, tmp_path: Path
) -> None:
    city = await City(city_database, tmp_path / "city").start()
    hall = await Dialer.dial(city)
    assert isinstance(await hall.hello("h1", await city.pair("h1")), wire.Welcome)
    rows = chain(1, 60, GENESIS)
    await hall.batch(rows[:10])
    assert await hall.hear() == wire.Ack(seq=10)
    await hall.batch(rows[:10])
    assert await hall.hear() == wire.Ack(seq=10)
    await hall.batch(rows[20:30])
    assert await hall.hear() == wire.Again(after=10)
    await hall.batch(rows[30:40])  # on its way already: asked for once only
    await hall.batch(rows[5:20])
    assert await hall.hear() == wire.Ack(seq=20)
    await hall.batch(rows[15:40])
    assert await hall.hear() == wire.Ack(seq=40)
    assert await city.numbers("h1") == list(range(1, 41))
    await hall.socket.close()
    await city.stop()


@pytest.mark.gen_test
async def test_control_without_the_gap_check_a_hole_gets_in(
    city_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def all_after(rows: Sequence[wire.RawRow], standing: Standing) -> Sequence[wire.RawRow]:
        return [row for row in rows if row[0] > standing.cursor]

    monkeypatch.setattr(city_events, "following", all_after)
    monkeypatch.setattr(city_events, "check_chain", lambda rows, before: None)
    city = await City(city_database, tmp_path / "city").start()
    hall = await Dialer.dial(city)
    await hall.hello("h1", await city.pair("h1"))
    rows = chain(1, 30, GENESIS)
    await hall.batch(rows[:10])
    await hall.hear()
    await hall.batch(rows[20:30])
    assert await hall.hear() == wire.Ack(seq=30)
    assert await city.numbers("h1") != list(range(1, 31))
    await hall.socket.close()
    await city.stop()


@pytest.mark.parametrize("is_checked", [True, False], ids=["checked", "control"])
@pytest.mark.gen_test
async def test_a_row_that_does_not_chain_is_refused_and_the_hall_quarantined(
    city_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_checked: bool
) -> None:
    if not is_checked:
        monkeypatch.setattr(city_events, "check_chain", lambda rows, before: None)
    city = await City(city_database, tmp_path / "city").start()
    token = await city.pair("h1")
    hall = await Dialer.dial(city)
    await hall.hello("h1", token)
    rows = chain(1, 10, GENESIS)
    rows[6] = (*rows[6][:8], '{"number":666}', rows[6][9])
    await hall.batch(rows)
    answer = await hall.hear()
    if not is_checked:
        assert answer == wire.Ack(seq=10)
        await city.stop()
        return
    assert isinstance(answer, wire.Refused)
    assert (answer.code, answer.fields["seq"]) == ("federation.quarantined", 7)
    assert await city.numbers("h1") == []
    assert (await city.store.halls.one("h1")).state is HallState.QUARANTINED
    again = await Dialer.dial(city)
    refused = await again.hello("h1", token)
    assert isinstance(refused, wire.Refused)
    assert refused.code == "federation.quarantined"
    await city.stop()


@pytest.mark.parametrize("is_proved", [True, False], ids=["proved", "control"])
@pytest.mark.gen_test
async def test_a_hall_restored_from_yesterdays_copy_is_noticed(
    city_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_proved: bool
) -> None:
    city = await City(city_database, tmp_path / "city").start()
    token = await city.pair("h1")
    async with running_hall(tmp_path / "h1", token=token, city_url=city.url) as hall:
        await note(hall, 100)
        await drained(hall)
        copied = hall.journal.committed
    shutil.copytree(tmp_path / "h1", tmp_path / "yesterday")
    async with running_hall(tmp_path / "h1", token=token, city_url=city.url) as hall:
        await note(hall, 50)
        await drained(hall)
    known = await city.numbers("h1")
    if not is_proved:
        monkeypatch.setattr(city_events, "check_chain", lambda rows, before: None)

        async def believed(self: session.Session, hall: str, standing: Standing) -> None:
            return None

        monkeypatch.setattr(session.Session, "_prove", believed)
    async with running_hall(tmp_path / "yesterday", token=token, city_url=city.url) as hall:
        room = hall.rooms["federation"]
        await note(hall, 80, about="note:another")  # it has worked on before anybody noticed
        if not is_proved:
            await drained(hall)
            payloads = await city.tables.fetch("SELECT payload FROM hall_events WHERE type = 'test.noted'")
            both = await city.tables.fetch("SELECT seq FROM hall_events WHERE subject = 'note:another'")
            assert payloads
            assert both, "two histories of one hall are mixed"
            await city.stop()
            return
        await until(lambda: room.state().status is LinkStatus.QUARANTINED)
        assert [alarm.code for alarm in room.alarms()] == ["federation.quarantined"]
        assert await city.numbers("h1") == known
        record = await city.store.halls.one("h1")
        assert record.state is HallState.QUARANTINED
        assert record.trouble is not None
        assert record.trouble["fork"] == copied
        assert await city.store.halls.begin_epoch("h1", reason="operator:o1 restored a backup") == 2
        await until(lambda: room.state().status is LinkStatus.LINKED)
        await drained(hall)
        found = await city.tables.fetch("SELECT epoch, seq FROM hall_events ORDER BY epoch, seq")
        assert [seq for epoch, seq in found if epoch == 1] == known
        assert [seq for epoch, seq in found if epoch == 2] == list(range(copied + 1, hall.journal.committed + 1))
    await city.stop()


@pytest.mark.gen_test
async def test_a_city_restored_from_an_old_copy_gets_everything_again(tmp_path: Path) -> None:
    database, old = str(tmp_path / "city" / "city.db"), tmp_path / "old"
    city = await City(database, tmp_path / "city").start()
    token = await city.pair("h1")
    taken: list[str] = []

    async def take(payload: bytes, command_id: str) -> None:
        taken.append(command_id)

    async with running_hall(tmp_path / "h1", token=token, city_url=city.url) as hall:
        hall.rooms["federation"].on_down("test.item", take)
        await note(hall, 100)
        await drained(hall)
        await city.stop()
        shutil.copytree(tmp_path / "city", old)
        await city.start()
        await city.store.down.send(*(Sending(hall="h1", kind="test.item", payload=n) for n in range(3)))
        await note(hall, 100)
        await drained(hall)
        await until(lambda: len(taken) == 3)
        await city.stop()
        restored = City(str(old / "city.db"), old)
        restored.port = city.port
        await restored.start()
        await until(lambda: _whole(restored, hall.journal.committed))
        assert await restored.store.down.send(Sending(hall="h1", kind="test.item", payload=3)) == [4]
        await until(lambda: taken[3:] == ["down:4"])
        await restored.stop()


@pytest.mark.gen_test
async def test_a_clock_a_day_behind_is_an_alarm_and_events_are_taken_all_the_same(
    city_database: str, tmp_path: Path
) -> None:
    city = await City(city_database, tmp_path / "city").start()
    hall = await Dialer.dial(city)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert isinstance(await hall.hello("h1", await city.pair("h1"), clock=yesterday), wire.Welcome)
    await hall.batch(chain(1, 5, GENESIS))
    assert await hall.hear() == wire.Ack(seq=5)
    assert abs((await city.store.halls.one("h1")).clock_off_s + 86_400) < 60
    await hall.socket.close()
    await city.stop()


@pytest.mark.parametrize("draining", [4, 50], ids=["few at once", "control"])
@pytest.mark.gen_test
async def test_fifty_halls_that_come_back_at_once_are_spread_out(
    city_database: str, tmp_path: Path, draining: int
) -> None:
    city = await City(city_database, tmp_path / "city").start(draining=draining)
    names = [f"h{number:02d}" for number in range(50)]
    tokens = {name: await city.pair(name) for name in names}
    halls = {name: await Dialer.dial(city) for name in names}
    answers = dict(
        zip(names, await asyncio.gather(*(halls[n].hello(n, tokens[n], head=60_000) for n in names)), strict=True)
    )
    welcome = [name for name, answer in answers.items() if isinstance(answer, wire.Welcome)]
    waits = sorted(answer.retry_s for answer in answers.values() if isinstance(answer, wire.Refused))
    assert len(welcome) == draining
    if draining == 4:
        assert len(waits) == 46
        assert waits[-1] - waits[0] > 20
        assert max(sum(low <= wait < low + 1 for wait in waits) for low in range(80)) < 12
        await halls[welcome[0]].socket.close()  # one goes, the next may come
        await until(lambda: welcome[0] not in city.acceptor.sessions)
        late = next(name for name in names if name not in welcome)
        again = await Dialer.dial(city)
        assert isinstance(await again.hello(late, tokens[late], head=60_000), wire.Welcome)
    near = await Dialer.dial(city)
    assert isinstance(await near.hello(names[-1], tokens[names[-1]], head=10), wire.Welcome), "it drains nothing"
    await city.stop()


@pytest.mark.parametrize("is_bounded", [True, False], ids=["bounded", "control"])
@pytest.mark.gen_test
async def test_a_flood_waits_in_the_network_and_not_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_bounded: bool
) -> None:
    if not is_bounded:
        monkeypatch.setattr(session, "INBOX", 0)  # asyncio.Queue(0) has no end
    city = await City(str(tmp_path / "city.db"), tmp_path / "city").start()
    token = await city.pair("h1")
    opens = asyncio.Event()
    taken = city.store.take

    async def slowly(hall: str, epoch: int, rows: Sequence[wire.RawRow]) -> int:
        await opens.wait()
        return await taken(hall, epoch, rows)

    monkeypatch.setattr(city.store, "take", slowly)
    hall = await Dialer.dial(city)
    await hall.hello("h1", token)
    rows = chain(1, 4_000, GENESIS, filling=10_000)
    sent = 0

    async def flood() -> None:
        nonlocal sent
        for first in range(0, len(rows), 100):
            await hall.batch(rows[first : first + 100])
            sent += 1

    flooding = asyncio.create_task(flood())
    one = city.acceptor.sessions["h1"]
    if is_bounded:
        await until(lambda: one._inbox.full())
        done, _ = await asyncio.wait({flooding}, timeout=1)
        assert not done
        assert sent < 40
        assert one._inbox.qsize() <= 8
    else:
        await flooding
        await until(lambda: one._inbox.qsize() >= 30)
    opens.set()
    await flooding
    await until(lambda: _has(city, 4_000))
    await hall.socket.close()
    await city.stop()


@pytest.mark.gen_test
async def test_a_hall_is_at_most_four_batches_ahead(
    city_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = await City(city_database, tmp_path / "city").start()
    token = await city.pair("h1")
    opens = asyncio.Event()
    frames: list[int] = []
    read = wire.from_hall

    def counted(text: bytes | str) -> wire.FromHall:
        frame = read(text)
        if isinstance(frame, wire.Batch):
            frames.append(frame.rows[-1][0])
        return frame

    taken = city.store.take

    async def slowly(hall: str, epoch: int, rows: Sequence[wire.RawRow]) -> int:
        await opens.wait()
        return await taken(hall, epoch, rows)

    monkeypatch.setattr(wire, "from_hall", counted)
    monkeypatch.setattr(city.store, "take", slowly)
    async with running_hall(tmp_path / "h1", token=token, city_url=city.url) as hall:
        await note(hall, 6_000)
        talk = hall.rooms["federation"]
        await until(lambda: len(frames) >= 4)
        done, _ = await asyncio.wait({asyncio.create_task(talk.reached(1))}, timeout=0.5)
        assert not done
        assert len(frames) == 4
        opens.set()
        await drained(hall)
    await city.stop()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"say":"batch"}', '{"say":"hello","hall":"../x"}', "x" * 9_000_000, "\x00", '{"say":1}']
)
@pytest.mark.gen_test
async def test_what_is_no_frame_ends_the_link_and_nothing_else(tmp_path: Path, text: str) -> None:
    city = await City(str(tmp_path / "city.db"), tmp_path / "city").start()
    token = await city.pair("h1")
    bad = await Dialer.dial(city)
    with contextlib.suppress(ConnectionClosed):
        await bad.socket.send(text, text=True)
    await bad.socket.wait_closed()
    good = await Dialer.dial(city)
    assert isinstance(await good.hello("h1", token), wire.Welcome)
    await good.socket.close()
    await city.stop()


async def _whole(city: City, last: int) -> bool:
    return await city.numbers("h1") == list(range(1, last + 1))


async def _has(city: City, count: int) -> bool:
    return len(await city.numbers("h1")) == count

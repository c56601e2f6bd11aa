"""Several processes of a city share PostgreSQL: a hall linked to one is served by what any of them decides."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from city.store.down import Sending
from hall_server.federation import wire
from hall_server.federation.state import LinkStatus
from hall_server.journal.rows import GENESIS
from tests.fakes.cut_link import CutLink
from tests.fakes.federated import City, Dialer, chain, drained, note, running_hall, until
from tests.fakes.postgres import PostgresServer


@pytest.mark.gen_test
async def test_an_item_sent_by_one_process_reaches_a_hall_at_another(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.fresh()
    first, second = await City(url, tmp_path / "city").start(), await City(url, tmp_path / "city").start()
    taken: list[int] = []

    async def take(payload: bytes, command_id: str) -> None:
        taken.append(msgspec.json.decode(payload))

    token = await second.pair("h1")
    async with running_hall(tmp_path / "h1", token=token, city_url=first.url) as hall:
        hall.rooms["federation"].on_down("test.item", take)
        await until(lambda: "h1" in first.acceptor.sessions)
        await second.store.down.send(Sending(hall="h1", kind="test.item", payload=5))
        await until(lambda: taken == [5], within_s=90)
        await second.store.quarantine("h1", "federation.broken", {"seq": 1, "fork": 0})
        room = hall.rooms["federation"]
        await until(lambda: room.state().status is LinkStatus.QUARANTINED, within_s=90)
    await first.stop()
    await second.stop()


@pytest.mark.gen_test
async def test_a_hall_goes_on_at_the_other_process_when_one_dies(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.fresh()
    first, second = await City(url, tmp_path / "city").start(), await City(url, tmp_path / "city").start()
    address = await CutLink(first.port).start()  # the one address that all processes stand behind
    token = await first.pair("h1")
    async with running_hall(tmp_path / "h1", token=token, city_url=f"ws://127.0.0.1:{address.port}") as hall:
        for _ in range(4):
            await note(hall, 2_000)
            await hall.rooms["federation"].reached(hall.journal.committed - 1_000)
            address.target = second.port if address.target == first.port else first.port
            address.cut()
            address.mend()
        await drained(hall)
        assert await second.numbers("h1") == list(range(1, hall.journal.committed + 1))
    await address.stop()
    await first.stop()
    await second.stop()


@pytest.mark.gen_test
async def test_two_links_of_one_hall_at_two_processes_take_each_row_once(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.fresh()
    first, second = await City(url, tmp_path / "city").start(), await City(url, tmp_path / "city").start()
    token = await first.pair("h1")
    one, other = await Dialer.dial(first), await Dialer.dial(second)
    assert isinstance(await one.hello("h1", token), wire.Welcome)
    assert isinstance(await other.hello("h1", token), wire.Welcome)
    rows = chain(1, 200, GENESIS)
    for begin in range(0, 200, 20):
        await one.batch(rows[begin : begin + 20])
        await other.batch(rows[begin : begin + 20])
        assert await one.hear() == wire.Ack(seq=begin + 20)
        assert await other.hear() == wire.Ack(seq=begin + 20)
    assert await first.numbers("h1") == list(range(1, 201))
    await one.socket.close()
    await other.socket.close()
    await first.stop()
    await second.stop()

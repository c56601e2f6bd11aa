"""Questions over the link: answered at once or refused, never in the journal's way, and over when the cable is cut."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hall_server.errors import TooMany, Unavailable
from hall_server.federation.room import Room
from hall_server.federation.state import LinkStatus
from hall_server.server import Server
from tests.fakes.cut_link import CutLink
from tests.fakes.federated import City, drained, note, running_hall, until


class Answerers(dict[str, Any]):
    """What the city answers, and whom it was asked by."""

    def __init__(self) -> None:
        super().__init__(twice=self.twice, never=self.never, often=self.often, fails=self.fails)
        self.open = asyncio.Event()

    async def twice(self, hall: str, body: bytes) -> object:
        return {"hall": hall, "said": [body.decode()] * 2}

    async def never(self, hall: str, body: bytes) -> object:
        self.open.set()
        return await asyncio.Event().wait()

    async def often(self, hall: str, body: bytes) -> object:
        raise TooMany("rate.exceeded", retry_s=7)

    async def fails(self, hall: str, body: bytes) -> object:
        raise RuntimeError("a fault")


async def linked(server: Server) -> Room:
    room: Room = server.rooms["federation"]
    await until(lambda: room.state().status is LinkStatus.LINKED)
    return room


@pytest.mark.gen_test(timeout=60)
async def test_a_question_is_answered_refused_or_cut_off_and_the_link_goes_on(
    tmp_path: Path, city_database: str
) -> None:
    answerers = Answerers()
    city = await City(city_database, tmp_path / "city").start(answerers=answerers)
    cable = await CutLink(city.port).start()
    token = await city.pair("h1")
    url = f"ws://127.0.0.1:{cable.port}"
    async with running_hall(tmp_path / "hall", token=token, city_url=url) as server:
        room = await linked(server)
        assert await room.ask("twice", b'"a"') == b'{"hall":"h1","said":["\\"a\\"","\\"a\\""]}'
        with pytest.raises(TooMany) as met:
            await room.ask("often", b"null")
        assert met.value.fields["retry_s"] == 7
        for kind, code in (("fails", "federation.answer_failed"), ("nobody knows it", "federation.unlinked")):
            with pytest.raises(Unavailable, match=code):
                await room.ask(kind, b"null")
        waiting = asyncio.ensure_future(room.ask("never", b"null", within_s=60))
        await answerers.open.wait()
        await note(server, 50)
        await drained(server)  # an open question holds nothing up
        assert await room.ask("twice", b"1") == b'{"hall":"h1","said":["1","1"]}'
        cable.cut()
        with pytest.raises(Unavailable, match=r"federation\.unlinked"):
            await waiting
        with pytest.raises(Unavailable, match=r"federation\.unlinked"):
            await room.ask("twice", b"1")
        cable.mend()
        await linked(server)
        assert b'"h1"' in await room.ask("twice", b"1")
    await cable.stop()
    await city.stop()


@pytest.mark.gen_test(timeout=60)
async def test_a_city_that_answers_nothing_is_asked_nothing(tmp_path: Path, city_database: str) -> None:
    """An older city would end the link over a frame that it does not know."""
    city = await City(city_database, tmp_path / "city").start()
    token = await city.pair("h1")
    async with running_hall(tmp_path / "hall", token=token, city_url=city.url) as server:
        room = await linked(server)
        with pytest.raises(Unavailable, match=r"federation\.unlinked"):
            await room.ask("twice", b"1")
        assert room.state().status is LinkStatus.LINKED
    await city.stop()


@pytest.mark.gen_test
async def test_a_hall_without_a_city_has_nobody_to_ask(tmp_path: Path) -> None:
    async with running_hall(tmp_path / "hall") as server:
        room: Room = server.rooms["federation"]
        assert not room.has_city
        with pytest.raises(Unavailable, match=r"federation\.unlinked"):
            await room.ask("twice", b"1")

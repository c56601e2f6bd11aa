"""A hall gets from its city the files that it was told of: documents of the city that it hands out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hall_server.errors import NotFound, Unavailable
from tests.fakes.federated import City, running_hall

CONTENT = b"%PDF-" + bytes(range(256)) * 3_000


@pytest.mark.gen_test(timeout=60)
async def test_what_the_city_has_comes_and_what_it_lacks_is_said(tmp_path: Path) -> None:
    city = await City(str(tmp_path / "city.db"), tmp_path / "city").start()
    try:
        sha256 = await asyncio.to_thread(city.acceptor.attachments.put, CONTENT)
        async with running_hall(tmp_path / "hall", token=await city.pair("h1"), city_url=city.url) as hall:
            room = hall.rooms["federation"]
            with pytest.raises(NotFound, match=r"federation\.attachment_unknown"):
                await room.fetch(sha256)  # it has nothing to do with this hall
            await city.store.files.allow("h1", sha256)
            await asyncio.gather(*(room.fetch(sha256) for _ in range(3)))
            assert await asyncio.to_thread(room.attachments.read, sha256) == CONTENT
            with pytest.raises(NotFound, match=r"federation\.attachment_unknown"):
                await room.fetch("ab" * 32)
    finally:
        await city.stop()


@pytest.mark.gen_test(timeout=60)
async def test_what_was_asked_for_without_a_link_comes_with_it(tmp_path: Path) -> None:
    city = await City(str(tmp_path / "city.db"), tmp_path / "city").start()
    token, url = await city.pair("h1"), city.url
    sha256 = await asyncio.to_thread(city.acceptor.attachments.put, CONTENT)
    await city.store.files.allow("h1", sha256)
    await city.stop()
    async with running_hall(tmp_path / "hall", token=token, city_url=url) as hall:
        room = hall.rooms["federation"]
        with pytest.raises(Unavailable, match=r"federation\.attachment_late"):
            await room.fetch(sha256, within_s=0.01)
        await city.start()
        try:
            await room.fetch(sha256, within_s=50)
            assert await asyncio.to_thread(room.attachments.has, sha256)
        finally:
            await city.stop()


@pytest.mark.gen_test(timeout=60)
async def test_a_hall_without_a_city_says_at_once_that_it_lacks_it(tmp_path: Path) -> None:
    async with running_hall(tmp_path / "hall") as hall:
        with pytest.raises(NotFound, match=r"federation\.attachment_unknown"):
            await hall.rooms["federation"].fetch("ab" * 32)

"""Pinyin input and reading aloud over HTTP, as the visitors' pages ask for them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPResponse

from displays.read_aloud import MOST_LETTERS, MOST_WAITING, Reader
from displays.voice import Engines
from displays.voice.engines import EngineName
from hall_server.errors import Invalid, TooMany, Unavailable
from tests.fakes.hall import running
from tests.fakes.voices import ScriptedEngine


async def post(port: int, path: str, body: dict[str, Any]) -> HTTPResponse:
    address = f"http://127.0.0.1:{port}/api/v1/{path}"
    headers = {"Content-Type": "application/json"}
    return await AsyncHTTPClient().fetch(
        address, method="POST", body=msgspec.json.encode(body), headers=headers, raise_error=False
    )


def candidates(reply: HTTPResponse) -> list[str]:
    return [one["text"] for one in msgspec.json.decode(reply.body)["candidates"]]


@pytest.mark.gen_test
async def test_anybody_may_type_and_nobody_without_end(tmp_path: Path) -> None:
    async with running(tmp_path, rooms=("hall_queue",)) as (_, port):
        reply = await post(port, "typing", {"pinyin": "shenfenzheng"})
        assert candidates(reply)[0] == "身份证"
        assert candidates(await post(port, "typing", {"pinyin": "zhao", "before": "执"}))[0] == "照"
        assert (await post(port, "typing", {"pinyin": "a" * 61})).code == 400
        assert (await post(port, "typing", {"pinyin": "wo", "before": "x" * 9})).code == 400
        codes = {(await post(port, "typing", {"pinyin": "wo"})).code for _ in range(80)}
        assert codes == {200, 429}


@pytest.mark.gen_test
async def test_the_words_of_the_catalogue_can_be_typed(tmp_path: Path) -> None:
    async with running(tmp_path, rooms=("hall_queue",)) as (server, port):
        name = max((one.name for one in server.directory.lines.values()), key=len)
        assert "企业开办" in name
        assert candidates(await post(port, "typing", {"pinyin": "qiyekaiban"}))[0] == "企业开办"


@pytest.mark.gen_test
async def test_a_hall_that_does_not_speak_says_so(tmp_path: Path) -> None:
    async with running(tmp_path, rooms=("hall_queue", "devices", "displays"), voice=False) as (_, port):
        reply = await post(port, "read-aloud", {"text": "请取号", "language": "zh"})
        assert (reply.code, msgspec.json.decode(reply.body)["error"]["code"]) == (503, "voice.off")
        for bad in ({"text": "x" * (MOST_LETTERS + 1), "language": "en"}, {"text": "hello", "language": "fr"}):
            assert (await post(port, "read-aloud", bad)).code == 400


def reader() -> tuple[Reader, ScriptedEngine]:
    engine = ScriptedEngine("one voice")
    return Reader(Engines({EngineName.ESPEAK: engine})), engine


@pytest.mark.gen_test
async def test_the_same_text_is_spoken_once() -> None:
    reading, engine = reader()
    first = await reading.sound("请 取号", "zh")
    assert first[:4] == b"RIFF"
    assert await reading.sound("  请   取号 ", "zh") == first
    assert len(engine.asked) == 1
    with pytest.raises(Invalid):
        await reading.sound(" …。 ", "zh")


@pytest.mark.gen_test
async def test_what_is_kept_is_bounded() -> None:
    engine = ScriptedEngine("one voice")
    reading = Reader(Engines({EngineName.ESPEAK: engine}), kept_bytes=1)
    await reading.sound("一", "zh")
    await reading.sound("一", "zh")
    assert len(engine.asked) == 2


@pytest.mark.gen_test
async def test_who_comes_when_too_many_wait_is_told_to_come_again() -> None:
    reading, _ = reader()
    told = await asyncio.gather(
        *(reading.sound(f"第 {n} 句", "zh") for n in range(MOST_WAITING + 2)), return_exceptions=True
    )
    assert sum(isinstance(one, TooMany) for one in told) == 2
    assert all(isinstance(one, TooMany | bytes) for one in told)


@pytest.mark.gen_test
async def test_without_an_engine_nothing_is_read() -> None:
    with pytest.raises(Unavailable):
        await Reader(None).sound("请取号", "zh")

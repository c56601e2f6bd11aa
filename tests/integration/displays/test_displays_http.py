"""Boards, window screens and voice over HTTP and the live feed, as the pages see them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from hall_queue import messages as q
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.hall import staff

CLERK = staff("s01", "w01")


class Page:
    """A page that watches topics."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self._connection = connection

    async def until(self, holds: Callable[[str, dict[str, Any]], bool]) -> dict[str, Any]:
        """The first frame's picture or event for which it holds: ``holds(topic, content)``."""
        while True:
            frame = msgspec.json.decode(await self._connection.read_message() or b"null")
            event = frame.get("event") or {}
            content = frame.get("snapshot", event.get("view", event))
            if holds(frame["topic"], content):
                return dict(content)


@asynccontextmanager
async def watching(hall: DeviceHall, *topics: str) -> AsyncIterator[Page]:
    address = f"ws://127.0.0.1:{hall.port}/api/v1/live?topics={','.join(topics)}"
    connection = await websocket_connect(address)
    try:
        yield Page(connection)
    finally:
        connection.close()
        while await connection.read_message() is not None:
            pass


@pytest.mark.gen_test
async def test_the_boards_address_answers_with_the_picture_of_the_live_feed(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall, watching(hall, "board/z1") as page:
        await hall.open()
        await hall.call()
        shown = await page.until(lambda topic, board: bool(board["calling"]))
        answer = await hall.ask("GET", "/api/v1/board?zone=z1")
        assert (answer.code, answer.body) == (200, shown)
        assert shown["calling"][0] | {"at": None} == {
            "ticket": shown["calling"][0]["ticket"],
            "number": "A001",
            "window": "w01",
            "window_number": 1,
            "window_name": "企业开办一窗",
            "window_name_en": "Start a Business 1",
            "at": None,
            "calls": 1,
        }


@pytest.mark.parametrize(
    ("path", "code", "error", "field"),
    [
        ("/api/v1/board", 400, "body.invalid", "zone"),
        ("/api/v1/board?zone=z99", 404, "board.zone_unknown", "zone"),
        ("/api/v1/voice/0123456789abcdef0123456789abcdef.wav", 404, "voice.unknown", "sound"),
        ("/api/v1/voice/abc.wav", 404, "voice.unknown", "sound"),
        ("/api/v1/voice/..%2f..%2fhall.db.wav", 404, "route.unknown", ""),
    ],
)
@pytest.mark.gen_test
async def test_what_is_not_there_is_refused_by_field_in_words(
    tmp_path: Path, path: str, code: int, error: str, field: str
) -> None:
    async with device_hall(tmp_path, voice=True) as hall:
        answer = await hall.ask("GET", path)
        assert (answer.code, answer.error) == (code, error)
        assert not field or field in answer.body["error"]["fields"]
        assert not answer.body["error"]["message"].startswith("error.")


@pytest.mark.parametrize("path", ["/board/z1", "/window-screen/w01", "/pages/displays/board.js"])
@pytest.mark.gen_test
async def test_pages_and_their_files_are_served_to_everyone(tmp_path: Path, path: str) -> None:
    async with device_hall(tmp_path) as hall:
        assert (await hall.ask("GET", path)).code == 200


@pytest.mark.gen_test
async def test_a_boards_page_hears_each_call_once_with_a_sound_it_can_load(tmp_path: Path) -> None:
    async with device_hall(tmp_path, voice=True) as hall, watching(hall, "voice/z1") as page:
        assert await page.until(lambda topic, content: True) == {}
        await hall.open()
        await hall.call()
        said = await page.until(lambda topic, content: content.get("type") == "announcement")
        assert said["texts"] == {
            "zh": "请 A 零零一 号到 一号窗口",
            "en": "Ticket A zero zero one, please go to window one",
        }
        sound = await hall.ask("GET", said["audio"])
        assert (sound.code, sound.body[:4], sound.body[8:12]) == (200, b"RIFF", b"WAVE")
        assert said["until"].endswith("Z")


@pytest.mark.gen_test
async def test_a_window_screen_is_asked_for_the_rating_and_let_go_by_time_alone(tmp_path: Path) -> None:
    async with device_hall(tmp_path, rating_s=3) as hall, watching(hall, "window/w01") as page:
        await hall.open()
        await hall.call()
        await hall.do(q.StartService(window="w01"), CLERK)
        await hall.do(q.FinishService(window="w01"), CLERK)
        asked = await page.until(lambda topic, screen: screen["rating"] is not None)
        assert asked["rating"]["number"] == "A001"
        over = await page.until(lambda topic, screen: screen["rating"] is None)
        assert over["window"]["state"] == "idle"


@pytest.mark.gen_test
async def test_a_transfer_changes_both_windows_screens_and_both_zones_boards(tmp_path: Path) -> None:
    topics = ("window/w05", "board/z2", "board/z1")
    async with device_hall(tmp_path) as hall, watching(hall, *topics) as page:
        line = hall.server.directory.windows["w05"].lines[0]
        target = next(m for m in hall.server.directory.matters.values() if m.line == "business" and m.active)
        await hall.open("w05", "s05")
        await hall.open("w01", "s01")
        await hall.call(line, "w05")
        await page.until(lambda topic, picture: topic == "window/w05" and picture["ticket"] is not None)
        await hall.do(q.TransferTicket(window="w05", matter=target.id), staff("s05", "w05"))
        waiting: dict[str, Any] = {}

        def both(topic: str, picture: dict[str, Any]) -> bool:
            waiting[topic] = picture
            return (
                (waiting.get("window/w05") or {"ticket": 1})["ticket"] is None
                and not (waiting.get("board/z2") or {"calling": [1]})["calling"]
                and any(line["waiting"] == 1 for line in (waiting.get("board/z1") or {"lines": []})["lines"])
            )

        async with asyncio.timeout(60):
            await page.until(both)

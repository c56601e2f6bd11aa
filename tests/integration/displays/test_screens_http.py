"""Screens, media and LED bars as pages, programs and devices meet them: HTTP, the live feed, MQTT."""

import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from displays.screens.messages import SaveScreen
from displays.screens.model import Content
from hall_server.identity import Role
from tests.fakes.device_hall import DeviceHall, device_hall

BOARD = {"name": "东侧", "content": "board", "zone": "z1"}


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#113355").save(out, "PNG")
    return out.getvalue()


async def fetch(hall: DeviceHall, method: str, path: str, body: bytes | None = None, **headers: str) -> HTTPResponse:
    url = f"http://127.0.0.1:{hall.port}{path}"
    request = HTTPRequest(
        url, method=method, body=body, headers={**hall.session, **headers}, allow_nonstandard_methods=True
    )
    return await AsyncHTTPClient().fetch(request, raise_error=False)


async def uploaded(hall: DeviceHall) -> dict[str, Any]:
    answer = await fetch(hall, "POST", "/api/v1/media?name=logo.png", png())
    assert answer.code == 201, answer.body
    found: dict[str, Any] = msgspec.json.decode(answer.body)
    return found


@pytest.mark.gen_test
async def test_a_manager_hangs_changes_and_takes_down_over_http(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        made = await hall.ask("POST", "/api/v1/screens", BOARD)
        address = f"/api/v1/screens/{made.body['id']}"
        changed = await hall.ask("PUT", address, {**BOARD, "look": "light", "revision": 1})
        assert (made.code, changed.code, changed.body["revision"]) == (201, 200, 2)
        stale = await hall.ask("PUT", address, {**BOARD, "revision": 1})
        assert (stale.code, stale.error) == (409, "screen.changed_meanwhile")
        listed = await hall.ask("GET", "/api/v1/screens")
        assert [one["look"] for one in listed.body["screens"]] == ["light"]
        assert (await hall.ask("DELETE", address)).code == 200
        assert (await hall.ask("DELETE", address)).error == "screen.unknown"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**BOARD, "colour": "red"}, "colour"),
        ({**BOARD, "content": "cinema"}, "content"),
        ({**BOARD, "playlist": [{"kind": "text", "zh": "x", "seconds": "long"}]}, "playlist[0].seconds"),
        ({"content": "board"}, "name"),
        ({**BOARD, "here": {"x": float("inf")}}, "here"),
    ],
)
@pytest.mark.gen_test
async def test_a_body_that_is_none_is_refused_by_its_field(tmp_path: Path, body: dict[str, Any], field: str) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        answer = await hall.ask("POST", "/api/v1/screens", body)
        assert (answer.code, answer.error) == (400, "body.invalid")
        assert any(name.startswith(field) for name in answer.body["error"]["fields"])


@pytest.mark.gen_test
async def test_a_preview_says_what_would_be_and_hangs_nothing(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        shown = await hall.ask("POST", "/api/v1/screens/preview", BOARD)
        assert shown.body["topics"] == ["board/z1", "voice/z1"]
        refused = await hall.ask("POST", "/api/v1/screens/preview", {**BOARD, "zone": "z99"})
        assert (refused.error, refused.body["error"]["fields"]["field"]) == ("screen.zone_unknown", "zone")
        assert (await hall.ask("GET", "/api/v1/screens")).body["screens"] == []


@pytest.mark.gen_test
async def test_visitors_neither_hang_nor_upload(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        for method, path in (("GET", "screens"), ("POST", "screens"), ("POST", "media"), ("POST", "floor-plans")):
            answer = await fetch(hall, method, f"/api/v1/{path}", None if method == "GET" else b"{}")
            assert answer.code == 401
        assert list((tmp_path / "hall" / "media").iterdir()) == []


@pytest.mark.gen_test
async def test_a_file_is_served_for_ever_whole_or_in_part(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        media = await uploaded(hall)
        path = f"/api/v1/media/{media['id']}"
        whole = await fetch(hall, "GET", path)
        assert (whole.code, whole.headers["Content-Type"], len(whole.body)) == (200, "image/jpeg", media["bytes"])
        assert "immutable" in whole.headers["Cache-Control"]
        part = await fetch(hall, "GET", path, Range="bytes=10-19")
        assert (part.code, part.body) == (206, whole.body[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{media['bytes']}"
        end = await fetch(hall, "GET", path, Range="bytes=-5")
        assert (end.code, end.body) == (206, whole.body[-5:])
        beyond = await fetch(hall, "GET", path, Range=f"bytes={media['bytes']}-")
        assert (beyond.code, beyond.body) == (200, whole.body)
        head = await fetch(hall, "HEAD", path)
        assert head.headers["Content-Length"] == str(media["bytes"])
        gone = await fetch(hall, "GET", "/api/v1/media/" + "0" * 32 + ".jpg")
        assert gone.code == 404


@pytest.mark.gen_test
async def test_an_upload_that_is_not_taken_leaves_nothing_behind(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        for content, code in ((b"", "media.empty"), (b"GIF89a", "media.not_what_it_says")):
            answer = await fetch(hall, "POST", "/api/v1/media?name=x", content)
            assert (answer.code, msgspec.json.decode(answer.body)["error"]["code"]) == (400, code)
        hall.server.rooms["displays"].hung.library._free_bytes = lambda _: 0
        answer = await fetch(hall, "POST", "/api/v1/media?name=x", png())
        assert (answer.code, msgspec.json.decode(answer.body)["error"]["code"]) == (503, "media.disk_short")
        assert list((tmp_path / "hall" / "media").iterdir()) == []


@pytest.mark.gen_test
async def test_the_pages_of_screens_may_be_framed_by_this_hall_alone(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        page = await fetch(hall, "GET", "/screen/anything")
        assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert b'data-version="{version}"' not in page.body
        start = await fetch(hall, "GET", "/")
        assert "frame-ancestors 'none'" in start.headers["Content-Security-Policy"]


@pytest.mark.gen_test
async def test_an_led_bar_shows_the_rows_of_its_window(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        bar = await hall.device("led", "w01")
        await hall.open()
        ticket = await hall.call()
        picture = await bar.shown(lambda shown: shown is not None and shown["rows"][0]["number"] == ticket.number)
        assert (picture["chars"], picture["rows"][0]["tone"]) == (8, "call")
        assert ticket.number in picture["rows"][0]["texts"][0]


@pytest.mark.gen_test
async def test_an_led_wall_that_is_tied_to_a_screen_shows_that_screen(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        bar = await hall.device("led", "w02")
        await bar.shown(lambda shown: shown is not None and len(shown["rows"]) == 1)
        screen = SaveScreen(name="墙", content=Content.LED, zone="z1", led_chars=12, led_rows=3, device=bar.device_id)
        await hall.do(screen)
        picture = await bar.shown(lambda shown: len(shown["rows"]) == 3)
        assert picture["chars"] == 12
        await hall.open()
        ticket = await hall.call()
        await bar.shown(lambda shown: shown["rows"][0]["number"] == ticket.number)

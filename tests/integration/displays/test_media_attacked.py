"""Fault 34: uploads that are bombs, something else or somewhere else, and requests for files that cannot be."""

import asyncio
import io
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from displays.screens import still
from hall_server.identity import Role
from tests.fakes.device_hall import DeviceHall, device_hall

MEDIA = "/api/v1/media"
BEYOND = (6000, 6000)  # 36 megapixels


def picture(kind: str, size: tuple[int, int] = (64, 48), **how: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#113355").save(out, kind, **how)
    return out.getvalue()


async def fetch(hall: DeviceHall, path: str, body: bytes | None = None, **headers: str) -> HTTPResponse:
    request = HTTPRequest(
        f"http://127.0.0.1:{hall.port}{path}",
        method="GET" if body is None else "POST",
        body=body,
        headers={**hall.session, **headers},
        request_timeout=40,
    )
    return await AsyncHTTPClient(force_instance=True).fetch(request, raise_error=False)


async def refused(hall: DeviceHall, content: bytes) -> str:
    """The code a file is refused with; nothing of it stays."""
    answer = await fetch(hall, MEDIA, content)
    assert answer.code in {400, 413}
    assert list((hall.server.data / "media").iterdir()) == []
    return str(msgspec.json.decode(answer.body)["error"]["code"])


@pytest.mark.gen_test
async def test_bombs_and_what_is_no_picture_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    bombs = {"WEBP": picture("WEBP", BEYOND, lossless=True), "PNG": picture("PNG", BEYOND)}
    assert len(bombs["WEBP"]) < 4096
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        assert [await refused(hall, bomb) for bomb in bombs.values()] == ["media.too_many_pixels"] * 2
        for content in (svg, b"<!doctype html><script>", b"GIF89a" + bytes(40), b"PK\3\4" + bytes(60), b"%PDF-1.7\n"):
            assert await refused(hall, content) == "media.not_what_it_says"


@pytest.mark.gen_test
async def test_what_stands_behind_a_picture_or_in_its_words_does_not_come_in(tmp_path: Path) -> None:
    script = b"<script>alert(document.cookie)</script>"
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        for content in (picture("JPEG") + script, picture("JPEG", comment=script), picture("PNG") + b"PK\3\4" + script):
            made = await fetch(hall, f"{MEDIA}?name=..%2F..%2F%3Cb%3Ea.docx%00.png", content)
            assert made.code == 201
            media = msgspec.json.decode(made.body)
            assert media["name"] == "....ba.docx .png"
            sent = await fetch(hall, f"{MEDIA}/{media['id']}")
            assert (sent.code, script in sent.body) == (200, False)
            assert sent.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.gen_test
async def test_no_name_of_a_file_leads_out_of_the_folder(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        (hall.server.data / "media").mkdir(exist_ok=True)
        (hall.server.data / "media" / f"{'0' * 32}.jpg").write_bytes(b"not described")
        for name in (
            "..%2Fhall.db",
            "../hall.db",
            "%2e%2e/keys",
            f"{'0' * 32}.jpg",
            f"{'0' * 32}.jpg%00.png",
            "x" * 900,
        ):
            assert (await fetch(hall, f"{MEDIA}/{name}")).code == 404
        for name in ("..%2F" * 3 + "hall.db", "0" * 64, "../x"):
            assert (await fetch(hall, f"/api/v1/voice/takes/{name}.wav")).code in {401, 404}


@pytest.mark.gen_test
async def test_a_range_that_no_number_can_hold_gets_the_whole(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        media = msgspec.json.decode((await fetch(hall, MEDIA, picture("PNG"))).body)
        for span in (
            "bytes=" + "9" * 5000 + "-",
            "bytes=-" + "9" * 5000,
            "bytes=0-" + "9" * 5000,
            "bytes=-0",
            "bytes=9-1",
        ):
            answer = await fetch(hall, f"{MEDIA}/{media['id']}", Range=span)
            assert (answer.code, len(answer.body)) == (200, media["bytes"])


@pytest.mark.gen_test
async def test_pictures_are_made_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        assert await most_at_once(hall, monkeypatch) == 1


@pytest.mark.gen_test
async def test_control_without_the_turn_their_memory_adds_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Open:
        async def __aenter__(self) -> None: ...
        async def __aexit__(self, *_: object) -> None: ...

    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        library: Any = next(route.options["library"] for route in hall.server.routes if route.path == MEDIA)
        library.one_at_a_time = Open()
        assert await most_at_once(hall, monkeypatch, waits_s=20) > 1


async def most_at_once(hall: DeviceHall, monkeypatch: pytest.MonkeyPatch, *, waits_s: float = 0.5) -> int:
    """How many pictures were in the making at the same moment, of three that came together; each waits for another."""
    inside, most, real, guard = 0, 0, still.remade, threading.Condition()

    def counted(path: Path) -> still.Still:
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
            guard.notify_all()
            guard.wait_for(lambda: inside > 1, timeout=waits_s)
        try:
            return real(path)
        finally:
            with guard:
                inside -= 1

    monkeypatch.setattr(still, "remade", counted)
    answers = await asyncio.gather(*(fetch(hall, MEDIA, picture("PNG", (60 + n, 40))) for n in range(3)))
    assert {answer.code for answer in answers} == {201}
    return most

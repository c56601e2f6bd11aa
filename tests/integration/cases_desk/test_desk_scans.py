"""Pages that came to do harm: only pixels are kept, what is too much is said plainly, and nothing is left of it."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from cases.desk import scans
from tests.fakes.cases_desk import WINDOW, DeskHall, desk_hall, page
from tests.fakes.confirming import Answer, Who, lying, pdf_file

DESK = f"/api/v1/cases/desk/{WINDOW}"
SECRET = b"secret-of-the-camera"
SCRIPT = b"<script>alert(1)</script>"


def bomb() -> bytes:
    """60 kB that would be 1.2 GB of pixels."""
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


def lying_header() -> bytes:
    """A PNG whose header says 50,000 by 50,000 pixels; its data are a few bytes."""
    head = (50_000).to_bytes(4) * 2 + b"\x08\x02\x00\x00\x00"
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    body = b"".join(len(one).to_bytes(4) + name + one + zlib.crc32(name + one).to_bytes(4) for name, one in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


def polyglot() -> bytes:
    """A picture that is also a page with a script, and says things about whoever took it."""
    out = io.BytesIO()
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    Image.new("RGB", (200, 300), "white").save(out, "PNG", pnginfo=text)
    return out.getvalue() + SCRIPT + b"%PDF-1.7 PK\x03\x04"


async def upload(hall: DeskHall, who: Who, content: bytes) -> Answer:
    ticket = await hall.serve()
    return await who.ask("POST", f"{DESK}/scans?ticket={ticket}&name=../../etc/passwd", raw=content)


@pytest.mark.gen_test(timeout=120)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "case_desk.scan_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "case_desk.scan_kind"),
        (b"GIF89a" + b"\0" * 100, "case_desk.scan_kind"),
        (b"\xff\xd8\xff" + b"\0" * 100, "confirmation.document_kind"),
        (bomb(), "confirmation.document_size"),
        (lying_header(), "confirmation.document_size"),
        (pdf_file(200), "confirmation.document_pages"),
        (page(kind="PNG")[:500], "confirmation.document_kind"),
    ],
    ids=["empty", "svg", "gif", "no jpeg", "bomb", "lying header", "200 pages", "half"],
)
async def test_what_is_no_page_is_refused_with_what_is_wrong(tmp_path: Path, content: bytes, code: str) -> None:
    async with desk_hall(tmp_path) as hall:
        clerk = await hall.signed_in()
        answer = await upload(hall, clerk, content)
        assert (answer.code, answer.error) == (400, code)
        assert answer.body["error"]["message"]
        assert (await clerk.ask("GET", DESK)).body["draft"]["scans"] == []
        assert [one for one in (tmp_path / "blobs").rglob("*") if one.is_file()] == []


@pytest.mark.gen_test(timeout=60)
async def test_only_pixels_of_a_polyglot_are_kept_under_a_name_nobody_chose(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        clerk = await hall.signed_in()
        answer = await upload(hall, clerk, polyglot())
        assert answer.code == 201, answer.body
        [mark] = answer.body["pages"]
        seen = await clerk.ask("GET", f"{DESK}/scans/{mark['sha256']}")
        assert SECRET not in seen.body
        assert SCRIPT not in seen.body
        assert seen.headers["X-Content-Type-Options"] == "nosniff"
        with Image.open(io.BytesIO(seen.body)) as found:
            assert found.size == (200, 300)
    files = lying(tmp_path)
    assert [name for name, content in files.items() if SECRET in content or SCRIPT in content] == []
    assert [name for name in files if "passwd" in name] == []


@pytest.mark.gen_test(timeout=60)
async def test_a_case_takes_so_many_pages_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "PAGES_MOST", 3)
    async with desk_hall(tmp_path) as hall:
        clerk, ticket = await hall.signed_in(), await hall.serve()
        path = f"{DESK}/scans?ticket={ticket}"
        assert len((await clerk.ask("POST", path, raw=pdf_file(2))).body["pages"]) == 2
        over: Any = await clerk.ask("POST", path, raw=pdf_file(2))
        assert (over.error, over.body["error"]["fields"]) == ("case_desk.scans_many", {"most": 3})
        assert len((await clerk.ask("GET", DESK)).body["draft"]["scans"]) == 2


@pytest.mark.gen_test(timeout=60)
async def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        clerk = await hall.signed_in()
        answer = await upload(hall, clerk, b"\xff\xd8\xff" + b"\0" * scans.UPLOAD_MOST)
        assert (answer.code, answer.error) == (413, "body.too_large")

"""Documents: what is taken, what is refused by its bytes, and that only pixels come out."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from evaluation.confirmation.documents import Documents
from evaluation.confirmation.sealed_files import SealedFiles
from hall_server.errors import Unavailable
from tests.fakes.confirming import base, confirming, lying, pdf_file, picture_file, sha, wanted

SECRET = b"secret-of-the-camera"


async def upload(who: Any, content: bytes, name: str = "申请表.pdf") -> Any:
    return await who.ask("POST", f"{base()}/documents?name={name}".replace("申请表", "%E7%94%B3"), raw=content)


def locked_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("password"))
    canvas.drawString(80, 600, "locked")
    canvas.save()
    return out.getvalue()


def with_exif() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET.decode(), 6  # description; turned by a quarter
    Image.new("RGB", (400, 200), "blue").save(out, "JPEG", exif=exif)
    return out.getvalue()


def with_text() -> bytes:
    out = io.BytesIO()
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(out, "PNG", pnginfo=text)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.gen_test
async def test_a_pdf_is_shown_as_pictures_of_its_pages(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        ticket = await hall.serve()
        file = pdf_file(3)
        made = await upload(clerk, file)
        assert made.code == 201, made.body
        assert made.body["sha256"] == sha(file)
        assert len(made.body["pages"]) == 3
        place = f"{base()}/documents/{made.body['id']}/pages"
        early = await pad.ask("GET", f"{place}/0")
        assert early.code == 403, "nothing is shown before it is sent"
        sheet = (await clerk.ask("POST", base(), wanted(ticket, document=made.body["id"]))).body
        content = json.loads((await pad.ask("GET", f"{base()}/{sheet['id']}/sheet")).body["content"])
        for at, page in enumerate(content["document"]["pages"]):
            picture = await pad.ask("GET", f"{place}/{at}")
            assert picture.headers["Content-Type"] in {"image/png", "image/jpeg"}
            assert picture.headers["Cache-Control"] == "no-store"
            assert sha(picture.body) == page["sha256"]
            assert Image.open(io.BytesIO(picture.body)).size == (page["width"], page["height"])
        assert (await pad.ask("GET", f"{place}/3")).code == 404
        assert (await hall.device("pad-w02").ask("GET", f"{place}/0")).code == 403
        assert (await hall.nobody().ask("GET", f"{place}/0")).code == 401
        unread = await pad.ask("POST", f"{base()}/{sheet['id']}/shown", {"hash": sheet["hash"]})
        assert unread.code == 200
        assert hall.sheets.by_id[sheet["id"]].to_see == 4


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("file", "size"),
    [
        (picture_file("PNG", (3000, 1500)), (1240, 620)),
        (picture_file("JPEG"), (640, 480)),
        (picture_file("WEBP"), (640, 480)),
        (picture_file("BMP"), (640, 480)),
        (picture_file("TIFF"), (640, 480)),
        (with_exif(), (200, 400)),
        (with_text(), (100, 100)),
    ],
    ids=["png", "jpeg", "webp", "bmp", "tiff", "turned", "transparent"],
)
async def test_a_picture_is_made_anew_from_its_pixels(tmp_path: Path, file: bytes, size: tuple[int, int]) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        made = await upload(clerk, file, "p.png")
        assert made.code == 201, made.body
        picture = (await clerk.ask("GET", f"{base()}/documents/{made.body['id']}/pages/0")).body
        assert SECRET not in picture
        assert Image.open(io.BytesIO(picture)).size == size
        assert picture != file


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"", "confirmation.document_empty"),
        (b"hello", "confirmation.document_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "confirmation.document_kind"),
        (b"<html><script>alert(1)</script>", "confirmation.document_kind"),
        (b"GIF89a" + bytes(40), "confirmation.document_kind"),
        (b"%PDF-1.7\n" + bytes(400), "confirmation.document_broken"),
        (pdf_file(1)[:300], "confirmation.document_broken"),
        (picture_file("PNG")[:200], "confirmation.document_kind"),
        (locked_pdf(), "confirmation.document_locked"),
        (pdf_file(21), "confirmation.document_pages"),
        (bomb(), "confirmation.document_size"),
    ],
    ids=["empty", "text", "svg", "html", "gif", "no pdf", "half a pdf", "half a png", "locked", "21 pages", "bomb"],
)
async def test_other_files_are_refused_in_words(tmp_path: Path, file: bytes, code: str) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        answer = await upload(clerk, file)
        assert (answer.code, answer.error) == (400, code)
        assert lying(tmp_path, "*.document") == {}


@pytest.mark.gen_test
async def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        answer = await upload(clerk, bytes(10 * 1024 * 1024 + 1))
        assert (answer.code, answer.error) == (413, "body.too_large")


@pytest.mark.gen_test
async def test_only_the_windows_own_staff_upload_and_use_a_document(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, other = await hall.signed_in("s01", "w01"), await hall.signed_in("s02", "w02")
        for who, code in ((other, 403), (hall.device(), 403), (hall.nobody(), 401)):
            assert (await upload(who, picture_file())).code == code
        made = (await upload(clerk, picture_file())).body
        ticket = await hall.serve("w02")
        stolen = await other.ask("POST", base("w02"), wanted(ticket, document=made["id"]))
        assert (stolen.code, stolen.error) == (404, "confirmation.document_unknown")
        peeped = await other.ask("GET", f"{base('w02')}/documents/{made['id']}/pages/0")
        assert (peeped.code, peeped.error) == (404, "confirmation.document_unknown")


@pytest.mark.gen_test
async def test_a_file_that_takes_too_long_is_given_up_and_its_process_killed(tmp_path: Path) -> None:
    program = tmp_path / "slow.py"
    program.write_text("import sys, time\nsys.stdin.buffer.read()\ntime.sleep(600)\n", "utf-8")
    async with confirming(tmp_path / "hall") as hall:
        files = SealedFiles(tmp_path / "files", lambda: hall.server.vault)
        documents = Documents(files, within_s=0.5, program=program)
        with pytest.raises(Unavailable, check=lambda exc: exc.code == "confirmation.document_slow"):
            await documents.take("d1", "w01", "slow.pdf", b"%PDF-1.7")
        assert lying(tmp_path / "files") == {}

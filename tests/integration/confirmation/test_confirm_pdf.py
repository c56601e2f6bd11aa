"""The confirmed sheet as PDF: what stands in it, that the signature is drawn as strokes, and who may take it out."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
import zxingcpp

from evaluation.confirmation.pdf import Confirmed, pdf
from hall_queue import messages as m
from tests.fakes.confirming import ConfirmHall, Who, base, confirming, ink_of, pdf_file, signature, text_of, wanted
from tests.fakes.hall import staff


async def confirmed(hall: ConfirmHall, clerk: Who, *, document: bool = False, **more: object) -> Any:
    """A signed sheet; its id and hash."""
    ticket = await hall.serve()
    seen = 1
    if document:
        made = await clerk.ask("POST", f"{base()}/documents?name=shenqing.pdf", raw=pdf_file(2))
        more, seen = {**more, "document": made.body["id"]}, 3
    sheet = (await clerk.ask("POST", base(), wanted(ticket, **more))).body
    pad = hall.device()
    await pad.ask("POST", f"{base()}/{sheet['id']}/shown", {"hash": sheet["hash"]})
    body = {"hash": sheet["hash"], "seen": seen, **signature()}
    assert (await pad.ask("POST", f"{base()}/{sheet['id']}/sign", body)).body["state"] == "confirmed"
    return {**sheet, "number": ticket.number}


async def taken(who: Who, sheet: Any, reason: str = "", language: str = "zh-CN") -> Any:
    path = f"/api/v1/confirmations/{sheet['id']}/pdf"
    return await who.ask("POST", path, {"reason": reason}, Accept_Language=language)


def fonts_of(tool: str, file: Path) -> list[str]:
    said = subprocess.run([tool, str(file)], capture_output=True, text=True, check=True)
    return said.stdout.splitlines()[2:]


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-CN", ("提交材料", "办事人签名", "1 号窗口", "窗口评价器")),
        ("en", ("Materials handed in", "Signature", "Window 1", "pad")),
    ],
)
async def test_the_pdf_carries_what_was_shown_and_the_signature(
    tmp_path: Path, language: str, words: tuple[str, ...]
) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        sheet = await confirmed(hall, clerk, document=True, title="登记信息 & <核对>")
        answer = await taken(clerk, sheet, language=language)
        assert (answer.code, answer.headers["Content-Type"]) == (200, "application/pdf")
        assert answer.headers["Cache-Control"] == "no-store"
        text = text_of(answer.body)
        stands = (sheet["number"], sheet["id"], sheet["hash"], "张三丰", "11010519491231002X", "营业执照副本原件")
        for one in (*stands, "登记信息 & <核对>", "shenqing.pdf", "2026-11-23 09:00", "1001", "1 / 3", "3 / 3", *words):
            assert one in text.replace("\r\n", " "), one
        assert ink_of(answer.body) == sum(len(stroke) - 1 for stroke in signature()["strokes"])
        picture = pdfium.PdfDocument(answer.body)[0].render(scale=3).to_pil()
        [code] = zxingcpp.read_barcodes(picture)
        assert code.text == f"onedoor:confirmation:{sheet['id']}:{sheet['hash']}"


@pytest.mark.gen_test
async def test_every_font_is_embedded(tmp_path: Path) -> None:
    tool = shutil.which("pdffonts")
    if tool is None:
        pytest.skip("pdffonts (poppler-utils) is not installed")
    async with confirming(tmp_path / "hall") as hall:
        clerk = await hall.signed_in("s01", "w01")
        answer = await taken(clerk, await confirmed(hall, clerk))
        file = tmp_path / "sheet.pdf"
        file.write_bytes(answer.body)
        said = fonts_of(tool, file)
        used = [line for line in said if "Helvetica" not in line]  # declared by reportlab, drawn with by nobody
        assert used
        assert all("yes yes yes" in line for line in used)


@pytest.mark.gen_test
async def test_the_windows_staff_take_it_out_on_its_day_and_managers_with_a_reason(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, other = await hall.signed_in("s01", "w01"), await hall.signed_in("s02", "w02")
        boss = await hall.signed_in("m01", roles=("manager",))
        sheet = await confirmed(hall, clerk)
        for who, code in ((hall.nobody(), 401), (hall.device(), 403), (other, 403), (boss, 400), (clerk, 200)):
            assert (await taken(who, sheet)).code == code
        assert (await taken(boss, sheet, "群众投诉核查")).code == 200
        hall.clock.forward(days=1)
        await hall.server.roll_day()
        clerk, boss = await hall.signed_in("s01", "w01"), await hall.signed_in("m01", roles=("manager",))
        assert (await taken(clerk, sheet)).code == 403, "yesterday's is the manager's to look into"
        assert (await taken(boss, sheet, "复核")).code == 200
        journal = await hall.journal_text()
        assert "群众投诉核查" not in journal
        rows = await hall.server.database.fetch("SELECT actor, payload FROM journal WHERE type = 'confirmation.read'")
        assert [row[0] for row in rows] == ["staff:s01", "staff:m01", "staff:m01"]
        reasons = await hall.server.database.fetch("SELECT count(*) FROM vault WHERE kind = 'confirmation read why'")
        assert reasons == [(2,)]


@pytest.mark.gen_test
async def test_only_confirmed_sheets_have_a_pdf_and_managers_list_all_without_contents(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, boss = await hall.signed_in("s01", "w01"), await hall.signed_in("m01", roles=("manager",))
        signed = await confirmed(hall, clerk)
        open_ = (await clerk.ask("POST", base(), wanted(await hall.serve()))).body
        refused = await taken(clerk, open_)
        assert (refused.code, refused.error) == (409, "confirmation.not_confirmed")
        assert (await taken(boss, {"id": "no-such-sheet"}, "x")).code == 404
        await hall.do(m.FinishService(window="w01"), staff("s01", "w01"))
        await hall.settle()
        listed = (await boss.ask("GET", "/api/v1/confirmations?window=w01")).body
        assert [(one["id"], one["state"]) for one in listed["items"]] == [
            (open_["id"], "withdrawn"),
            (signed["id"], "confirmed"),
        ] or listed["total"] == 2
        assert "张三丰" not in str(listed)
        one = (await boss.ask("GET", f"/api/v1/confirmations?number={signed['number'].lower()}")).body
        assert [item["id"] for item in one["items"]] == [signed["id"]]
        assert (await boss.ask("GET", "/api/v1/confirmations?from=x")).error == "confirmation.day_unknown"
        assert (await clerk.ask("GET", "/api/v1/confirmations")).code == 403


@pytest.mark.gen_test
async def test_forty_long_fields_and_a_tall_signature_still_make_a_sheet(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        fields = [{"label": f"第{n}项" + "长" * 30, "value": "很长的内容" * 100} for n in range(40)]
        sheet = await confirmed(hall, clerk, fields=fields, materials=["材料" * 100] * 60)
        content = await hall.keeper.content(sheet["id"])
        kept = await hall.keeper.signature(sheet["id"], hall.sheets.by_id[sheet["id"]].ink or "")
        for aspect in (0.5, 10):
            ink = type(kept.ink)(aspect=aspect, strokes=kept.ink.strokes)
            made = pdf(
                Confirmed(
                    content=content,
                    ink=ink,
                    hash=sheet["hash"],
                    ink_hash="0" * 64,
                    sent_at="2026-11-23 09:00:00",
                    signed_at="2026-11-23 09:01:00",
                    screen="pad",
                    printed_at="2026-11-23 09:02:00",
                    word=lambda key, /, **_: key,
                )
            )
            assert len(pdfium.PdfDocument(made)) > 3
            assert "第39项" in text_of(made)

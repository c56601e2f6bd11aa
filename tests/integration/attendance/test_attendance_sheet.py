"""The monthly sheet: its signs and sums, its PDF with an embedded font and a place to sign, its XLSX."""

import io
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from attendance import messages as a
from attendance.press import Press
from attendance.sheet_files import xlsx
from attendance.sheet_table import MINUTES, SUMS, Book, Sheet, SheetRow, Sums
from hall_server.errors import Unavailable
from hall_server.identity import Role
from tests.fakes.attendance_hall import AttendanceHall, attendance_hall
from tests.fakes.hall import HandClock

SHEET = "/api/v1/attendance/sheet"


async def worked(hall: AttendanceHall) -> None:
    """s01 of a department came 25 minutes late on Monday the 23rd."""
    await hall.works()
    await hall.push("1001\t2026-11-23 09:25:00\t0\t1\n1001\t2026-11-23 17:02:00\t1\t1\n")
    department = next(iter(hall.server.directory.departments))
    await hall.do(a.SetDepartment(staff="s01", department=department))
    await hall.sign_in(Role.MANAGER)


def clock() -> HandClock:
    return HandClock(datetime.fromisoformat("2026-11-23T20:00:00+08:00"))


def columns(page: Any) -> dict[str, int]:
    """Where each head of a page stands, counted from 0."""
    return {str(cell.value): n for n, cell in enumerate(page[2])}


@pytest.mark.gen_test
async def test_the_spreadsheet_has_signs_sums_and_a_page_for_each_department(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, clock()) as hall:
        await worked(hall)
        answer = await hall.ask("GET", f"{SHEET}.xlsx?month=2026-11&lang=zh-CN")
        book = load_workbook(io.BytesIO(answer.body))
        assert len(book.sheetnames) == 2  # one department, and those who are of none
        page = book[book.sheetnames[0]]
        at = columns(page)
        rows = {row[0].value: [cell.value for cell in row] for row in page.iter_rows(min_row=4)}
        found = rows["1001"]
        assert [found[at[name]] for name in ("23", "24", "应出勤", "迟到", "迟到 分钟", "未打卡")] == [
            "迟",
            None,
            16,
            1,
            25,
            15,
        ]
        assert [rows["合计"][at[name]] for name in ("应出勤", "迟到 分钟")] == [16, 25]
        assert page[3][at["23"]].value == "一"
        assert next(reversed(at)) == "签名"
        others = {row[0].value for row in book[book.sheetnames[1]].iter_rows(min_row=4)}
        assert "1002" in others
        assert "1001" not in others


@pytest.mark.gen_test
async def test_the_totals_of_a_page_are_the_sums_of_its_rows(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, clock()) as hall:
        await worked(hall)
        await hall.works("s02")
        await hall.do(a.SetDepartment(staff="s02", department=hall.attendance.roster.departments["s01"]))
        answer = await hall.ask("GET", f"{SHEET}.xlsx?month=2026-11&lang=zh-CN")
        page = load_workbook(io.BytesIO(answer.body)).worksheets[0]
        first = columns(page)["应出勤"]
        rows = [
            [cell.value for cell in row][first:-1] for row in page.iter_rows(min_row=4) if row[first].value is not None
        ]
        assert len(rows) == 3
        assert [sum(some) for some in zip(*rows[:-1], strict=True)] == rows[-1]


@pytest.mark.gen_test
async def test_the_paper_embeds_its_font_and_names_whom_it_is_about(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path / "hall", clock()) as hall:
        await worked(hall)
        department = hall.attendance.roster.departments["s01"]
        answer = await hall.ask("GET", f"{SHEET}.pdf?month=2026-11&department={department}&lang=zh-CN")
        assert (answer.code, answer.body[:5]) == (200, b"%PDF-")
        name = hall.server.directory.departments[department].name
        text, fonts = _read(tmp_path / "sheet.pdf", answer.body)
        assert name in text
        assert "签名" in text.replace("\n", "")
        assert "1002" not in text  # of another department
        assert all("yes" in line.split() for line in fonts)


@pytest.mark.gen_test
async def test_a_sheet_of_an_unknown_month_or_department_or_for_staff_is_refused(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, clock()) as hall:
        await hall.sign_in(Role.MANAGER)
        assert (await hall.ask("GET", f"{SHEET}.pdf?month=2026-13")).error == "attendance.day_unknown"
        assert (await hall.ask("GET", f"{SHEET}.pdf?department=zz")).error == "attendance.no_department"
        await hall.sign_in(Role.STAFF)
        assert (await hall.ask("GET", f"{SHEET}.xlsx")).error == "role.missing"


def _read(path: Path, content: bytes) -> tuple[str, list[str]]:
    """The text of a PDF and the lines about its fonts."""
    path.write_bytes(content)
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True)
    fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True)
    return text.stdout, [line for line in fonts.stdout.splitlines()[2:] if line.strip()]


@pytest.mark.gen_test
async def test_each_department_begins_on_its_own_page_and_every_page_says_which_of_how_many(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path / "hall", clock()) as hall:
        await worked(hall)
        whole = await hall.ask("GET", f"{SHEET}.pdf?month=2026-11&lang=zh-CN")
        one = hall.server.directory.departments[hall.attendance.roster.departments["s01"]]
        pages = _read(tmp_path / "sheet.pdf", whole.body)[0].split("\f")[:-1]
        assert one.name in pages[0]
        assert all(one.name not in page for page in pages[1:])
        assert all(f"第{n}/{len(pages)}页" in page.replace(" ", "") for n, page in enumerate(pages, start=1))
        large = await hall.ask("GET", f"{SHEET}.pdf?month=2026-11&paper=a3")
        size = _said("pdfinfo", tmp_path / "large.pdf", large.body)
        assert "1190.55 x 841.89" in size
        assert (await hall.ask("GET", f"{SHEET}.pdf?paper=a5")).error == "attendance.no_paper"


def _said(program: str, path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return subprocess.run([program, str(path)], capture_output=True, text=True, check=True).stdout


def plain_book(name: str, people: int = 1) -> Book:
    sums = Sums(days=dict.fromkeys(SUMS, 1), minutes=dict.fromkeys(MINUTES, 0))
    row = SheetRow(number="1", name=name, days=("√",) * 31, marked=(), sums=sums)
    days = tuple((n, "一") for n in range(1, 32))
    sheet = Sheet(name=name, title=name, days=days, rest=(), rows=(row,) * people, total=sums)
    heads = {one: one for one in ("number", "name", "signature", "total", "minutes", *SUMS)}
    return Book(sheets=(sheet, sheet), heads=heads, legend=name, signed="", page="{n}/{of}")


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+1", "-1", "=cmd|' /C calc'!A0", "a[1]:*?/\\'b", "王" * 60])
def test_a_name_that_looks_like_a_formula_or_is_no_name_for_a_page_stays_a_name(name: str) -> None:
    book = load_workbook(io.BytesIO(xlsx(plain_book(name))))
    assert len(set(book.sheetnames)) == 2
    assert all(len(one) <= 31 for one in book.sheetnames)
    cells = [cell for page in book for line in page.iter_rows() for cell in line]
    assert sum(cell.value == name for cell in cells) == 6  # title, name and legend of two pages
    assert all(cell.data_type != "f" for cell in cells)


@pytest.mark.gen_test
async def test_a_sheet_that_takes_too_long_or_dies_is_given_up_in_words(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="sheet_failed"):
        await Press(deadline_s=0.01).made(plain_book("王"), "pdf")
    with pytest.raises(Unavailable, match="sheet_failed"):
        await Press(module="attendance.no_such_module").made(plain_book("王"), "pdf")
    assert (await Press().made(plain_book("王"), "pdf"))[:5] == b"%PDF-"  # the next one is made

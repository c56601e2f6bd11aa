"""The monthly sheet: its signs and sums, its PDF with an embedded font and a place to sign, its XLSX."""

import io
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from attendance import messages as a
from attendance.sheet_files import xlsx
from attendance.sheet_table import Sheet, SheetRow
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


@pytest.mark.gen_test
async def test_the_spreadsheet_has_signs_sums_and_texts_that_stay_texts(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, clock()) as hall:
        await worked(hall)
        answer = await hall.ask("GET", f"{SHEET}.xlsx?month=2026-11&lang=zh-CN")
        rows = list(load_workbook(io.BytesIO(answer.body)).active.iter_rows(values_only=True))
        heads = list(rows[1])
        found = next(row for row in rows[2:] if row[0] == "1001")
        assert (found[heads.index("23")], found[heads.index("迟到")], found[heads.index("应出勤")]) == (
            "迟",
            "1/25'",
            16,
        )
        assert (found[heads.index("24")], found[heads.index("未打卡")], heads[-1]) == (None, 15, "签名")


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


def test_a_name_that_looks_like_a_formula_stays_a_name() -> None:
    row = SheetRow(number="1", name="=1+1", days=("√",), sums=(1,) * 10)
    made = xlsx(Sheet(title="=2", heads=("a",) * 14, rows=(row,), legend="", signed=""))
    cells = [cell for line in load_workbook(io.BytesIO(made)).active.iter_rows() for cell in line]
    assert [cell.value for cell in cells if str(cell.value).startswith("=")] == ["=2", "=1+1"]
    assert all(cell.data_type != "f" for cell in cells)

"""The numbers of PDF, XLSX and CSV are those of the API, for a day, a week, a month, a window and a department."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pypdfium2
import pytest

from dashboards.figures.shown import Unit, rounded, shown
from dashboards.reports.tables import SHOWN
from dashboards.reports.words import unit_of
from hall_server.directory.commands import SaveWindow
from tests.fakes.reporting import FIRST, LAST, Reporting, reporting, weekdays

ASKED: list[dict[str, str]] = [
    {"kind": "daily", "first": "2026-11-18"},
    {"kind": "weekly", "first": "2026-11-18"},
    {"kind": "monthly", "first": "2026-11-01"},
    {"kind": "weekly", "first": "2026-11-18", "window": "w01"},
    {"kind": "period", "first": "2026-10-28", "last": "2026-11-05", "department": "d"},
]


def pdf_text(content: bytes) -> str:
    """All the text of a PDF, without spaces: a line may break anywhere."""
    document = pypdfium2.PdfDocument(content)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return "".join("".join(texts).split())


def csv_rows(content: bytes) -> list[list[str]]:
    assert content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


async def figures(hall: Reporting, query: str) -> dict[str, Any]:
    answer = await hall.ask("GET", f"/api/v1/statistics?{query}")
    assert answer.code == 200, answer.body
    found: dict[str, Any] = answer.body["found"]
    return found


def values(figures: list[dict[str, Any]]) -> dict[str, float | None]:
    return {one["id"]: one["value"] for one in figures}


@pytest.mark.gen_test(timeout=300)
@pytest.mark.parametrize("asked", ASKED, ids=lambda one: "-".join(one.values()))
async def test_a_report_says_what_the_api_says_in_every_format(tmp_path: Path, asked: dict[str, str]) -> None:
    async with reporting(tmp_path, days=weekdays(FIRST, LAST)) as hall:
        given = dict(asked)
        if "department" in given:
            given["department"] = sorted(hall.server.directory.departments)[0]
        made = [await hall.made(**given, format=one) for one in ("pdf", "xlsx", "csv")]
        assert {one["state"] for one in made} == {"done"}
        first, last = made[0]["first"], made[0]["last"]
        only = "".join(f"&{name}={given[name]}" for name in ("window", "department") if name in given)
        whole = await figures(hall, f"from={first}&to={last}&by=line{only}&lang=zh-CN")
        pdf, xlsx, table = [await hall.file(one["id"]) for one in made]
        words = hall.server.locales.all("zh-CN")
        check_overview(whole, pdf_text(pdf), xlsx, csv_rows(table), words)
        check_lines(whole, pdf_text(pdf), xlsx, csv_rows(table), words)


def check_overview(
    whole: dict[str, Any], paper: str, sheet: bytes, table: list[list[str]], words: dict[str, str]
) -> None:
    """Every figure of the overview, with its name before it."""
    pages = openpyxl.load_workbook(io.BytesIO(sheet))
    overview = {row[0]: row[1] for row in pages["总览"].iter_rows(values_only=True)}
    plain = {row[0]: row[1] for row in reversed(table) if len(row) == 4}
    for one in whole["figures"]:
        name, unit, value = words[f"statistics.{one['id']}"], unit_of(one["id"]), one["value"]
        assert "".join(f"{name}{shown(value, unit)}".split()) in paper, one["id"]
        assert overview[name] == expected_cell(value, unit), one["id"]
        assert plain[name] == expected_text(value, unit), one["id"]


def check_lines(whole: dict[str, Any], paper: str, sheet: bytes, table: list[list[str]], words: dict[str, str]) -> None:
    """Every row of the table of lines."""
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet))["按队列"].iter_rows(values_only=True))
    by_name = {row[1]: row for row in rows}
    start = table.index(["按队列"])
    plain = {row[1]: row for row in table[start + 2 :] if len(row) == 12}
    assert whole["groups"]
    for group in whole["groups"]:
        known = values(group["figures"])
        texts = [shown(known[id_], unit_of(id_)) for id_ in SHOWN]
        assert "".join([group["number"], group["name"], *texts]) in paper
        assert list(by_name[group["name"]][2:]) == [expected_cell(known[id_], unit_of(id_)) for id_ in SHOWN]
        assert plain[group["name"]][2:] == [expected_plain(known[id_], unit_of(id_)) for id_ in SHOWN]


def expected_cell(value: float | None, unit: Unit) -> object:
    number = rounded(value, unit)
    if number is None:
        return None
    if unit is Unit.SPAN:
        return timedelta(seconds=int(number))
    return float(number) if unit is Unit.RATE else int(number)


def expected_plain(value: float | None, unit: Unit) -> str:
    number = rounded(value, unit)
    if number is None:
        return ""
    return str(float(number * 100)) if unit is Unit.RATE else str(int(number))


def expected_text(value: float | None, unit: Unit) -> str:
    sign = {Unit.RATE: "%", Unit.SPAN: "s"}.get(unit, "")
    plain = expected_plain(value, unit)
    return f"{plain}{sign}" if plain else ""


@pytest.mark.gen_test(timeout=300)
async def test_a_question_of_the_page_is_the_same_as_a_file(tmp_path: Path) -> None:
    async with reporting(tmp_path, days=weekdays(FIRST, LAST)) as hall:
        query = "from=2026-11-02&to=2026-11-20&by=window&compare=before&lang=zh-CN"
        found = (await hall.ask("GET", f"/api/v1/statistics?{query}")).body
        plain = csv_rows((await hall.ask("GET", f"/api/v1/statistics.csv?{query}")).body)
        sheet = (await hall.ask("GET", f"/api/v1/statistics.xlsx?{query}")).body
        rows = list(openpyxl.load_workbook(io.BytesIO(sheet)).active.iter_rows(values_only=True))
        groups = [
            (period["first"], one)
            for period in (found["found"], found["compared"])
            for one in ({"key": "", "figures": period["figures"]}, *period["groups"])
        ]
        assert len(plain) == len(rows) == len(groups) + 1
        for (day, group), texts, cells in zip(groups, plain[1:], rows[1:], strict=True):
            assert texts[0] == cells[0] == day
            assert texts[2] == (cells[2] or "") == group["key"]
            known = group["figures"]
            size = 5 + len(known)  # ratings and attendance stand behind them
            assert texts[5:size] == [expected_plain(one["value"], unit_of(one["id"])) for one in known]
            assert list(cells[5:size]) == [expected_cell(one["value"], unit_of(one["id"])) for one in known]
        refused = await hall.ask("GET", "/api/v1/statistics.csv?colour=red")
        assert (refused.code, refused.error) == (400, "statistics.filter_unknown")


@pytest.mark.gen_test(timeout=300)
async def test_a_pdf_has_an_outline_its_own_fonts_numbered_pages_and_no_pictures(tmp_path: Path) -> None:
    async with reporting(tmp_path, days=weekdays(FIRST, LAST)) as hall:
        chinese, english = ("zh-CN", "第{n}页/共{of}页", "指标说明"), ("en", "Page{n}of{of}", "What the figures mean")
        for language, first, last in (chinese, english):
            made = await hall.made(kind="monthly", first="2026-11-01", format="pdf", language=language)
            content = await hall.file(made["id"])
            assert content.startswith(b"%PDF")
            document = pypdfium2.PdfDocument(content)
            assert len(document) == made["pages"] > 5
            titles = [one.get_title() for one in document.get_toc()]
            assert titles[-1] == last
            assert len(titles) >= 8
            kinds = {thing.type for page in document for thing in page.get_objects()}
            assert pypdfium2.raw.FPDF_PAGEOBJ_IMAGE not in kinds
            assert pypdfium2.raw.FPDF_PAGEOBJ_PATH in kinds
            for n, page in enumerate(document, 1):
                text = "".join(page.get_textpage().get_text_range().split())
                assert first.replace("{n}", str(n)).replace("{of}", str(len(document))) in text
            document.close()
            assert content.count(b"/FontFile2") >= 1
            assert b"/Helvetica" not in content


@pytest.mark.gen_test(timeout=300)
async def test_no_name_of_the_hall_becomes_a_formula(tmp_path: Path) -> None:
    async with reporting(tmp_path, days=[date(2026, 11, 20)]) as hall:
        window = hall.server.directory.windows["w01"]
        await hall.do(SaveWindow(item=msgspec.structs.replace(window, name="=1+1|cmd")))
        for kind in ("xlsx", "csv"):
            made = await hall.made(kind="daily", first="2026-11-20", format=kind)
            content = await hall.file(made["id"])
            if kind == "csv":
                assert "'=1+1|cmd" in [cell for row in csv_rows(content) for cell in row]
                continue
            book = openpyxl.load_workbook(io.BytesIO(content))
            cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
            assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
            assert "=1+1|cmd" in [cell.value for cell in cells]

"""Workbooks made by a real spreadsheet library are read as the CSV of the same table, and their traps are seen."""

import csv
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from hall_server.directory import catalogue_sheet
from hall_server.directory.catalogue_file import CatalogueFile
from hall_server.directory.catalogue_import import read

CATALOGUE = Path(__file__).resolve().parents[3] / "config" / "catalogue" / "catalogue_qianfeng.csv"
HEADER = ["部门", "分组", "事项名称", "事项编码", "事项类型"]
Saved = Callable[..., CatalogueFile]


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """Save rows as a workbook and read it as a catalogue."""

    def save(*rows: list[object]) -> CatalogueFile:
        book = Workbook()
        assert book.active is not None
        for row in rows:
            book.active.append(row)
        path = tmp_path / "catalogue.xlsx"
        book.save(path)
        return read(path)

    return save


def test_the_whole_catalogue_goes_through_a_workbook_unchanged(saved: Saved) -> None:
    with CATALOGUE.open(encoding="utf-8-sig", newline="") as file:
        rows: list[list[object]] = [list(row) for row in csv.reader(file)]
    workbook = saved(*rows)
    assert workbook.faults == ()
    assert workbook == read(CATALOGUE)


def test_numbers_are_taken_as_the_digits_that_are_seen(saved: Saved) -> None:
    file = saved(HEADER, ["局", None, "甲事", 1234567, 20], ["局", None, "乙事", "C2", 1.0])
    assert file.faults == ()
    assert [(row.code, row.task_type) for row in file.rows] == [("1234567", 20), ("C2", 1)]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("=A1&B1", "formula"),
        (5116020000001234567, "digits_lost"),
        (date(2026, 1, 1), "not_text"),
        (True, "not_text"),
        (None, "empty"),
        ("<b>", "markup"),
    ],
)
def test_a_cell_that_cannot_be_trusted_is_told(saved: Saved, code: object, reason: str) -> None:
    file = saved(HEADER, ["局", "", "甲事", "C1", "1"], [], ["局", "", "乙事", code, "1"])
    assert [(fault.row, fault.column, fault.reason) for fault in file.faults] == [(4, "item_code", reason)]
    assert len(file.rows) == 1


def test_a_workbook_without_a_column_names_it(saved: Saved) -> None:
    file = saved(["部门", "名字", "事项编码", "事项类型"], ["局", "名", "C1", "1"])
    assert file.is_fatal
    assert [(fault.column, fault.reason) for fault in file.faults] == [("item_name", "column_missing")]


def test_an_empty_workbook_is_refused(saved: Saved) -> None:
    assert saved().is_fatal


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert [fault.reason for fault in read(path).faults] == ["unreadable"]


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_sheet, "UNPACKED_LIMIT_BYTES", 1000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000)
    assert [fault.reason for fault in read(path).faults] == ["too_large"]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(catalogue_sheet.FILE_LIMIT_BYTES + 1)
    assert [fault.reason for fault in read(path).faults] == ["too_large"]


def test_the_encodings_of_the_real_catalogue_agree(tmp_path: Path) -> None:
    text = CATALOGUE.read_text(encoding="utf-8-sig")
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(text.encode(encoding))
        assert read(path) == read(CATALOGUE), encoding

"""The monthly sheet as XLSX: a page for each department, numbers that can be added up, texts that stay texts."""

from __future__ import annotations

import io
import re

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from attendance.sheet_table import MINUTES, SUMS, Book, Sheet, SheetRow, Sums

_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
NAME_LIMIT = 31
_THIN = Side(style="thin", color="B8C0CC")
_FRAME = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_GREY, _HEAD = PatternFill("solid", fgColor="F1F3F6"), PatternFill("solid", fgColor="DDE3EC")
_A4 = 9
"""The paper's number. Source: ECMA-376 part 1, 18.3.1.63."""
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_MARKED = Font(bold=True, color="B3261E")
_BOLD, _LARGE = Font(bold=True), Font(bold=True, size=14)


def xlsx(book: Book) -> bytes:
    """The sheets as a spreadsheet."""
    made, names = Workbook(write_only=True), set[str]()
    for sheet in book.sheets:
        page = made.create_sheet(_page_name(sheet.name, names))
        _write(page, book, sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def columns() -> list[tuple[str, bool]]:
    """The columns behind the days: their names, and whether they are minutes."""
    return [(name, is_minutes) for name in SUMS for is_minutes in ((False, True) if name in MINUTES else (False,))]


def _write(page: WriteOnlyWorksheet, book: Book, sheet: Sheet) -> None:
    page.freeze_panes = "C4"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:3"
    days, last = len(sheet.days), 2 + len(sheet.days) + len(columns()) + 1
    for index in range(1, last + 1):
        width = 12 if index in (1, 2) else 16 if index == last else 4.5 if index <= days + 2 else 9
        page.column_dimensions[get_column_letter(index)].width = width
    page.append([_cell(page, sheet.title, font=_LARGE)])
    page.append(_heads(page, book, sheet))
    weekdays = [
        _cell(page, name, fill=_rest(sheet, n) or _HEAD, is_framed=True) for n, (_, name) in enumerate(sheet.days)
    ]
    page.append([*[_cell(page, "", fill=_HEAD, is_framed=True)] * 2, *weekdays])
    for row in sheet.rows:
        page.append(_row(page, sheet, row))
    total = [
        _cell(page, book.heads["total"], font=_BOLD, is_framed=True),
        *[_cell(page, "", is_framed=True)] * (days + 1),
    ]
    page.append([*total, *_sums(page, sheet.total, _BOLD), _cell(page, "", is_framed=True)])
    page.append([])
    page.append([_cell(page, book.legend)])
    page.append([_cell(page, book.signed)])


def _heads(page: WriteOnlyWorksheet, book: Book, sheet: Sheet) -> list[WriteOnlyCell]:
    texts: tuple[str | int, ...] = (
        *(book.heads[name] for name in ("number", "name")),
        *(number for number, _ in sheet.days),
        *(f"{book.heads[name]} {book.heads['minutes']}" if is_min else book.heads[name] for name, is_min in columns()),
        book.heads["signature"],
    )
    return [_cell(page, text, font=_BOLD, fill=_HEAD, is_framed=True) for text in texts]


def _row(page: WriteOnlyWorksheet, sheet: Sheet, row: SheetRow) -> list[WriteOnlyCell]:
    days = [
        _cell(page, sign, font=_MARKED if n in row.marked else None, fill=_rest(sheet, n), is_framed=True)
        for n, sign in enumerate(row.days)
    ]
    who = [_cell(page, one, is_framed=True) for one in (row.number, row.name)]
    return [*who, *days, *_sums(page, row.sums), _cell(page, "", is_framed=True)]


def _sums(page: WriteOnlyWorksheet, sums: Sums, font: Font | None = None) -> list[WriteOnlyCell]:
    values = (sums.minutes[name] if is_minutes else sums.days[name] for name, is_minutes in columns())
    return [_cell(page, value, font=font, is_framed=True) for value in values]


def _rest(sheet: Sheet, n: int) -> PatternFill | None:
    return _GREY if n in sheet.rest else None


def _cell(
    page: WriteOnlyWorksheet,
    value: str | int,
    *,
    font: Font | None = None,
    fill: PatternFill | None = None,
    is_framed: bool = False,
) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    if is_framed:
        cell.border, cell.alignment = _FRAME, _MIDDLE
    return cell


def _page_name(name: str, taken: set[str]) -> str:
    """A name a spreadsheet takes, and no other page of it has."""
    plain = _NOT_IN_A_NAME.sub(" ", name).strip()[:NAME_LIMIT] or "1"
    found, n = plain, 2
    while found.casefold() in taken:
        found, n = f"{plain[: NAME_LIMIT - 4]} {n}", n + 1
    taken.add(found.casefold())
    return found

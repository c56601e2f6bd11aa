"""A report as XLSX: a page for each chapter, real numbers with their formats, heads that stay, fit for printing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from dashboards.figures.shown import Unit, rounded
from dashboards.reports.book import Book, Column, Number, Section, Table, Value, number

_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_NOT_IN_A_CELL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
NAME_LIMIT, CELL_LIMIT = 31, 32_767
FORMATS = {Unit.COUNT: "#,##0", Unit.RATE: "0.0%", Unit.SPAN: "[m]:ss"}
CHANGES = {Unit.COUNT: "+#,##0;-#,##0;0", Unit.RATE: "+0.0%;-0.0%;0.0%", Unit.SPAN: '+0" s";-0" s";0" s"'}
DAY_S = 86_400
_A4 = 9
"""The paper's number. Source: ECMA-376 part 1, 18.3.1.63."""
_THIN = Side(style="thin", color="D5DBE3")
_FRAME = Border(bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="E8EEF6")
_LARGE, _MIDDLE = Font(size=16, bold=True), Font(size=13, bold=True)
_BOLD, _SMALL = Font(bold=True), Font(color="5B6675")
_WRAPPED = Alignment(horizontal="right", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)


def xlsx(book: Book, told: Callable[[float], None] = lambda _: None) -> bytes:
    """The report; nothing in it is a formula."""
    made, names = Workbook(write_only=True), set[str]()
    made.properties.title, made.properties.creator = _clean(f"{book.title} {book.span}"), _clean(book.hall)
    _cover(made.create_sheet(_page_name(book.title, names)), book)
    tables = [(section, table) for section in book.sections for table in section.tables]
    for done, (section, table) in enumerate(tables, 1):
        name = section.title if len(section.tables) == 1 else table.title
        _page(made.create_sheet(_page_name(name, names)), book, section, table)
        told(done / (len(tables) + 1))
    _terms(made.create_sheet(_page_name(book.words["terms"], names)), book)
    return _saved(made)


def table_xlsx(table: Table, title: str) -> bytes:
    """One table as a spreadsheet."""
    made = Workbook(write_only=True)
    page = made.create_sheet(_page_name(title, set()))
    _table(page, table, before=0)
    return _saved(made)


def _saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _cover(page: WriteOnlyWorksheet, book: Book) -> None:
    _printable(page, head_rows=0)
    for letter, width in zip("ABC", (30, 26, 16), strict=True):
        page.column_dimensions[letter].width = width
    page.append([_text(page, book.hall, font=_SMALL)])
    page.append([_text(page, f"{book.title} · {book.about}", font=_LARGE)])
    page.append([])
    for label, said in book.facts:
        page.append([_text(page, label, font=_SMALL), _text(page, said)])
    page.append([])
    for card in book.cards:
        change = Number(value=card.change, unit=card.unit, is_change=True)
        shown = Number(value=card.value, unit=card.unit)
        page.append([_text(page, card.name), _number(page, shown, font=_BOLD), _number(page, change)])


def _page(page: WriteOnlyWorksheet, book: Book, section: Section, table: Table) -> None:
    _table(page, table, before=2, above=(f"{table.title} · {book.about} · {book.span}", section.intro))


def _table(page: WriteOnlyWorksheet, table: Table, *, before: int, above: Iterable[str] = ()) -> None:
    first_number = next((n for n, column in enumerate(table.columns) if column.unit is not None), 1)
    page.freeze_panes = f"{get_column_letter(max(1, first_number) + 1)}{before + 2}"
    _printable(page, head_rows=before + 1)
    for place, column in enumerate(table.columns, 1):
        page.column_dimensions[get_column_letter(place)].width = _width(table, place - 1, column)
    for font, line in zip((_MIDDLE, _SMALL), above, strict=False):
        page.append([_text(page, line, font=font)])
    page.append([_head(page, column) for column in table.columns])
    for place, row in enumerate(table.rows, 1):
        font = _BOLD if table.has_total and place == len(table.rows) else None
        page.append([_cell(page, value, column, font) for value, column in zip(row, table.columns, strict=True)])


def _terms(page: WriteOnlyWorksheet, book: Book) -> None:
    _printable(page, head_rows=1)
    page.freeze_panes = "B2"
    for letter, width in zip("ABC", (24, 60, 60), strict=True):
        page.column_dimensions[letter].width = width
    page.append([_text(page, book.words["terms"], font=_BOLD, fill=_HEAD)])
    for term in book.terms:
        texts = (term.name, term.plain, term.formula)
        page.append([_text(page, one, align=_LEFT) for one in texts])


def _printable(page: WriteOnlyWorksheet, *, head_rows: int) -> None:
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.center.text = "&P / &N"
    if head_rows:
        page.print_title_rows = f"1:{head_rows}"


def _width(table: Table, place: int, column: Column) -> float:
    if column.unit is not None:
        return 11.0
    longest = max((_cells(str(row[place])) for row in table.rows if isinstance(row[place], str)), default=0)
    return float(min(44, max(_cells(column.name), longest, 8) + 2))


def _cells(text: str) -> int:
    """How wide a text is; a Chinese character is two."""
    return sum(2 if ord(one) > 0x2E7F else 1 for one in text)


def _head(page: WriteOnlyWorksheet, column: Column) -> WriteOnlyCell:
    return _text(page, column.name, font=_BOLD, fill=_HEAD, align=_LEFT if column.unit is None else _WRAPPED)


def _cell(page: WriteOnlyWorksheet, value: Value, column: Column, font: Font | None) -> WriteOnlyCell:
    found = number(value, column)
    return _text(page, str(value or ""), font=font) if found is None else _number(page, found, font=font)


def _number(page: WriteOnlyWorksheet, found: Number, *, font: Font | None = None) -> WriteOnlyCell:
    """The number that is shown, so that the spreadsheet adds up what people read."""
    exact = rounded(found.value, found.unit)
    if exact is None:
        cell = WriteOnlyCell(page)
    elif found.unit is Unit.SPAN and not found.is_change:
        cell = WriteOnlyCell(page, value=int(exact) / DAY_S)  # a span below nothing cannot be shown as a time
    else:
        cell = WriteOnlyCell(page, value=float(exact) if found.unit is Unit.RATE else int(exact))
    cell.number_format = (CHANGES if found.is_change else FORMATS)[found.unit]
    cell.border = _FRAME
    if font is not None:
        cell.font = font
    return cell


def _text(
    page: WriteOnlyWorksheet,
    text: str,
    *,
    font: Font | None = None,
    fill: PatternFill | None = None,
    align: Alignment | None = None,
) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, value=_clean(text))
    cell.data_type = "s"  # never a formula
    cell.border = _FRAME
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    if align is not None:
        cell.alignment = align
    return cell


def _clean(text: str) -> str:
    return _NOT_IN_A_CELL.sub("", text)[:CELL_LIMIT]


def _page_name(name: str, taken: set[str]) -> str:
    """A name a spreadsheet takes, and no other page of it has."""
    plain = _NOT_IN_A_NAME.sub(" ", name).strip()[:NAME_LIMIT] or "1"
    found, n = plain, 2
    while found.casefold() in taken:
        found, n = f"{plain[: NAME_LIMIT - 4]} {n}", n + 1
    taken.add(found.casefold())
    return found

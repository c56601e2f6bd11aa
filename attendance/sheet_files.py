"""The monthly sheet as PDF, with an embedded Chinese font and a column to sign in, and as XLSX."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from attendance.sheet_table import SUMS, Sheet
from hall_server.errors import Unavailable

FONTS = (
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "C:/Windows/Fonts/simhei.ttf",
    "C:/Windows/Fonts/simsun.ttc",
)
"""TrueType outlines only: reportlab does not embed the PostScript outlines of Noto CJK."""
_NAME = "attendance-sheet"


def pdf(sheet: Sheet) -> bytes:
    """The sheet on landscape A4, its head on every page.

    Raises:
        Unavailable: ``attendance.no_font``: no Chinese font that can be embedded is installed.
    """
    font = _font()
    text = ParagraphStyle("text", fontName=font, fontSize=8, leading=11, wordWrap="CJK")
    title = ParagraphStyle("title", parent=text, fontSize=14, leading=20, alignment=1)
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=landscape(A4),
        leftMargin=8 * mm,
        rightMargin=8 * mm,
        topMargin=10 * mm,
        bottomMargin=12 * mm,
        title=sheet.title,
        invariant=1,
        initialFontName=font,
    )
    story = [Paragraph(_escaped(sheet.title), title), _table(sheet, font), Spacer(1, 4 * mm)]
    story += [Paragraph(_escaped(sheet.legend), text), Spacer(1, 6 * mm), Paragraph(_escaped(sheet.signed), text)]

    def number(canvas: object, page: SimpleDocTemplate) -> None:
        canvas.setFont(font, 7)  # type: ignore[attr-defined]  # reportlab has no types
        canvas.drawRightString(289 * mm, 6 * mm, str(page.page))  # type: ignore[attr-defined]  # as above

    document.build(story, onFirstPage=number, onLaterPages=number)
    return out.getvalue()


def xlsx(sheet: Sheet) -> bytes:
    """The sheet as a spreadsheet; texts stay texts, whatever they begin with."""
    book = Workbook(write_only=True)
    page = book.create_sheet("考勤")
    page.freeze_panes = "C3"
    columns = len(sheet.heads)
    for index in range(1, columns + 1):
        wide = 12 if index in (1, 2, columns) else 4.5 if index <= columns - 1 - len(SUMS) else 9
        page.column_dimensions[get_column_letter(index)].width = wide
    page.append([_cell(page, sheet.title, is_bold=True)])
    page.append([_cell(page, head, is_bold=True) for head in sheet.heads])
    for row in sheet.rows:
        page.append([_cell(page, one) for one in (row.number, row.name, *row.days, *row.sums, "")])
    page.append([])
    page.append([_cell(page, sheet.legend)])
    page.append([_cell(page, sheet.signed)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page: object, value: str | int, *, is_bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def _table(sheet: Sheet, font: str) -> LongTable:
    days = len(sheet.heads) - 3 - len(SUMS)
    widths = [13 * mm, 18 * mm, *[4.4 * mm] * days, *[9 * mm] * len(SUMS)]
    widths.append(max(16 * mm, 281 * mm - sum(widths)))
    small = ParagraphStyle("small", fontName=font, fontSize=6.5, leading=7.5, wordWrap="CJK")
    rows = [
        [row.number, Paragraph(_escaped(row.name), small), *map("\n".join, row.days), *map(str, row.sums), ""]
        for row in sheet.rows
    ]
    head = [Paragraph(_escaped(one), small) for one in sheet.heads]
    table = LongTable([head, *rows], colWidths=widths, repeatRows=1, rowHeights=None)
    style = [
        ("FONT", (0, 0), (-1, -1), font, 6.5),
        ("GRID", (0, 0), (-1, -1), 0.25, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("ALIGN", (2, 0), (-2, -1), "CENTER"),
        ("LEFTPADDING", (0, 0), (-1, -1), 1),
        ("RIGHTPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 1), (-1, -1), 4),
    ]
    table.setStyle(TableStyle(style))
    return table


@cache
def _font() -> str:
    for path in FONTS:
        if Path(path).exists():
            try:
                pdfmetrics.registerFont(TTFont(_NAME, path))
            except TTFError:
                continue
            return _NAME
    raise Unavailable("attendance.no_font")


def _escaped(text: str) -> str:
    found = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return found.replace("\u3000", "\u00a0" * 6)  # runs of spaces would become one

"""The monthly sheet on paper: landscape A4 or A3, a Chinese font inside it, a column to sign in, its pages numbered."""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    LongTable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from attendance.sheet_table import MINUTES, SUMS, Book, Paper, Sheet, SheetRow
from hall_server.fonts import main_font

_MARKED, _REST, _HEAD, _LINE = (colors.HexColor(code) for code in ("#B3261E", "#F1F3F6", "#E3E8F0", "#8A94A3"))


def pdf(book: Book, paper: Paper = Paper.A4) -> bytes:
    """The sheets, each beginning on a page of its own with its head on every page; A3 is the same, larger.

    Raises:
        Unavailable: ``paper.no_font``: no Chinese font that can be embedded is installed.
    """
    made = _Printer(book, paper)
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=landscape(A3 if paper is Paper.A3 else A4),
        leftMargin=made.mm(8),
        rightMargin=made.mm(8),
        topMargin=made.mm(8),
        bottomMargin=made.mm(11),
        title=book.sheets[0].title if book.sheets else "",
        invariant=1,
        initialFontName=made.font,
    )
    document.build(made.story(), canvasmaker=made.canvas)
    return out.getvalue()


class _Printer:
    """Sizes and styles for one paper."""

    def __init__(self, book: Book, paper: Paper) -> None:
        self._book, self._times = book, 2**0.5 if paper is Paper.A3 else 1.0
        self.font = main_font()
        self._text = self._style(8)
        self._title = ParagraphStyle("title", parent=self._style(15), alignment=1, spaceAfter=self.mm(2))
        self._small, self._centred = self._style(7.5), ParagraphStyle("centred", parent=self._style(7), alignment=1)

    def mm(self, size: float) -> float:
        """Millimetres of A4."""
        return float(size * mm * self._times)

    def story(self) -> list[Flowable]:
        """All sheets, each on its own pages."""
        found: list[Flowable] = []
        for n, sheet in enumerate(self._book.sheets):
            found += [PageBreak()] if n else []
            found += [Paragraph(_escaped(sheet.title), self._title), self._table(sheet)]
            below = [Paragraph(_escaped(self._book.legend), self._text), Spacer(1, self.mm(5))]
            found += [Spacer(1, self.mm(3)), KeepTogether([*below, Paragraph(_escaped(self._book.signed), self._text)])]
        return found

    def canvas(self, *arguments: Any, **named: Any) -> Canvas:
        """A canvas that writes the page and how many there are."""
        return _Numbered(*arguments, printer=self, page=self._book.page, **named)

    def _style(self, size: float) -> ParagraphStyle:
        size *= self._times
        return ParagraphStyle(f"s{size}", fontName=self.font, fontSize=size, leading=size * 1.35, wordWrap="CJK")

    def _table(self, sheet: Sheet) -> LongTable:
        days = len(sheet.days)
        widths = [
            self.mm(13),
            self.mm(18),
            *[self.mm(4.6)] * days,
            *(self.mm(10 if name in MINUTES else 7.6) for name in SUMS),
        ]
        widths.append(self.mm(281) - sum(widths))
        heads = self._book.heads
        head = [
            *(Paragraph(_escaped(heads[name]), self._centred) for name in ("number", "name")),
            *(f"{number}\n{weekday}" for number, weekday in sheet.days),
            *(Paragraph(_escaped(heads[name]), self._centred) for name in (*SUMS, "signature")),
        ]
        rows = [self._row(row) for row in sheet.rows]
        total = [Paragraph(_escaped(heads["total"]), self._small), *[""] * (days + 1), *map(sheet.total.cell, SUMS), ""]
        height = [self.mm(9), *[self.mm(8)] * len(rows), self.mm(8)]
        table = LongTable([head, *rows, total], colWidths=widths, rowHeights=height, repeatRows=1)
        table.setStyle(TableStyle(self._looks(sheet)))
        return table

    def _row(self, row: SheetRow) -> list[object]:
        who = (Paragraph(_escaped(_short(one)), self._small) for one in (row.number, row.name))
        return [*who, *("\n".join(sign) for sign in row.days), *map(row.sums.cell, SUMS), ""]

    def _looks(self, sheet: Sheet) -> list[tuple[Any, ...]]:
        size, line, first = 8 * self._times, 0.4 * self._times, 2
        return [
            ("FONT", (0, 0), (-1, -1), self.font, size, size * 1.15),
            ("FONTSIZE", (first, 0), (first + len(sheet.days) - 1, 0), 7 * self._times),
            ("FONTSIZE", (first + len(sheet.days), 1), (-2, -1), 7 * self._times),
            ("GRID", (0, 0), (-1, -1), line, _LINE),
            ("BACKGROUND", (0, 0), (-1, 0), _HEAD),
            *(("BACKGROUND", (first + n, 1), (first + n, -2), _REST) for n in sheet.rest),
            *(
                ("TEXTCOLOR", (first + n, y), (first + n, y), _MARKED)
                for y, row in enumerate(sheet.rows, start=1)
                for n in row.marked
            ),
            ("LINEABOVE", (0, -1), (-1, -1), line * 2, _LINE),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("ALIGN", (first, 0), (-1, -1), "CENTER"),
            ("LEFTPADDING", (0, 0), (-1, -1), self._times),
            ("RIGHTPADDING", (0, 0), (-1, -1), self._times),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), self._times),
        ]


class _Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Keeps all pages until the last one, so that each can say how many there are."""

    def __init__(self, *arguments: Any, printer: _Printer, page: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._printer, self._page, self._kept = printer, page, list[dict[str, Any]]()

    def showPage(self) -> None:  # reportlab's name
        """Keep the page."""
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Number all pages, and write them."""
        for n, kept in enumerate(self._kept, start=1):
            self.__dict__.update(kept)
            self.setFont(self._printer.font, self._printer.mm(2.6))
            text = self._page.replace("{n}", str(n)).replace("{of}", str(len(self._kept)))
            self.drawRightString(self._printer.mm(289), self._printer.mm(5), text)
            super().showPage()
        super().save()


def _short(text: str) -> str:
    """What two lines of a narrow column can hold."""
    return text if len(text) <= 14 else f"{text[:13]}…"


def _escaped(text: str) -> str:
    found = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return found.replace("\u3000", "\u00a0" * 4)  # runs of spaces would become one

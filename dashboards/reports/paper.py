"""A report on paper: A4, a cover, chapters with tables and vector charts, every page numbered, an outline."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    LongTable,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)

from dashboards.reports.book import Book, Column, Picture, Section, Table, Value, number, text
from dashboards.reports.cover import Cover
from dashboards.reports.drawings import ACCENT, FAINT, INK, SOFT, drawing
from hall_server.fonts import font_of, main_font, marked

MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
TOP, BOTTOM = 22 * mm, 18 * mm
HEAD, STRIPE = colors.HexColor("#E8EEF6"), colors.HexColor("#F7F9FB")
CELL, CELL_HEAD = 8.0, 7.0
LEVEL_TITLE = 0


def pdf(book: Book, told: Callable[[float], None] = lambda _: None) -> tuple[bytes, int]:
    """The report and how many pages it has.

    Raises:
        Unavailable: ``paper.no_font``: no Chinese font that can be embedded is installed.
    """
    out = io.BytesIO()
    paper = _Paper(out, book, told)
    paper.build(list(_story(book)))
    return out.getvalue(), paper.page


class _Paper(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """The pages' frames, head and foot; the outline; how many pages there are, filled in at the end."""

    def __init__(self, out: io.BytesIO, book: Book, told: Callable[[float], None]) -> None:
        super().__init__(
            out,
            pagesize=A4,
            title=f"{book.hall} {book.title} {book.span}",
            author=book.hall,
            subject=book.about,
            invariant=1,
            initialFontName=main_font(),
        )
        self._book, self._told = book, told
        self._chapters, self._begun = len(book.sections) + 2, 0
        cover = Frame(0, 0, *A4, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0, id="cover")
        body = Frame(
            *(MARGIN, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM),
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
            id="body",
        )
        first = PageTemplate("cover", [cover], onPage=self._foot)
        self.addPageTemplates([first, PageTemplate("body", [body], onPage=self._head_and_foot)])

    def afterFlowable(self, flowable: Flowable) -> None:  # reportlab's name
        """Enter a chapter into the outline."""
        title = getattr(flowable, "chapter", None)
        if title is None:
            return
        key = f"chapter-{self._begun}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(title, key, LEVEL_TITLE, closed=False)
        self._begun += 1
        self._told(self._begun / (self._chapters + 1))

    def beforeDocument(self) -> None:  # reportlab's name
        """Open the outline with the document."""
        self.canv.showOutline()

    def _endBuild(self) -> None:  # reportlab's name; where every page is there and the file is not yet
        canvas = self.canv
        canvas.beginForm("pages", 0, 0, 40 * mm, 6 * mm)
        canvas.setFont(main_font(), 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(0, 1.5 * mm, self._book.words["of"].replace("{of}", str(self.page)))
        canvas.endForm()
        super()._endBuild()

    def _foot(self, canvas: Canvas, _: Any) -> None:
        said = self._book.words["page"].replace("{n}", str(canvas.getPageNumber()))
        canvas.saveState()
        canvas.setFont(main_font(), 8)
        canvas.setFillColor(SOFT)
        at = A4[0] / 2
        canvas.drawRightString(at, 10 * mm, said)
        canvas.translate(at, 8.5 * mm)
        canvas.doForm("pages")
        canvas.restoreState()

    def _head_and_foot(self, canvas: Canvas, document: Any) -> None:
        book = self._book
        canvas.saveState()
        canvas.setFont(main_font(), 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, A4[1] - 13 * mm, book.hall)
        canvas.drawRightString(A4[0] - MARGIN, A4[1] - 13 * mm, f"{book.title} · {book.about} · {book.span}")
        canvas.setStrokeColor(FAINT)
        canvas.setLineWidth(0.6)
        canvas.line(MARGIN, A4[1] - 15 * mm, A4[0] - MARGIN, A4[1] - 15 * mm)
        canvas.restoreState()
        self._foot(canvas, document)


class Heading(Paragraph):  # type: ignore[misc]  # reportlab has no types
    """A chapter's title, which goes into the outline."""

    def __init__(self, title: str) -> None:
        super().__init__(marked(title), _style(15, colour=ACCENT, before=4, after=5, keeps=True))
        self.chapter = title


def _story(book: Book) -> Iterator[Flowable]:
    cover = Cover(book)
    cover.chapter = book.title
    yield cover
    yield NextPageTemplate("body")
    yield PageBreak()
    for section in book.sections:
        yield from _section(section)
    yield CondPageBreak(60 * mm)
    yield Heading(book.words["terms"])
    for term in book.terms:
        yield _term(term.name, term.plain, f"{term.name} = {term.formula}")


def _section(section: Section) -> Iterator[Flowable]:
    yield CondPageBreak((110 if section.charts else 70) * mm)  # a title stays with the first thing below it
    yield Heading(section.title)
    if section.intro:
        yield Paragraph(marked(section.intro), _style(8.5, colour=SOFT, after=6, keeps=bool(section.tables)))
    for picture in section.charts:
        yield _chart(picture)
    for table in section.tables:
        if table.title != section.title:
            yield Paragraph(marked(table.title), _style(10.5, before=7, after=4, keeps=True))
        printed = _printed(table)
        yield _table(printed)
        if len(printed.rows) < len(table.rows):
            yield Paragraph(marked(table.rest), _style(8, colour=SOFT, before=3))
    yield Spacer(1, 7 * mm)


def _chart(picture: Picture) -> Flowable:
    head = [Paragraph(marked(picture.title), _style(11, before=4, after=2, keeps=True))]
    if picture.plain:
        head.append(Paragraph(marked(picture.plain), _style(8, colour=SOFT, after=4, keeps=True)))
    body = [drawing(picture, WIDTH), Paragraph(marked(picture.sentence), _style(8.5, before=3))]
    return KeepTogether([*head, *body, Spacer(1, 5 * mm)])


def _term(name: str, plain: str, formula: str) -> Flowable:
    return KeepTogether(
        [
            Paragraph(marked(name), _style(9.5, before=4)),
            Paragraph(marked(plain), _style(8.5, colour=SOFT)),
            Paragraph(marked(formula), _style(8, colour=SOFT)),
        ]
    )


# -- tables


def _printed(table: Table) -> Table:
    """What of a table is printed: the first rows and the sum, without long codes."""
    most, places = table.on_paper, [n for n, column in enumerate(table.columns) if column.is_on_paper]
    rows, total = (table.rows[:-1], table.rows[-1:]) if table.has_total else (table.rows, ())
    return msgspec.structs.replace(
        table,
        columns=tuple(table.columns[n] for n in places),
        rows=tuple(tuple(row[n] for n in places) for row in (*rows[:most], *total)),
    )


def _table(table: Table) -> LongTable:
    widths = _widths(table)
    head = [
        Paragraph(marked(column.name), _head_style(column.name, is_number=_is_number(table, place)))
        for place, column in enumerate(table.columns)
    ]
    rows = [
        [_cell(value, column, width) for value, column, width in zip(row, table.columns, widths, strict=True)]
        for row in table.rows
    ]
    made = LongTable([head, *rows], colWidths=widths, repeatRows=1, hAlign="LEFT")
    made.setStyle(TableStyle(list(_looks(table))))
    return made


def _is_number(table: Table, place: int) -> bool:
    """Whether a column holds numbers."""
    column = table.columns[place]
    return any(number(row[place], column) is not None for row in table.rows)


def _looks(table: Table) -> Iterator[tuple[Any, ...]]:
    yield "FONT", (0, 0), (-1, -1), main_font(), CELL, CELL * 1.25
    yield "TEXTCOLOR", (0, 1), (-1, -1), INK
    yield "BACKGROUND", (0, 0), (-1, 0), HEAD
    yield "ROWBACKGROUNDS", (0, 1), (-1, -1), (colors.white, STRIPE)
    yield "LINEBELOW", (0, 0), (-1, 0), 0.8, ACCENT
    yield "LINEBELOW", (0, 1), (-1, -1), 0.3, FAINT
    yield "VALIGN", (0, 0), (-1, -1), "MIDDLE"
    yield "LEFTPADDING", (0, 0), (-1, -1), 3
    yield "RIGHTPADDING", (0, 0), (-1, -1), 3
    yield "TOPPADDING", (0, 0), (-1, -1), 3.4
    yield "BOTTOMPADDING", (0, 0), (-1, -1), 3.8
    for place in range(len(table.columns)):
        if _is_number(table, place):
            yield "ALIGN", (place, 1), (place, -1), "RIGHT"
    if table.has_total:
        yield "LINEABOVE", (0, -1), (-1, -1), 0.8, ACCENT
        yield "BACKGROUND", (0, -1), (-1, -1), HEAD


def _cell(value: Value, column: Column, width: float) -> object:
    """A plain text where it fits on the line, which is twenty times as fast; a paragraph where it does not."""
    said = text(value, column)
    fits = stringWidth(said, main_font(), CELL) <= width - 6
    if fits and all(one.isascii() or font_of(one) == main_font() for one in said):
        return said
    return Paragraph(marked(said), _style(CELL))


def _widths(table: Table) -> list[float]:
    """Numbers take what they need, the longest name what is left."""
    needed = [_needed(table, place, column) for place, column in enumerate(table.columns)]
    numbers = [place for place in range(len(needed)) if _is_number(table, place)]
    texts = [place for place in range(len(needed)) if place not in numbers]
    spare = WIDTH - sum(needed[place] for place in numbers)
    wanted = sum(needed[place] for place in texts) or 1
    for place in texts:
        needed[place] = min(needed[place], max(18 * mm, spare * needed[place] / wanted))
    rest = WIDTH - sum(needed)
    spread = numbers if numbers else texts
    return [wide + rest / len(spread) if place in spread else wide for place, wide in enumerate(needed)]


def _needed(table: Table, place: int, column: Column) -> float:
    longest = max((stringWidth(text(row[place], column), main_font(), CELL) for row in table.rows), default=0)
    words = max((stringWidth(word, main_font(), CELL_HEAD) for word in _words(column.name)), default=0)
    return float(min(max(longest, words) + 7, 70 * mm))


def _words(name: str) -> list[str]:
    """What a line of a head cannot break: English words, two Chinese characters."""
    return [part if part.isascii() else part[:3] for part in name.split()] or [""]


def _style(
    size: float,
    *,
    colour: colors.Color = INK,
    before: float = 0,
    after: float = 0,
    keeps: bool = False,
    align: int = 0,
) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}",
        fontName=main_font(),
        fontSize=size,
        leading=size * 1.4,
        textColor=colour,
        spaceBefore=before,
        spaceAfter=after,
        keepWithNext=int(keeps),
        wordWrap="CJK",
        alignment=align,
    )


def _head_style(name: str, *, is_number: bool) -> ParagraphStyle:
    """Chinese may break anywhere, English between words."""
    style = _style(CELL_HEAD, colour=INK, align=2 if is_number else 0)
    style.leading = CELL_HEAD * 1.2
    style.wordWrap = None if name.isascii() else "CJK"
    return style

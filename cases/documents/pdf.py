"""A document on A4: head in red, number at the right, title in the middle, body with indents, seal over the date."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import segno
from reportlab.lib import colors, textsplit
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus import paragraph as reportlab_paragraph

from cases.documents import seal
from cases.documents.model import Block, DocumentContent, Facts, Grid, Head, Lines, Said
from hall_server.fonts import font_of, main_font, marked

LEFT, RIGHT, TOP, BOTTOM = 27 * mm, 25 * mm, 18 * mm, 18 * mm
WIDTH = A4[0] - LEFT - RIGHT
BODY, LEADING = 12.0, 20.5
SMALL, SMALL_LEADING = 10.0, 14.5
INK, GREY, RED = colors.HexColor("#111111"), colors.HexColor("#555555"), colors.HexColor("#c8161d")
LINE = colors.HexColor("#8a8a8a")
TINT = colors.HexColor("#f6f4f2")
_FIRST_CJK = "\u2e80"
_CANNOT_START = "!',.:;?!\")]、。」』】〕］】）々―…·，：；！？》”’"
"""What stands at no line's beginning; reportlab knows the Japanese ones. Source: GB/T 15834 (标点不出现在一行之首)."""
_QR_SIDE = 27 * mm
_VERIFY_SIDE = 15 * mm
_STAMP_HIGH = 42 * mm
_SEALED_WIDE = 72 * mm


def pdf(content: DocumentContent) -> bytes:
    """The document with all its copies, not signed.

    Raises:
        Unavailable: ``paper.no_font``.
    """
    reportlab_paragraph.ALL_CANNOT_START = textsplit.ALL_CANNOT_START = _CANNOT_START  # it has no setting for them
    out = io.BytesIO()
    template = BaseDocTemplate(
        out,
        pagesize=A4,
        title=content.subject,
        subject=content.title,
        author=content.issuer,
        creator="OneDoor",
        lang=content.language,
        displayDocTitle=True,
        invariant=1,
        initialFontName=main_font(),
    )
    frame = Frame(
        LEFT, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )
    template.addPageTemplates([PageTemplate(id="page", frames=[frame])])
    story: list[Flowable] = []
    for at, mark in enumerate(content.copies or ("",)):
        story += [NextPageTemplate("page"), PageBreak()] if at else []
        story += [_Begins(mark), *_story(content)]
    template.build(story, canvasmaker=_numbered(content))
    return out.getvalue()


def _story(content: DocumentContent) -> Iterable[Flowable]:
    yield _Banner(content.place)
    if content.banner:
        yield _paragraph(content.banner, _style(8.5, leading=13, color=GREY, align=1))
    label = f"{content.number_label}：" if _is_chinese(content) else f"{content.number_label} "
    yield _paragraph(label + content.number, _style(10.5, leading=16, align=2, before=3 * mm))
    yield _Title(content.title)
    if content.addressee:
        yield _paragraph(content.addressee, _style(BODY + 0.5, leading=LEADING, after=1.5 * mm))
    kept = 2 if isinstance(content.blocks[-1], Lines) else 1
    for block in content.blocks[:-kept]:
        flowable = _drawn(block, content)
        flowable.keepWithNext = int(isinstance(block, Head))
        yield flowable
    ending = [_paragraph(content.ending, _body(content))] if content.ending else []
    last = [_drawn(one, content) for one in content.blocks[-kept:]]
    yield KeepTogether([*last, *ending, Spacer(1, 3 * mm), _Signed(content)])  # a seal never stands on a page alone


def _drawn(block: Block, content: DocumentContent) -> Flowable:
    match block:
        case Said():
            return _paragraph(block.text, _body(content))
        case Head():
            return _paragraph(block.text, _heading(content))
        case Facts():
            return _facts(block, content)
        case Grid():
            return _grid(block, content)
        case Lines():
            return _Lines(block.labels)


def _is_chinese(content: DocumentContent) -> bool:
    return content.language != "en"


class _Begins(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Where a copy begins: its mark stands on each of its pages."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.width = self.height = 0
        self._mark = mark

    def draw(self) -> None:
        """Tell the canvas."""
        self.canv.begin_copy(self._mark)


class _Banner(Flowable):  # type: ignore[misc]  # as above
    """The place's name, red and wide, over a double line."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.width, self.height = WIDTH, 17 * mm

    def draw(self) -> None:
        """Draw it."""
        canvas, size = self.canv, 24.0
        spread = 1.0 if self._name.isascii() else 3.2
        while _wide(self._name, size, spread) > WIDTH * 0.96 and size > 9:
            size -= 0.5
            spread = min(spread, size / 9)
        canvas.setFillColor(RED)
        _spread(canvas, self._name, WIDTH / 2, 7.4 * mm, size, spread, bold=0.55)
        canvas.setStrokeColor(RED)
        canvas.setLineWidth(1.6)
        canvas.line(0, 2.4 * mm, WIDTH, 2.4 * mm)
        canvas.setLineWidth(0.5)
        canvas.line(0, 1.3 * mm, WIDTH, 1.3 * mm)


class _Title(Flowable):  # type: ignore[misc]  # as above
    """The title in the middle, in heavier letters; in smaller ones where it is long."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self.width, self.height = WIDTH, 16 * mm

    def draw(self) -> None:
        """Draw it."""
        size = 21.0
        while _wide(self._title, size, 0.6) > WIDTH and size > 11:
            size -= 0.5
        self.canv.setFillColor(INK)
        _spread(self.canv, self._title, WIDTH / 2, 5.5 * mm, size, 0.6, bold=0.45)


class _Lines(Flowable):  # type: ignore[misc]  # as above
    """Lines to sign on, two beside each other."""

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__()
        self._labels = labels
        self.width, self.height = WIDTH, (len(labels) + 1) // 2 * 11 * mm + 6 * mm

    def draw(self) -> None:
        """Draw them."""
        canvas = self.canv
        half = WIDTH / 2 - 5 * mm
        for at, label in enumerate(self._labels):
            left, bottom = (at % 2) * (half + 10 * mm), self.height - (at // 2 + 1) * 11 * mm
            canvas.setFillColor(INK)
            end = left + _plain(canvas, f"{label}：" if not label.isascii() else f"{label}: ", left, bottom, 11)
            canvas.setStrokeColor(LINE)
            canvas.setLineWidth(0.5)
            canvas.line(end + 1 * mm, bottom - 1 * mm, left + half, bottom - 1 * mm)


class _Signed(Flowable):  # type: ignore[misc]  # as above
    """The code at the left; issuer and date at the right, the seal over the date."""

    def __init__(self, content: DocumentContent) -> None:
        super().__init__()
        self._content = content
        self.width, self.height = WIDTH, _STAMP_HIGH

    def draw(self) -> None:
        """Draw it."""
        content, canvas = self._content, self.canv
        middle = WIDTH - _SEALED_WIDE / 2
        self._asked(canvas)
        canvas.setFillColor(INK)
        size = 12.5
        while _wide(content.issuer, size, 0) > _SEALED_WIDE and size > 8:
            size -= 0.5
        _spread(canvas, content.issuer, middle, 24 * mm, size, 0)
        _spread(canvas, content.date, middle, 16.5 * mm, 12.5, 0)
        if content.seal is not None:
            seal.draw(canvas, content.seal, middle, 21.5 * mm)

    def _asked(self, canvas: Canvas) -> None:
        content = self._content
        bottom = _STAMP_HIGH - _QR_SIDE - 2 * mm
        text_left = 0.0
        if content.query is not None:
            _code(canvas, content.query.url or content.query.number, -2 * mm, bottom, _QR_SIDE)
            text_left = _QR_SIDE + 1 * mm
        lines = [*content.query_words, *content.contact]
        room = WIDTH - _SEALED_WIDE - text_left - 1 * mm
        below = lines if not text_left else []
        beside = [] if not text_left else lines
        canvas.setFillColor(GREY)
        style = _style(8.2, leading=12, color=GREY)
        top = bottom + _QR_SIDE - 1.5 * mm
        for line in beside or below:
            paragraph = _paragraph(line, style)
            _, high = paragraph.wrap(room if beside else WIDTH - _SEALED_WIDE, 40 * mm)
            paragraph.drawOn(canvas, text_left, top - high)
            top -= high + 1


def _facts(block: Facts, content: DocumentContent) -> Table:
    """Pairs of label and value, two beside each other where both are short."""
    label = _style(SMALL, leading=SMALL_LEADING, color=GREY)
    value = _style(SMALL + 0.5, leading=SMALL_LEADING)
    labels = 26 * mm if _is_chinese(content) else 32 * mm
    values = WIDTH / 2 - labels
    cells: list[list[object]] = []
    how: list[tuple[object, ...]] = []
    for left, right in _paired(block.rows, values - 4 * mm, SMALL + 0.5, labels - 3 * mm):
        at = len(cells)
        pair = [left] if right is None else [left, right]
        drawn: list[object] = [
            cell for name, text in pair for cell in (_paragraph(name, label), _paragraph(text, value))
        ]
        cells.append(drawn + [""] * (4 - len(drawn)))
        how += [("BACKGROUND", (column * 2, at), (column * 2, at), TINT) for column in range(len(pair))]
        if right is None:
            how.append(("SPAN", (1, at), (3, at)))
    widths = [labels, values, labels, values]
    table = Table(cells, colWidths=widths, splitByRow=1, spaceBefore=2.5 * mm, spaceAfter=2.5 * mm)
    table.setStyle(_ruled(how))
    return table


def _paired(
    rows: Sequence[tuple[str, str]], most: float, size: float, labels: float
) -> Iterable[tuple[tuple[str, str], tuple[str, str] | None]]:
    """Rows in their order; two neighbours share one where both fit into half the width."""
    fits = [_wide(text, size, 0) <= most and _wide(name, SMALL, 0) <= labels for name, text in rows]
    at = 0
    while at < len(rows):
        if at + 1 < len(rows) and fits[at] and fits[at + 1]:
            yield rows[at], rows[at + 1]
            at += 2
        else:
            yield rows[at], None
            at += 1


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    """A paragraph that breaks between Chinese characters, or between words where there are none."""
    if text.isascii() or not any(one > _FIRST_CJK for one in text):
        style = style.clone(f"{style.name}w", wordWrap=None)
    return Paragraph(marked(text), style)


def _grid(block: Grid, content: DocumentContent) -> Table:
    head = _style(SMALL, leading=SMALL_LEADING, align=1)
    text = _style(SMALL, leading=SMALL_LEADING)
    middle = _style(SMALL, leading=SMALL_LEADING, align=1)
    narrow = 0.2
    cells = [[_paragraph(one, head) for one in block.heads]]
    for row in block.rows:
        cells.append(
            [_paragraph(one, middle if width < narrow else text) for one, width in zip(row, block.widths, strict=True)]
        )
    widths = [WIDTH * one for one in block.widths]
    table = Table(cells, colWidths=widths, repeatRows=1, splitByRow=1, spaceBefore=2.5 * mm, spaceAfter=2.5 * mm)
    table.setStyle(_ruled([("BACKGROUND", (0, 0), (-1, 0), TINT)]))
    return table


def _ruled(more: Sequence[tuple[object, ...]]) -> TableStyle:
    return TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), main_font()),
            ("GRID", (0, 0), (-1, -1), 0.5, LINE),
            ("BOX", (0, 0), (-1, -1), 0.9, INK),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 2.2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4.2),
            *more,
        ]
    )


def _body(content: DocumentContent) -> ParagraphStyle:
    chinese = _is_chinese(content)
    style = _style(BODY, leading=LEADING if chinese else 17.5, after=0.8 * mm if chinese else 2.4 * mm)
    style.firstLineIndent = 2 * BODY if chinese else 0
    return style


def _heading(content: DocumentContent) -> ParagraphStyle:
    style = _style(BODY + 0.5, leading=LEADING, before=1 * mm)
    style.firstLineIndent = 2 * BODY if _is_chinese(content) else 0
    return style


def _style(
    size: float,
    *,
    leading: float,
    color: colors.Color = INK,
    align: int = 0,
    before: float = 0,
    after: float = 0,
) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}",
        fontName=main_font(),
        fontSize=size,
        leading=leading,
        textColor=color,
        alignment=align,
        spaceBefore=before,
        spaceAfter=after,
        wordWrap="CJK",
    )


def _wide(text: str, size: float, spread: float) -> float:
    return sum(_letter(one, size) for one in text) + spread * (len(text) - 1)


def _letter(letter: str, size: float) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth  # beside its only use

    return float(stringWidth(letter, font_of(letter) or main_font(), size))


def _spread(canvas: Canvas, text: str, middle: float, y: float, size: float, spread: float, *, bold: float = 0) -> None:
    """A line around a middle, letters apart; ``bold``: outlined so wide, for want of a heavier font."""
    left = middle - _wide(text, size, spread) / 2
    drawn = canvas.beginText(left, y)
    if bold:
        canvas.setStrokeColor(canvas._fillColorObj)
        canvas.setLineWidth(bold)
        drawn.setTextRenderMode(2)
    drawn.setCharSpace(spread)
    font = ""
    for letter in text:
        wanted = font_of(letter) or main_font()
        if wanted != font:
            drawn.setFont(wanted, size)
            font = wanted
        drawn.textOut(letter)
    drawn.setTextRenderMode(0)
    canvas.drawText(drawn)


def _plain(canvas: Canvas, text: str, left: float, y: float, size: float) -> float:
    _spread(canvas, text, left + _wide(text, size, 0) / 2, y, size, 0)
    return _wide(text, size, 0)


def _code(canvas: Canvas, content: str, left: float, bottom: float, side: float) -> None:
    """A QR code as squares, sharp at any size."""
    rows = list(segno.make(content, error="m", micro=False).matrix_iter(border=3))
    step = side / len(rows)
    canvas.setFillColor(colors.black)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                at = left + across * step, bottom + side - (down + 1) * step
                canvas.rect(*at, step * 1.02, step * 1.02, stroke=0, fill=1)


def _numbered(content: DocumentContent) -> type[Canvas]:
    """A canvas that knows at the end how many pages each copy has."""

    class Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
        def __init__(self, *args: object, **how: object) -> None:
            super().__init__(*args, **how)
            self._done: list[tuple[dict[str, object], int]] = []
            self._marks: list[str] = []

        def begin_copy(self, mark: str) -> None:
            """A copy begins on this page."""
            self._marks.append(mark)

        def showPage(self) -> None:  # reportlab's name
            """Keep a page until all are there."""
            state = {name: value for name, value in self.__dict__.items() if name not in ("_done", "_marks")}
            self._done.append((state, len(self._marks) - 1))
            self._startPage()

        def save(self) -> None:
            """Write the pages with their feet."""
            marks, done = self._marks, self._done
            for at, (state, copy) in enumerate(done):
                self.__dict__.update(state)
                first = next(index for index, (_, other) in enumerate(done) if other == copy)
                of = sum(1 for _, other in done if other == copy)
                _foot(self, content, marks[copy], at - first + 1, of)
                super().showPage()
            super().save()

    return Numbered


def _foot(canvas: Canvas, content: DocumentContent, mark: str, page: int, of: int) -> None:
    canvas.setFillColor(GREY)
    _plain(canvas, content.foot, LEFT, 12 * mm, 8)
    if content.query is not None and content.query.verify_url:
        _code(canvas, content.query.verify_url, A4[0] - RIGHT + 3 * mm, 8 * mm, _VERIFY_SIDE)
        canvas.setFillColor(GREY)
    if of > 1:
        text = content.page.replace("{page}", str(page)).replace("{pages}", str(of))
        _plain(canvas, text, A4[0] - RIGHT - _wide(text, 8.5, 0), 12 * mm, 8.5)
    if mark:
        _plain(canvas, mark, A4[0] - RIGHT - _wide(mark, 9, 0), A4[1] - 12.5 * mm, 9)

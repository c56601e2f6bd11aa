"""The confirmed sheet as PDF: what was shown, the signature as strokes, and what proves that they belong together."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import segno
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    Image,
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from evaluation.confirmation.confirmed import Confirmed
from evaluation.confirmation.ink import stroke_width
from hall_server.fonts import main_font, marked

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
INSET = 6
"""Points that reportlab's frames keep free inside themselves."""
PAGE_HEIGHT_MOST = 205 * mm
PICTURES_MOST = 20


def pdf(confirmed: Confirmed) -> bytes:
    """The sheet on A4.

    Raises:
        Unavailable: ``paper.no_font``.
    """
    out = io.BytesIO()
    text = confirmed.word
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN - INSET,
        rightMargin=MARGIN - INSET,
        topMargin=16 * mm,
        bottomMargin=20 * mm,
        title=f"{text('pdf.title')} {confirmed.content.number}",
        author=confirmed.content.hall_name,
        invariant=1,
        initialFontName=main_font(),
    )
    document.build(list(_story(confirmed)), canvasmaker=_numbered(confirmed))
    return out.getvalue()


def _story(confirmed: Confirmed) -> Iterable[Flowable]:
    content, text = confirmed.content, confirmed.word
    yield Paragraph(marked(content.hall_name), _style(11, color=colors.HexColor("#444444"), align=1))
    yield Paragraph(marked(content.title or text("pdf.title")), _style(19, leading=30, align=1))
    yield Spacer(1, 3 * mm)
    yield _table(list(_about(confirmed)), labels=28 * mm)
    if content.fields:
        yield _heading(text("pdf.fields"))
        yield _table([(one.label, one.value or "—") for one in content.fields], labels=42 * mm)
    if content.materials:
        yield _heading(text("pdf.materials", n=len(content.materials)))
        yield _table([(str(at), one) for at, one in enumerate(content.materials, 1)], labels=12 * mm)
    yield Spacer(1, 5 * mm)
    yield KeepTogether(
        [_heading(text("pdf.signature")), Paragraph(marked(text("pdf.statement")), _style(10.5)), _Signed(confirmed)]
    )
    yield from _document(confirmed)


def _about(confirmed: Confirmed) -> Iterable[tuple[str, str]]:
    content, text = confirmed.content, confirmed.word
    yield text("pdf.number"), content.number
    if content.matter_name:
        yield text("pdf.matter"), " ".join(part for part in (content.matter_name, content.matter_code) if part)
    yield text("pdf.window"), text("pdf.window_n", n=content.window_number, name=content.window_name)
    yield text("pdf.staff"), content.staff
    yield text("pdf.sent_at"), confirmed.sent_at
    yield text("pdf.signed_at"), confirmed.signed_at


def _document(confirmed: Confirmed) -> Iterable[Flowable]:
    document, text = confirmed.content.document, confirmed.word
    if document is None:
        return
    about = _table(
        [
            (text("pdf.document_name"), document.name or "—"),
            (text("pdf.document_pages"), str(len(document.pages))),
            (text("pdf.document_hash"), document.sha256),
        ],
        labels=28 * mm,
    )
    yield KeepTogether([_heading(text("pdf.document")), about, Spacer(1, 4 * mm)])
    for at, picture in enumerate(confirmed.pictures[:PICTURES_MOST]):
        wide, high = ImageReader(io.BytesIO(picture)).getSize()
        scale = min(WIDTH * 0.94 / wide, PAGE_HEIGHT_MOST / high)
        note = marked(text("pdf.page_of_document", n=at + 1, of=len(document.pages), hash=document.pages[at].sha256))
        image = Image(io.BytesIO(picture), width=wide * scale, height=high * scale)
        yield KeepTogether([_Framed(image), Paragraph(note, _style(6.5, leading=11, color=colors.grey))])


class _Framed(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A picture with a thin line around it, in the middle."""

    def __init__(self, image: Image) -> None:
        super().__init__()
        self._image = image
        self.width, self.height = WIDTH, image.drawHeight

    def draw(self) -> None:
        """Draw it."""
        at = (self.width - self._image.drawWidth) / 2
        self._image.drawOn(self.canv, at, 0)
        self.canv.setStrokeColor(colors.lightgrey)
        self.canv.setLineWidth(0.4)
        self.canv.rect(at, 0, self._image.drawWidth, self._image.drawHeight)


class _Signed(Flowable):  # type: ignore[misc]  # as above
    """The signature as strokes in its frame, beside it the code, below it the hashes."""

    def __init__(self, confirmed: Confirmed) -> None:
        super().__init__()
        self._confirmed = confirmed
        self._wide = 118 * mm
        self._high = min(52 * mm, self._wide / confirmed.ink.aspect)
        self._wide = self._high * confirmed.ink.aspect
        self.width, self.height = WIDTH, max(self._high, 34 * mm) + 27 * mm

    def draw(self) -> None:
        """Draw it."""
        canvas, text = self.canv, self._confirmed.word
        top = self.height - 3 * mm
        canvas.setStrokeColor(colors.HexColor("#999999"))
        canvas.setLineWidth(0.6)
        canvas.rect(0, top - self._high, self._wide, self._high)
        self._strokes(0, top)
        side = 34 * mm
        _code(
            canvas,
            f"onedoor:confirmation:{self._confirmed.content.confirmation}:{self._confirmed.hash}",
            WIDTH - side,
            top - side,
            side,
        )
        bottom = top - max(self._high, side) - 4.5 * mm
        for key, value in (
            ("pdf.signed_line", f"{self._confirmed.signed_at} · {self._confirmed.screen}"),
            ("pdf.id", self._confirmed.content.confirmation),
            ("pdf.hash", self._confirmed.hash),
            ("pdf.ink_hash", self._confirmed.ink_hash),
        ):
            line = Paragraph(marked(f"{text(key)}  {value}"), _style(8, leading=11))
            _, high = line.wrap(WIDTH, 20 * mm)
            line.drawOn(canvas, 0, bottom - high + 3 * mm)
            bottom -= high + 0.6 * mm

    def _strokes(self, left: float, top: float) -> None:
        canvas = self.canv
        canvas.saveState()
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        canvas.setStrokeColor(colors.black)
        for stroke in self._confirmed.ink.strokes:
            for a, b in zip(stroke, stroke[1:] or stroke, strict=False):
                canvas.setLineWidth(stroke_width((a[3] + b[3]) / 2) * self._wide)
                canvas.line(*self._at(a, left, top), *self._at(b, left, top))
        canvas.restoreState()

    def _at(self, point: tuple[float, float, int, float], left: float, top: float) -> tuple[float, float]:
        return left + point[0] * self._wide, top - point[1] * self._high


def _code(canvas: Canvas, content: str, left: float, bottom: float, side: float) -> None:
    """A QR code as squares, sharp at any size."""
    rows = list(segno.make(content, error="m", micro=False).matrix_iter(border=2))
    step = side / len(rows)
    canvas.setFillColor(colors.black)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                canvas.rect(
                    left + across * step, bottom + side - (down + 1) * step, step * 1.02, step * 1.02, stroke=0, fill=1
                )


def _heading(text: str) -> Paragraph:
    style = _style(12.5, leading=20)
    style.spaceBefore, style.spaceAfter, style.keepWithNext = 10, 3, 1
    return Paragraph(marked(text), style)


def _table(rows: Sequence[tuple[str, str]], *, labels: float) -> LongTable:
    small = _style(10.5, leading=15)
    cells = [
        [
            Paragraph(marked(label), _style(10, leading=15, color=colors.HexColor("#444444"))),
            Paragraph(marked(value), small),
        ]
        for label, value in rows
    ]
    table = LongTable(cells, colWidths=[labels, WIDTH - labels], splitByRow=1, hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), main_font()),
                ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#bbbbbb")),
                ("BACKGROUND", (0, 0), (0, -1), colors.HexColor("#f4f5f7")),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("TOPPADDING", (0, 0), (-1, -1), 2.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    return table


def _style(
    size: float, *, leading: float | None = None, color: object = colors.black, align: int = 0
) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}",
        fontName=main_font(),
        fontSize=size,
        leading=leading or size * 1.5,
        textColor=color,
        alignment=align,
        wordWrap="CJK",
    )


def _numbered(confirmed: Confirmed) -> type[Canvas]:
    """A canvas that knows at the end how many pages there are."""

    class Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
        def __init__(self, *args: object, **how: object) -> None:
            super().__init__(*args, **how)
            self._pages: list[dict[str, object]] = []

        def showPage(self) -> None:  # reportlab's name
            """Keep a page until all are there."""
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            """Write the pages with their feet."""
            for at, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                _foot(self, confirmed, at, len(self._pages))
                super().showPage()
            super().save()

    return Numbered


def _foot(canvas: Canvas, confirmed: Confirmed, page: int, of: int) -> None:
    text = confirmed.word
    canvas.setStrokeColor(colors.lightgrey)
    canvas.setLineWidth(0.4)
    canvas.line(MARGIN, 15 * mm, A4[0] - MARGIN, 15 * mm)
    canvas.setFillColor(colors.HexColor("#555555"))
    left = Paragraph(
        marked(text("pdf.foot", id=confirmed.content.confirmation, hash=confirmed.hash[:16], at=confirmed.printed_at)),
        _style(7.5, leading=10, color=colors.HexColor("#555555")),
    )
    _, high = left.wrap(WIDTH - 22 * mm, 10 * mm)
    left.drawOn(canvas, MARGIN, 13.5 * mm - high)
    canvas.setFont(main_font(), 8.5)
    canvas.drawRightString(A4[0] - MARGIN, 10.5 * mm, f"{page} / {of}")

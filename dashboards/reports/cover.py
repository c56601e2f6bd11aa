"""The cover: the hall, what report it is and of when, the key figures beside those of the period before."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, Paragraph

from dashboards.figures.shown import shown, shown_change
from dashboards.reports.book import Book, Card
from dashboards.reports.drawings import ACCENT, FAINT, INK, SOFT
from hall_server.fonts import main_font, marked

GOOD, POOR = colors.HexColor("#0B5D3B"), colors.HexColor("#97181D")
ON_ACCENT, ON_SOFT = colors.white, colors.HexColor("#C9DBEF")
SIDE = 22 * mm
BAND = 104 * mm
ACROSS = 4
CARD_HIGH, GAP = 30 * mm, 4 * mm


class Cover(Flowable):  # type: ignore[misc]  # reportlab has no types
    """The whole first page."""

    chapter: str | None = None

    def __init__(self, book: Book) -> None:
        super().__init__()
        self._book = book
        self.width, self.height = A4[0], A4[1] - 2

    def wrap(self, *_: float) -> tuple[float, float]:
        """It takes the page."""
        return A4[0], A4[1] - 2

    def draw(self) -> None:
        """Draw it."""
        self._band()
        bottom = self._cards(self._book.cards, A4[1] - BAND - 12 * mm)
        self._facts(bottom - 12 * mm)

    def _band(self) -> None:
        canvas, book, top = self.canv, self._book, A4[1]
        canvas.setFillColor(ACCENT)
        canvas.rect(0, top - BAND, A4[0], BAND + 5 * mm, stroke=0, fill=1)
        self._words(book.hall, 15, SIDE, top - 32 * mm, ON_SOFT)
        self._words(book.title, 34, SIDE, top - 54 * mm, ON_ACCENT, is_heavy=True)
        self._words(book.span, 17, SIDE, top - 70 * mm, ON_ACCENT)
        self._words(book.about, 13, SIDE, top - 82 * mm, ON_SOFT)

    def _cards(self, cards: Sequence[Card], top: float) -> float:
        wide = (A4[0] - 2 * SIDE - GAP * (ACROSS - 1)) / ACROSS
        for place, card in enumerate(cards):
            down, across = divmod(place, ACROSS)
            self._card(card, SIDE + across * (wide + GAP), top - (down + 1) * CARD_HIGH - down * GAP, wide)
        rows = -(-len(cards) // ACROSS)
        return float(top - rows * CARD_HIGH - max(0, rows - 1) * GAP)

    def _card(self, card: Card, x: float, y: float, wide: float) -> None:
        canvas = self.canv
        canvas.setStrokeColor(FAINT)
        canvas.setFillColor(colors.white)
        canvas.setLineWidth(0.8)
        canvas.roundRect(x, y, wide, CARD_HIGH, 2 * mm, stroke=1, fill=1)
        self._words(card.name, 8.5, x + 3.5 * mm, y + CARD_HIGH - 7 * mm, SOFT, most=wide - 7 * mm)
        self._words(shown(card.value, card.unit), 19, x + 3.5 * mm, y + 11 * mm, INK, is_heavy=True)
        if card.change is not None:
            colour = SOFT if card.is_good is None else GOOD if card.is_good else POOR
            said = f"{self._book.words['against']} {shown_change(card.change, card.unit)}"
            self._words(said, 8, x + 3.5 * mm, y + 4.5 * mm, colour, most=wide - 7 * mm)

    def _facts(self, top: float) -> None:
        style = ParagraphStyle("fact", fontName=main_font(), fontSize=10, leading=15, textColor=INK, wordWrap="CJK")
        for label, said in self._book.facts:
            line = Paragraph(marked(said), style)
            _, high = line.wrap(A4[0] - 2 * SIDE - 34 * mm, 60 * mm)
            self._words(label, 10, SIDE, top - 11, SOFT)
            line.drawOn(self.canv, SIDE + 34 * mm, top - high)
            top -= high + 2.5 * mm

    def _words(
        self,
        text: str,
        size: float,
        x: float,
        y: float,
        colour: colors.Color,
        *,
        is_heavy: bool = False,
        most: float = A4[0] - 2 * SIDE,
    ) -> None:
        """A line, made smaller where it is too long; heavy: its outline is drawn too, for the font has no bold."""
        wide = stringWidth(text, main_font(), size)
        size = size if wide <= most else size * most / wide
        line = self.canv.beginText(x, y)
        line.setFont(main_font(), size)
        line.setFillColor(colour)
        if is_heavy:
            self.canv.setStrokeColor(colour)
            self.canv.setLineWidth(size / 45)
            line.setTextRenderMode(2)
        line.textOut(text)
        line.setTextRenderMode(0)
        self.canv.drawText(line)

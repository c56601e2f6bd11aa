"""Draws a sheet as a picture, dot for dot as a printer would, so that a person can look at it."""

from __future__ import annotations

import io
import os
from functools import lru_cache
from pathlib import Path

import segno
from PIL import Image, ImageChops, ImageDraw, ImageFont

from devices.gateway.printing.blocks import CELL, ROW, Align, Block, Code, Line, Paper, Rule, Run, Space, cells
from devices.gateway.printing.layout import code_error, laid_out
from devices.gateway.printing.slip import Sheet

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
"""Where Chinese fonts are; the first that exists is taken. ONEDOOR_SLIP_FONT names another."""
MARGIN = 24
RULE_DOTS = 2
RULE_HIGH = 26
BLACK, WHITE = 0, 255


class NoFont(Exception):
    """No Chinese font is installed."""


class Canvas:
    """A strip of paper that grows as lines come; one dot is one pixel."""

    def __init__(self, dots: int) -> None:
        """``dots``: printable width."""
        self.dots = dots
        self.y = MARGIN
        self._image = Image.new("L", (dots + 2 * MARGIN, 400), WHITE)

    def text(self, runs: tuple[Run, ...], align: str, step: int) -> None:
        """Draw a line, letters on one bottom line; the next begins ``step`` dots below."""
        high = ROW * max((run.size.high for run in runs), default=1)
        whole = sum(CELL * run.size.wide * sum(map(cells, run.text)) for run in runs)
        self._room(max(step, high))
        x = self._left(whole, align)
        for run in runs:
            for letter in run.text:
                x += self._letter(letter, run, x, self.y + high)
        self.y += step

    def rule(self) -> None:
        """Draw a thin line."""
        self._room(RULE_HIGH)
        top = self.y + RULE_HIGH // 2 - RULE_DOTS
        ImageDraw.Draw(self._image).rectangle((MARGIN, top, MARGIN + self.dots - 1, top + RULE_DOTS - 1), fill=BLACK)
        self.y += RULE_HIGH

    def picture(self, picture: Image.Image, align: str) -> None:
        """Draw a black and white picture."""
        self._room(picture.height)
        self._image.paste(picture.convert("L"), (self._left(picture.width, align), self.y))
        self.y += picture.height

    def space(self, dots: int) -> None:
        """Leave white."""
        self._room(dots)
        self.y += dots

    def done(self) -> Image.Image:
        """The strip, cut below what was drawn."""
        return self._image.crop((0, 0, self._image.width, self.y + MARGIN))

    def _left(self, wide: int, align: str) -> int:
        match align:
            case Align.CENTER:
                return MARGIN + (self.dots - wide) // 2
            case "right":
                return MARGIN + self.dots - wide
            case _:
                return MARGIN

    def _letter(self, letter: str, run: Run, x: int, bottom: int) -> int:
        wide, high = CELL * run.size.wide * cells(letter), ROW * run.size.high
        stencil = _stencil(letter, wide, high, run.is_bold)
        if run.is_inverse:
            stencil = ImageChops.invert(stencil)
        self._image.paste(BLACK, (x, bottom - high), stencil)
        return wide

    def _room(self, dots: int) -> None:
        needed = self.y + dots + MARGIN
        if needed > self._image.height:
            grown = Image.new("L", (self._image.width, needed + 800), WHITE)
            grown.paste(self._image)
            self._image = grown


def code_picture(address: str, module: int, *, error: str = "m") -> Image.Image:
    """A QR code without its white border; the paper around it is white."""
    rows = segno.make_qr(address, error=error).matrix
    picture = Image.new("L", (len(rows), len(rows)), WHITE)
    picture.putdata([BLACK if dark else WHITE for row in rows for dark in row])
    return picture.resize((len(rows) * module, len(rows) * module), Image.Resampling.NEAREST)


def picture_of(sheet: Sheet, paper: Paper) -> Image.Image:
    """The sheet as it comes out of a printer.

    Raises:
        NoFont: no Chinese font is installed.
    """
    canvas = Canvas(paper.dots)
    for block in laid_out(sheet, paper):
        _draw(canvas, block)
    return canvas.done()


def png_of(sheet: Sheet, paper: Paper) -> bytes:
    """The same as a PNG file.

    Raises:
        NoFont: no Chinese font is installed.
    """
    out = io.BytesIO()
    picture_of(sheet, paper).save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw(canvas: Canvas, block: Block) -> None:
    match block:
        case Line():
            canvas.text(block.runs, block.align, block.high)
        case Rule():
            canvas.rule()
        case Code():
            canvas.picture(code_picture(block.address, block.module, error=code_error()), Align.CENTER)
        case Space():
            canvas.space(block.dots)


@lru_cache(maxsize=4096)
def _stencil(letter: str, wide: int, high: int, is_bold: bool) -> Image.Image:
    """A letter's ink in its cell, drawn as high as the cell and squeezed or widened to it as printers do."""
    font = _font(int(high * 0.9))
    stroke = max(1, round(high / 60)) if is_bold else 0
    least = high if cells(letter) == 2 else max(high // 2, 1)
    natural = max(least, int(font.getlength(letter)) + 2 * stroke)
    stencil = Image.new("L", (natural, high), 0)
    ImageDraw.Draw(stencil).text(
        (natural / 2, high * 0.8), letter, fill=255, font=font, anchor="ms", stroke_width=stroke, stroke_fill=255
    )
    return stencil if natural == wide else stencil.resize((wide, high), Image.Resampling.LANCZOS)


@lru_cache(maxsize=64)
def _font(points: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_file()), points)


def font_file() -> Path:
    """The font pictures are drawn with.

    Raises:
        NoFont: there is none.
    """
    for name in filter(None, (os.environ.get("ONEDOOR_SLIP_FONT"), *FONTS)):
        if Path(name).exists():
            return Path(name)
    raise NoFont("install a Chinese font such as fonts-wqy-zenhei, or name one in ONEDOOR_SLIP_FONT")

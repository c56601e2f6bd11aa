"""Chinese fonts that can be embedded in a PDF, and which of them has a character."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from hall_server.errors import Unavailable

FILES = (
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/usr/share/fonts/truetype/arphic/ukai.ttc",
    "C:/Windows/Fonts/simhei.ttf",
    "C:/Windows/Fonts/simsun.ttc",
    "C:/Windows/Fonts/simsunb.ttf",
)
"""TrueType outlines only: reportlab does not embed the PostScript outlines of Noto CJK."""


def marked(text: str) -> str:
    """A text for a paragraph: each character in the first font that has it; one that none has, by its code point.

    A name must not turn into boxes on a sheet that somebody has signed.
    """
    return "".join(_run(font, "".join(run)) for font, run in groupby(text, font_of))


def font_of(character: str) -> str:
    """The name of the first font that has a character; empty where none has it."""
    return next((name for name, font in _fonts().items() if ord(character) in font.face.charToGlyph), "")


def main_font() -> str:
    """The first font's name.

    Raises:
        Unavailable: ``paper.no_font``: no Chinese font that can be embedded is installed.
    """
    return next(iter(_fonts()))


def _run(font: str, run: str) -> str:
    if run.isspace():
        return run.replace("\n", "<br/>")
    if not font:
        return "".join("<br/>" if one == "\n" else one if one.isspace() else f"[U+{ord(one):04X}]" for one in run)
    return f'<font name="{font}">{_escaped(run)}</font>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br/>")


@cache
def _fonts() -> dict[str, TTFont]:
    found: dict[str, TTFont] = {}
    for path in FILES:
        if Path(path).exists():
            try:
                font = TTFont(f"hall-{Path(path).stem}", path)
            except TTFError:
                continue
            pdfmetrics.registerFont(font)
            found[font.fontName] = font
    if not found:
        raise Unavailable("paper.no_font")
    return found

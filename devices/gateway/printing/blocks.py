"""The pieces a sheet is laid out in: lines of text that fit the paper, rules, QR codes, space."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

CELL = 12
"""Dots of a Latin letter at size 1; a Chinese character has two cells. Source: font A of ESC/POS printers, 12 × 24."""
ROW = 24
"""Dots of the height of both at size 1."""


class Paper(NamedTuple):
    """A roll. Source: 203 dots an inch; 58 mm paper prints 48 mm, 80 mm paper 72 mm."""

    mm: int
    dots: int


PAPER = {58: Paper(58, 384), 80: Paper(80, 576)}


class Align(StrEnum):
    """Where a line stands."""

    LEFT = "left"
    CENTER = "center"


class Size(NamedTuple):
    """Times as wide and as high as the printer's own font; 1–8."""

    wide: int
    high: int


class Run(NamedTuple):
    """Letters of one kind."""

    text: str
    size: Size = Size(1, 1)
    is_bold: bool = False
    is_inverse: bool = False  # white on black


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. ``gap``: dots of white below it."""

    runs: tuple[Run, ...]
    align: Align = Align.LEFT
    gap: int = 6

    @property
    def text(self) -> str:
        """The letters alone."""
        return "".join(run.text for run in self.runs)

    @property
    def high(self) -> int:
        """Dots from the top of this line to the top of the next."""
        return ROW * max((run.size.high for run in self.runs), default=1) + self.gap


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line from side to side."""


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code. ``module``: dots of one of its squares."""

    address: str
    module: int


@dataclass(frozen=True, slots=True)
class Space:
    """White. ``dots`` from the top to the bottom."""

    dots: int


Block = Line | Rule | Code | Space


def cells(letter: str) -> int:
    """Cells of a letter: what GB18030 writes in one byte has one, all others two."""
    return 1 if ord(letter) < 0x80 else 2


def width(text: str, wide: int = 1) -> int:
    """Dots a text takes."""
    return CELL * wide * sum(map(cells, text))


def cut_to(text: str, dots: int, wide: int = 1) -> str:
    """The text, its end replaced by dots where it is too long."""
    if width(text, wide) <= dots:
        return text
    while text and width(text + "...", wide) > dots:
        text = text[:-1]
    return text.rstrip() + "..."

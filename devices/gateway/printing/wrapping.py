"""Breaks text into lines: between Chinese characters, between Latin words, never before a closing mark."""

from __future__ import annotations

import re

from devices.gateway.printing.blocks import cut_to, width

NOT_FIRST = "，。、；：？！）》」』】…,.;:?!)%"
"""Marks that may not begin a line. Source: GB/T 15834-2011, 5.1."""

_PIECES = re.compile(rf"[\x21-\x7e]+|[^\x21-\x7e\s](?:[{re.escape(NOT_FIRST)}])*|\s+")


def wrapped(text: str, dots: int, *, wide: int = 1, most: int | None = None) -> list[str]:
    """The lines of a text, each at most so many dots; after ``most`` lines it ends with dots.

    Args:
        text: one paragraph or several, parted by line ends.
        dots: of the paper.
        wide: times the letters are widened.
        most: lines; None: as many as it takes.
    """
    lines = [line for paragraph in text.splitlines() or [""] for line in _paragraph(paragraph, dots, wide)]
    if most is not None and len(lines) > most:
        rest = "".join(lines[most - 1 :])
        lines = [*lines[: most - 1], cut_to(rest, dots, wide)]
    return lines


def _paragraph(text: str, dots: int, wide: int) -> list[str]:
    lines, line = [], ""
    for piece in _PIECES.findall(text):
        if width(line + piece.rstrip(), wide) > dots and line:
            lines.append(line.rstrip())
            line = ""
        if not line:
            piece = piece.lstrip()
        while width(piece, wide) > dots:  # one word longer than the paper
            head = _fitting(piece, dots, wide)
            lines.append(head)
            piece = piece[len(head) :]
        line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _fitting(text: str, dots: int, wide: int) -> str:
    end = len(text)
    while end > 1 and width(text[:end], wide) > dots:
        end -= 1
    return text[:end]

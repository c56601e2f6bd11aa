"""The round red seal, drawn by us from the institution's name: lines and letters, sharp at any size."""

from __future__ import annotations

import math

from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from cases.documents.model import Seal
from hall_server.fonts import font_of, main_font

RADIUS = 20 * mm
RED = colors.Color(0.84, 0.10, 0.12, alpha=0.86)
_ARC = 250.0
"""Degrees that the institution's name may take of the circle, open at the foot."""
_LETTER = 5.4 * mm
_STAR_POINTS = 5


def draw(canvas: Canvas, seal: Seal, x: float, y: float) -> None:
    """Draw a seal around a middle, in points."""
    canvas.saveState()
    canvas.translate(x, y)
    canvas.setStrokeColor(RED)
    canvas.setFillColor(RED)
    canvas.setLineWidth(1.1 * mm)
    canvas.circle(0, 0, RADIUS, stroke=1, fill=0)
    _star(canvas, 5.6 * mm)
    _around(canvas, seal.around)
    if seal.below:
        _straight(canvas, seal.below, -10.4 * mm if not seal.mark else -9.6 * mm, 3.5 * mm, 27 * mm)
    if seal.mark:
        _straight(canvas, seal.mark, -14.4 * mm, 2.9 * mm, 18 * mm)
    canvas.restoreState()


def _star(canvas: Canvas, radius: float) -> None:
    path = canvas.beginPath()
    for step in range(_STAR_POINTS * 2):
        angle = math.pi / 2 + step * math.pi / _STAR_POINTS
        reach = radius if step % 2 == 0 else radius * 0.382
        point = reach * math.cos(angle), reach * math.sin(angle)
        if step:
            path.lineTo(*point)
        else:
            path.moveTo(*point)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _around(canvas: Canvas, text: str) -> None:
    """Letters along the inside of the circle, each upright towards the middle; a long name in smaller ones."""
    size, reach = _LETTER, RADIUS - 0.9 * mm
    widths = [_width(one, size) for one in text]
    gap = 1.28
    while sum(widths) * gap > math.radians(_ARC) * (reach - size) and size > 2 * mm:
        size *= 0.96
        gap = max(1.06, gap * 0.99)
        widths = [_width(one, size) for one in text]
    inner = reach - size
    angle = sum(widths) * gap / inner / 2
    for letter, width in zip(text, widths, strict=True):
        turn = width * gap / inner
        middle = angle - turn / 2
        canvas.saveState()
        canvas.rotate(math.degrees(middle))
        canvas.setFont(font_of(letter) or main_font(), size)
        canvas.drawCentredString(0, inner + size * 0.12, letter)
        canvas.restoreState()
        angle -= turn


def _straight(canvas: Canvas, text: str, y: float, size: float, most: float) -> None:
    width = sum(_width(one, size) for one in text)
    size *= min(1.0, most / width) if width else 1.0
    left = -sum(_width(one, size) for one in text) / 2
    for letter in text:
        canvas.setFont(font_of(letter) or main_font(), size)
        canvas.drawString(left, y, letter)
        left += _width(letter, size)


def _width(letter: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(letter, font_of(letter) or main_font(), size))

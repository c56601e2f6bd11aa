"""The picture of a signature, drawn on the server from its strokes; a picture from outside is never taken."""

from __future__ import annotations

import io
import itertools

from PIL import Image, ImageDraw

from evaluation.confirmation.model import Ink

WIDTH = 900
FINER = 2
"""Drawn so many times larger and made smaller, for smooth edges."""
THIN, THICK = 0.0035, 0.011
"""Width of a stroke without and with full pressure, in widths of the board."""


def png(ink: Ink) -> bytes:
    """Black on white, the whole board."""
    width = WIDTH * FINER
    height = round(width / ink.aspect)
    picture = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(picture)
    for stroke in ink.strokes:
        for a, b in itertools.pairwise(stroke):
            wide = stroke_width((a[3] + b[3]) / 2) * width
            draw.line([(a[0] * width, a[1] * height), (b[0] * width, b[1] * height)], fill=0, width=round(wide))
        for x, y, _, pressure in stroke:
            radius = stroke_width(pressure) * width / 2
            at_x, at_y = x * width, y * height
            draw.ellipse([at_x - radius, at_y - radius, at_x + radius, at_y + radius], fill=0)
    out = io.BytesIO()
    picture.resize((WIDTH, round(WIDTH / ink.aspect)), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def stroke_width(pressure: float) -> float:
    """In widths of the board."""
    return THIN + (THICK - THIN) * pressure

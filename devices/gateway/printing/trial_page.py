"""The test button's page: which printer this is, and a frame at the edge of what it must be able to print."""

from __future__ import annotations

import io
from datetime import datetime

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from devices.gateway.printing import words
from devices.gateway.printing.slip import Language
from hall_server import fonts

EDGE = 10 * mm


def trial_page(device: str, *, now: datetime) -> bytes:
    """One A4 page.

    Raises:
        Unavailable: ``paper.no_font``.
    """
    width, height = A4
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle("test")
    canvas.rect(EDGE, EDGE, width - 2 * EDGE, height - 2 * EDGE)
    canvas.setFont(fonts.main_font(), 22)
    lines = [words.say(Language.CHINESE, "test"), device, now.astimezone().strftime("%Y-%m-%d %H:%M")]
    lines += [words.say(language, "test_words") for language in Language]
    for row, line in enumerate(lines):
        canvas.drawString(2 * EDGE, height - (3 + 1.2 * row) * EDGE, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()

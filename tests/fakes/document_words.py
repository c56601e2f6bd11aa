"""What a PDF says, as somebody reads it."""

from __future__ import annotations

import io

import pypdfium2


def words(pdf: bytes) -> str:
    """The text of all pages, line ends taken out."""
    pages = pypdfium2.PdfDocument(io.BytesIO(pdf))
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    return text.replace("\r", "").replace("\n", "")


def page_words(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [
        page.get_textpage().get_text_bounded().replace("\r", "").replace("\n", "")
        for page in pypdfium2.PdfDocument(io.BytesIO(pdf))
    ]

"""What the PDF of a confirmed sheet is made of; apart from the PDF itself, which needs a large library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluation.confirmation.model import Content, Ink

Word = Callable[..., str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmed:
    """All that the PDF is made of.

    Attributes:
        signed_at: hall time, as text. screen: where it was signed.
        word: the text of a key, ``word("pdf.title", number=…)``.
        pictures: of the document's pages.
    """

    content: Content
    ink: Ink
    hash: str
    ink_hash: str
    sent_at: str
    signed_at: str
    screen: str
    printed_at: str
    word: Word
    pictures: Sequence[bytes] = ()

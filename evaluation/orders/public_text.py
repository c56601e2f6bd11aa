"""Looks a text through for what may name somebody before the public sees it."""

from __future__ import annotations

import re
import unicodedata

from hall_server.directory.wording import text_fault
from hall_server.errors import Invalid

PUBLIC_MOST = 500
"""Longest text for the public, characters."""
_DIGITS_LEAST = 7
"""So many digits in a row, blanks and dashes between them not counted, look like a phone, an ID or a case number."""
_CHINESE = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_RUN = re.compile(rf"\d(?:[\s\-–—_.·/()]*[\dXx*]){{{_DIGITS_LEAST - 1},}}")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d([-./])\d\d?\1\d\d?(?!\d)")


def personal_runs(text: str) -> list[tuple[int, int]]:
    """Where something stands that looks like somebody's number, full-width and Chinese digits counted as digits."""
    plain = "".join(_digit(letter) for letter in text)
    plain = _DATE.sub(lambda found: "," * len(found[0]), plain)
    return [found.span() for found in _RUN.finditer(plain)]


def without_numbers(text: str) -> str:
    """The text with stars for whatever looks like somebody's number."""
    for begin, end in personal_runs(text):
        text = text[:begin] + "*" * (end - begin) + text[end:]
    return text


def fit_for_public(text: str) -> str:
    """The text with its blanks made single.

    Raises:
        Invalid: ``review.text_missing``, ``review.text_too_long``, ``review.text_unfit``, ``review.text_personal``.
    """
    cleaned = " ".join(text.split())
    fault = text_fault(cleaned, limit=PUBLIC_MOST)
    if fault == "empty":
        raise Invalid("review.text_missing", field="text")
    if fault == "too_long":
        raise Invalid("review.text_too_long", field="text", most=PUBLIC_MOST)
    if fault is not None:
        raise Invalid("review.text_unfit", field="text")
    if personal_runs(cleaned):
        raise Invalid("review.text_personal", field="text")
    return cleaned


def _digit(letter: str) -> str:
    """One letter for one, so that places stay."""
    plain = unicodedata.normalize("NFKC", letter).translate(_CHINESE)
    return plain if len(plain) == 1 else letter

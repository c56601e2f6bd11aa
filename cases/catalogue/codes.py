"""Codes of matters (基本编码, 实施编码): a scheme says what is odd about one; places use different schemes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from stdnum.cn import uscc

CODE_MOST = 64
_PLAIN = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")
_USCC = re.compile(r"[0-9A-Z]{18}")

CodeScheme = Callable[[str], Iterable[str]]
"""Gives a word for each odd thing about a code: ``uscc`` …; all of them warnings."""


def is_code(code: str) -> bool:
    """Whether a text can be kept as a code at all: up to 64 letters, digits, hyphens."""
    return len(code) <= CODE_MOST and _PLAIN.fullmatch(code) is not None


def national_scheme(code: str) -> Iterable[str]:
    """实施编码 as the national platform writes them: its parts are parted by hyphens, one is the authority's USCC.

    Old codes name an authority by its organisation code, so that a wrong check letter is only told.
    """
    for part in code.split("-"):
        if _USCC.fullmatch(part) and not is_uscc(part):
            yield "uscc"


def no_scheme(_: str) -> Iterable[str]:
    """Codes of a place that makes its own."""
    return ()


def is_uscc(text: str) -> bool:
    """Whether a unified social credit code (统一社会信用代码) has the right check letter. Source: GB 32100-2015, 5."""
    return bool(uscc.is_valid(text))

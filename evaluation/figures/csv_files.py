"""Figures and ratings as CSV for spreadsheets; nothing in it is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as the machine's old encoding, and Chinese names as rubbish."""
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet may begin to compute with. Source: OWASP, CSV Injection."""
_FULL_WIDTH = str.maketrans("＝＋－＠", "=+-@")


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as UTF-8 CSV with a byte-order mark; numbers stay numbers, None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(one) for one in head])
    for row in rows:
        writer.writerow([cell(one) for one in row])
    return (BOM + text.getvalue()).encode()


def cell(value: object) -> object:
    """A value as a spreadsheet shows it and never computes it: a text that looks like a formula gets a ``'``."""
    if value is None or isinstance(value, (int, float)):
        return value
    text = str(value).replace("\0", "")
    begins = text.lstrip(" \u3000\u00a0\ufeff").translate(_FULL_WIDTH)
    return f"'{text}" if begins.startswith(_RISKY) or text.startswith(_RISKY) else text

"""Numbers of cases and documents: made in the hall without the city, and never twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from stdnum.iso7064 import mod_37_36

from cases.flow import PaperKind

_WORDS: Mapping[PaperKind, str] = {
    PaperKind.RECEIPT: "收",
    PaperKind.TRANSFER: "转",
    PaperKind.ACCEPTANCE: "受",
    PaperKind.CORRECTION: "补",
    PaperKind.NOT_ACCEPTED: "不受",
    PaperKind.PROCEDURE: "特",
    PaperKind.EXTENSION: "延",
    PaperKind.GRANTED: "准",
    PaperKind.DENIED: "不准",
    PaperKind.DELIVERY: "达",
    PaperKind.PAYMENT: "缴",
}
SERIAL_DIGITS = 4


def case_number(place: str, day: date, serial: int) -> str:
    """A 办件编号, such as ``QIANFENG-20261122-0007K``: place, day, serial of the day, check character.

    Args:
        place: id of the hall, or ``city``.

    Source: ISO 7064, MOD 37,36: finds each wrong character and each exchange of two neighbours.
    """
    body = f"{place.upper()}-{day:%Y%m%d}-{serial:0{SERIAL_DIGITS}d}"
    return body + mod_37_36.calc_check_digit(_plain(body))


def is_case_number(text: str) -> bool:
    """Whether it can be one: its check character fits."""
    plain = _plain(text)
    return len(plain) > SERIAL_DIGITS and bool(mod_37_36.is_valid(plain))


def _plain(text: str) -> str:
    return "".join(one for one in text.upper() if one.isascii() and one.isalnum())


def document_number(place: str, kind: PaperKind, day: date, serial: int) -> str:
    """What stands on a document, such as ``qianfeng受〔2026〕1122-0007号``."""
    return f"{place}{_WORDS[kind]}〔{day.year}〕{day:%m%d}-{serial:0{SERIAL_DIGITS}d}号"

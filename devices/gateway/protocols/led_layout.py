"""What a text bar shows of its picture at a moment: which text, and which part of one that runs; pure.

The hall chooses the words (``{chars, rows: [{texts, tone, scroll, number}]}``); here they are brought to a bar of so
many Chinese characters, of which a Latin letter or a digit is half of one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import msgspec

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
MOST = 120
"""Longest text, characters."""
MOST_ROWS = 16
_GAP = " " * 4


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row: its texts, which come one after the other.

    Attributes:
        is_call: somebody is called just now. is_alarm: the emergency.
    """

    texts: tuple[str, ...]
    number: str = ""
    is_call: bool = False
    is_alarm: bool = False


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How a bar goes.

    Attributes:
        width: Chinese characters. turn_s: so long each of several texts stands.
        scroll_s: a text that is too long moves by half a character so often; 0: the bar moves it itself.
    """

    width: int
    turn_s: float = 4.0
    scroll_s: float = 0.0


def rows_of(picture: Any) -> tuple[Row, ...]:
    """The rows of a picture; none of one that is something else."""
    found = picture.get("rows") if isinstance(picture, dict) else None
    return tuple(_row(one) for one in found[:MOST_ROWS] if isinstance(one, dict)) if isinstance(found, list) else ()


def line(row: Row, elapsed_s: float, pace: Pace) -> str:
    """What stands on the bar so long after the row came."""
    turns = [(text, _duration(text, pace)) for text in row.texts] or [("", pace.turn_s)]
    left_s = elapsed_s % sum(duration for _, duration in turns)
    for text, duration in turns:
        if left_s < duration:
            return _part(text, left_s, pace)
        left_s -= duration
    return _part(turns[-1][0], 0.0, pace)


def changes_after_s(rows: Iterable[Row], pace: Pace) -> float | None:
    """How long a bar may rest; None where nothing moves and no text follows another."""
    every = list(rows)
    if any(_moves(text, pace) for row in every for text in row.texts):
        return pace.scroll_s
    return pace.turn_s if any(len(row.texts) > 1 for row in every) else None


def latin(row: Row) -> str:
    """The text for a bar without Chinese: the first that needs none, else the number."""
    return next((text for text in row.texts if text.isascii()), row.number if row.number.isascii() else "")


def clean(text: str) -> str:
    """A text without what would steer a bar, and no longer than a bar takes."""
    return _CONTROL.sub(" ", text).strip()[:MOST]


def cells(text: str) -> int:
    """How wide a text is, half characters; an arrow takes a whole one, as in GB 18030."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def cut(text: str, width: int) -> str:
    """As much of a text as a bar holds, filled with blanks."""
    kept, left = [], 2 * width
    for letter in text:
        if cells(letter) > left:
            break
        kept.append(letter)
        left -= cells(letter)
    return "".join(kept) + " " * left


def _row(found: dict[str, Any]) -> Row:
    texts, tone = found.get("texts"), found.get("tone")
    said = [clean(text) for text in texts if isinstance(text, str)] if isinstance(texts, list) else []
    number = clean(found["number"]) if isinstance(found.get("number"), str) else ""
    return Row(texts=tuple(filter(None, said)), number=number, is_call=tone == "call", is_alarm=tone == "alarm")


def _moves(text: str, pace: Pace) -> bool:
    return pace.scroll_s > 0 and cells(text) > 2 * pace.width


def _duration(text: str, pace: Pace) -> float:
    return (len(text) + len(_GAP)) * pace.scroll_s if _moves(text, pace) else pace.turn_s


def _part(text: str, elapsed_s: float, pace: Pace) -> str:
    """A text that runs from right to left, one letter after another, back to its beginning; others as they are."""
    if not _moves(text, pace):
        return text
    at = int(elapsed_s / pace.scroll_s) % (len(text) + len(_GAP))
    return cut((text + _GAP)[at:] + text + _GAP, pace.width)

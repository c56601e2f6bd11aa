"""What a text bar shows of a picture: the longest wording that fits, else one that runs; pure.

A bar is so many Chinese characters wide (8 or 12); a Latin letter or a digit takes half the place of one.
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


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A line for a bar.

    Attributes:
        runs: it is longer than the bar. is_urgent: it stands over everything else. flashes: somebody is called.
    """

    text: str
    runs: bool = False
    is_urgent: bool = False
    flashes: bool = False


def lay_out(picture: Any, *, width: int, language: str) -> Shown:
    """The line for a picture of a window or a zone; an empty one for anything else.

    Args:
        picture: as `down/show` brings it.
        width: of the bar, Chinese characters.
        language: ``zh`` or ``en``.
    """
    if not isinstance(picture, dict):
        return Shown(text="")
    words = _WORDS["en" if language == "en" else "zh"]
    emergency = _dict(picture.get("emergency"))
    if emergency:
        said = [str(emergency.get(f"{what}{language}") or emergency.get(f"{what}zh") or "") for what in ("", "do_")]
        return _fitting([words["gap"].join(filter(None, map(clean, said)))], width, is_urgent=True)
    if isinstance(picture.get("window"), dict):
        return _window(picture, width, language, words)
    return _zone(picture, width, language, words)


def clean(text: str) -> str:
    """A text without what would steer a bar, and no longer than a bar takes."""
    return _CONTROL.sub(" ", text).strip()[:MOST]


def cells(text: str) -> int:
    """How wide a text is, half characters; the arrow takes a whole one, as in GB 18030."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def steps(text: str, width: int) -> list[str]:
    """The pictures of a text that runs from right to left, one half character after another, back to the beginning."""
    line = f"{text}{' ' * 4}"
    return [cut(line[at:] + line, width) for at in range(len(line))]


def cut(text: str, width: int) -> str:
    """As much of a text as a bar holds, filled with blanks."""
    kept, left = [], 2 * width
    for letter in text:
        if cells(letter) > left:
            break
        kept.append(letter)
        left -= cells(letter)
    return "".join(kept) + " " * left


_WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "gap": "　",
        "called": "请{number}号到{window}号窗口|{number}号→{window}号窗口|{number}→{window}号|{number}",
        "serving": "正在办理{number}|{number}",
        "paused": "暂停服务",
        "closed": "暂未开放|未开放",
        "idle": "{window}号窗口 等候{waiting}人|等候{waiting}人",
        "free": "{window}号窗口",
        "call": "{number}→{window}号",
        "waiting": "等候{waiting}人",
        "welcome": "欢迎光临",
    },
    "en": {
        "gap": "  ",
        "called": "{number} please go to window {window}|{number} to window {window}|{number} > {window}|{number}",
        "serving": "Now serving {number}|{number}",
        "paused": "Back soon|Paused",
        "closed": "Closed",
        "idle": "Window {window}: {waiting} waiting|{waiting} waiting",
        "free": "Window {window}",
        "call": "{number} > {window}",
        "waiting": "{waiting} waiting",
        "welcome": "Welcome",
    },
}


def _window(picture: dict[str, Any], width: int, language: str, words: dict[str, str]) -> Shown:
    window, ticket = _dict(picture.get("window")), _dict(picture.get("ticket"))
    facts = {
        "number": clean(str(ticket.get("number", ""))),
        "window": clean(str(window.get("number", ""))),
        "waiting": str(picture.get("waiting", "")),
    }
    state = str(window.get("state", ""))
    if facts["number"] and state == "calling":
        return _said(words["called"], facts, width, flashes=True)
    if facts["number"]:
        return _said(words["serving"], facts, width)
    if state in ("paused", "closed"):
        return _said(words[state], facts, width)
    if notice := _notice(picture, language):
        return _fitting([notice], width)
    return _said(words["idle" if isinstance(picture.get("waiting"), int) else "free"], facts, width)


def _zone(picture: dict[str, Any], width: int, language: str, words: dict[str, str]) -> Shown:
    """Who is called now, the newest first; else how many wait, and what the hall has to say."""
    calls = [
        words["call"].format(number=clean(str(one.get("number", ""))), window=clean(str(one.get("window_number", ""))))
        for one in _dicts(picture.get("calling"))
    ]
    if calls:
        return _fitting([words["gap"].join(calls)], width, flashes=len(calls) == 1)
    lines = [one.get("waiting") for one in _dicts(picture.get("lines"))]
    waiting = sum(number for number in lines if isinstance(number, int))
    said = [words["waiting"].format(waiting=waiting)] if lines else [words["welcome"]]
    return _fitting([words["gap"].join(filter(None, [*said, _notice(picture, language)]))], width)


def _notice(picture: dict[str, Any], language: str) -> str:
    found = [clean(str(one.get(language) or one.get("zh") or "")) for one in _dicts(picture.get("notices"))]
    return next(filter(None, found), "")


def _said(wordings: str, facts: dict[str, str], width: int, *, flashes: bool = False) -> Shown:
    return _fitting([wording.format(**facts) for wording in wordings.split("|")], width, flashes=flashes)


def _fitting(wordings: Iterable[str], width: int, *, is_urgent: bool = False, flashes: bool = False) -> Shown:
    """The first wording that fits; where none does, the first of them runs."""
    given = list(wordings)
    for text in given:
        if cells(text) <= 2 * width:
            return Shown(text=text, is_urgent=is_urgent, flashes=flashes)
    return Shown(text=given[0], runs=True, is_urgent=is_urgent, flashes=flashes)


def _dict(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

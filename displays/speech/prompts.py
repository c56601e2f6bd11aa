"""The prompts that this hall needs: those of its lines' prefixes, its windows' numbers, and its own wording."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

import msgspec

from displays.speech.sentences import Speech
from displays.voice import PROMPTS, clip_tokens, spoken_window
from hall_server.directory.directory import Directory
from hall_server.directory.model import Line, Window

DIGITS = ("ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu")
_HANZI_RUN = re.compile(r"[\u3400-\u9fff]+")


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """Something for the announcer to read.

    Attributes:
        needed: whether today's lines and windows cannot be called without it.
        of: the lines' prefixes and the windows' numbers that need it, where not every line does.
    """

    name: str
    text: str
    needed: bool
    of: tuple[str, ...] = ()


def word_name(text: str) -> str:
    """The name of a prompt of the hall's own wording."""
    return f"word_{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def prompts(directory: Directory, speech: Speech) -> tuple[Prompt, ...]:
    """Everything to read, needed ones first; the program's other prompts after them.

    A call is taken apart as the clips will be joined, for every line and window that is active.
    """
    needed: dict[str, tuple[str, set[str]]] = {}
    lines = [line for line in directory.lines.values() if line.active]
    windows = sorted((one for one in directory.windows.values() if one.active), key=lambda one: one.number)
    for line in lines:
        for text in _pieces(line, speech, directory):
            _need(needed, text, line.prefix)
        _need(needed, line.prefix, line.prefix)
    for window in windows:
        _need(needed, _said(window, speech), str(window.number))
    if lines:
        for digit in DIGITS:
            _need(needed, PROMPTS[digit], "")
        if speech.book.hall.yao:
            _need(needed, PROMPTS["yao"], "")
    every = {line.prefix for line in lines}
    found = [
        Prompt(name=name, text=text, needed=True, of=() if of >= every else tuple(sorted(of - {""})))
        for name, (text, of) in sorted(needed.items(), key=_in_order)
    ]
    rest = [Prompt(name=name, text=text, needed=False) for name, text in PROMPTS.items() if name not in needed]
    return (*found, *rest)


def words_of(found: Iterable[Prompt]) -> dict[str, str]:
    """The hall's own words among prompts: name → text."""
    return {one.name: one.text for one in found if one.name not in PROMPTS}


def _pieces(line: Line, speech: Speech, directory: Directory) -> list[str]:
    """The fixed words of a line's sentence, and its name where the sentence says it."""
    template = speech.book.template(line.id, "zh") or "请 {number} 号到 {window} 号窗口"
    fixed = re.sub(r"\{window\}(?:\s*号\s*窗口)?", "\n", template).replace("{number}", "\n")
    names = [line.name] if "{line}" in fixed else []
    if "{matter}" in fixed:
        matters = (one for one in directory.matters.values() if one.active and one.line == line.id and one.frequent)
        names += [one.name for one in matters]
    return [*re.sub(r"\{line\}|\{matter\}", "\n", fixed).split("\n"), *names]


def _said(window: Window, speech: Speech) -> str:
    return spoken_window(str(window.number), "zh", yao=speech.book.hall.yao)


def _need(needed: dict[str, tuple[str, set[str]]], text: str, of: str) -> None:
    """Note the prompts that say a text: the program's own, else each run of hanzi as one word of the hall's."""
    for name, said in _taken_apart(text):
        needed.setdefault(name, (said, set()))[1].add(of)


def _taken_apart(text: str) -> list[tuple[str, str]]:
    tokens = clip_tokens(text)
    if tokens is not None:
        return [(token, PROMPTS[token]) for token in tokens if token in PROMPTS]
    found: list[tuple[str, str]] = []
    for piece in re.split(r"[^\w]+", text):
        own = clip_tokens(piece)
        if own is not None:
            found += [(token, PROMPTS[token]) for token in own if token in PROMPTS]
        else:
            found += [(word_name(run), run) for run in _HANZI_RUN.findall(piece)]
    return found


def _in_order(item: tuple[str, tuple[str, set[str]]]) -> tuple[int, str]:
    name = item[0]
    place = list(PROMPTS).index(name) if name in PROMPTS else len(PROMPTS)
    return place, name


def missing(found: Iterable[Prompt], recorded: Mapping[str, object]) -> tuple[str, ...]:
    """The needed ones that nobody has read yet."""
    return tuple(one.name for one in found if one.needed and one.name not in recorded)

"""The texts of all rooms in both languages, and the wording of errors."""

from __future__ import annotations

import json
import string
from pathlib import Path

LANGUAGES = ("zh-CN", "en")
DEFAULT = LANGUAGES[0]


class Locales:
    """``key → text`` per language, merged from the folders that rooms register."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}

    def add(self, folder: Path) -> None:
        """Read every ``*zh-CN.json`` and ``*en.json`` of a room.

        Raises:
            ValueError: a key is already taken by another file with another text.
        """
        for language in LANGUAGES:
            for path in sorted([*folder.glob(f"*.{language}.json"), *folder.glob(f"{language}.json")]):
                self._merge(language, json.loads(path.read_text(encoding="utf-8")), path.name)

    def all(self, language: str) -> dict[str, str]:
        """Every text of a language."""
        return self._texts[language]

    def text(self, key: str, language: str, /, **parameters: object) -> str:
        """The text with ``{name}`` replaced; what is not given stays as it stands, an unknown key gives the key."""
        found = self._texts.get(language, {}).get(key) or self._texts[DEFAULT].get(key, key)
        return string.Formatter().vformat(found, (), _Given(parameters)) if "{" in found else found

    def has(self, key: str) -> bool:
        """Whether there is a text."""
        return key in self._texts[DEFAULT]

    def _merge(self, language: str, texts: dict[str, str], name: str) -> None:
        for key, text in texts.items():
            if self._texts[language].setdefault(key, text) != text:
                raise ValueError(f"text {key} of {name} is taken")


def choose_language(wanted: str | None, header: str | None) -> str:
    """The language to answer in.

    Args:
        wanted: what the address asks for (``?lang=``); wins.
        header: ``Accept-Language``. Source: RFC 9110 12.5.4; entries of the same weight count in their order.
    """
    for tag in (wanted or "", *_by_weight(header or "")):
        for language in LANGUAGES:
            if tag.lower().split("-")[0] == language.split("-")[0]:
                return language
    return DEFAULT


def _by_weight(header: str) -> list[str]:
    entries = []
    for position, part in enumerate(header[:200].split(",")):
        tag, _, weight = part.partition(";")
        entries.append((-_weight(weight), position, tag.strip()))
    return [tag for weight, _, tag in sorted(entries) if tag and weight < 0]


def _weight(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q=")) if text.strip() else 1.0
    except ValueError:
        return 0.0


class _Given(dict[str, object]):
    """Parameters of a text; what is missing shows as its name in braces."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"

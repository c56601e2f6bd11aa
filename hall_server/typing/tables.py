"""pypinyin's two tables, read as files: importing the library would keep both in memory for good (56 MB)."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

_BARE: Final = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿê", "aaaaeeeeiiiioooouuuuvvvvvnnnme")
_JOINED: Final = str.maketrans("", "", "\u0300\u0301\u0304\u030c\u0302")


def phrases() -> dict[str, tuple[str, ...]]:
    """Phrase → its syllables in lower-case ASCII, ü as v."""
    table = msgspec.json.decode(_file("phrases_dict.json"), type=dict[str, list[list[str]]])
    plain = {text: tuple(plain_reading(one[0]) for one in marked) for text, marked in table.items()}
    return {text: reading for text, reading in plain.items() if len(reading) == len(text) and all(reading)}


def readings(characters: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Character → its readings, the usual one first, in lower-case ASCII, ü as v; none for what has no reading."""
    table = msgspec.json.decode(_file("pinyin_dict.json"), type=dict[str, str])
    found: dict[str, tuple[str, ...]] = {}
    for character in set(characters):
        plain = dict.fromkeys(map(plain_reading, table.get(str(ord(character)), "").split(",")))
        found[character] = tuple(one for one in plain if one)
    return {character: known for character, known in found.items() if known}


def plain_reading(marked: str) -> str:
    """A reading without its tone; "" for what nobody types (hm, ng)."""
    letters = marked.lower().translate(_BARE).translate(_JOINED)
    return letters if letters.isascii() and letters.isalpha() and not set("aeiouv").isdisjoint(letters) else ""


def _file(name: str) -> bytes:
    spec = importlib.util.find_spec("pypinyin")  # finds the package without running it
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pypinyin")
    return Path(spec.origin).with_name(name).read_bytes()

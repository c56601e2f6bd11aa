"""pypinyin's two tables, read as files: importing the library would keep both in memory for good (56 MB)."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

_BARE: Final = str.maketrans(
    "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿê", "aaaaeeeeiiiioooouuuuvvvvvnnnme", "\u0300\u0301\u0304\u030c\u0302"
)


def phrases() -> dict[str, tuple[str, ...]]:
    """Phrase → its syllables in lower-case ASCII, ü as v."""
    table = msgspec.json.decode(_bare("phrases_dict.json"), type=dict[str, tuple[tuple[str, ...], ...]])
    plain = {text: tuple([one[0] for one in marked]) for text, marked in table.items()}
    return {text: reading for text, reading in plain.items() if len(reading) == len(text)}


def readings(characters: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Character → its readings, the usual one first, in lower-case ASCII, ü as v; none for what has no reading."""
    table = msgspec.json.decode(_bare("pinyin_dict.json"), type=dict[str, str])
    found: dict[str, tuple[str, ...]] = {}
    for character in set(characters):
        listed = dict.fromkeys(table.get(str(ord(character)), "").split(","))
        found[character] = tuple(one for one in listed if _is_typed(one))
    return {character: known for character, known in found.items() if known}


def _is_typed(reading: str) -> bool:
    """Not what nobody types (hm, ng)."""
    return reading.isascii() and reading.isalpha() and not set("aeiouv").isdisjoint(reading)


def _bare(name: str) -> str:
    """A table without tones; each mark is taken from the whole text at once, which is twenty times as fast."""
    return _file(name).decode().translate(_BARE)


def _file(name: str) -> bytes:
    spec = importlib.util.find_spec("pypinyin")  # finds the package without running it
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pypinyin")
    return Path(spec.origin).with_name(name).read_bytes()

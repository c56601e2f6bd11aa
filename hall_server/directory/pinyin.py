"""The readings (拼音) of Chinese characters, without tones, from pypinyin's table of single characters.

Only the table is read. Importing pypinyin keeps its dictionary of phrases in memory (56 MB, 0.25 s); a search needs
none, because it accepts every reading of a character (行: xing, hang). Tests hold the table to the library's answers.
"""

import importlib.util
import sys
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

_TONES = {"\u0300", "\u0301", "\u0304", "\u030c"}  # grave, acute, macron, caron: the four tones
_TABLE = "pinyin_dict.json"
_TWO_LETTER_INITIALS = ("zh", "ch", "sh")
_FIRST, _LAST = "19968", "40959"  # the code points 4E00 to 9FFF as the table writes them
_BARE = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿê", "aaaaeeeeiiiioooouuuuvvvvvnnnme")


class Choice(msgspec.Struct, frozen=True):
    """What the next character of a name may be: one of ``characters``, spelled by so many of the typed letters."""

    length: int
    is_whole: bool  # a whole syllable (or the begun last one), not just its initial
    characters: frozenset[str]


class Spelling:
    """What typed letters may stand for, among the characters learnt so far."""

    def __init__(self) -> None:
        """Begin with no characters."""
        self._known: set[str] = set()
        self._spelled: dict[str, set[str]] = {}
        self._begun: dict[str, set[str]] = {}

    def learn(self, characters: Iterable[str]) -> None:
        """Look up the characters that are new (about 20 ms when there are any)."""
        new = {character for character in characters if not character.isascii()} - self._known
        if not new:
            return
        self._known |= new
        for character, readings in readings_of(new).items():
            for reading in readings:
                self._spelled.setdefault(reading, set()).add(character)
                for initial in {reading[0], reading[:2]} & {reading[0], *_TWO_LETTER_INITIALS}:
                    self._begun.setdefault(initial, set()).add(character)

    def choices(self, rest: str) -> tuple[Choice, ...]:
        """Return what the next character may be when ``rest`` (not empty) is still to be spelled."""
        whole: dict[int, set[str]] = {1: {rest[0]}}
        for length in range(1, 7):
            if len(rest) >= length:
                whole.setdefault(length, set()).update(self._spelled.get(rest[:length], ()))
        if 1 < len(rest) < 6:
            for reading, characters in self._spelled.items():
                if reading.startswith(rest):
                    whole[len(rest)] |= characters
        initials = (Choice(n, False, frozenset(self._begun.get(rest[:n], ()))) for n in (1, 2) if len(rest) >= n)
        syllables = (Choice(length, True, frozenset(characters)) for length, characters in whole.items())
        return tuple(choice for choice in (*syllables, *initials) if choice.characters)


def readings_of(characters: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the readings of each character in lower-case ASCII, the usual one first; none for what has no reading.

    ü is given as v and as u, because people type both (绿: lv, lu). Reading the table takes about 20 ms.
    """
    table = msgspec.json.decode(_table().read_bytes(), type=dict[str, str])
    found = ((character, table.get(str(ord(character)))) for character in set(characters))
    return {character: _plain(marked) for character, marked in found if marked}


@cache
def first_readings() -> dict[str, str]:
    """Return the usual reading of every common character (the 20,992 of the basic block), in ASCII (about 25 ms)."""
    table = msgspec.json.decode(_table().read_text(encoding="utf-8").translate(_BARE), type=dict[str, str])
    return {
        chr(int(point)): sys.intern(marked.split(",", 1)[0])
        for point, marked in table.items()
        if _FIRST <= point <= _LAST and len(point) == len(_FIRST)
    }


def _table() -> Path:
    spec = importlib.util.find_spec("pypinyin")  # finds the package without running it
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pypinyin")
    return Path(spec.origin).with_name(_TABLE)


def _plain(marked: str) -> tuple[str, ...]:
    plain: dict[str, None] = {}
    for reading in marked.split(","):
        letters = "".join(part for part in unicodedata.normalize("NFD", reading) if part not in _TONES)
        for u in ("v", "u"):
            typed = letters.replace("u\u0308", u).replace("e\u0302", "e")
            if typed.isascii() and typed.isalpha():
                plain[typed.lower()] = None
    return tuple(plain)

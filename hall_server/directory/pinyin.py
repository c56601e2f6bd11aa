"""The readings (拼音) of Chinese characters, without tones, from pypinyin's table of single characters.

Only the table is read. Importing pypinyin keeps its dictionary of phrases in memory (56 MB, 0.25 s); a search needs
none, because it accepts every reading of a character (行: xing, hang). Tests hold the table to the library's answers.
"""

import importlib.util
import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import msgspec

_TONES = {"\u0300", "\u0301", "\u0304", "\u030c"}  # grave, acute, macron, caron: the four tones
_TABLE = "pinyin_dict.json"
_TWO_LETTER_INITIALS = ("zh", "ch", "sh")
_FIRST, _LAST = 0x4E00, 0x9FFF
_ROW = re.compile(r'"(\d+)": ?"([^"]*)"')
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
    wanted = {str(ord(character)) for character in characters}
    return {chr(int(point)): _plain(marked) for point, marked in _rows() if point in wanted}


class FirstReadings:
    """The usual reading of every common character (the 20,992 of the basic block), in ASCII; 45 kB."""

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        """Take the table in."""
        known: dict[str, int] = {"": 0}
        self._of = array("H", bytes(2 * (_LAST - _FIRST + 1)))
        for point, marked in rows:
            if _FIRST <= int(point) <= _LAST:
                plain = marked.split(",", 1)[0].translate(_BARE)
                self._of[int(point) - _FIRST] = known.setdefault(plain, len(known))
        self.syllables = tuple(known)

    def get(self, character: str) -> str:
        """The reading of a character; empty where there is none."""
        place = ord(character) - _FIRST if len(character) == 1 else -1
        return self.syllables[self._of[place]] if 0 <= place < len(self._of) else ""


@cache
def first_readings() -> FirstReadings:
    """Return the usual readings, read once (about 30 ms)."""
    return FirstReadings(_rows())


def _rows() -> Iterator[tuple[str, str]]:
    """Code point and marked readings, row by row: the whole table as objects would take 10 MB."""
    for found in _ROW.finditer(_table().read_text(encoding="utf-8")):
        yield found[1], found[2]


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

"""How typed text sounds: one syllable a character, letters cut into syllables, and sounds that people mix up."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

import msgspec

from hall_server.directory.pinyin import first_readings, readings_of

SYLLABLE_LENGTH = 6
TYPO_LENGTH = 40  # letters; in longer texts no slip of the finger is looked for
READINGS_LIMIT = 3
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_RUN = re.compile(r"[a-zv]+|.", re.DOTALL)
_TONE_NUMBER = re.compile(r"(?<=[a-zv])[1-5](?![0-9])")
BESIDE = {
    letter: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for place, letter in enumerate(row)
}


class Token(msgspec.Struct, frozen=True):
    """One character of what was typed, or one syllable of it; ``sound`` is empty where nothing is known of it."""

    letter: str
    sound: str
    is_spelled: bool  # typed as letters: the character itself is not known


class Sounds:
    """The readings of the characters that names and words are made of."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Look up every character of the texts (about 30 ms for the catalogue)."""
        self.readings = {
            letter: readings[:READINGS_LIMIT] for letter, readings in readings_of(set("".join(texts))).items()
        }
        self._first = first_readings()
        self.pairs: set[tuple[str, str]] = set()
        """Syllables that stand side by side in names and words: what is misspelled is read as these."""
        self._syllables = {reading for readings in self.readings.values() for reading in readings}
        self._syllables.update(self._first.syllables)
        self._syllables.discard("")

    def tokens(self, text: str) -> list[Token]:
        """Cut a normalised text into characters and syllables."""
        found: list[Token] = []
        for run in _RUN.findall(text):
            if run.isascii() and run.isalpha():
                found += self._spelled(run)
            else:
                found.append(Token(run, self._sound(run), False))
        return found

    def spellings(self, text: str) -> Iterator[tuple[str, ...]]:
        """Every way in which a text of the catalogue or of the words may sound; of long ones, the usual way only."""
        ways: list[tuple[str, ...]] = [()]
        for letter in text:
            readings = self.readings.get(letter, (letter,))
            if len(ways) * len(readings) > 12:
                readings = readings[:1]
            ways = [(*way, reading) for way in ways for reading in readings]
        yield from ways

    def _sound(self, letter: str) -> str:
        known = self.readings.get(letter)
        if known:
            return known[0]
        return self._first.get(letter)

    def _spelled(self, run: str) -> list[Token]:
        cut = self._cut(run) or (self._mended(run) if 4 <= len(run) <= TYPO_LENGTH else None)
        return [Token(part, part, True) for part in cut] if cut else [Token(run, "", True)]

    def _cut(self, run: str) -> list[str] | None:
        """The fewest syllables that spell the whole run, or None."""
        return self._cuts(run)[-1]

    def _cuts(self, run: str) -> list[list[str] | None]:
        """The fewest syllables for every beginning of the run."""
        best: list[list[str] | None] = [[], *([None] * len(run))]
        for end in range(1, len(run) + 1):
            for start in range(max(0, end - SYLLABLE_LENGTH), end):
                before = best[start]
                if before is not None and run[start:end] in self._syllables:
                    known = best[end]
                    if known is None or len(before) + 1 < len(known):
                        best[end] = [*before, run[start:end]]
        return best

    def _doubtful(self, run: str) -> tuple[int, int]:
        """Between which letters the slip must be: what stands before and after can be read."""
        read = max(end for end, cut in enumerate(self._cuts(run)) if cut is not None)
        begins = {len(run)}
        for start in range(len(run) - 1, -1, -1):
            if any(run[start:end] in self._syllables for end in begins if end - start <= SYLLABLE_LENGTH):
                begins.add(start)
        return max(0, min(begins) - SYLLABLE_LENGTH), min(len(run), read + SYLLABLE_LENGTH)

    def _mended(self, run: str) -> list[str] | None:
        """The run with one key missed by a neighbour, left out or struck twice, where that makes it readable."""
        cuts = [cut for typed in _slips(run, *self._doubtful(run)) if (cut := self._cut(typed))]
        return max(cuts, key=lambda cut: (sum(map(self.pairs.__contains__, pairwise(cut))), -len(cut)), default=None)


def plain_letters(text: str) -> str:
    """The text without the tones of pinyin: hùkǒu, hu4kou3 and HUKOU become hukou; ü becomes v."""
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold()).replace("u\u0308", "v")
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _TONE_NUMBER.sub("", unicodedata.normalize("NFC", bare))


@lru_cache(maxsize=1024)
def blurred(sound: str) -> str:
    """The sound as those hear it who mix up z and zh, n and l, en and eng, in and ing."""
    for one, other in _ALIKE:
        if sound.startswith(one):
            sound = other + sound[len(one) :]
            break
    return sound[:-1] if sound.endswith("ng") else sound


def _slips(run: str, first: int, last: int) -> Iterator[str]:
    for place in range(first, last):
        letter = run[place]
        for beside in BESIDE.get(letter, ""):
            yield run[:place] + beside + run[place + 1 :]
        yield run[:place] + run[place + 1 :]
        if place and run[place - 1] != letter:
            yield run[: place - 1] + letter + run[place - 1] + run[place + 1 :]

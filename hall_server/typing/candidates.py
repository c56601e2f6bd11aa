"""What a visitor may mean by letters of pinyin: words and sentences first, then the first syllables."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

import msgspec

from hall_server.typing.lexicon import LONGEST_WORD, Lexicon, Word
from hall_server.typing.syllables import Cut, Syllables

MOST = 80
"""Candidates given; four pages and more on a kiosk."""
COMPLETED = 4
"""Words offered that go on beyond what was typed."""
PAIR = 3.0
"""How much more usual a word counts for each time the texts have it behind the character before."""
_LETTERS = re.compile(r"[a-z']+")


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that may be meant.

    Attributes:
        letters: how many of the typed letters it takes, apostrophes counted.
    """

    text: str
    letters: int


class PinyinInput:
    """Finds candidates; pure, and quick enough to be asked at every letter."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._syllables = Syllables(lexicon.syllables)

    def candidates(self, pinyin: str, before: str = "") -> list[Candidate]:
        """What may be meant, the likeliest first; none where the letters are no pinyin.

        Args:
            pinyin: letters as typed; ü is v; ' divides syllables. Anything else is no pinyin.
            before: the characters before the caret; the last one says what is likelier now.
        """
        letters = pinyin.lower().replace("ü", "v")
        if not _LETTERS.fullmatch(letters):
            return []
        found: dict[str, Candidate] = {}
        for candidate in self._found(letters, before[-1:]):
            found.setdefault(candidate.text, candidate)
            if len(found) == MOST:
                break
        return list(found.values())

    def _found(self, letters: str, before: str) -> Iterator[Candidate]:
        cuts = self._syllables.cuts(letters)
        every, bare = len(letters), letters.replace("'", "")
        for place, cut in enumerate(cuts[:2]):
            yield from self._whole(cut, every, before, is_first=place == 0)
        if 1 < len(bare) <= 4:
            yield from _given(self._lexicon.initials.get(bare, ()), every)
        for cut in cuts:
            yield from self._parts(cut, before)
        if not cuts:
            yield from self._beginning(letters, before)

    def _whole(self, cut: Cut, every: int, before: str, *, is_first: bool) -> Iterator[Candidate]:
        """Words that take all letters, a sentence put together of shorter ones, words that go on."""
        lexicon, count = self._lexicon, len(cut.syllables)
        exact = () if cut.begun else self._by_place(lexicon.exactly(cut.syllables), before)
        if count > 1:
            yield from _given(exact, every)
            if is_first and not exact and not cut.begun:
                yield Candidate(text=self._sentence(cut.syllables, before), letters=every)
        else:
            yield from _given(exact[:12], every)
        going_on = "'".join((*cut.syllables, cut.begun)) if cut.begun else "'".join(cut.syllables) + "'"
        if count + bool(cut.begun) > 1:
            more = lexicon.begun(going_on)
            yield from _given(more[:COMPLETED] if not cut.begun else more[: 3 * COMPLETED], every)
        elif cut.begun:
            yield from _given(self._by_place(lexicon.begun(going_on), before)[:40], every)

    def _parts(self, cut: Cut, before: str) -> Iterator[Candidate]:
        """What the first syllables may be, the longest first; the rest stays to be chosen."""
        for count in range(min(len(cut.syllables), LONGEST_WORD), 0, -1):
            words = self._by_place(self._lexicon.exactly(cut.syllables[:count]), before)
            yield from _given(words, cut.ends[count - 1])

    def _beginning(self, letters: str, before: str) -> Iterator[Candidate]:
        """The longest beginning that is pinyin; a slip of the finger behind it does not hide it."""
        for length in range(len(letters) - 1, 0, -1):
            cuts = self._syllables.cuts(letters[:length])
            if cuts:
                yield from (one for cut in cuts for one in self._parts(cut, before))
                return

    def _by_place(self, words: Iterable[Word], before: str) -> tuple[Word, ...]:
        """What stands behind the character before in the texts goes first."""
        if not before:
            return tuple(words)
        pairs = self._lexicon.pairs
        return tuple(sorted(words, key=lambda word: -word.weight - PAIR * pairs.get(before + word.text[0], 0.0)))

    def _sentence(self, syllables: tuple[str, ...], before: str) -> str:
        """The likeliest row of words."""
        best: list[tuple[float, str]] = [(0.0, "")] + [(-math.inf, "")] * len(syllables)
        for begin in range(len(syllables)):
            score, text = best[begin]
            for end in range(begin + 1, min(begin + LONGEST_WORD, len(syllables)) + 1):
                for word in self._by_place(self._lexicon.exactly(syllables[begin:end])[:3], text[-1:] or before)[:1]:
                    found = score + self._lexicon.likelihood(word)
                    if found > best[end][0]:
                        best[end] = found, text + word.text
        return best[-1][1]


def _given(words: Iterable[Word], letters: int) -> Iterator[Candidate]:
    for word in words:
        yield Candidate(text=word.text, letters=letters)

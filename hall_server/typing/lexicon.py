"""Words and characters by their pinyin, from pypinyin's tables and the hall's own texts, each with how usual it is.

pypinyin says how things are read, and hardly how usual they are: its phrases are those whose reading is in doubt,
half of them sayings. So the hall's own texts weigh most, then what is known of single characters, then the phrases.
"""

from __future__ import annotations

import bisect
import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from hall_server.typing import tables, usual

HAN: Final = re.compile(r"[\u4e00-\u9fff]+")
PHRASE_WEIGHT: Final = {2: 6.0, 3: 3.0}
"""How much a phrase of pypinyin's table counts, by its letters; longer ones are sayings, which nobody types here."""
SURE_WEIGHT: Final = 60.0
"""How much a word counts that somebody has written down as one."""
SEEN_WEIGHT: Final = 4.0
"""How much it counts each time that the hall's texts have a word."""
LONGEST_WORD: Final = 6
LEAST_SEEN: Final = 3
"""Texts of the hall must have letters side by side so often for them to count as a word."""
LOOSE: Final = frozenset("的了是在和与或及等为有不也就都而被把让请您我你他她它这那一个到从向对将")
"""A piece of text that begins or ends with one of these is no word."""
MOST_READINGS: Final = 4
FIRST_READING: Final = 4.0
"""How much the reading that the table names first counts before the phrases are looked at."""
LEAST_SHARE: Final = 0.04
"""A reading that makes up less of a character's use is no way to type it in a word (方 as wang)."""
COMPLETIONS: Final = 60

Readings = Mapping[str, tuple[tuple[str, float], ...]]
"""Character → its readings, each with its share of the character's use."""


class Word(msgspec.Struct, frozen=True):
    """Something that may be meant.

    Attributes:
        weight: how usual it is; only compared.
    """

    text: str
    weight: float


class Lexicon(msgspec.Struct, frozen=True):
    """Everything that can be typed.

    Attributes:
        syllables: every one there is.
        words: syllables joined by ' → what they may mean, the most usual first; single characters too.
        keys: of ``words``, sorted, for what is only begun.
        initials: sfz → 身份证.
        pairs: two characters side by side → how often the texts have them.
    """

    syllables: frozenset[str]
    words: Mapping[str, tuple[Word, ...]]
    keys: tuple[str, ...]
    initials: Mapping[str, tuple[Word, ...]]
    pairs: Mapping[str, float]
    total: float

    def exactly(self, syllables: Iterable[str]) -> tuple[Word, ...]:
        """What these whole syllables may mean."""
        return self.words.get("'".join(syllables), ())

    def begun(self, letters: str) -> list[Word]:
        """Words whose pinyin (' between syllables) begins so and goes on, the most usual first."""
        begin = bisect.bisect_left(self.keys, letters)
        keys = itertools.islice(itertools.takewhile(lambda key: key.startswith(letters), self.keys[begin:]), 400)
        found = {word.text: word for key in keys if key != letters for word in self.words[key][:4]}
        return sorted(found.values(), key=_usual)[:COMPLETIONS]

    def likelihood(self, word: Word) -> float:
        """Logarithm of how often it is meant."""
        return math.log((word.weight + 0.1) / self.total)


def build(texts: Iterable[str], sure: Iterable[str] = ()) -> Lexicon:
    """Read the tables and the texts (about a second: not on the server's loop).

    Args:
        texts: the hall's own Chinese texts, such as names of matters; what stands in them often is a word.
        sure: what is a word in any case.
    """
    phrases = {text: read for text, read in tables.phrases().items() if HAN.fullmatch(text)}
    seen = _pieces(texts)
    weights = _words(phrases, seen)
    for text in sure:
        if 1 < len(text) <= LONGEST_WORD and HAN.fullmatch(text):
            weights[text] = max(weights.get(text, 0.0), SURE_WEIGHT)
    known = tables.readings(itertools.chain(usual.everyday_characters(), *weights))
    readings = _shares(known, phrases)
    alone = dict.fromkeys(known, 0.2)
    usual.weigh(alone, seen)
    every: dict[str, dict[str, float]] = defaultdict(dict)
    shorts: dict[str, dict[str, float]] = defaultdict(dict)
    for text, weight in weights.items():
        for reading in _word_readings(text, readings, phrases):
            every["'".join(reading)][text] = weight
            if len(text) <= 4:
                shorts["".join(one[0] for one in reading)][text] = weight
    for letter, weight in alone.items():
        for syllable, share in readings.get(letter, ()):
            every[syllable][letter] = weight * share
    words = {key: _sorted(found) for key, found in every.items()}
    return Lexicon(
        syllables=frozenset(key for key in words if "'" not in key),
        words=words,
        keys=tuple(sorted(words)),
        initials={key: _sorted(found)[:12] for key, found in shorts.items()},
        pairs=_pairs(weights),
        total=sum(weights.values()) + sum(alone.values()),
    )


def _pieces(texts: Iterable[str]) -> dict[str, int]:
    """How often each run of one to six characters stands in the texts; what is rare has no longer ones."""
    runs = [run for text in texts for run in HAN.findall(text)]
    seen: dict[str, int] = dict(Counter(itertools.chain.from_iterable(runs)))
    for length in range(2, LONGEST_WORD + 1):
        counted: Counter[str] = Counter()
        for run in runs:
            for at in range(len(run) - length + 1):
                piece = run[at : at + length]
                if seen.get(piece[1:], 0) >= LEAST_SEEN and seen.get(piece[:-1], 0) >= LEAST_SEEN:
                    counted[piece] += 1
        seen.update({piece: count for piece, count in counted.items() if count >= LEAST_SEEN})
    return seen


def _words(phrases: Iterable[str], seen: Mapping[str, int]) -> dict[str, float]:
    """Words of two letters and more with their weights; a piece that only ever stands in a longer one is none."""
    weights = {text: PHRASE_WEIGHT[len(text)] for text in phrases if len(text) in PHRASE_WEIGHT}
    within = Counter[str]()
    for text, count in seen.items():
        if len(text) > 2:
            for part in (text[:-1], text[1:]):
                within[part] = max(within[part], count)
    for text, count in seen.items():
        is_word = count >= LEAST_SEEN and count > within[text] and not {text[0], text[-1]} & LOOSE
        if len(text) > 1 and (is_word or text in weights):
            weights[text] = weights.get(text, 0.0) + SEEN_WEIGHT * count
    return weights


def _shares(known: Mapping[str, tuple[str, ...]], phrases: Mapping[str, tuple[str, ...]]) -> Readings:
    """How much of a character's use each of its readings makes up, as the phrases have it."""
    counts: dict[str, Counter[str]] = {letter: Counter() for letter in known}
    for text, reading in phrases.items():
        for letter, one in zip(text, reading, strict=True):
            if letter in counts:
                counts[letter][one] += 1
    shares: dict[str, tuple[tuple[str, float], ...]] = {}
    for letter, listed in known.items():
        weights = {one: counts[letter][one] + (FIRST_READING if i == 0 else 0.02) for i, one in enumerate(listed)}
        total = sum(weights.values())
        shares[letter] = tuple((one, weight / total) for one, weight in weights.items())
    return shares


def _word_readings(text: str, readings: Readings, phrases: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    """How a word is typed: as the table of phrases says, else by what its characters are usually read as."""
    if text in phrases:
        return (phrases[text],)
    each = [[one for one, share in readings.get(letter, ()) if share >= LEAST_SHARE] for letter in text]
    return itertools.islice(itertools.product(*each), MOST_READINGS)


def _pairs(weights: Mapping[str, float]) -> dict[str, float]:
    pairs: dict[str, float] = defaultdict(float)
    for text, weight in weights.items():
        for first, second in itertools.pairwise(text):
            pairs[first + second] += weight
    return dict(pairs)


def _sorted(found: Mapping[str, float]) -> tuple[Word, ...]:
    return tuple(sorted((Word(text, weight) for text, weight in found.items()), key=_usual))


def _usual(word: Word) -> tuple[float, str]:
    return -word.weight, word.text

"""Finds matters by everyday phrases: known words and what they mean, rare letters before common ones, by sound too."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import TypeAlias, TypeVar

import msgspec

from hall_server.directory.numbers import numbers_in
from hall_server.directory.phrase import Phrase, PhraseReader, Unit, normal
from hall_server.directory.sounds import Sounds, blurred
from hall_server.directory.words import Words

_Key = TypeVar("_Key")
Places: TypeAlias = "array[int]"

NOWHERE: Places = array("H")
FAINT = 0.4  # what a faint word is worth beside another
DEED = 2.0  # what is worth a name that says what shall be done
OTHER_DEED = 1.3  # what it costs a name that says something else shall be done
UNASKED_DEED = 0.9  # the same where the phrase says nothing of it
LATER = 0.12  # each further meaning of a word is worth so much less
PAIR, SOUND_PAIR, BLURRED_PAIR, SINGLE = 0.7, 0.5, 0.35, 0.22
LENGTH = 0.25  # what a name ten times as long loses
FEW = 300  # among fewer matters than this a word is not taken for common
LEAST, SHARE = 2.6, 0.45  # the best must reach LEAST; the others so much of it


class Document(msgspec.Struct, frozen=True):
    """What is known of a matter: its name, and the everyday words that its edition says lead to it."""

    name: str
    words: tuple[str, ...] = ()


class EverydayIndex:
    """The index over all matters; building it takes about 0.2 s, so it is built off the loop and at first use."""

    def __init__(self, documents: Sequence[Document], words: Words) -> None:
        """Index the documents; their places are what ``scores`` answers with."""
        self._texts = [normal(one.name) for one in documents]
        self._given: dict[str, list[int]] = {}
        for place, one in enumerate(documents):
            for word in {normal(word) for word in one.words if len(word) > 1}:
                self._given.setdefault(word, []).append(place)
        says = (text for word in words.word for text in word.say)
        deeds = (text for deed in words.deed for text in deed.say)
        sounds = Sounds([*self._texts, *says, *deeds, *words.ignored])
        self._sounds = sounds
        self._words = words
        self._reader = PhraseReader(words, sounds)
        self._single: dict[str, Places] = {}
        self._pairs: dict[str, Places] = {}
        self._by_sound: dict[tuple[str, str], Places] = {}
        self._by_blur: dict[tuple[str, str], Places] = {}
        self._lengths = [max(4, len(text)) for text in self._texts]
        for place, text in enumerate(self._texts):
            self._index(place, text)
        sounds.pairs.update(self._by_sound)
        self._deeds = [self._places_of_any(deed.means) for deed in words.deed]
        self._terms: dict[str, frozenset[int]] = {}
        for term in {term for word in words.word for term in word.means}:
            self._term(term)

    def scores(self, phrase: str) -> dict[int, float]:
        """Return the matters that a phrase may mean, by place, with how well they fit; nothing where nothing fits."""
        parts = phrase.split()
        if len(parts) == 1 and not parts[0].isascii():
            parts = []  # letters among characters: KTV, APP
        if any(self._reader.is_unreadable(part) for part in parts):
            return {}
        read = self._reader.read(phrase, self._pairs)
        found: dict[int, float] = {}
        units = self._strongest(read.units)
        is_vague = all(self._words.word[unit.entry].faint for unit in units)
        for unit in units:
            _sum(found, self._of_word(unit, is_vague=is_vague))
        for start, end in read.left:
            _sum(found, self._of_left(read, start, end))
        said = normal(phrase)
        for word in [word for word in self._given if word in said]:
            _sum(found, dict.fromkeys(self._given[word], self._rarity(len(self._given[word]))))
        for number in numbers_in(phrase):
            places = self._term(number)
            _sum(found, dict.fromkeys(places, self._rarity(len(places)) * PAIR))
        return self._sifted(self._with_deeds(found, read))

    def _index(self, place: int, text: str) -> None:
        pairs = {text[at : at + 2] for at in range(len(text) - 1)}
        sounded = {(way[0], way[1]) for pair in pairs for way in self._sounds.spellings(pair)}
        _post(self._single, set(text), place)
        _post(self._pairs, pairs, place)
        _post(self._by_sound, sounded, place)
        _post(self._by_blur, {(blurred(one), blurred(other)) for one, other in sounded}, place)

    def _rarity(self, places: int) -> float:
        return log(1 + max(FEW, len(self._texts)) / places) if places else 0.0

    def _term(self, term: str) -> frozenset[int]:
        """Where a part of a name stands; of "a b" both parts."""
        if term not in self._terms:
            parts = [normal(part) for part in term.split()]
            self._terms[term] = frozenset(
                place for place, text in enumerate(self._texts) if all(part in text for part in parts)
            )
        return self._terms[term]

    def _places_of_any(self, terms: Iterable[str]) -> frozenset[int]:
        parts = [normal(term) for term in terms]
        return frozenset(place for place, text in enumerate(self._texts) if any(part in text for part in parts))

    @staticmethod
    def _strongest(units: list[Unit]) -> list[Unit]:
        best: dict[int, Unit] = {}
        for unit in units:
            if unit.entry >= 0 and (unit.entry not in best or best[unit.entry].nearness < unit.nearness):
                best[unit.entry] = unit
        return list(best.values())

    def _of_word(self, unit: Unit, *, is_vague: bool) -> dict[int, float]:
        word = self._words.word[unit.entry]
        meant = [self._term(term) for term in word.means]
        weight = (
            self._rarity(len(frozenset().union(*meant)))
            * unit.nearness
            * (FAINT if word.faint and not is_vague else 1.0)
        )
        found: dict[int, float] = {}
        for order, places in enumerate(meant):
            for place in places:
                found.setdefault(place, weight * max(0.4, 1 - LATER * order))
        return found

    def _of_left(self, read: Phrase, start: int, end: int) -> dict[int, float]:
        found: dict[int, float] = {}
        paired: set[int] = set()
        for at in range(max(0, start - 1), min(end, len(read.tokens) - 1)):
            places, weight = self._pair(read, at)
            if places:
                paired |= {at, at + 1}
                _sum(found, dict.fromkeys(places, self._rarity(len(places)) * weight))
        for at in set(range(start, end)) - paired:
            letter = read.tokens[at].letter
            places = NOWHERE if letter.isdecimal() else self._single.get(letter, NOWHERE)
            _sum(found, dict.fromkeys(places, self._rarity(len(places)) * SINGLE))
        return found

    def _pair(self, read: Phrase, at: int) -> tuple[Places, float]:
        one, other = read.tokens[at], read.tokens[at + 1]
        if one.letter.isdecimal() and other.letter.isdecimal():
            return NOWHERE, 0.0
        if not (one.is_spelled or other.is_spelled) and (places := self._pairs.get(one.letter + other.letter)):
            return places, PAIR
        if places := self._by_sound.get((one.sound, other.sound)):
            return places, PAIR if one.is_spelled and other.is_spelled else SOUND_PAIR
        return self._by_blur.get((blurred(one.sound), blurred(other.sound)), NOWHERE), BLURRED_PAIR

    def _with_deeds(self, found: dict[int, float], read: Phrase) -> dict[int, float]:
        wanted = {-1 - unit.entry for unit in read.units if unit.entry < 0}
        # 开 and 办 begin nearly every phrase: something else that is said counts more.
        wanted = wanted - {0} or wanted
        scored = {}
        for place, score in found.items():
            done = {number for number, places in enumerate(self._deeds) if place in places}
            if wanted & done:
                score += DEED if wanted != {0} else DEED / 2
            elif wanted - {0} and done - {0}:
                score -= OTHER_DEED
            elif not wanted - {0} and done and 0 not in done:
                score -= UNASKED_DEED
            scored[place] = score - LENGTH * log(self._lengths[place] / 4)
        return scored

    @staticmethod
    def _sifted(scored: Mapping[int, float]) -> dict[int, float]:
        best = max(scored.values(), default=0.0)
        if best < LEAST:
            return {}
        return {place: score for place, score in scored.items() if score >= best * SHARE}


def _post(index: dict[_Key, Places], keys: Iterable[_Key], place: int) -> None:
    for key in keys:
        known = index.get(key)
        if known is None:
            known = index[key] = array("H")  # a hall has fewer than 65,536 matters
        known.append(place)


def _sum(found: dict[int, float], more: Mapping[int, float]) -> None:
    for place, score in more.items():
        found[place] = found.get(place, 0.0) + score

"""Reads an everyday phrase: which known words it holds, also misspelled ones, and what is left between them."""

from collections.abc import Container, Iterable
from functools import cache
from itertools import pairwise
from typing import TypeAlias, TypeVar

import msgspec

from hall_server.directory.sounds import Sounds, Token, blurred, plain_letters
from hall_server.directory.words import Words

_Key = TypeVar("_Key")
Entries: TypeAlias = tuple[int | None, ...]

LONGEST = 8  # characters of a word that is looked for
LEFT = 0.45  # what a character is worth that belongs to no word, but stands in names beside its neighbour
_EXACT, _TYPED, _SOUND, _BLURRED, _ONE_OFF = 1.0, 0.95, 0.7, 0.65, 0.6


class Unit(msgspec.Struct, frozen=True):
    """A known word of a phrase. ``entry``: place of the word in the file, below 0: the deed (-1 the first)."""

    entry: int
    nearness: float  # 1: as it is written; less: as it sounds, or one character off
    start: int
    end: int


class Phrase(msgspec.Struct, frozen=True):
    """What a phrase holds: its tokens, the words in it, and the runs between them that are no word."""

    tokens: list[Token]
    units: list[Unit]
    left: list[tuple[int, int]]


class _Edge(msgspec.Struct, frozen=True):
    start: int
    end: int
    entry: int | None
    nearness: float
    worth: float


class PhraseReader:
    """Cuts phrases by the words of the file; made once for an index."""

    def __init__(self, words: Words, sounds: Sounds) -> None:
        """Index the words by character, by sound, by blurred sound and with one character open."""
        self._sounds = sounds
        self._exact: dict[str, Entries] = {}
        self._sound: dict[tuple[str, ...], Entries] = {}
        self._blurred: dict[tuple[str, ...], Entries] = {}
        self._open: dict[tuple[int, str], Entries] = {}
        self._open_sound: dict[tuple[int, tuple[str, ...]], Entries] = {}
        self._gapped: list[tuple[list[tuple[str, tuple[str, ...]]], int]] = []
        for text in words.ignored:
            self._learn(normal(text), None)
        for place, word in enumerate(words.word):
            self._learn_all(word.say, place)
        for place, deed in enumerate(words.deed):
            self._learn_all(deed.say, -1 - place)
        sounds.pairs.update(pair for way in self._sound for pair in pairwise(way))

    def read(self, text: str, pairs: Container[str]) -> Phrase:
        """Read a phrase.

        Args:
            text: as it was typed.
            pairs: pairs of characters that stand in names; they keep their place against words that only sound so.
        """
        tokens = self._sounds.tokens(normal(text))
        best = self._best(tokens, self._edges(tokens), pairs)
        units = [Unit(edge.entry, edge.nearness, edge.start, edge.end) for edge in best if edge.entry is not None]
        taken = {place for edge in best for place in range(edge.start, edge.end)}
        units += self._apart(tokens)
        return Phrase(tokens, units, _runs([place for place in range(len(tokens)) if place not in taken]))

    def is_unreadable(self, text: str) -> bool:
        """Say whether a text is nothing but letters that spell no syllables and are no known word."""
        typed = normal(text)
        return typed not in self._exact and any(one.is_spelled and not one.sound for one in self._sounds.tokens(typed))

    def _learn_all(self, says: Iterable[str], entry: int) -> None:
        for say in says:
            parts = [normal(part) for part in say.split()]
            if len(parts) == 1:
                self._learn(parts[0], entry)
            else:
                self._gapped.append(([(part, self._usual(part)) for part in parts], entry))

    def _usual(self, text: str) -> tuple[str, ...]:
        return tuple(token.sound for token in self._sounds.tokens(text))

    def _learn(self, text: str, entry: int | None) -> None:
        _add(self._exact, text, entry)
        if len(text) < 2:
            return
        for way in self._sounds.spellings(text):
            _add(self._sound, way, entry)
            _add(self._blurred, tuple(map(blurred, way)), entry)
        if len(text) > 2 and entry is not None:
            for place in range(len(text)):
                _add(self._open, (place, text[:place] + text[place + 1 :]), entry)
                for way in self._sounds.spellings(text):
                    _add(self._open_sound, (place, way[:place] + way[place + 1 :]), entry)

    def _edges(self, tokens: list[Token]) -> dict[int, list[_Edge]]:
        found: dict[int, list[_Edge]] = {}
        for start in range(len(tokens)):
            for end in range(start + 1, min(len(tokens), start + LONGEST) + 1):
                for entry, nearness in self._known(tokens[start:end]):
                    size = end - start
                    sure = size if nearness > _ONE_OFF else size - 1  # one character speaks against it
                    worth = nearness * (sure**1.35 if entry is not None else sure * 0.97)
                    found.setdefault(end, []).append(_Edge(start, end, entry, nearness, worth))
        return found

    def _known(self, span: list[Token]) -> list[tuple[int | None, float]]:
        letters = "".join(token.letter for token in span)
        is_spelled = any(token.is_spelled for token in span)
        if letters in self._exact:  # KTV is one that is spelled
            return [(entry, _EXACT) for entry in self._exact[letters]]
        if len(span) < 2:
            return []
        sound = tuple(token.sound for token in span)
        if sound in self._sound:
            return [(entry, _TYPED if is_spelled else _SOUND) for entry in self._sound[sound]]
        hazy = tuple(map(blurred, sound))
        if hazy in self._blurred:
            return [(entry, _BLURRED) for entry in self._blurred[hazy]]
        return [(entry, _ONE_OFF) for entry in self._one_off(span, letters, sound)] if len(span) > 2 else []

    def _one_off(self, span: list[Token], letters: str, sound: tuple[str, ...]) -> Entries:
        """Entries of words from which one character or syllable of the span differs."""
        for place, token in enumerate(span):
            if token.is_spelled:
                known = self._open_sound.get((place, sound[:place] + sound[place + 1 :]))
            else:
                known = self._open.get((place, letters[:place] + letters[place + 1 :]))
            if known:
                return known
        return ()

    @staticmethod
    def _best(tokens: list[Token], edges: dict[int, list[_Edge]], pairs: Container[str]) -> list[_Edge]:
        reached = [0.0] * (len(tokens) + 1)
        ways: list[list[_Edge]] = [[] for _ in reached]
        for end in range(1, len(tokens) + 1):
            pair = tokens[end - 2].letter + tokens[end - 1].letter if end > 1 else ""
            reached[end] = reached[end - 1] + (2 * LEFT if pair in pairs else 0.0)
            ways[end] = ways[end - 1]
            for edge in edges.get(end, ()):
                worth = reached[edge.start] + edge.worth
                if worth > reached[end]:
                    reached[end] = worth
                    ways[end] = [*ways[edge.start], edge]
        chosen = {(edge.start, edge.end) for edge in ways[-1]}
        return [edge for known in edges.values() for edge in known if (edge.start, edge.end) in chosen]

    def _apart(self, tokens: list[Token]) -> list[Unit]:
        """Words whose parts stand in this order with others between; by sound where letters were typed."""
        found = []
        letters = "".join(token.letter for token in tokens if not token.is_spelled)
        sounds = tuple(token.sound for token in tokens)
        is_spelled = any(token.is_spelled for token in tokens)
        for parts, entry in self._gapped:
            place = 0
            for text, sound in parts:
                place = _after(sounds, sound, place) if is_spelled else _end(letters, text, place)
                if place < 0:
                    break
            else:
                found.append(Unit(entry, _EXACT, 0, 0))
        return found


def normal(text: str) -> str:
    """Letters and digits of a text, half width, lower case, without tones."""
    return "".join(filter(str.isalnum, plain_letters(text)))


def _add(index: dict[_Key, Entries], key: _Key, entry: int | None) -> None:
    known = index.get(key)
    if known is None:
        index[key] = _alone(entry)
    elif entry not in known:
        index[key] = (*known, entry)


@cache
def _alone(entry: int | None) -> Entries:
    """One and the same tuple for all words of an entry; there are thousands."""
    return (entry,)


def _end(text: str, part: str, start: int) -> int:
    place = text.find(part, start)
    return -1 if place < 0 else place + len(part)


def _after(sounds: tuple[str, ...], part: tuple[str, ...], start: int) -> int:
    for place in range(start, len(sounds) - len(part) + 1):
        if sounds[place : place + len(part)] == part:
            return place + len(part)
    return -1


def _runs(places: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place:
            runs[-1] = runs[-1][0], place + 1
        else:
            runs.append((place, place + 1))
    return runs

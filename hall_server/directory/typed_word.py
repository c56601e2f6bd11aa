"""How one typed word fits a name: by its characters, by their readings, by initials, or with others between."""

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import cache
from itertools import islice
from typing import TypeAlias

from hall_server.directory.pinyin import Choice, Spelling

SEGMENTATIONS_LIMIT = 4  # xian: xian, xi an
INITIALS_LENGTH = 8  # nobody types more initials of a name and leaves others out
SEGMENTED_LENGTH = 24  # longer texts have too many ways that lead nowhere


class Match(IntEnum):
    """How a query fits; the smaller, the nearer. A frequent matter that fits in the middle rises to FREQUENT."""

    EXACT = 0  # the whole name or code
    PREFIX = 1  # the name, its pinyin or the code begins so
    FREQUENT = 2  # in the middle or by initials, of a matter the hall marks as frequent
    SUBSTRING = 3  # in the middle of the name or its pinyin
    INITIALS = 4  # the first letters of the syllables, side by side
    DEPARTMENT = 5  # not the name, but that of its department
    SCATTERED = 6  # every character in this order, others between (社保卡: 社会保障卡)
    PRESENT = 7  # every character, in any order


Found: TypeAlias = tuple[Match, int]  # how, and at which character


class TypedWord:
    """A normalised word that was typed; made once per query and held against every name."""

    def __init__(self, text: str, spelling: Spelling) -> None:
        """Take a normalised word of at least one letter."""
        self.text = text
        self.is_ascii = text.isascii()
        self._has_latin = re.search("[a-z]", text) is not None
        self._spelling = spelling
        self._choices: dict[int, tuple[Choice, ...]] = {}
        self._starts = _any_of(*self._beginnings()) if self._has_latin else None
        self._scattered = [_in_order(*classes) for classes in self._apart()]
        self.match_side_by_side = cache(self._match_side_by_side)

    def match(self, name: str) -> Found | None:
        """Say how the word fits a Chinese name."""
        return self._match_side_by_side(name) or self._match_apart(name)

    def _match_side_by_side(self, name: str) -> Found | None:
        place = name.find(self.text)
        if place >= 0:
            return textual(place, len(self.text), name)
        return self._match_readings(name) if self._starts is not None else None

    def _match_readings(self, name: str) -> Found | None:
        if self._starts is None:
            return None
        best: Found | None = None
        for found in self._starts.finditer(name):
            match = self._spell(name, found.start())
            if match is not None and (best is None or (match, found.start()) < best):
                best = match, found.start()
                if len(self.text) == 1 or match <= Match.SUBSTRING:
                    break
        return best

    def _spell(self, name: str, start: int) -> Match | None:
        """Follow every way in which the word spells ``name`` from ``start``: (letters used, in whole syllables)."""
        ways = {(0, True)}
        best: Match | None = None
        for place in range(start, len(name)):
            ways = {
                (used + choice.length, whole and choice.is_whole)
                for used, whole in ways
                for choice in self._choices_at(used)
                if name[place] in choice.characters
            }
            for way in [way for way in ways if way[0] == len(self.text)]:
                ways.remove(way)
                match = textual(start, place + 1 - start, name)[0] if way[1] else Match.INITIALS
                best = match if best is None else min(best, match)
            if not ways:
                break
        return best

    def _match_apart(self, name: str) -> Found | None:
        places = [found.start() for pattern in self._scattered if (found := pattern.search(name))]
        if places:
            return Match.SCATTERED, min(places)
        if len(self.text) > 1 and not (self._has_latin or self.is_ascii) and all(map(name.__contains__, self.text)):
            return Match.PRESENT, 0
        return None

    def _choices_at(self, used: int) -> tuple[Choice, ...]:
        if used not in self._choices:
            rest = self.text[used:]
            self._choices[used] = self._spelling.choices(rest) if rest else ()
        return self._choices[used]

    def _beginnings(self) -> list[str]:
        """Pairs of characters with which a spelling may begin: few places of a name pass, and the rest is spelled."""
        patterns = []
        for choice in self._choices_at(0):
            following = {letter for after in self._choices_at(choice.length) for letter in after.characters}
            if choice.length == len(self.text):
                patterns.append(_class(choice.characters))
            elif following:
                patterns.append(_class(choice.characters) + _class(following))
        return patterns

    def _apart(self) -> list[list[frozenset[str]]]:
        """Say which characters must follow one another, others between: letters, initials or whole syllables."""
        if not self._has_latin:
            if self.is_ascii:  # digits: those of a code or a year, side by side or not at all
                return []
            ways = [[frozenset(letter) for letter in self.text]]
        else:
            ways = []
            if len(self.text) <= INITIALS_LENGTH:
                ways.append([_initials(self._choices_at(used)) for used in range(len(self.text))])
            if len(self.text) <= SEGMENTED_LENGTH:
                ways += islice(self._syllables(0), SEGMENTATIONS_LIMIT)
        return [way for way in ways if len(way) > 1 and all(way)]

    def _syllables(self, used: int) -> Iterator[list[frozenset[str]]]:
        if used == len(self.text):
            yield []
        for choice in reversed(self._choices_at(used)):
            if choice.is_whole and choice.length > 1:
                for others in self._syllables(used + choice.length):
                    yield [choice.characters, *others]


def textual(place: int, length: int, name: str) -> Found:
    """Say how a text of this length at this place of a name fits."""
    if place > 0:
        return Match.SUBSTRING, place
    return (Match.EXACT if length == len(name) else Match.PREFIX), 0


def _initials(choices: tuple[Choice, ...]) -> frozenset[str]:
    return frozenset(letter for choice in choices if choice.length == 1 for letter in choice.characters)


def _in_order(first: frozenset[str], *others: frozenset[str]) -> re.Pattern[str]:
    return re.compile(_class(first) + "".join(f"{_class(other, none=True)}*{_class(other)}" for other in others))


def _class(characters: Iterable[str], *, none: bool = False) -> str:
    return f"[{'^' if none else ''}{re.escape(''.join(sorted(characters)))}]"


def _any_of(*patterns: str) -> re.Pattern[str] | None:
    return re.compile(f"(?={'|'.join(patterns)})") if patterns else None

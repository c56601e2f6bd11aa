"""Finds matters as people type them: words, full pinyin, initials, codes, departments; the likeliest first."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from hall_server.directory.everyday import Document, EverydayIndex
from hall_server.directory.model import Matter
from hall_server.directory.pinyin import Spelling
from hall_server.directory.typed_word import Found, Match, TypedWord, textual
from hall_server.directory.words import Words, read_words

QUERY_LIMIT = 60  # letters; the rest of a longer query is not looked at
WORDS_LIMIT = 4  # of more words a phrase is made, not a list of what a name must hold
SIDE_BY_SIDE = set(Match) - {Match.SCATTERED, Match.PRESENT}
WORTH = {
    Match.PREFIX: 5.5,
    Match.FREQUENT: 5.0,
    Match.SUBSTRING: 4.0,
    Match.INITIALS: 3.0,
    Match.DEPARTMENT: 0.5,
    Match.SCATTERED: 1.4,
    Match.PRESENT: 0.7,
}  # what letters that fit are worth beside the score of an everyday phrase


_Rank: TypeAlias = tuple[Match, bool, int, int, str, str]
_LATIN = re.compile("[A-Za-z]")
_LAST = Match.PRESENT, True, 0, 0, "", ""


class _Entry(msgspec.Struct, frozen=True):
    matter: Matter
    name: str
    name_en: str
    code: str


class MatterSearch:
    """An index of matters in memory.

    ``rebuild`` only remembers what to index, so that a start does not wait for it; the first ``find`` builds (about
    0.3 s for 1,135 matters; what lists all without a query, 0.02 s). ``warm`` builds at a quiet moment, off the loop.
    """

    def __init__(self, words: Words | None = None) -> None:
        """Begin with nothing; ``words`` are those of config/words.toml where none are given."""
        self._waiting: dict[str, Matter] = {}
        self._entries: dict[str, _Entry] = {}
        self._departments: Mapping[str, str] = {}
        self._spelling = Spelling()
        self._words = words
        self._also: Mapping[str, Sequence[str]] = {}
        self._everyday: EverydayIndex | None = None
        self._places: list[str] = []

    def rebuild(
        self,
        matters: Iterable[Matter],
        departments: Mapping[str, str] | None = None,
        *,
        also: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Index these matters and no others.

        Args:
            matters: inactive ones may be among them; they are not found.
            departments: Chinese names by id; a live mapping may be given, it is read at each query.
            also: everyday words that lead to a matter (id), as its edition names them.
        """
        self._entries = {}
        self._waiting = {matter.id: matter for matter in matters}
        self._departments = {} if departments is None else departments
        self._also = {} if also is None else also
        self._everyday = None

    def update(self, matter: Matter) -> None:
        """Index a new or changed matter; the next ``find`` sees it."""
        self._entries.pop(matter.id, None)
        self._waiting[matter.id] = matter
        self._everyday = None

    def name_department(self, department: str, name: str) -> None:
        """Know a department (id) by its Chinese name, for ``find`` to look in."""
        self._departments = {**self._departments, department: name}

    @property
    def is_warm(self) -> bool:
        """Whether nothing is left to build."""
        return self._everyday is not None and not self._waiting

    def warm(self) -> None:
        """Index what waits, now."""
        self._enter()
        if self._everyday is None:
            self._words = self._words or read_words()
            self._places = list(self._entries)
            self._spelling.learn(letter for entry in self._entries.values() for letter in entry.name)
            self._everyday = EverydayIndex([self._document(one) for one in self._entries.values()], self._words)

    def _enter(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for matter in waiting.values():
            if matter.active:
                self._entries[matter.id] = _entry(matter)

    def find(self, q: str, *, department: str | None = None, line: str | None = None, limit: int = 20) -> list[Matter]:
        """Return the matters that fit, the likeliest first; an empty query lists all, the frequent first.

        What is typed as the catalogue writes it comes first, side by side; then what an everyday phrase means.

        Args:
            q: what was typed; spaces separate words that must all fit.
            department: only this department's (id).
            line: only this line's (id).
            limit: the most to return, at least 0.
        """
        query = unicodedata.normalize("NFKC", q)[:QUERY_LIMIT]
        if normalise(query):
            self.warm()
        self._enter()
        entries = [
            entry
            for entry in self._entries.values()
            if department in (None, entry.matter.department) and line in (None, entry.matter.line)
        ]
        if not normalise(query):
            return [entry.matter for entry in sorted(entries, key=_unasked)][: max(limit, 0)]
        written = self._as_written(query, entries)
        leading = SIDE_BY_SIDE if _LATIN.search(query) else {Match.EXACT}
        near = [matter for rank, matter in written if rank[0] in leading]
        far = {matter.id: rank for rank, matter in written}
        found = dict.fromkeys(matter.id for matter in near)
        found.update(dict.fromkeys(self._as_meant(query, far, {entry.matter.id for entry in entries})))
        return [self._entries[key].matter for key in list(found)[: max(limit, 0)]]

    def _as_written(self, query: str, entries: list[_Entry]) -> list[tuple[_Rank, Matter]]:
        """What holds the letters that were typed, their readings or initials, the nearest first."""
        whole, words = normalise(query), [word for word in map(normalise, query.split()) if word]
        departments = {key: normalise(name) for key, name in self._departments.items()}
        self._spelling.learn(letter for name in departments.values() for letter in name)
        phrase = TypedWord(whole, self._spelling)
        parts = [TypedWord(word, self._spelling) for word in words] if 1 < len(words) <= WORDS_LIMIT else []
        found: list[tuple[_Rank, Matter]] = []
        for entry in entries:
            match = _match(phrase, parts, entry, departments.get(entry.matter.department, ""))
            if match is not None:
                found.append((_rank(*match, entry), entry.matter))
        return sorted(found, key=lambda pair: pair[0])

    def _as_meant(self, query: str, written: Mapping[str, _Rank], allowed: set[str]) -> list[str]:
        """Ids of what the phrase means or holds, the likeliest first."""
        scores = {key: WORTH.get(rank[0], 0.0) for key, rank in written.items()}
        if self._everyday is not None:
            for place, score in self._everyday.scores(query).items():
                scores[self._places[place]] = scores.get(self._places[place], 0.0) + score
        known = [key for key in scores if key in allowed]
        return sorted(known, key=lambda key: (-scores[key], written.get(key, _LAST), _unasked(self._entries[key])))

    def _document(self, entry: _Entry) -> Document:
        return Document(entry.matter.name, tuple(self._also.get(entry.matter.id, ())))


def normalise(text: str) -> str:
    """Make texts comparable: half width, lower case, letters and digits only."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _match(phrase: TypedWord, parts: list[TypedWord], entry: _Entry, department: str) -> Found | None:
    near = _match_entry(phrase, entry)
    if near is not None and near[0] <= Match.INITIALS:
        return near
    if not parts:
        return _or_department(near, phrase, department)
    matches = [_or_department(_match_entry(part, entry), part, department) for part in parts]
    found = [match for match in matches if match is not None]
    if len(found) < len(matches):
        return near
    worst = max(found)
    # Words that fit apart are never nearer than the same letters side by side.
    apart = max(worst[0], Match.INITIALS), worst[1]
    return apart if near is None else min(near, apart)


def _match_entry(typed: TypedWord, entry: _Entry) -> Found | None:
    if typed.is_ascii and entry.code.startswith(typed.text):
        return (Match.EXACT if entry.code == typed.text else Match.PREFIX), 0
    near = typed.match(entry.name)
    if typed.is_ascii and len(typed.text) > 1 and (near is None or near[0] > Match.SUBSTRING):
        place = entry.name_en.find(typed.text)
        if place >= 0:
            return textual(place, len(typed.text), entry.name_en)
    return near


def _or_department(near: Found | None, typed: TypedWord, department: str) -> Found | None:
    is_far = near is None or near[0] > Match.DEPARTMENT
    if is_far and len(typed.text) > 1 and department and typed.match_side_by_side(department):
        return Match.DEPARTMENT, 0
    return near


def _rank(match: Match, place: int, entry: _Entry) -> _Rank:
    is_frequent = entry.matter.frequent
    if is_frequent and match > Match.FREQUENT and match is not Match.DEPARTMENT:
        match = Match.FREQUENT
    return match, not is_frequent, place, len(entry.name), entry.name, entry.code


def _unasked(entry: _Entry) -> tuple[bool, str, str]:
    return not entry.matter.frequent, entry.name, entry.code


def _entry(matter: Matter) -> _Entry:
    return _Entry(matter, normalise(matter.name), normalise(matter.name_en), normalise(matter.code))

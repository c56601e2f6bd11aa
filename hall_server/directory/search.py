"""Finds matters as people type them: words, full pinyin, initials, codes, departments; the likeliest first."""

import unicodedata
from collections.abc import Iterable, Mapping

import msgspec

from hall_server.directory.model import Matter
from hall_server.directory.pinyin import Spelling
from hall_server.directory.typed_word import Found, Match, TypedWord, textual

QUERY_LIMIT = 60  # letters; the rest of a longer query is not looked at


class _Entry(msgspec.Struct, frozen=True):
    matter: Matter
    name: str
    name_en: str
    code: str


class MatterSearch:
    """An index of matters in memory.

    ``rebuild`` only remembers what to index; the first ``find`` builds (about 40 ms for 1,135 matters) so that a start
    does not wait for it. ``warm`` builds at a quiet moment.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._waiting: dict[str, Matter] = {}
        self._entries: dict[str, _Entry] = {}
        self._departments: Mapping[str, str] = {}
        self._spelling = Spelling()

    def rebuild(self, matters: Iterable[Matter], departments: Mapping[str, str] | None = None) -> None:
        """Index these matters and no others.

        Args:
            matters: inactive ones may be among them; they are not found.
            departments: Chinese names by id; a live mapping may be given, it is read at each query.
        """
        self._entries = {}
        self._waiting = {matter.id: matter for matter in matters}
        self._departments = {} if departments is None else departments

    def update(self, matter: Matter) -> None:
        """Index a new or changed matter; the next ``find`` sees it."""
        self._entries.pop(matter.id, None)
        self._waiting[matter.id] = matter

    def name_department(self, department: str, name: str) -> None:
        """Know a department (id) by its Chinese name, for ``find`` to look in."""
        self._departments = {**self._departments, department: name}

    def warm(self) -> None:
        """Index what waits, now."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        for matter in waiting.values():
            if matter.active:
                self._entries[matter.id] = _entry(matter)
        self._spelling.learn(letter for entry in self._entries.values() for letter in entry.name)

    def find(self, q: str, *, department: str | None = None, line: str | None = None, limit: int = 20) -> list[Matter]:
        """Return the matters that fit, the likeliest first; an empty query lists all, the frequent first.

        Args:
            q: what was typed; spaces separate words that must all fit.
            department: only this department's (id).
            line: only this line's (id).
            limit: the most to return, at least 0.
        """
        self.warm()
        entries = [
            entry
            for entry in self._entries.values()
            if department in (None, entry.matter.department) and line in (None, entry.matter.line)
        ]
        query = unicodedata.normalize("NFKC", q)[:QUERY_LIMIT]
        whole, words = normalise(query), [word for word in map(normalise, query.split()) if word]
        if not whole:
            return [entry.matter for entry in sorted(entries, key=_unasked)][: max(limit, 0)]
        departments = {key: normalise(name) for key, name in self._departments.items()}
        self._spelling.learn(letter for name in departments.values() for letter in name)
        phrase = TypedWord(whole, self._spelling)
        parts = [TypedWord(word, self._spelling) for word in words] if len(words) > 1 else []
        found: list[tuple[tuple[int, int, int, int, str, str], Matter]] = []
        for entry in entries:
            match = _match(phrase, parts, entry, departments.get(entry.matter.department, ""))
            if match is not None:
                found.append((_rank(*match, entry), entry.matter))
        found.sort(key=lambda pair: pair[0])
        return [matter for _, matter in found[: max(limit, 0)]]


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


def _rank(match: Match, place: int, entry: _Entry) -> tuple[int, int, int, int, str, str]:
    is_frequent = entry.matter.frequent
    if is_frequent and match > Match.FREQUENT and match is not Match.DEPARTMENT:
        match = Match.FREQUENT
    return match, not is_frequent, place, len(entry.name), entry.name, entry.code


def _unasked(entry: _Entry) -> tuple[bool, str, str]:
    return not entry.matter.frequent, entry.name, entry.code


def _entry(matter: Matter) -> _Entry:
    return _Entry(matter, normalise(matter.name), normalise(matter.name_en), normalise(matter.code))

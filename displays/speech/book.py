"""The book of the voice's rules: what the hall, its zones and its lines have set, folded from the journal."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import msgspec

from displays.speech.rule_events import HALL, VoiceRulesSaved
from displays.speech.rules import NAMES, VoiceRules, first_rules, names_of, read
from hall_server.errors import Invalid
from hall_server.messages import Recorded
from hall_server.settings import Settings


class VoiceBook:
    """The rules in force.

    Attributes:
        begun: what holds where nobody has set anything. hall: the hall's rules.
        changed: what each place has set, by name.
        last: the last change, with who made it and when.
    """

    types = frozenset({VoiceRulesSaved.type})

    def __init__(self, settings: Settings) -> None:
        """Begin with what the hall's file says."""
        self._begin = first_rules(settings)
        self.begun = self.hall = read(self._begin)
        self.changed: dict[str, dict[str, Any]] = {}
        self.last: Recorded | None = None
        self._places: dict[str, VoiceRules] = {}

    def of_zone(self, zone: str) -> VoiceRules:
        """How a zone speaks."""
        return self._places.get(f"zone:{zone}", self.hall)

    def template(self, line: str, language: str) -> str | None:
        """The sentence of a line's calls; None: the program's own."""
        own = self._places.get(f"line:{line}", self.hall).templates
        return {str(name): text for name, text in {**self.hall.templates, **own}.items()}.get(language)

    def tried(self, changes: Mapping[str, Mapping[str, Any]]) -> VoiceBook:
        """This book as it would be after changes, which nobody has saved; for listening.

        Raises:
            Invalid: as :meth:`plan`.
        """
        book = copy.copy(self)
        book.changed = {**self.changed, **self.plan(changes)}
        book._take_over()
        return book

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        event = recorded.event
        assert isinstance(event, VoiceRulesSaved)  # noqa: S101  # the types above
        self.changed[event.place] = dict(event.values)
        self.last = recorded
        self._take_over()

    def _take_over(self) -> None:
        hall = {**self._begin, **self.changed.get(HALL, {})}
        self.hall = _read_old(hall)
        self._places = {place: _read_old({**hall, **own}) for place, own in self.changed.items() if own}

    def plan(self, changes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """What places would have of their own after changes that are made together, or not at all.

        Raises:
            Invalid: ``voice.rule_unknown``, ``voice.rule_elsewhere``, or as :func:`rules.read`, with the field, and the
                place where it is not the hall.
        """
        after = {place: dict(own) for place, own in self.changed.items()}
        for place, values in changes.items():
            own = after.setdefault(place, {})
            for name, value in values.items():
                _check_name(name, place)
                own[name] = value
                if value is None:
                    own.pop(name)
        hall = {**self._begin, **after.get(HALL, {})}
        found = {}
        for place, own in after.items():
            try:
                rules = read({**hall, **own})
            except Invalid as exc:
                exc.fields["place"] = place
                raise
            if place in changes:
                written = plain(rules)
                found[place] = {name: written[name] for name in own}
        if HALL in found:
            begun = plain(self.begun)
            found[HALL] = {name: value for name, value in found[HALL].items() if value != begun[name]}
        return found


def plain(rules: VoiceRules) -> dict[str, Any]:
    """Rules by name as the journal gives them back: with lists, not tuples."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(rules))
    return found


def kind_of(place: str) -> str:
    """``hall``, ``zone`` or ``line``."""
    return place.partition(":")[0]


def _check_name(name: str, place: str) -> None:
    if name not in NAMES:
        raise Invalid("voice.rule_unknown", field=name[:60])
    if name not in names_of(kind_of(place)):
        raise Invalid("voice.rule_elsewhere", field=name, place=place)


def _read_old(values: Mapping[str, Any]) -> VoiceRules:
    """Values of the journal; what this program has no more, or holds for impossible by now, is left out."""
    known = {name: value for name, value in values.items() if name in NAMES}
    try:
        return msgspec.convert(known, VoiceRules)
    except msgspec.ValidationError:
        return msgspec.convert({name: value for name, value in known.items() if _fits(name, value)}, VoiceRules)


def _fits(name: str, value: object) -> bool:
    try:
        msgspec.convert({name: value}, VoiceRules)
    except msgspec.ValidationError:
        return False
    return True

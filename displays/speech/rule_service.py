"""Decides on changes of the voice's rules: a manager, a reason, values that do not contradict each other."""

from __future__ import annotations

from typing import Any

import msgspec

from displays.speech.book import VoiceBook
from displays.speech.rule_events import HALL, SaveVoiceRules, VoiceRulesSaved
from hall_server.directory.directory import Directory
from hall_server.directory.wording import text_fault
from hall_server.errors import Forbidden, Invalid, NotFound
from hall_server.identity import Role
from hall_server.outcome import Context, Outcome

REASON_LIMIT = 200


class OwnVoiceRules(msgspec.Struct, frozen=True, kw_only=True):
    """What those places that were changed have set by themselves, after a change."""

    places: dict[str, dict[str, Any]]


class VoiceRuleService:
    """The handler of :class:`SaveVoiceRules`; what it decides holds from the next call on."""

    def __init__(self, book: VoiceBook, directory: Directory) -> None:
        self._book = book
        self._directory = directory

    def save(self, command: SaveVoiceRules, context: Context) -> Outcome:
        """Set rules; the same values again change nothing. Replies with :class:`OwnVoiceRules`.

        Raises:
            Forbidden: ``voice.managers_only``.
            Invalid: ``voice.needs_reason``, ``voice.reason_unfit``, ``voice.zone_unknown`` (of the sound card), or what
                :meth:`VoiceBook.plan` refuses, with the field.
            NotFound: ``voice.place_unknown``.
        """
        if not context.actor.may(Role.MANAGER, Role.ADMIN):
            raise Forbidden("voice.managers_only")
        reason = _reason(command.reason)
        for place in command.changes:
            self._check_place(place)
        after = self._book.plan(command.changes)
        card = after.get(HALL, {}).get("sound_card")
        if card is not None and card not in self._directory.zones:
            raise Invalid("voice.zone_unknown", field="sound_card", zone=card[:60])
        events = tuple(
            VoiceRulesSaved(place=place, values=own, reason=reason)
            for place, own in after.items()
            if own != self._book.changed.get(place, {})
        )
        places = tuple(command.changes)
        return Outcome(events=events, reply=lambda: self._own(places))

    def _check_place(self, place: str) -> None:
        kind, _, id_ = place.partition(":")
        is_known = (kind == "zone" and id_ in self._directory.zones) or (
            kind == "line" and id_ in self._directory.lines
        )
        if place != HALL and not is_known:
            raise NotFound("voice.place_unknown", place=place[:80])

    def _own(self, places: tuple[str, ...]) -> OwnVoiceRules:
        return OwnVoiceRules(places={place: self._book.changed.get(place, {}) for place in places})


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise Invalid("voice.needs_reason", field="reason")
    if text_fault(reason, limit=REASON_LIMIT):
        raise Invalid("voice.reason_unfit", field="reason", limit=REASON_LIMIT)
    return reason

"""What is wanted of the voice's rules, and what happens to them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from hall_server.messages import Command, LastingEvent

HALL = "hall"
"""The place of the rules that hold where nothing else does; others are ``zone:{id}`` and ``line:{id}``."""


class SaveVoiceRules(Command, frozen=True, kw_only=True):
    """Set some rules of the voice, by place; all of them or nothing. A value of None gives a rule back."""

    changes: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    reason: Annotated[str, Meta(max_length=200)] = ""


class VoiceRulesSaved(LastingEvent, frozen=True, kw_only=True):
    """The hall, a zone or a line speaks by these rules of its own from now on, all of them by name."""

    type: ClassVar[str] = "voice.rules_saved"
    place: str
    values: dict[str, Any]
    reason: str = ""

    @property
    def subject(self) -> str:
        """The zone, the line, or the voice of the hall."""
        return self.place if self.place != HALL else "voice:hall"

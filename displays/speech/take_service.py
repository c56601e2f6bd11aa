"""The hall's recordings: which clip speaks which prompt, folded from the journal, and the decisions about them."""

from __future__ import annotations

import re

import msgspec

from displays.speech.take_events import KeepTake, TakeKept, TakeUndone, UndoTake
from hall_server.errors import Forbidden, NotFound, Refused
from hall_server.identity import Role
from hall_server.messages import Recorded
from hall_server.outcome import Context, Outcome

PROMPT_NAME = re.compile(r"[a-z0-9_]{1,60}")
MOST_KEPT = 5
"""Clips of a prompt that one may go back to."""


class KeptTake(msgspec.Struct, frozen=True, kw_only=True):
    """A clip in use.

    Attributes:
        digest: names its file. at: when it was recorded, ISO-8601 UTC.
    """

    prompt: str
    text: str
    digest: str
    at: str


class Takes:
    """The clips of every prompt, the one in use last."""

    types = frozenset({TakeKept.type, TakeUndone.type})

    def __init__(self) -> None:
        self._of: dict[str, list[KeptTake]] = {}

    @property
    def used(self) -> dict[str, KeptTake]:
        """The clip in use, by prompt."""
        return {prompt: takes[-1] for prompt, takes in self._of.items() if takes}

    def before(self, prompt: str) -> int:
        """How many clips of a prompt one may go back to."""
        return max(0, len(self._of.get(prompt, ())) - 1)

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        event = recorded.event
        if isinstance(event, TakeKept):
            kept = self._of.setdefault(event.prompt, [])
            at = recorded.at.isoformat()
            kept.append(KeptTake(prompt=event.prompt, text=event.text, digest=event.digest, at=at))
            del kept[:-MOST_KEPT]
        elif isinstance(event, TakeUndone) and self._of.get(event.prompt):
            self._of[event.prompt].pop()


class TakeService:
    """The handlers of the recordings' commands."""

    def __init__(self, takes: Takes) -> None:
        self._takes = takes

    def keep(self, command: KeepTake, context: Context) -> Outcome:
        """Use a clip; the same again changes nothing.

        Raises:
            Forbidden: ``voice.managers_only``.
            NotFound: ``voice.prompt_unknown``.
        """
        _check_may(context)
        if not PROMPT_NAME.fullmatch(command.prompt) or not command.text.strip():
            raise NotFound("voice.prompt_unknown", prompt=command.prompt[:60])
        used = self._takes.used.get(command.prompt)
        event = TakeKept(prompt=command.prompt, text=command.text, digest=command.digest)
        return Outcome(events=() if used and used.digest == command.digest else (event,))

    def undo(self, command: UndoTake, context: Context) -> Outcome:
        """Go back.

        Raises:
            Forbidden: ``voice.managers_only``.
            Refused: ``voice.take_none``.
        """
        _check_may(context)
        used = self._takes.used.get(command.prompt)
        if used is None:
            raise Refused("voice.take_none", prompt=command.prompt[:60])
        return Outcome(events=(TakeUndone(prompt=command.prompt, digest=used.digest),))


def _check_may(context: Context) -> None:
    if not context.actor.may(Role.MANAGER, Role.ADMIN):
        raise Forbidden("voice.managers_only")

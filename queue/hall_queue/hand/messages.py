"""What a manager's hand may want beside the queue's own commands, and the reason that is written down with a deed."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from hall_queue.model import Alone, PauseReason, Then
from hall_server.messages import Command, Event


class WindowDeed(StrEnum):
    """What a manager does with a window."""

    OPEN = "open"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"


class ReassignWindow(Command, frozen=True, kw_only=True):
    """Let a window serve other lines, in this order of preference, or other matters of them (none named: all)."""

    window: str
    lines: tuple[str, ...]
    matters: tuple[str, ...] = ()
    reason: str


class SwitchLine(Command, frozen=True, kw_only=True):
    """Let a line give numbers, or no more."""

    line: str
    is_open: bool
    reason: str


class SwitchWindow(Command, frozen=True, kw_only=True):
    """Open, pause, resume or close a window.

    Attributes:
        staff: who sits down, for ``open``. why: shown outside, for ``pause``.
        alone, reassign_to, then, anyway: as of the queue's own command, for ``close`` and ``pause``.
    """

    window: str
    to: WindowDeed
    staff: str | None = None
    why: PauseReason = PauseReason.BREAK
    alone: Alone | None = None
    reassign_to: str | None = None
    then: Then | None = None
    anyway: bool = False
    reason: str


class UndoDeed(Command, frozen=True, kw_only=True):
    """Take a deed of today back."""

    deed: str


class HandNoted(Event, frozen=True, kw_only=True):
    """Why a manager did what the next ``events`` rows of the journal say; ``undoes``: the deed they take back."""

    type: ClassVar[str] = "hand.noted"
    about: str
    reason: str
    events: int
    undoes: str | None = None

    @property
    def subject(self) -> str:
        """What it was done to."""
        return self.about

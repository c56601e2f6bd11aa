"""What is noted of the way upward: what the platform took and refused, and what is to be sent once more."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from hall_server.messages import Command, Event

MOST = 1_000
"""Most records of one command."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One record: a rating as it stood after so many changes."""

    rating: str
    revision: int


class FieldFault(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform says is wrong with a field; ``message`` holds nothing a visitor wrote."""

    field: Annotated[str, Meta(max_length=40)]
    message: Annotated[str, Meta(max_length=200)]


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A record that the platform did not take, and why."""

    rating: str
    revision: int
    faults: tuple[FieldFault, ...]


class NoteAnswer(Command, frozen=True, kw_only=True):
    """Keep what the platform said to records."""

    accepted: Annotated[tuple[Sent, ...], Meta(max_length=MOST)] = ()
    refused: Annotated[tuple[Refusal, ...], Meta(max_length=MOST)] = ()


class SendAgain(Command, frozen=True, kw_only=True):
    """Send records once more (补报).

    Attributes:
        ratings: refused ratings that have been mended; empty: all that were refused.
        day: instead of these, everything of a day that was accepted, because the platform lost some of it.
    """

    ratings: Annotated[tuple[str, ...], Meta(max_length=MOST)] = ()
    day: date | None = None


class UpwardEvent(Event, frozen=True, kw_only=True):
    """Something on the way upward."""

    @property
    def subject(self) -> str:
        """The platform."""
        return "upward:platform"


class UpwardAnswered(UpwardEvent, frozen=True, kw_only=True):
    """The platform above took ratings, or refused them."""

    type: ClassVar[str] = "upward.answered"
    accepted: tuple[Sent, ...] = ()
    refused: tuple[Refusal, ...] = ()


class UpwardSentAgain(UpwardEvent, frozen=True, kw_only=True):
    """A manager wants ratings to be sent upward once more (补报)."""

    type: ClassVar[str] = "upward.sent_again"
    ratings: tuple[str, ...] = ()
    day: date | None = None


EVENTS: tuple[type[Event], ...] = (UpwardAnswered, UpwardSentAgain)

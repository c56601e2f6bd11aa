"""What is wanted of ratings, and what happens to them; free texts stay outside, they may name people."""

from __future__ import annotations

from typing import ClassVar

from evaluation.model import Aspect, Level, RatingChannel, Reason
from hall_server.messages import Command, Event


class GiveRating(Command, frozen=True, kw_only=True):
    """Rate a visit.

    Attributes:
        ticket: the ticket's id; the edge has found it by its secret token.
        window: for a device of that window; without ``ticket`` the visit that ended there last is meant.
        text: id in the vault of what the visitor wrote.
    """

    ticket: str | None = None
    window: str | None = None
    level: Level
    aspects: tuple[Aspect, ...] = ()
    reasons: tuple[Reason, ...] = ()
    text: str | None = None
    channel: RatingChannel


class AddRatingDetail(Command, frozen=True, kw_only=True):
    """Say why, after the level has been recorded; by the holder of the ticket's token or a device of the window."""

    rating: str
    ticket: str | None = None
    aspects: tuple[Aspect, ...] = ()
    reasons: tuple[Reason, ...] = ()
    text: str | None = None


class ChangeRating(Command, frozen=True, kw_only=True):
    """Put another rating in the place of one's own; only the holder of the ticket's token may."""

    rating: str
    ticket: str
    level: Level
    aspects: tuple[Aspect, ...] = ()
    reasons: tuple[Reason, ...] = ()
    text: str | None = None


class RatingEvent(Event, frozen=True, kw_only=True):
    """Something that happened to a rating; ``text`` is an id in the vault."""

    rating: str
    ticket: str
    aspects: tuple[Aspect, ...] = ()
    reasons: tuple[Reason, ...] = ()
    text: str | None = None

    @property
    def subject(self) -> str:
        """The rating."""
        return f"rating:{self.rating}"


class RatingGiven(RatingEvent, frozen=True, kw_only=True):
    """A visit was rated."""

    type: ClassVar[str] = "rating.given"
    window: str
    staff: str | None
    line: str
    matter: str | None
    level: Level
    channel: RatingChannel


class RatingDetailed(RatingEvent, frozen=True, kw_only=True):
    """The visitor said why."""

    type: ClassVar[str] = "rating.detailed"


class RatingChanged(RatingEvent, frozen=True, kw_only=True):
    """The visitor rated anew; the journal keeps both."""

    type: ClassVar[str] = "rating.changed"
    level: Level


EVENTS: tuple[type[Event], ...] = (RatingGiven, RatingDetailed, RatingChanged)

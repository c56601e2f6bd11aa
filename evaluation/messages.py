"""What is wanted of ratings, and what happens to them; free texts stay outside, they may name people."""

from __future__ import annotations

from typing import ClassVar

from evaluation.model import Aspect, Level, Mark, RatingChannel, Reason
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
    """A matter of a visit was rated.

    Attributes:
        case: number of the case (办件编号), where there is one.
        person: id in the vault of the phone the visitor left.
    """

    type: ClassVar[str] = "rating.given"
    window: str
    staff: str | None
    line: str
    matter: str | None
    level: Level
    channel: RatingChannel
    case: str | None = None
    person: str | None = None
    marks: tuple[Mark, ...] = ()


class RatingDetailed(RatingEvent, frozen=True, kw_only=True):
    """The visitor said why."""

    type: ClassVar[str] = "rating.detailed"


class RatingChanged(RatingEvent, frozen=True, kw_only=True):
    """The visitor rated anew; the journal keeps both."""

    type: ClassVar[str] = "rating.changed"
    level: Level


class RatingMarked(Event, frozen=True, kw_only=True):
    """A rating was marked, or a mark was taken back; raw figures keep it either way.

    Attributes:
        on: whether the mark stands now.
        why: id in the vault of what was written as the reason or evidence.
    """

    type: ClassVar[str] = "rating.marked"
    rating: str
    mark: Mark
    on: bool
    why: str | None = None

    @property
    def subject(self) -> str:
        """The rating."""
        return f"rating:{self.rating}"


EVENTS: tuple[type[Event], ...] = (RatingGiven, RatingDetailed, RatingChanged, RatingMarked)

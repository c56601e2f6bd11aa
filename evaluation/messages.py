"""What is wanted of ratings, and what happens to them; free texts stay outside, they may name people."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

import msgspec

from evaluation.model import DAYS_MOST, Aspect, Level, Mark, RatingChannel, Reason
from evaluation.visited import Visit
from hall_server.messages import Command, Event, LastingEvent


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the table knows of a rating."""

    staff: str | None
    marks: tuple[Mark, ...]


class GiveRating(Command, frozen=True, kw_only=True):
    """Rate a matter of a visit.

    Attributes:
        ticket: the ticket's id; the edge has found it by its secret token, or by its number for a caller.
        window: for a device of that window; without ``ticket`` the visit that ended there last is meant.
        matter: which matter; None: the first that was not rated yet.
        text: id in the vault of what the visitor wrote.
        person: id in the vault of the phone the visitor left.
        tapped_at: when it was tapped, by the clock of a machine that could not hand it in at once.
        visit: the visit as the edge found it; counts where it is not of today any more.
    """

    ticket: str | None = None
    window: str | None = None
    matter: str | None = None
    level: Level
    aspects: tuple[Aspect, ...] = ()
    reasons: tuple[Reason, ...] = ()
    text: str | None = None
    person: str | None = None
    channel: RatingChannel
    tapped_at: datetime | None = None
    visit: Visit | None = None

    def asked(self) -> GiveRating:
        """Without the visit, which the hall found."""
        return self if self.visit is None else msgspec.structs.replace(self, visit=None)


class AddRatingDetail(Command, frozen=True, kw_only=True):
    """Say why, after the level has been recorded; by the holder of the ticket's token or a device of the window."""

    rating: str
    ticket: str | None = None
    aspects: tuple[Aspect, ...] = ()
    reasons: tuple[Reason, ...] = ()
    text: str | None = None
    person: str | None = None


class ChangeRating(Command, frozen=True, kw_only=True):
    """Put another rating in the place of one's own; only the holder of the ticket's token may."""

    rating: str
    ticket: str
    level: Level
    aspects: tuple[Aspect, ...] = ()
    reasons: tuple[Reason, ...] = ()
    text: str | None = None
    person: str | None = None


class MarkRating(Command, frozen=True, kw_only=True):
    """Mark a rating as misuse, or take such a mark back.

    Attributes:
        why: id in the vault of the reason.
        known: the rating as the table has it, for one older than those at hand; noted by the edge.
    """

    rating: str
    mark: Mark
    on: bool
    why: str
    known: Known | None = None

    def asked(self) -> MarkRating:
        """Without what the hall knew."""
        return self if self.known is None else msgspec.structs.replace(self, known=None)


class RatingEvent(LastingEvent, frozen=True, kw_only=True):
    """Something that happened to a rating.

    Attributes:
        text: id in the vault of what the visitor wrote.
        person: id in the vault of the phone the visitor left; None: anonymous, or as it was.
    """

    rating: str
    ticket: str
    aspects: tuple[Aspect, ...] = ()
    reasons: tuple[Reason, ...] = ()
    text: str | None = None
    person: str | None = None

    def last_day(self, happened: date) -> date | None:
        """As long as the visit might be rated."""
        return happened + timedelta(days=DAYS_MOST)

    @property
    def subject(self) -> str:
        """The rating."""
        return f"rating:{self.rating}"


class RatingGiven(RatingEvent, frozen=True, kw_only=True):
    """A matter of a visit was rated.

    Attributes:
        case: number of the case (办件编号), where there is one.
        tapped_at: when it was tapped, where that was before it came in.
    """

    type: ClassVar[str] = "rating.given"
    window: str
    staff: str | None
    line: str
    matter: str | None
    level: Level
    channel: RatingChannel
    case: str | None = None
    marks: tuple[Mark, ...] = ()
    tapped_at: datetime | None = None


class RatingDetailed(RatingEvent, frozen=True, kw_only=True):
    """The visitor said why."""

    type: ClassVar[str] = "rating.detailed"


class RatingChanged(RatingEvent, frozen=True, kw_only=True):
    """The visitor rated anew; the journal keeps both."""

    type: ClassVar[str] = "rating.changed"
    level: Level


class RatingMarked(LastingEvent, frozen=True, kw_only=True):
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

    def last_day(self, happened: date) -> date | None:
        """As long as the rating is at hand; older ones are in the table only."""
        return happened + timedelta(days=DAYS_MOST)

    @property
    def subject(self) -> str:
        """The rating."""
        return f"rating:{self.rating}"


EVENTS: tuple[type[Event], ...] = (RatingGiven, RatingDetailed, RatingChanged, RatingMarked)

"""The ratings at hand, folded from events: at most one for each matter of a visit, those of the last days included."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Protocol

from evaluation.messages import RatingChanged, RatingDetailed, RatingEvent, RatingGiven, RatingMarked
from evaluation.misuse import Tap
from evaluation.model import DAYS_MOST, Level, Rating
from hall_server.days import DayOpened
from hall_server.messages import Recorded

RECENT = 50
TAPS = 50
"""So many of the last ratings of one place are looked at."""
Counts = list[int]


class Levels(Protocol):
    """Where the visitors' pages learn of ratings."""

    def rate(self, ticket: str, matter: str | None, level: int, at: datetime, /) -> None:
        """Note a rating of a ticket of today."""
        ...


class Ratings:
    """The ratings of the last days. ``apply`` is their only way to change.

    Attributes:
        by_id: ratings by their id.
        by_ticket: ticket → matter → rating id.
        counts: how many of each level, 1 to 5, were given in the hall today; valid_counts: without those marked;
            active_counts: those of visitors who came to rate unasked (主动评价).
        window_counts: as ``counts``, by window.
        recent: the last ratings of today, the newest last.
        taps: place (device or address) → its last ratings of today.
    """

    types = frozenset({RatingGiven.type, RatingDetailed.type, RatingChanged.type, RatingMarked.type, DayOpened.type})

    def __init__(self, levels: Levels, *, days: int = DAYS_MOST) -> None:
        """Take where levels are told.

        Args:
            levels: kept up for the visitors' pages.
            days: ratings are kept at hand so long.
        """
        self._levels = levels
        self._days = timedelta(days=days)
        self._day = date(1970, 1, 1)
        self.by_id: dict[str, Rating] = {}
        self.by_ticket: dict[str, dict[str | None, str]] = {}
        self._begin(())

    def of(self, ticket: str, *matter: str | None) -> Rating | None:
        """The rating of a ticket's matter; of its first rated one where none is named."""
        rated = self.by_ticket.get(ticket, {})
        found = rated.get(matter[0]) if matter else next(iter(rated.values()), None)
        return self.by_id[found] if found else None

    def rated(self, ticket: str) -> frozenset[str | None]:
        """The matters of a ticket that have a rating."""
        return frozenset(self.by_ticket.get(ticket, ()))

    def apply(self, recorded: Recorded) -> None:
        """Take one event in; one about a rating that is long over comes without it."""
        match recorded.event:
            case RatingGiven() as event:
                self._given(event, recorded)
            case RatingDetailed() as event if event.rating in self.by_id:
                self._say(self.by_id[event.rating], event)
            case RatingChanged() as event if event.rating in self.by_id:
                self._changed(self.by_id[event.rating], event)
            case RatingMarked() as event if event.rating in self.by_id:
                self._marked(self.by_id[event.rating], event)
            case DayOpened() as event:
                self._day = event.day
                self._begin(one for one in self.by_id.values() if one.day >= event.day - self._days)

    def _begin(self, kept: Iterable[Rating]) -> None:
        self.by_id = {one.id: one for one in kept}
        self.by_ticket = {}
        for one in self.by_id.values():
            self.by_ticket.setdefault(one.ticket, {})[one.matter] = one.id
        self.counts: Counts = _none_yet()
        self.valid_counts: Counts = _none_yet()
        self.active_counts: Counts = _none_yet()
        self.window_counts: dict[str, Counts] = {}
        self.recent: deque[Rating] = deque(maxlen=RECENT)
        self.taps: dict[str, deque[Tap]] = {}

    def _given(self, event: RatingGiven, recorded: Recorded) -> None:
        rating = Rating(
            id=event.rating,
            ticket=event.ticket,
            window=event.window,
            staff=event.staff,
            level=event.level,
            channel=event.channel,
            given_at=recorded.at,
            day=recorded.business_day,
            giver=recorded.actor,
            matter=event.matter,
            case=event.case,
            marks=frozenset(event.marks),
        )
        self._say(rating, event)
        self.by_id[rating.id] = rating
        self.by_ticket.setdefault(rating.ticket, {})[rating.matter] = rating.id
        self.recent.append(rating)
        tap = Tap(event.tapped_at or recorded.at, rating.id, rating.ticket, rating.window)
        self.taps.setdefault(rating.giver, deque(maxlen=TAPS)).append(tap)
        self._count(rating, 1)
        self._levels.rate(rating.ticket, rating.matter, int(rating.level), rating.given_at)

    def _changed(self, rating: Rating, event: RatingChanged) -> None:
        self._count(rating, -1)
        rating.level = event.level
        self._say(rating, event)
        self._count(rating, 1)
        self._levels.rate(rating.ticket, rating.matter, int(rating.level), rating.given_at)

    def _marked(self, rating: Rating, event: RatingMarked) -> None:
        self._count(rating, -1)
        rating.marks = rating.marks | {event.mark} if event.on else rating.marks - {event.mark}
        self._count(rating, 1)

    @staticmethod
    def _say(rating: Rating, event: RatingEvent) -> None:
        rating.aspects, rating.reasons, rating.text = event.aspects, event.reasons, event.text
        rating.person = event.person or rating.person

    def _count(self, rating: Rating, by: int) -> None:
        if rating.day < self._day:
            return
        place = rating.level - 1
        self.counts[place] += by
        self.valid_counts[place] += by * rating.is_valid
        self.active_counts[place] += by * rating.channel.is_active
        self.window_counts.setdefault(rating.window, _none_yet())[place] += by


def _none_yet() -> Counts:
    return [0] * len(Level)

"""Today's ratings in memory, folded from events: at most one for each ticket of the day."""

from __future__ import annotations

from collections import deque
from collections.abc import MutableMapping

from evaluation.messages import RatingChanged, RatingDetailed, RatingGiven, RatingMarked
from evaluation.model import Level, Rating
from hall_server.days import DayOpened
from hall_server.messages import Recorded

RECENT = 50
Counts = list[int]


class Ratings:
    """Today's ratings. ``apply`` is their only way to change.

    Attributes:
        by_id: ratings by their id.
        by_ticket: rating ids by ticket.
        counts: how many of each level, 1 to 5, in the hall today.
        window_counts: the same by window.
        recent: the last ratings, the newest last.
    """

    types = frozenset({RatingGiven.type, RatingDetailed.type, RatingChanged.type, RatingMarked.type, DayOpened.type})

    def __init__(self, levels: MutableMapping[str, int]) -> None:
        """Args: levels: ticket id → level, kept up for the visitors' pages."""
        self._levels = levels
        self._begin()

    def of(self, ticket: str) -> Rating | None:
        """The rating of a ticket."""
        found = self.by_ticket.get(ticket)
        return self.by_id[found] if found else None

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case RatingGiven() as event:
                self._given(event, recorded)
            case RatingDetailed() as event:
                self._detail(self.by_id[event.rating], event)
            case RatingChanged() as event:
                self._changed(self.by_id[event.rating], event)
            case RatingMarked() as event:
                self._marked(event)
            case DayOpened():
                self._begin()

    def _marked(self, event: RatingMarked) -> None:
        rating = self.by_id.get(event.rating)  # a rating of an earlier day is in the table only
        if rating is not None:
            rating.marks = rating.marks | {event.mark} if event.on else rating.marks - {event.mark}

    def _begin(self) -> None:
        self.by_id: dict[str, Rating] = {}
        self.by_ticket: dict[str, str] = {}
        self.counts: Counts = _none_yet()
        self.window_counts: dict[str, Counts] = {}
        self.recent: deque[Rating] = deque(maxlen=RECENT)
        self._levels.clear()

    def _given(self, event: RatingGiven, recorded: Recorded) -> None:
        rating = Rating(
            id=event.rating,
            ticket=event.ticket,
            window=event.window,
            staff=event.staff,
            level=event.level,
            channel=event.channel,
            given_at=recorded.at,
            giver=recorded.actor,
            matter=event.matter,
            case=event.case,
            person=event.person,
            marks=frozenset(event.marks),
        )
        self._detail(rating, event)
        self.by_id[rating.id] = rating
        self.by_ticket[rating.ticket] = rating.id
        self.recent.append(rating)
        self._count(rating, 1)

    def _changed(self, rating: Rating, event: RatingChanged) -> None:
        self._count(rating, -1)
        rating.level = event.level
        self._detail(rating, event)
        self._count(rating, 1)

    @staticmethod
    def _detail(rating: Rating, event: RatingGiven | RatingDetailed | RatingChanged) -> None:
        rating.aspects, rating.reasons, rating.text = event.aspects, event.reasons, event.text

    def _count(self, rating: Rating, by: int) -> None:
        self.counts[rating.level - 1] += by
        self.window_counts.setdefault(rating.window, _none_yet())[rating.level - 1] += by
        self._levels[rating.ticket] = int(rating.level)


def _none_yet() -> Counts:
    return [0] * len(Level)

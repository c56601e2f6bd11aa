"""Decides on marks that managers set and lift; what a review excludes is decided there."""

from __future__ import annotations

import msgspec

from evaluation.messages import Known, MarkRating, RatingMarked
from evaluation.model import Mark
from evaluation.state import Ratings
from hall_server.errors import Forbidden, NotFound, Refused
from hall_server.outcome import Context, Outcome


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """A rating's marks as they stand now; with one it does not count as valid."""

    id: str
    marks: tuple[Mark, ...]


class MarkService:
    """The handler of `MarkRating`."""

    def __init__(self, ratings: Ratings) -> None:
        self._ratings = ratings

    def mark(self, command: MarkRating, context: Context) -> Outcome:
        """Set or lift a mark; one that stands already stays as it is.

        Raises:
            NotFound: no such rating.
            Forbidden: the rating is of the manager's own service.
            Refused: ``rating.mark_by_review``.
        """
        if command.mark is Mark.EXCLUDED:
            raise Refused("rating.mark_by_review", field="mark")
        known = self._known(command)
        if known.staff is not None and known.staff == context.actor.id:
            raise Forbidden("rating.own_service", rating=command.rating)
        marks = set(known.marks)
        if command.on == (command.mark in marks):
            return Outcome(reply=lambda: _shown(command.rating, marks))
        after = marks | {command.mark} if command.on else marks - {command.mark}
        event = RatingMarked(rating=command.rating, mark=command.mark, on=command.on, why=command.why)
        return Outcome(events=(event,), reply=lambda: _shown(command.rating, after))

    def _known(self, command: MarkRating) -> Known:
        rating = self._ratings.by_id.get(command.rating)
        if rating is not None:
            return Known(staff=rating.staff, marks=tuple(rating.marks))
        if command.known is None:
            raise NotFound("rating.unknown", rating=command.rating)
        return command.known


def _shown(rating: str, marks: set[Mark]) -> Marked:
    return Marked(id=rating, marks=tuple(mark for mark in Mark if mark in marks))

"""Decides on ratings: one for each visit that was served, by the visitor or the pad of the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from evaluation.messages import (
    AddRatingDetail,
    ChangeRating,
    GiveRating,
    RatingChanged,
    RatingDetailed,
    RatingEvent,
    RatingGiven,
)
from evaluation.model import PAD_GRACE, Rating
from evaluation.state import Ratings
from hall_queue.model import Ticket, TicketState
from hall_queue.state import HallQueue
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Actor, Role
from hall_server.messages import Event
from hall_server.outcome import Context, Outcome

Also = Callable[[RatingEvent, Context], Iterable[Event]]
"""What else happens with a rating, in the same transaction; asked before the rating is folded into the live state."""


class RatingMade(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor is told: the rating as it stands, and until when it may be changed."""

    id: str
    level: int
    change_until: datetime


class RatingService:
    """Handlers of the commands about ratings.

    Source: GB/T 39046-2020, A.8 (一次一评); domain page, evaluation.
    """

    def __init__(self, queue: HallQueue, ratings: Ratings, *, rating_s: float, also: tuple[Also, ...] = ()) -> None:
        """Take what it decides on.

        Args:
            rating_s: so long a pad asks after the end of a visit, seconds.
            also: what else happens with each rating, in the same transaction (a bad one opens a work order).
        """
        self._queue = queue
        self._ratings = ratings
        self._also = also
        self._pad_time = timedelta(seconds=rating_s) + PAD_GRACE

    def give(self, command: GiveRating, context: Context) -> Outcome:
        """Rate a visit; reasons that follow a bare level of the same number from the same place are added to it.

        Raises:
            Invalid: neither ticket nor window.
            NotFound: no such ticket today.
            Forbidden: not a device of that window.
            Refused: ``rating.not_served``, ``rating.already``, ``rating.nobody``, ``rating.other_window``.
        """
        ticket = self._meant(command, context)
        if ticket.state is not TicketState.DONE or ticket.window is None:
            raise Refused("rating.not_served", number=ticket.number, state=ticket.state)
        if (known := self._ratings.of(ticket.id)) is not None:
            return self._again(known, command, context)
        event = RatingGiven(
            rating=context.ids.new(),
            ticket=ticket.id,
            window=ticket.window,
            staff=ticket.staff,
            line=ticket.line,
            matter=ticket.matter,
            level=command.level,
            aspects=command.aspects,
            reasons=command.reasons,
            text=command.text,
            channel=command.channel,
        )
        return self._done(event.rating, context, event)

    def detail(self, command: AddRatingDetail, context: Context) -> Outcome:
        """Add the reasons to a rating that is a bare level.

        Raises:
            Invalid: there is nothing to add.
            NotFound: no such rating of this ticket today.
            Forbidden: not a device of that window.
            Refused: ``rating.detailed``, ``rating.too_late``.
        """
        rating = self._own(command.rating, command.ticket)
        if command.ticket is None:
            _check_device(context.actor, rating.window)
        if not (command.aspects or command.reasons or command.text):
            raise Invalid("rating.nothing_added", field="reasons")
        if rating.is_detailed:
            raise Refused("rating.detailed", rating=rating.id)
        _check_time(rating, context.now)
        return self._done(rating.id, context, _detailed(rating, command))

    def change(self, command: ChangeRating, context: Context) -> Outcome:
        """Put another rating in the place of the visitor's own; the same again changes nothing.

        Raises:
            NotFound: no such rating of this ticket today.
            Refused: ``rating.too_late``.
        """
        rating = self._own(command.rating, command.ticket)
        _check_time(rating, context.now)
        event = RatingChanged(
            rating=rating.id,
            ticket=rating.ticket,
            level=command.level,
            aspects=command.aspects,
            reasons=command.reasons,
            text=command.text,
        )
        now = (rating.level, tuple(rating.aspects), tuple(rating.reasons), rating.text)
        if now == (event.level, event.aspects, event.reasons, event.text):
            return self._done(rating.id, context)
        return self._done(rating.id, context, event)

    # -- inside

    def _meant(self, command: GiveRating, context: Context) -> Ticket:
        if command.window is not None:
            _check_device(context.actor, command.window)
        if command.ticket is not None:
            ticket = self._queue.tickets.get(command.ticket)
            if ticket is None:
                raise NotFound("rating.ticket_unknown", field="ticket")
            if command.window is not None and ticket.window != command.window:
                raise Refused("rating.other_window", number=ticket.number, window=command.window)
            return ticket
        if command.window is None:
            raise Invalid("rating.no_ticket", field="ticket")
        return self._last_finished(command.window, context.now)

    def _last_finished(self, window: str, now: datetime) -> Ticket:
        """The visit a pad asks about: the last that ended at its window, while nobody else was called there."""
        desk = self._queue.desk(window)
        if desk.last_finished is None or desk.last_finished_at is None or now > desk.last_finished_at + self._pad_time:
            raise Refused("rating.nobody", window=window)
        return self._queue.tickets[desk.last_finished]

    def _again(self, known: Rating, command: GiveRating, context: Context) -> Outcome:
        adds = bool(command.aspects or command.reasons or command.text) and known.giver == str(context.actor)
        if not adds or known.is_detailed or known.level != command.level or context.now > known.change_until:
            raise Refused("rating.already")  # its id stays with whoever gave it: the id lets one change it
        return self._done(known.id, context, _detailed(known, command))

    def _own(self, rating: str, ticket: str | None) -> Rating:
        found = self._ratings.by_id.get(rating)
        if found is None or (ticket is not None and found.ticket != ticket):
            raise NotFound("rating.unknown", rating=rating)
        return found

    def _done(self, rating: str, context: Context, *events: RatingEvent) -> Outcome:
        more = [one for event in events for also in self._also for one in also(event, context)]
        return Outcome(events=(*events, *more), reply=lambda: self._made(rating))

    def _made(self, rating: str) -> RatingMade:
        found = self._ratings.by_id[rating]
        return RatingMade(id=found.id, level=int(found.level), change_until=found.change_until)


def _detailed(rating: Rating, command: GiveRating | AddRatingDetail) -> RatingDetailed:
    return RatingDetailed(
        rating=rating.id,
        ticket=rating.ticket,
        aspects=command.aspects,
        reasons=command.reasons,
        text=command.text,
    )


def _check_device(actor: Actor, window: str) -> None:
    if actor.kind is not Role.DEVICE or window not in actor.windows:
        raise Forbidden("rating.not_this_window", field="window")


def _check_time(rating: Rating, now: datetime) -> None:
    if now > rating.change_until:
        raise Refused("rating.too_late", rating=rating.id, change_until=rating.change_until)

"""Decides on ratings: one for each matter of a visit that was served, by the visitor or the pad of the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from evaluation import channels, misuse
from evaluation.messages import (
    AddRatingDetail,
    ChangeRating,
    GiveRating,
    RatingChanged,
    RatingDetailed,
    RatingEvent,
    RatingGiven,
    RatingMarked,
)
from evaluation.misuse import Tap
from evaluation.model import PAD_GRACE, Mark, Rating, RatingChannel, check_aspects
from evaluation.rules import RatingRules
from evaluation.state import Ratings
from evaluation.visited import Part, Visit
from hall_queue.served import ServedMatters
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Actor, Role
from hall_server.messages import Event
from hall_server.outcome import Context, Outcome

Also = Callable[[RatingEvent, Context], Iterable[Event]]
"""What else happens with a rating, in the same transaction; asked before the rating is folded into the live state."""


class RatingMade(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor is told: the rating as it stands, and until when it may be changed.

    Attributes:
        matter: the one that was rated; None for a visit without one.
    """

    id: str
    level: int
    change_until: datetime
    matter: str | None = None


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What the decision asks of the hall beside its queue.

    Attributes:
        kind_of: device id → its kind, None where it is none.
        consoles: window → keyed addresses at which its console is signed in now.
    """

    kind_of: Callable[[str], str | None] = lambda device: None
    consoles: Callable[[str], frozenset[str]] = lambda window: frozenset()


class RatingService:
    """Handlers of the commands about ratings.

    Source: GB/T 39046-2020, A.8 (一次一评); domain page, evaluation (一事一评).
    """

    def __init__(
        self,
        live: Callable[[str], Visit | None],
        served: ServedMatters,
        ratings: Ratings,
        rules: RatingRules,
        *,
        around: Surroundings | None = None,
        also: tuple[Also, ...] = (),
    ) -> None:
        """Take what it decides on.

        Args:
            live: ticket id → the visit of today as it stands.
            served: what a window's pad asks now.
            around: what is known of devices and consoles.
            also: what else happens with each rating, in the same transaction (a bad one opens a work order).
        """
        self._live = live
        self._served = served
        self._ratings = ratings
        self._rules = rules
        self._around = around or Surroundings()
        self._also = also

    def give(self, command: GiveRating, context: Context) -> Outcome:
        """Rate a matter; reasons that follow a bare level of the same number from the same place are added to it.

        Raises:
            Invalid: neither ticket nor window, or an aspect that is not asked there.
            NotFound: no such ticket, or it has no such matter.
            Forbidden: not a device of that window, a channel of somebody else, or the service was the caller's own.
            Refused: ``rating.not_served``, ``rating.already``, ``rating.nobody``, ``rating.other_window``,
                ``rating.visit_over``.
        """
        self._check_channel(command.channel, context.actor)
        check_aspects(command.aspects, command.channel)
        visit = self._visit(command, context)
        part = self._part(visit, command)
        if (known := self._ratings.of(visit.ticket, part.matter)) is not None:
            return self._again(known, command, context)
        if command.channel is RatingChannel.TELEPHONE and context.actor.id == part.staff:
            raise Forbidden("rating.own_service", number=visit.number)
        return self._given(visit, part, command, context)

    def detail(self, command: AddRatingDetail, context: Context) -> Outcome:
        """Add the reasons to a rating that is a bare level.

        Raises:
            Invalid: there is nothing to add, or an aspect that is not asked there.
            NotFound: no such rating of this ticket.
            Forbidden: not a device of that window.
            Refused: ``rating.detailed``, ``rating.too_late``.
        """
        rating = self._own(command.rating, command.ticket)
        if command.ticket is None:
            _check_device(context.actor, rating.window)
        check_aspects(command.aspects, rating.channel)
        if not _says(command):
            raise Invalid("rating.nothing_added", field="reasons")
        if rating.is_detailed:
            raise Refused("rating.detailed", rating=rating.id)
        _check_time(rating, context.now)
        return self._done(rating.id, context, _detailed(rating, command))

    def change(self, command: ChangeRating, context: Context) -> Outcome:
        """Put another rating in the place of the visitor's own; the same again changes nothing.

        Raises:
            Invalid: an aspect that is not asked there.
            NotFound: no such rating of this ticket.
            Refused: ``rating.too_late``.
        """
        rating = self._own(command.rating, command.ticket)
        check_aspects(command.aspects, rating.channel)
        _check_time(rating, context.now)
        event = RatingChanged(
            rating=rating.id,
            ticket=rating.ticket,
            level=command.level,
            aspects=command.aspects,
            reasons=command.reasons,
            text=command.text,
            person=command.person,
        )
        person = command.person or rating.person
        now = (rating.level, tuple(rating.aspects), tuple(rating.reasons), rating.text, rating.person)
        if now == (event.level, event.aspects, event.reasons, event.text, person):
            return self._done(rating.id, context)
        return self._done(rating.id, context, event)

    # -- which visit

    def _check_channel(self, channel: RatingChannel, actor: Actor) -> None:
        kind = self._around.kind_of(actor.id) if actor.kind is Role.DEVICE else None
        channels.check(channel, actor, kind, is_open=self._rules.is_open)

    def _visit(self, command: GiveRating, context: Context) -> Visit:
        if command.window is not None:
            _check_device(context.actor, command.window)
        ticket = command.ticket
        if ticket is None and command.window is None:
            raise Invalid("rating.no_ticket", field="ticket")
        if ticket is None:
            ticket = self._asked_at(command.window or "", context.now)
        visit = self._live(ticket) or command.visit
        if visit is None:
            raise NotFound("rating.ticket_unknown", field="ticket")
        if visit.day < context.business_day - timedelta(days=self._rules.days):
            raise Refused("rating.visit_over", field="ticket", days=self._rules.days)
        return visit

    def _asked_at(self, window: str, now: datetime) -> str:
        """The visit a pad asks about: the last that ended at its window, while nobody else was called there."""
        asked = self._served.asked(window, self._rules.asked_s)
        if asked is None or now > asked.until + PAD_GRACE:
            raise Refused("rating.nobody", window=window)
        return asked.ticket.id

    def _part(self, visit: Visit, command: GiveRating) -> Part:
        """The matter that is meant: the one named, else the first that was not rated yet, else the last."""
        if not visit.parts:
            raise Refused("rating.not_served", field="ticket", number=visit.number)
        here = [one for one in visit.parts if command.window in (None, one.window)]
        if not here:
            raise Refused("rating.other_window", number=visit.number, window=command.window)
        if command.matter is not None:
            here = [one for one in here if one.matter == command.matter]
            if not here:
                raise NotFound("rating.matter_unknown", field="matter", number=visit.number)
        rated = self._ratings.rated(visit.ticket)
        return next((one for one in here if one.matter not in rated), here[-1])

    # -- the rating

    def _given(self, visit: Visit, part: Part, command: GiveRating, context: Context) -> Outcome:
        tapped = misuse.tapped_at(
            command.channel,
            now=context.now,
            said=command.tapped_at,
            ended_at=part.ended_at,
            asked=timedelta(seconds=self._rules.asked_s * len(visit.parts)) + PAD_GRACE,
        )
        tap = Tap(tapped, context.ids.new(), visit.ticket, part.window)
        burst = self._burst(tap, context.actor)
        event = RatingGiven(
            rating=tap.rating,
            ticket=visit.ticket,
            window=part.window,
            staff=part.staff,
            line=part.line,
            matter=part.matter,
            level=command.level,
            aspects=command.aspects,
            reasons=command.reasons,
            text=command.text,
            channel=command.channel,
            case=self._served.case_of(visit.ticket, part.matter),
            person=command.person,
            marks=self._marks(part, command, context.actor, is_burst=bool(burst)),
            tapped_at=tapped if tapped != context.now else None,
        )
        return self._done(event.rating, context, event, *self._of_the_same(burst[:-1]))

    def _burst(self, tap: Tap, actor: Actor) -> tuple[str, ...]:
        known = self._ratings.taps.get(str(actor), ())
        within = timedelta(seconds=self._rules.burst_s)
        return misuse.burst(known, tap, count=self._rules.burst_count, within=within)

    def _of_the_same(self, burst: tuple[str, ...]) -> Iterable[RatingMarked]:
        """The ratings before the one that made it a burst belong to it."""
        for id_ in burst:
            rating = self._ratings.by_id.get(id_)
            if rating is not None and Mark.BURST not in rating.marks:
                yield RatingMarked(rating=id_, mark=Mark.BURST, on=True)

    def _marks(self, part: Part, command: GiveRating, actor: Actor, *, is_burst: bool) -> tuple[Mark, ...]:
        is_own = misuse.is_own_window(
            is_signed_in=actor.kind is Role.STAFF,
            channel=command.channel,
            address=actor.id if actor.kind is Role.VISITOR else "",
            consoles=self._around.consoles(part.window),
        )
        return (Mark.BURST,) * is_burst + (Mark.OWN_WINDOW,) * is_own

    def _again(self, known: Rating, command: GiveRating, context: Context) -> Outcome:
        adds = _says(command) and known.giver == str(context.actor)
        if not adds or known.is_detailed or known.level != command.level or context.now > known.change_until:
            raise Refused(
                "rating.already", field="ticket"
            )  # its id stays with whoever gave it: the id lets one change it
        return self._done(known.id, context, _detailed(known, command))

    def _own(self, rating: str, ticket: str | None) -> Rating:
        found = self._ratings.by_id.get(rating)
        if found is None or (ticket is not None and found.ticket != ticket):
            raise NotFound("rating.unknown", rating=rating)
        return found

    def _done(self, rating: str, context: Context, *events: RatingEvent | RatingMarked) -> Outcome:
        said = [event for event in events if isinstance(event, RatingEvent)]
        more = [one for event in said for also in self._also for one in also(event, context)]
        return Outcome(events=(*events, *more), reply=lambda: self._made(rating))

    def _made(self, rating: str) -> RatingMade:
        found = self._ratings.by_id[rating]
        return RatingMade(id=found.id, level=int(found.level), change_until=found.change_until, matter=found.matter)


def _says(command: GiveRating | AddRatingDetail) -> bool:
    return bool(command.aspects or command.reasons or command.text or command.person)


def _detailed(rating: Rating, command: GiveRating | AddRatingDetail) -> RatingDetailed:
    return RatingDetailed(
        rating=rating.id,
        ticket=rating.ticket,
        aspects=command.aspects,
        reasons=command.reasons,
        text=command.text,
        person=command.person,
    )


def _check_device(actor: Actor, window: str) -> None:
    if actor.kind is not Role.DEVICE or window not in actor.windows:
        raise Forbidden("rating.not_this_window", field="window")


def _check_time(rating: Rating, now: datetime) -> None:
    if now > rating.change_until:
        raise Refused("rating.too_late", rating=rating.id, change_until=rating.change_until)

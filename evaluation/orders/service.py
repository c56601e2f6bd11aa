"""Decides on work orders: by the table of the states, never by the person who was rated, and once for two at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from evaluation.messages import RatingMarked
from evaluation.model import Mark
from evaluation.orders import clocks
from evaluation.orders import messages as m
from evaluation.orders.model import (
    EXTENSION_MOST,
    PLAN_MOST,
    TRIES_ENOUGH,
    Category,
    Deed,
    How,
    Order,
    Result,
    State,
    missing,
)
from evaluation.orders.opening import TermsNow
from evaluation.orders.public_text import fit_for_public
from evaluation.orders.state import Orders
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Actor, Role
from hall_server.messages import Event
from hall_server.outcome import Context, Outcome


class OrderMade(msgspec.Struct, frozen=True, kw_only=True):
    """Where an order stands after a step."""

    id: str
    state: State
    step: int


class OrderService:
    """The handlers of the commands about orders.

    Every handler raises NotFound ``review.unknown``; Forbidden ``review.managers_only``, ``review.own``; Refused
    ``review.moved_on`` where somebody acted since the caller looked, and what `missing` says.
    """

    def __init__(self, orders: Orders, terms: TermsNow) -> None:
        self._orders = orders
        self._terms = terms

    def take(self, command: m.TakeOrder, context: Context) -> Outcome:
        """Take an order over."""
        order = self._asked(command, Deed.TAKE, context)
        if order.handler == str(context.actor):
            return self._done(order)
        return self._done(order, m.OrderTakenOver(order=order.id))

    def contact(self, command: m.ContactVisitor, context: Context) -> Outcome:
        """Put a contact, or a try, on record.

        Raises:
            Refused: ``review.no_phone``: whoever left none cannot be called; ``review.has_phone``: whoever did must be.
        """
        order = self._asked(command, Deed.CONTACT, context)
        _check_how(order, command.how)
        if not command.is_reached and command.how is How.LOOKED_INTO:
            raise Invalid("review.how_unfit", field="is_reached")
        if not command.is_reached and order.tries + 1 < TRIES_ENOUGH:
            return self._done(order, m.ContactTried(order=order.id, how=command.how, note=command.note))
        return self._done(
            order,
            m.VisitorContacted(order=order.id, how=command.how, is_reached=command.is_reached, note=command.note),
        )

    def categorise(self, command: m.Categorise, context: Context) -> Outcome:
        """Say what kind it is; a complex matter has a plan with its own deadline, an exclusion is asked for.

        Raises:
            Invalid: ``review.deadline_unfit``.
            Refused: ``review.overdue``: a plan does not save what is late already.
        """
        order = self._asked(command, Deed.CATEGORISE, context)
        named = {"order": order.id, "category": command.category, "note": command.note, "files": command.files}
        if command.category.asks_exclusion:
            return self._done(order, m.ExclusionAsked(**named))  # type: ignore[arg-type]  # the fields stand above
        due = self._plan(order, command, context.now) if command.category is Category.COMPLEX else None
        return self._done(order, m.OrderCategorised(**named, fix_due=due))  # type: ignore[arg-type]  # as above

    def decide(self, command: m.DecideExclusion, context: Context) -> Outcome:
        """Say whether the rating counts; raw figures keep it either way.

        Raises:
            Forbidden: ``review.same_manager``: who asked does not decide.
        """
        order = self._asked(command, Deed.DECIDE, context)
        if order.asked_by == str(context.actor):
            raise Forbidden("review.same_manager", order=order.id)
        decided = m.ExclusionDecided(order=order.id, is_excluded=command.is_excluded, note=command.note)
        if not command.is_excluded:
            return self._done(order, decided)
        return self._done(
            order, decided, RatingMarked(rating=order.rating, mark=Mark.EXCLUDED, on=True, why=command.note)
        )

    def extend(self, command: m.ExtendOrder, context: Context) -> Outcome:
        """Give more time, once.

        Raises:
            Invalid: ``review.deadline_unfit``.
        """
        order = self._asked(command, Deed.EXTEND, context)
        terms = self._terms()
        least, most = clocks.until_limits(order.fix_due, order.fix_due, EXTENSION_MOST, terms)
        _check_until(command.until, least, most)
        return self._done(
            order, m.OrderExtended(order=order.id, fix_due=terms.end_of(command.until), note=command.note)
        )

    def fix(self, command: m.FixOrder, context: Context) -> Outcome:
        """Put on record what was put right."""
        order = self._asked(command, Deed.FIX, context)
        return self._done(order, m.OrderFixed(order=order.id, note=command.note))

    def revisit(self, command: m.RevisitVisitor, context: Context) -> Outcome:
        """Put on record what the visitor says; who is not satisfied reopens it, once."""
        order = self._asked(command, Deed.REVISIT, context)
        _check_how(order, command.how)
        about = {"order": order.id, "how": command.how, "note": command.note}
        if command.result is Result.NOT_REACHED and order.revisit_tries + 1 < TRIES_ENOUGH:
            return self._done(order, m.RevisitTried(**about))  # type: ignore[arg-type]  # the fields stand above
        is_satisfied = None if command.result is Result.NOT_REACHED else command.result is Result.SATISFIED
        asked = m.OrderRevisited(**about, is_satisfied=is_satisfied)  # type: ignore[arg-type]  # as above
        if is_satisfied is not False or order.reopened or order.excluded:
            return self._done(order, asked)
        due = clocks.fix_due(context.now, order.fix_limit, self._terms())
        return self._done(order, asked, m.OrderReopened(order=order.id, fix_due=due))

    def close(self, command: m.CloseOrder, context: Context) -> Outcome:
        """Say that it is done."""
        order = self._asked(command, Deed.CLOSE, context)
        return self._done(order, m.OrderClosed(order=order.id))

    def publish(self, command: m.PublishResult, context: Context) -> Outcome:
        """Tell the public.

        Raises:
            Invalid: ``review.text_missing``, ``review.text_too_long``, ``review.text_personal``, ``review.text_unfit``.
        """
        order = self._asked(command, Deed.PUBLISH, context)
        return self._done(order, m.ResultPublished(order=order.id, text=fit_for_public(command.text)))

    def withhold(self, command: m.WithholdResult, context: Context) -> Outcome:
        """Do not tell the public."""
        order = self._asked(command, Deed.WITHHOLD, context)
        return self._done(order, m.ResultWithheld(order=order.id, note=command.note))

    def answer(self, command: m.AnswerAppeal, context: Context) -> Outcome:
        """Answer the person rated."""
        order = self._asked(command, Deed.ANSWER, context)
        return self._done(order, m.AppealAnswered(order=order.id, is_upheld=command.is_upheld, note=command.note))

    def phone(self, command: m.OpenPhone, context: Context) -> Outcome:
        """Let a manager see the phone; who and what for stands in the journal."""
        order = self._may(command.order, Deed.PHONE, context)
        return self._done(order, m.PhoneOpened(order=order.id, note=command.note))

    def appeal(self, command: m.MakeAppeal, context: Context) -> Outcome:
        """Object to a rating, as the person rated.

        Raises:
            Forbidden: ``review.not_rated``.
        """
        order = self._found(command.order)
        if not is_rated(order, context.actor):
            raise Forbidden("review.not_rated", order=order.id)
        _check(order, Deed.APPEAL, context.now)
        return self._done(order, m.AppealMade(order=order.id, note=command.note))

    # -- inside

    def _asked(self, command: m.OrderCommand, deed: Deed, context: Context) -> Order:
        """The order, if this manager may do this with it now, and nobody has acted since they looked."""
        order = self._permitted(command.order, context.actor)
        if command.seen != order.step:
            raise Refused("review.moved_on", order=order.id, state=order.state, step=order.step)
        _check(order, deed, context.now)
        return order

    def _may(self, order: str, deed: Deed, context: Context) -> Order:
        found = self._permitted(order, context.actor)
        _check(found, deed, context.now)
        return found

    def _permitted(self, order: str, actor: Actor) -> Order:
        if not is_manager(actor):
            raise Forbidden("review.managers_only")
        found = self._found(order)
        if is_rated(found, actor):
            raise Forbidden("review.own", order=order)
        return found

    def _found(self, order: str) -> Order:
        found = self._orders.by_id.get(order)
        if found is None:
            raise NotFound("review.unknown", order=order)
        return found

    def _plan(self, order: Order, command: m.Categorise, now: datetime) -> datetime:
        if now >= order.fix_due:
            raise Refused("review.overdue", due=order.fix_due)
        if command.until is None:
            raise Invalid("review.deadline_missing", field="until")
        terms = self._terms()
        least, most = clocks.until_limits(order.opened_at, now, PLAN_MOST, terms)
        _check_until(command.until, least, most)
        return terms.end_of(command.until)

    def _done(self, order: Order, *events: Event) -> Outcome:
        return Outcome(events=events, reply=lambda: self._made(order.id))

    def _made(self, order: str) -> OrderMade:
        found = self._orders.by_id[order]
        return OrderMade(id=found.id, state=found.state, step=found.step)


def is_manager(actor: Actor) -> bool:
    """Whether somebody works on orders at all."""
    return actor.may(Role.MANAGER, Role.ADMIN)


def is_rated(order: Order, actor: Actor) -> bool:
    """Whether it is about this person."""
    return actor.kind is Role.STAFF and order.staff is not None and actor.id == order.staff


def deeds(order: Order, actor: Actor, now: datetime) -> Iterable[Deed]:
    """What somebody may do with an order now."""
    is_own = is_rated(order, actor)
    for deed in Deed:
        if missing(order, deed, now) is not None or is_own is not (deed is Deed.APPEAL):
            continue
        if deed is Deed.DECIDE and order.asked_by == str(actor):
            continue
        if deed is Deed.TAKE and order.handler == str(actor):
            continue
        if is_own or is_manager(actor):
            yield deed


def _check(order: Order, deed: Deed, now: datetime) -> None:
    code = missing(order, deed, now)
    if code is not None:
        raise Refused(code, order=order.id, state=order.state, step=order.step)


def _check_how(order: Order, how: How) -> None:
    """Whoever left a phone is spoken to; of whoever left none the visit is looked into, or they come by."""
    if order.named and how is How.LOOKED_INTO:
        raise Refused("review.has_phone", field="how")
    if not order.named and how in {How.PHONE, How.MESSAGE}:
        raise Refused("review.no_phone", field="how")


def _check_until(until: date, least: date, most: date) -> None:
    if not least <= until <= most:
        raise Invalid("review.deadline_unfit", field="until", least=least.isoformat(), most=most.isoformat())

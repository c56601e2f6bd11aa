"""Says of every running clock once that its limit comes near and once that it has passed; and sets the hall's limit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from evaluation.orders import clocks
from evaluation.orders import messages as m
from evaluation.orders.model import FixLimit, Order
from evaluation.orders.opening import TermsNow
from evaluation.orders.service import is_manager
from evaluation.orders.state import Orders
from hall_server.directory.wording import text_fault
from hall_server.errors import Forbidden, Invalid
from hall_server.identity import SYSTEM
from hall_server.messages import Event
from hall_server.outcome import Context, Outcome

if TYPE_CHECKING:
    from hall_server.server import Server

LOOK_S = 30.0
REASON_MOST = 200


class ReviewRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the hall has set; the choices are those of the cities."""

    fix: FixLimit
    choices: tuple[FixLimit, ...] = tuple(FixLimit)


class Watch:
    """Looks now and then, first at the start, so that what fell due while the power was off is said too."""

    def __init__(self, server: Server, orders: Orders, terms: TermsNow) -> None:
        self._server = server
        self._orders = orders
        self._terms = terms

    def check(self, _: m.CheckClocks, context: Context) -> Outcome:
        """Say of every clock what was not yet said of it."""
        terms = self._terms()
        events = (one for order in self._orders.by_id.values() for one in due_words(order, context, terms))
        return Outcome(events=tuple(events))

    def set_rules(self, command: m.SetReviewRules, context: Context) -> Outcome:
        """Set the hall's limit; the same again changes nothing.

        Raises:
            Forbidden: ``review.managers_only``. Invalid: ``review.reason_unfit``.
        """
        if not is_manager(context.actor):
            raise Forbidden("review.managers_only")
        reason = command.reason.strip()
        if text_fault(reason, limit=REASON_MOST):
            raise Invalid("review.reason_unfit", field="reason", most=REASON_MOST)
        changes = command.fix is not self._orders.fix_limit
        events = (m.ReviewRulesSet(fix=command.fix, reason=reason),) if changes else ()
        return Outcome(events=events, reply=self.rules)

    def rules(self) -> ReviewRules:
        """What is set now."""
        return ReviewRules(fix=self._orders.fix_limit)

    async def look(self) -> None:
        """Say what has fallen due."""
        context = Context(
            now=self._server.now(), business_day=self._server.business_day, actor=SYSTEM, ids=self._server.ids
        )
        if self.check(m.CheckClocks(), context).events:
            await self._server.execute(m.CheckClocks(), actor=SYSTEM)

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)


def due_words(order: Order, context: Context, terms: clocks.Terms) -> Iterable[Event]:
    """What is to be said of an order's clocks now."""
    for clock in order.running():
        due = order.due(clock)
        if clock not in order.reminded and context.now >= clocks.remind_from(clock, due, terms):
            yield m.OrderReminded(order=order.id, clock=clock)
        if clock not in order.escalated and context.now >= due:
            yield m.OrderEscalated(order=order.id, clock=clock)

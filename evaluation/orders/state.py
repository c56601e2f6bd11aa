"""The work orders that are not over, and the hall's limit for putting right; folded from events, over days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from evaluation.orders import messages as m
from evaluation.orders.model import ENDED, AppealState, Clock, FixLimit, Order, State
from hall_server.days import DayOpened
from hall_server.messages import Event, Recorded


class Orders:
    """The live state (the Fold port): orders that are open or await publication, and those that ended today.

    Attributes:
        by_id: orders by their id. by_rating: the last order of a rating.
        fix_limit: what orders opened from now on have.
    """

    def __init__(self) -> None:
        self.by_id: dict[str, Order] = {}
        self.by_rating: dict[str, str] = {}
        self.fix_limit = FixLimit.WORKDAYS_5
        self._apply: dict[type[Event], Callable[[Any, Recorded], None]] = {
            DayOpened: self._day_opened,
            m.ReviewRulesSet: self._rules_set,
            m.OrderOpened: self._opened,
            m.OrderLevelChanged: lambda e, _: self._change(e.order, level=e.level),
            m.OrderNamed: lambda e, _: self._change(e.order, person=e.person),
            m.OrderTakenBack: lambda e, _: self._step(e.order, state=State.TAKEN_BACK),
            m.OrderTakenOver: lambda e, r: self._step(e.order, handler=r.actor),
            m.ContactTried: self._contact_tried,
            m.VisitorContacted: self._contacted,
            m.OrderCategorised: self._categorised,
            m.ExclusionAsked: self._exclusion_asked,
            m.ExclusionDecided: self._exclusion_decided,
            m.OrderExtended: self._extended,
            m.OrderFixed: lambda e, r: self._step(e.order, state=State.FIXED, fixed_at=r.at, handler=r.actor),
            m.RevisitTried: self._revisit_tried,
            m.OrderRevisited: self._revisited,
            m.OrderReopened: self._reopened,
            m.OrderClosed: lambda e, r: self._step(e.order, state=State.CLOSED, closed_at=r.at, handler=r.actor),
            m.ResultPublished: lambda e, _: self._step(e.order, state=State.PUBLISHED),
            m.ResultWithheld: lambda e, _: self._step(e.order, state=State.UNPUBLISHED),
            m.AppealMade: lambda e, _: self._step(e.order, appeal=AppealState.OPEN),
            m.AppealAnswered: self._answered,
            m.OrderReminded: lambda e, _: self._said(e.order, "reminded", e.clock),
            m.OrderEscalated: lambda e, _: self._said(e.order, "escalated", e.clock),
        }
        self.types = frozenset(event.type for event in self._apply)

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        self._apply[type(recorded.event)](recorded.event, recorded)

    def of(self, rating: str) -> Order | None:
        """The order of a rating, the last one where there were two."""
        return self.by_id.get(self.by_rating.get(rating, ""))

    # -- the fold

    def _day_opened(self, _: DayOpened, __: Recorded) -> None:
        for order in [one for one in self.by_id.values() if one.state in ENDED]:
            del self.by_id[order.id]
            if self.by_rating.get(order.rating) == order.id:
                del self.by_rating[order.rating]

    def _rules_set(self, event: m.ReviewRulesSet, _: Recorded) -> None:
        self.fix_limit = event.fix

    def _opened(self, event: m.OrderOpened, recorded: Recorded) -> None:
        self.by_rating[event.rating] = event.order
        self.by_id[event.order] = Order(
            id=event.order,
            rating=event.rating,
            ticket=event.ticket,
            level=event.level,
            window=event.window,
            staff=event.staff,
            department=event.department,
            matter=event.matter,
            person=event.person,
            business_day=recorded.business_day,
            opened_at=recorded.at,
            contact_due=event.contact_due,
            fix_due=event.fix_due,
            fix_limit=event.fix_limit,
        )

    def _contact_tried(self, event: m.ContactTried, recorded: Recorded) -> None:
        if (order := self.by_id.get(event.order)) is not None:
            self._step(order.id, tries=order.tries + 1, handler=recorded.actor)

    def _contacted(self, event: m.VisitorContacted, recorded: Recorded) -> None:
        self._step(event.order, state=State.CONTACTED, contacted_at=recorded.at, handler=recorded.actor)

    def _categorised(self, event: m.OrderCategorised, recorded: Recorded) -> None:
        self._step(event.order, state=State.UNDER_WAY, category=event.category, handler=recorded.actor)
        if event.fix_due is not None:
            self._new_limit(event.order, event.fix_due)

    def _exclusion_asked(self, event: m.ExclusionAsked, recorded: Recorded) -> None:
        by = recorded.actor
        self._step(event.order, state=State.REVIEW, category=event.category, asked_by=by, handler=by)

    def _exclusion_decided(self, event: m.ExclusionDecided, recorded: Recorded) -> None:
        if event.is_excluded:
            self._step(event.order, state=State.FIXED, excluded=True, fixed_at=recorded.at)
        else:
            self._step(event.order, state=State.CONTACTED, category=None, asked_by=None)

    def _extended(self, event: m.OrderExtended, recorded: Recorded) -> None:
        self._step(event.order, extended=True, handler=recorded.actor)
        self._new_limit(event.order, event.fix_due)

    def _revisit_tried(self, event: m.RevisitTried, recorded: Recorded) -> None:
        if (order := self.by_id.get(event.order)) is not None:
            self._step(order.id, revisit_tries=order.revisit_tries + 1, handler=recorded.actor)

    def _revisited(self, event: m.OrderRevisited, recorded: Recorded) -> None:
        self._step(
            event.order,
            state=State.REVISITED,
            revisited_at=recorded.at,
            satisfied=event.is_satisfied,
            handler=recorded.actor,
        )

    def _reopened(self, event: m.OrderReopened, _: Recorded) -> None:
        fresh = {"category": None, "asked_by": None, "fixed_at": None, "revisit_tries": 0}
        self._step(event.order, state=State.CONTACTED, reopened=True, **fresh)
        self._new_limit(event.order, event.fix_due)

    def _answered(self, event: m.AppealAnswered, recorded: Recorded) -> None:
        appeal = AppealState.UPHELD if event.is_upheld else AppealState.REJECTED
        self._step(event.order, appeal=appeal, handler=recorded.actor)

    def _new_limit(self, order: str, due: Any) -> None:
        found = self.by_id.get(order)
        if found is not None:
            rest = {"reminded": found.reminded - {Clock.FIX}, "escalated": found.escalated - {Clock.FIX}}
            self._change(order, fix_due=due, **rest)

    def _said(self, order: str, what: str, clock: Clock) -> None:
        if (found := self.by_id.get(order)) is not None:
            self._change(order, **{what: getattr(found, what) | {clock}})

    def _step(self, order: str, **changes: Any) -> None:
        if (found := self.by_id.get(order)) is not None:
            self._change(order, step=found.step + 1, **changes)

    def _change(self, order: str, **changes: Any) -> None:
        if order in self.by_id:
            self.by_id[order] = msgspec.structs.replace(self.by_id[order], **changes)

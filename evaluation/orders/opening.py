"""Opens a work order in the transaction of the bad rating, and ends it where the visitor changes it to a good one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from evaluation.messages import RatingChanged, RatingDetailed, RatingEvent, RatingGiven
from evaluation.model import Level, Rating
from evaluation.orders import clocks
from evaluation.orders import messages as m
from evaluation.orders.model import DONE, Order
from evaluation.orders.state import Orders
from evaluation.state import Ratings
from hall_server.directory.directory import Directory
from hall_server.messages import Event
from hall_server.outcome import Context

TermsNow = Callable[[], clocks.Terms]


class Opener:
    """What else happens with a rating (the service of ratings asks before it folds)."""

    def __init__(self, orders: Orders, ratings: Ratings, directory: Directory, terms: TermsNow) -> None:
        self._orders = orders
        self._ratings = ratings
        self._directory = directory
        self._terms = terms

    def also(self, event: RatingEvent, context: Context) -> Iterable[Event]:
        """The order's events that belong to a rating's."""
        match event:
            case RatingGiven() if event.level.is_bad:
                yield self._opened(event, event.level, context)
            case RatingChanged():
                yield from self._changed(event, context)
            case RatingDetailed():
                yield from self._named(event)
            case _:
                return

    def _changed(self, event: RatingChanged, context: Context) -> Iterable[Event]:
        before, order = self._ratings.by_id[event.rating], self._live(event.rating)
        if order is None:
            if event.level.is_bad and not before.level.is_bad:
                yield self._opened(before, event.level, context)
        elif not event.level.is_bad:
            yield m.OrderTakenBack(order=order.id)
        else:
            if event.level is not order.level:
                yield m.OrderLevelChanged(order=order.id, level=event.level)
            yield from self._named(event)

    def _named(self, event: RatingEvent) -> Iterable[Event]:
        order, person = self._live(event.rating), getattr(event, "person", None)
        if order is not None and person is not None and order.person != person:
            yield m.OrderNamed(order=order.id, person=person)

    def _live(self, rating: str) -> Order | None:
        found = self._orders.of(rating)
        return found if found is not None and found.state not in DONE else None

    def _opened(self, about: RatingGiven | Rating, level: Level, context: Context) -> m.OrderOpened:
        matter = self._directory.matters.get(about.matter or "")
        terms, limit = self._terms(), self._orders.fix_limit
        return m.OrderOpened(
            order=context.ids.new(),
            rating=about.rating if isinstance(about, RatingGiven) else about.id,
            ticket=about.ticket,
            level=level,
            window=about.window,
            staff=about.staff,
            department=matter.department if matter else None,
            matter=about.matter,
            person=about.person,
            contact_due=clocks.contact_due(context.now, terms),
            fix_due=clocks.fix_due(context.now, limit, terms),
            fix_limit=limit,
        )

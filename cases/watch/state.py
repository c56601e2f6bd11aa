"""Every card there is and the totals of past days, folded from events; the same fold in a hall and in the city."""

from __future__ import annotations

from datetime import date

import msgspec

from cases.supervision.cards import NEXT, Card, CardStep
from cases.supervision.daily import DepartmentDay
from cases.supervision.rules import Tell
from cases.watch import messages as m
from hall_server.errors import NotFound
from hall_server.messages import Recorded

DAYS_KEPT = 400
"""So many days with their totals are held in memory; the journal has them all."""


class Cards:
    """Folded from events (the Fold port of a host)."""

    types = frozenset(event.type for event in m.EVENTS)

    def __init__(self) -> None:
        self.by_id: dict[str, Card] = {}
        self.keys: dict[str, str] = {}
        self.tell: dict[str, tuple[Tell, ...]] = {}
        self.days: dict[date, tuple[DepartmentDay, ...]] = {}

    def get(self, id_: str) -> Card:
        """A card.

        Raises:
            NotFound: ``card.unknown``.
        """
        card = self.by_id.get(id_)
        if card is None:
            raise NotFound("card.unknown", card=id_)
        return card

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case m.CardRaised() as event:
                self._raise(event)
            case m.CardDealt() as event if event.card in self.by_id:
                self._deal(event, recorded)
            case m.DayTotalled(day=day, departments=departments):
                self.days[day] = departments
                while len(self.days) > DAYS_KEPT:
                    del self.days[min(self.days)]

    def _raise(self, event: m.CardRaised) -> None:
        self.by_id[event.card] = Card(
            id=event.card,
            key=event.key,
            rule=event.rule,
            family=event.family,
            severity=event.severity,
            case=event.case,
            number=event.number,
            department=event.department,
            hall=event.hall,
            raised_at=event.raised_at,
            reply_due=event.reply_due,
            involved=frozenset(event.involved),
            details=event.details,
        )
        self.keys[event.key] = event.card
        self.tell[event.card] = event.tell

    def _deal(self, event: m.CardDealt, recorded: Recorded) -> None:
        card = self.by_id[event.card]
        state = NEXT.get((card.state, event.deed), card.state)
        step = CardStep(deed=event.deed, state=state, at=recorded.at, by=recorded.actor, words=event.words)
        self.by_id[card.id] = msgspec.structs.replace(card, state=state, history=(*card.history, step))

"""Every card there is and the totals of past days, folded from events; the same fold in a hall and in the city."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from datetime import date, datetime

import msgspec

from cases.supervision.cards import NEXT, Card, CardState, CardStep
from cases.supervision.daily import DepartmentDay
from cases.supervision.rules import Severity, Tell
from cases.watch import messages as m
from hall_server.errors import NotFound
from hall_server.messages import EventTypes, Recorded

DAYS_KEPT = 400
"""So many days with their totals are held in memory; the journal has them all."""


class Cards:
    """Folded from events (the Fold port of a host).

    Attributes:
        by_id: every card. keys: of the breaches that have one.
        open: severity → how many cards something is still to be done with; kept up with each event.
        of_department: department → how many cards there are, and how many deeds they have.
    """

    types = frozenset(event.type for event in m.EVENTS)

    def __init__(self, types: EventTypes) -> None:
        self._event_types = types
        self.by_id: dict[str, Card] = {}
        self.keys: dict[str, str] = {}
        self.tell: dict[str, tuple[Tell, ...]] = {}
        self.days: dict[date, tuple[DepartmentDay, ...]] = {}
        self.open: Counter[Severity] = Counter()
        self.of_department: dict[str, tuple[int, int]] = {}
        self._replies: list[tuple[datetime, str]] = []

    def get(self, id_: str) -> Card:
        """A card.

        Raises:
            NotFound: ``card.unknown``.
        """
        card = self.by_id.get(id_)
        if card is None:
            raise NotFound("card.unknown", card=id_)
        return card

    def unanswered(self, now: datetime) -> int:
        """How many cards nobody has answered in time."""
        return bisect_left(self._replies, (now, ""))

    def oldest_reply(self) -> datetime | None:
        """Until when the card that was to be answered first should have been; None: none waits."""
        return self._replies[0][0] if self._replies else None

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case m.CardTold() as told:
                event = self._event_types.read(told.card_type, told.card_version, msgspec.json.encode(told.payload))
                self._take(event, told.at, told.actor)
            case m.DayTotalled(day=day, departments=departments):
                self.days[day] = departments
                while len(self.days) > DAYS_KEPT:
                    del self.days[min(self.days)]
            case event:
                self._take(event, recorded.at, recorded.actor)

    def _take(self, event: object, at: datetime, actor: str) -> None:
        match event:
            case m.CardRaised() if event.card not in self.by_id:
                self._raise(event)
            case m.CardDealt() if event.card in self.by_id:
                self._deal(event, at, actor)

    def _raise(self, event: m.CardRaised) -> None:
        card = self.by_id[event.card] = Card(
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
        self.open[card.severity] += 1
        insort(self._replies, (card.reply_due, card.id))
        self._counted(card.department, cards=1)

    def _deal(self, event: m.CardDealt, at: datetime, actor: str) -> None:
        card = self.by_id[event.card]
        state = NEXT.get((card.state, event.deed), card.state)
        step = CardStep(deed=event.deed, state=state, at=at, by=actor, words=event.words)
        after = msgspec.structs.replace(card, state=state, history=(*card.history, step))
        self.by_id[card.id] = after
        if card.state is CardState.RAISED and state is not CardState.RAISED:
            del self._replies[bisect_left(self._replies, (card.reply_due, card.id))]
        self.open[card.severity] -= card.is_open and not after.is_open
        self._counted(card.department, deeds=1)

    def _counted(self, department: str, *, cards: int = 0, deeds: int = 0) -> None:
        known = self.of_department.get(department, (0, 0))
        self.of_department[department] = (known[0] + cards, known[1] + deeds)

"""What every visit still wants, told again from the day's events in plain words: slow, and no part of the product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from hall_queue import messages as m
from hall_server.messages import Recorded

Open = dict[str, bool]


@dataclass(frozen=True)
class PlainVisit:
    """A visit as a visitor would tell it.

    Attributes:
        matters: what it is about; True while nobody has decided it.
        now: the matter it is on at present.
        sent_for: what it was sent away for, where it is to come back and had not wanted that before.
    """

    matters: Open = field(default_factory=dict)
    now: str | None = None
    sent_for: str | None = None

    def wants(self, *matters: str | None) -> PlainVisit:
        return replace(self, matters={**self.matters, **{one: True for one in matters if one}})

    def decided(self, *matters: str | None) -> PlainVisit:
        return replace(self, matters={one: is_open and one not in matters for one, is_open in self.matters.items()})

    def rid_of(self, matter: str | None) -> PlainVisit:
        return replace(self, matters={one: is_open for one, is_open in self.matters.items() if one != matter})


def plain_visits(heard: Iterable[Recorded]) -> dict[str, Open]:
    """What each ticket of the day is about, and what of it is open."""
    visits: dict[str, PlainVisit] = {}
    before: dict[int, PlainVisit] = {}
    for recorded in heard:
        event = recorded.event
        if not isinstance(event, m.TicketEvent):
            continue
        visit = before[recorded.seq] = visits.get(event.ticket, PlainVisit())
        undone = before[event.undone_seq] if isinstance(event, m.KeyUndone) else None
        visits[event.ticket] = undone or after(visit, event)
    return {ticket: visit.matters for ticket, visit in visits.items()}


def after(visit: PlainVisit, event: m.TicketEvent) -> PlainVisit:
    match event:
        case m.TicketIssued():
            return replace(visit.wants(event.matter, *event.matters), now=event.matter)
        case m.MatterAdded():
            return visit.wants(event.matter)
        case m.TicketTransferred(window=None):
            return moved(visit, event)
        case m.TicketTransferred():
            left = visit.decided(visit.now) if event.outcome else visit
            is_new = event.returns and event.matter != visit.now
            return replace(left.wants(event.matter), now=event.matter, sent_for=event.matter if is_new else None)
        case m.TicketForwarded():
            is_done = event.matter != visit.now or visit.now == visit.sent_for
            left = visit.decided(*event.outcomes, visit.now if is_done else None)
            return replace(left, now=event.matter, sent_for=None)
        case m.TicketFinished():
            return visit.decided(*visit.matters)
    return visit


def moved(visit: PlainVisit, event: m.TicketTransferred) -> PlainVisit:
    """By a manager's hand: nobody has begun with what it waited for, so that is wanted no more, unless both are."""
    if event.matter == visit.now or event.matter in visit.matters:
        return replace(visit, now=event.matter)
    is_open = visit.now is not None and visit.matters.get(visit.now, False)
    left = visit.rid_of(visit.now) if is_open else visit
    was_sent = visit.sent_for is not None and visit.sent_for == visit.now
    return replace(left.wants(event.matter), now=event.matter, sent_for=event.matter if was_sent else visit.sent_for)

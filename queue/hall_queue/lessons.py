"""What the hall learns about waits as its day goes on, folded beside the queue; `wait` says how (domain rule 19)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hall_queue import messages as m
from hall_queue.rules import Hall, Told
from hall_queue.wait.memory import Forgotten, recall, remembered
from hall_server.days import DayOpened
from hall_server.messages import Event, Recorded
from hall_server.outcome import Context

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Lessons:
    """Lets the estimate learn from tickets and windows; installed after the queue, whose state it reads.

    Numbers of appointments and those that a kiosk gave without the server teach nothing: the first wait for their slot,
    the others were told nothing.
    """

    hall: Hall
    types: frozenset[str] = frozenset()
    _apply: dict[type[Event], Callable[[Any, Recorded], None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        freeing = (
            *(m.TicketPassed, m.TicketHeld, m.TicketRequeued, m.TicketSetBack, m.TicketTransferred),
            *(m.TicketFinished, m.TicketForwarded),
        )
        self._apply = {
            m.TicketIssued: self._issued,
            m.TicketCalled: self._called,
            m.TicketCancelled: self._left,
            m.TicketExpired: self._left,
            m.KeyUndone: self._undone,
            m.WaitsLearnt: self._recalled,
            DayOpened: self._day_opened,
            **dict.fromkeys(freeing, self._freed),
        }
        self.types = frozenset(event.type for event in self._apply)

    def at_day_end(self, _: Context) -> list[Event]:
        """What the next day begins with."""
        memory = remembered(self.hall.waits)
        return [m.WaitsLearnt(memory=memory)] if memory["lines"] else []

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        self._apply[type(recorded.event)](recorded.event, recorded)

    def _issued(self, event: m.TicketIssued, recorded: Recorded) -> None:
        if event.due is not None or event.offline_at is not None:
            return
        hall, queue, at = self.hall, self.hall.queue, recorded.at.timestamp()
        ahead = queue.waiting.ahead(queue.tickets[event.ticket], recorded.at, hall.rulebook)
        others = queue.waiting.count(event.line) - 1  # the ticket stands in its line already
        situation = hall.situation(event.line, ahead, beside=others)
        wait = hall.waits.issued(event.ticket, event.line, situation, at)
        wait = hall.at_first(event.line, situation, wait)
        hall.accuracy.issued(event.ticket, event.line, situation, at, wait)
        hall.told[event.ticket] = Told(ahead, wait)

    def _called(self, event: m.TicketCalled, recorded: Recorded) -> None:
        at = recorded.at.timestamp()
        self.hall.told.pop(event.ticket, None)
        self.hall.waits.called(event.ticket, self.hall.queue.tickets[event.ticket].line, at)
        self.hall.accuracy.called(event.ticket, at)

    def _left(self, event: m.TicketCancelled | m.TicketExpired, recorded: Recorded) -> None:
        self.hall.told.pop(event.ticket, None)
        self.hall.waits.left(event.ticket, recorded.at.timestamp())
        self.hall.waits.freed(event.ticket, recorded.at.timestamp())
        self.hall.accuracy.left(event.ticket)

    def _freed(self, event: m.TicketEvent, recorded: Recorded) -> None:
        self.hall.waits.freed(event.ticket, recorded.at.timestamp())
        ticket = self.hall.queue.tickets[event.ticket]
        if isinstance(event, m.TicketFinished) and ticket.started_at is not None:
            service_s = (recorded.at - ticket.started_at).total_seconds()
            self.hall.waits.served(ticket.line, service_s)
            self.hall.accuracy.served(ticket.line, service_s)

    def _undone(self, event: m.KeyUndone, _: Recorded) -> None:
        """What a call by mistake has taught stays; its visit teaches nothing."""
        self.hall.waits.forgotten(event.ticket)

    def _recalled(self, event: m.WaitsLearnt, _: Recorded) -> None:
        try:
            recall(self.hall.waits, event.memory)
        except Forgotten as exc:  # an older program learnt otherwise: the hall learns anew
            log.info("what was learnt about waits does not fit: %s", exc, extra={"action": "queue.waits_forgotten"})

    def _day_opened(self, _: DayOpened, __: Recorded) -> None:
        self.hall.told.clear()
        self.hall.waits.day_opened()
        self.hall.accuracy.day_opened()

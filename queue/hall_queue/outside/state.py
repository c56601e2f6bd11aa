"""Whose number waits for them to come, and until when."""

from __future__ import annotations

from datetime import datetime

from hall_queue import messages as m
from hall_server.days import DayOpened
from hall_server.messages import Recorded

_OVER = (m.TicketHere, m.TicketCalled, m.TicketCancelled, m.TicketExpired)


class Awaited:
    """Tickets taken outside whose owners have not come yet, with the last moment of each."""

    types = frozenset(event.type for event in (DayOpened, m.TicketIssued, *_OVER))

    def __init__(self) -> None:
        self.until: dict[str, datetime] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        event = recorded.event
        if isinstance(event, m.TicketIssued) and event.here_by is not None:
            self.until[event.ticket] = event.here_by
        elif isinstance(event, _OVER):
            self.until.pop(event.ticket, None)
        elif isinstance(event, DayOpened):
            self.until.clear()

    def late(self, now: datetime) -> list[str]:
        """The tickets whose owners should have come by now."""
        return [ticket for ticket, until in self.until.items() if until < now]

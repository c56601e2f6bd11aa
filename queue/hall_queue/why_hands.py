"""What hands did to where a ticket waits: who pinned it and why, and who sent it where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hall_queue import messages as m
from hall_server.days import DayOpened
from hall_server.messages import Recorded


class Way(StrEnum):
    """How a ticket came to wait for a certain window or person."""

    HOLD = "hold"  # it was held there, and the time is over
    RETURN = "return"  # it was sent on to come back, and the other window has finished
    TRANSFER = "transfer"  # a window sent it
    MOVE = "move"  # a manager's hand


@dataclass(frozen=True, slots=True)
class Hand:
    """Something done to a ticket.

    Attributes:
        actor: who did it, as the journal names them.
        window: where it was done; None for a manager's hand.
    """

    way: Way | None
    actor: str
    at: datetime
    reason: str = ""
    window: str | None = None


class Hands:
    """Today's pins and sendings by ticket, the last of each; folded from events."""

    types = frozenset(
        one.type for one in (DayOpened, m.TicketPinned, m.TicketTransferred, m.TicketForwarded, m.TicketReleased)
    )

    def __init__(self) -> None:
        self.pins: dict[str, Hand] = {}
        self.ways: dict[str, Hand] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case DayOpened():
                self.pins.clear()
                self.ways.clear()
            case m.TicketPinned() as event:
                self.pins[event.ticket] = Hand(None, recorded.actor, recorded.at, event.reason)
            case m.TicketTransferred() as event:
                way = Way.TRANSFER if event.window else Way.MOVE
                self.ways[event.ticket] = Hand(way, recorded.actor, recorded.at, event.reason, event.window)
            case m.TicketForwarded() as event:
                self.ways[event.ticket] = Hand(Way.RETURN, recorded.actor, recorded.at, "", event.window)
            case m.TicketReleased() as event:
                self.ways[event.ticket] = Hand(Way.HOLD, recorded.actor, recorded.at, "", event.window)

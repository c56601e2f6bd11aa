"""What is wanted of the numbers kept for a lost link, and what happens to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, ClassVar

from msgspec import Meta

from hall_queue.model import Channel
from hall_queue.offline.model import Accepted, OfflineTicket, Turned
from hall_server.messages import Command, Event, LastingEvent

MOST_AT_ONCE = 100
"""Tickets in one hand-in: what fits into a body and into a device's payload."""


class ReserveNumbers(Command, frozen=True, kw_only=True):
    """Keep numbers for a kiosk, or fill up what it has; the same session gets its own numbers again.

    Attributes:
        kiosk: its name, for people.
        session: the mark of the kiosk's secret.
        lines: those wanted; none named: all that give numbers.
    """

    kiosk: str
    session: str
    lines: tuple[str, ...] = ()


class HandIn(Command, frozen=True, kw_only=True):
    """Bring the tickets that were given without the server.

    Attributes:
        now: the kiosk's clock when it sent this.
        marks: of the tickets' keys, in their order.
    """

    kiosk: str
    session: str
    now: datetime
    tickets: Annotated[tuple[OfflineTicket, ...], Meta(max_length=MOST_AT_ONCE)]
    marks: tuple[str, ...]
    channel: Channel = Channel.KIOSK


class NumbersReserved(Event, frozen=True, kw_only=True):
    """Numbers of a line are a kiosk's own for the rest of the day."""

    type: ClassVar[str] = "numbers.reserved"
    kiosk: str
    session: str
    line: str
    prefix: str
    first: int
    last: int

    @property
    def subject(self) -> str:
        """The kiosk."""
        return f"kiosk:{self.kiosk}"


class TicketsHandedIn(LastingEvent, frozen=True, kw_only=True):
    """A kiosk brought what it gave without the server; each ticket is answered once, also after midnight.

    Attributes:
        day: the business day of the hand-in.
    """

    type: ClassVar[str] = "tickets.handed_in"
    kiosk: str
    session: str
    day: date
    accepted: tuple[Accepted, ...]
    refused: tuple[Turned, ...]

    @property
    def subject(self) -> str:
        """The kiosk."""
        return f"kiosk:{self.kiosk}"


EVENTS = (NumbersReserved, TicketsHandedIn)

"""Blocks of numbers that kiosks keep for a lost link, and what became of the tickets given from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

KEY_PATTERN = r"^[A-Za-z0-9_-]{22}$"

Secret = Annotated[str, Meta(pattern=KEY_PATTERN)]
"""132 random bits, made by the kiosk."""
Id = Annotated[str, Meta(min_length=1, max_length=80)]
Moment = Annotated[datetime, Meta(tz=True)]


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of one line that only one kiosk gives, today.

    Attributes:
        session: mark of the secret by which the kiosk is known; the kiosk's name alone would let its double in.
        prefix: the line's letter when the numbers were reserved: the kiosk prints it.
        first, last: serials, both included.
        since: when they were reserved; no ticket from the block is older.
    """

    kiosk: str
    session: str
    line: str
    prefix: str
    first: int
    last: int
    since: datetime

    def number(self, serial: int) -> str:
        """A number as the kiosk prints it."""
        return f"{self.prefix}{serial:03d}"


class OfflineTicket(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that a kiosk gave without the server. No person: kiosks store nobody's identity.

    Attributes:
        key: secret of this ticket; the same again is the same ticket.
        day: the business day its block was for.
        taken_at: by the kiosk's clock.
    """

    key: Secret
    day: date
    line: Id
    serial: Annotated[int, Meta(ge=1, le=999_999)]
    taken_at: Moment
    matter: Id | None = None
    more: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    priority: Id | None = None


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that was handed in and waits, or has waited, like every other.

    Attributes:
        mark: stands for the ticket's key, which the journal does not hold.
        taken_at: corrected by what the kiosk's clock was wrong; said_at: by that clock itself.
        against: the code with which the hall would have refused this number; it was in somebody's hand already.
    """

    mark: str
    ticket: str
    number: str
    line: str
    taken_at: datetime
    said_at: datetime
    against: str | None = None


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that was handed in and refused; a person may hold its paper.

    Attributes:
        code: why.
        day: the business day the kiosk gave it for.
    """

    mark: str
    number: str
    line: str
    day: date
    taken_at: datetime
    code: str


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """What one hand-in brought, for the manager; ``numbers``: the refused ones."""

    kiosk: str
    at: datetime
    accepted: int
    refused: int
    numbers: tuple[str, ...] = ()

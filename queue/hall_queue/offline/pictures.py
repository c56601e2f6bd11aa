"""What managers and visitors are shown of tickets that were given without the server."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hall_queue.offline.model import Accepted, HandedIn, Turned
from hall_queue.offline.state import OfflineNumbers
from hall_queue.rules import Hall


class BlockShown(msgspec.Struct, frozen=True, kw_only=True):
    """A block of today; ``used`` counts the numbers that were handed in."""

    kiosk: str
    line: str
    first: str
    last: str
    since: datetime
    used: int


class OfflineShown(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that was handed in; ``against``: the rule a new number would have met."""

    id: str
    number: str
    line: str
    kiosk: str
    taken_at: datetime
    state: str
    against: str | None


class TurnedShown(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that was refused; somebody may hold its paper."""

    number: str
    line: str
    kiosk: str
    day: str
    taken_at: datetime
    code: str


class OfflineToday(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/kiosk/offline`: everything of today, newest first."""

    day: str
    hand_ins: list[HandedIn]
    tickets: list[OfflineShown]
    refused: list[TurnedShown]
    blocks: list[BlockShown]


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a slip without a phone page; ``token`` opens the page once the ticket was handed in."""

    number: str | None = None
    token: str | None = None
    code: str | None = None


def today(hall: Hall, kept: OfflineNumbers) -> OfflineToday:
    """The manager's list."""
    blocks = [
        BlockShown(
            kiosk=block.kiosk,
            line=block.line,
            first=block.number(block.first),
            last=block.number(block.last),
            since=block.since,
            used=sum((block.line, serial) in kept.used for serial in range(block.first, block.last + 1)),
        )
        for block in kept.blocks()
    ]
    return OfflineToday(
        day=kept.day.isoformat(),
        hand_ins=kept.hand_ins[::-1],
        tickets=[_accepted(hall, kept, one) for one in reversed(kept.accepted)],
        refused=[_refused(kept, one) for one in reversed(kept.refused)],
        blocks=blocks,
    )


def claim(hall: Hall, kept: OfflineNumbers, mark: str) -> Claim:
    """What a slip's holder is told."""
    match kept.answers.get(mark):
        case Accepted() as one:
            ticket = hall.queue.tickets.get(one.ticket)
            code = None if ticket else "offline.day_over"
            return Claim(number=one.number, token=ticket.token if ticket else None, code=code)
        case Turned() as one:
            return Claim(number=one.number, code=one.code)
        case _:
            return Claim()


def _accepted(hall: Hall, kept: OfflineNumbers, one: Accepted) -> OfflineShown:
    return OfflineShown(
        id=one.ticket,
        number=one.number,
        line=one.line,
        kiosk=kept.kiosk_of[one.mark],
        taken_at=one.taken_at,
        state=hall.queue.tickets[one.ticket].state,
        against=one.against,
    )


def _refused(kept: OfflineNumbers, one: Turned) -> TurnedShown:
    return TurnedShown(
        number=one.number,
        line=one.line,
        kiosk=kept.kiosk_of[one.mark],
        day=one.day.isoformat(),
        taken_at=one.taken_at,
        code=one.code,
    )

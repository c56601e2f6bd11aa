"""The numbers that kiosks keep for a lost link, and what was handed in, folded from events."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from hall_queue.messages import TicketIssued
from hall_queue.offline import messages as m
from hall_queue.offline.model import Accepted, Block, HandedIn, Turned
from hall_server.days import DayOpened
from hall_server.messages import Recorded

FIRST = 801
"""Serial where the first block of a line begins: far from the numbers the boards call all day."""
APART = 100
"""A block begins so far beyond the line's own counter at least, that the counter does not meet it soon."""
REMEMBERED = timedelta(days=2)
"""A hand-in whose answer was lost before midnight comes again after it."""
_NEVER = (datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))


class OfflineNumbers:
    """Blocks of today and the answers to hand-ins (the Fold port of the server).

    Attributes:
        day: the business day the blocks are for.
        used: (line, serial) → the ticket that was handed in with this number.
        answers: mark of a ticket's key → what the kiosk was told.
        accepted, refused: handed in today, in their order.
        hand_ins: of today, the last one last.
        latest: session → its newest ticket, by the kiosk's clock and by the hall's.
    """

    def __init__(self) -> None:
        self.types = frozenset({DayOpened.type, TicketIssued.type, *(event.type for event in m.EVENTS)})
        self.day = date(1970, 1, 1)
        self.answers: dict[str, Accepted | Turned] = {}
        self._answered: dict[date, list[str]] = {}
        self._begin()

    def _begin(self) -> None:
        self._blocks: dict[str, list[tuple[int, Block]]] = {}
        self.used: dict[tuple[str, int], str] = {}
        self.accepted: list[Accepted] = []
        self.refused: list[Turned] = []
        self.hand_ins: list[HandedIn] = []
        self.kiosk_of: dict[str, str] = {}
        self.latest: dict[str, tuple[datetime, datetime]] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        if isinstance(recorded.event, TicketIssued) and recorded.event.offline_at is None:
            return  # nearly all there is
        match recorded.event:
            case DayOpened() as event:
                self.day = event.day
                self._begin()
                self._forget()
            case m.NumbersReserved() as event:
                self._reserved(event, recorded)
            case TicketIssued() as event:
                self.used[event.line, event.serial] = event.ticket
            case m.TicketsHandedIn() as event:
                self._handed_in(event, recorded)
            case _:
                return

    # -- questions

    def step_over(self, line: str, serial: int) -> int:
        """The serial, or the next one that lies in no block."""
        for first, block in self._blocks.get(line, ()):
            if serial < first:
                break
            if serial <= block.last:
                serial = block.last + 1
        return serial

    def block_of(self, line: str, serial: int) -> Block | None:
        """The block a number of today belongs to."""
        blocks = self._blocks.get(line, [])
        place = bisect_right(blocks, serial, key=lambda one: one[0])
        found = blocks[place - 1][1] if place else None
        return found if found is not None and serial <= found.last else None

    def not_before(self, session: str, said_at: datetime) -> datetime:
        """The hall's time of the ticket a kiosk gave before this one.

        Each hand-in measures the kiosk's clock anew, off by the link's delay; nobody loses a place by that.
        """
        said, taken = self.latest.get(session, _NEVER)
        return taken if said_at >= said else _NEVER[1]

    def blocks_of(self, session: str) -> list[Block]:
        """The blocks of a kiosk's session, by line and number."""
        return [block for block in self.blocks() if block.session == session]

    def blocks(self) -> Iterable[Block]:
        """All blocks of today."""
        return (block for blocks in self._blocks.values() for _, block in blocks)

    def left(self, session: str, line: str) -> int:
        """How many numbers of a line a session has, as far as the hall knows."""
        mine = (block for _, block in self._blocks.get(line, ()) if block.session == session)
        return sum(
            1 for block in mine for serial in range(block.first, block.last + 1) if (line, serial) not in self.used
        )

    def next_block(self, line: str, counter: int) -> int:
        """Where the next block of a line begins, when its own counter stands at ``counter``."""
        blocks = self._blocks.get(line, [])
        first = max(FIRST, blocks[-1][1].last + 1 if blocks else 0)
        if first > counter + APART:
            return first
        return -(-(counter + APART) // APART) * APART + 1

    def reserved(self, line: str) -> int:
        """How many numbers of a line kiosks keep today."""
        return sum(block.last - block.first + 1 for _, block in self._blocks.get(line, ()))

    # -- inside

    def _reserved(self, event: m.NumbersReserved, recorded: Recorded) -> None:
        block = Block(
            kiosk=event.kiosk,
            session=event.session,
            line=event.line,
            prefix=event.prefix,
            first=event.first,
            last=event.last,
            since=recorded.at,
        )
        insort(self._blocks.setdefault(event.line, []), (event.first, block), key=lambda one: one[0])

    def _handed_in(self, event: m.TicketsHandedIn, recorded: Recorded) -> None:
        known: tuple[Accepted | Turned, ...] = (*event.accepted, *event.refused)
        self.answers.update({one.mark: one for one in known})
        self._answered.setdefault(event.day, []).extend(one.mark for one in known)
        self.accepted += event.accepted
        self.refused += event.refused
        self.kiosk_of.update({one.mark: event.kiosk for one in known})
        times = ((one.said_at, one.taken_at) for one in event.accepted)
        self.latest[event.session] = max(*times, self.latest.get(event.session, _NEVER), _NEVER)
        self.hand_ins.append(
            HandedIn(
                kiosk=event.kiosk,
                at=recorded.at,
                accepted=len(event.accepted),
                refused=len(event.refused),
                numbers=tuple(one.number for one in event.refused),
            )
        )

    def _forget(self) -> None:
        for day in [day for day in self._answered if day < self.day - REMEMBERED]:
            for mark in self._answered.pop(day):
                self.answers.pop(mark, None)

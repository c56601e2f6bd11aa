"""Which matters of today's visits were served, where and by whom: what may be rated, one by one (一事一评)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from hall_queue import messages as m
from hall_queue.model import Ticket
from hall_queue.state import HallQueue
from hall_server.days import DayOpened
from hall_server.directory.directory import Directory
from hall_server.messages import Recorded

_ENDS = frozenset({m.TicketForwarded.type, m.TicketFinished.type})
Levels = dict[str | None, tuple[int, datetime]]


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """A matter of a visit that was served to its end.

    Attributes:
        matter: None for a visit that was taken by line and has none.
        line: the matter's, where it has one.
        seq: place in the journal of the key that ended it.
    """

    ticket: str
    matter: str | None
    window: str
    staff: str | None
    line: str
    at: datetime
    seq: int


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a window's pad asks now.

    Attributes:
        place, of: the first matter asked for is the ``place``-th of so many that ended here together.
        left: those not rated yet, in order.
    """

    ticket: Ticket
    left: tuple[Served, ...]
    place: int
    of: int
    until: datetime


class ServedMatters:
    """Folded from events after the queue, whose tickets it reads (the Fold port of the server).

    Attributes:
        case_of: (ticket, matter) → number of its case (办件编号); whoever keeps cases says it.
    """

    types = frozenset({DayOpened.type, m.TicketCalled.type, m.KeyUndone.type, *_ENDS})

    def __init__(self, queue: HallQueue, directory: Directory) -> None:
        self._queue = queue
        self._directory = directory
        self.case_of: Callable[[str, str | None], str | None] = lambda ticket, matter: None
        self._begin()

    # -- questions

    def of(self, ticket: str) -> tuple[Served, ...]:
        """The served matters of a ticket, in order."""
        return self._parts.get(ticket, ())

    def levels(self, ticket: str) -> Levels:
        """Matter → level and time of its rating, of a ticket."""
        return self._levels.get(ticket, {})

    def unrated(self, ticket: str) -> tuple[Served, ...]:
        """Those that may be rated still."""
        rated = self.levels(ticket)
        return tuple(one for one in self.of(ticket) if one.matter not in rated)

    def asked(self, window: str, asked_s: float) -> Question | None:
        """What is asked at a window: the visit that ended there last, until somebody else is called.

        Args:
            window: its id.
            asked_s: so long each question stands, seconds; until then it counts whoever asks for the time.
        """
        here = self._last.get(window, ())
        if not here:
            return None
        rated = self.levels(here[0].ticket)
        left = tuple(one for one in here if one.matter not in rated)
        times = [here[0].at, *(rated[one.matter][1] for one in here if one.matter in rated)]
        return Question(
            ticket=self._queue.tickets[here[0].ticket],
            left=left,
            place=len(here) - len(left) + 1,
            of=len(here),
            until=max(times) + timedelta(seconds=asked_s),
        )

    def is_rated(self, ticket: str, seq: int) -> bool:
        """Whether something was rated that ended with the key at this place in the journal."""
        rated = self.levels(ticket)
        return any(one.seq == seq and one.matter in rated for one in self.of(ticket))

    # -- changes

    def rate(self, ticket: str, matter: str | None, level: int, at: datetime) -> None:
        """Note a rating of today's ticket; called by whoever takes ratings, in its fold."""
        known = self._levels.setdefault(ticket, {})
        known[matter] = (level, known[matter][1] if matter in known else at)

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case DayOpened():
                self._begin()
            case m.TicketCalled() as event:
                self._before[event.window] = self._last.pop(event.window, ())
            case m.TicketForwarded() | m.TicketFinished() as event:
                self._ended(event, recorded)
            case m.KeyUndone() as event:
                self._undone(event)

    def _begin(self) -> None:
        self._parts: dict[str, tuple[Served, ...]] = {}
        self._levels: dict[str, Levels] = {}
        self._last: dict[str, tuple[Served, ...]] = {}
        self._before: dict[str, tuple[Served, ...]] = {}

    def _ended(self, event: m.TicketForwarded | m.TicketFinished, recorded: Recorded) -> None:
        ticket, known = self._queue.tickets[event.ticket], self.of(event.ticket)
        fresh = tuple(
            Served(
                ticket=ticket.id,
                matter=matter,
                window=event.window,
                staff=event.staff,
                line=self._line(ticket, matter),
                at=recorded.at,
                seq=recorded.seq,
            )
            for matter in self._closed(ticket, is_over=isinstance(event, m.TicketFinished))
            if all(one.matter != matter for one in known)
        )
        if fresh:
            self._parts[ticket.id] = (*known, *fresh)
        self._last[event.window] = fresh

    @staticmethod
    def _closed(ticket: Ticket, *, is_over: bool) -> Iterable[str | None]:
        if ticket.matters:
            return [one.matter for one in ticket.matters if one.outcome is not None]
        return [None] if is_over else []

    def _line(self, ticket: Ticket, matter: str | None) -> str:
        known = self._directory.matters.get(matter or "")
        return known.line if known else ticket.line

    def _undone(self, event: m.KeyUndone) -> None:
        if event.undone == m.TicketCalled.type:
            self._last[event.window] = self._before.pop(event.window, ())
        elif event.undone in _ENDS:
            kept = tuple(one for one in self.of(event.ticket) if one.seq != event.undone_seq)
            self._parts[event.ticket] = kept
            self._last.pop(event.window, None)

"""Plays a day through the hall's own queue: who is next is asked of it, what happens is folded by it.

Why this long: the moves of one simulation share its state; apart they would hand it to each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from math import inf
from typing import Any, Protocol

import msgspec

from dashboards.whatif.draws import Times
from dashboards.whatif.model import Act, Ending, Leg, Shift, Visitor
from hall_queue import messages as m
from hall_queue.model import Desk, MatterOutcome, PauseReason, Rank, Ticket, TicketState, WindowState
from hall_queue.order import Pick, caller, may_serve
from hall_queue.rulebook import Rulebook
from hall_queue.state import HallQueue
from hall_server.directory.model import Window
from hall_server.messages import Event, Recorded

# What happens in one instant happens in this order.
OPENS, FREED, BACK, CAME, ACTS, ASKS, CLOSES = range(7)
NAMES = {rank: rank.name.lower() for rank in Rank}


class Draws(Protocol):
    """How long things take."""

    def gaps(self, window: str, *, was_idle: bool) -> Iterator[float]:
        """How long a window takes to call, call after call, seconds."""


Step = tuple[float, int, int, Any]
"""When, what kind of thing, in which order among several at one instant, and of whom."""
Made = dict[str, tuple[Event, Ticket]]
"""Ticket → the event that issued it and what the queue made of it, so that the next run need only copy it."""


class SimulatedQueue(HallQueue):
    """The hall's queue without what only its screens and its undo key need: copies of before, counts for quotas."""

    def __init__(self, rulebook: Rulebook, made: Made) -> None:
        super().__init__(str, rulebook)
        self._made = made

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        event = recorded.event
        self._apply[type(event)](event, recorded)

    def _issued(self, event: m.TicketIssued, recorded: Recorded) -> None:
        issued_by, made = self._made.get(event.ticket, (None, None))
        if made is None or issued_by is not event:  # as the hall does, once
            super()._issued(event, recorded)
            self._made[event.ticket] = event, _fresh(self.tickets[event.ticket])
            return
        ticket = self.tickets[event.ticket] = _fresh(made)
        self.serial += 1
        ticket.serial = self.serial
        self.counts[TicketState.WAITING] += 1
        self.waiting.add(ticket)

    def _remember(self, desk: Desk, ticket: Ticket, recorded: Recorded) -> None:
        pass

    def _count_in(self, ticket: Ticket, line: str, at: datetime) -> None:
        pass

    def _count_out(self, ticket: Ticket, line: str) -> None:
        pass

    def _note_call(self, ticket: Ticket) -> None:
        pass

    def _note_person(self, ticket: Ticket) -> None:
        pass

    def _forget_person(self, ticket: Ticket) -> None:
        pass

    def _desk(self, window: str) -> Desk:
        return self.desks[window]

    def _free(self, desk: Desk, ended: Ticket | None, recorded: Recorded) -> None:
        desk.ticket = None
        self._turn(desk, WindowState.IDLE, recorded)


@dataclass(slots=True)
class Seat:
    """A window in the simulation."""

    window: Window
    desk: Desk
    queued: Iterator[float]
    idle: Iterator[float]
    is_here: bool = False
    leaves: Shift | None = None  # its shift ended while somebody was there
    is_asking: bool = False
    woken_for: str | None = None
    ticket: str | None = None
    idle_since: float = 0.0
    wanted: list[str] = field(default_factory=list)
    busy_s: float = 0.0
    open_s: float = 0.0
    since: float = 0.0


@dataclass(slots=True)
class Played:
    """What came of a day.

    Attributes:
        waits: of every visitor in order, until the first call; None: never called.
        longest: by line as it was recorded, and of the hall by "".
        use: window → seconds busy and seconds there.
        left: how many gave up; unserved: visitors who still waited at the end.
        last_end: end of the last service, seconds since midnight.
    """

    waits: list[float | None]
    longest: Counter[str]
    use: dict[str, tuple[float, float]]
    gone: list[bool]
    last_end: float


class Simulation:
    """One day, once."""

    def __init__(
        self,
        *,
        midnight: datetime,
        visitors: tuple[Visitor, ...],
        times: list[list[Times]],
        shifts: tuple[Shift, ...],
        rulebook: Rulebook,
        draws: Draws,
        moved: dict[str, str],
        made: Made,
    ) -> None:
        """Prepare.

        Args:
            times: of each visitor, call by call.
            moved: line → the line it is merged into.
            made: filled by the first run; the next ones take from it.
        """
        self._midnight, self._rulebook, self._draws, self._moved = midnight, rulebook, draws, moved
        self._visitors, self._times = visitors, times
        self._queue = SimulatedQueue(rulebook, made)
        self._waiting = self._queue.waiting
        self._tickets = self._queue.tickets
        taken = [visitor.ticket for visitor in visitors]
        self._ids, self._lines = [one.ticket for one in taken], [one.line for one in taken]
        self._of = {id_: number for number, id_ in enumerate(self._ids)}
        self._legs = [0] * len(visitors)
        self._waits: list[float | None] = [None] * len(visitors)
        self._gone = [False] * len(visitors)
        self._standing: Counter[str] = Counter()
        self._longest: Counter[str] = Counter()
        self._seats: dict[str, Seat] = {}
        self._by_line: dict[str, list[Seat]] = {}
        self._last_end = 0.0
        self._count = 0
        self._now, self._at, self._day = 0.0, midnight, midnight.date()
        self._later_on: list[Step] = []
        self._known = _known(visitors, shifts)

    def play(self) -> Played:
        """Play the day to its end."""
        steps = (self._opens, self._freed, self._back, self._came, self._acts, self._asks, self._closes)
        midnight, known, later = self._midnight, self._known, self._later_on
        while known or later:
            is_known = not later or (known and known[-1] < later[0])
            self._now, kind, _, what = known.pop() if is_known else heappop(later)
            self._at = midnight + timedelta(seconds=self._now)
            steps[kind](what)
        return Played(
            waits=self._waits,
            longest=self._longest,
            use={id_: (seat.busy_s, seat.open_s) for id_, seat in self._seats.items()},
            gone=self._gone,
            last_end=self._last_end,
        )

    # -- visitors

    def _came(self, number: int) -> None:
        visitor = self._visitors[number]
        issued = visitor.issued
        if self._moved and (line := self._moved.get(self._lines[number])):
            issued = msgspec.structs.replace(issued, event=msgspec.structs.replace(visitor.ticket, line=line))
        self._queue.apply(issued)
        self._stand(self._lines[number], 1)
        for act in visitor.acts:
            self._later(max(act.at, self._now), ACTS, act)
        ticket = self._tickets[self._ids[number]]
        if visitor.from_ > self._now:
            self._later(visitor.from_, BACK, ticket.id)
        else:
            self._wake(ticket)

    def _acts(self, act: Act) -> None:
        """What happens to somebody who still waits; to others it cannot happen any more."""
        event: Any = act.event
        ticket = self._tickets.get(event.ticket)
        if ticket is None or ticket.state is not TicketState.WAITING:
            return
        number = self._of[ticket.id]
        if isinstance(event, m.TicketCancelled) and self._waits[number] is None:
            self._stand(self._lines[number], -1)
            self._gone[number] = True
        if isinstance(event, m.TicketTransferred):
            event = self._merged(event)
        self._apply(event)
        if ticket.state is TicketState.WAITING:
            self._wake(ticket)

    def _back(self, id_: str) -> None:
        """A slot has come, a hold is over, or a bar has ended."""
        ticket = self._tickets[id_]
        if ticket.state is TicketState.HELD:
            self._apply(m.TicketReleased(ticket=id_, window=ticket.window or ""))
        if ticket.state is TicketState.PASSED and ticket.window is not None:
            seat = self._seats[ticket.window]
            seat.wanted.append(id_)
            self._ask_if_idle(seat, id_)
        elif ticket.state is TicketState.WAITING:
            self._wake(ticket)

    def _stand(self, line: str, change: int) -> None:
        for key in (line, ""):
            many = self._standing[key] = self._standing[key] + change
            if change > 0 and many > self._longest[key]:
                self._longest[key] = many

    # -- windows

    def _opens(self, shift: Shift) -> None:
        window = shift.window
        seat = self._seats.get(window.id)
        if seat is None:
            seat = self._seats[window.id] = self._new_seat(window)
        if seat.leaves is not None:  # still busy from before: it simply goes on
            seat.leaves = None
        self._serve_lines(seat, window)
        if seat.desk.state is WindowState.CLOSED:
            self._apply(m.WindowOpened(window=window.id, staff=shift.staff))
        elif seat.desk.state is WindowState.PAUSED:
            self._apply(m.WindowResumed(window=window.id))
        if not seat.is_here:
            seat.is_here, seat.since = True, self._now
        if seat.ticket is None:
            seat.idle_since = self._now
            self._ask_if_queued(seat)

    def _new_seat(self, window: Window) -> Seat:
        desk = self._queue.desks[window.id] = Desk(id=window.id)
        queued = self._draws.gaps(window.id, was_idle=False)
        return Seat(window, desk, queued, self._draws.gaps(window.id, was_idle=True))

    def _serve_lines(self, seat: Seat, window: Window) -> None:
        for seats in self._by_line.values():
            if seat in seats:
                seats.remove(seat)
        seat.window = window
        for line in window.lines:
            self._by_line.setdefault(line, []).append(seat)

    def _closes(self, shift: Shift) -> None:
        seat = self._seats[shift.window.id]
        if seat.ticket is not None:
            seat.leaves = shift
        else:
            self._leave(seat, shift)

    def _leave(self, seat: Seat, shift: Shift) -> None:
        if not seat.is_here:
            return
        seat.is_here, seat.leaves = False, None
        seat.open_s += self._now - seat.since
        if shift.is_break:
            self._apply(m.WindowPaused(window=seat.window.id, reason=PauseReason.BREAK))
        else:
            self._apply(m.WindowClosed(window=seat.window.id, staff=seat.desk.staff))

    def _wake(self, ticket: Ticket) -> None:
        """Let the window that has been idle longest call, of those that may have this one."""
        best: Seat | None = None
        directed = ticket.directed_window
        seats = [self._seats[directed]] if directed in self._seats else self._by_line.get(ticket.line, ())
        for seat in seats:
            if not seat.is_here or seat.is_asking or seat.ticket is not None:
                continue
            if not may_serve(seat.window, ticket):
                continue
            if best is None or seat.idle_since < best.idle_since:
                best = seat
        if best is not None:
            self._ask_if_idle(best, ticket.id)

    def _ask_if_idle(self, seat: Seat, ticket: str) -> None:
        if seat.is_here and not seat.is_asking and seat.ticket is None:
            seat.woken_for = ticket
            self._ask(seat, next(seat.idle))

    def _ask_if_queued(self, seat: Seat) -> None:
        """Call the next one, where anybody waits; a window nobody waits for is idle."""
        waiting, window = self._waiting, seat.window
        if any(map(waiting.count, window.lines)) or seat.wanted or waiting.directed(window.id, seat.desk.staff):
            self._ask(seat, next(seat.queued))

    def _ask(self, seat: Seat, gap_s: float) -> None:
        seat.is_asking = True
        self._later(self._now + gap_s, ASKS, seat)

    def _asks(self, seat: Seat) -> None:
        seat.is_asking = False
        if not seat.is_here or seat.ticket is not None:
            return
        woken_for, seat.woken_for = seat.woken_for, None
        pick = self._wanted(seat) or self._waiting.next(caller(seat.window, seat.desk, self._at, self._rulebook))
        if pick is None:
            return
        self._call(seat, pick)
        if woken_for is not None and woken_for != pick.ticket.id:
            ticket = self._tickets[woken_for]
            if ticket.state is TicketState.WAITING:
                self._wake(ticket)

    def _wanted(self, seat: Seat) -> Pick | None:
        """Somebody who was passed and has come after all."""
        if not seat.wanted:
            return None
        return Pick(self._tickets[seat.wanted.pop(0)], Rank.RETURNED, favoured=False)

    def _call(self, seat: Seat, pick: Pick) -> None:
        ticket, window = pick.ticket, seat.window.id
        number = self._of[ticket.id]
        rank = NAMES[pick.rank]
        self._apply(
            m.TicketCalled(ticket=ticket.id, window=window, staff=seat.desk.staff, rank=rank, favoured=pick.favoured)
        )
        seat.ticket = ticket.id
        visitor = self._visitors[number]
        if self._waits[number] is None:
            self._waits[number] = max(0.0, self._now - visitor.from_)
            self._stand(self._lines[number], -1)
        leg, self._legs[number] = self._legs[number], self._legs[number] + 1
        times = self._times[number][min(leg, len(visitor.legs))]
        until = self._now + times.walk_s + times.service_s
        seat.busy_s += until - self._now
        self._later(until, FREED, seat)

    def _freed(self, seat: Seat) -> None:
        id_ = seat.ticket
        assert id_ is not None  # noqa: S101  # a call is freed once
        number = self._of[id_]
        visitor, count = self._visitors[number], self._legs[number] - 1
        leg = visitor.legs[count] if count < len(visitor.legs) else None
        seat.ticket, seat.idle_since = None, self._now
        self._last_end = max(self._last_end, self._now)
        self._end(seat, self._tickets[id_], leg)
        if seat.leaves is not None:
            self._leave(seat, seat.leaves)
        elif seat.is_here:
            self._ask_if_queued(seat)

    def _end(self, seat: Seat, ticket: Ticket, leg: Leg | None) -> None:
        """Let a visit, or its part at this window, end as it did on the day."""
        window, staff = seat.window.id, seat.desk.staff
        ending = Ending.DONE if leg is None else leg.ending
        if ending is Ending.DONE or leg is None:
            outcome = MatterOutcome.ACCEPTED
            self._apply(m.TicketFinished(ticket=ticket.id, window=window, staff=staff, outcome=outcome, outcomes={}))
        elif ending is Ending.NO_SHOW:
            self._apply(m.TicketPassed(ticket=ticket.id, window=window, reason="absent"))
        elif ending is Ending.ASIDE:
            self._aside(ticket, window, leg)
        else:
            self._again(ticket, window, leg)

    def _aside(self, ticket: Ticket, window: str, leg: Leg) -> None:
        if isinstance(leg.event, m.TicketHeld):
            self._apply(m.TicketHeld(ticket=ticket.id, window=window, until=self._at))
        else:
            self._apply(m.TicketPassed(ticket=ticket.id, window=window, reason="absent"))
        if leg.aside_s is not None:
            self._later(self._now + leg.aside_s, BACK, ticket.id)

    def _again(self, ticket: Ticket, window: str, leg: Leg) -> None:
        event: Any = leg.event
        rules = self._rulebook.of(ticket.line)
        if isinstance(event, m.TicketSetBack):
            arrival = self._waiting.places_back(ticket, rules.pass_places, self._at)
            event = msgspec.structs.replace(event, arrival=arrival)
        elif isinstance(event, m.TicketTransferred):
            barred = self._at + timedelta(seconds=rules.transfer_bar_s)
            kept = {"keeps_arrival": rules.transfer_keeps_arrival, "keeps_priority": rules.transfer_keeps_priority}
            event = self._merged(msgspec.structs.replace(event, barred_until=barred, **kept))
            self._later(self._now + rules.transfer_bar_s + 0.001, BACK, ticket.id)
        elif isinstance(event, m.TicketForwarded):
            event = self._merged(event)
        self._apply(msgspec.structs.replace(event, ticket=ticket.id, window=window))
        self._wake(ticket)

    def _merged(self, event: Any) -> Any:
        line = self._moved.get(event.line)
        return event if line is None else msgspec.structs.replace(event, line=line)

    # -- small moves

    def _later(self, at: float, kind: int, what: object) -> None:
        if at < inf:
            self._count += 1
            heappush(self._later_on, (at, kind, self._count + 1_000_000, what))

    def _apply(self, event: Event) -> None:
        self._queue.apply(Recorded(seq=0, at=self._at, business_day=self._day, event=event, actor=""))


def _known(visitors: tuple[Visitor, ...], shifts: tuple[Shift, ...]) -> list[Step]:
    """What is known before the day begins, the last of it first: beside a small heap of what follows from it."""
    found: list[Step] = [(visitor.at, CAME, number, number) for number, visitor in enumerate(visitors)]
    for number, shift in enumerate(shifts):
        found.append((shift.begin, OPENS, number, shift))
        found.append((shift.end, CLOSES, number, shift))
    found.sort(reverse=True)
    return found


def _fresh(ticket: Ticket) -> Ticket:
    """A copy that may be changed."""
    found = copy(ticket)
    found.matters = [copy(matter) for matter in ticket.matters]
    return found

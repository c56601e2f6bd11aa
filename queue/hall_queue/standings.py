"""Everything the queue remembers of today, and the small moves of which its changes are made."""

from __future__ import annotations

from bisect import insort
from collections import Counter, deque
from collections.abc import Callable
from copy import copy
from datetime import date, datetime

from hall_queue import messages as m
from hall_queue.causes import Stop
from hall_queue.model import Bar, Desk, MatterOutcome, Ticket, TicketState, Undo, WindowState
from hall_queue.order import Waiting
from hall_server.messages import Recorded

RECENT = 50  # of the hall's last calls, and of each window's passed and ended tickets
SERVICES = 60  # service times kept per line for the wait estimate


class Standings:
    """Today's tickets, windows and lines.

    Attributes:
        tickets: today's tickets by id.
        desks: today's windows by id.
        closed_lines: lines that give no numbers, and why.
        narrowed: line → the matters that stopped there with their last window; None: all that nobody serves.
        open_of: person → the tickets with which the person waits or is served, first taken first.
        taken_by: person → how many numbers the person took today.
        issued_in: line → when the numbers that count in it today were given or came to it, in order; a visit counts
            once in every line it has to do with.
        sent_to: line → how many of these were taken elsewhere and sent there.
        services: the last service times per line, seconds.
        recent_calls: ticket ids, the last call last.
        step_over: (line, serial) → the same serial, or the next one that no kiosk keeps for itself.
    """

    def __init__(self) -> None:
        self.step_over: Callable[[str, int], int] = _free
        self.day = date(1970, 1, 1)
        self.closed_lines: dict[str, Stop] = {}
        self.narrowed: dict[str, frozenset[str] | None] = {}
        self._begin()

    def _begin(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.by_token: dict[str, str] = {}
        self.desks: dict[str, Desk] = {}
        self.serials: Counter[str] = Counter()
        self.counts: Counter[TicketState] = Counter()
        self.open_of: dict[str, list[str]] = {}
        self.taken_by: Counter[str] = Counter()
        self.issued_in: dict[str, list[datetime]] = {}
        self.sent_to: Counter[str] = Counter()
        self.services: dict[str, deque[float]] = {}
        self.recent_calls: deque[str] = deque(maxlen=RECENT)
        self.held: set[str] = set()
        self._barred: dict[str, list[str]] = {}
        self.waiting = Waiting(self.tickets)
        self.serial = 0

    # -- questions

    def desk(self, window: str) -> Desk:
        """The window's state of today; closed if nothing has happened there."""
        return self.desks.get(window) or Desk(id=window)

    def current(self, window: str) -> Ticket | None:
        """The ticket called or served at a window."""
        desk = self.desks.get(window)
        return self.tickets[desk.ticket] if desk and desk.ticket else None

    def by_token_or_id(self, key: str) -> Ticket | None:
        """A ticket by the secret of its phone page or by its id."""
        return self.tickets.get(self.by_token.get(key, key))

    def open_tickets(self, person: str) -> list[Ticket]:
        """The tickets with which a person waits or is served."""
        return [self.tickets[id_] for id_ in self.open_of.get(person, ())]

    def next_serial(self, line: str) -> int:
        """The serial of the line's next number; numbers that a kiosk keeps for a lost link are left out."""
        return self.step_over(line, self.serials[line] + 1)

    # -- small moves

    def _desk(self, window: str) -> Desk:
        return self.desks.setdefault(window, Desk(id=window))

    def _become(self, ticket: Ticket, state: TicketState, recorded: Recorded) -> None:
        self.counts[ticket.state] -= 1
        self.counts[state] += 1
        ticket.state, ticket.since = state, recorded.at

    def _remember(self, desk: Desk, ticket: Ticket, recorded: Recorded) -> None:
        """Keep how everything is before a key, so that it can be taken back."""
        earlier = desk.undo if desk.undo is not None and desk.undo.at == recorded.at else None
        kept_desk, kept_ticket = copy(desk), copy(ticket)
        kept_desk.undo = earlier  # a key that finished one visit and called the next is taken back in two steps
        kept_ticket.matters = [copy(line) for line in ticket.matters]
        desk.undo = Undo(type=recorded.event.type, seq=recorded.seq, at=recorded.at, ticket=kept_ticket, desk=kept_desk)

    def _note_service(self, desk: Desk, ticket: Ticket, recorded: Recorded) -> None:
        if ticket.started_at and desk.undo is not None:
            desk.undo.service_s = (recorded.at - ticket.started_at).total_seconds()
            self.services.setdefault(ticket.line, deque(maxlen=SERVICES)).append(desk.undo.service_s)

    def _close_matters(self, ticket: Ticket, outcomes: dict[str, MatterOutcome]) -> None:
        for matter in ticket.matters:
            matter.outcome = outcomes.get(matter.matter, matter.outcome)

    def _move_to(self, ticket: Ticket, line: str, matter: str | None, *, express: bool) -> None:
        ticket.line, ticket.matter, ticket.express = line, matter, express

    def _count_in(self, ticket: Ticket, line: str, at: datetime) -> None:
        """Let a ticket count among the numbers of one more line."""
        if line not in ticket.counts:
            ticket.counts = {**ticket.counts, line: at}
            given = self.issued_in.setdefault(line, [])
            if given and at < given[-1]:
                insort(given, at)
            else:  # as nearly everybody who comes
                given.append(at)
            self.sent_to[line] += line not in ticket.taken_in

    def _count_out(self, ticket: Ticket, line: str) -> None:
        """Let a ticket count among the numbers of a line no more."""
        if line in ticket.counts:
            self.issued_in[line].remove(ticket.counts[line])
            ticket.counts = {of: at for of, at in ticket.counts.items() if of != line}
            self.sent_to[line] -= line not in ticket.taken_in

    def _count_as(self, now: Ticket, before: Ticket) -> None:
        """Count a ticket as it counted before a key that is taken back."""
        for line in now.counts.keys() - before.counts.keys():
            self._count_out(now, line)

    def _bar(self, window: str, ticket: Ticket) -> None:
        self._barred.setdefault(window, []).append(ticket.id)

    def _unless_gone(self, ticket: Ticket) -> None:
        """Let a ticket that waits for a window or a person no longer there wait in its line."""
        if ticket.directed_window and self.desk(ticket.directed_window).state is WindowState.CLOSED:
            ticket.directed_window, ticket.returned = None, False
        if ticket.directed_staff and all(desk.staff != ticket.directed_staff for desk in self.desks.values()):
            ticket.directed_staff = None

    def _leave_waiting(self, ticket: Ticket) -> None:
        if ticket.state is TicketState.WAITING:
            self.waiting.remove(ticket)

    def _wait_again(self, ticket: Ticket, recorded: Recorded) -> None:
        self._become(ticket, TicketState.WAITING, recorded)
        ticket.window = ticket.staff = ticket.started_at = None
        self.waiting.add(ticket)

    def _end(self, ticket: Ticket, state: TicketState, recorded: Recorded) -> None:
        self._become(ticket, state, recorded)
        ticket.ended_at = recorded.at
        self._forget_person(ticket)

    def _note_person(self, ticket: Ticket) -> None:
        if ticket.person:
            mine = self.open_of.setdefault(ticket.person, [])
            if ticket.id not in mine:
                mine.append(ticket.id)

    def _forget_person(self, ticket: Ticket) -> None:
        mine = self.open_of.get(ticket.person or "", [])
        if ticket.id in mine:
            mine.remove(ticket.id)
        if not mine:
            self.open_of.pop(ticket.person or "", None)

    def _send_back(self, window: str | None, staff: str | None) -> None:
        """Let those who wait for a window that closed, or for somebody who left, wait in their line."""
        if any(desk.staff == staff for desk in self.desks.values()):
            staff = None
        for ticket in self.waiting.directed(window, staff):
            self.waiting.remove(ticket)
            ticket.directed_window, ticket.directed_staff, ticket.returned = None, None, False
            self.waiting.add(ticket)

    def _free(self, desk: Desk, ended: Ticket | None, recorded: Recorded) -> None:
        desk.ticket = None
        if ended is not None:
            others = [id_ for id_ in desk.recent if id_ != ended.id] if ended.id in desk.recent else desk.recent
            desk.recent = [*others[1 - RECENT :], ended.id]
        self._turn(desk, WindowState.IDLE, recorded)

    def _turn(self, desk: Desk, state: WindowState, recorded: Recorded) -> None:
        if isinstance(recorded.event, m.WindowEvent):
            desk.undo = None
        desk.state, desk.since, desk.reason = state, recorded.at, None

    def _lift_bars(self, desk: Desk) -> None:
        """Let a window that has called somebody else take back what it gave away or put back."""
        for id_ in self._barred.pop(desk.id, ()):
            ticket = self.tickets[id_]
            bar = Bar(
                ticket=id_,
                is_barred=ticket.barred_window == desk.id,
                until=ticket.barred_until,
                is_skipped=ticket.skipped_by == desk.id,
            )
            if desk.undo is not None:
                desk.undo.lifted = (*desk.undo.lifted, bar)
            if bar.is_barred:
                ticket.barred_window = ticket.barred_until = None
            if bar.is_skipped:
                ticket.skipped_by = None

    def _bar_again(self, window: str, lifted: tuple[Bar, ...]) -> None:
        """Take the lifting back with the call that brought it, for those who still wait."""
        for bar in lifted:
            ticket = self.tickets[bar.ticket]
            if ticket.state is not TicketState.WAITING:
                continue
            self._bar(window, ticket)
            if bar.is_barred and ticket.barred_window is None:
                ticket.barred_window, ticket.barred_until = window, bar.until
            if bar.is_skipped and ticket.skipped_by is None:
                ticket.skipped_by = window

    def _forget_service(self, line: str, service_s: float | None) -> None:
        """Take a service time out again, unless so many have ended since that it is forgotten already."""
        if service_s is not None and service_s in self.services[line]:
            self.services[line].remove(service_s)

    def _note_call(self, ticket: Ticket) -> None:
        if ticket.id in self.recent_calls:
            self.recent_calls.remove(ticket.id)
        self.recent_calls.append(ticket.id)


def _free(_: str, serial: int) -> int:
    """The serial itself, where nobody keeps numbers for himself."""
    return serial


def waited_s(ticket: Ticket, now: datetime) -> float:
    """How long a ticket has waited for its first call, seconds."""
    return ((ticket.first_called_at or ticket.ended_at or now) - ticket.issued_at).total_seconds()

"""The hall's queue in memory, folded from events: tickets, windows, lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hall_queue import messages as m
from hall_queue.causes import Stop
from hall_queue.model import (
    ENDED,
    Desk,
    MatterLine,
    RequeueMode,
    Spot,
    Ticket,
    TicketState,
    WindowState,
)
from hall_queue.rulebook import Rulebook
from hall_queue.standings import RECENT, Standings
from hall_server.days import DayOpened
from hall_server.messages import Event, Recorded

BY_WAIT = frozenset({"aged", "turn", "priority", "due", "normal"})  # ranks in which a call goes by order, not by hand


class HallQueue(Standings):
    """Today's queue. ``apply`` is its only way to change and never fails on what the journal holds."""

    def __init__(self, token: Callable[[str], str], rulebook: Rulebook) -> None:
        super().__init__()
        self._token = token
        self._rulebook = rulebook
        self._apply: dict[type[Event], Callable[[Any, Recorded], None]] = {
            DayOpened: self._day_opened,
            m.TicketIssued: self._issued,
            m.TicketHere: self._here,
            m.TicketCalled: self._called,
            m.TicketRecalled: self._recalled,
            m.TicketStarted: self._started,
            m.TicketPassed: self._passed,
            m.TicketHeld: self._held,
            m.TicketReleased: self._released,
            m.TicketRequeued: self._requeued,
            m.TicketSetBack: self._set_back,
            m.TicketTransferred: self._transferred,
            m.TicketForwarded: self._forwarded,
            m.TicketNear: self._near,
            m.KeyUndone: self._key_undone,
            m.TicketFinished: self._finished,
            m.TicketCancelled: self._cancelled,
            m.TicketExpired: self._expired,
            m.TicketPinned: self._pinned,
            m.MatterAdded: self._matter_added,
            m.LineOpened: self._line_opened,
            m.LineClosed: self._line_closed,
            m.LineNarrowed: self._line_narrowed,
            m.WindowOpened: self._window_opened,
            m.WindowPaused: self._window_paused,
            m.WindowResumed: self._window_resumed,
            m.WindowClosed: self._window_closed,
        }
        self.types = frozenset(event.type for event in self._apply)

    # -- the fold

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        event = recorded.event
        self._apply[type(event)](event, recorded)
        if isinstance(event, m.TicketEvent):
            self.tickets[event.ticket].touched = recorded.seq

    def _day_opened(self, event: DayOpened, _: Recorded) -> None:
        self.day = event.day
        self.closed_lines.clear()
        self.narrowed.clear()
        self._begin()

    def _issued(self, event: m.TicketIssued, recorded: Recorded) -> None:
        taken = event.offline_at or recorded.at
        matters = event.matters or ((event.matter,) if event.matter else ())
        ticket = Ticket(
            id=event.ticket,
            number=event.number,
            serial=self.serial + 1,
            line=event.line,
            matter=event.matter,
            channel=event.channel,
            person=event.person,
            priority=event.priority,
            token=self._token(event.ticket),
            issued_at=taken,
            arrival=event.due or taken,
            since=recorded.at,
            matters=[MatterLine(matter) for matter in matters],
            taken_in=(event.line, *event.lines),
            express=event.express,
            appointment=event.appointment,
            due=event.due,
            flags=event.flags,
            offline=event.offline_at is not None,
            here_by=event.here_by,
        )
        self.serial += 1
        if not ticket.offline:
            self.serials[event.line] = max(self.serials[event.line], event.serial)
        self.tickets[ticket.id] = ticket
        self.by_token[ticket.token] = ticket.id
        self.counts[TicketState.WAITING] += 1
        for line in ticket.taken_in:
            self._count_in(ticket, line, taken)
        if event.person:
            self.taken_by[event.person] += 1
        self._note_person(ticket)
        self.waiting.add(ticket)

    def _here(self, event: m.TicketHere, _: Recorded) -> None:
        self.tickets[event.ticket].here_by = None

    def _called(self, event: m.TicketCalled, recorded: Recorded) -> None:
        ticket, desk = self.tickets[event.ticket], self._desk(event.window)
        self._remember(desk, ticket, recorded)
        self._leave_waiting(ticket)
        if ticket.id in desk.passed:
            desk.passed = [id_ for id_ in desk.passed if id_ != ticket.id]
        self.held.discard(ticket.id)
        self._lift_bars(desk)
        self._become(ticket, TicketState.CALLED, recorded)
        self._note_person(ticket)
        ticket.window, ticket.staff = event.window, event.staff
        ticket.was = Spot(
            pinned=ticket.pinned,
            directed_window=ticket.directed_window,
            directed_staff=ticket.directed_staff,
            returned=ticket.returned,
        )
        ticket.directed_window = ticket.directed_staff = ticket.barred_window = ticket.barred_until = None
        ticket.skipped_by = ticket.held_until = ticket.here_by = None
        ticket.pinned = ticket.returned = ticket.is_set_back = False
        ticket.near = True
        ticket.calls += 1
        ticket.recalls = 0
        ticket.called_at = ticket.summoned_at = recorded.at
        ticket.first_called_at = ticket.first_called_at or recorded.at
        ticket.started_at = ticket.ended_at = None
        desk.ticket, desk.last_finished = ticket.id, None
        desk.rules = self._rulebook.of(ticket.line)
        self._count_turn(desk, event)
        self._turn(desk, WindowState.CALLING, recorded)
        self._note_call(ticket)

    def _count_turn(self, desk: Desk, event: m.TicketCalled) -> None:
        ratio = self._rulebook.hall.ratio
        if ratio is None:
            desk.favoured = desk.turns = 0
        elif event.favoured:
            desk.favoured += 1
            if desk.favoured >= ratio.favoured:
                desk.favoured, desk.turns = 0, ratio.oldest
        elif event.rank in BY_WAIT:
            desk.favoured, desk.turns = 0, max(0, desk.turns - 1)

    def _recalled(self, event: m.TicketRecalled, recorded: Recorded) -> None:
        ticket = self.tickets[event.ticket]
        self._desk(event.window).undo = None
        ticket.calls += 1
        ticket.recalls += 1
        ticket.called_at = recorded.at
        self._note_call(ticket)

    def _started(self, event: m.TicketStarted, recorded: Recorded) -> None:
        ticket, desk = self.tickets[event.ticket], self._desk(event.window)
        self._remember(desk, ticket, recorded)
        self._become(ticket, TicketState.SERVING, recorded)
        ticket.started_at = recorded.at
        self._turn(desk, WindowState.SERVING, recorded)

    def _passed(self, event: m.TicketPassed, recorded: Recorded) -> None:
        ticket = self.tickets[event.ticket]
        if event.window:
            self._remember(self._desk(event.window), ticket, recorded)
        ticket.passed_for = event.reason
        self._end(ticket, TicketState.PASSED, recorded)
        if event.window:
            desk = self._desk(event.window)
            desk.passed = [*desk.passed, ticket.id][-RECENT:]
            self._free(desk, ticket, recorded)

    def _held(self, event: m.TicketHeld, recorded: Recorded) -> None:
        ticket, desk = self.tickets[event.ticket], self._desk(event.window)
        self._remember(desk, ticket, recorded)
        self._become(ticket, TicketState.HELD, recorded)
        ticket.held_until = event.until
        ticket.calls = 0  # the visitor came, or is waited for anew: the next call is a first one
        self.held.add(ticket.id)
        self._free(desk, None, recorded)

    def _released(self, event: m.TicketReleased, recorded: Recorded) -> None:
        ticket = self.tickets[event.ticket]
        self.held.discard(ticket.id)
        ticket.held_until = None
        if self.desk(event.window).state is not WindowState.CLOSED:
            ticket.directed_window, ticket.returned = event.window, True
        self._wait_again(ticket, recorded)

    def _requeued(self, event: m.TicketRequeued, recorded: Recorded) -> None:
        ticket, desk = self.tickets[event.ticket], self._desk(event.window)
        self._remember(desk, ticket, recorded)
        ticket.requeues += 1
        if event.mode is RequeueMode.ARRIVAL:
            ticket.arrival, ticket.calls, ticket.due = recorded.at, 0, None
        else:
            self._stand_again(ticket)
        if event.mode is RequeueMode.KEEP_LESS:
            ticket.calls = max(0, ticket.calls - 1)
        elif event.mode is RequeueMode.SKIP:
            ticket.skipped_by = event.window
            self._bar(event.window, ticket)
        self._wait_again(ticket, recorded)
        self._free(desk, None, recorded)

    def _stand_again(self, ticket: Ticket) -> None:
        """Give a ticket the place it had before its call, as far as that window and person are still there."""
        was = ticket.was
        ticket.pinned = was.pinned
        if was.directed_window and self.desk(was.directed_window).state is not WindowState.CLOSED:
            ticket.directed_window, ticket.returned = was.directed_window, was.returned
        if was.directed_staff and any(desk.staff == was.directed_staff for desk in self.desks.values()):
            ticket.directed_staff = was.directed_staff

    def _set_back(self, event: m.TicketSetBack, recorded: Recorded) -> None:
        ticket, desk = self.tickets[event.ticket], self._desk(event.window)
        self._remember(desk, ticket, recorded)
        ticket.passes += 1
        ticket.is_set_back = True
        ticket.calls = 0
        ticket.arrival, ticket.due = event.arrival, None
        self._wait_again(ticket, recorded)
        self._free(desk, None, recorded)

    def _transferred(self, event: m.TicketTransferred, recorded: Recorded) -> None:
        ticket = self.tickets[event.ticket]
        self._leave_waiting(ticket)
        if event.window:
            self._remember(self._desk(event.window), ticket, recorded)
        if event.outcome is not None and ticket.matter is not None:
            self._close_matters(ticket, {ticket.matter: event.outcome})
        if event.window:
            self._open_matter(ticket, event.matter, len(ticket.matters))
            self._note_way_back(ticket, event)
        else:
            self._put_right(ticket, event.matter)
        self._count_sent(ticket, event, recorded)
        self._move_to(ticket, event.line, event.matter, express=event.express)
        ticket.directed_window, ticket.directed_staff = event.to_window, event.to_staff
        ticket.returned = False
        if not event.keeps_arrival:
            ticket.arrival, ticket.due = recorded.at, None
        if not event.keeps_priority:
            ticket.priority = None
        if event.window:
            ticket.calls = 0  # whoever is sent on is called as often as everybody before a pass
            ticket.barred_window, ticket.barred_until = event.window, event.barred_until
            self._bar(event.window, ticket)
        self._wait_again(ticket, recorded)
        if event.window:
            self._free(self._desk(event.window), None, recorded)

    def _open_matter(self, ticket: Ticket, matter: str | None, place: int) -> None:
        """Let a matter be open on a visit: a new one at this place, one that was decided again where it stands."""
        if matter is None:
            return
        if any(line.matter == matter for line in ticket.matters):
            again = [MatterLine(line.matter) if line.matter == matter else line for line in ticket.matters]
            ticket.matters = again
        else:
            ticket.matters = [*ticket.matters[:place], MatterLine(matter), *ticket.matters[place:]]

    def _put_right(self, ticket: Ticket, matter: str | None) -> None:
        """Let what a manager moves a ticket to stand in place of what it waited for, unless it wants both."""
        wanted = {line.matter for line in ticket.matters}
        if matter == ticket.matter or matter in wanted:
            return
        ticket.matters = [line for line in ticket.matters if line.matter != ticket.matter or line.outcome is not None]
        first_open = [place for place, line in enumerate(ticket.matters) if line.outcome is None]
        self._open_matter(ticket, matter, first_open[0] if first_open else len(ticket.matters))

    def _note_way_back(self, ticket: Ticket, event: m.TicketTransferred) -> None:
        """Remember where a ticket comes back to, and for what."""
        back = (event.window, ticket.line, ticket.matter) if event.returns else (None, None, None)
        ticket.return_to, ticket.return_line, ticket.return_matter = back

    def _count_sent(self, ticket: Ticket, event: m.TicketTransferred, recorded: Recorded) -> None:
        """A ticket that a window sends on counts there from now on; one that a manager moves takes its count along."""
        since = recorded.at if event.window else ticket.counts.get(ticket.line, recorded.at)
        if event.leaves is not None:
            self._count_out(ticket, event.leaves)
        self._count_in(ticket, event.line, since)

    def _forwarded(self, event: m.TicketForwarded, recorded: Recorded) -> None:
        ticket, desk = self.tickets[event.ticket], self._desk(event.window)
        self._remember(desk, ticket, recorded)
        self._close_matters(ticket, event.outcomes)
        self._note_service(desk, ticket, recorded)
        self._count_in(ticket, event.line, recorded.at)
        self._move_to(ticket, event.line, event.matter, express=event.express)
        ticket.return_to = ticket.return_line = ticket.return_matter = None
        ticket.calls = 0
        if event.to_window is not None:
            ticket.directed_window, ticket.returned = event.to_window, True
        desk.served += 1
        self._wait_again(ticket, recorded)
        self._free(desk, None, recorded)

    def _finished(self, event: m.TicketFinished, recorded: Recorded) -> None:
        ticket, desk = self.tickets[event.ticket], self._desk(event.window)
        self._remember(desk, ticket, recorded)
        outcomes = {line.matter: line.outcome or event.outcome for line in ticket.matters}
        self._close_matters(ticket, {**outcomes, **event.outcomes})
        self._note_service(desk, ticket, recorded)
        self._end(ticket, TicketState.DONE, recorded)
        desk.served += 1
        desk.last_finished, desk.last_finished_at = ticket.id, recorded.at
        self._free(desk, ticket, recorded)

    def _near(self, event: m.TicketNear, _: Recorded) -> None:
        self.tickets[event.ticket].near = True

    def _key_undone(self, event: m.KeyUndone, recorded: Recorded) -> None:
        undo = self._desk(event.window).undo
        assert undo is not None, "the journal undoes a key that the state does not know"  # noqa: S101  # the fold's own invariant
        now, before = self.tickets[event.ticket], undo.ticket
        self._leave_waiting(now)
        self._forget_person(now)
        self._become(now, before.state, recorded)
        self.held.discard(now.id)
        self._forget_service(before.line, undo.service_s)
        self._count_as(now, before)
        if undo.type == m.TicketCalled.type and before.first_called_at is None and now.id in self.recent_calls:
            self.recent_calls.remove(now.id)
        self._bar_again(event.window, undo.lifted)
        before.near = now.near
        self.tickets[before.id] = before
        self.desks[event.window] = undo.desk
        if before.state is TicketState.HELD:
            self.held.add(before.id)
        if before.state not in ENDED:
            self._note_person(before)
        if before.state is TicketState.WAITING:
            self._unless_gone(before)
            self.waiting.add(before)

    def _cancelled(self, event: m.TicketCancelled, recorded: Recorded) -> None:
        ticket = self.tickets[event.ticket]
        self._leave_waiting(ticket)
        self._end(ticket, TicketState.CANCELLED, recorded)

    def _expired(self, event: m.TicketExpired, recorded: Recorded) -> None:
        ticket = self.tickets[event.ticket]
        if event.window:
            self._remember(self._desk(event.window), ticket, recorded)
        self._leave_waiting(ticket)
        self.held.discard(ticket.id)
        self._end(ticket, TicketState.EXPIRED, recorded)
        if event.window:
            self._free(self._desk(event.window), ticket, recorded)

    def _pinned(self, event: m.TicketPinned, _: Recorded) -> None:
        ticket = self.tickets[event.ticket]
        self.waiting.remove(ticket)
        ticket.pinned = event.pinned
        self.waiting.add(ticket)

    def _matter_added(self, event: m.MatterAdded, recorded: Recorded) -> None:
        ticket = self.tickets[event.ticket]
        ticket.matters = [*ticket.matters, MatterLine(event.matter)]
        self._count_in(ticket, event.line or ticket.line, recorded.at)
        self._desk(event.window).undo = None

    def _line_opened(self, event: m.LineOpened, _: Recorded) -> None:
        self.closed_lines.pop(event.line, None)
        self.narrowed.pop(event.line, None)

    def _line_closed(self, event: m.LineClosed, _: Recorded) -> None:
        self.closed_lines[event.line] = Stop(reason=event.reason, cause=event.cause)

    def _line_narrowed(self, event: m.LineNarrowed, _: Recorded) -> None:
        self.narrowed[event.line] = None if event.matters is None else frozenset(event.matters)
        if event.matters == ():
            del self.narrowed[event.line]

    def _window_opened(self, event: m.WindowOpened, recorded: Recorded) -> None:
        desk = self._desk(event.window)
        before, desk.staff, desk.undo = desk.staff, event.staff, None
        if desk.state is WindowState.CLOSED:
            self._turn(desk, WindowState.IDLE, recorded)
        self._send_back(None, before)

    def _window_paused(self, event: m.WindowPaused, recorded: Recorded) -> None:
        desk = self._desk(event.window)
        self._turn(desk, WindowState.PAUSED, recorded)
        desk.reason = event.reason

    def _window_resumed(self, event: m.WindowResumed, recorded: Recorded) -> None:
        self._turn(self._desk(event.window), WindowState.IDLE, recorded)

    def _window_closed(self, event: m.WindowClosed, recorded: Recorded) -> None:
        desk = self._desk(event.window)
        self._turn(desk, WindowState.CLOSED, recorded)
        before, desk.staff = desk.staff, None
        self._send_back(desk.id, before)

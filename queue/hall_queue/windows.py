"""Opening, pausing and closing windows and lines (domain rules 12 and 21)."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from hall_queue import messages as m
from hall_queue.model import ALONE, Alone, Desk, RequeueMode, Then, TicketState, WindowState
from hall_queue.pictures import Pictures
from hall_queue.rulebook import ClosingAlone
from hall_queue.rules import Hall
from hall_queue.visits import Visits
from hall_server.directory.checks import check
from hall_server.directory.events import WindowSaved
from hall_server.directory.model import Express, Window
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Role
from hall_server.messages import Event
from hall_server.outcome import Context, Outcome


class Windows:
    """Handlers of the commands that open and close things."""

    def __init__(self, hall: Hall, pictures: Pictures) -> None:
        self._hall = hall
        self._pictures = pictures
        self._visits = Visits(hall, pictures)

    def open(self, command: m.OpenWindow, context: Context) -> Outcome:
        """Begin to serve; opening an open window again changes who sits there.

        Raises:
            Forbidden: not the actor's window.
            NotFound: no such window or person.
            Refused: switched off, or somebody else is serving there.
        """
        window, desk = self._hall.may_act(context.actor, command.window)
        if not window.active:
            raise Refused("window.switched_off", window=window.id)
        staff = self._who(command, context)
        if desk.state is not WindowState.CLOSED and desk.staff == staff:
            return self._done(desk)
        if desk.ticket is not None:
            raise Refused("window.busy", window=desk.id, number=self._hall.queue.tickets[desk.ticket].number)
        opened = m.WindowOpened(window=window.id, staff=staff)
        again = [line for line in window.lines if self._hall.queue.closed_lines.get(line) == ALONE]
        return self._done(desk, opened, *(m.LineOpened(line=line) for line in again))

    def close(self, command: m.CloseWindow, context: Context) -> Outcome:
        """End service; who is there and who waits for nobody else is seen to first (domain rule 12).

        Raises:
            Forbidden: only managers let another window take over.
            Invalid: nobody named who takes over.
            Refused: ``window.busy``, ``window.alone`` with the lines and how many wait, ``window.cannot_take_over``.
        """
        window, desk = self._hall.may_act(context.actor, command.window)
        if desk.state is WindowState.CLOSED:
            return self._done(desk)
        leaving = self._leave_ticket(desk, command.then, context)
        closed = m.WindowClosed(window=desk.id, staff=desk.staff)
        return self._done(desk, *leaving, *self._left_alone(window, command, context), closed)

    def pause(self, command: m.PauseWindow, context: Context) -> Outcome:
        """Interrupt service; shown outside as 暂停服务.

        Raises:
            Refused: the window is closed, or somebody is there and it is not said what becomes of them.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        if desk.state is WindowState.CLOSED:
            raise Refused("window.closed", window=desk.id)
        leaving = self._leave_ticket(desk, command.then, context)
        return self._done(desk, *leaving, m.WindowPaused(window=desk.id, reason=command.reason))

    def resume(self, command: m.ResumeWindow, context: Context) -> Outcome:
        """Go on after a pause.

        Raises:
            Refused: the window does not pause.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        if desk.state is not WindowState.PAUSED:
            raise Refused("window.not_paused", window=desk.id)
        return self._done(desk, m.WindowResumed(window=desk.id))

    def open_line(self, command: m.OpenLine, _: Context) -> Outcome:
        """Let a line give numbers again; nothing happens if it does.

        Raises:
            NotFound: no such line.
        """
        line = self._hall.line(command.line)
        is_closed = line.id in self._hall.queue.closed_lines
        events = (m.LineOpened(line=line.id),) if is_closed else ()
        return Outcome(events=events, reply=lambda: self._pictures.line(line))

    def close_line(self, command: m.CloseLine, _: Context) -> Outcome:
        """Stop giving numbers in a line for today.

        Raises:
            NotFound: no such line.
        """
        line = self._hall.line(command.line)
        is_closed = line.id in self._hall.queue.closed_lines
        events = () if is_closed else (m.LineClosed(line=line.id, reason=command.reason),)
        return Outcome(events=events, reply=lambda: self._pictures.line(line))

    def _who(self, command: m.OpenWindow, context: Context) -> str | None:
        if command.staff is not None:
            if command.staff not in self._hall.directory.staff:
                raise NotFound("staff.unknown", staff=command.staff)
            return command.staff
        return context.actor.id if context.actor.kind is Role.STAFF else None

    def _leave_ticket(self, desk: Desk, then: Then | None, context: Context) -> tuple[Event, ...]:
        ticket = self._hall.queue.current(desk.id)
        if ticket is None:
            return ()
        if then is None:
            raise Refused("window.busy", window=desk.id, number=ticket.number)
        if then is Then.REQUEUE:
            self._hall.current(desk, TicketState.CALLED)
            return (m.TicketRequeued(ticket=ticket.id, window=desk.id, mode=RequeueMode.KEEP),)
        if then is Then.HOLD:
            until = context.now + timedelta(seconds=self._hall.rules_at(desk, ticket).hold_s)
            return (m.TicketHeld(ticket=ticket.id, window=desk.id, until=until),)
        self._hall.current(desk, TicketState.SERVING)
        window = self._hall.window(desk.id)
        return (self._visits.end_here(window, desk, ticket, m.FinishService(window=desk.id)),)

    def _left_alone(self, window: Window, command: m.CloseWindow, context: Context) -> tuple[Event, ...]:
        """What happens to the lines in which somebody waits whom only this window serves."""
        alone = {line: many for line in window.lines if (many := self._waits_alone(line, window, command.then))}
        how = command.alone or self._by_rule(context)
        if how is Alone.STOP:
            return self._stopped(window)
        if not alone:
            return ()
        if how is None:
            lines = [{"line": line, "waiting": waiting} for line, waiting in alone.items()]
            raise Refused("window.alone", window=window.id, lines=lines, waiting=sum(alone.values()))
        if how is Alone.REASSIGN:
            return (self._taken_over(window, list(alone), command, context),)
        return ()

    def _stopped(self, window: Window) -> tuple[Event, ...]:
        """Its lines that no other window serves give no more numbers, whether somebody waits there or not."""
        lines = [line for line in window.lines if line not in self._hall.queue.closed_lines]
        left = [line for line in lines if not self._hall.working(line, None, but=window.id)]
        return tuple(m.LineClosed(line=line, reason=ALONE) for line in left)

    def _by_rule(self, context: Context) -> Alone | None:
        """The hall's rule; a device cannot be asked."""
        rule = self._hall.rulebook.hall.closing_alone
        if rule is ClosingAlone.ASK:
            return Alone.LEAVE if context.actor.kind is Role.DEVICE else None
        return Alone(rule.value)

    def _waits_alone(self, line: str, window: Window, then: Then | None) -> int:
        """How many wait in a line for a matter that no other window which is not closed serves.

        Those who wait for this window go back to their line when it closes; so does whom it puts back, and whom it
        holds comes back to the line later.
        """
        queue = self._hall.queue
        waiting, here = queue.waiting.matters(line), queue.waiting.directed(window.id, None)
        held = [one for one in map(queue.tickets.__getitem__, sorted(queue.held)) if one.window == window.id]
        current = queue.current(window.id) if then in {Then.REQUEUE, Then.HOLD} else None
        waiting.update(one.matter for one in (*here, *held, *([current] if current else ())) if one.line == line)
        return sum(
            many
            for matter, many in waiting.items()
            if window in self._hall.serving_windows(line, matter)
            and not self._hall.working(line, matter, but=window.id)
        )

    def _taken_over(self, window: Window, lines: list[str], command: m.CloseWindow, context: Context) -> WindowSaved:
        if not context.actor.may(Role.MANAGER):
            raise Forbidden("window.managers_reassign", window=window.id)
        if command.reassign_to is None:
            raise Invalid("window.no_successor", reassign_to="missing")
        other = self._hall.window(command.reassign_to)
        is_closed = self._hall.queue.desk(other.id).state is WindowState.CLOSED
        if other.id == window.id or not other.active or is_closed or other.express is Express.ONLY:
            raise Refused("window.cannot_take_over", window=other.id)
        wider = tuple(dict.fromkeys((*other.lines, *lines)))
        matters = self._wider_skills(other, lines)
        item = msgspec.structs.replace(other, lines=wider, matters=matters)
        check(self._hall.directory, item)
        return WindowSaved(item=item)

    def _wider_skills(self, other: Window, lines: list[str]) -> tuple[str, ...]:
        """A window that has only certain skills gets those of the lines it takes over."""
        if not other.matters:
            return ()
        waiting = {matter for line in lines for matter in self._hall.queue.waiting.matters(line) if matter}
        return tuple(dict.fromkeys((*other.matters, *sorted(waiting))))

    def _done(self, desk: Desk, *events: Event) -> Outcome:
        return Outcome(events=events, reply=lambda: self._pictures.desk(desk.id))

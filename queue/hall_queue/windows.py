"""Opening, pausing and closing windows and lines (domain rules 12 and 21)."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from hall_queue import messages as m
from hall_queue.alone import Others, begun_again, left_waiting, stopped, waiting_alone
from hall_queue.model import Alone, Desk, PauseReason, RequeueMode, Then, Ticket, TicketState, WindowState
from hall_queue.notices.state import Notices
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

    def __init__(self, hall: Hall, pictures: Pictures, notices: Notices) -> None:
        self._hall = hall
        self._pictures = pictures
        self._notices = notices
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
        return self._done(desk, opened, *begun_again(self._hall, self._notices, window, context.now))

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
            Refused: the window is closed, somebody is there and it is not said what becomes of them, or
                ``window.pause_alone`` with the lines and how many wait, until it is wanted anyway.
        """
        window, desk = self._hall.may_act(context.actor, command.window)
        if desk.state is WindowState.CLOSED:
            raise Refused("window.closed", window=desk.id)
        leaving = self._leave_ticket(desk, command.then, context)
        if desk.state is not WindowState.PAUSED and self._is_asked(command, context):
            self._check_not_alone(window, command.then)
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
        """Let a line give numbers again, for all its matters; nothing happens if it does.

        Raises:
            NotFound: no such line.
        """
        line = self._hall.line(command.line)
        is_closed = line.id in self._hall.queue.closed_lines or line.id in self._hall.queue.narrowed
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
        alone = waiting_alone(self._hall, window, self._not_closed(window), self._coming(window, command.then))
        how = command.alone or self._by_rule(context)
        if how is Alone.STOP:
            return stopped(self._hall, self._notices, window, context.now)
        if alone and how is None:
            raise _left_alone("window.alone", window, alone)
        if alone and how is Alone.REASSIGN:
            return self._taken_over(window, list(alone), command, context)
        return left_waiting(self._hall, self._notices, window, context.now)

    def _is_asked(self, command: m.PauseWindow, context: Context) -> bool:
        """Whether a pause asks: never in an emergency, nor where the equipment fails and nobody could be served."""
        is_urgent = self._notices.emergency is not None or command.reason is PauseReason.EQUIPMENT
        leaves = self._hall.rulebook.hall.closing_alone is ClosingAlone.LEAVE
        return not (command.anyway or is_urgent or leaves or context.actor.kind is Role.DEVICE)

    def _check_not_alone(self, window: Window, then: Then | None) -> None:
        """Say for whom nobody else would be there meanwhile; whom the window holds is its own affair."""
        current = self._hall.queue.current(window.id) if then is Then.REQUEUE else None
        alone = waiting_alone(
            self._hall,
            window,
            lambda line, matter: self._hall.open_for(line, matter, but=window.id),
            (current,) if current else (),
        )
        if alone:
            raise _left_alone("window.pause_alone", window, alone)

    def _not_closed(self, window: Window) -> Others:
        return lambda line, matter: self._hall.working(line, matter, but=window.id)

    def _coming(self, window: Window, then: Then | None) -> tuple[Ticket, ...]:
        """Who will wait in the line when a window closes: whom it holds, and whom it puts back or aside now."""
        queue = self._hall.queue
        held = (queue.tickets[id_] for id_ in sorted(queue.held))
        current = queue.current(window.id) if then in {Then.REQUEUE, Then.HOLD} else None
        return (*(one for one in held if one.window == window.id), *((current,) if current else ()))

    def _by_rule(self, context: Context) -> Alone | None:
        """The hall's rule; a device cannot be asked."""
        rule = self._hall.rulebook.hall.closing_alone
        if rule is ClosingAlone.ASK:
            return Alone.LEAVE if context.actor.kind is Role.DEVICE else None
        return Alone(rule.value)

    def _taken_over(
        self, window: Window, lines: list[str], command: m.CloseWindow, context: Context
    ) -> tuple[Event, ...]:
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
        return (WindowSaved(item=item), *begun_again(self._hall, self._notices, item, context.now))

    def _wider_skills(self, other: Window, lines: list[str]) -> tuple[str, ...]:
        """A window that has only certain skills gets those of the lines it takes over."""
        if not other.matters:
            return ()
        waiting = {matter for line in lines for matter in self._hall.queue.waiting.matters(line) if matter}
        return tuple(dict.fromkeys((*other.matters, *sorted(waiting))))

    def _done(self, desk: Desk, *events: Event) -> Outcome:
        return Outcome(events=events, reply=lambda: self._pictures.desk(desk.id))


def _left_alone(code: str, window: Window, alone: dict[str, int]) -> Refused:
    lines = [{"line": line, "waiting": waiting} for line, waiting in alone.items()]
    return Refused(code, window=window.id, lines=lines, waiting=sum(alone.values()))

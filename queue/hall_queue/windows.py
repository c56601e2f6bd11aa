"""Opening, pausing and closing windows and lines (domain rules 12 and 21)."""

from __future__ import annotations

from hall_queue import messages as m
from hall_queue.model import Desk, WindowState
from hall_queue.pictures import Pictures
from hall_queue.rules import Hall
from hall_server.errors import NotFound, Refused
from hall_server.identity import Role
from hall_server.messages import Event
from hall_server.outcome import Context, Outcome


class Windows:
    """Handlers of the commands that open and close things."""

    def __init__(self, hall: Hall, pictures: Pictures) -> None:
        self._hall = hall
        self._pictures = pictures

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
        return self._done(desk, m.WindowOpened(window=window.id, staff=staff))

    def close(self, command: m.CloseWindow, context: Context) -> Outcome:
        """End service; refused while somebody is called or served.

        Raises:
            Refused: somebody is at the window.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        if desk.state is WindowState.CLOSED:
            return self._done(desk)
        self._must_be_empty(desk)
        return self._done(desk, m.WindowClosed(window=desk.id, staff=desk.staff))

    def pause(self, command: m.PauseWindow, context: Context) -> Outcome:
        """Interrupt service; shown outside as 暂停服务.

        Raises:
            Refused: the window is closed, or somebody is there.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        if desk.state is WindowState.CLOSED:
            raise Refused("window.closed", window=desk.id)
        self._must_be_empty(desk)
        return self._done(desk, m.WindowPaused(window=desk.id, reason=command.reason))

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

    def _must_be_empty(self, desk: Desk) -> None:
        if desk.ticket is not None:
            raise Refused("window.busy", window=desk.id, number=self._hall.queue.tickets[desk.ticket].number)

    def _done(self, desk: Desk, *events: Event) -> Outcome:
        return Outcome(events=events, reply=lambda: self._pictures.desk(desk.id))

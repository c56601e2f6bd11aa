"""Decides on a manager's deeds: each is the queue's or the directory's own command, with a reason written before it."""

from __future__ import annotations

from collections.abc import Callable

from hall_queue import messages as m
from hall_queue.alone import begun_again
from hall_queue.hand import messages as h
from hall_queue.hand.log import HandLog
from hall_queue.hand.preview import reassigned
from hall_queue.hand.undo import Undoing, undo_reason
from hall_queue.model import WindowState
from hall_queue.notices.state import Notices
from hall_queue.notices.words import reason_of
from hall_queue.rules import Hall
from hall_server.directory.commands import SaveWindow
from hall_server.errors import Forbidden, Invalid, NotFound
from hall_server.identity import Role
from hall_server.messages import Command, Event
from hall_server.outcome import Context, Outcome

Decide = Callable[[Command, Context], Outcome]


class Hand:
    """Handlers of the hand's commands.

    Args:
        decide: asks the one handler of a command.
    """

    def __init__(self, hall: Hall, notices: Notices, log: HandLog, undoing: Undoing, decide: Decide) -> None:
        self._hall = hall
        self._notices = notices
        self._log = log
        self._undoing = undoing
        self._decide = decide

    def reassign(self, command: h.ReassignWindow, context: Context) -> Outcome:
        """Let a window serve other lines or matters, from its next call on. Replies with the window.

        Raises:
            Forbidden: not a manager.
            Invalid: no reason, a line named twice, or as the directory's check.
            NotFound: no such window.
        """
        _require_manager(context)
        reason = reason_of(command.reason)
        if len(set(command.lines)) != len(command.lines):
            raise Invalid("hand.line_twice", field="lines")
        item = reassigned(self._hall, command.window, command.lines, command.matters)
        return self._noted(SaveWindow(item=item), context, f"window:{item.id}", reason)

    def switch_line(self, command: h.SwitchLine, context: Context) -> Outcome:
        """Open or close a line. Replies with it.

        Raises:
            Forbidden: not a manager.
            Invalid: no reason.
            NotFound: no such line.
        """
        _require_manager(context)
        reason = reason_of(command.reason)
        line = command.line
        inner = m.OpenLine(line=line) if command.is_open else m.CloseLine(line=line, reason=reason)
        return self._noted(inner, context, f"line:{line}", reason)

    def switch_window(self, command: h.SwitchWindow, context: Context) -> Outcome:
        """Open, pause, resume or close a window. Replies with its desk.

        Raises:
            Forbidden: not a manager.
            Invalid: no reason.
            NotFound, Refused: as the queue's own command.
        """
        _require_manager(context)
        reason = reason_of(command.reason)
        return self._noted(_window_command(command), context, f"window:{command.window}", reason)

    def undo(self, command: h.UndoDeed, context: Context) -> Outcome:
        """Take a deed back.

        Raises:
            Forbidden: not a manager.
            NotFound: no such deed today.
            Refused: things have moved on.
        """
        _require_manager(context)
        deed = self._log.deeds.get(command.deed)
        if deed is None:
            raise NotFound("hand.unknown", deed=command.deed)
        inner = self._undoing.command(deed, context.now)
        return self._noted(inner, context, f"deed:{deed.id}", undo_reason(deed), undoes=deed.id)

    def _noted(
        self, inner: Command, context: Context, about: str, reason: str, *, undoes: str | None = None
    ) -> Outcome:
        """The inner command's events with the reason before them; nothing to note where nothing happens."""
        outcome = self._decide(inner, context)
        if not outcome.events:
            return outcome
        events = (*outcome.events, *self._begun_again(inner, context))
        note = h.HandNoted(about=about, reason=reason, events=len(events), undoes=undoes)
        return Outcome(events=(note, *events), reply=outcome.reply)

    def _begun_again(self, inner: Command, context: Context) -> tuple[Event, ...]:
        """What had stopped and begins again, because an open window gets the skills."""
        if not isinstance(inner, SaveWindow) or self._hall.queue.desk(inner.item.id).state is WindowState.CLOSED:
            return ()
        return begun_again(self._hall, self._notices, inner.item, context.now)


def _window_command(command: h.SwitchWindow) -> Command:
    match command.to:
        case h.WindowDeed.OPEN:
            return m.OpenWindow(window=command.window, staff=command.staff)
        case h.WindowDeed.PAUSE:
            return m.PauseWindow(window=command.window, reason=command.why, then=command.then, anyway=command.anyway)
        case h.WindowDeed.RESUME:
            return m.ResumeWindow(window=command.window)
        case h.WindowDeed.CLOSE:
            return m.CloseWindow(
                window=command.window, alone=command.alone, reassign_to=command.reassign_to, then=command.then
            )


def _require_manager(context: Context) -> None:
    if not context.actor.may(Role.MANAGER, Role.ADMIN):
        raise Forbidden("hand.managers_only")

"""Folds the log of what managers did today from the journal; before the queue's own fold, so that it sees what was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hall_queue import messages as m
from hall_queue.causes import Cause
from hall_queue.hand.deeds import Deed, DeedKind, Sat, Skills, Waited
from hall_queue.hand.messages import HandNoted
from hall_queue.model import PauseReason, Ticket
from hall_queue.notices import messages as n
from hall_queue.rule_events import RulesSaved
from hall_queue.state import HallQueue
from hall_server.days import DayOpened
from hall_server.directory.events import WindowSaved
from hall_server.identity import Role
from hall_server.messages import Event, Recorded

PERSON = f"{Role.STAFF}:"  # how the journal names somebody signed in
KEPT = 2_000  # deeds of one day; beyond that the oldest are in the journal alone


class HandLog:
    """Today's deeds, the last one last (the Fold port of the server).

    Attributes:
        deeds: by id.
    """

    def __init__(self, queue: HallQueue) -> None:
        self._queue = queue
        self._apply: dict[type[Event], Callable[[Any, Recorded], Deed | None]] = {
            m.TicketPinned: self._pinned,
            m.TicketTransferred: self._moved,
            m.LineOpened: self._line_opened,
            m.LineClosed: self._line_closed,
            m.WindowOpened: self._window_opened,
            m.WindowPaused: self._window_paused,
            m.WindowResumed: self._window_resumed,
            m.WindowClosed: self._window_closed,
            WindowSaved: self._window_saved,
            RulesSaved: self._rules_saved,
            n.NoticeBroadcast: self._notice,
            n.NoticeWithdrawn: self._withdrawn,
            n.EmergencyRaised: self._raised,
            n.EmergencyLifted: self._lifted,
        }
        self.types = frozenset({*(event.type for event in self._apply), DayOpened.type, HandNoted.type})
        self.deeds: dict[str, Deed] = {}
        self._skills: dict[str, Skills] = {}
        self._notices: dict[str, n.NoticeBroadcast] = {}
        self._emergency: n.EmergencyRaised | None = None
        self._note: tuple[int, HandNoted] | None = None

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        event = recorded.event
        if isinstance(event, DayOpened):
            self.deeds.clear()
        elif isinstance(event, HandNoted):
            self._note = (recorded.seq, event)
        elif (deed := self._apply[type(event)](event, recorded)) is not None and recorded.actor.startswith(PERSON):
            self._keep(deed, recorded)

    def _keep(self, deed: Deed, recorded: Recorded) -> None:
        note = self._noted(recorded.seq)
        if note is not None:
            deed.reason, deed.undoes = note.reason, note.undoes
            if note.undoes in self.deeds:
                self.deeds[note.undoes].undone_by = deed.id
        self.deeds[deed.id] = deed
        if len(self.deeds) > KEPT:
            del self.deeds[next(iter(self.deeds))]

    def _noted(self, seq: int) -> HandNoted | None:
        if self._note is None:
            return None
        at, note = self._note
        return note if at < seq <= at + note.events else None

    # -- one a kind of event; None where it is no manager's deed

    def _pinned(self, event: m.TicketPinned, recorded: Recorded) -> Deed:
        kind = DeedKind.PINNED if event.pinned else DeedKind.UNPINNED
        return _deed(recorded, kind, event.ticket, event.reason)

    def _moved(self, event: m.TicketTransferred, recorded: Recorded) -> Deed | None:
        if event.window is not None:  # sent on by a window
            return None
        deed = _deed(recorded, DeedKind.MOVED, event.ticket, event.reason)
        deed.before = waited(self._queue.tickets[event.ticket])
        deed.after = Waited(event.line, event.matter, event.to_window, event.to_staff)
        return deed

    def _line_opened(self, event: m.LineOpened, recorded: Recorded) -> Deed | None:
        stop = self._queue.closed_lines.get(event.line)
        is_alone = stop.cause is Cause.ALONE if stop else event.line in self._queue.narrowed
        if is_alone and self._noted(recorded.seq) is None:
            return None
        return _deed(recorded, DeedKind.LINE_OPENED, event.line, "")

    def _line_closed(self, event: m.LineClosed, recorded: Recorded) -> Deed | None:
        return None if event.cause else _deed(recorded, DeedKind.LINE_CLOSED, event.line, event.reason)

    def _window_opened(self, event: m.WindowOpened, recorded: Recorded) -> Deed | None:
        return self._window(DeedKind.WINDOW_OPENED, event.window, recorded, Sat(event.staff))

    def _window_paused(self, event: m.WindowPaused, recorded: Recorded) -> Deed | None:
        sat = Sat(self._queue.desk(event.window).staff)
        return self._window(DeedKind.WINDOW_PAUSED, event.window, recorded, sat)

    def _window_resumed(self, event: m.WindowResumed, recorded: Recorded) -> Deed | None:
        desk = self._queue.desk(event.window)
        sat = Sat(desk.staff, PauseReason(desk.reason) if desk.reason else None)
        return self._window(DeedKind.WINDOW_RESUMED, event.window, recorded, sat)

    def _window_closed(self, event: m.WindowClosed, recorded: Recorded) -> Deed | None:
        return self._window(DeedKind.WINDOW_CLOSED, event.window, recorded, Sat(event.staff))

    def _window(self, kind: DeedKind, window: str, recorded: Recorded, sat: Sat) -> Deed | None:
        """Whoever sits there presses the window's own keys; that is no manager's deed."""
        if recorded.actor == f"{PERSON}{sat.staff}":
            return None
        deed = _deed(recorded, kind, window, "")
        deed.before = sat
        return deed

    def _window_saved(self, event: WindowSaved, recorded: Recorded) -> Deed | None:
        before, after = self._skills.get(event.item.id), Skills(event.item.lines, event.item.matters)
        self._skills[event.item.id] = after
        if before is None or before == after:
            return None
        deed = _deed(recorded, DeedKind.REASSIGNED, event.item.id, "")
        deed.before, deed.after = before, after
        return deed

    def _rules_saved(self, event: RulesSaved, recorded: Recorded) -> Deed:
        return _deed(recorded, DeedKind.RULES_SAVED, event.line or "", event.reason)

    def _notice(self, event: n.NoticeBroadcast, recorded: Recorded) -> Deed | None:
        if event.cause is not None:  # the hall's own, with a window that closed
            return None
        self._notices[event.notice] = event
        deed = _deed(recorded, DeedKind.NOTICE_BROADCAST, event.notice, event.reason)
        deed.before = event
        return deed

    def _withdrawn(self, event: n.NoticeWithdrawn, recorded: Recorded) -> Deed | None:
        if event.cause is not None:
            return None
        deed = _deed(recorded, DeedKind.NOTICE_WITHDRAWN, event.notice, event.reason)
        deed.before = self._notices.pop(event.notice, None)
        return deed

    def _raised(self, event: n.EmergencyRaised, recorded: Recorded) -> Deed:
        self._emergency = event
        deed = _deed(recorded, DeedKind.EMERGENCY_RAISED, event.emergency, event.reason)
        deed.before = event
        return deed

    def _lifted(self, event: n.EmergencyLifted, recorded: Recorded) -> Deed:
        deed = _deed(recorded, DeedKind.EMERGENCY_LIFTED, event.emergency, event.reason)
        deed.before, self._emergency = self._emergency, None
        return deed


def waited(ticket: Ticket) -> Waited:
    """Where a ticket waits."""
    return Waited(ticket.line, ticket.matter, ticket.directed_window, ticket.directed_staff)


def _deed(recorded: Recorded, kind: DeedKind, target: str, reason: str) -> Deed:
    return Deed(id=str(recorded.seq), at=recorded.at, by=recorded.actor, kind=kind, target=target, reason=reason)

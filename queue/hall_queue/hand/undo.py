"""Which command takes a deed back, and why it cannot be taken back any more."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hall_queue import messages as m
from hall_queue.hand.deeds import Deed, DeedKind, Sat, Skills, Waited
from hall_queue.hand.log import waited
from hall_queue.model import Desk, PauseReason, Ticket, TicketState, WindowState
from hall_queue.notices import messages as n
from hall_queue.notices.state import Notices
from hall_queue.notices.words import REASON_MOST
from hall_queue.rules import Hall
from hall_server.directory.commands import SaveWindow
from hall_server.errors import Refused
from hall_server.messages import Command


class Undoing:
    """Finds the way back from a deed; pure, asks the present state."""

    def __init__(self, hall: Hall, notices: Notices) -> None:
        self._hall = hall
        self._notices = notices

    def command(self, deed: Deed, now: datetime) -> Command:
        """The command that takes the deed back.

        Raises:
            Refused: it was taken back already, things have moved on since, or there is no way back.
        """
        if deed.undone_by is not None:
            raise Refused("hand.undone_already")
        why = undo_reason(deed)
        match deed.kind, deed.before:
            case ((DeedKind.PINNED | DeedKind.UNPINNED), _):
                return self._pin(deed, why)
            case DeedKind.MOVED, Waited() as before:
                return self._move(deed, before, why)
            case DeedKind.REASSIGNED, Skills() as before:
                return self._reassign(deed, before)
            case ((DeedKind.LINE_CLOSED | DeedKind.LINE_OPENED), _):
                return self._line(deed, why)
            case _, Sat() as before:
                return self._window(deed, before)
            case _, n.NoticeBroadcast() as before:
                return self._notice(deed, before, why, now)
            case _, n.EmergencyRaised() as before:
                return self._emergency(deed, before, why)
            case _:
                raise Refused("hand.no_way_back")

    def possible(self, deed: Deed, now: datetime) -> str:
        """Empty where the deed may be taken back now, else the code of why not."""
        try:
            self.command(deed, now)
        except Refused as refused:
            return refused.code
        return ""

    def _pin(self, deed: Deed, why: str) -> Command:
        ticket = self._waiting(deed)
        is_pinned = deed.kind is DeedKind.PINNED
        if ticket.pinned != is_pinned:
            raise Refused("hand.moved_on")
        return m.PinTicket(ticket=deed.target, pinned=not is_pinned, reason=why)

    def _move(self, deed: Deed, before: Waited, why: str) -> Command:
        if waited(self._waiting(deed)) != deed.after:
            raise Refused("hand.moved_on")
        return m.MoveTicket(
            ticket=deed.target,
            line=before.line,
            matter=before.matter,
            to_window=before.window,
            staff=before.staff,
            reason=why,
        )

    def _waiting(self, deed: Deed) -> Ticket:
        ticket = self._hall.ticket(deed.target)
        if ticket.state is not TicketState.WAITING:
            raise Refused(f"ticket.is_{ticket.state.value}", number=ticket.number)
        return ticket

    def _reassign(self, deed: Deed, before: Skills) -> Command:
        window = self._hall.window(deed.target)
        if Skills(window.lines, window.matters) != deed.after:
            raise Refused("hand.moved_on")
        return SaveWindow(item=msgspec.structs.replace(window, lines=before.lines, matters=before.matters))

    def _line(self, deed: Deed, why: str) -> Command:
        was_closed = deed.kind is DeedKind.LINE_CLOSED
        if (deed.target in self._hall.queue.closed_lines) != was_closed:
            raise Refused("hand.moved_on")
        return m.OpenLine(line=deed.target) if was_closed else m.CloseLine(line=deed.target, reason=why)

    def _window(self, deed: Deed, before: Sat) -> Command:
        desk = self._hall.queue.desk(deed.target)
        if deed.kind is DeedKind.WINDOW_CLOSED:
            _need(desk.state is WindowState.CLOSED)
            return m.OpenWindow(window=desk.id, staff=before.staff)
        _need(desk.state is not WindowState.CLOSED and desk.staff == before.staff)
        return self._still(deed, desk, before)

    @staticmethod
    def _still(deed: Deed, desk: Desk, before: Sat) -> Command:
        is_paused = desk.state is WindowState.PAUSED
        _need(is_paused == (deed.kind is DeedKind.WINDOW_PAUSED))
        if is_paused:
            return m.ResumeWindow(window=desk.id)
        _need(desk.ticket is None)
        if deed.kind is DeedKind.WINDOW_RESUMED:
            return m.PauseWindow(window=desk.id, reason=before.why or PauseReason.BREAK, anyway=True)
        return m.CloseWindow(window=desk.id)

    def _notice(self, deed: Deed, before: n.NoticeBroadcast, why: str, now: datetime) -> Command:
        if deed.kind is DeedKind.NOTICE_BROADCAST:
            _need(deed.target in self._notices.notices and now < before.until)
            return n.WithdrawNotice(notice=deed.target, reason=why)
        _need(now < before.until)
        return n.BroadcastNotice(
            zh=before.zh, en=before.en, zones=before.zones, kind=before.kind, until=before.until, reason=why
        )

    def _emergency(self, deed: Deed, before: n.EmergencyRaised, why: str) -> Command:
        present = self._notices.emergency
        if deed.kind is DeedKind.EMERGENCY_RAISED:
            _need(present is not None and present.id == deed.target)
            return n.LiftEmergency(reason=why)
        _need(present is None)
        return n.RaiseEmergency(
            kind=before.kind,
            zh=before.zh,
            en=before.en,
            do_zh=before.do_zh,
            do_en=before.do_en,
            stops_issuing=before.stops_issuing,
            stops_calling=before.stops_calling,
            reason=why,
        )


def undo_reason(deed: Deed) -> str:
    """Why a deed is taken back, as the journal keeps it."""
    return f"undo of {deed.kind} {deed.id}: {deed.reason}"[:REASON_MOST]


def _need(is_so: bool) -> None:
    if not is_so:
        raise Refused("hand.moved_on")

"""What a manager's hand sees: the log of today's deeds, who waits in a line in which order, and a search by number."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hall_queue.hand.deeds import Deed, DeedKind, Waited
from hall_queue.hand.log import HandLog
from hall_queue.hand.undo import Undoing
from hall_queue.model import Desk, Ticket, TicketState
from hall_queue.notices.messages import EmergencyRaised, NoticeBroadcast
from hall_queue.pictures import Pictures
from hall_server.directory.model import Line, Window

LOG_SHOWN = 200
WAITING_SHOWN = 100
FOUND_SHOWN = 20
Fields = dict[str, str]


class DeedShown(msgspec.Struct, frozen=True, kw_only=True):
    """One deed of the log.

    Attributes:
        by: id of who did it; by_name: as the accounts know them.
        fields: names for ``manager.hand.deed.{kind}``, in both languages.
        undo: empty where it may be taken back now, else the code of why not.
    """

    id: str
    at: datetime
    by: str
    by_name: str
    kind: DeedKind
    fields: Fields
    reason: str
    undo: str
    undoes: str | None
    undone_by: str | None


class LogPicture(msgspec.Struct, frozen=True, kw_only=True):
    """What managers did today, the last deed first; ``more`` older ones are in the journal alone."""

    deeds: tuple[DeedShown, ...]
    more: int


class WaitingTicket(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits, by number and matter and never by person.

    Attributes:
        rank: class of the order; ``directed`` for a certain window or person, ``later`` before the slot has come.
        to_window, to_staff: number of the window, name of the person.
    """

    id: str
    number: str
    state: TicketState
    line: str
    line_name: str
    line_name_en: str
    matter: str | None
    matter_name: str
    matter_name_en: str
    priority: str | None
    pinned: bool
    rank: str
    issued_at: datetime
    to_window: int | None
    to_staff: str | None
    window: int | None


class LineWaiting(msgspec.Struct, frozen=True, kw_only=True):
    """A line in calling order: the first ``tickets`` of all who are ``waiting``."""

    line: str
    waiting: int
    tickets: tuple[WaitingTicket, ...]


class TicketsFound(msgspec.Struct, frozen=True, kw_only=True):
    """Today's tickets whose number begins so, the last issued first."""

    tickets: tuple[WaitingTicket, ...]


class HandPictures:
    """Makes the pictures of the present state."""

    def __init__(self, pictures: Pictures, log: HandLog, undoing: Undoing) -> None:
        self.hall = pictures.hall
        self._pictures = pictures
        self._log = log
        self._undoing = undoing

    def log(self) -> LogPicture:
        """Today's deeds."""
        deeds = list(self._log.deeds.values())
        shown = tuple(self._deed(deed) for deed in reversed(deeds[-LOG_SHOWN:]))
        return LogPicture(deeds=shown, more=max(0, len(deeds) - LOG_SHOWN))

    def waiting(self, line_id: str) -> LineWaiting:
        """A line in calling order, as a window that serves this line alone would call it; the others after it.

        Raises:
            NotFound: no such line.
        """
        line = self.hall.line(line_id)
        ordered = self.hall.queue.waiting.in_order(self.hall.asking(_any_window(line), Desk(id="")), WAITING_SHOWN)
        tickets = {ticket.id: self._ticket(ticket, rank.name.lower()) for rank, ticket in ordered}
        if len(tickets) < WAITING_SHOWN:
            for ticket in self._others(line, tickets):
                tickets[ticket.id] = self._ticket(ticket, "directed" if _is_directed(ticket) else "later")
        return LineWaiting(
            line=line.id,
            waiting=self.hall.queue.waiting.count(line.id),
            tickets=tuple(tickets.values())[:WAITING_SHOWN],
        )

    def found(self, number: str) -> TicketsFound:
        """Today's tickets by the beginning of their number."""
        wanted = number.strip().upper()
        every = reversed(self.hall.queue.tickets.values())
        found = (ticket for ticket in every if wanted and ticket.number.startswith(wanted))
        shown = [ticket for _, ticket in zip(range(FOUND_SHOWN), found, strict=False)]
        return TicketsFound(tickets=tuple(self._ticket(ticket, "") for ticket in shown))

    # -- inside

    def _others(self, line: Line, known: dict[str, WaitingTicket]) -> list[Ticket]:
        """Who waits in the line for a certain window, a certain person, or a slot that has not come."""
        every = (t for t in self.hall.queue.tickets.values() if t.state is TicketState.WAITING and t.line == line.id)
        return sorted((t for t in every if t.id not in known), key=lambda t: (not _is_directed(t), t.arrival, t.serial))

    def _ticket(self, ticket: Ticket, rank: str) -> WaitingTicket:
        line, matter = self.hall.line(ticket.line), self._pictures.matter(ticket)
        return WaitingTicket(
            id=ticket.id,
            number=ticket.number,
            state=ticket.state,
            line=line.id,
            line_name=line.name,
            line_name_en=line.name_en,
            matter=ticket.matter,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            priority=ticket.priority,
            pinned=ticket.pinned,
            rank=rank,
            issued_at=ticket.issued_at,
            to_window=self._number(ticket.directed_window),
            to_staff=self._pictures.staff_name(ticket.directed_staff) if ticket.directed_staff else None,
            window=self._number(ticket.window),
        )

    def _number(self, window: str | None) -> int | None:
        found = self.hall.directory.windows.get(window or "")
        return found.number if found else None

    def _deed(self, deed: Deed) -> DeedShown:
        who = deed.by.partition(":")[2]
        return DeedShown(
            id=deed.id,
            at=deed.at,
            by=who,
            by_name=self._pictures.staff_name(who) or who,
            kind=deed.kind,
            fields=self._fields(deed),
            reason=deed.reason,
            undo=self._undoing.possible(deed, self.hall.now()),
            undoes=deed.undoes,
            undone_by=deed.undone_by,
        )

    def _fields(self, deed: Deed) -> Fields:
        """Names of what a deed was done to."""
        match deed.kind:
            case DeedKind.PINNED | DeedKind.UNPINNED:
                return {"number": self._ticket_number(deed.target)}
            case DeedKind.MOVED:
                return {"number": self._ticket_number(deed.target), **self._place(deed.after)}
            case DeedKind.LINE_CLOSED | DeedKind.LINE_OPENED | DeedKind.RULES_SAVED:
                return self._line_name(deed.target)
            case DeedKind.NOTICE_BROADCAST | DeedKind.NOTICE_WITHDRAWN:
                return _said(deed)
            case DeedKind.EMERGENCY_RAISED | DeedKind.EMERGENCY_LIFTED:
                return _said(deed)
            case _:
                return self._window_name(deed.target)

    def _ticket_number(self, ticket: str) -> str:
        found = self.hall.queue.tickets.get(ticket)
        return found.number if found else ""

    def _place(self, after: object) -> Fields:
        if not isinstance(after, Waited):
            return {}
        if after.window:
            return {"to": "window", **self._window_name(after.window)}
        if after.staff:
            return {"to": "staff", "staff": self._pictures.staff_name(after.staff) or after.staff}
        return {"to": "line", **self._line_name(after.line)}

    def _line_name(self, line: str) -> Fields:
        found = self.hall.directory.lines.get(line)
        return {"line": found.name, "line_en": found.name_en or found.name} if found else {}

    def _window_name(self, window: str) -> Fields:
        found = self.hall.directory.windows.get(window)
        if found is None:
            return {}
        return {"window_number": str(found.number), "window": found.name, "window_en": found.name_en or found.name}


def _said(deed: Deed) -> Fields:
    said = deed.before
    if isinstance(said, (NoticeBroadcast, EmergencyRaised)):
        return {"text": said.zh, "text_en": said.en or said.zh}
    return {}


def _is_directed(ticket: Ticket) -> bool:
    return ticket.directed_window is not None or ticket.directed_staff is not None


def _any_window(line: Line) -> Window:
    """A window that serves one line and nothing else: what a line's own order is asked of."""
    return Window(number=0, name="", zone=line.zone, lines=(line.id,))

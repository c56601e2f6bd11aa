"""The pictures pages show of tickets and desks: computed from the live state, whole, with texts in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from hall_queue.model import Desk, Rank, Ticket, TicketState, WindowState
from hall_queue.rules import Hall
from hall_queue.wait import Wait
from hall_server.directory.model import Line, Matter, Window

AHEAD_SHOWN = 20
RECENT_SHOWN = 10


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """A name in both languages, with the id where a page needs it."""

    id: str
    name: str
    name_en: str


class WindowName(msgspec.Struct, frozen=True, kw_only=True):
    """A window as a visitor looks for it: by its number."""

    id: str
    number: int
    name: str
    name_en: str


class StaffMark(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits at a window, as the public may see: the number (工号) and the name on the sign."""

    number: str
    name: str


class DeskWindow(msgspec.Struct, frozen=True, kw_only=True):
    """A window with its state of the moment."""

    id: str
    number: int
    name: str
    name_en: str
    zone: str
    lines: tuple[str, ...]
    state: WindowState
    reason: str | None
    since: datetime | None
    staff: StaffMark | None


class WindowTicket(msgspec.Struct, frozen=True, kw_only=True):
    """The ticket at a window, as everybody may see it."""

    id: str
    number: str
    state: TicketState
    matter_name: str
    matter_name_en: str
    line_name: str
    line_name_en: str
    calls: int
    called_at: datetime | None
    started_at: datetime | None


class WindowPicture(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/windows/{w}`: the window, and who is there."""

    id: str
    number: int
    name: str
    name_en: str
    zone: str
    lines: tuple[str, ...]
    state: WindowState
    reason: str | None
    since: datetime | None
    staff: StaffMark | None
    ticket: WindowTicket | None


class TicketMatter(msgspec.Struct, frozen=True, kw_only=True):
    """One matter of a visit with its outcome."""

    matter: str
    name: str
    name_en: str
    outcome: str | None


class DeskTicket(msgspec.Struct, frozen=True, kw_only=True):
    """The ticket at a desk, as its staff see it."""

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
    issued_at: datetime
    called_at: datetime | None
    started_at: datetime | None
    calls: int
    identified: bool
    matters: tuple[TicketMatter, ...]


class AheadTicket(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits for a desk: number and matter, never the person (domain rule 4)."""

    id: str
    number: str
    line: str
    line_name: str
    line_name_en: str
    matter_name: str
    matter_name_en: str
    priority: str | None
    issued_at: datetime
    rank: str


class HeldTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket put aside at a desk."""

    id: str
    number: str
    until: datetime | None


class RecentTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that ended at a desk."""

    id: str
    number: str
    state: TicketState
    at: datetime | None


class DeskPicture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a console shows."""

    window: DeskWindow
    ticket: DeskTicket | None
    recall_at: datetime | None
    recalls_left: int
    pass_at: datetime | None
    pass_calls_left: int
    held: tuple[HeldTicket, ...]
    passed: tuple[RecentTicket, ...]
    ahead: tuple[AheadTicket, ...]
    waiting: int
    recent: tuple[RecentTicket, ...]
    served: int


class RatingMark(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a ticket may be rated, and how it was."""

    possible: bool
    level: int | None


class HallName(msgspec.Struct, frozen=True, kw_only=True):
    """The hall's name on a page's head."""

    name: str
    name_en: str


class TicketPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A visitor's own page."""

    hall: HallName
    number: str
    state: TicketState
    line: str
    line_name: str
    line_name_en: str
    matter_name: str
    matter_name_en: str
    ahead: int
    wait_s: Wait | None
    zone: str
    zone_name: str
    zone_name_en: str
    windows: tuple[WindowName, ...]
    windows_open: int
    window: WindowName | None
    calls: int
    issued_at: datetime
    called_at: datetime | None
    rating: RatingMark


class LinePicture(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the kiosk and the boards show it."""

    id: str
    name: str
    name_en: str
    prefix: str
    zone: str
    open: bool
    waiting: int
    windows_open: int
    wait_s: Wait


class Pictures:
    """Makes pictures of the present state."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.staff_name: Callable[[str], str] = lambda staff: ""  # from the accounts; never from the journal
        self.ratings: dict[str, int] = {}  # filled by whoever takes ratings

    def hall_name(self) -> HallName:
        """The hall's name in both languages."""
        hall = self.hall.directory.hall
        return HallName(name=hall.name if hall else "", name_en=hall.name_en if hall else "")

    def desk(self, window_id: str) -> DeskPicture:
        """What the console of a window shows."""
        window, desk = self.hall.window(window_id), self.hall.queue.desk(window_id)
        ticket = self.hall.queue.current(window_id)
        called = ticket if ticket and ticket.state is TicketState.CALLED else None
        settings = self.hall.settings
        return DeskPicture(
            window=self.desk_window(window),
            ticket=self._desk_ticket(ticket) if ticket else None,
            recall_at=called.called_at + timedelta(seconds=settings.recall_gap_s)
            if called and called.called_at
            else None,
            recalls_left=max(0, settings.recalls_max - called.recalls) if called else 0,
            pass_at=called.summoned_at + timedelta(seconds=settings.pass_after_s)
            if called and called.summoned_at
            else None,
            pass_calls_left=max(0, settings.pass_after_calls - called.calls) if called else 0,
            held=tuple(self._held(desk)),
            passed=tuple(
                self._ended(desk.passed[-settings.passed_resume_last :] if settings.passed_resume_last else [])
            ),
            ahead=self._ahead(window, desk),
            waiting=sum(self.hall.queue.waiting.count(line) for line in window.lines),
            recent=tuple(self._ended(desk.recent[-RECENT_SHOWN:])),
            served=desk.served,
        )

    def desk_window(self, window: Window) -> DeskWindow:
        """A window with its state of the moment."""
        desk = self.hall.queue.desk(window.id)
        return DeskWindow(
            id=window.id,
            number=window.number,
            name=window.name,
            name_en=window.name_en,
            zone=window.zone,
            lines=window.lines,
            state=desk.state,
            reason=desk.reason,
            since=desk.since,
            staff=self.staff_mark(desk.staff),
        )

    def staff_mark(self, staff: str | None) -> StaffMark | None:
        """The sign of a member of staff."""
        member = self.hall.directory.staff.get(staff) if staff else None
        return StaffMark(number=member.number, name=self.staff_name(member.id)) if member else None

    def window(self, window_id: str) -> WindowPicture:
        """A window as everybody may see it."""
        seen = self.desk_window(self.hall.window(window_id))
        return WindowPicture(**msgspec.structs.asdict(seen), ticket=self.window_ticket(window_id))

    def window_ticket(self, window_id: str) -> WindowTicket | None:
        """The ticket at a window, as everybody may see it."""
        ticket = self.hall.queue.current(window_id)
        if ticket is None:
            return None
        matter, line = self.matter(ticket), self.hall.line(ticket.line)
        return WindowTicket(
            id=ticket.id,
            number=ticket.number,
            state=ticket.state,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            line_name=line.name,
            line_name_en=line.name_en,
            calls=ticket.calls,
            called_at=ticket.called_at,
            started_at=ticket.started_at,
        )

    def ticket(self, ticket: Ticket) -> TicketPicture:
        """A visitor's own page."""
        matter, line = self.matter(ticket), self.hall.line(ticket.line)
        zone = self.hall.directory.zones[line.zone]
        waits = ticket.state is TicketState.WAITING
        ahead = self.hall.queue.waiting.ahead(ticket, self.hall.aged) if waits else 0
        return TicketPicture(
            hall=self.hall_name(),
            number=ticket.number,
            state=ticket.state,
            line=line.id,
            line_name=line.name,
            line_name_en=line.name_en,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            ahead=ahead,
            wait_s=self.hall.wait(line.id, ahead) if waits else None,
            zone=zone.id,
            zone_name=zone.name,
            zone_name_en=zone.name_en,
            windows=tuple(_name(window) for window in self.hall.serving_windows(line.id, ticket.matter)),
            windows_open=len(self.hall.open_windows(line.id)),
            window=_name(self.hall.window(ticket.window)) if ticket.window else None,
            calls=ticket.calls,
            issued_at=ticket.issued_at,
            called_at=ticket.called_at,
            rating=RatingMark(
                possible=ticket.state is TicketState.DONE and ticket.id not in self.ratings,
                level=self.ratings.get(ticket.id),
            ),
        )

    def line(self, line: Line) -> LinePicture:
        """A line with those who wait in it."""
        waiting = self.hall.queue.waiting.count(line.id)
        return LinePicture(
            id=line.id,
            name=line.name,
            name_en=line.name_en,
            prefix=line.prefix,
            zone=line.zone,
            open=line.active and line.id not in self.hall.queue.closed_lines,
            waiting=waiting,
            windows_open=len(self.hall.open_windows(line.id)),
            wait_s=self.hall.wait(line.id, waiting),
        )

    def matter(self, ticket: Ticket) -> Matter | None:
        """The matter a ticket is for; None for one taken by line."""
        return self.hall.directory.matters.get(ticket.matter) if ticket.matter else None

    # -- inside

    def _desk_ticket(self, ticket: Ticket) -> DeskTicket:
        matter, line = self.matter(ticket), self.hall.line(ticket.line)
        return DeskTicket(
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
            issued_at=ticket.issued_at,
            called_at=ticket.called_at,
            started_at=ticket.started_at,
            calls=ticket.calls,
            identified=ticket.person is not None,
            matters=tuple(self._matters(ticket)),
        )

    def _matters(self, ticket: Ticket) -> list[TicketMatter]:
        known = self.hall.directory.matters
        return [
            TicketMatter(
                matter=line.matter,
                name=known[line.matter].name,
                name_en=known[line.matter].name_en,
                outcome=line.outcome.value if line.outcome else None,
            )
            for line in ticket.matters
        ]

    def _ahead(self, window: Window, desk: Desk) -> tuple[AheadTicket, ...]:
        now = self.hall.now()
        found = self.hall.queue.waiting.in_order(window, desk.staff, now, self.hall.ageing, AHEAD_SHOWN)
        return tuple(self._ahead_ticket(rank, ticket) for rank, ticket in found)

    def _ahead_ticket(self, rank: Rank, ticket: Ticket) -> AheadTicket:
        matter, line = self.matter(ticket), self.hall.line(ticket.line)
        return AheadTicket(
            id=ticket.id,
            number=ticket.number,
            line=line.id,
            line_name=line.name,
            line_name_en=line.name_en,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            priority=ticket.priority,
            issued_at=ticket.issued_at,
            rank=rank.name.lower(),
        )

    def _held(self, desk: Desk) -> list[HeldTicket]:
        held = (self.hall.queue.tickets[id_] for id_ in sorted(self.hall.queue.held))
        return [HeldTicket(id=t.id, number=t.number, until=t.held_until) for t in held if t.window == desk.id]

    def _ended(self, ids: list[str]) -> list[RecentTicket]:
        tickets = (self.hall.queue.tickets[id_] for id_ in reversed(ids))
        return [RecentTicket(id=t.id, number=t.number, state=t.state, at=t.ended_at) for t in tickets]


def _name(window: Window) -> WindowName:
    return WindowName(id=window.id, number=window.number, name=window.name, name_en=window.name_en)

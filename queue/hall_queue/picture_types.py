"""The shapes of the pictures that pages show of tickets, desks, windows and lines."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hall_queue.model import Flag, TicketState, WindowState
from hall_queue.rulebook import PassPolicy
from hall_queue.wait import Wait


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
    returns_to: int | None
    due: datetime | None
    flags: tuple[Flag, ...]
    offline: bool


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
    due: datetime | None


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


class UndoMark(msgspec.Struct, frozen=True, kw_only=True):
    """The key that may still be taken back: the type of its event, its ticket, and until when."""

    key: str
    number: str
    until: datetime


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody at another window, to whom a visitor may be sent."""

    staff: str
    number: str
    name: str
    window: str
    window_number: int
    lines: tuple[str, ...]


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
    pass_policy: PassPolicy
    undo: UndoMark | None
    colleagues: tuple[Colleague, ...]


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
    near: bool
    due: datetime | None
    offline: bool
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
    needs_id: bool

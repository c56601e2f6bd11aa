"""The shapes of the pictures that pages show of tickets, desks, windows and lines."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hall_queue.causes import Cause
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
    """Who sits at a window, as the public may see: the number (工号) and the name on the sign.

    Attributes:
        marks: "party" (党员先锋岗), "model" (示范岗).
        photo: id of a picture under ``/api/v1/media/``.
    """

    number: str
    name: str
    marks: tuple[str, ...] = ()
    photo: str | None = None


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
    """One matter of a visit with its outcome.

    Attributes:
        elsewhere: it is open, and other windows serve it and this one does not.
    """

    matter: str
    name: str
    name_en: str
    outcome: str | None
    elsewhere: bool = False


class Onward(msgspec.Struct, frozen=True, kw_only=True):
    """Where the visitor goes when this window has finished: back to a window, or on with another matter.

    Attributes:
        back: number of the window that wants the visitor back; None: on with the matter.
        windows: numbers of the open windows that serve the matter.
    """

    back: int | None
    line_name: str
    line_name_en: str
    matter_name: str
    matter_name_en: str
    windows: tuple[int, ...]


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
    onward: Onward | None
    returns_to: int | None
    express: bool
    due: datetime | None
    flags: tuple[Flag, ...]
    offline: bool


class AheadTicket(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits for a desk: number and matter, never the person (domain rule 4).

    Attributes:
        flags: what could not be asked outside when the number was taken.
    """

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
    flags: tuple[Flag, ...]


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
    """Everything a console shows.

    Attributes:
        pass_policy, pass_places, pass_expires: what becomes of the ticket here when it is passed: whether it may be
            called again, goes so many places back, or is over.
        hold_s: how long a hold lasts where nothing is said.
        requeues_left: so often the ticket here may be put back; then it is passed.
    """

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
    pass_places: int
    pass_expires: bool
    hold_s: float
    requeues_left: int
    undo: UndoMark | None
    colleagues: tuple[Colleague, ...]


class RatedMatter(msgspec.Struct, frozen=True, kw_only=True):
    """A served matter of a visit with its rating; ``case`` is its number (办件编号), where there is one."""

    matter: str | None
    name: str
    name_en: str
    case: str | None
    level: int | None


class RatingMark(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a ticket may be rated, and how it was.

    Attributes:
        possible: a served matter is left that was not rated.
        level: the one given last.
        is_own: the number was taken on the visitor's own page; else its page was found by the code on the slip.
        matters: those that were served, in order; each is rated once.
    """

    possible: bool
    level: int | None
    is_own: bool = False
    matters: tuple[RatedMatter, ...] = ()


class HallName(msgspec.Struct, frozen=True, kw_only=True):
    """The hall's name on a page's head."""

    name: str
    name_en: str


class TicketPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A visitor's own page.

    Attributes:
        near: it was told that the turn is near. near_at: with so many ahead it is.
        due: nobody is called before. here_by: taken outside; by then its owner must have come.
        set_back: places it went back because nobody came; 0 otherwise.
        may_resume: it was passed, and the window may still call it.
        windows_open: how many windows serve it now; with 0 the visitor is told so.
        line_open: whether its line gives numbers; those who wait are called all the same.
        matter: the one it waits for now; matters: all of the visit.
    """

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
    near_at: int
    due: datetime | None
    here_by: datetime | None
    offline: bool
    set_back: int
    may_resume: bool
    line_open: bool
    matter: str | None
    matters: tuple[TicketMatter, ...]
    rating: RatingMark


class Taking(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the hall gives numbers now.

    Attributes:
        reason: code of the refusal that whoever asks would get; None while numbers are given.
        opens: when numbers are given next, where that is known. closes: when the present opening ends.
    """

    open: bool
    reason: str | None
    opens: datetime | None
    closes: datetime | None


class LinePicture(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the kiosk and the boards show it.

    Attributes:
        needs_id: no number without an ID number.
        priority: whether the law's classes go first here.
        closed_reason: why it gives no numbers, in a manager's words. closed_cause: why the hall stopped it by itself.
        given: numbers of today that count here, those of visits with several lines and those sent here included;
            sent_here: how many of them were taken elsewhere and sent here by a window or a manager.
        left: numbers still given today or until ``left_until``, hall time; None where no quota limits them.
    """

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
    priority: bool
    closed_reason: str
    closed_cause: Cause | None
    given: int
    sent_here: int
    left: int | None
    left_until: str | None

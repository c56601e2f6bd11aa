"""The shapes of the picture that explains a window's order."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hall_queue.model import TicketState, WindowState
from hall_queue.picture_types import Name, StaffMark, WindowName
from hall_queue.wait import Wait
from hall_queue.why import Hindrance, Step, StepKind
from hall_queue.why_hands import Way
from hall_server.directory.model import Express


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the window, in its order of preference.

    Attributes:
        ageing_s: after this wait its tickets go by arrival alone; 0 where nobody ages.
        waiting: how many wait in it.
    """

    id: str
    name: str
    name_en: str
    ageing_s: float
    waiting: int


class RatioNow(msgspec.Struct, frozen=True, kw_only=True):
    """The hall's ratio, and where this window stands in it.

    Attributes:
        used: of ``favoured`` calls that may go before somebody older, so many have.
        owed: so many of the next calls go to the longest wait.
    """

    favoured: int
    oldest: int
    used: int
    owed: int


class OrderRules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of the order that are in force at a window.

    Attributes:
        preference: whether the order of its lines counts.
        skills: how many matters the window is limited to; 0: it takes all of its lines.
    """

    lines: tuple[OrderLine, ...]
    preference: bool
    ratio: RatioNow | None
    express: Express
    skills: int


class OrderWindow(msgspec.Struct, frozen=True, kw_only=True):
    """The window whose order it is."""

    id: str
    number: int
    name: str
    name_en: str
    state: WindowState
    staff: StaffMark | None


class PinShown(msgspec.Struct, frozen=True, kw_only=True):
    """Who put a ticket first, and why."""

    by: str
    reason: str
    at: datetime


class WayShown(msgspec.Struct, frozen=True, kw_only=True):
    """How a ticket came to wait for this window or for its staff.

    Attributes:
        from_window: number of the window that sent it, or where it was held.
        by: who did it, where that was a manager.
        to_staff: it waits for the person, not for the window.
    """

    way: Way
    from_window: int | None
    by: str
    reason: str
    at: datetime
    to_staff: bool


class OrderTicket(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits, with what decides over the place; never the person.

    Attributes:
        rank: the class it is called in.
        arrival: what counts; later than ``issued_at`` where it was put back, for an appointment the slot.
        ages_at: from then on it goes by arrival alone.
        preferred: place of its line among those of the window, from 1, where that counts.
        skipped: this window put it back and calls others first.
        step: why it goes before the next one; None for the last.
    """

    id: str
    number: str
    line: str
    line_name: str
    line_name_en: str
    matter_name: str
    matter_name_en: str
    rank: str
    issued_at: datetime
    arrival: datetime
    ages_at: datetime | None
    priority: Name | None
    due: datetime | None
    pinned: PinShown | None
    way: WayShown | None
    preferred: int | None
    express: bool
    skipped: bool
    passes: int
    step: Step | None


class ApartTicket(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits and is not called here, and why not.

    Attributes:
        until: when that ends by itself.
        window: number of the window it waits for.
    """

    id: str
    number: str
    line_name: str
    line_name_en: str
    matter_name: str
    matter_name_en: str
    hindrance: Hindrance
    until: datetime | None
    window: int | None


class ReasonCount(msgspec.Struct, frozen=True, kw_only=True):
    """So many go before a ticket for this reason; ``rank`` is their class."""

    kind: StepKind
    rank: str
    tickets: int


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say about one number.

    Attributes:
        place: in this window's order, from 1; None where it is not called here.
        ticket: as it stands in the order; ``step`` is None.
        before: why others go first, by reason.
        apart: why it is not called here.
        at: where it is, or was, called; since when it stands as it does.
        windows: those that may call it and are not closed.
        wait_s: the estimate, while it waits.
    """

    number: str
    state: TicketState
    place: int | None
    ticket: OrderTicket | None
    before: tuple[ReasonCount, ...]
    apart: ApartTicket | None
    at: WindowName | None
    since: datetime | None
    windows: tuple[WindowName, ...]
    wait_s: Wait | None


class OrderPicture(msgspec.Struct, frozen=True, kw_only=True):
    """`order/{w}`: who is next at a window and why.

    Attributes:
        tickets: the first of them, in order.
        callable: how many this window may call in all.
        apart: the first of those who wait in its lines and are not called here; ``apart_total`` counts all.
    """

    now: datetime
    window: OrderWindow
    rules: OrderRules
    tickets: tuple[OrderTicket, ...]
    callable: int
    apart: tuple[ApartTicket, ...]
    apart_total: int


class OrderAnswer(OrderPicture, frozen=True, kw_only=True):
    """`GET /api/v1/windows/{w}/order?number=`: the same, with the answer about a number where one was asked for."""

    asked: Asked | None

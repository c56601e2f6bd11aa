"""Tickets and windows as the hall knows them now."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from hall_queue.rulebook import Rules


class TicketState(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"  # 等候
    CALLED = "called"  # 已呼叫, on the way to the window
    SERVING = "serving"  # 办理中
    HELD = "held"  # 挂起, the visitor fills a form
    PASSED = "passed"  # 过号, did not come
    DONE = "done"  # 办结
    CANCELLED = "cancelled"  # given up by the visitor
    EXPIRED = "expired"  # the day ended first


ENDED = frozenset({TicketState.PASSED, TicketState.DONE, TicketState.CANCELLED, TicketState.EXPIRED})


class WindowState(StrEnum):
    """What a window shows outside."""

    CLOSED = "closed"
    IDLE = "idle"
    CALLING = "calling"
    SERVING = "serving"
    PAUSED = "paused"  # 暂停服务


class PauseReason(StrEnum):
    """Why a window pauses."""

    BREAK = "break"
    MEETING = "meeting"
    EQUIPMENT = "equipment"


class RequeueMode(StrEnum):
    """How a ticket that was called by mistake goes back (domain rule 7)."""

    ARRIVAL = "arrival"  # as a new arrival
    KEEP = "keep"  # keeps place and call count
    KEEP_LESS = "keep_less"  # keeps place, one call less
    SKIP = "skip"  # keeps place and count, and this window takes the next one first


class Then(StrEnum):
    """What becomes of the ticket at a window that pauses or closes (domain rule 12)."""

    HOLD = "hold"
    REQUEUE = "requeue"
    FINISH = "finish"


class Alone(StrEnum):
    """What becomes of those whom only a closing window serves (domain rule 12)."""

    LEAVE = "leave"  # they wait; the manager is told
    STOP = "stop"  # the line gives no more numbers, and those who wait are told
    REASSIGN = "reassign"  # another window takes its lines over


class Flag(StrEnum):
    """What was allowed although nobody could be asked (domain rule 1)."""

    UNCHECKED = "unchecked"  # the outside check of the person did not answer


class Channel(StrEnum):
    """Where a ticket was taken."""

    KIOSK = "kiosk"
    PHONE = "phone"
    CONSOLE = "console"
    MQTT = "mqtt"
    API = "api"
    APPOINTMENT = "appointment"
    OUTSIDE = "outside"  # by somebody who is still on the way


class MatterOutcome(StrEnum):
    """What became of one matter of a visit."""

    ACCEPTED = "accepted"  # 受理
    CONSULTED = "consulted"  # 咨询
    COLLECTED = "collected"  # 领证
    WRONG_MATTER = "wrong_matter"  # 非本窗口事项
    MATERIALS_MISSING = "materials_missing"  # 材料不齐
    INACCURATE = "inaccurate"  # closed by the end of day, not by a person


class Rank(IntEnum):
    """The classes of the calling order, first to last (domain rule 3)."""

    RETURNED = 0  # called to this window before and held; back at its head
    PINNED = 1
    DIRECTED = 2
    AGED = 3
    TURN = 4  # the hall's ratio gives this call to the longest wait
    PRIORITY = 5
    DUE = 6
    NORMAL = 7


class MatterLine(msgspec.Struct):
    """One matter of a visit; ``outcome`` is None while it is open."""

    matter: str
    outcome: MatterOutcome | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a ticket stood, in the words of the table of tickets: what an undone key brings back."""

    state: TicketState
    line: str
    matter: str | None
    window: str | None
    staff: str | None
    calls: int
    first_called_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    outcome: str | None = None


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """What a ticket had before its call and gets again when the call was a mistake."""

    pinned: bool = False
    directed_window: str | None = None
    directed_staff: str | None = None
    returned: bool = False


class Ticket(msgspec.Struct, kw_only=True):
    """A number (号) and the visit that stands behind it.

    Attributes:
        number: as printed, frozen for life.
        serial: counts the hall's tickets of the day; the last word of the calling order.
        arrival: effective arrival; the issue, or the requeue as a new arrival.
        taken_in: the lines of the visit as it was taken.
        counts: line → since when it counts among that line's numbers of today; replaced, never changed in place.
        person: opaque id in the vault.
        priority: statutory class, None for everybody else.
        token: the secret part of the visitor's page; derived from the id, stored nowhere.
        directed_window, directed_staff: only this window or person may take it.
        returned: it was held and comes back to the head of ``directed_window``.
        return_to: the window it comes back to when the next one has finished; return_line, return_matter: what it was
            there for.
        barred_window: the window that gave it away and may not take it back at once, or before ``barred_until``.
        express: its matter takes a moment only; some windows call such ones first, or nothing else.
        appointment, due: the appointment it was taken for; it waits unseen until ``due``.
        flags: what could not be asked outside when it was taken.
        offline: a kiosk gave it while the server was out of reach.
        here_by: it was taken outside, and nobody calls it before its owner is here; given up after this moment.
        passes: how often it was set back because nobody came.
        is_set_back: it was, and has not been called since.
        near: the visitor was told that the turn is near.
        was: its place before the present call.
        passed_for: why it was passed, the last time.
        touched: place in the journal of the last thing that happened to it.
        calls: calls so far, recalls included.
        skipped_by: the window that put it back and takes somebody else first.
        summoned_at: the call to the present window; called_at: the last call or recall.
        recalls: since it was summoned.
    """

    id: str
    number: str
    serial: int
    line: str
    matter: str | None
    channel: Channel
    person: str | None
    priority: str | None
    token: str
    issued_at: datetime
    arrival: datetime
    state: TicketState = TicketState.WAITING
    matters: list[MatterLine] = msgspec.field(default_factory=list)
    taken_in: tuple[str, ...] = ()
    counts: dict[str, datetime] = msgspec.field(default_factory=dict)
    window: str | None = None
    staff: str | None = None
    directed_window: str | None = None
    directed_staff: str | None = None
    returned: bool = False
    return_to: str | None = None
    return_line: str | None = None
    return_matter: str | None = None
    barred_window: str | None = None
    barred_until: datetime | None = None
    express: bool = False
    appointment: str | None = None
    due: datetime | None = None
    flags: tuple[Flag, ...] = ()
    offline: bool = False
    here_by: datetime | None = None
    passes: int = 0
    is_set_back: bool = False
    near: bool = False
    was: Spot = Spot()
    passed_for: str | None = None
    touched: int = 0
    skipped_by: str | None = None
    pinned: bool = False
    calls: int = 0
    requeues: int = 0
    first_called_at: datetime | None = None
    summoned_at: datetime | None = None
    called_at: datetime | None = None
    recalls: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    held_until: datetime | None = None
    since: datetime | None = None

    def waits_for(self, wanted: str) -> bool:
        """Whether it was taken for a matter, now or later in the visit, or without one for a line."""
        is_open = any(one.matter == wanted and one.outcome is None for one in self.matters)
        return is_open or (self.matter or self.line) == wanted


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """What kept a window from calling a ticket until it called another one."""

    ticket: str
    is_barred: bool
    until: datetime | None
    is_skipped: bool


class Undo(msgspec.Struct, kw_only=True):
    """The last key of a window and how everything was before it.

    Attributes:
        type: of the event; ``seq`` and ``at`` are its place and time.
        ticket, desk: copies from before.
        service_s: the service time it added to the line's, seconds.
        lifted: what the call of another one made possible again.
    """

    type: str
    seq: int
    at: datetime
    ticket: Ticket
    desk: Desk
    service_s: float | None = None
    lifted: tuple[Bar, ...] = ()


class Desk(msgspec.Struct, kw_only=True):
    """A window as it works today.

    Attributes:
        ticket: the one called or served here; at most one.
        passed: tickets passed here, the last one last.
        recent: tickets that ended here, the last one last.
        served: finished here today.
        rules: those the present ticket was called under.
        favoured: calls that went before a longer wait, since the ratio last began; turns: calls by wait still owed.
        undo: the last key, as long as nothing else has happened here.
    """

    id: str
    state: WindowState = WindowState.CLOSED
    staff: str | None = None
    reason: str | None = None
    since: datetime | None = None
    ticket: str | None = None
    passed: list[str] = msgspec.field(default_factory=list)
    recent: list[str] = msgspec.field(default_factory=list)
    served: int = 0
    last_finished: str | None = None
    last_finished_at: datetime | None = None
    rules: Rules | None = None
    favoured: int = 0
    turns: int = 0
    undo: Undo | None = None

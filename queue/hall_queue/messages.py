"""What is wanted of the queue, and what happens in it.

Why this long: one short class for every command and event of tickets, windows and lines, beside each other.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from hall_queue.causes import Cause
from hall_queue.model import Alone, Channel, Flag, MatterOutcome, PauseReason, RequeueMode, Standing, Then
from hall_server.messages import Command, Event, LastingEvent

Text = Annotated[str, Meta(max_length=200)]


class IssueTicket(Command, frozen=True, kw_only=True):
    """Take a number for a matter, or for a line when the matter is not known yet.

    Attributes:
        more: further matters of the same visit.
        appointment, due: the appointment that is claimed, and the begin of its slot unless it is claimed late.
        flags: what could not be asked outside and was allowed.
        card: a kiosk's word for the card that ``person`` was read from; it is used up by this number.
        language: the visitor reads; None: not said.
    """

    matter: str | None = None
    line: str | None = None
    more: tuple[str, ...] = ()
    channel: Channel = Channel.API
    person: str | None = None
    priority: str | None = None
    appointment: str | None = None
    due: datetime | None = None
    flags: tuple[Flag, ...] = ()
    card: str | None = None
    language: str | None = None

    def asked(self) -> IssueTicket:
        """Without the flags: what could not be asked outside the first time may be answered the second time.

        And without the language, which a visitor may change before they ask again.
        """
        return msgspec.structs.replace(self, flags=(), language=None) if self.flags or self.language else self


class ComeHere(Command, frozen=True, kw_only=True):
    """Whoever took a number outside has come to the hall."""

    ticket: str


class CancelTicket(Command, frozen=True, kw_only=True):
    """Give a waiting number up."""

    ticket: str
    reason: Text = "visitor"


class PinTicket(Command, frozen=True, kw_only=True):
    """Put a waiting ticket before all others, or take that back."""

    ticket: str
    pinned: bool = True
    reason: Text


class MoveTicket(Command, frozen=True, kw_only=True):
    """Let a waiting ticket wait elsewhere: for a line, a matter, a window or a person."""

    ticket: str
    line: str | None = None
    matter: str | None = None
    to_window: str | None = None
    staff: str | None = None
    reason: Text


class OpenLine(Command, frozen=True, kw_only=True):
    """Let a line give numbers again."""

    line: str


class CloseLine(Command, frozen=True, kw_only=True):
    """Stop giving numbers in a line; those who wait are still called."""

    line: str
    reason: Text = ""


class OpenWindow(Command, frozen=True, kw_only=True):
    """Begin to serve at a window."""

    window: str
    staff: str | None = None


class CloseWindow(Command, frozen=True, kw_only=True):
    """End service at a window.

    Attributes:
        alone: what to do with those whom only this window serves; the hall's rule where it is not said.
        reassign_to: the window that takes their lines over, for ``reassign``.
        then: what to do with the ticket that is there; refused where it is not said.
    """

    window: str
    alone: Alone | None = None
    reassign_to: str | None = None
    then: Then | None = None


class PauseWindow(Command, frozen=True, kw_only=True):
    """Interrupt service at a window; ``anyway``: although somebody waits whom no other window serves meanwhile."""

    window: str
    reason: PauseReason = PauseReason.BREAK
    then: Then | None = None
    anyway: bool = False


class ResumeWindow(Command, frozen=True, kw_only=True):
    """Go on after a pause."""

    window: str


class CallNext(Command, frozen=True, kw_only=True):
    """Call whoever is next at a window; with ``finish`` the ticket in service is finished first."""

    window: str
    finish: bool = False


class CallTicket(Command, frozen=True, kw_only=True):
    """Call a certain ticket: a held or lately passed one of this window, or, with permission, any other."""

    window: str
    ticket: str
    reason: Text = ""


class RecallTicket(Command, frozen=True, kw_only=True):
    """Call again."""

    window: str


class StartService(Command, frozen=True, kw_only=True):
    """The visitor is at the window."""

    window: str


class PassTicket(Command, frozen=True, kw_only=True):
    """The visitor did not come."""

    window: str
    reason: Text = "absent"


class HoldTicket(Command, frozen=True, kw_only=True):
    """Let the visitor fill a form meanwhile."""

    window: str
    minutes: Annotated[int, Meta(ge=1, le=240)] | None = None


class ReleaseTicket(Command, frozen=True, kw_only=True):
    """End a hold: the ticket returns to the head of its window."""

    ticket: str


class RequeueTicket(Command, frozen=True, kw_only=True):
    """Put a ticket called by mistake back into its line."""

    window: str
    mode: RequeueMode = RequeueMode.KEEP


class TransferTicket(Command, frozen=True, kw_only=True):
    """Send the visitor on to a window, a matter or a person; with ``returns`` they come back here afterwards."""

    window: str
    to_window: str | None = None
    matter: str | None = None
    staff: str | None = None
    returns: bool = False
    reason: Text = ""


class AddMatter(Command, frozen=True, kw_only=True):
    """Take up one more matter in the same visit."""

    window: str
    matter: str


class FinishService(Command, frozen=True, kw_only=True):
    """The visit at this window is over; ``outcomes`` names single matters, ``outcome`` stands for the others.

    Matters that this window cannot serve stay open, and the visitor goes on to where they are; with ``ends`` they do
    not, and the visit is over.
    """

    window: str
    outcome: MatterOutcome = MatterOutcome.ACCEPTED
    outcomes: dict[str, MatterOutcome] = msgspec.field(default_factory=dict)
    ends: bool = False


class UndoKey(Command, frozen=True, kw_only=True):
    """Take the last key of a window back, while nobody else has touched what it did."""

    window: str


class TicketEvent(Event, frozen=True, kw_only=True):
    """Something that happened to a ticket."""

    ticket: str

    @property
    def subject(self) -> str:
        """The ticket."""
        return f"ticket:{self.ticket}"


class TicketIssued(TicketEvent, frozen=True, kw_only=True):
    """A number was given out.

    Attributes:
        matters: all matters of the visit, ``matter`` first; empty in a journal from before there could be several.
        lines: the further lines of the visit, each once.
        due: begin of the slot of an appointment; nobody calls the ticket before.
        offline_at: when a kiosk without the server gave it, by the kiosk's clock.
        language: the visitor reads, where the kiosk said it: the slip is in it.
        wait_p50_s, wait_p90_s: the wait that the visitor was told with the number; None: told none, or not written
            down (an older journal). Written down when it is folded, and read by no fold.
        here_by: taken outside; nobody calls it before its owner has come, and after this moment it is given up.
    """

    type: ClassVar[str] = "ticket.issued"
    number: str
    serial: int
    line: str
    matter: str | None
    channel: Channel
    person: str | None
    priority: str | None
    matters: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    express: bool = False
    appointment: str | None = None
    due: datetime | None = None
    flags: tuple[Flag, ...] = ()
    offline_at: datetime | None = None
    language: str | None = None
    wait_p50_s: int | None = None
    wait_p90_s: int | None = None
    here_by: datetime | None = None


class TicketHere(TicketEvent, frozen=True, kw_only=True):
    """Whoever took the number outside has come."""

    type: ClassVar[str] = "ticket.here"


class TicketCalled(TicketEvent, frozen=True, kw_only=True):
    """A ticket was called to a window.

    Attributes:
        reason: where it was called out of order.
        rank: the class of the order it was called in.
        favoured: it went before somebody who has waited longer.
    """

    type: ClassVar[str] = "ticket.called"
    window: str
    staff: str | None
    reason: str = ""
    rank: str = ""
    favoured: bool = False


class TicketRecalled(TicketEvent, frozen=True, kw_only=True):
    """A ticket was called once more."""

    type: ClassVar[str] = "ticket.recalled"
    window: str


class TicketStarted(TicketEvent, frozen=True, kw_only=True):
    """Service began."""

    type: ClassVar[str] = "ticket.started"
    window: str


class TicketPassed(TicketEvent, frozen=True, kw_only=True):
    """Nobody came (过号)."""

    type: ClassVar[str] = "ticket.passed"
    window: str | None
    reason: str


class TicketHeld(TicketEvent, frozen=True, kw_only=True):
    """The visit was put aside until a time."""

    type: ClassVar[str] = "ticket.held"
    window: str
    until: datetime


class TicketReleased(TicketEvent, frozen=True, kw_only=True):
    """A held ticket returned to the head of its window."""

    type: ClassVar[str] = "ticket.released"
    window: str


class TicketRequeued(TicketEvent, frozen=True, kw_only=True):
    """A called ticket went back into its line."""

    type: ClassVar[str] = "ticket.requeued"
    window: str
    mode: RequeueMode


class TicketSetBack(TicketEvent, frozen=True, kw_only=True):
    """Nobody came, and the ticket went some places back in its class."""

    type: ClassVar[str] = "ticket.set_back"
    window: str
    arrival: datetime
    reason: str


class TicketTransferred(TicketEvent, frozen=True, kw_only=True):
    """A ticket was sent on, by a window or, without one, by a manager's hand; it keeps its number.

    Attributes:
        outcome: of the matter it leaves; None where that stays open.
        returns: it comes back to ``window`` when the other one has finished.
        keeps_arrival, keeps_priority: as the hall's rules were.
        barred_until: until then ``window`` does not take it back.
        leaves: a line among whose numbers it does not count any more.
    """

    type: ClassVar[str] = "ticket.transferred"
    window: str | None
    line: str
    matter: str | None
    to_window: str | None
    to_staff: str | None
    reason: str
    express: bool = False
    outcome: MatterOutcome | None = None
    returns: bool = False
    keeps_arrival: bool = True
    keeps_priority: bool = True
    barred_until: datetime | None = None
    leaves: str | None = None


class TicketForwarded(TicketEvent, frozen=True, kw_only=True):
    """A window finished its part of a visit, and the visitor waits for the next."""

    type: ClassVar[str] = "ticket.forwarded"
    window: str
    staff: str | None
    outcomes: dict[str, MatterOutcome]
    line: str
    matter: str | None
    to_window: str | None
    express: bool = False


class TicketNear(TicketEvent, frozen=True, kw_only=True):
    """The visitor's turn is near; told once."""

    type: ClassVar[str] = "ticket.near"
    ahead: int


class KeyUndone(TicketEvent, frozen=True, kw_only=True):
    """The last key of a window was taken back; the ticket is again as it was before.

    Attributes:
        undone: type of the event that was taken back, and its place in the journal.
        line: of the ticket until now. The other fields are the ticket's again.
    """

    type: ClassVar[str] = "ticket.key_undone"
    window: str
    undone: str
    undone_seq: int
    line: str
    back_to: Standing


class TicketFinished(TicketEvent, frozen=True, kw_only=True):
    """A visit ended; the outcome of each matter that was open."""

    type: ClassVar[str] = "ticket.finished"
    window: str
    staff: str | None
    outcome: MatterOutcome
    outcomes: dict[str, MatterOutcome]


class TicketCancelled(TicketEvent, frozen=True, kw_only=True):
    """The visitor gave the number up."""

    type: ClassVar[str] = "ticket.cancelled"
    reason: str


class TicketExpired(TicketEvent, frozen=True, kw_only=True):
    """The day ended before the ticket was called, or nobody came too often; never counted as served.

    Attributes:
        window: that called in vain; None at the end of the day.
    """

    type: ClassVar[str] = "ticket.expired"
    reason: str
    window: str | None = None


class TicketPinned(TicketEvent, frozen=True, kw_only=True):
    """A manager put a ticket before all others, or took that back."""

    type: ClassVar[str] = "ticket.pinned"
    pinned: bool
    reason: str


class MatterAdded(TicketEvent, frozen=True, kw_only=True):
    """One more matter was taken up in the visit; ``line``: the matter's own, None in an old journal."""

    type: ClassVar[str] = "ticket.matter_added"
    window: str
    matter: str
    line: str | None = None


class LineEvent(Event, frozen=True, kw_only=True):
    """Something that happened to a line."""

    line: str

    @property
    def subject(self) -> str:
        """The line."""
        return f"line:{self.line}"


class LineOpened(LineEvent, frozen=True, kw_only=True):
    """A line gives numbers again."""

    type: ClassVar[str] = "line.opened"


class LineClosed(LineEvent, frozen=True, kw_only=True):
    """A line gives no more numbers today; ``cause``: why the hall closed it by itself."""

    type: ClassVar[str] = "line.closed"
    version: ClassVar[int] = 2
    reason: str
    cause: Cause | None = None


class LineNarrowed(LineEvent, frozen=True, kw_only=True):
    """A line gives no numbers for these matters as long as no window serves them; it does for all others.

    Attributes:
        matters: None in an old journal: all that nobody serves.
    """

    type: ClassVar[str] = "line.narrowed"
    matters: tuple[str, ...] | None = None


class WindowEvent(Event, frozen=True, kw_only=True):
    """Something that happened to a window."""

    window: str

    @property
    def subject(self) -> str:
        """The window."""
        return f"window:{self.window}"


class WindowOpened(WindowEvent, frozen=True, kw_only=True):
    """Somebody began to serve at a window."""

    type: ClassVar[str] = "window.opened"
    staff: str | None


class WindowPaused(WindowEvent, frozen=True, kw_only=True):
    """Service was interrupted."""

    type: ClassVar[str] = "window.paused"
    reason: PauseReason


class WindowResumed(WindowEvent, frozen=True, kw_only=True):
    """Service went on."""

    type: ClassVar[str] = "window.resumed"


class WindowClosed(WindowEvent, frozen=True, kw_only=True):
    """Service ended."""

    type: ClassVar[str] = "window.closed"
    staff: str | None


class WaitsLearnt(LastingEvent, frozen=True, kw_only=True):
    """What a day has taught about waits; the next one begins with it, also after a night without power."""

    type: ClassVar[str] = "waits.learnt"
    memory: dict[str, Any]

    @property
    def subject(self) -> str:
        """The estimate."""
        return "waits:hall"

    def last_day(self, happened: date) -> date | None:
        """Older lessons say nothing about a hall."""
        return happened + timedelta(days=14)


EVENTS: tuple[type[Event], ...] = (
    WaitsLearnt,
    TicketIssued,
    TicketHere,
    TicketCalled,
    TicketRecalled,
    TicketStarted,
    TicketPassed,
    TicketHeld,
    TicketReleased,
    TicketRequeued,
    TicketSetBack,
    TicketTransferred,
    TicketForwarded,
    TicketNear,
    KeyUndone,
    TicketFinished,
    TicketCancelled,
    TicketExpired,
    TicketPinned,
    MatterAdded,
    LineOpened,
    LineClosed,
    LineNarrowed,
    WindowOpened,
    WindowPaused,
    WindowResumed,
    WindowClosed,
)

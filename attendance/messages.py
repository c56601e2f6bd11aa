"""Commands and events of attendance."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from attendance.records import (
    DayWord,
    LeaveKind,
    LongText,
    Pin,
    Punch,
    PunchFault,
    PunchSource,
    RecordId,
    Request,
    Rota,
    Shift,
)
from hall_server.messages import Command, Event, LastingEvent

CONSOLE = "console"
"""Stands in the place of a terminal's serial number where somebody punches at the console."""
Status = Annotated[int, Meta(ge=0, le=5)]
ShownCard = Annotated[str, Meta(min_length=1, max_length=64)]
Reason = Annotated[LongText, Meta(min_length=1)]
"""What somebody writes; the web keeps it in the vault and gives the command its id."""


class SetPin(Command, frozen=True, kw_only=True):
    """Say which number somebody has on the terminals; None takes it back."""

    staff: RecordId
    pin: Pin | None


class SetDepartment(Command, frozen=True, kw_only=True):
    """Say on which department's sheet somebody stands; None: on none but the whole hall's."""

    staff: RecordId
    department: RecordId | None


class TakePunches(Command, frozen=True, kw_only=True):
    """Keep what a terminal handed in; what was handed in before is left out.

    Attributes:
        terminal: its serial number. device: its id in the register of devices.
        skew_s: how fast its clock is taken to be, seconds; None: it goes right, or nothing is known.
        stamp: the terminal's own mark of how far it has sent; it is told at its next start.
    """

    terminal: str
    device: str
    source: PunchSource
    received_at: datetime
    skew_s: float | None = None
    stamp: str = ""
    punches: tuple[Punch, ...]

    def asked(self) -> TakePunches:
        """The punches as they came: what is made of a clock may have changed when they come again."""
        plain = tuple(msgspec.structs.replace(one, counts_at=None, fault=PunchFault.NONE) for one in self.punches)
        return msgspec.structs.replace(self, skew_s=None, punches=plain)


class SignIn(Command, frozen=True, kw_only=True):
    """Punch at the console, now: as oneself, or as the one whose ``card`` was shown or whose code was typed."""

    status: Status = 0
    card: ShownCard | None = None


class AskCorrection(Command, frozen=True, kw_only=True):
    """Ask that a punch that is missing be counted (补卡)."""

    staff: RecordId
    at: datetime
    status: Status = 0
    reason: Reason


class AskLeave(Command, frozen=True, kw_only=True):
    """Ask for leave, from a moment to a moment."""

    staff: RecordId
    leave: LeaveKind
    begin: datetime
    end: datetime
    reason: Reason


class AskSwap(Command, frozen=True, kw_only=True):
    """Ask that another one take over the shifts of a day, and give those of one of their days for it, or nothing."""

    staff: RecordId
    day: date
    other: RecordId
    other_day: date | None = None
    reason: Reason


class Object(Command, frozen=True, kw_only=True):
    """Object to what the sheet says of one of one's own days (异议)."""

    day: date
    reason: Reason


class AgreeSwap(Command, frozen=True, kw_only=True):
    """Agree, as the other one, to a swap."""

    request: RecordId


class Decide(Command, frozen=True, kw_only=True):
    """Approve a request or refuse it."""

    request: RecordId
    approved: bool
    answer: LongText = ""


class Withdraw(Command, frozen=True, kw_only=True):
    """Take one's own request back."""

    request: RecordId


class SaveShift(Command, frozen=True, kw_only=True):
    """Make or change a shift."""

    shift: Shift


class SetRota(Command, frozen=True, kw_only=True):
    """Say which shifts somebody works from a day on."""

    staff: RecordId
    rota: Rota


class DecideDay(Command, frozen=True, kw_only=True):
    """Say of a day without punches whether it was absence; None takes the word back."""

    staff: RecordId
    day: date
    word: DayWord | None
    reason: Reason


class NoteAway(Command, frozen=True, kw_only=True):
    """Note that a window is open, nobody calls and people wait (脱岗); ``since`` None: that is over."""

    window: str
    staff: str | None
    since: datetime | None


# -- events


class StaffEvent(LastingEvent, frozen=True, kw_only=True):
    """Something about somebody."""

    staff: str

    @property
    def subject(self) -> str:
        """Whom it is about."""
        return f"staff:{self.staff}"


class PinSet(StaffEvent, frozen=True, kw_only=True):
    """Somebody has another number on the terminals, or none; punches of the number that were nobody's are theirs."""

    type: ClassVar[str] = "attendance.pin_set"
    pin: str | None


class DepartmentSet(StaffEvent, frozen=True, kw_only=True):
    """Somebody stands on another department's sheet."""

    type: ClassVar[str] = "attendance.department_set"
    department: str | None


class PunchesTaken(Event, frozen=True, kw_only=True):
    """Punches were kept, each for the first time."""

    type: ClassVar[str] = "attendance.punches_taken"
    terminal: str
    device: str
    source: PunchSource
    received_at: datetime
    skew_s: float | None
    punches: tuple[Punch, ...]
    stamp: str = ""

    @property
    def subject(self) -> str:
        """The terminal."""
        return f"terminal:{self.terminal}"


class RequestMade(StaffEvent, frozen=True, kw_only=True):
    """Somebody asks for something."""

    type: ClassVar[str] = "attendance.request_made"
    request: Request


class RequestAgreed(StaffEvent, frozen=True, kw_only=True):
    """The other one agrees to a swap."""

    type: ClassVar[str] = "attendance.request_agreed"
    request: str


class RequestDecided(StaffEvent, frozen=True, kw_only=True):
    """A request was approved or refused."""

    type: ClassVar[str] = "attendance.request_decided"
    request: str
    approved: bool
    answer: str


class RequestWithdrawn(StaffEvent, frozen=True, kw_only=True):
    """A request was taken back."""

    type: ClassVar[str] = "attendance.request_withdrawn"
    request: str


class ShiftSaved(LastingEvent, frozen=True, kw_only=True):
    """A shift is as it stands here."""

    type: ClassVar[str] = "attendance.shift_saved"
    shift: Shift

    @property
    def subject(self) -> str:
        """The shift."""
        return f"shift:{self.shift.id}"


class RotaSet(StaffEvent, frozen=True, kw_only=True):
    """Somebody works these shifts from a day on."""

    type: ClassVar[str] = "attendance.rota_set"
    rota: Rota


class DayDecided(StaffEvent, frozen=True, kw_only=True):
    """A manager has said what a day without punches was."""

    type: ClassVar[str] = "attendance.day_decided"
    day: date
    word: DayWord | None
    reason: str


class AwayNoted(Event, frozen=True, kw_only=True):
    """A window is open and unattended (脱岗); ``since`` None: what ``began`` then is over."""

    type: ClassVar[str] = "attendance.away_noted"
    window: str
    staff: str | None
    since: datetime | None
    began: datetime | None = None

    @property
    def subject(self) -> str:
        """The window."""
        return f"window:{self.window}"


EVENTS = (
    PinSet,
    DepartmentSet,
    PunchesTaken,
    RequestMade,
    RequestAgreed,
    RequestDecided,
    RequestWithdrawn,
    ShiftSaved,
    RotaSet,
    DayDecided,
    AwayNoted,
)

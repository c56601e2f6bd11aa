"""What attendance keeps: punches as they came, shifts, who works which, and what people ask for."""

from __future__ import annotations

from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Pin = Annotated[str, Meta(pattern=r"^[0-9A-Za-z_.-]{1,24}$")]
"""A person's number on the terminals (工号 on the device)."""
ShortText = Annotated[str, Meta(max_length=200)]
LongText = Annotated[str, Meta(max_length=500)]
ClockTime = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
RecordId = Annotated[str, Meta(min_length=1, max_length=40)]


class Struct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen record."""


class PunchStatus(IntEnum):
    """Which way somebody went. Source: ZKTeco, Attendance PUSH Communication Protocol, appendix of ATTLOG."""

    IN = 0
    OUT = 1
    BREAK_OUT = 2
    BREAK_IN = 3
    OVERTIME_IN = 4
    OVERTIME_OUT = 5


class PunchSource(StrEnum):
    """Where a punch came from."""

    TERMINAL = "terminal"  # 考勤机, over HTTP
    GATEWAY = "gateway"  # 考勤机, over MQTT
    CONSOLE = "console"  # 窗口控制台
    CORRECTION = "correction"  # 补卡


class PunchFault(StrEnum):
    """Why a line of a terminal counts for nobody; the line itself is kept."""

    NONE = ""
    PERSON = "punch.pin"  # no number of a person stands there
    TIME = "punch.time"  # no time, or none that there is
    FIELD = "punch.field"  # a part is no number
    SHORT = "punch.short"  # half a line
    IMPOSSIBLE = "punch.time_impossible"  # the year 2000, or long past or to come


class Punch(Struct, frozen=True, kw_only=True):
    """A punch (打卡) as it came, and what is made of it.

    Attributes:
        pin: the person's number on the terminal; empty where the line has none.
        at: the terminal's clock, UTC; None where the line has no time.
        counts_at: the time that counts (`terminal_clock.placed`); None: it counts for nobody.
        staff: whose it is; None while nobody has this number.
        status, verify: as the terminal says; ``verify`` tells a card from a finger, never what was compared.
        raw: the line as it came.
    """

    pin: str
    at: datetime | None
    counts_at: datetime | None = None
    staff: str | None = None
    status: int = 0
    verify: int = 0
    workcode: str = ""
    raw: str = ""
    fault: PunchFault = PunchFault.NONE

    @property
    def mark(self) -> str:
        """What makes two punches of a terminal the same: who, when by its own clock, and which way."""
        if self.at is None or self.fault not in (PunchFault.NONE, PunchFault.IMPOSSIBLE):
            return f"? {self.raw}"
        return f"{self.pin} {self.at:%Y%m%d%H%M%S} {self.status}"


class Break(Struct, frozen=True, kw_only=True):
    """A break inside a shift, hall time."""

    begin: ClockTime
    end: ClockTime


class Shift(Struct, frozen=True, kw_only=True):
    """A shift (班次) in hall time; one that ends at or before its begin ends on the next day.

    Attributes:
        grace_min: so many minutes late or early are neither.
        flexible_min: one may come so much later and stay as much longer (弹性).
        follows_calendar: it is not worked on public holidays (法定节假日).
    """

    id: RecordId
    name: ShortText
    name_en: ShortText = ""
    begin: ClockTime
    end: ClockTime
    breaks: Annotated[tuple[Break, ...], Meta(max_length=6)] = ()
    grace_min: Annotated[int, Meta(ge=0, le=60)] = 0
    flexible_min: Annotated[int, Meta(ge=0, le=240)] = 0
    follows_calendar: bool = True
    active: bool = True


Week = Annotated[tuple[tuple[RecordId, ...], ...], Meta(min_length=7, max_length=7)]
"""The shifts of each weekday, Monday first."""


class Rota(Struct, frozen=True, kw_only=True):
    """Which shifts somebody works from a day on (排班)."""

    from_day: date
    week: Week


class LeaveKind(StrEnum):
    """Why somebody is away with leave. Source: domain page attendance; 职工带薪年休假条例."""

    ANNUAL = "annual"  # 年假
    SICK = "sick"  # 病假
    PERSONAL = "personal"  # 事假
    TRIP = "trip"  # 公出
    TIME_OFF = "time_off"  # 调休
    MARRIAGE = "marriage"  # 婚假
    MATERNITY = "maternity"  # 产假
    BEREAVEMENT = "bereavement"  # 丧假


class RequestKind(StrEnum):
    """What somebody asks for."""

    CORRECTION = "correction"  # 补卡
    LEAVE = "leave"  # 请假
    SWAP = "swap"  # 换班, or 替班 where nothing is given back
    OBJECTION = "objection"  # 异议


class RequestState(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Request(Struct, frozen=True, kw_only=True):
    """What somebody asks for (申请), decided by another person.

    Attributes:
        staff: whom it is about. asked_by: the actor who asked.
        reason, answer: in events the ids under which the vault has the words (`words`); on pages the words.
        at, status: of a correction. begin, end, leave: of a leave. day: of a swap or an objection.
        other, other_day: of a swap: who takes over ``day``, and which of their days is given for it; None: nothing.
        agreed: the other one has agreed to the swap.
        decided_by: the actor; never the one it is about, nor the one who asked.
    """

    id: str
    kind: RequestKind
    staff: str
    asked_by: str
    asked_at: datetime
    reason: str
    at: datetime | None = None
    status: int = 0
    leave: LeaveKind | None = None
    begin: datetime | None = None
    end: datetime | None = None
    day: date | None = None
    other: str | None = None
    other_day: date | None = None
    agreed: bool = False
    state: RequestState = RequestState.ASKED
    decided_by: str | None = None
    decided_at: datetime | None = None
    answer: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state is RequestState.ASKED

    @property
    def holds(self) -> bool:
        """Whether it counts."""
        return self.state is RequestState.APPROVED


class DayWord(StrEnum):
    """What a manager says of a day without punches, which is 未打卡 until then."""

    ABSENT = "absent"  # 旷工
    EXCUSED = "excused"  # 视为正常

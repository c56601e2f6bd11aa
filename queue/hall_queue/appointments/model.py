"""Appointments, the plans their slots come from, and persons who may book nothing for a while."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
"""A time of the day in hall time, "HH:MM"; "24:00" ends a day."""
Text = Annotated[str, Meta(max_length=200)]


class AppointmentState(StrEnum):
    """Where an appointment (预约) stands."""

    BOOKED = "booked"  # 已预约
    CLAIMED = "claimed"  # 已签到: its owner has checked in and holds a ticket
    CANCELLED = "cancelled"  # 已取消, by the visitor
    VOID = "void"  # 作废, by the hall; nobody's fault
    MISSED = "missed"  # 爽约: nobody came


class Rows(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stretch of a day, cut into slots.

    Attributes:
        minutes: length of a slot. quota: places in each.
    """

    begin: Clock
    end: Clock
    minutes: Annotated[int, Meta(ge=5, le=480)]
    quota: Annotated[int, Meta(ge=1, le=500)]


class WeekRow(Rows, frozen=True, kw_only=True):
    """A stretch of certain weekdays; 1 is Monday, 7 Sunday."""

    weekdays: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], Meta(min_length=1, max_length=7)]


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The week's slots from one date to another (both included); no date: always."""

    begins: date | None = None
    ends: date | None = None
    rows: Annotated[tuple[WeekRow, ...], Meta(max_length=60)] = ()

    def holds_on(self, day: date) -> bool:
        """Whether the plan is in force on a day."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


class DayPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day on which the week does not hold: other rows, or none: no appointments."""

    day: date
    rows: Annotated[tuple[Rows, ...], Meta(max_length=30)] = ()
    note: Text = ""


class LinePlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of a line's plans. ``revision`` counts its savings, so that two managers do not overwrite each other."""

    plans: Annotated[tuple[Plan, ...], Meta(max_length=20)] = ()
    days: Annotated[tuple[DayPlan, ...], Meta(max_length=200)] = ()
    revision: int = 0


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """Some minutes of a day in which so many may come; times are aware and in hall time."""

    begins: datetime
    ends: datetime
    quota: int


class Appointment(msgspec.Struct, kw_only=True):
    """A place in a slot, reserved for a person.

    Attributes:
        person: opaque id in the vault: by the ID number, else by the phone.
        contact: opaque id of the phone alone; the same as ``person`` where nothing but a phone is known.
        due, until: begin and end of the slot, UTC.
        token, code: secret of the visitor's page, and six digits to say at the kiosk; derived, stored nowhere.
        ticket: the ticket its owner got.
        late: checked in after the time for it.
    """

    id: str
    line: str
    matter: str | None
    day: date
    due: datetime
    until: datetime
    person: str
    contact: str | None
    booked_at: datetime
    token: str
    code: str
    state: AppointmentState = AppointmentState.BOOKED
    ticket: str | None = None
    late: bool = False
    ended_at: datetime | None = None
    reason: str = ""

    @property
    def wanted(self) -> str:
        """What a person may have only one appointment a day for: the matter, or the line where none is named."""
        return self.matter or self.line

    @property
    def is_open(self) -> bool:
        """Whether it takes a place that nobody has used yet."""
        return self.state is AppointmentState.BOOKED


class Restriction(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may neither book nor take a number (限制) until the end of a day."""

    person: str
    until: date
    reason: str
    since: datetime
    by: str

"""Commands and events about what attendance keeps of a person: group, card, and the leave they have in a year."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from attendance.messages import StaffEvent
from attendance.records import LeaveKind, RecordId
from hall_server.messages import Command

Card = Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{4,32}$")]
"""What a card reader types, or a code that somebody remembers."""
GroupName = Annotated[str, Meta(min_length=1, max_length=40)]
Year = Annotated[int, Meta(ge=2000, le=2200)]
LeaveDays = Annotated[float, Meta(ge=0, le=366, multiple_of=0.5)]


class SetGroup(Command, frozen=True, kw_only=True):
    """Say to which window group (窗口组) somebody belongs; None: to none."""

    staff: RecordId
    group: GroupName | None


class SetCard(Command, frozen=True, kw_only=True):
    """Say with which card or code somebody punches at a console; None takes it back."""

    staff: RecordId
    card: Card | None


class SetAllowance(Command, frozen=True, kw_only=True):
    """Say how many days of a kind of leave somebody has in a year, with those left of the year before; None: unset."""

    staff: RecordId
    year: Year
    leave: LeaveKind
    days: LeaveDays | None


class GroupSet(StaffEvent, frozen=True, kw_only=True):
    """Somebody belongs to another window group."""

    type: ClassVar[str] = "attendance.group_set"
    group: str | None


class CardSet(StaffEvent, frozen=True, kw_only=True):
    """Somebody punches with another card or code; ``mark`` is what a keyed hash makes of it, None: with none."""

    type: ClassVar[str] = "attendance.card_set"
    mark: str | None


class AllowanceSet(StaffEvent, frozen=True, kw_only=True):
    """Somebody has so many days of a kind of leave in a year."""

    type: ClassVar[str] = "attendance.allowance_set"
    year: int
    leave: LeaveKind
    days: float | None


EVENTS = (GroupSet, CardSet, AllowanceSet)

"""What figures are counted from: rows that stand for one rating, served matter or work order, or for many alike."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from evaluation.model import Level


class By(StrEnum):
    """What figures are told apart by."""

    HALL = "hall"
    DEPARTMENT = "department"
    WINDOW = "window"
    STAFF = "staff"  # for the hall's own eyes
    MATTER = "matter"
    CHANNEL = "channel"  # where it was rated
    DAY = "day"
    MONTH = "month"
    WEEKDAY = "weekday"  # 1 Monday to 7 Sunday
    LINE = "line"
    HOUR = "hour"  # in which the number was given
    TAKEN = "taken"  # where the number was taken
    PRIORITY = "priority"  # the class of priority it was taken with


WITHOUT_TICKETS = frozenset(
    {By.HALL, By.DEPARTMENT, By.WINDOW, By.STAFF, By.MATTER, By.CHANNEL, By.DAY, By.MONTH, By.WEEKDAY}
)
"""What can be told apart where the hall's tickets are not known, as at the city."""


class Word(StrEnum):
    """What kind of thing a rating says beside its level."""

    ASPECT = "aspect"
    REASON = "reason"


class RatingCount(msgspec.Struct, frozen=True, kw_only=True):
    """So many ratings of a level.

    Attributes:
        key: id of the department, window … they belong to; empty where that is not known.
        is_active: the visitor came to rate unasked.
        is_marked: they count in the raw figures only.
    """

    key: str = ""
    level: Level
    is_active: bool = False
    is_marked: bool = False
    many: int = 1


class WordCount(msgspec.Struct, frozen=True, kw_only=True):
    """So many ratings that name an aspect or a reason."""

    key: str = ""
    word: Word
    name: str
    is_marked: bool = False
    many: int = 1


class ServedCount(msgspec.Struct, frozen=True, kw_only=True):
    """So many matters of visits that were served to the end and could be rated (一事一评).

    Attributes:
        is_rated: there is a rating, marked or not.
    """

    key: str = ""
    is_rated: bool
    many: int = 1


class Order(Protocol):
    """The work order of a bad review, as far as figures need it."""

    @property
    def named(self) -> bool: ...
    @property
    def contact_due(self) -> datetime: ...
    @property
    def contacted_at(self) -> datetime | None: ...
    @property
    def fix_due(self) -> datetime: ...
    @property
    def fixed_at(self) -> datetime | None: ...
    @property
    def excluded(self) -> bool: ...
    @property
    def taken_back(self) -> bool: ...
    @property
    def revisited_at(self) -> datetime | None: ...
    @property
    def revisit_satisfied(self) -> bool | None: ...


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the figures of one period, or of one group in it, are counted from."""

    ratings: tuple[RatingCount, ...] = ()
    words: tuple[WordCount, ...] = ()
    served: tuple[ServedCount, ...] = ()
    orders: tuple[Order, ...] = ()

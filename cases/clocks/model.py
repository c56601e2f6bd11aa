"""A clock of a case: what is known about it, and how it stands at a moment."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec


class ClockKind(StrEnum):
    """Which clock it is: each case has a promise and a statute clock, one per node, one of notice and of delivery."""

    NOTICE = "notice"  # 一次性告知
    PROMISE = "promise"  # 承诺时限
    STATUTE = "statute"  # 法定时限
    NODE = "node"  # 环节时限
    DELIVERY = "delivery"  # 送达


class Light(StrEnum):
    """How urgent it is, in order."""

    GREEN = "green"  # 绿灯
    YELLOW = "yellow"  # 黄灯: soon due
    RED = "red"  # 红灯: over what was promised
    DOUBLE_RED = "double_red"  # 双红灯: over what the law allows

    @property
    def rank(self) -> int:
        """0 for green, upwards."""
        return _RANKS[self]

    def is_at_least(self, other: Light) -> bool:
        """Whether it is as urgent as another, or more; ``>`` would compare letters."""
        return self.rank >= other.rank


_RANKS = {light: rank for rank, light in enumerate(Light)}


class Suspension(msgspec.Struct, frozen=True, gc=False):
    """A time in which the case stands (特别程序, 中止): ``since`` counts, ``until`` does not.

    Attributes:
        until: None: it has not ended and nobody has said when it will; later than now: the time that was told.
    """

    since: datetime
    until: datetime | None = None


class ClockFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known about a clock; all moments are aware.

    Attributes:
        started_at: its day is not counted (民法典 201).
        limit_workdays: 0: due on the same day.
        node: which one, of a node's clock.
        extension_workdays: granted (延长).
        suspensions: in any order; they may overlap.
        ended_at: when what it asks for was done; None: it runs.
        is_on_the_spot: 即办件: never overdue.
    """

    kind: ClockKind
    started_at: datetime
    limit_workdays: int
    node: str = ""
    extension_workdays: int = 0
    suspensions: tuple[Suspension, ...] = ()
    ended_at: datetime | None = None
    is_on_the_spot: bool = False


class ClockNow(msgspec.Struct, frozen=True, kw_only=True):
    """How a clock stands.

    Attributes:
        due: the last day on which it is in time. due_at: the close of that day.
        total_workdays: limit and extension; used and left add up to it.
        used_workdays: begun and not suspended, after the first day.
        left_workdays: after today; 0 on the last day, negative: so many days over.
        suspended_workdays: that moved the due day.
        is_beyond_calendar: a year that it runs through is not announced: the day may change.
        stands_since: it is suspended, and the due day is as if it went on after today (or after the time told).
    """

    kind: ClockKind
    node: str
    due: date
    due_at: datetime
    total_workdays: int
    used_workdays: int
    left_workdays: int
    suspended_workdays: int
    light: Light
    is_overdue: bool
    is_beyond_calendar: bool
    stands_since: datetime | None
    ended_at: datetime | None

    @property
    def is_provisional(self) -> bool:
        """Whether the due day may still move by itself."""
        return self.is_beyond_calendar or self.is_suspended

    @property
    def is_suspended(self) -> bool:
        """Whether it stands now."""
        return self.stands_since is not None

    @property
    def is_ended(self) -> bool:
        """Whether it has been stopped for good."""
        return self.ended_at is not None

    @property
    def ended_early_workdays(self) -> int | None:
        """By how many working days it was done before the last day; negative: late; None: it runs."""
        return self.left_workdays if self.is_ended else None

    @property
    def overdue_workdays(self) -> int:
        """By how many working days it is, or was when it ended, over; 0 also where it is over by hours."""
        return max(0, -self.left_workdays) if self.is_overdue else 0

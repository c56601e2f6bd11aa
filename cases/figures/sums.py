"""What is counted of cases before anything is divided: sums that add up over halls, departments and days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum

import msgspec

from cases.figures.facts import CaseFacts
from cases.model import Channel

ONLINE = frozenset({Channel.ONLINE, Channel.PHONE})
"""Handed in without coming (网上办、掌上办); a terminal in the hall is not."""


class GroupBy(StrEnum):
    """By what figures are told apart."""

    DEPARTMENT = "department"
    MATTER = "matter"
    HALL = "hall"
    CHANNEL = "channel"


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """The days that are asked about, both counted; None: from the beginning, to the end."""

    first: date | None = None
    last: date | None = None

    def has(self, day: date | None) -> bool:
        """Whether a day is one of them."""
        if day is None:
            return False
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)

    def is_open(self, case: CaseFacts) -> bool:
        """Whether a case had come by the last of them and was not over."""
        if self.last is None:
            return case.closed_on is None
        return case.received_on <= self.last and (case.closed_on is None or case.closed_on > self.last)


ALL_DAYS = Days()


class CaseSums(msgspec.Struct, kw_only=True):
    """Counts; each field is a numerator or denominator of `formulas.FORMULAS`.

    Attributes:
        decided: decided and not withdrawn: the denominator of what was done with cases.
        promised: of these, not done on the spot. matters_seen, slow_matters: theirs; slow: some case not on the spot.
        days: of these, how many took so many working days net of special procedures.
        to_be_told: of these, that a notice was given for, or was owed. noticed: that one was given for.
        statute_days: of decided cases that the law gives time for; promise_saved_days, handling_saved_days: of these.
    """

    received: int = 0
    accepted: int = 0
    decided: int = 0
    withdrawn: int = 0
    open: int = 0
    open_overdue: int = 0
    immediate: int = 0
    promised: int = 0
    same_day: int = 0
    early: int = 0
    on_time: int = 0
    over_promise: int = 0
    over_statute: int = 0
    statute_days: int = 0
    promise_saved_days: int = 0
    handling_saved_days: int = 0
    online: int = 0
    one_window: int = 0
    visits: int = 0
    to_be_told: int = 0
    noticed: int = 0
    one_notice: int = 0
    second_notice: int = 0
    used_days: int = 0
    materials_listed: int = 0
    materials_saved: int = 0
    days: Counter[int] = msgspec.field(default_factory=Counter)
    matters_seen: set[str] = msgspec.field(default_factory=set)
    slow_matters: set[str] = msgspec.field(default_factory=set)

    @property
    def matters(self) -> int:
        """How many matters the decided cases are of."""
        return len(self.matters_seen)

    @property
    def immediate_matters(self) -> int:
        """Of how many of these every case was done on the spot."""
        return len(self.matters_seen - self.slow_matters)

    def add(self, case: CaseFacts, days: Days = ALL_DAYS) -> None:
        """Count a case: each thing on the day on which it happened."""
        if case.is_withdrawn:
            self.withdrawn += days.has(case.closed_on)
        else:
            self.accepted += days.has(case.accepted_on)
            if days.has(case.decided_on):
                self._add_decided(case)
        self.received += days.has(case.received_on)
        if days.is_open(case):
            self.open += 1
            self.open_overdue += case.decided_on is None and case.is_over_promise

    def merge(self, other: CaseSums) -> None:
        """Add what was counted elsewhere."""
        for name in self.__struct_fields__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, set):
                mine |= theirs
            elif isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, name, mine + theirs)

    def _add_decided(self, case: CaseFacts) -> None:
        self.decided += 1
        self.immediate += case.is_immediate
        self.promised += not case.is_immediate
        self.matters_seen.add(case.matter)
        if not case.is_immediate:
            self.slow_matters.add(case.matter)
        self.online += case.channel in ONLINE
        self.one_window += case.is_one_window
        self.visits += case.visits
        self.materials_listed += case.materials_listed
        self.materials_saved += case.materials_listed - case.materials_brought
        self._add_time(case)
        self._add_notices(case)

    def _add_time(self, case: CaseFacts) -> None:
        used = case.used_workdays or 0
        is_late = case.is_over_promise and not case.is_immediate
        self.same_day += case.decided_on == (case.accepted_on or case.received_on)
        self.early += case.early_workdays > 0 and not case.is_immediate and not is_late
        self.over_promise += is_late
        self.on_time += not is_late
        self.over_statute += case.is_over_statute and not case.is_immediate
        self.used_days += used
        self.days[used] += 1
        if case.statute_workdays:
            self.statute_days += case.statute_workdays
            self.promise_saved_days += case.statute_workdays - case.promise_workdays
            self.handling_saved_days += case.statute_workdays - used

    def _add_notices(self, case: CaseFacts) -> None:
        is_told = case.notices > 0
        self.noticed += is_told
        self.to_be_told += is_told or case.is_notice_late
        self.one_notice += case.notices == 1 and not case.is_notice_late
        self.second_notice += case.notices > 1


KEYS: dict[GroupBy, Callable[[CaseFacts], str]] = {
    GroupBy.DEPARTMENT: lambda case: case.department,
    GroupBy.MATTER: lambda case: case.matter,
    GroupBy.HALL: lambda case: case.hall,
    GroupBy.CHANNEL: lambda case: case.channel.value,
}


def summed(cases: Iterable[CaseFacts], days: Days = ALL_DAYS) -> CaseSums:
    """The sums of all cases."""
    found = CaseSums()
    for case in cases:
        found.add(case, days)
    return found


def grouped(cases: Iterable[CaseFacts], by: GroupBy, days: Days = ALL_DAYS) -> dict[str, CaseSums]:
    """The sums of each group, in the order of its name; merged they are the sums of all."""
    found: dict[str, CaseSums] = {}
    key = KEYS[by]
    for case in cases:
        found.setdefault(key(case), CaseSums()).add(case, days)
    return dict(sorted(found.items()))

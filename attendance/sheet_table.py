"""The monthly sheet as tables of texts and numbers, one for each department: the same on paper and as a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from attendance.days import DayDone, DayState

SUMS = ("work_days", "normal", "late", "early", "missing", "no_punch", "absent", "leave", "trip", "overtime")
"""The columns behind the days: days of each state."""
MINUTES = ("late", "early", "overtime")
"""Those that have minutes beside their days."""
MISSING = (DayState.MISSING_IN, DayState.MISSING_OUT)
MARKED = frozenset({DayState.LATE, DayState.EARLY, *MISSING, DayState.NO_PUNCH, DayState.ABSENT})
"""States that stand out on the sheet."""

Words = Callable[[str], str]
"""words(key): the text of ``attendance.sheet.{key}`` in the sheet's language."""


class Paper(StrEnum):
    """What it is printed on."""

    A4 = "a4"
    A3 = "a3"


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Days of each of `SUMS`, and the minutes of `MINUTES`."""

    days: dict[str, int]
    minutes: dict[str, int]

    def cell(self, name: str) -> str:
        """Days, and below them minutes where there are some, for paper."""
        minutes = self.minutes.get(name)
        return f"{self.days[name]}\n{minutes}'" if minutes else str(self.days[name])


class SheetRow(msgspec.Struct, frozen=True, kw_only=True):
    """One person: a sign for each day, and the sums; ``marked``: the days that stand out, counted from 0."""

    number: str
    name: str
    days: tuple[str, ...]
    marked: tuple[int, ...]
    sums: Sums


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A department's sheet.

    Attributes:
        name: of the department or the hall.
        days: number and weekday of each. rest: those on which offices do not work, counted from 0.
        total: the sums of all rows.
    """

    name: str
    title: str
    days: tuple[tuple[int, str], ...]
    rest: tuple[int, ...]
    rows: tuple[SheetRow, ...]
    total: Sums


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """All sheets of a month, and the words on them.

    Attributes:
        heads: the word for number, name, signature, total, minutes and each of `SUMS`. page: with ``{n}`` and ``{of}``.
    """

    sheets: tuple[Sheet, ...]
    heads: dict[str, str]
    legend: str
    signed: str
    page: str


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody and their days."""

    number: str
    name: str
    days: Mapping[date, DayDone]


def sheet(
    name: str,
    title: str,
    days: Sequence[date],
    people: Sequence[Person],
    words: Words,
    *,
    today: date,
    is_workday: Callable[[date], bool],
) -> Sheet:
    """Make the sheet of some people.

    Args:
        people: in the order of the sheet.
        today: what lies ahead stays empty and is not counted.
    """
    rows = tuple(_row(one, days, words, today) for one in people)
    return Sheet(
        name=name,
        title=title,
        days=tuple((day.day, words(f"weekday_{day.isoweekday()}")) for day in days),
        rest=tuple(n for n, day in enumerate(days) if not is_workday(day)),
        rows=rows,
        total=_total([row.sums for row in rows]),
    )


def book(sheets: Sequence[Sheet], words: Words) -> Book:
    """Bind sheets."""
    return Book(
        sheets=tuple(sheets),
        heads={name: words(name) for name in ("number", "name", "signature", "total", "minutes", *SUMS)},
        legend="　".join(f"{words(f'sign.{state.value}')} {words(f'state.{state.value}')}" for state in _SHOWN),
        signed=words("signed"),
        page=words("page"),
    )


_SHOWN = tuple(state for state in DayState if state not in (DayState.UNDER_WAY, DayState.AHEAD))


def sums(days: Sequence[DayDone]) -> Sums:
    """Count days."""

    def n(*states: DayState) -> int:
        return sum(any(state in one.states for state in states) for one in days)

    counts = {
        "work_days": sum(bool(one.shifts) for one in days),
        "missing": n(*MISSING),
        **{name: n(DayState(name)) for name in SUMS if name not in ("work_days", "missing")},
    }
    minutes = {name: sum(getattr(one, f"{name}_min") for one in days) for name in MINUTES}
    return Sums(days=counts, minutes=minutes)


def _row(one: Person, days: Sequence[date], words: Words, today: date) -> SheetRow:
    past = [day for day in days if day <= today]
    return SheetRow(
        number=one.number,
        name=one.name,
        days=tuple(_sign(one.days[day], words) if day <= today else "" for day in days),
        marked=tuple(n for n, day in enumerate(past) if not MARKED.isdisjoint(one.days[day].states)),
        sums=sums([one.days[day] for day in past]),
    )


def _sign(done: DayDone, words: Words) -> str:
    return "".join(dict.fromkeys(words(f"sign.{state.value}") for state in done.states if state in _SHOWN))


def _total(found: Sequence[Sums]) -> Sums:
    return Sums(
        days={name: sum(one.days[name] for one in found) for name in SUMS},
        minutes={name: sum(one.minutes[name] for one in found) for name in MINUTES},
    )

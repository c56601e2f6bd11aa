"""The monthly sheet of a department as a table of texts, the same for paper and for the spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from attendance.days import DayDone, DayState

SUMS = ("work_days", "normal", "late", "early", "missing", "no_punch", "absent", "leave", "trip", "overtime")
"""The columns behind the days: days of each state; late, early and overtime with their minutes."""
MISSING = (DayState.MISSING_IN, DayState.MISSING_OUT)

Words = Callable[[str], str]
"""words(key): the text of ``attendance.sheet.{key}`` in the sheet's language."""


class SheetRow(msgspec.Struct, frozen=True, kw_only=True):
    """One person: a sign for each day, and the sums."""

    number: str
    name: str
    days: tuple[str, ...]
    sums: tuple[int | str, ...]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A whole sheet; ``heads`` are of number, name, each day, each sum and the signature."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    legend: str
    signed: str


def sheet(
    title: str,
    days: tuple[date, ...],
    people: list[tuple[str, str, Mapping[date, DayDone]]],
    words: Words,
    *,
    today: date,
) -> Sheet:
    """Make the sheet of some people.

    Args:
        people: number, name and days of each, in the order of the sheet.
        today: what lies ahead stays empty and is not counted.
    """
    heads = (words("number"), words("name"), *(str(day.day) for day in days), *map(words, SUMS), words("signature"))
    rows = tuple(_row(number, name, found, days, words, today) for number, name, found in people)
    signs = "　".join(f"{words(f'sign.{state.value}')} {words(f'state.{state.value}')}" for state in _SHOWN)
    return Sheet(title=title, heads=heads, rows=rows, legend=signs, signed=words("signed"))


_SHOWN = tuple(state for state in DayState if state not in (DayState.UNDER_WAY, DayState.AHEAD))


def _row(
    number: str, name: str, found: Mapping[date, DayDone], days: tuple[date, ...], words: Words, today: date
) -> SheetRow:
    past = [found[day] for day in days if day <= today]
    signs = tuple(_sign(found[day], words) if day <= today else "" for day in days)

    def n(*states: DayState) -> int:
        return sum(any(state in one.states for state in states) for one in past)

    late, early, overtime = (
        sum(getattr(one, field) for one in past) for field in ("late_min", "early_min", "overtime_min")
    )
    sums = (
        sum(bool(one.shifts) for one in past),
        n(DayState.NORMAL),
        _with_minutes(n(DayState.LATE), late),
        _with_minutes(n(DayState.EARLY), early),
        n(*MISSING),
        n(DayState.NO_PUNCH),
        n(DayState.ABSENT),
        n(DayState.LEAVE),
        n(DayState.TRIP),
        _with_minutes(n(DayState.OVERTIME), overtime),
    )
    return SheetRow(number=number, name=name, days=signs, sums=sums)


def _sign(done: DayDone, words: Words) -> str:
    return "".join(dict.fromkeys(words(f"sign.{state.value}") for state in done.states if state in _SHOWN))


def _with_minutes(times: int, minutes: int) -> int | str:
    return f"{times}/{minutes}'" if minutes else times

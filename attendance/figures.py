"""The one table of the figures of attendance, what each divides by what, and how they are counted; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import msgspec

from attendance.days import DayDone
from attendance.sheet_table import MINUTES, SUMS, sums

PAGE = "/api/v1/statistics/duty/formulas"
PEOPLE, WORK_DAYS = "people", "work_days"


class DutyKind(StrEnum):
    """What a figure is."""

    COUNT = "count"  # how many days, or people
    MINUTES = "minutes"
    RATE = "rate"  # a part of the days that were to be worked, 0 to 1


class DutyFormula(msgspec.Struct, frozen=True, kw_only=True):
    """A figure; ``attendance.figure.{id}``, ``.plain``, ``.formula`` and ``.events`` are its words.

    Attributes:
        top, bottom: what is divided: ``people``, one of `SUMS`, or one of `MINUTES` with ``_min`` behind it.
        is_better_high: whether more of it is good news; None: neither.
    """

    id: str
    kind: DutyKind
    top: str
    bottom: str | None = None
    is_better_high: bool | None = None

    @property
    def link(self) -> str:
        """Where it is explained."""
        return f"{PAGE}#{self.id}"


def _days(name: str, is_better_high: bool | None = None) -> DutyFormula:
    return DutyFormula(id=name, kind=DutyKind.COUNT, top=name, is_better_high=is_better_high)


def _rate(name: str, is_better_high: bool) -> DutyFormula:
    return DutyFormula(id=f"{name}_rate", kind=DutyKind.RATE, top=name, bottom=WORK_DAYS, is_better_high=is_better_high)


def _minutes(name: str, is_better_high: bool | None = None) -> DutyFormula:
    return DutyFormula(id=f"{name}_min", kind=DutyKind.MINUTES, top=f"{name}_min", is_better_high=is_better_high)


FORMULAS: tuple[DutyFormula, ...] = (
    _days(PEOPLE),
    _days(WORK_DAYS),
    _days("normal", is_better_high=True),
    _rate("normal", is_better_high=True),
    _days("late", is_better_high=False),
    _rate("late", is_better_high=False),
    _minutes("late", is_better_high=False),
    _days("early", is_better_high=False),
    _rate("early", is_better_high=False),
    _minutes("early", is_better_high=False),
    _days("missing", is_better_high=False),
    _days("no_punch", is_better_high=False),
    _rate("no_punch", is_better_high=False),
    _days("absent", is_better_high=False),
    _rate("absent", is_better_high=False),
    _days("leave"),
    _days("trip"),
    _days("overtime"),
    _minutes("overtime"),
)
BY_ID = {formula.id: formula for formula in FORMULAS}


class PersonDay(NamedTuple):
    """What a day was for somebody; ``department``: on whose sheet they stand, empty: on none."""

    staff: str
    department: str
    day: date
    done: DayDone


class DutyFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure.

    Attributes:
        numerator: days, people or minutes. denominator: None for what is not a rate.
        value: of a rate a share, else the numerator; None where there is nothing to divide by.
        formula: where it is explained.
    """

    id: str
    kind: DutyKind
    numerator: int
    denominator: int | None
    value: float | None
    formula: str


def counted(days: Iterable[PersonDay]) -> tuple[DutyFigure, ...]:
    """Every figure of the table, in its order."""
    found = list(days)
    total = sums([one.done for one in found])
    parts = {
        PEOPLE: len({one.staff for one in found if one.done.shifts}),
        **{name: total.days[name] for name in SUMS},
        **{f"{name}_min": total.minutes[name] for name in MINUTES},
    }
    return tuple(_figure(formula, parts) for formula in FORMULAS)


def _figure(formula: DutyFormula, parts: dict[str, int]) -> DutyFigure:
    top, bottom = parts[formula.top], None if formula.bottom is None else parts[formula.bottom]
    value: float | None = top
    if bottom is not None:
        value = top / bottom if bottom else None
    return DutyFigure(
        id=formula.id, kind=formula.kind, numerator=top, denominator=bottom, value=value, formula=formula.link
    )

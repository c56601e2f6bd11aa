"""Attendance beside the other figures: the same question, as far as it means anything for people's days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from attendance.figure_pictures import DAYS_MOST, DutyBy, DutyGroup, DutyOnly, DutyPeriod
from attendance.figures import PEOPLE, DutyFigure
from attendance.sheet_table import MINUTES, SUMS
from dashboards.figures.asked import GroupBy
from evaluation.figures import narrowing
from evaluation.figures.narrowing import DEPARTMENT, FILTERS, Of
from evaluation.figures.period import Period
from hall_server.directory.directory import Directory

if TYPE_CHECKING:
    from hall_server.server import Server

_BY: dict[GroupBy, DutyBy] = {
    GroupBy.HALL: DutyBy.HALL,
    GroupBy.STAFF: DutyBy.STAFF,
    GroupBy.DEPARTMENT: DutyBy.DEPARTMENT,
    GroupBy.WEEKDAY: DutyBy.WEEKDAY,
    GroupBy.DAY: DutyBy.DAY,
    GroupBy.MONTH: DutyBy.MONTH,
}
"""What attendance can be told apart by."""
MEANT = (Of.STAFF.value, DEPARTMENT, Of.WEEKDAY.value)
"""The filters that mean something for a person's day. It has no line, matter or number; who is absent sits nowhere."""


class DutyFound(msgspec.Struct, frozen=True, kw_only=True):
    """Attendance of a period, of all people meant together and told apart.

    Attributes:
        last: today at the latest. most: longest period, days.
        people: those with shifts in the period. days, minutes: days of each state; ``attendance.sheet.{name}``.
        only: the filters that were applied. unused: those that were asked for and mean nothing here, so that the
            figures are not narrowed by them.
        by: what was asked for. is_apart: whether attendance can be told apart by it.
        figures: empty where nobody had a shift. compared: of the other period, where one was asked for.
    """

    first: date
    last: date
    most: int
    is_too_long: bool
    people: int
    days: dict[str, int]
    minutes: dict[str, int]
    only: dict[str, str]
    unused: tuple[str, ...]
    by: GroupBy
    is_apart: bool
    is_empty: bool
    figures: tuple[DutyFigure, ...]
    groups: list[DutyGroup]
    compared: DutyPeriod | None


class DutyAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A question about attendance.

    Attributes:
        said: all filters as they were asked for; those not in `MEANT` narrow nothing.
    """

    period: Period
    by: GroupBy = GroupBy.HALL
    compare: Period | None = None
    only: DutyOnly = DutyOnly()
    said: dict[str, str] = {}


def only_of(said: Callable[[str], str], directory: Directory) -> DutyOnly:
    """The filters of a question that mean something for attendance.

    Raises:
        Invalid: ``statistics.value_unknown``.
    """

    def values(name: str, known: object) -> frozenset[str] | None:
        return narrowing.values_of(name, said(name), known) if said(name) else None  # type: ignore[arg-type]  # containers of names

    return DutyOnly(
        staff=values(Of.STAFF, directory.staff),
        departments=values(DEPARTMENT, directory.departments),
        weekdays=values(Of.WEEKDAY, narrowing.WEEKDAYS),
    )


async def duty(server: Server, asked: DutyAsked) -> DutyFound:
    """What the days of a period add up to; nothing in a hall without attendance."""
    by = _BY.get(asked.by, DutyBy.HALL)
    found = await _period(server, asked.period, by, asked.only)
    numbers = {one.id: one.numerator for one in found.figures}
    return DutyFound(
        first=found.first,
        last=found.last,
        most=found.most,
        is_too_long=found.is_too_long,
        people=numbers.get(PEOPLE, 0),
        days={name: numbers.get(name, 0) for name in SUMS},
        minutes={name: numbers.get(f"{name}_min", 0) for name in MINUTES},
        only={name: text for name, text in asked.said.items() if name in MEANT},
        unused=tuple(str(name) for name in FILTERS if name in asked.said and name not in MEANT),
        by=asked.by,
        is_apart=asked.by in _BY,
        is_empty=found.is_empty,
        figures=found.figures,
        groups=found.groups,
        compared=None if asked.compare is None else await _period(server, asked.compare, by, asked.only),
    )


async def _period(server: Server, period: Period, by: DutyBy, only: DutyOnly) -> DutyPeriod:
    room = server.rooms.get("attendance")
    if room is None:
        return DutyPeriod(
            first=period.first,
            last=period.last,
            is_empty=True,
            is_too_long=False,
            most=DAYS_MOST,
            figures=(),
            groups=[],
        )
    found: DutyPeriod = await room.figures.of(period.first, period.last, by, only)
    return found

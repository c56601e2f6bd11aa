"""The hall's figures as they are shown: of a period, of its groups by name, beside another period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from dashboards.figures.asked import Asked, GroupBy
from dashboards.figures.cells import Numbers, sums
from dashboards.figures.compute import HallFigure, figures
from dashboards.figures.source import Source
from evaluation.figures.period import Period
from hall_server.directory.directory import Directory
from hall_server.directory.model import Priority


class HallGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one line, matter, window …

    Attributes:
        key: its id; empty: what belongs to none (a visit without a matter, one that was never called to a window).
        number: what stands on the window, the 工号, the item code, the line's letter.
    """

    key: str
    name: str
    name_en: str
    number: str
    figures: tuple[HallFigure, ...]


class PeriodFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a period.

    Attributes:
        is_empty: nothing happened in it: there are no figures then, which is not the same as zeros.
    """

    first: date
    last: date
    is_empty: bool
    figures: tuple[HallFigure, ...]
    groups: list[HallGroup]


class StatisticsFound(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for.

    Attributes:
        only: the filters, as they were asked for.
        goal_min: the hall's goal for waits, minutes.
        known_first, known_last: the days between which there is anything at all; None in an empty hall.
        compared: the period beside it, if one was asked for.
    """

    by: GroupBy
    only: dict[str, str]
    goal_min: int
    known_first: date | None
    known_last: date | None
    found: PeriodFigures
    compared: PeriodFigures | None


class StatisticsPictures:
    """Makes the figures of a period, for managers; reports and pages take them from here, so that all say the same."""

    def __init__(self, source: Source, directory: Directory, staff_name: Callable[[str], str], goal_min: int) -> None:
        self._source = source
        self._directory = directory
        self._staff_name = staff_name
        self._goal_min = goal_min

    async def of(self, asked: Asked, only: dict[str, str], compare: Period | None = None) -> StatisticsFound:
        """The figures asked for.

        Args:
            only: the filters in the words of whoever asked, given back as they are.
            compare: another period of which the same is wanted.

        Raises:
            Invalid: ``statistics.too_fine``.
        """
        known = await self._source.known()
        found = await self.period(asked)
        other = msgspec.structs.replace(asked, period=compare) if compare else None
        return StatisticsFound(
            by=asked.by,
            only=only,
            goal_min=self._goal_min,
            known_first=date.fromisoformat(known[0]) if known else None,
            known_last=date.fromisoformat(known[1]) if known else None,
            found=found,
            compared=await self.period(other) if other else None,
        )

    async def period(self, asked: Asked) -> PeriodFigures:
        """The figures of one period.

        Raises:
            Invalid: ``statistics.too_fine``.
        """
        self._source.check(asked)
        whole = await self._source.whole(asked)
        is_empty = whole is None or not any(whole)
        apart = {} if is_empty or asked.by is GroupBy.HALL else await self._source.groups(asked)
        groups = [self._group(asked.by, key, numbers) for key, numbers in apart.items()]
        return PeriodFigures(
            first=asked.period.first,
            last=asked.period.last,
            is_empty=is_empty,
            figures=() if is_empty else figures(sums(whole), goal_min=self._goal_min),
            groups=sorted(groups, key=lambda one: place(one.number, one.key)),
        )

    def _group(self, by: GroupBy, key: str, numbers: Numbers) -> HallGroup:
        name, name_en, number = self.named(by, key)
        found = figures(sums(numbers), goal_min=self._goal_min)
        return HallGroup(key=key, name=name, name_en=name_en, number=number, figures=found)

    def named(self, by: GroupBy, key: str) -> tuple[str, str, str]:
        """Name, English name and number of a group; what the directory does not know keeps its id."""
        known = self._directory
        match by:
            case GroupBy.LINE if (line := known.lines.get(key)) is not None:
                return line.name, line.name_en or line.name, line.prefix
            case GroupBy.MATTER if (matter := known.matters.get(key)) is not None:
                return matter.name, matter.name_en or matter.name, matter.code
            case GroupBy.DEPARTMENT if (department := known.departments.get(key)) is not None:
                return department.name, department.name_en or department.name, ""
            case GroupBy.WINDOW if (window := known.windows.get(key)) is not None:
                return window.name, window.name_en or window.name, str(window.number)
            case GroupBy.STAFF if (person := known.staff.get(key)) is not None:
                name = self._staff_name(key)
                return name, name, person.number
            case GroupBy.PRIORITY if (priority := self._priorities.get(key)) is not None:
                return priority.name, priority.name_en or priority.name, ""
            case _:
                return key, key, ""

    @property
    def _priorities(self) -> dict[str, Priority]:
        hall = self._directory.hall
        return {one.id: one for one in hall.priorities} if hall else {}


def place(number: str, key: str) -> tuple[bool, int, str, str]:
    """Where a group stands: by number, then by id; what belongs to none comes last."""
    digits = number if number.isdigit() and len(number) < 9 else ""
    return not key, int(digits or 0), number, key

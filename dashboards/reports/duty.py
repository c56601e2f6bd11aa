"""Who was there: the figures of attendance of the hall or of a department, as its room counts them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attendance.figure_pictures import DutyBy, DutyGroup, DutyOnly, DutyPeriod
from attendance.figures import FORMULAS, WORK_DAYS, DutyFigure, DutyKind
from dashboards.figures.shown import Unit
from dashboards.reports.book import Column, Section, Table, Value
from dashboards.reports.model import Scope
from dashboards.reports.tables import beside, beside_columns
from dashboards.reports.words import ReportWords
from evaluation.figures.period import Period

if TYPE_CHECKING:
    from hall_server.server import Server

UNITS = {DutyKind.COUNT: Unit.COUNT, DutyKind.MINUTES: Unit.COUNT, DutyKind.RATE: Unit.RATE}
APART = tuple(one for one in FORMULAS if one.id != "people")
"""What is said of each person; the shares stand in the spreadsheet only, paper has no room for them."""


class Duty:
    """Asks the room of attendance; a hall without it has none."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def sections(self, period: Period, scope: Scope, words: ReportWords) -> list[Section]:
        """The chapter; none where nobody has shifts. A window has no people of its own, which is said."""
        room = self._server.rooms.get("attendance")
        if room is None:
            return []
        only = DutyOnly(departments=None if scope.department is None else frozenset({scope.department}))
        found: DutyPeriod = await room.figures.of(period.first, period.last, DutyBy.STAFF, only)
        if found.is_too_long:
            return [Section(title=words("duty"), intro=words("duty.too_long", most=found.most))]
        if found.is_empty:
            return []
        if scope.window is not None:
            return [Section(title=words("duty"), intro=words("duty.no_window"))]
        earlier = period.before
        before: DutyPeriod = await room.figures.of(earlier.first, earlier.last, DutyBy.HALL, only)
        intro = words("duty.intro" if scope.department is None else "duty.intro_department")
        return [Section(title=words("duty"), intro=intro, tables=(_all(found, before, words), _apart(found, words)))]


def _all(found: DutyPeriod, before: DutyPeriod, words: ReportWords) -> Table:
    """Every figure beside that of the period before."""
    then = {one.id: one.value for one in before.figures}
    rows = tuple((words.duty(one.id), *beside(one.value, then.get(one.id), UNITS[one.kind])) for one in found.figures)
    return Table(title=words("duty.all"), columns=beside_columns(words), rows=rows)


def _apart(found: DutyPeriod, words: ReportWords) -> Table:
    """A row a person, and the sum of all of them."""
    rows = [(one.number, one.name, *cells(one.figures)) for one in found.groups if _works(one)]
    columns = (
        Column(name=words.any("attendance.sheet.number")),
        Column(name=words.any("attendance.sheet.name")),
        *(
            Column(name=_head(one.id, words), unit=UNITS[one.kind], is_on_paper=one.kind is not DutyKind.RATE)
            for one in APART
        ),
    )
    total = ("", words("total"), *cells(found.figures))
    return Table(title=words("duty.staff"), columns=columns, rows=(*rows, total), has_total=True)


def cells(figures: Iterable[DutyFigure]) -> tuple[Value, ...]:
    """The values of `APART`."""
    known = {one.id: one.value for one in figures}
    return tuple(known.get(one.id) for one in APART)


def _works(group: DutyGroup) -> bool:
    return any(one.numerator for one in group.figures if one.id in {WORK_DAYS, "overtime"})


def _head(id_: str, words: ReportWords) -> str:
    """The short words of the monthly sheet, for narrow columns."""
    name, _, unit = id_.rpartition("_")
    if unit == "min":
        return f"{words.any(f'attendance.sheet.{name}')} {words.any('attendance.sheet.minutes')}"
    return words.duty(id_) if unit == "rate" else words.any(f"attendance.sheet.{id_}")

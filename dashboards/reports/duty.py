"""Who was there: the days of the people of the hall or of a department, as attendance judges them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attendance.sheet_table import MINUTES, SUMS, Sums, sums
from dashboards.figures.shown import Unit
from dashboards.reports.book import Column, Section, Table, Value
from dashboards.reports.model import Scope
from dashboards.reports.words import ReportWords
from evaluation.figures.period import Period

if TYPE_CHECKING:
    from hall_server.server import Server

DAYS_MOST = 62
"""Attendance judges each day of each person anew; of longer periods there are its own monthly sheets."""


class Duty:
    """Asks the room of attendance; a hall without it has none."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def sections(self, period: Period, scope: Scope, words: ReportWords) -> list[Section]:
        """The chapter; none for a window, a long period, or where nobody has shifts."""
        room = self._server.rooms.get("attendance")
        last = min(period.last, self._server.business_day)
        if room is None or scope.window is not None or period.days > DAYS_MOST or last < period.first:
            return []
        people = room.books.people(scope.department or "")
        days = await room.sheets.days([one.id for one in people], period.first, last)
        found = {one.id: sums(list(days[one.id].values())) for one in people}
        if not any(one.days["work_days"] for one in found.values()):
            return []
        name = self._server.rooms["hall_queue"].pictures.staff_name
        rows = [(one.number, str(name(one.id)), *_cells(found[one.id])) for one in people]
        total = Sums(
            days={key: sum(one.days[key] for one in found.values()) for key in SUMS},
            minutes={key: sum(one.minutes[key] for one in found.values()) for key in MINUTES},
        )
        table = Table(
            title=words("duty"),
            columns=_columns(words),
            rows=(*rows, ("", words("total"), *_cells(total))),
            has_total=True,
        )
        return [Section(title=words("duty"), intro=words("duty.intro"), tables=(table,))]


def _cells(found: Sums) -> tuple[Value, ...]:
    return tuple(
        float(found.minutes[key] if is_minutes else found.days[key]) for key in SUMS for is_minutes in _kinds(key)
    )


def _kinds(key: str) -> tuple[bool, ...]:
    return (False, True) if key in MINUTES else (False,)


def _columns(words: ReportWords) -> tuple[Column, ...]:

    def said(key: str) -> str:
        return words.any(f"attendance.sheet.{key}")

    return (
        Column(name=said("number")),
        Column(name=said("name")),
        *(
            Column(name=f"{said(key)} {said('minutes')}" if is_minutes else said(key), unit=Unit.COUNT)
            for key in SUMS
            for is_minutes in _kinds(key)
        ),
    )

"""The very question of the page of statistics, answered as CSV or XLSX: the hall's figures, ratings, attendance."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from attendance.figure_pictures import DutyGroup
from attendance.figures import FORMULAS as PRESENT
from attendance.figures import DutyFigure
from dashboards.charts.duty import DutyAsked, DutyFound, duty, only_of
from dashboards.figures import web as statistics
from dashboards.figures.asked import Asked, GroupBy, rated_by
from dashboards.figures.compute import HallFigure
from dashboards.figures.formulas import FORMULAS
from dashboards.figures.pictures import HallGroup, PeriodFigures, StatisticsFound, place
from dashboards.reports.book import Column, Table, Value
from dashboards.reports.duty import UNITS
from dashboards.reports.model import Format
from dashboards.reports.plain import table_csv
from dashboards.reports.web import MEDIA
from dashboards.reports.words import RATING_UNITS, ReportWords, unit_of
from evaluation.figures import narrowing
from evaluation.figures.compute import Figure
from evaluation.figures.formulas import FORMULAS as RATED
from evaluation.figures.period import Period
from evaluation.figures.pictures import FigurePictures, FiguresFound, Group
from hall_server.web.routes import MANAGER, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server


class StatisticsFileHandler(statistics.StatisticsHandler):
    """The figures of a period as a file."""

    format: Format

    async def get(self) -> None:
        """Ask as the page does, and send what it would be told."""
        asked, compare = self.asked(), self.compare(self.asked().period)
        said, only = narrowing.as_asked(self.words), only_of(self.words, self.hall.directory)
        await self.up_to_date()
        found = await self.room.pictures.of(asked, said, compare)
        rated = [await self._rated(asked, period) for period in (asked.period, compare) if period is not None]
        question = DutyAsked(period=asked.period, by=asked.by, compare=compare, only=only, said=said)
        await self._send(found, rated, await duty(self.hall, question))

    async def _rated(self, asked: Asked, period: Period) -> FiguresFound:
        pictures: FigurePictures = self.hall.rooms["figures"].pictures
        return await pictures.of(period, rated_by(asked.by), raw=False, only=asked.rated)

    async def _send(self, found: StatisticsFound, rated: list[FiguresFound], present: DutyFound) -> None:
        words = ReportWords(self.hall.locales, self.language)
        content = await asyncio.to_thread(_written, question(found, rated, present, words), self.format)
        self.set_header("Content-Type", MEDIA[self.format])
        name = f"statistics-{found.found.first}_{found.found.last}.{self.format}"
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Cache-Control", "no-store")
        self.finish(content)


def _written(table: Table, format_: Format) -> bytes:
    if format_ is Format.CSV:
        return table_csv(table)
    from dashboards.reports.sheets import table_xlsx  # imported here: whoever starts a hall does not wait for it

    return table_xlsx(table, table.title)


def question(found: StatisticsFound, rated: list[FiguresFound], present: DutyFound, words: ReportWords) -> Table:
    """Every figure of the period and of its groups, then of the period beside it; one row each.

    What attendance is not told apart by has its figures in the row of all groups only.
    """
    here = DutyPart(present.first, present.last, present.figures, present.groups)
    there = present.compared
    beside = [DutyPart(there.first, there.last, there.figures, there.groups)] if there is not None else []
    periods = [found.found, *([found.compared] if found.compared is not None else [])]
    rows = [
        row
        for one, opinions, days in zip(periods, rated, [here, *beside], strict=True)
        for row in _rows(found.by, one, opinions, days, words)
    ]
    columns = (
        *(Column(name=words(f"column.{name}")) for name in ("first", "last", "key", "number")),
        Column(name=words(f"name.{found.by}")),
        *(Column(name=words.figure(one.id), unit=unit_of(one.id)) for one in FORMULAS),
        *(Column(name=words("column.rated", name=words.rating(one.id)), unit=RATING_UNITS[one.kind]) for one in RATED),
        *(Column(name=words("column.duty", name=words.duty(one.id)), unit=UNITS[one.kind]) for one in PRESENT),
    )
    return Table(title=words("statistics"), columns=columns, rows=tuple(rows))


class DutyPart(NamedTuple):
    """Attendance of one period."""

    first: date
    last: date
    figures: tuple[DutyFigure, ...]
    groups: list[DutyGroup]


def _rows(
    by: GroupBy, period: PeriodFigures, rated: FiguresFound, present: DutyPart, words: ReportWords
) -> list[tuple[Value, ...]]:
    """The row of all groups, then one for each group that any of the three knows."""
    days = (str(period.first), str(period.last))
    groups = {one.key: one for one in period.groups}
    of_rated, of_duty = {one.key: one for one in rated.groups}, {one.key: one for one in present.groups}
    named: dict[str, HallGroup | Group | DutyGroup] = {**of_duty, **of_rated, **groups}
    rows: list[tuple[Value, ...]] = [
        (*days, "", "", words("total"), *_cells(period.figures, rated.figures, present.figures))
    ]
    for key in sorted(named, key=lambda key: place(named[key].number, key)):
        one = named[key]
        parts = (groups.get(key), of_rated.get(key), of_duty.get(key))
        head = HallGroup(key=key, name=one.name, name_en=one.name_en, number=one.number, figures=())
        figures = [part.figures if part is not None else () for part in parts]
        rows.append((*days, key, one.number, words.group(by, head), *_cells(*figures)))
    return rows


def _cells(
    hall: Iterable[HallFigure | Figure | DutyFigure],
    rated: Iterable[HallFigure | Figure | DutyFigure],
    present: Iterable[HallFigure | Figure | DutyFigure],
) -> tuple[float | None, ...]:
    found: list[float | None] = []
    for figures, formulas in ((hall, FORMULAS), (rated, RATED), (present, PRESENT)):
        known = {one.id: one.value for one in figures}
        found += [known.get(one.id) for one in formulas]
    return tuple(found)


def routes(server: Server) -> list[Route]:
    """The two addresses."""
    options: dict[str, Any] = {"hall": server, "room": server.rooms["statistics"]}
    return [
        Route(
            f"{statistics.ADDRESS}\\.{format_}",
            StatisticsFileHandler,
            {
                "GET": Verb(
                    access=MANAGER,
                    summary=f"Figures of a period as {format_.upper()}",
                    media=MEDIA[format_],
                    query=statistics.QUERY,
                )
            },
            options={**options, "format": format_},
        )
        for format_ in (Format.CSV, Format.XLSX)
    ]

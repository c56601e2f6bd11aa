"""The very question of the page of statistics, answered as CSV or XLSX."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dashboards.figures import web as statistics
from dashboards.figures.formulas import FORMULAS
from dashboards.figures.pictures import HallGroup, PeriodFigures, StatisticsFound
from dashboards.reports.book import Column, Table, Value
from dashboards.reports.model import Format
from dashboards.reports.plain import table_csv
from dashboards.reports.web import MEDIA
from dashboards.reports.words import ReportWords, unit_of, values
from hall_server.web.routes import MANAGER, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server


class StatisticsFileHandler(statistics.StatisticsHandler):
    """The figures of a period as a file."""

    format: Format

    async def get(self) -> None:
        """Ask as the page does, and send what it would be told."""
        await super().get()
        await self._send()

    def answer(self, value: object, *, status: int | None = None) -> None:
        """Take the answer to be written as a file."""
        if not isinstance(value, StatisticsFound):
            raise TypeError(type(value))
        self._found = value

    async def _send(self) -> None:
        words = ReportWords(self.hall.locales, self.language)
        content = await asyncio.to_thread(_written, self._found, self.format, words)
        found = self._found.found
        self.set_header("Content-Type", MEDIA[self.format])
        name = f"statistics-{found.first}_{found.last}.{self.format}"
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Cache-Control", "no-store")
        self.finish(content)


def _written(found: StatisticsFound, format_: Format, words: ReportWords) -> bytes:
    table = question(found, words)
    if format_ is Format.CSV:
        return table_csv(table)
    from dashboards.reports.sheets import table_xlsx  # imported here: whoever starts a hall does not wait for it

    return table_xlsx(table, table.title)


def question(found: StatisticsFound, words: ReportWords) -> Table:
    """Every figure of the period and of its groups, then of the period beside it; one row each."""
    periods = [found.found, *([found.compared] if found.compared is not None else [])]
    rows = [row for one in periods for row in _rows(found, one, words)]
    columns = (
        *(Column(name=words(f"column.{name}")) for name in ("first", "last", "key", "number")),
        Column(name=words(f"name.{found.by}")),
        *(Column(name=words.figure(one.id), unit=unit_of(one.id)) for one in FORMULAS),
    )
    return Table(title=words("statistics"), columns=columns, rows=tuple(rows))


def _rows(found: StatisticsFound, period: PeriodFigures, words: ReportWords) -> list[tuple[Value, ...]]:
    days = (str(period.first), str(period.last))
    whole = HallGroup(key="", name="", name_en="", number="", figures=period.figures)
    rows: list[tuple[Value, ...]] = [(*days, "", "", words("total"), *_cells(whole))]
    return rows + [(*days, one.key, one.number, words.group(found.by, one), *_cells(one)) for one in period.groups]


def _cells(group: HallGroup) -> tuple[float | None, ...]:
    known = values(group.figures)
    return tuple(known.get(one.id) for one in FORMULAS)


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

"""Reads the sums that a question is about: whole months and days from their cells, what is not summed up from steps."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from dashboards.figures import store
from dashboards.figures.asked import Asked, GroupBy
from dashboards.figures.cells import Cube, Dim, Fact, Numbers, add, cube_for, merge
from dashboards.figures.closing import DayCloser
from dashboards.figures.facts import F, facts_of
from dashboards.figures.slots import slot_facts_of
from dashboards.figures.store import DayRows
from hall_server.errors import Invalid

if TYPE_CHECKING:
    from hall_server.server import Server

ROWS_DAYS = 31
"""A question that no cells are kept for is counted visit by visit; so many days at most."""
_TRIES = 5
_OPEN = F["open_us"]

Groups = dict[str, Numbers]


class Source:
    """Answers questions; what a day adds is the same whether it is summed up already or not."""

    def __init__(self, server: Server, closer: DayCloser) -> None:
        self._server = server
        self._closer = closer
        self._zone = ZoneInfo(server.settings.timezone)

    async def known(self) -> tuple[str, str] | None:
        """The first and the last day of which there is anything; None in an empty hall."""
        return await store.days_with_visits(self._server.views)

    async def days(self, asked: Asked) -> list[str]:
        """The days of the period on which numbers were given, of the weekdays asked for."""
        found = await store.visited_days(self._server.views, asked.period.first, asked.period.last)
        weekdays = asked.only.get(Dim.WEEKDAY)
        return [day for day in found if weekdays is None or str(date.fromisoformat(day).isoweekday()) in weekdays]

    def check(self, asked: Asked) -> None:
        """Refuse what would take too long.

        Raises:
            Invalid: ``statistics.too_fine``.
        """
        if cube_for(asked.dims) is None and asked.period.days > ROWS_DAYS:
            raise Invalid("statistics.too_fine", field="from", most=ROWS_DAYS)

    async def whole(self, asked: Asked) -> Numbers | None:
        """The numbers of everything that is asked for; None where there is nothing."""
        return (await self.groups(msgspec.structs.replace(asked, by=GroupBy.HALL, across=None))).get("")

    async def groups(self, asked: Asked) -> Groups:
        """Group → its numbers.

        Raises:
            Invalid: ``statistics.too_fine``.
        """
        self.check(asked)
        cube = cube_for(asked.dims)
        for _ in range(_TRIES):
            summed = await self._summed(asked)
            found = await self._groups(asked, cube, summed)
            if await self._summed(asked) == summed:
                break
        return {key: numbers for key, numbers in found.items() if key or _is_group(asked, numbers)}

    async def _summed(self, asked: Asked) -> frozenset[str]:
        first, last = asked.period.first.isoformat(), asked.period.last.isoformat()
        return await store.summed_days(self._server.views, first, last)

    async def _groups(self, asked: Asked, cube: Cube | None, summed: frozenset[str]) -> Groups:
        found: Groups = {}
        if cube is not None:
            rows = await store.cell_rows(self._server.views, cube, *asked.spans())
            await asyncio.to_thread(_merge_cells, asked, cube, rows, found)
        for day, _ in await self._server.journal.days():
            if asked.holds(day) and (cube is None or day not in summed):
                rows_of = await self._rows(day, is_summed=day in summed)
                await asyncio.to_thread(self._merge_rows, asked, day, rows_of, found)
        return found

    async def _rows(self, day: str, *, is_summed: bool) -> DayRows:
        if is_summed:
            return await store.day_rows(self._server.views, day)
        is_over = day < self._server.business_day.isoformat()
        return await self._closer.open_rows(date.fromisoformat(day), is_over=is_over)

    def _merge_rows(self, asked: Asked, day: str, rows: DayRows, into: Groups) -> None:
        facts_by = slot_facts_of if Dim.SLOT in asked.dims else facts_of
        facts = facts_by(date.fromisoformat(day), rows.visits, rows.stays, rows.sittings, self._zone)
        _merge_facts(asked, day, facts, into)


def _merge_facts(asked: Asked, day: str, facts: Iterable[Fact], into: Groups) -> None:
    narrow = asked.dims
    for place, adds in facts:
        if not narrow <= place.keys():
            continue  # open time has no line, matter or hour
        key = asked.group(place, day)
        if key is not None:
            add(into, key, adds)


def _merge_cells(asked: Asked, cube: Cube, rows: list[Any], into: Groups) -> None:
    keys: dict[tuple[str, str], str | None] = {}
    by_span = not {GroupBy.DAY, GroupBy.MONTH}.isdisjoint({asked.by, asked.across})
    for key, numbers, packed, span in rows:
        known = (key, span if by_span else "")
        if known not in keys:
            keys[known] = asked.group(dict(zip(cube.dims, key.split("\t"), strict=False)), span)
        if (group := keys[known]) is not None:
            merge(into, group, store.numbers_of(numbers, packed))


def _is_group(asked: Asked, numbers: Numbers) -> bool:
    """Whether what belongs to no line, matter, hour … is more than open time, which has none by its nature."""
    return asked.by is GroupBy.HALL or any(amount for field, amount in enumerate(numbers) if field != _OPEN)

"""Reads the facts of figures from the tables of ratings, served matters and work orders, grouped in SQL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

import msgspec

from evaluation.figures.facts import By, Facts, RatingCount, ServedCount, Word, WordCount
from evaluation.figures.period import Period
from evaluation.model import DAYS_MOST, Level, RatingChannel
from evaluation.orders.facts import OrderFact
from hall_server.database.connections import Database
from hall_server.directory.directory import Directory

_COLUMNS = {
    By.HALL: "''",
    By.DEPARTMENT: "matter",
    By.WINDOW: "window",
    By.STAFF: "staff",
    By.MATTER: "matter",
    By.CHANNEL: "channel",
    By.DAY: "business_day",
}
"""By what the tables group; a department is found by its matters."""

_LATER = timedelta(days=DAYS_MOST + 1)
"""A visit is rated so many days afterwards at the latest; a day more for a hall that opens late."""

Orders = Callable[[Database, date, date], Awaitable[Sequence[OrderFact]]]


class FigureSource:
    """Everything there is to count in a period, told apart as is asked."""

    def __init__(self, views: Callable[[], Database], directory: Directory, orders: Orders) -> None:
        self._views = views
        self._directory = directory
        self._orders = orders

    async def facts(self, period: Period, by: By = By.HALL) -> dict[str, Facts]:
        """Group → its facts; an empty key holds what belongs to no known one."""
        ratings, words = await self._ratings(period, by), await self._words(period, by)
        served = await self._served(period, by) if by is not By.CHANNEL else []
        orders = await self._of_orders(period, by)
        of_ratings, of_words, of_served = _apart(ratings), _apart(words), _apart(served)
        keys = {*of_ratings, *of_words, *of_served, *(key for key, _ in orders)}
        return {
            key: Facts(
                ratings=tuple(of_ratings.get(key, ())),
                words=tuple(of_words.get(key, ())),
                served=tuple(of_served.get(key, ())),
                orders=tuple(order for found, order in orders if found == key),
            )
            for key in sorted(keys)
        }

    async def orders(self, period: Period) -> Sequence[OrderFact]:
        """The work orders that were opened in the period."""
        return await self._orders(self._views(), period.first, period.last)

    async def _ratings(self, period: Period, by: By) -> list[RatingCount]:
        found = await self._views().fetch(
            f"SELECT {_COLUMNS[by]}, level, channel, marks <> '', count(*) FROM ratings"  # noqa: S608  # constants only
            " WHERE business_day BETWEEN ? AND ? GROUP BY 1, 2, 3, 4",
            _days(period),
        )
        return [
            RatingCount(
                key=self._key(by, key),
                level=Level(level),
                is_active=RatingChannel(channel).is_active,
                is_marked=bool(is_marked),
                many=many,
            )
            for key, level, channel, is_marked, many in found
        ]

    async def _words(self, period: Period, by: By) -> list[WordCount]:
        found = await self._views().fetch(
            f"SELECT {_COLUMNS[by]}, aspects, reasons, marks <> '', count(*) FROM ratings"  # noqa: S608  # constants only
            " WHERE business_day BETWEEN ? AND ? AND (aspects <> '' OR reasons <> '') GROUP BY 1, 2, 3, 4",
            _days(period),
        )
        return [
            WordCount(key=self._key(by, key), word=word, name=name, is_marked=bool(is_marked), many=many)
            for key, aspects, reasons, is_marked, many in found
            for word, names in ((Word.ASPECT, aspects), (Word.REASON, reasons))
            for name in names.split()
        ]

    async def _served(self, period: Period, by: By) -> list[ServedCount]:
        """Whether each was rated, on its own day or later; never before.

        Ticket and matter are compared as one text: SQLite looks a pair up in a subquery fifty times slower.
        """
        first, last = _days(period)
        found = await self._views().fetch(
            f"SELECT {_COLUMNS[by]}, ticket || ' ' || matter IN"  # noqa: S608  # constants only
            " (SELECT ticket || ' ' || coalesce(matter, '') FROM ratings WHERE business_day BETWEEN ? AND ?), count(*)"
            " FROM served WHERE business_day BETWEEN ? AND ? GROUP BY 1, 2",
            (first, (period.last + _LATER).isoformat(), first, last),
        )
        return [ServedCount(key=self._key(by, key), is_rated=bool(rated), many=many) for key, rated, many in found]

    async def _of_orders(self, period: Period, by: By) -> list[tuple[str, OrderFact]]:
        orders = await self.orders(period)
        match by:
            case By.HALL:
                return [("", order) for order in orders]
            case By.DEPARTMENT:
                return [(order.department or "", order) for order in orders]
            case By.WINDOW:
                return [(order.window, order) for order in orders]
            case By.STAFF:
                return [(order.staff or "", order) for order in orders]
            case By.DAY:
                return [(order.business_day.isoformat(), order) for order in orders]
            case By.MATTER | By.CHANNEL:
                where = await self._where(_COLUMNS[by], [order.rating for order in orders])
                return [(where.get(order.rating, ""), order) for order in orders]

    async def _where(self, column: str, ratings: Sequence[str]) -> dict[str, str]:
        """Rating → what stands in a column of the table."""
        found = await self._views().fetch(
            f"SELECT id, {column} FROM ratings WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608  # constants only
            (msgspec.json.encode(ratings).decode(),),
        )
        return {id_: value or "" for id_, value in found}

    def _key(self, by: By, value: Any) -> str:
        if by is By.DEPARTMENT:
            matter = self._directory.matters.get(value or "")
            return matter.department if matter else ""
        return value or ""


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


_K = TypeVar("_K", bound=_Keyed)


def _apart(rows: Sequence[_K]) -> dict[str, list[_K]]:
    """Group → its rows."""
    found: dict[str, list[_K]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return found


def _days(period: Period) -> tuple[str, str]:
    return period.first.isoformat(), period.last.isoformat()

"""Reads the facts of figures from the tables of ratings, served matters and work orders, grouped in SQL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, date, timedelta, tzinfo
from typing import Any, Protocol, TypeVar

from evaluation.figures.facts import By, Facts, RatingCount, ServedCount, Word, WordCount
from evaluation.figures.narrowing import Of, Only
from evaluation.figures.period import Period
from evaluation.figures.selecting import RATINGS, SERVED, Places, Selected, listed
from evaluation.model import DAYS_MOST, Level, RatingChannel
from evaluation.orders.facts import OrderFact
from hall_server.database.connections import Database
from hall_server.directory.directory import Directory

_LATER = timedelta(days=DAYS_MOST + 1)
"""A visit is rated so many days afterwards at the latest; a day more for a hall that opens late."""
_DAY = timedelta(days=1)
PART = timedelta(days=92)
"""Rows that are looked up among all tickets are read in parts so long."""
_NOTHING: Only = {}

Orders = Callable[[Database, date, date], Awaitable[Sequence[OrderFact]]]


class FigureSource:
    """Everything there is to count in a period, told apart and narrowed as is asked."""

    def __init__(self, views: Callable[[], Database], directory: Directory, orders: Orders, zone: tzinfo = UTC) -> None:
        self._views = views
        self._orders = orders
        self._places = Places(directory, zone)

    async def facts(self, period: Period, by: By = By.HALL, only: Only = _NOTHING) -> dict[str, Facts]:
        """Group → its facts; an empty key holds what belongs to no known one."""
        ratings, words = await self._ratings(period, by, only), await self._words(period, by, only)
        served = await self._served(period, by, only) if by is not By.CHANNEL else []
        orders = await self._of_orders(period, by, only)
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

    async def _ratings(self, period: Period, by: By, only: Only) -> list[RatingCount]:
        found = await self._grouped(("level", "channel", "marks <> ''"), period, by, only)
        return [
            RatingCount(
                key=key,
                level=Level(level),
                is_active=RatingChannel(channel).is_active,
                is_marked=bool(is_marked),
                many=many,
            )
            for key, (level, channel, is_marked, many) in found
        ]

    async def _words(self, period: Period, by: By, only: Only) -> list[WordCount]:
        wanted = ("aspects", "reasons", "marks <> ''")
        found = await self._grouped(wanted, period, by, only, " AND (aspects <> '' OR reasons <> '')")
        return [
            WordCount(key=key, word=word, name=name, is_marked=bool(is_marked), many=many)
            for key, (aspects, reasons, is_marked, many) in found
            for word, names in ((Word.ASPECT, aspects), (Word.REASON, reasons))
            for name in names.split()
        ]

    async def _grouped(
        self, wanted: Sequence[str], period: Period, by: By, only: Only, more: str = ""
    ) -> list[tuple[str, Sequence[Any]]]:
        """Ratings of the period by their group and by what is wanted of them, with how many there are of each."""
        asked = self._places.asked(RATINGS, by, only)
        columns = (*asked.columns, *(f"x.{one}" for one in wanted))
        sql = (
            f"SELECT {', '.join(columns)}, count(*) FROM {asked.tables}"  # noqa: S608  # constants only
            f" WHERE x.business_day BETWEEN ? AND ?{more}{asked.where}"
            f" GROUP BY {', '.join(str(place + 1) for place in range(len(columns)))}"
        )
        found = list[tuple[str, Sequence[Any]]]()
        for part in _parts(period, asked):
            found += asked.keyed(await self._views().fetch(sql, (*_days(part), *asked.parameters)))
        return found

    async def _served(self, period: Period, by: By, only: Only) -> list[ServedCount]:
        """Whether each was rated, on its own day or later; never before.

        Ticket and matter are compared as one text: SQLite looks a pair up in a subquery fifty times slower.
        """
        asked = self._places.asked(SERVED, by, only)
        is_rated = (
            "x.ticket || ' ' || x.matter IN"
            " (SELECT ticket || ' ' || coalesce(matter, '') FROM ratings WHERE business_day BETWEEN ? AND ?)"
        )
        sql = (
            f"SELECT {', '.join((*asked.columns, is_rated))}, count(*) FROM {asked.tables}"  # noqa: S608  # constants only
            f" WHERE x.business_day BETWEEN ? AND ?{asked.where}"
            f" GROUP BY {', '.join(str(place + 1) for place in range(len(asked.columns) + 1))}"
        )
        counts = list[ServedCount]()
        for part in _parts(period, asked):
            first, last = _days(part)
            until = (part.last + _LATER).isoformat()
            found = await self._views().fetch(sql, (first, until, first, last, *asked.parameters))
            counts += [
                ServedCount(key=key, is_rated=bool(rated), many=many) for key, (rated, many) in asked.keyed(found)
            ]
        return counts

    async def _of_orders(self, period: Period, by: By, only: Only) -> list[tuple[str, OrderFact]]:
        """The work orders of the period; one belongs where its rating does, and to the day on which it was opened."""
        orders = await self.orders(period)
        weekdays = only.get(Of.WEEKDAY)
        orders = [one for one in orders if weekdays is None or str(one.business_day.isoweekday()) in weekdays]
        if by is By.HALL and only.keys() <= {Of.WEEKDAY}:
            return [("", order) for order in orders]
        places = await self._places_of([order.rating for order in orders], by, only)
        return [
            (_day_key(by, order.business_day) or places[order.rating], order)
            for order in orders
            if order.rating in places
        ]

    async def _places_of(self, ratings: Sequence[str], by: By, only: Only) -> dict[str, str]:
        """Rating → its group; those that a filter leaves out are not in it."""
        asked = self._places.asked(RATINGS, by, {of: values for of, values in only.items() if of is not Of.WEEKDAY})
        sql = (
            f"SELECT {', '.join((*asked.columns, 'x.id'))} FROM {asked.tables}"  # noqa: S608  # constants only
            f" WHERE x.id IN (SELECT value FROM json_each(?)){asked.where}"
        )
        found = asked.keyed(await self._views().fetch(sql, (listed(ratings), *asked.parameters)))
        return {id_: key for key, (id_,) in found}


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


def _parts(period: Period, asked: Selected) -> Iterator[Period]:
    """The period, in parts where each row is looked up among all tickets: others read between two of them."""
    at = period.first
    while at <= period.last:
        last = min(period.last, at + PART - _DAY) if asked.is_joined else period.last
        yield Period(first=at, last=last)
        at = last + _DAY


def _days(period: Period) -> tuple[str, str]:
    return period.first.isoformat(), period.last.isoformat()


def _day_key(by: By, day: date) -> str:
    """The group of a day; empty where groups are not made of days."""
    match by:
        case By.DAY:
            return day.isoformat()
        case By.MONTH:
            return f"{day:%Y-%m}"
        case By.WEEKDAY:
            return str(day.isoweekday())
        case _:
            return ""

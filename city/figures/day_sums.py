"""Sums of a hall's days in the city's table, made by the hall's statistics: what the board adds up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from city.sql import blocks
from dashboards.figures import waits
from dashboards.figures.asked import Asked
from dashboards.figures.cells import sums
from evaluation.figures.facts import By
from evaluation.figures.period import Period
from hall_server.database.tables import SharedTables

if TYPE_CHECKING:
    from city.figures.followed import FollowedHall

AT_ONCE = 30
"""So many days are counted before they are written."""


class DaySums(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What was counted of one or many days; spans in microseconds. Every field can be added.

    Attributes:
        on_time: called within the hall's goal. served_stays, serve_us: services that a person ended, and their time.
        ratings, good: ratings that count, and those of them that are not bad (好评).
    """

    days: int = 0
    visits: int = 0
    called: int = 0
    served: int = 0
    wait_us: int = 0
    on_time: int = 0
    serve_us: int = 0
    served_stays: int = 0
    ratings: int = 0
    good: int = 0


class DayTable:
    """The table of days of all halls."""

    def __init__(self, database: SharedTables) -> None:
        self._database = database
        self._sql = blocks("hall_days")

    async def between(self, first: date, last: date) -> dict[str, DaySums]:
        """Hall → the sums of a period."""
        rows = await self._database.fetch(self._sql["between"], (first.isoformat(), last.isoformat()))
        return {hall: _sums(numbers) for hall, *numbers in rows}

    async def of_hall(self, hall: str, first: date, last: date) -> dict[date, DaySums]:
        """Day → its sums, of one hall."""
        rows = await self._database.fetch(self._sql["of_hall"], (hall, first.isoformat(), last.isoformat()))
        return {date.fromisoformat(day): _sums([1, *numbers]) for day, *numbers in rows}

    async def sum_up(self, hall: FollowedHall) -> int:
        """Count the days of a hall that have something new; gives how many there were."""
        await _days_of_ratings(hall)
        found = await hall.views.fetch("SELECT day, seq FROM days_to_sum ORDER BY day DESC LIMIT ?", (AT_ONCE,))
        if not found:
            return 0
        rows = [(day, hall.id, *await counted(hall, date.fromisoformat(day))) for day, _ in found]
        await self._database.transact([(self._sql["put"], rows)])
        await hall.views.transact([("DELETE FROM days_to_sum WHERE day = ? AND seq = ?", found)])
        return len(found)


async def counted(hall: FollowedHall, day: date) -> tuple[int, ...]:
    """The numbers of a day, as they lie in the table."""
    period = Period(first=day, last=day)
    numbers = await hall.rooms["statistics"].source.whole(Asked(period=period))
    of = sums(numbers or [])
    rated = await hall.rooms["figures"].of(period, By.HALL, raw=False)
    parts = {one.id: one for one in rated.figures}
    on_time = waits.up_to(of.waits, hall.settings.wait_goal_min * 60)
    ratings, good = int(parts["ratings"].numerator), int(parts["good_rate"].numerator)
    return of.visits, of.called, of.served, of.wait_us, on_time, of.serve_us, of.served_stays, ratings, good


async def _days_of_ratings(hall: FollowedHall) -> None:
    """A rating that was changed or marked later belongs to the day on which it was given."""
    found = await hall.views.fetch("SELECT rating, seq FROM ratings_to_sum LIMIT 500")
    if not found:
        return
    mark = "INSERT OR REPLACE INTO days_to_sum SELECT business_day, ? FROM ratings WHERE id = ?"
    done = [(seq, rating) for rating, seq in found]
    await hall.views.transact([(mark, done), ("DELETE FROM ratings_to_sum WHERE seq = ? AND rating = ?", done)])


def _sums(numbers: list[Any]) -> DaySums:
    """A row's numbers; PostgreSQL adds whole numbers up to a Decimal."""
    return msgspec.convert([int(number) for number in numbers], DaySums)

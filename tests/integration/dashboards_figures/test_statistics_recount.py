"""The figures of random days are those that plain Python counts from the raw journal, closed days or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dashboards.figures.asked import BYS, Asked, GroupBy
from dashboards.figures.cells import Dim, cube_for
from dashboards.figures.compute import HallFigure
from dashboards.figures.pictures import PeriodFigures
from dashboards.figures.source import ROWS_DAYS
from evaluation.figures.period import Period
from hall_queue import messages as m
from hall_server.errors import DomainError
from hall_server.journal.rows import microseconds
from hall_server.server import Server
from tests.fakes import bustle, plain_statistics
from tests.fakes.hall import HandClock, opened
from tests.fakes.queue_hall import QueueHall
from tests.fakes.visits import ROOMS

FIRST = date(2026, 11, 28)  # a Saturday: the days after it lie in another month
GOAL_MIN = 2


async def a_day(hall: QueueHall, dice: Random, steps: int) -> None:
    """Keys pressed at random, many of them taken back."""
    for window in bustle.WINDOWS:
        await hall.do(m.OpenWindow(window=window, staff=f"s{window[1:]}"))
    for _ in range(steps):
        hall.clock.forward(seconds=dice.choice((1, 5, 12, 40)))
        command = bustle._key(hall, dice)
        with suppress(DomainError):
            await hall.do(command)
            if dice.random() < 0.3 and (at := getattr(command, "window", None)):
                hall.clock.forward(seconds=dice.choice((0.5, 3)))
                await hall.do(m.UndoKey(window=at))


def said(figures: tuple[HallFigure, ...]) -> dict[str, tuple[float, float | None, float | None]]:
    return {one.id: (one.numerator, one.denominator, one.value) for one in figures}


class Counted:
    """The raw journal, counted once, and questions about it."""

    def __init__(self, server: Server, rows: list[Any]) -> None:
        self.departments = {one.id: one.department for one in server.directory.matters.values()}
        self._today = server.business_day.isoformat()
        self.things = plain_statistics.things_of(rows, microseconds(server.now()), self._today, self.departments)

    def of(self, asked: Asked) -> list[dict[str, Any]]:
        days = {(asked.period.first + timedelta(days=n)).isoformat() for n in range(asked.period.days)}
        inside = [one for one in self.things if one["day"] in days]
        return [one for one in inside if all(one.get(dim.value) in of for dim, of in asked.only.items())]

    def check(self, asked: Asked, found: PeriodFigures) -> int:
        """Compare everything to the last digit; gives how many groups there were."""
        things = self.of(asked)
        if not things:
            assert (found.is_empty, found.figures, found.groups) == (True, (), [])
            return 0
        assert said(found.figures) == plain_statistics.figures(things, GOAL_MIN), asked
        if asked.by is GroupBy.HALL:
            return 1
        name = asked.by.value
        keys = {one[name] for one in things if name in one}
        assert {group.key for group in found.groups} == keys, asked
        for group in found.groups:
            mine = [one for one in things if one.get(name) == group.key]
            assert said(group.figures) == plain_statistics.figures(mine, GOAL_MIN), (asked, group.key)
        return len(keys)


def questions(periods: list[Period], departments: dict[str, str]) -> Iterator[Asked]:
    """Each period told apart by everything, and narrowed in ways that cells know and do not know."""
    line, window, hour = frozenset({"business"}), frozenset({"w01", "w03"}), frozenset({"09", "10"})
    narrowed: list[dict[Dim, frozenset[str]]] = [
        {},
        {Dim.LINE: line},
        {Dim.WINDOW: window},
        {Dim.WINDOW: window, Dim.LINE: line},
        {Dim.HOUR: hour, Dim.WINDOW: window},
        {Dim.WEEKDAY: frozenset({"7"})},
        {Dim.CHANNEL: frozenset({"console", "api"}), Dim.LINE: line},
    ]
    for period in periods:
        for by in BYS:
            for only in narrowed:
                asked = Asked(period=period, by=by, only=only, department_of=departments)
                if cube_for(asked.dims) is not None or period.days <= ROWS_DAYS:
                    yield asked


@pytest.mark.gen_test(timeout=240)
@pytest.mark.parametrize("seed", [1, 2])
async def test_every_figure_is_what_plain_python_counts_from_the_raw_journal(tmp_path: Path, seed: int) -> None:
    clock = HandClock()
    clock.forward(days=(FIRST - date(2026, 11, 23)).days)
    async with opened(tmp_path, clock=clock, rooms=ROOMS, wait_goal_min=GOAL_MIN) as server:
        hall, dice = QueueHall(server, clock), Random(seed)
        for number in range(4):
            await a_day(hall, dice, 220)
            if number < 3:
                clock.forward(days=1)
                await server.roll_day()
        await server.projector.catch_up()
        rows = await server.database.fetch(plain_statistics.ROWS)
        counted = Counted(server, rows)
        assert sum(row[3] == "ticket.key_undone" for row in rows) > 20, "undoing must be tried"
        last = FIRST + timedelta(days=3)
        periods = [
            Period(first=FIRST, last=last),
            Period(first=FIRST, last=FIRST),
            Period(first=last, last=last),
            Period(first=date(2026, 11, 1), last=date(2026, 11, 30)),
            Period(first=date(2025, 12, 1), last=date(2026, 12, 31)),
            Period(first=date(2025, 1, 1), last=date(2025, 1, 31)),
        ]
        room = server.rooms["statistics"]
        for is_closed in (False, True):
            if is_closed:
                await room.closer.close_days()
                assert await server.views.fetch("SELECT DISTINCT business_day FROM visit_steps") == [
                    (last.isoformat(),)
                ]
            groups = 0
            for asked in questions(periods, counted.departments):
                groups += counted.check(asked, await room.pictures.period(asked))
            assert groups > 200, "a history that says nothing proves nothing"

"""Projections: what replay makes of the journal is what following it made."""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from hall_queue import messages as m
from hall_server.messages import Recorded
from tests.fakes.bustle import bustle
from tests.fakes.hall import ROOMS, HandClock, composed
from tests.fakes.queue_hall import QueueHall

Open = Callable[..., Any]
PRESENT = tuple(
    room for room in ROOMS if (spec := importlib.util.find_spec(room)) is not None and spec.origin is not None
)


def tables(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of views.db, row by row."""
    with sqlite3.connect(folder / "views.db") as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names}  # noqa: S608  # names from the schema itself
    connection.close()
    return found


def without_views(folder: Path) -> None:
    for path in folder.glob("views.db*"):
        path.unlink()


@pytest.mark.gen_test
async def test_deleted_views_are_rebuilt_as_they_were(open_hall: Open) -> None:
    hall: QueueHall = await open_hall(rooms=PRESENT)
    await bustle(hall, seed=1, steps=250)
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    await bustle(hall, seed=2, steps=250)
    await hall.server.projector.catch_up()
    before = tables(hall.server.data)
    assert len(before["tickets"]) > 30
    assert {row[0] for row in before["cursors"]} >= {"tickets"}
    hall = await open_hall(without_views, rooms=PRESENT)
    await hall.server.projector.catch_up()
    assert tables(hall.server.data) == before


@pytest.mark.gen_test
async def test_the_table_of_tickets_says_what_the_live_state_says(hall: QueueHall) -> None:
    await bustle(hall, seed=3, steps=400)
    await hall.server.projector.catch_up()
    stored = await hall.server.views.fetch("SELECT id, number, line, matter, state, calls FROM tickets")
    live = hall.queue.tickets.values()
    # The table counts every call there was; the live count is the rule's, which a requeue may lower.
    assert {row[:5] for row in stored} == {(t.id, t.number, t.line, t.matter, t.state.value) for t in live}


@pytest.mark.gen_test
async def test_a_follower_that_was_killed_goes_on_where_it_was(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    await hall.issue()
    await hall.server.projector.catch_up()
    old = hall.server.projector._cursors["tickets"]

    def behind(folder: Path) -> None:
        with sqlite3.connect(folder / "views.db") as connection:
            connection.execute("UPDATE cursors SET seq = ? WHERE name = 'tickets'", (old - 1,))
        connection.close()

    hall = await open_hall(behind)
    await hall.issue()
    await hall.server.projector.catch_up()
    assert await hall.server.views.fetch("SELECT count(*) FROM tickets") == [(2,)]


class Counted:
    """How many tickets there were, in a table of its own."""

    name: ClassVar[str] = "counted"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[str, ...]] = ("counted",)
    schema: ClassVar[str] = "CREATE TABLE IF NOT EXISTS counted (id TEXT PRIMARY KEY, version INTEGER)"

    def changes(self, recorded: Recorded) -> Iterable[tuple[str, tuple[object, ...]]]:
        if isinstance(recorded.event, m.TicketIssued):
            yield "INSERT INTO counted VALUES (?, ?)", (recorded.event.ticket, self.version)


class CountedAnew(Counted):
    version: ClassVar[int] = 2


@pytest.mark.gen_test
async def test_a_raised_version_rebuilds_that_projection(tmp_path: Path) -> None:
    async def versions(projection: Counted, takes: int) -> list[tuple[Any, ...]]:
        server = composed(tmp_path, clock=HandClock(), rooms=("hall_queue",))
        server.project(projection)
        await server.open()
        hall = QueueHall(server, server.clock)  # type: ignore[arg-type]  # it is the hand clock
        if server.directory.hall is None:
            from hall_server.directory.commands import FoundHall
            from tests.fakes.hall import demo_hall

            await hall.do(FoundHall(events=demo_hall().events))
        for _ in range(takes):
            await hall.issue()
        await server.projector.catch_up()
        found = await server.views.fetch("SELECT version, count(*) FROM counted GROUP BY version")
        await server.close()
        return found

    assert await versions(Counted(), 3) == [(1, 3)]
    assert await versions(Counted(), 1) == [(1, 4)]
    assert await versions(CountedAnew(), 1) == [(2, 5)]

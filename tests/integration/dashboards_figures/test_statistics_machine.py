"""Whatever is pressed in whatever order: the visits and stays of the table are those of a fold of its own."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from dashboards.figures import steps
from dashboards.figures.steps import VisitTables
from dashboards.figures.visits import Stay, Visit, folded
from hall_queue import messages as m
from hall_server.errors import DomainError
from hall_server.messages import Recorded
from hall_server.server import Server
from tests.fakes import plain_statistics
from tests.fakes.hall import HandClock, opened
from tests.fakes.machine_hall import HallKeys
from tests.fakes.machine_keys import WindowKeys
from tests.fakes.queue_hall import QueueHall, clerk

EASY: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
FEW = settings(max_examples=8, stateful_step_count=30, **EASY)
STEPS = (
    "SELECT ticket, kind, at, line, matter, window, staff, channel, priority, promised_p50_s, promised_p90_s"
    " FROM visit_steps ORDER BY seq"
)
ENDS = {"done": "finished", "day_end": "finished", "": None}
LEFT = {"done": "finished", "day_end": "night", "": None}


class VisitMachine(HallKeys, WindowKeys):
    """A day of any keys and the night after it; then the books are compared."""

    def teardown(self) -> None:
        try:
            self.clock.forward(seconds=timedelta(days=1).total_seconds())
            self.roll()
            self.run(self.check_visits())
        finally:
            with suppress(DomainError):
                self.run(self.server.close())
            self.loop.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    async def check_visits(self) -> None:
        await check(self.server)


async def check(server: Server) -> None:
    """Compare the two folds of a hall's whole journal."""
    await server.settled()
    rows = await server.database.fetch(plain_statistics.ROWS)
    recorded = [one async for batch in server.journal.read_all(0) for one in batch]
    visits, stays = folded(projected(recorded))
    plain = {one["ticket"]: one for one in plain_statistics.visits_of(rows)}
    assert {one.ticket: of_visit(one) for one in visits} == {key: plain_visit(one) for key, one in plain.items()}
    assert [of_stay(one) for one in stays] == [plain_stay(stay) for one in plain.values() for stay in one["stays"]]


def projected(recorded: list[Recorded]) -> list[tuple[Any, ...]]:
    """The steps that the projection's SQL leaves."""
    table = VisitTables()
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(table.schema)
        for one in recorded:
            for sql, parameters in table.changes(one):
                connection.execute(sql, parameters)
        return connection.execute(STEPS).fetchall()


def of_visit(one: Visit) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ("line", "matter", "window", "staff", "holds", "recalls", "calls")},
        "issued": one.issued_at,
        "first": one.first_called_at,
        "end": ENDS.get(one.end, one.end),
        "in_vain": one.is_in_vain,
        "spent": (one.waiting_us, one.walking_us, one.serving_us, one.held_us),
        "priority": one.priority,
        "transfers": one.transfers,
        "told": (one.promised_p50_s, one.promised_p90_s),
    }


def plain_visit(one: dict[str, Any]) -> dict[str, Any]:
    stays = one["stays"]
    recalls = sum(stay["recalls"] for stay in stays)
    return {
        **{name: one[name] for name in ("line", "matter", "issued", "holds", "end", "in_vain", "told")},
        **{name: stays[-1][name] if stays else "" for name in ("window", "staff")},
        "first": stays[0]["called"] if stays else None,
        "recalls": recalls,
        "calls": len(stays) + recalls,
        "spent": tuple(plain_statistics.spent(one, of) for of in ("waiting", "walking", "serving", "held")),
        "priority": one["priority"] or "",
        "transfers": sum(stay["end"] in {"transferred", "forwarded"} for stay in stays),
    }


def of_stay(one: Stay) -> tuple[Any, ...]:
    where = (one.line, one.matter, one.window, one.staff)
    return (*where, one.issued_at, one.called_at, one.started_at, one.left_at, LEFT.get(one.end, one.end), one.recalls)


def plain_stay(one: dict[str, Any]) -> tuple[Any, ...]:
    names = ("line", "matter", "window", "staff", "issued", "called", "started", "left", "end", "recalls")
    return tuple(one[name] for name in names)


def test_visits_and_stays_are_those_of_another_fold_whatever_is_pressed() -> None:
    run_state_machine_as_test(VisitMachine, settings=FEW)


@pytest.mark.long
def test_visits_and_stays_of_many_more_days() -> None:
    run_state_machine_as_test(VisitMachine, settings=settings(FEW, max_examples=200, stateful_step_count=50))


async def a_call_taken_back(folder: Path) -> None:
    clock = HandClock()
    async with opened(folder, clock=clock) as server:
        hall = QueueHall(server, clock)
        await hall.open("w01")
        await hall.issue()
        clock.forward(minutes=3)
        await hall.call("w01")
        clock.forward(seconds=4)
        await hall.do(m.UndoKey(window="w01"), clerk("w01"))
        clock.forward(minutes=2)
        await hall.serve("w01")
        await check(server)


@pytest.mark.gen_test
async def test_a_call_that_was_taken_back_was_no_call_and_the_wait_goes_on(tmp_path: Path) -> None:
    await a_call_taken_back(tmp_path)


@pytest.mark.gen_test
async def test_control_a_key_taken_back_that_leaves_its_step_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_DELETE", "DELETE FROM visit_steps WHERE seq = -?")
    with pytest.raises(AssertionError):
        await a_call_taken_back(tmp_path)

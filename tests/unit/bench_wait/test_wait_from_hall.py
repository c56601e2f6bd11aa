"""Days out of a hall's own journal: every wait as it was, what teaches nothing is told, and nobody is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.ioloop import IOLoop

from bench.wait.__main__ import main
from bench.wait.from_hall import FromHall, NoHall, Why, read_hall
from bench.wait.recorded import Outcome, Visit
from bench.wait.replay import replay
from bench.wait.rules import all_rules
from hall_queue import messages as m
from hall_queue.model import PauseReason, RequeueMode
from tests.fakes.hall import HandClock, opened
from tests.fakes.queue_hall import QueueHall, clerk

NINE = 9 * 3_600.0  # when the test's clock begins, in the hall's own time


@pytest.fixture
def hall(io_loop: IOLoop, tmp_path: Path) -> Iterator[QueueHall]:
    """A hall whose clock a test moves; its journal lies in the test's folder."""
    clock, stack = HandClock(), AsyncExitStack()
    server = io_loop.run_sync(lambda: stack.enter_async_context(opened(tmp_path, clock=clock)))
    yield QueueHall(server, clock)
    io_loop.run_sync(stack.aclose)


@pytest.fixture
def read(hall: QueueHall, tmp_path: Path) -> Callable[[], Any]:
    """Read what the hall has committed so far."""

    async def found() -> FromHall:
        await hall.server.settled()
        return read_hall(tmp_path)

    return found


async def finish(hall: QueueHall, window: str, after_s: float = 120.0) -> None:
    hall.clock.forward(seconds=after_s)
    await hall.do(m.FinishService(window=window), clerk(window))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def of(found: FromHall, name: str) -> Visit:
    return next(visit for visit in found.day.visits if visit.ticket == name)


@pytest.mark.gen_test
async def test_a_visit_has_its_times_window_and_line_and_a_window_its_shifts(hall: QueueHall, read: Any) -> None:
    await hall.open("w01")
    await hall.issue(priority="elderly")
    hall.clock.forward(seconds=60)
    await hall.call("w01")
    hall.clock.forward(seconds=20)
    await hall.do(m.StartService(window="w01"), clerk("w01"))
    await finish(hall, "w01", 300)
    await hall.do(m.PauseWindow(window="w01", reason=PauseReason.BREAK), clerk("w01"))
    hall.clock.forward(minutes=30)
    await hall.do(m.ResumeWindow(window="w01"), clerk("w01"))
    found = await read()
    (visit,) = found.day.visits
    assert (visit.line, visit.window, visit.outcome) == ("business", "w01", Outcome.SERVED)
    assert visit.has_priority
    assert visit.arrival % 86_400 == pytest.approx(NINE + 1)
    assert visit.waited_s == pytest.approx(60.5)
    assert visit.call is not None
    assert visit.start == pytest.approx(visit.call + 20.5)
    assert visit.end == pytest.approx(visit.call + 321)
    morning, after = found.day.shifts
    assert (morning.window, morning.lines) == ("w01", ("business",))
    assert morning.end == pytest.approx(visit.end + 0.5)
    assert after.begin == pytest.approx(morning.end + 1_800.5)
    assert not found.unused


@pytest.mark.gen_test
async def test_only_the_first_wait_of_a_number_is_told_and_the_others_still_take_windows(
    hall: QueueHall, read: Any
) -> None:
    await hall.open("w01", "w04")
    for _ in range(4):
        await hall.issue()
    await hall.serve("w01")
    await hall.do(m.HoldTicket(window="w01", minutes=5), clerk("w01"))
    await hall.call("w01")
    await hall.do(m.RequeueTicket(window="w01", mode=RequeueMode.ARRIVAL), clerk("w01"))
    await hall.serve("w01")
    matter = hall.matters("transport")[0]
    await hall.do(m.TransferTicket(window="w01", matter=matter), clerk("w01"))
    await hall.serve("w04")
    await finish(hall, "w04")
    found = await read()
    assert found.unused == {Why.AGAIN: 2, Why.WAITING: 1}
    again = [visit for visit in found.day.visits if not visit.is_told]
    assert [visit.ticket for visit in again if visit.call is not None] == ["n3.2"]
    assert [(visit.line, visit.window) for visit in again if visit.call is not None] == [("transport", "w04")]
    assert {visit.ticket for visit in found.day.visits if visit.is_told} == {"n1", "n2", "n3", "n4"}
    assert of(found, "n3").start is None, "it went on elsewhere: how long it took here says nothing"
    said = [one.visit.ticket for one in replay(found.day, all_rules())]
    assert said == ["n1", "n2", "n3"]


@pytest.mark.gen_test
async def test_who_did_not_come_and_who_gave_up_are_told_apart(hall: QueueHall, read: Any) -> None:
    await hall.open("w01")
    await hall.issue()
    leaving = await hall.issue()
    await hall.pass_("w01")
    hall.clock.forward(seconds=100)
    await hall.do(m.CancelTicket(ticket=leaving))
    found = await read()
    assert of(found, "n1").outcome is Outcome.NO_SHOW
    gone = of(found, "n2")
    assert (gone.outcome, gone.call) == (Outcome.LEFT, None)
    assert gone.end == pytest.approx(gone.arrival + 132)


@pytest.mark.gen_test
async def test_a_key_that_was_taken_back_was_never_pressed(hall: QueueHall, read: Any) -> None:
    await hall.open("w01")
    await hall.issue()
    await hall.call("w01")
    await hall.do(m.UndoKey(window="w01"), clerk("w01"))
    hall.clock.forward(seconds=600)
    await hall.serve("w01")
    await finish(hall, "w01")
    found = await read()
    (visit,) = found.day.visits
    assert visit.waited_s == pytest.approx(601.5)
    assert found.unused == {Why.UNDONE: 1}


@pytest.mark.gen_test
async def test_an_appointment_is_told_nothing_and_waits_from_its_time_on(hall: QueueHall, read: Any) -> None:
    await hall.open("w01")
    due = hall.clock.now().replace(minute=30, microsecond=0)
    await hall.do(m.IssueTicket(line="business", appointment="a1", due=due))
    await hall.issue()
    await hall.serve("w01")
    await finish(hall, "w01")
    hall.clock.forward(minutes=40)
    await hall.serve("w01")
    found = await read()
    booked = of(found, "n1")
    assert not booked.is_told
    assert booked.arrival % 86_400 == NINE + 1_800
    assert found.unused == {Why.APPOINTMENT: 1}


@pytest.mark.gen_test
async def test_the_end_of_the_day_is_nobodys_service(hall: QueueHall, read: Any) -> None:
    await hall.open("w01", "w02")
    for _ in range(3):
        await hall.issue()
    await hall.serve("w01")
    await hall.call("w02")
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    await hall.open("w01")
    await hall.issue()
    await hall.serve("w01")
    await finish(hall, "w01")
    found = await read()
    assert (found.days, found.unused) == (2, {Why.OVERNIGHT: 2})
    assert [of(found, name).end for name in ("n1", "n2")] == [None, None]
    assert of(found, "n3").outcome is Outcome.LEFT
    assert of(found, "n4").waited_s == pytest.approx(0.5)
    assert len(found.day.shifts) == 3


@pytest.mark.gen_test
async def test_a_hall_replayed_tells_the_waits_that_the_hall_told(hall: QueueHall, read: Any) -> None:
    await hall.open("w01", "w03")
    told: list[dict[str, int]] = []
    for number in range(24):
        for line in ("business", "transport")[: 1 + number % 2]:
            told.append((await hall.do(m.IssueTicket(line=line)))["wait_s"])
        window = ("w01", "w03")[number % 2]
        await hall.serve(window)
        await finish(hall, window, 60 + 37 * (number % 5))
    found = await read()
    said = {one.visit.ticket: one.waits[0] for one in replay(found.day, all_rules())}
    both = [(wait["p50"], said[f"n{n}"].p50) for n, wait in enumerate(told, 1) if f"n{n}" in said]
    late = both[-8:]  # before, a line has had few visits, and the hall tells no less than people and windows make
    assert sum(p50 > 100 for p50, _ in late) == 3
    assert [p50 for _, p50 in late] == pytest.approx([p50 for p50, _ in late], rel=1e-4)


@pytest.mark.gen_test
async def test_nobody_is_named_and_nothing_is_changed(hall: QueueHall, read: Any, tmp_path: Path) -> None:
    await hall.open("w01")
    ticket = await hall.issue(person="person-of-the-vault")
    await hall.serve("w01")
    await finish(hall, "w01")
    before = hall.server.journal.seq
    found = await read()
    written = msgspec.json.encode(found.day).decode() + found.report()
    for secret in ("person-of-the-vault", ticket, hall.ticket(ticket).number, "s01", *hall.matters("business")):
        assert secret not in written
    assert hall.server.journal.seq == before
    hall.clock.forward(seconds=1)
    await hall.issue()
    assert len((await read()).day.visits) == 2


@pytest.mark.gen_test
async def test_a_hall_that_has_ended_keeps_the_very_files_it_had(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = HandClock()
    async with opened(tmp_path, clock=clock) as server:
        hall = QueueHall(server, clock)
        await hall.open("w01")
        for _ in range(6):
            await hall.issue()
            await hall.serve("w01")
            await finish(hall, "w01")
        await server.settled()
    files = contents(tmp_path)
    assert main(["--from-hall", str(tmp_path), "--hours"]) in (0, 1)
    assert contents(tmp_path) == files
    said = capsys.readouterr().out
    assert "6 numbers with a wait that was told" in said
    assert "| 9:00 |" in said


def test_a_folder_without_a_hall_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--from-hall", str(tmp_path)]) == 2
    assert "hall.db is not there" in capsys.readouterr().err
    (tmp_path / "hall.db").write_text("no database, but long enough to be looked at" * 100, encoding="utf-8")
    with pytest.raises(NoHall, match="cannot be read"):
        read_hall(tmp_path)


@pytest.mark.gen_test
async def test_rows_of_a_newer_program_are_counted_and_the_rest_is_used(
    hall: QueueHall, read: Any, tmp_path: Path
) -> None:
    await hall.open("w01")
    for _ in range(2):
        await hall.issue()
    await hall.serve("w01")
    await finish(hall, "w01")
    await hall.server.settled()
    copy = tmp_path / "copy"
    copy.mkdir()
    with closing(sqlite3.connect(tmp_path / "hall.db")) as source, closing(sqlite3.connect(copy / "hall.db")) as books:
        source.backup(books)
        books.execute("PRAGMA journal_mode=DELETE")
        books.execute("UPDATE journal SET version = 99 WHERE type = 'ticket.started'")
        books.commit()
    found = read_hall(copy)
    assert found.unused == {Why.UNREADABLE: 1, Why.WAITING: 1}
    assert "1 × rows that this program cannot read" in found.report()

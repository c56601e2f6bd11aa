"""The journal's writer: few transactions for many, durable before acknowledged, dead after one failed write."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from hall_queue import messages as m
from hall_queue.appointments.messages import PersonRestricted, RestrictPerson
from hall_server.days import DayOpened
from hall_server.errors import JournalFailed, Unavailable
from hall_server.messages import Command, Event, Recorded
from hall_server.outcome import Outcome
from hall_server.server import Server
from tests.fakes.hall import manager, opened
from tests.fakes.queue_hall import QueueHall

Open = Callable[..., Any]


async def take(server: Server, line: str = "tax", id_: str | None = None) -> str:
    reply = await server.execute(m.IssueTicket(line=line), actor=manager(), command_id=id_)
    return str(msgspec.json.decode(reply)["id"])


def issued(folder: Path) -> set[str]:
    """What another process finds in the journal."""
    with sqlite3.connect(folder / "hall.db") as connection:
        found = connection.execute("SELECT payload FROM journal WHERE type = 'ticket.issued'").fetchall()
    connection.close()
    return {msgspec.json.decode(payload)["ticket"] for (payload,) in found}


@pytest.mark.gen_test
async def test_many_appends_are_committed_in_few_transactions(hall: QueueHall) -> None:
    said: list[str] = []
    await hall.server.database._writer.set_trace_callback(said.append)
    await asyncio.gather(*(take(hall.server, id_=f"key-{n:05d}") for n in range(1_000)))
    await hall.server.database._writer.set_trace_callback(None)  # type: ignore[arg-type]  # None ends the trace
    assert sum(line.startswith("COMMIT") for line in said) <= 5
    assert sum(line.startswith("INSERT INTO journal ") for line in said) == 1_000


@pytest.mark.gen_test
async def test_one_after_the_other_each_has_its_own_commit(hall: QueueHall) -> None:
    said: list[str] = []
    await hall.server.database._writer.set_trace_callback(said.append)
    for _ in range(20):
        await take(hall.server)
    assert sum(line.startswith("COMMIT") for line in said) == 20


@pytest.mark.gen_test
async def test_what_is_acknowledged_another_process_can_read(hall: QueueHall) -> None:
    ids = await asyncio.gather(*(take(hall.server) for _ in range(200)))
    assert issued(hall.server.data) == set(ids)


@pytest.mark.gen_test
async def test_listeners_hear_of_committed_events_only_in_order(hall: QueueHall) -> None:
    heard: list[int] = []

    def listener(recorded: Recorded) -> None:
        assert recorded.seq <= hall.server.journal.committed
        heard.append(recorded.seq)

    hall.server.listen("test", listener)
    start = hall.server.journal.seq
    await asyncio.gather(*(take(hall.server) for _ in range(300)))
    assert heard == list(range(start + 1, start + 301))


@pytest.mark.gen_test
async def test_readers_get_batches_by_seq(hall: QueueHall) -> None:
    journal = hall.server.journal
    start = journal.committed
    await asyncio.gather(*(take(hall.server) for _ in range(25)))
    assert [one.seq for one in await journal.read(start, limit=10)] == list(range(start + 1, start + 11))
    batches = [[one.seq for one in batch] async for batch in journal.read_all(start, limit=10)]
    assert [len(batch) for batch in batches] == [10, 10, 5]
    assert [seq for batch in batches for seq in batch] == list(range(start + 1, start + 26))
    assert await journal.read(journal.committed) == []


@pytest.mark.gen_test
async def test_a_start_reads_the_day_and_what_lasts_and_no_more(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    for _ in range(3):
        await take(hall.server)
        hall.clock.forward(days=1)
        await hall.server.roll_day()
    newest = await take(hall.server)
    lines = dict(hall.server.directory.lines)
    server = hall.server
    days = await server.journal.days()
    assert [day for day, _ in days] == ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"]
    hall = await open_hall()
    server = hall.server
    first = days[-1][1]
    applied = await server.journal.lasting(first)
    assert applied
    assert all(one.event.lasting and one.seq < first for one in applied)
    assert isinstance((await server.journal.read(first - 1, limit=1))[0].event, DayOpened)
    assert hall.server.directory.lines == lines
    assert list(hall.queue.tickets) == [newest]


@pytest.mark.gen_test
async def test_a_command_that_waits_when_the_server_closes_is_safe_and_later_ones_are_refused(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    folder, server = hall.server.data, hall.server
    pending = [asyncio.create_task(take(server)) for _ in range(50)]
    await asyncio.sleep(0)
    await open_hall.close()  # type: ignore[attr-defined]  # set by the fixture
    async with asyncio.timeout(60):
        ids = await asyncio.gather(*pending)
    assert issued(folder) == set(ids)
    with pytest.raises(JournalFailed):
        await take(server)


@pytest.mark.gen_test
async def test_after_a_write_that_fails_nothing_is_acknowledged_any_more(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    server, folder = hall.server, hall.server.data
    [(pages,)] = await server.database._writer.execute_fetchall("PRAGMA page_count")
    await server.database._writer.execute_fetchall(f"PRAGMA max_page_count={pages + 30}")
    acknowledged: set[str] = set()

    async def ask(n: int) -> None:
        acknowledged.add(await take(server, id_=f"full-{n:05d}"))

    results: list[Any] = []
    for n in range(0, 4_000, 20):
        results += await asyncio.gather(*(ask(n + i) for i in range(20)), return_exceptions=True)
    failed = [result for result in results if result is not None]
    assert acknowledged
    assert failed
    assert all(isinstance(result, JournalFailed) for result in failed)
    first = next(i for i, result in enumerate(results) if result is not None)
    assert all(isinstance(result, JournalFailed) for result in results[first:])
    assert server.failed.is_set()
    assert isinstance(server.journal.failure, sqlite3.Error)
    hall = await open_hall()
    assert set(hall.queue.tickets) == acknowledged == issued(folder)


class Strange(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "strange.happened"

    @property
    def subject(self) -> str:
        return "strange:1"


class DoStrange(Command, frozen=True, kw_only=True):
    pass


@pytest.mark.gen_test
async def test_an_event_that_nobody_registered_is_refused_and_changes_nothing(hall: QueueHall) -> None:
    hall.server.handle(DoStrange, lambda _, __: Outcome(events=(Strange(),)))
    seq = hall.server.journal.seq
    with hall.refused(Unavailable, "event.not_registered"):
        await hall.do(DoStrange())
    assert hall.server.journal.seq == seq
    assert await take(hall.server)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder]).returncode:
        pytest.skip("needs the right to mount a file system")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.gen_test
async def test_a_disk_that_is_really_full_stops_the_server_and_loses_nothing(small_disk: Path) -> None:
    acknowledged: set[str] = set()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(opened(small_disk))
        free = shutil.disk_usage(small_disk).free - 300_000
        await asyncio.to_thread((small_disk / "junk").write_bytes, b"x" * free)
        while not server.failed.is_set():
            asked = [asyncio.create_task(take(server)) for _ in range(50)]
            for one in asyncio.as_completed(asked):
                try:
                    acknowledged.add(await one)
                except JournalFailed:
                    assert server.failed.is_set()
        with pytest.raises(JournalFailed):
            await take(server)
        (small_disk / "junk").unlink()
    assert acknowledged
    async with opened(small_disk) as server:
        assert set(server.rooms["hall_queue"].queue.tickets) == acknowledged
        await take(server)


@pytest.mark.gen_test
async def test_a_start_no_longer_reads_what_held_until_a_day_that_has_passed(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    begun = hall.server.business_day
    for person, days in (("p1", 1), ("p2", 30)):
        await hall.do(RestrictPerson(person=person, until=begun + timedelta(days=days), reason="test"))
    for _ in range(2):
        hall.clock.forward(days=1)
        await hall.server.roll_day()

    hall = await open_hall()
    days = await hall.server.journal.days()
    read = await hall.server.journal.lasting(days[-1][1], days[-1][0])
    assert [one.event.person for one in read if isinstance(one.event, PersonRestricted)] == ["p2"]
    still_there = await hall.server.journal.lasting(days[-1][1])
    assert [one.event.person for one in still_there if isinstance(one.event, PersonRestricted)] == ["p1", "p2"]

"""A hall is killed while its cases ask for money and licences: each order and each licence is at the neighbour's once.

The control is the same with neighbours that take every try as something new: there it happens twice.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from cases.neighbours import Neighbours as Room
from cases.neighbours.simulated.server import Faults, Neighbours
from cases.neighbours.steps import issue_id
from hall_server.outbox.sender import LEASE
from hall_server.server import Server
from tests.fakes import killed_cases
from tests.fakes.hall import ROOT, HandClock, running
from tests.fakes.neighbours import neighbours, until

CASES = 8
LOST = 3
"""So many answers are lost on each way before the kill, so that something is tried again for certain."""


@pytest.mark.gen_test(timeout=120)
@pytest.mark.parametrize(
    "is_control", [pytest.param(False, id="once"), pytest.param(True, id="control", marks=pytest.mark.long)]
)
async def test_what_cases_asked_for_before_a_kill_happens_once(tmp_path: Path, *, is_control: bool) -> None:
    clock = HandClock()
    async with neighbours(tmp_path / "others", clock) as (others, port):
        for name in killed_cases.ASKED:
            others.faults[name] = Faults(loses=LOST, ignore_ids=is_control)
        await killed_after(tmp_path, port, CASES)
        clock.forward(seconds=LEASE.total_seconds() + 60)
        settings = killed_cases.settings(port, tmp_path / "others")
        async with running(tmp_path / "hall", clock=clock, rooms=killed_cases.ROOMS, neighbours=settings) as (
            server,
            _,
        ):
            for edition in killed_cases.editions():
                server.rooms["cases"].editions.take(edition)
            await all_sent(server, clock)
            wanted = await asked(server)
        held = await done(others)
        assert len(wanted) >= CASES - 2, "orders and licences of the cases that were told of before the kill"
        assert held.keys() == wanted
        assert (max(held.values()) == 1) is not is_control


async def killed_after(path: Path, port: int, cases: int) -> None:
    """Let a hall run in a process of its own until it has told of so many cases, then kill it."""
    command = (sys.executable, "-m", "tests.fakes.killed_cases", str(path / "hall"), str(port), str(path / "others"))
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "queue")))}
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT, env=paths)
    assert child.stdout is not None
    try:
        for _ in range(cases):
            assert await child.stdout.readline(), "it ended by itself"
    finally:
        child.kill()
        await child.wait()


async def all_sent(server: Server, clock: HandClock) -> None:
    """Wait until everything that the journal calls for is answered."""
    room: Room = server.rooms["neighbours"]

    async def is_so() -> bool:
        clock.forward(seconds=20)
        room.follower.hurry()
        room.room.hurry()
        rows = await server.database.fetch("SELECT count(*) FROM outbox WHERE state = 'waiting'")
        return await room.room.outbox.cursor("neighbours") == server.journal.committed and rows[0][0] == 0

    await until(is_so)


async def asked(server: Server) -> set[str]:
    """The transactions that the journal calls for."""
    rows = await server.database.fetch(
        "SELECT json_extract(payload, '$.order') FROM journal WHERE type = 'case.fee_asked'"
    )
    made = await server.database.fetch("SELECT json_extract(payload, '$.case') FROM journal WHERE type = 'case.made'")
    return {order for (order,) in rows} | {issue_id(case) for (case,) in made}


async def done(others: Neighbours) -> Counter[str]:
    """How often each was done there."""
    return Counter(one["id"].partition("#")[0] for one in (await others.books.ledger())["held"])

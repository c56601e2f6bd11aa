"""A hall is killed while its cases call for its neighbours: whatever the journal calls for is there once.

What is sent is the same for all of them, the outbox; ratings have their own (tests/faults/evaluation_upward). The
control is the same with neighbours that take every try as something new: there it happens twice.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from cases.neighbours import Neighbours as Room
from cases.neighbours.simulated.server import Faults, Neighbours
from hall_server.outbox.sender import LEASE
from hall_server.server import Server
from tests.fakes import killed_cases
from tests.fakes.hall import ROOT, HandClock, running
from tests.fakes.neighbours import neighbours, until

CASES = 8
LOST = 3
"""So many answers are lost on each way before the kill, so that something is tried again for certain."""


CALLED_FOR: dict[str, str] = {
    "payment": "SELECT json_extract(payload, '$.order') FROM journal WHERE type = 'case.fee_asked'",
    "licence": "SELECT 'licence-' || json_extract(payload, '$.case') FROM journal WHERE type = 'case.made'",
    "courier": "SELECT 'label-' || json_extract(payload, '$.case') FROM journal WHERE type = 'case.handed_over'",
    "exchange": "SELECT 'data-' || substr(subject, 6) || '-plan' FROM journal WHERE type = 'case.received'",
    "department": "SELECT 'push-' || json_extract(payload, '$.case') FROM journal WHERE type = 'case.accepted'",
    "hotline": "SELECT id FROM outbox WHERE kind = 'hotline.hand'",
    "supervision": "SELECT id FROM outbox WHERE kind = 'supervision.feed'",
    "sms": "SELECT id FROM outbox WHERE kind LIKE 'notice.%' AND state = 'accepted'",
}
"""Kind → the transactions that the hall owes a neighbour of it."""


@pytest.mark.gen_test(timeout=120)
@pytest.mark.parametrize(
    ("kinds", "is_control"),
    [
        pytest.param(("payment", "licence"), False, id="payment and licence"),
        pytest.param(("payment", "licence"), True, id="control", marks=pytest.mark.long),
        *(
            pytest.param((kind,), False, id=kind, marks=pytest.mark.long)
            for kind in CALLED_FOR
            if kind not in ("payment", "licence")
        ),
        pytest.param(tuple(CALLED_FOR), False, id="all at once", marks=pytest.mark.long),
    ],
)
async def test_what_cases_asked_for_before_a_kill_happens_once(
    tmp_path: Path, *, kinds: tuple[str, ...], is_control: bool
) -> None:
    clock = HandClock()
    async with neighbours(tmp_path / "others", clock) as (others, port):
        for name in kinds:
            others.faults[name] = Faults(loses=LOST, ignore_ids=is_control)
        await killed_after(tmp_path, port, CASES, kinds)
        clock.forward(seconds=LEASE.total_seconds() + 60)
        settings = killed_cases.settings(port, tmp_path / "others", kinds)
        async with running(tmp_path / "hall", clock=clock, rooms=killed_cases.ROOMS, neighbours=settings) as (
            server,
            _,
        ):
            for edition in killed_cases.editions():
                server.rooms["cases"].editions.take(edition)
            await all_sent(server, clock)
            wanted = await asked(server, kinds)
            cases = await rows(server, "SELECT count(*) FROM journal WHERE type = 'case.received'")
            if "supervision" in kinds:
                await all_fed(server, others)
        held = await done(others)
        assert int(cases.pop()) >= CASES
        assert len(wanted) >= len(kinds), "there is something of each"
        assert held.keys() == wanted
        assert (max(held.values()) == 1) is not is_control


async def killed_after(path: Path, port: int, cases: int, kinds: tuple[str, ...]) -> None:
    """Let a hall run in a process of its own until it has told of so many cases, then kill it."""
    module = ("-m", "tests.fakes.killed_cases")
    command = (sys.executable, *module, str(path / "hall"), str(port), str(path / "others"), *kinds)
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


async def asked(server: Server, kinds: tuple[str, ...]) -> set[str]:
    """The transactions that the hall owes its neighbours."""
    found: set[str] = set()
    for kind in kinds:
        some = await rows(server, CALLED_FOR[kind])
        assert some, f"nothing was called for of {kind}"
        found |= some
    return found


async def rows(server: Server, sql: str) -> set[str]:
    return {str(one) for (one,) in await server.database.fetch(sql)}


async def all_fed(server: Server, others: Neighbours) -> None:
    """Every step of every case is at the supervision once, whatever batches they went in."""
    held = [one for one in (await others.books.ledger())["held"] if one["do"] == "supervision.feed"]
    steps = [step for one in held for step in msgspec.json.decode(one["request"])["steps"]]
    fed = Counter((one["case_number"], one["step"], one["at"]) for one in steps)
    [(happened,)] = await server.database.fetch("SELECT count(*) FROM journal WHERE type LIKE 'case.%'")
    assert sum(fed.values()) == happened
    assert max(fed.values()) <= 2, "a document made twice in one moment is two steps"


async def done(others: Neighbours) -> Counter[str]:
    """How often each was done there."""
    return Counter(one["id"].partition("#")[0] for one in (await others.books.ledger())["held"])

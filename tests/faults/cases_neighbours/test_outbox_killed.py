"""A place is killed while it queues and sends: whatever was queued is done at the neighbour's, once."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from cases.neighbours import requests as r
from cases.neighbours.model import Kind
from cases.neighbours.port import HttpNeighbour
from hall_server.database.tables import open_tables
from hall_server.outbox.http import SignedClient
from hall_server.outbox.sender import LEASE, Lane, Verdict
from hall_server.outbox.table import Letter, Outbox, State
from tests.fakes.hall import ROOT, HandClock
from tests.fakes.neighbours import neighbours

KILLED = """
import asyncio, sys
from datetime import datetime, timedelta, UTC
from pathlib import Path
from hall_server.database.tables import open_tables
from hall_server.outbox.table import Letter, Outbox

async def main():
    tables = await open_tables(sys.argv[1], Path(sys.argv[1]).parent / "schema")
    outbox = Outbox(tables)
    await outbox.open()
    now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    for number in range(100_000):
        letter = Letter(id=f"t{number:06d}", neighbour="sms", kind="sms.send", subject="s", sealed="s", at=now,
                        next_at=now, until_at=now + timedelta(days=1))
        await outbox.put(letter, cursor=("journal", number))
        if number % 3 == 0:
            await outbox.claim("sms", now=now, lease_until=now + timedelta(minutes=5), limit=1)
        print(letter.id, flush=True)

asyncio.run(main())
"""


@pytest.mark.gen_test(timeout=120)
async def test_what_was_queued_before_a_kill_is_done_once(tmp_path: Path) -> None:
    queued = killed_after(tmp_path / "hall.db", 40)
    clock = HandClock()
    async with neighbours(tmp_path / "others", clock) as (others, port):
        tables = await open_tables(tmp_path / "hall.db", tmp_path / "schema")
        client = SignedClient(f"http://127.0.0.1:{port}/sms", others.key, lambda: clock.now().timestamp())
        neighbour = HttpNeighbour(Kind.SMS, client, clock.now)

        class Postman:
            async def deliver(self, letter: Letter) -> Verdict:
                await neighbour.send(r.SendMessage(phone="13800138000", text="x"), transaction=letter.id)
                return Verdict(state=State.ACCEPTED)

        try:
            outbox = Outbox(tables)
            await outbox.open()
            last = await outbox.cursor("journal")
            assert last is not None
            assert last >= len(queued) - 1, "a cursor is never behind what was told"
            clock.forward(seconds=(LEASE + timedelta(seconds=1)).total_seconds())
            lane = Lane("sms", outbox, Postman(), clock.now, most_tries=9)
            while await lane.round() == 0.0:
                clock.forward(seconds=1)
            done = [one["id"] for one in (await others.books.ledger())["held"]]
            assert len(done) == len(set(done)) == last + 1
            assert set(queued) <= set(done)
        finally:
            neighbour.close()
            await tables.close()


def killed_after(database: Path, lines: int) -> list[str]:
    """Let a process queue until it has told of so many, then kill it; gives what it told."""
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(database)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert child.stdout is not None
    told = [child.stdout.readline().strip() for _ in range(lines)]
    child.kill()
    told += [line.strip() for line in child.stdout.read().splitlines() if len(line.strip()) == len("t000000")]
    child.wait(20)
    child.stdout.close()
    return told

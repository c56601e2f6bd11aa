"""Fault 1: kill -9 of the real server under kiosks and consoles that keep a ledger; nothing acknowledged is lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from hall_server.journal.verify import verify
from hall_server.settings import Settings
from tests.fakes.killed_hall import Crowd, HallChild, Ledger, journalled, known_to, lost, twice

KILLS, KILLS_LONG, KILLS_CONTROL = 100, 1_000, 8
SLOW_DISK = "tests/fakes/slow_disk_hall.py"


async def kill_often(hall: HallChild, ledger: Ledger, *, kills: int) -> list[str]:
    """Kill the hall so many times under a crowd; gives what was lost, at the first kill that lost something."""
    dice = random.Random(kills)
    await hall.start()
    try:
        for _ in range(kills):
            crowd = Crowd(hall, ledger)
            await crowd.until(dice.randint(1, 60))
            await hall.start()
            if gone := lost(ledger, hall.data):
                return gone
            assert await known_to(hall, ledger)
            await crowd.press_again()
    finally:
        await hall.kill()
    return lost(ledger, hall.data)


async def survives(folder: Path, *, kills: int) -> None:
    import run  # the composition root, for all event types

    hall, ledger = HallChild(folder / "data"), Ledger()
    assert await kill_often(hall, ledger, kills=kills) == []
    numbers = journalled(hall.data)
    assert twice(numbers.values()) == []
    assert ledger.contradictions == []
    assert len({reply["id"] for reply in ledger.tickets.values()}) == len(ledger.tickets), "two keys got one ticket"
    assert {reply["id"] for reply in ledger.tickets.values()} == set(numbers), "a key press had a second effect"
    assert len(ledger.tickets) > kills * 5
    assert ledger.pressed
    report = verify(hall.data / "hall.db", run.compose(Settings(), folder / "other").types)
    assert report.findings == []


@pytest.mark.gen_test(timeout=900)
async def test_killed_in_full_work_it_keeps_every_promise(tmp_path: Path) -> None:
    await survives(tmp_path, kills=KILLS)


@pytest.mark.long
@pytest.mark.gen_test(timeout=7_200)
async def test_killed_a_thousand_times_it_keeps_every_promise(tmp_path: Path) -> None:
    await survives(tmp_path, kills=KILLS_LONG)


@pytest.mark.gen_test(timeout=600)
async def test_control_who_acknowledges_before_the_commit_is_caught(tmp_path: Path) -> None:
    careful, hasty = Ledger(), Ledger()
    assert await kill_often(HallChild(tmp_path / "a" / "data", SLOW_DISK), careful, kills=2) == []
    assert await kill_often(HallChild(tmp_path / "b" / "data", SLOW_DISK, "--hasty"), hasty, kills=KILLS_CONTROL)

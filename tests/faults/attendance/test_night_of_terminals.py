"""Terminals hand a night's punches in while their lines break and the hall is killed: each is stored, and once."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from tests.fakes.killed_hall import HallChild
from tests.fakes.night_terminals import Night, journalled

TERMINALS, PUNCHES = 20, 100
KILLS, KILLS_CONTROL = 20, 8
SLOW_DISK = "tests/fakes/slow_disk_hall.py"


def night(hall: HallChild, punches: int = PUNCHES) -> Night:
    return Night(hall, [f"NIGHT{n:03}" for n in range(TERMINALS)], punches)


def check(one: Night) -> list[str]:
    """What is wrong with the journal, in words: nothing a terminal was promised may be missing, and nothing doubled."""
    found = journalled(one.hall.data)
    lost = [f"lost {line!r} of {serial}" for serial, line in sorted(one.safe) if (serial, line) not in found]
    return lost + [f"{times} times {line!r}" for (_, line), times in found.items() if times > 1]


@pytest.mark.gen_test(timeout=300)
async def test_twenty_terminals_with_broken_lines_hand_in_everything_once(tmp_path: Path) -> None:
    hall = HallChild(tmp_path / "data")
    await hall.start()
    try:
        one = night(hall)
        await asyncio.to_thread(one.let_in)
        await one.hand_in()
    finally:
        await hall.kill()
    assert check(one) == []
    assert len(one.safe) == len(journalled(hall.data)) == TERMINALS * PUNCHES


async def killed_often(hall: HallChild, *, kills: int) -> list[str]:
    """Kill the hall so many times while terminals hand in; what is wrong after the first kill that harmed, else []."""
    dice = random.Random(kills)
    await hall.start()
    one = night(hall, punches=PUNCHES * kills)
    handing_in = None
    try:
        await asyncio.to_thread(one.let_in)
        handing_in = asyncio.create_task(one.hand_in())
        for _ in range(kills):
            await one.answered(dice.randint(20, 120))
            await hall.kill()
            if wrong := check(one):
                return wrong
            await hall.start()
        await handing_in
    finally:
        if handing_in is not None:
            handing_in.cancel()
        await hall.kill()
    assert len(journalled(hall.data)) == TERMINALS * PUNCHES * kills
    return check(one)


@pytest.mark.long
@pytest.mark.gen_test(timeout=3_600)
async def test_a_hall_that_is_killed_again_and_again_keeps_every_punch_it_said_yes_to_once(tmp_path: Path) -> None:
    assert await killed_often(HallChild(tmp_path / "data"), kills=KILLS) == []


@pytest.mark.long
@pytest.mark.gen_test(timeout=1_200)
async def test_control_who_says_yes_before_the_commit_is_caught(tmp_path: Path) -> None:
    assert await killed_often(HallChild(tmp_path / "data", SLOW_DISK, "--hasty"), kills=KILLS_CONTROL)

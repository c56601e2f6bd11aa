"""Fault 24: 50 of 200 boards stop reading and 500 reconnect at once; the server stays small and the others stay new."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.hall_process import HallProcess
from tests.fakes import live_boards
from tests.fakes.hall_talk import ROOT, Talker, demo_config
from tests.fakes.live_boards import Board

READING, STOPPED, RECONNECTING = 150, 50, 500
TOPIC = "board/z1"
ROUNDS = 180
"""Each is a ticket, a call, a start and an end: four pictures of some kilobytes, to fill what the kernel keeps."""
GROWTH_MB = 20.0
WITHIN_S = 90.0
"""Longest wait for anything. Never a measure."""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[Path | None], HallProcess]]:
    """Starts a hall, by a program of the test's own or by `run.py`."""
    halls: list[HallProcess] = []

    def start(program: Path | None) -> HallProcess:
        halls.append(HallProcess(tmp_path / "data", config=demo_config(tmp_path), program=program))
        return halls[-1].start()

    yield start
    for hall in halls:
        hall.kill()


def resident_mb(pid: int) -> float:
    """Memory that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


class Desk:
    """The window whose calls go on."""

    def __init__(self, hall: HallProcess) -> None:
        account = next(one for one in hall.accounts["staff"] if one["window"] == "w01")
        self._staff = Talker(hall.http_port).sign_in(account)
        self._do("windows/w01/open")

    async def rounds(self, count: int) -> None:
        """Serve so many visitors."""
        for _ in range(count):
            await asyncio.to_thread(self._round)

    def _round(self) -> None:
        self._do("tickets", {"line": "business"})
        for key in ("call", "start", "finish"):
            self._do(f"windows/w01/{key}")

    def _do(self, path: str, body: object = None) -> None:
        answer = self._staff.send("POST", path, {} if body is None else body)
        assert answer.status in {200, 201}, answer.raw


async def all_new(hall: HallProcess, boards: list[Board]) -> float:
    """Wait until all boards show what the hall shows; gives the seconds it took."""
    picture, began = Talker(hall.http_port).send("GET", "board?zone=z1").body, time.monotonic()
    async with asyncio.timeout(WITHIN_S):
        while not all(board.picture == picture for board in boards):  # noqa: ASYNC110  # no event: another process
            await asyncio.sleep(0.02)
    return time.monotonic() - began


async def closed_for_not_reading(hall: HallProcess, desk: Desk) -> int:
    """Let calls go on until the hall has closed all who stopped; gives how many it closed."""
    async with asyncio.timeout(WITHIN_S):
        while (count := hall.log.count("live client closed")) < STOPPED:
            await desk.rounds(1)
    return count


async def suffered(hall: HallProcess) -> tuple[float, list[Board], list[Board], Desk]:
    """Let boards stop and calls go on, then let all boards of a hall come back at once.

    What 500 boards hold anyway is no growth, so they have all been connected once before it is measured.

    Returns:
        Megabytes the server has grown by, the boards that read, those that stopped, and the desk.
    """
    desk = Desk(hall)
    everybody = await live_boards.connected(hall.http_port, TOPIC, count=RECONNECTING + READING)
    await desk.rounds(20)
    await all_new(hall, everybody)
    before = resident_mb(hall.pid)
    reading = everybody[:READING]
    for board in everybody[READING:]:
        board.close()

    stopped = await live_boards.connected(
        hall.http_port, TOPIC, count=STOPPED, buffer_bytes=live_boards.STALLED_BUFFER_BYTES
    )
    for board in stopped:
        board.stop_reading()
    await desk.rounds(ROUNDS)
    back, _ = await asyncio.gather(live_boards.connected(hall.http_port, TOPIC, count=RECONNECTING), desk.rounds(5))
    reading += back
    seconds = await all_new(hall, reading)
    grown = resident_mb(hall.pid) - before
    print(f"{grown:.1f} MB more; {len(reading)} boards new after {seconds:.2f} s")
    return grown, reading, stopped, desk


@pytest.mark.gen_test(timeout=300)
async def test_boards_that_stop_reading_cost_little_and_are_closed_and_the_others_show_the_newest(
    started: Callable[[Path | None], HallProcess],
) -> None:
    hall = started(None)
    grown, reading, stopped, desk = await suffered(hall)
    assert grown <= GROWTH_MB
    assert await closed_for_not_reading(hall, desk) == STOPPED
    await all_new(hall, reading)
    assert not any(board.is_closed for board in reading)
    for board in reading + stopped:
        board.close()


@pytest.mark.gen_test(timeout=300)
async def test_without_the_bounds_the_same_boards_make_the_server_grow_and_stay(
    started: Callable[[Path | None], HallProcess],
) -> None:
    hall = started(ROOT / "tests" / "fakes" / "boundless_hall.py")
    grown, reading, stopped, _ = await suffered(hall)
    assert grown > GROWTH_MB
    assert hall.log.count("live client closed") == 0
    for board in reading + stopped:
        board.close()

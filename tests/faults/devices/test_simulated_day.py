"""A day of the simulated hall in whose middle the broker is killed: no call lost, no number twice, all devices back.

Source: issue 4 (simulated hall) and the domain's herd rule: 200 devices back within 10 s.
"""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.hall_process import ROOT, HallProcess
from tests.fakes.simulated_day import Day, Mosquitto, linked, simulated_day

BACK_WITHIN_S = 10.0
SHIPPED_DAY = ROOT / "config" / "simulated_day.csv"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallProcess]:
    with HallProcess(tmp_path / "hall") as made:
        yield made


async def killed_and_back(hall: HallProcess) -> None:
    """The hall dies with its broker inside, and comes back on the same ports."""
    hall.kill()
    await asyncio.to_thread(hall.start, http_port=hall.http_port, mqtt_port=hall.mqtt_port)


async def served_on(day: Day, calls: int) -> None:
    """Wait for so many calls from now on."""
    before = (await day.begun()).ledger.counts["calls"]
    await day.until(lambda simulated: simulated.ledger.counts["calls"] >= before + calls)


@pytest.mark.gen_test(timeout=110)
async def test_the_hall_is_killed_with_its_broker_and_the_books_balance(hall: HallProcess) -> None:
    hall.start()
    async with simulated_day(hall, devices=60, speed=60, visitors_per_hour=400) as day:
        await served_on(day, 12)
        await killed_and_back(hall)
        await linked(day, within_s=BACK_WITHIN_S)
        await served_on(day, 12)
        simulated = await day.begun()
        found = await day.end()
    assert found.holds, found.wrong
    assert found.ours == simulated.ledger.counts["issued"] > 0
    assert simulated.ledger.counts["served"] > 0


@pytest.mark.gen_test(timeout=110)
async def test_control_a_hall_that_forgets_is_found_out(hall: HallProcess, tmp_path: Path) -> None:
    """The same with the protection off: the hall comes back with the disk as it was before the day."""
    hall.start()
    await asyncio.to_thread(hall.stop)
    shutil.copytree(hall.data, tmp_path / "before")
    await asyncio.to_thread(hall.start)
    async with simulated_day(hall, devices=20, speed=60, visitors_per_hour=400) as day:
        await day.until(lambda simulated: simulated.ledger.counts["served"] >= 3)
        hall.kill()
        shutil.rmtree(hall.data)
        shutil.copytree(tmp_path / "before", hall.data)
        await asyncio.to_thread(hall.start, http_port=hall.http_port, mqtt_port=hall.mqtt_port)
        found = await day.end()
    assert not found.holds


@pytest.mark.long
@pytest.mark.gen_test(timeout=600)
async def test_a_whole_day_with_200_devices_whose_broker_is_killed_at_noon(hall: HallProcess, tmp_path: Path) -> None:
    hall.start()
    async with simulated_day(hall, devices=200, duration_s=0.1) as founding:  # lets the devices in
        await founding.work
    await asyncio.to_thread(hall.stop)
    broker = await asyncio.to_thread(Mosquitto, tmp_path / "mosquitto", hall.data)
    broker.start()
    try:
        await asyncio.to_thread(hall.start, broker=f"127.0.0.1:{broker.port}")
        async with simulated_day(hall, devices=200, speed=200, visitors=SHIPPED_DAY) as day:
            simulated = await day.begun()
            assert len(simulated.things) == 200
            await linked(day, within_s=30)
            await day.until(lambda simulated: simulated.day.now_s() >= 12 * 3600)
            broker.kill()
            broker.start()
            await linked(day, within_s=BACK_WITHIN_S)
            found = await day.work
    finally:
        broker.kill()
    assert found is not None
    assert found.holds, found.wrong
    assert simulated.visitors.came == 1000
    assert simulated.ledger.counts["served"] > 500
    assert all(clerk.is_home for clerk in simulated.clerks)

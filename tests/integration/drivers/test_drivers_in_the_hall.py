"""Simulated hardware, its driver, MQTT and a real hall: what a visitor and a clerk see of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from devices.gateway.drivers.handset import Handset
from devices.gateway.drivers.handset import Options as HandsetOptions
from devices.gateway.drivers.id_reader import IdReader
from devices.gateway.drivers.id_reader import Options as ReaderOptions
from devices.gateway.drivers.led import Led
from devices.gateway.drivers.led import Options as LedOptions
from devices.gateway.ports import Driver
from devices.gateway.protocols import id_card
from devices.messages import RegisterDevice
from devices.model import DeviceKind
from devices.simulated.hardware.handset import SimulatedBus
from devices.simulated.hardware.id_reader import SimulatedIdReader
from devices.simulated.hardware.led import SimulatedBar
from tests.fakes.device_hall import DeviceHall, device_hall

CARD = id_card.Card(
    kind=id_card.CardKind.CITIZEN,
    name="王小美",
    sex="2",
    nation="01",
    birth=date(1949, 12, 31),
    address="示范市示范区幸福路1号",
    number="11010519491231002X",
    issuer="示范市公安局",
    since=date(2011, 3, 3),
    until=None,
)


@asynccontextmanager
async def in_hall(hall: DeviceHall, device: str, driver: Driver) -> AsyncIterator[None]:
    """A driver at work for a registered device, over its own connection."""
    side = hall.simulate(device, on_command=driver.on_command, on_show=driver.on_show)
    side.start()
    await side.link.connected()
    task = asyncio.create_task(driver.run(side))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.gen_test(timeout=60)
async def test_a_card_laid_on_becomes_a_number_at_the_kiosk(tmp_path: Path) -> None:
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def hear(do: str, args: dict[str, Any]) -> None:
        if do == "identity":
            told.put_nowait(args)

    hardware = SimulatedIdReader()
    async with device_hall(tmp_path) as hall:
        zone = next(iter(hall.server.directory.zones))
        kiosk = await hall.device("kiosk", zone, on_command=hear)
        reader = await hall.do(RegisterDevice(kind=DeviceKind.ID_READER, zone=zone))
        driver = IdReader(hardware.port.path, ReaderOptions(poll_s=0.01))
        async with in_hall(hall, str(reader["id"]), driver):
            hardware.card = CARD
            word = (await told.get())["card"]
            ticket = await kiosk.request("ticket.issue", {"line": "business", "person": {"card": word}})
        person = hall.ticket(ticket["id"]).person
        assert person is not None
        assert (await hall.server.vault.open(person)).id_number == CARD.number
    hardware.close()


@pytest.mark.gen_test(timeout=60)
async def test_a_key_calls_the_next_visitor_and_the_answer_stands_on_the_handset(tmp_path: Path) -> None:
    bus = SimulatedBus(1)
    async with device_hall(tmp_path) as hall:
        await hall.open("w01")
        first, second = await hall.issue(), await hall.issue()
        driver = Handset(bus.port.path, HandsetOptions(bus_address=1, rest_s=0.0))
        async with in_hall(hall, await hall.register("handset", "w01"), driver):
            bus.handsets[1].press(0x01)
            await bus.until(lambda: bus.handsets[1].number == first.number)
            assert hall.desk("w01").ticket == first.id
            bus.handsets[1].press(0x03)
            await bus.until(lambda: bus.handsets[1].beeps >= 2)
            bus.handsets[1].press(0x01)
            await bus.until(lambda: bus.handsets[1].number == second.number)
            assert bus.handsets[1].waiting == 0
    bus.close()


@pytest.mark.gen_test(timeout=60)
async def test_a_call_stands_on_the_bar_over_the_window(tmp_path: Path) -> None:
    bar = SimulatedBar()
    async with device_hall(tmp_path) as hall:
        driver = Led(await bar.listen(), LedOptions(width=12))
        async with in_hall(hall, await hall.register("led", "w01"), driver):
            await bar.until(lambda: bar.text == "窗口未开放")
            await hall.open("w01")
            ticket = await hall.call()
            await bar.until(lambda: ticket.number in bar.text)
    await bar.switch_off()


@pytest.mark.gen_test(timeout=60)
async def test_a_call_by_the_console_stands_on_the_handset_too(tmp_path: Path) -> None:
    bus = SimulatedBus(7)
    async with device_hall(tmp_path) as hall:
        await hall.open("w01")
        driver = Handset(bus.port.path, HandsetOptions(bus_address=7, rest_s=0.0))
        async with in_hall(hall, await hall.register("handset", "w01"), driver):
            ticket = await hall.call()
            await bus.until(lambda: bus.handsets[7].number == ticket.number)
    bus.close()

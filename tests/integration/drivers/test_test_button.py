"""The device board's test button and every driver: over HTTP, MQTT, the driver and its simulated hardware."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from devices.gateway.drivers import Surroundings, handset, id_reader, led, page_printer, printer, speaker, terminal
from devices.gateway.ports import Driver
from devices.messages import RegisterDevice
from devices.model import DeviceKind
from devices.simulated.hardware.handset import SimulatedBus
from devices.simulated.hardware.id_reader import SimulatedIdReader
from devices.simulated.hardware.led import SimulatedBar
from devices.simulated.hardware.page_printer import SimulatedPagePrinter
from devices.simulated.hardware.terminal import SimulatedTerminal
from devices.trial import Trial, Trials, What
from hall_server.clock import SystemClock
from hall_server.identity import Role
from hall_server.mqtt.commands import End
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.mqtt_hall import free_port

AROUND = Surroundings(clock=SystemClock(), web=None, ca=None)
Rig = tuple[Driver, Callable[[], object]]
"""A driver with its hardware, and what that hardware did: true where a person could tell."""


@asynccontextmanager
async def a_printer(folder: Path) -> AsyncIterator[Rig]:
    slips = folder / "slips.bin"
    driver = printer.made(f"file:{slips}", printer.Options(), AROUND)
    yield driver, lambda: slips.exists() and "收款台".encode("gb18030") in slips.read_bytes()


@asynccontextmanager
async def an_a4_printer(folder: Path) -> AsyncIterator[Rig]:
    hardware = SimulatedPagePrinter()
    await hardware.on()
    address = f"ipp://127.0.0.1:{hardware.ipp_port}/ipp/print"
    yield page_printer.made(address, page_printer.Options(poll=0.05), AROUND), lambda: len(hardware.pages) == 1
    await hardware.off()


@asynccontextmanager
async def a_handset(folder: Path) -> AsyncIterator[Rig]:
    bus = SimulatedBus(1)
    options = handset.Options(bus_address=1, rest_s=0.0)
    yield handset.Handset(bus.port.path, options), lambda: bus.handsets[1].beeps >= 1
    bus.close()


@asynccontextmanager
async def a_bar(folder: Path) -> AsyncIterator[Rig]:
    bar = SimulatedBar()
    lit: set[str] = set()

    def ends() -> bool:
        lit.add(bar.text)
        return False

    seen = asyncio.create_task(bar.until(ends))
    driver = led.Led(await bar.listen(), led.Options(width=12, test_s=0.5))
    yield driver, lambda: len(lit) > 1
    seen.cancel()
    await asyncio.gather(seen, return_exceptions=True)
    await bar.switch_off()


@asynccontextmanager
async def a_speaker(folder: Path) -> AsyncIterator[Rig]:
    sounds = folder / "sounds"
    sounds.mkdir()
    driver = speaker.made(f"file:{sounds}", speaker.Options(), AROUND)
    yield driver, lambda: any(max(file.read_bytes()[44:]) > 0 for file in sounds.iterdir())


@asynccontextmanager
async def a_reader(folder: Path) -> AsyncIterator[Rig]:
    hardware = SimulatedIdReader()
    yield id_reader.IdReader(hardware.port.path, id_reader.Options(poll_s=0.01)), lambda: True
    hardware.close()


@asynccontextmanager
async def a_terminal(folder: Path) -> AsyncIterator[Rig]:
    port = free_port()
    made = SimulatedTerminal(f"http://127.0.0.1:{port}", "SN1")

    async def polls() -> None:
        while True:
            await asyncio.gather(made.poll(), return_exceptions=True)
            await asyncio.sleep(0.05)

    polling = asyncio.create_task(polls())
    options = terminal.Options(serial="SN1", buffer=str(folder / "punches.db"))
    driver = terminal.made(f"http://127.0.0.1:{port}", options, AROUND)
    yield driver, lambda: made.done == ["INFO"]
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    made.close()


RIGS: dict[DeviceKind, tuple[Callable[[Path], AbstractAsyncContextManager[Rig]], dict[str, str], What]] = {
    DeviceKind.PRINTER: (a_printer, {"zone": "z1"}, What.SLIP),
    DeviceKind.PAGE_PRINTER: (an_a4_printer, {"zone": "z1"}, What.PAGE),
    DeviceKind.HANDSET: (a_handset, {"window": "w01"}, What.BLINK),
    DeviceKind.LED: (a_bar, {"window": "w01"}, What.PICTURE),
    DeviceKind.SPEAKER: (a_speaker, {"zone": "z1"}, What.SAY),
    DeviceKind.ID_READER: (a_reader, {"zone": "z1"}, What.READY),
    DeviceKind.TERMINAL: (a_terminal, {"zone": "z1"}, What.READY),
}


@pytest.mark.parametrize("kind", RIGS, ids=str)
@pytest.mark.gen_test(timeout=60)
async def test_the_button_ends_well_and_a_person_can_tell(tmp_path: Path, kind: DeviceKind) -> None:
    rig, place, what = RIGS[kind]
    async with device_hall(tmp_path) as hall, rig(tmp_path) as (driver, done):
        await hall.sign_in(Role.MANAGER)
        device = str((await hall.do(RegisterDevice(kind=kind, name="收款台", **place)))["id"])
        side = hall.simulate(device, on_command=driver.on_command, on_show=driver.on_show)
        side.start()
        await side.link.connected()
        running = asyncio.create_task(driver.run(side))
        trial = await pressed(hall, device, what)
        while trial.detail.get("reason") == "away":  # its hardware has not answered yet: press again
            await asyncio.sleep(0.05)
            trial = await pressed(hall, device, what)
        assert (trial.end, trial.detail.get("reason")) == (End.DONE, None)
        while not done():  # noqa: ASYNC110  # a handset beeps when it is asked next
            await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def pressed(hall: DeviceHall, device: str, what: What) -> Trial:
    """The outcome of the button."""
    begun = await hall.ask("POST", f"/api/v1/devices/{device}/test", {})
    assert (begun.code, begun.body["what"]) == (202, what.value)
    trials: Trials = hall.server.rooms["devices"].upkeep.trials
    while (trial := trials.of(device)) is None or trial.end is None:  # noqa: ASYNC110  # the room tells pages, not tests
        await asyncio.sleep(0.02)
    return trial

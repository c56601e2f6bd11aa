"""The same slip over every kind of line a printer may hang on."""

import asyncio
import contextlib
import os
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from devices.gateway.drivers import Surroundings
from devices.gateway.drivers.printer import Options, check, made
from devices.gateway.printing.escpos_bytes import PrinterProfile, bytes_of
from devices.simulated.hardware.printer import SimulatedPrinter
from hall_server.clock import SystemClock
from hall_server.mqtt.topics import Status
from tests.fakes.printer_hall import TICKET, PrinterHall

SHEET = msgspec.to_builtins(TICKET)
PIECE = 256


@asynccontextmanager
async def on_a_terminal(printer: SimulatedPrinter) -> AsyncIterator[str]:
    """A device file whose other end is the printer, as a serial line or a USB port would be."""
    reader, writer = await asyncio.open_connection("127.0.0.1", printer.port)
    ours, theirs = os.openpty()
    tty.setraw(ours)
    tty.setraw(theirs)
    loop = asyncio.get_running_loop()
    loop.add_reader(ours, lambda: writer.write(os.read(ours, PIECE)))

    async def answers() -> None:
        while data := await reader.read(PIECE):
            os.write(ours, data)

    task = asyncio.create_task(answers())
    try:
        yield os.ttyname(theirs)
    finally:
        loop.remove_reader(ours)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        os.close(ours)
        os.close(theirs)


@pytest.mark.gen_test
@pytest.mark.parametrize("scheme", ["serial", "usb"])
async def test_a_printer_on_a_device_file_prints_and_tells_how_it_is(scheme: str) -> None:
    printer, hall = SimulatedPrinter(), PrinterHall()
    await printer.on()
    async with on_a_terminal(printer) as device:
        driver = made(f"{scheme}:{device}", Options(poll=0.05), Surroundings(clock=SystemClock()))
        task = asyncio.create_task(driver.run(hall))
        await hall.said(None, "ok")
        await driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET})
        assert (await printer.printed(1))[0].largest == "A017"
        printer.cover(is_open=True)
        await hall.said("cover_open")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        driver.wait_closed()
    await printer.off()


@pytest.mark.gen_test
async def test_a_file_gets_every_slip_one_after_another(tmp_path: Path) -> None:
    path, hall = tmp_path / "slips.bin", PrinterHall()
    path.write_bytes(b"before")
    driver = made(f"file:{path}", Options(poll=0.05), Surroundings(clock=SystemClock()))
    task = asyncio.create_task(driver.run(hall))
    await hall.said(None)
    for job in ("j1", "j2"):
        await driver.on_command("print.ticket", {**hall.job(job), "sheet": SHEET})
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    driver.wait_closed()
    assert path.read_bytes() == b"before" + 2 * bytes_of(TICKET, PrinterProfile())
    assert hall.states == [(Status.ONLINE, {})]


@pytest.mark.parametrize("address", ["tcp://", "10.0.0.5", "tcp://host/path", "serial:", "lpt:1", "file:"])
def test_an_address_that_makes_no_sense_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="expected tcp"):
        check(address, Options())

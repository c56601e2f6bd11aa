"""The A4 printer's driver on the simulated printer as a process: printed once, called back where it stops."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from devices.gateway.drivers import Surroundings, page_printer
from devices.gateway.drivers.page_printer import PagePrinterDriver
from devices.gateway.printing.trial_page import trial_page
from hall_server.clock import SystemClock
from hall_server.mqtt.simulated import NotDone
from tests.fakes.hall_side import FakeHall
from tests.fakes.page_printer_process import PagePrinterProcess
from tests.fakes.page_printer_process import page_printer as simulated

PDF = trial_page("证照", now=SystemClock().now())
WORD = "word"


class Files(RequestHandler):
    """The hall's file of a job."""

    def get(self) -> None:
        if self.request.headers.get(page_printer.WORD) != WORD:
            self.send_error(404)
            return
        self.finish(PDF)


async def given(do: str, args: dict[str, Any]) -> Any:
    """What the hall answers."""
    digest = hashlib.sha256(PDF).hexdigest()
    return {"job": args.get("job"), "path": "/file", "word": WORD, "sha256": digest} if do == "print.fetch" else {}


@asynccontextmanager
async def standing(
    printer: PagePrinterProcess, *, raw: bool = False
) -> AsyncIterator[tuple[PagePrinterDriver, FakeHall]]:
    """A driver that runs on the printer and has found it well."""
    socket, port = bind_unused_port()
    server = HTTPServer(Application([("/file", Files)], log_function=lambda handler: None))
    server.add_socket(socket)
    around = Surroundings(clock=SystemClock(), web=f"http://127.0.0.1:{port}")
    options = page_printer.Options(poll=0.05, print_seconds=20)
    driver, hall = page_printer.made(printer.raw if raw else printer.ipp, options, around), FakeHall("a4", given)
    running = asyncio.create_task(driver.run(hall))
    await hall.until(lambda: hall.states != [])
    try:
        yield driver, hall
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        server.stop()
        await server.close_all_connections()


async def refused(driver: PagePrinterDriver, job: str) -> tuple[str, object]:
    with pytest.raises(NotDone) as caught:
        await driver.on_command("print.document", {"job": job})
    return caught.value.reason, caught.value.detail.get("begun")


@pytest.mark.parametrize("raw", [False, True], ids=["ipp", "raw"])
@pytest.mark.gen_test(timeout=90)
async def test_a_file_is_printed_and_what_stops_it_is_said(tmp_path: Path, raw: bool) -> None:
    async with simulated(tmp_path) as printer, standing(printer, raw=raw) as (driver, hall):
        assert await driver.on_command("print.document", {"job": "J1"}) == {"job": "J1", "sheets": 1}
        assert [page.name for page in await printer.printed(1)] == ["0001-J1-1.pdf"]
        await driver.on_command("test", {"name": "A4"})
        await printer.printed(2)

        for deed, back, reason in (
            ("paper 0", "paper 9", "paper_out"),
            ("jam 0", "clear", "jam"),
            ("cover open", "cover shut", "cover_open"),
        ):
            await printer.hand(deed)
            assert await refused(driver, f"N{reason.replace('_', '')}") == (reason, False)
            await hall.until_detail("reason", reason)
            await printer.hand(back)
            await hall.until_detail("reason", None)
        assert len(printer.pages) == 2  # nothing of what failed comes out afterwards
        await printer.hand("off")
        assert await refused(driver, "J3") == ("no_answer", False)
        await hall.until_detail("reason", "no_answer")
        await printer.hand("on")
        await hall.until_detail("reason", None)
        await driver.on_command("print.document", {"job": "J4"})
        assert [page.name for page in await printer.printed(3)][-1] == "0003-J4-1.pdf"


@pytest.mark.gen_test(timeout=60)
async def test_a_job_that_is_stopped_in_the_middle_is_called_back(tmp_path: Path) -> None:
    async with simulated(tmp_path) as printer, standing(printer) as (driver, _):
        await printer.hand("hold 0")
        printing = asyncio.create_task(driver.on_command("print.document", {"job": "J1"}))
        await printer.took("J1")
        await printer.hand("paper 0")
        with pytest.raises(NotDone) as caught:
            await printing
        assert (caught.value.reason, caught.value.detail["begun"]) == ("paper_out", False)
        await printer.hand("go")
        await printer.hand("paper 9")
        assert await driver.on_command("print.document", {"job": "J2"}) == {"job": "J2", "sheets": 1}
        assert [page.name for page in printer.pages] == ["0001-J2-1.pdf"]


@pytest.mark.gen_test(timeout=60)
async def test_what_an_earlier_run_left_in_the_printer_never_comes_out(tmp_path: Path) -> None:
    async with simulated(tmp_path) as printer:
        async with standing(printer) as (driver, _):
            await printer.hand("hold 0")
            left = asyncio.create_task(driver.on_command("print.document", {"job": "J1"}))
            await printer.took("J1")
            left.cancel()  # as an agent does that is killed: nobody follows the job any more
            await asyncio.gather(left, return_exceptions=True)
        async with standing(printer) as (driver, _):
            await printer.hand("go")
            await driver.on_command("print.document", {"job": "J2"})
            assert [page.name for page in printer.pages] == ["0001-J2-1.pdf"]


@pytest.mark.gen_test(timeout=60)
async def test_a_file_that_is_not_the_halls_is_not_printed(tmp_path: Path) -> None:
    async with simulated(tmp_path) as printer, standing(printer) as (driver, hall):
        changed: dict[str, str] = {}

        async def other(do: str, args: dict[str, Any]) -> Any:
            return {**await given(do, args), **changed}

        hall.answer = other
        for wrong, reason in (
            ({"sha256": "00"}, "not_fetched"),
            ({"word": "no"}, "not_fetched"),
            ({"path": "http://example.org/x"}, "foreign_web"),
        ):
            changed = wrong
            assert await refused(driver, "J1") == (reason, False)
        assert printer.pages == []


def test_an_address_that_is_no_printers_is_refused_at_the_start() -> None:
    options = page_printer.Options()
    for good in ("ipp://10.0.0.6/ipp/print", "ipps://p.example/ipp/print", "tcp://10.0.0.6"):
        page_printer.check(good, options)
    for bad in ("http://10.0.0.6", "ipp:///x", "tcp://10.0.0.6/x", "lp"):
        with pytest.raises(ValueError, match="expected"):
            page_printer.check(bad, options)

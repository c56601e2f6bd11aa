"""The hall's side of printing: which printer, once per job, alarms, and a kiosk whose printer has no paper."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from devices.gateway.drivers import printer as driver_module
from devices.messages import RegisterDevice, RevokeDevice
from devices.model import DeviceKind
from devices.print_jobs import JobState
from devices.printer_places import PlacePrinter
from devices.printing import Printing
from devices.simulated.hardware.printer import SimulatedPrinter
from hall_queue.messages import IssueTicket
from hall_queue.model import Channel
from hall_server.clock import SystemClock
from hall_server.errors import DomainError
from hall_server.identity import device_actor
from hall_server.ids import RandomIds
from hall_server.mqtt.credentials import credential
from hall_server.mqtt.simulated import NotDone, SimulatedDevice
from hall_server.mqtt.topics import Status
from hall_server.server import Server
from tests.fakes.hall import HandClock, manager, running, staff
from tests.fakes.printer_hall import TICKET, PrinterHall, Standing

ZONE = "z1"
LINE = "business"


class PrintingHall:
    """A running hall with two kiosks in one zone."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.printing: Printing = server.rooms["printing"]

    async def register(self, id_: str, kind: DeviceKind) -> None:
        await self.server.execute(RegisterDevice(id=id_, kind=kind, zone=ZONE), actor=manager())

    async def place(self, printer: str, kiosk: str | None) -> None:
        await self.server.execute(PlacePrinter(printer=printer, kiosk=kiosk), actor=manager())

    async def take(self, kiosk: str, channel: Channel = Channel.KIOSK, **more: Any) -> dict[str, Any]:
        actor = device_actor(kiosk, frozenset())
        reply = await self.server.execute(IssueTicket(line=LINE, channel=channel, **more), actor=actor)
        found: dict[str, Any] = msgspec.json.decode(reply)
        return found

    @asynccontextmanager
    async def printer(self, id_: str, **state: Any) -> AsyncIterator["PaperDevice"]:
        """A printer that is connected and says so."""
        device = PaperDevice(self.server, id_)
        device.side.start()
        await device.side.link.connected()
        device.side.say_state(state.pop("status", Status.ONLINE), state)
        assert self.server.router is not None
        heard = self.server.router.presence
        try:
            await until(lambda: (found := heard(id_)) is not None and found.detail == state)
            yield device
        finally:
            await device.side.stop()


class PaperDevice:
    """A printer that keeps its jobs."""

    def __init__(self, server: Server, id_: str) -> None:
        self.jobs: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.fails: str | None = None
        self.side = SimulatedDevice(
            hall="demo",
            device_id=id_,
            kind="printer",
            host="127.0.0.1",
            port=server.mqtt_port,
            password=credential(server.keys.device, id_, 1),
            clock=SystemClock(),
            ids=RandomIds(),
            on_command=self._print,
        )

    async def _print(self, do: str, args: dict[str, Any]) -> None:
        await self.side.request("print.claim", {"job": args["job"]})
        if self.fails:
            raise NotDone(self.fails)
        self.jobs.put_nowait(args)


@asynccontextmanager
async def hall(folder: Path) -> AsyncIterator[PrintingHall]:
    clock = HandClock()
    clock.forward(seconds=100)  # what devices may say is counted from the clock's beginning
    async with running(folder, clock=clock) as (server, _):
        here = PrintingHall(server)
        await here.register("k1", DeviceKind.KIOSK)
        await here.register("k2", DeviceKind.KIOSK)
        yield here


async def until_job_is(here: PrintingHall, ticket: str, state: JobState) -> None:
    jobs = here.printing.jobs
    await until(lambda: (job := jobs.of_ticket(ticket)) is not None and job.state is state)


async def until(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    """Wait for something nobody tells of."""
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110  # the hall's ledger has no listeners
            await asyncio.sleep(0.01)


@pytest.mark.gen_test
async def test_a_slip_goes_to_the_printer_beside_the_kiosk_else_to_one_of_its_zone(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.register("p1", DeviceKind.PRINTER)
        await here.register("p2", DeviceKind.PRINTER)
        await here.place("p2", "k2")
        places = here.printing.places
        assert (places.printers_of("k1"), places.printers_of("k2")) == (["p1"], ["p2"])
        assert places.printers_of("kiosk-z2") == []
        await here.place("p2", None)
        assert places.printers_of("k2") == ["p1", "p2"]
        await here.place("p2", "k2")
        await here.server.execute(RevokeDevice(device="p2"), actor=manager())
        assert places.printers_of("k2") == ["p1"]


@pytest.mark.gen_test
async def test_what_is_no_printer_or_no_kiosk_is_not_placed(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.register("p1", DeviceKind.PRINTER)
        wrong = (("k1", "k2"), ("p1", "p1"), ("none", "k1"), ("p1", "none"))
        codes = []
        for printer, kiosk in wrong:
            with pytest.raises(DomainError) as caught:
                await here.place(printer, kiosk)
            codes.append(caught.value.code)
        assert codes == [
            "print.not_a_printer",
            "print.not_a_kiosk",
            "device.not_registered",
            "device.not_registered",
        ]
        with pytest.raises(DomainError, match=r"role\.missing"):
            await here.server.execute(PlacePrinter(printer="p1"), actor=staff("s01", "w01"))


@pytest.mark.gen_test
async def test_a_slip_says_what_the_phone_page_says(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.register("p1", DeviceKind.PRINTER)
        async with here.printer("p1", paper="ok") as device:
            ticket = await here.take("k1")
            sheet = (await device.jobs.get())["sheet"]
            await until_job_is(here, ticket["id"], JobState.PRINTED)
        assert (sheet["number"], sheet["ahead"], sheet["zone"]) == (ticket["number"], 0, "企业服务区")
        assert sheet["address"] == f"/t/{ticket['token']}"
        assert list(here.printing.alarms()) == []


@pytest.mark.gen_test
async def test_only_numbers_taken_at_the_kiosk_are_printed(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.register("p1", DeviceKind.PRINTER)
        async with here.printer("p1", paper="ok") as device:
            await here.take("k1", Channel.PHONE)
            await here.server.execute(IssueTicket(line=LINE, channel=Channel.KIOSK), actor=staff("s01", "w01"))
            ticket = await here.take("k1")
            assert (await device.jobs.get())["sheet"]["number"] == ticket["number"]
            assert device.jobs.empty()


@pytest.mark.gen_test
async def test_a_slip_that_fails_is_an_alarm_until_one_comes_out(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.register("p1", DeviceKind.PRINTER)
        async with here.printer("p1", paper="ok") as device:
            device.fails = "cutter"
            ticket = await here.take("k1")
            await until_job_is(here, ticket["id"], JobState.FAILED)
            (alarm,) = here.printing.alarms()
            assert (alarm.code, alarm.fields["reason"]) == ("print.failed", "cutter")
            assert alarm.fields["number"] == ticket["number"]
            device.fails = None
            good = await here.take("k1")
            await until_job_is(here, good["id"], JobState.PRINTED)
            assert list(here.printing.alarms()) == []


@pytest.mark.gen_test
async def test_a_kiosk_with_a_second_printer_that_can_print_uses_it(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.register("p1", DeviceKind.PRINTER)
        await here.register("p2", DeviceKind.PRINTER)
        async with (
            here.printer("p1", status=Status.FAULT, paper="out", reason="paper_out"),
            here.printer("p2", paper="near_end") as device,
        ):
            ticket = await here.take("k1")
            assert (await device.jobs.get())["sheet"]["number"] == ticket["number"]


@pytest.mark.gen_test
async def test_a_kiosk_whose_printers_have_no_paper_has_none(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.register("p1", DeviceKind.PRINTER)
        kiosk, other = device_actor("k1", frozenset()), device_actor("kiosk-z2", frozenset())
        assert here.printing.has_paper(kiosk)
        async with here.printer("p1", status=Status.FAULT, paper="out", reason="paper_out"):
            assert not here.printing.has_paper(kiosk)
            assert here.printing.has_paper(other)
            with pytest.raises(DomainError) as caught:
                await here.take("k1")
        assert "paper" in caught.value.code


@pytest.mark.gen_test
async def test_a_slip_is_in_the_visitors_language_and_says_when_an_appointment_is_due(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.register("p1", DeviceKind.PRINTER)
        async with here.printer("p1", paper="ok") as device:
            await here.take("k1", language="en")
            assert (await device.jobs.get())["sheet"]["language"] == "en"
            await here.take("k1")
            plain = (await device.jobs.get())["sheet"]
            assert (plain.get("language", "zh-CN"), plain.get("due", "")) == ("zh-CN", "")
            due = here.server.now() + timedelta(minutes=30)
            await here.take("k1", Channel.APPOINTMENT, due=due, appointment="a1")
            shown = due.astimezone(ZoneInfo(here.server.settings.timezone))
            assert (await device.jobs.get())["sheet"]["due"] == f"{shown:%H:%M}"


@pytest.mark.gen_test
async def test_a_number_that_is_refused_prints_nothing(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.register("p1", DeviceKind.PRINTER)
        async with here.printer("p1", paper="ok") as device:
            with pytest.raises(DomainError):
                await here.take("k1", priority="nobody")
            good = await here.take("k1")
            assert (await device.jobs.get())["sheet"]["number"] == good["number"]
            assert device.jobs.empty()


@pytest.mark.gen_test
async def test_a_job_belongs_to_one_printer_and_is_given_once(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.register("p1", DeviceKind.PRINTER)
        await here.register("p2", DeviceKind.PRINTER)
        await here.place("p2", "k2")
        async with here.printer("p1", paper="ok") as device:
            await here.take("k1")
            job = (await device.jobs.get())["job"]
        claims = [("p2", "r1", job), ("p1", "r2", job), ("p1", "r3", "none")]
        codes = []
        for device_id, request, wanted in claims:
            with pytest.raises(DomainError) as caught:
                await here.printing.claim(device_actor(device_id, frozenset()), request, {"job": wanted})
            codes.append(caught.value.code)
        assert codes == ["print.not_yours", "print.taken", "print.unknown_job"]


@pytest.mark.gen_test
@pytest.mark.parametrize(("is_claimed", "count"), [(True, 1), (False, 2)])
async def test_the_claim_is_what_keeps_a_job_from_being_printed_twice(
    is_claimed: bool, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two starts of the driver get one job, as after kill -9; the second row is the control without the claim."""
    if not is_claimed:

        async def unasked(*_: object) -> None: ...

        monkeypatch.setattr(driver_module, "_claim", unasked)
    printer, hall_side = SimulatedPrinter(), PrinterHall()
    await printer.on()
    job = {**hall_side.job("j1"), "sheet": msgspec.to_builtins(TICKET)}
    for _ in range(2):
        async with Standing(printer, hall_side) as driver:
            hall_side.states.clear()
            with contextlib.suppress(NotDone):
                await driver.on_command("print.ticket", job)
    await printer.printed(count)
    assert len(printer.slips) == count
    await printer.off()

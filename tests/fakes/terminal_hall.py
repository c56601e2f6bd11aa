"""A hall with a terminal, a card reader beside it and an A4 printer: the printer is a process, its driver runs here."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cases.model import Case
from devices.gateway.drivers import Surroundings, page_printer
from devices.gateway.printing.trial_page import trial_page
from devices.messages import RegisterDevice
from devices.model import DeviceKind
from hall_server.clock import SystemClock
from hall_server.mqtt.presence import Standing
from hall_server.mqtt.simulated import SimulatedDevice
from tests.fakes.applying import BASE, ApplyingHall, accepted, body_of, granted, take_session
from tests.fakes.cases_desk import NUMBER, ROOMS, WINDOW, DeskHall
from tests.fakes.confirming import Who
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.hall import HandClock
from tests.fakes.page_printer_process import PagePrinterProcess
from tests.fakes.page_printer_process import page_printer as simulated

LICENCE = trial_page("食品经营许可证", now=SystemClock().now())
NAME, ADDRESS = "欧阳明月", "牌坊路7号"


class TerminalHall(ApplyingHall):
    """People come with their cards to one machine."""

    def __init__(self, hall: DeviceHall) -> None:
        super().__init__(DeskHall(hall.server, HandClock(), hall.port))
        self.devices = hall
        self.terminal = self.reader = self.printer = ""
        self._reader: SimulatedDevice
        self._told = asyncio.Queue[str]()

    async def fitted(self) -> None:
        """Put the machine, the reader and the printer up at one window."""
        for name, kind in (
            ("terminal", DeviceKind.SELF_SERVICE),
            ("reader", DeviceKind.ID_READER),
            ("printer", DeviceKind.PAGE_PRINTER),
        ):
            setattr(self, name, str((await self.devices.do(RegisterDevice(kind=kind, window=WINDOW)))["id"]))
        self._reader = self.devices.simulate(self.reader)
        self._reader.start()
        await self._reader.link.connected()

    async def lay_card(self, number: str = NUMBER, name: str = NAME) -> None:
        """Lay a card on the reader."""
        await self._reader.request("identity.read", {"id_number": number, "name": name, "address": ADDRESS})

    async def card_word(self, number: str = NUMBER) -> str:
        """The word the machine gets for a card."""
        send, told = self.server.live.send, asyncio.Queue[str]()

        def heard(topic: str, what: Any) -> None:
            if topic.startswith("identity/") and what["type"] == "card":
                told.put_nowait(what["card"])
            send(topic, what)

        self.server.live.send = heard  # type: ignore[method-assign]  # the page's own ear
        try:
            await self.lay_card(number)
            return await told.get()
        finally:
            self.server.live.send = send  # type: ignore[method-assign]  # as it was

    async def at_terminal(self, number: str = NUMBER) -> Who:
        """Somebody who laid their card on the reader."""
        who = Who(self.port)
        words = base64.b64encode(f"{self.terminal}:{self.devices.password(self.terminal)}".encode()).decode()
        who.headers = {"Authorization": f"Basic {words}"}
        answer = await who.ask("POST", "/api/v1/applicant/session", {"card": await self.card_word(number)})
        return take_session(who, answer)

    async def with_certificate(self, who: Who, delivery: str = "electronic") -> tuple[str, Case]:
        """Somebody's application whose certificate is made; its id and the case."""
        draft = await self.filled(who)
        body = {"seen": draft["seen"], "delivery": delivery}
        body_of(await who.ask("PUT", f"{BASE}/{draft['id']}", body))
        sent = body_of(await who.ask("POST", f"{BASE}/{draft['id']}/submit", {}))
        await accepted(self, sent["case"])
        return draft["id"], await granted(self, sent["case"], licence=LICENCE)

    @asynccontextmanager
    async def printing(self, out: Path) -> AsyncIterator[PagePrinterProcess]:
        """The printer, switched on and known to the hall as well."""
        async with simulated(out) as process:
            around = Surroundings(clock=SystemClock(), web=f"http://127.0.0.1:{self.port}")
            driver = page_printer.made(process.ipp, page_printer.Options(poll=0.05, print_seconds=20), around)
            side = self.devices.simulate(self.printer, on_command=driver.on_command)
            side.start()
            await side.link.connected()
            running = asyncio.create_task(driver.run(side))
            await self.heard("")
            try:
                yield process
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                with contextlib.suppress(TimeoutError):
                    await side.stop()

    async def heard(self, reason: str) -> None:
        """Wait until the hall knows how the printer is; "": well."""
        router = self.server.router
        assert router is not None
        while True:
            seen = router.presence(self.printer)
            is_well = seen is not None and seen.status is Standing.ONLINE
            if (is_well and not reason) or (seen is not None and reason and seen.detail.get("reason") == reason):
                return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def terminal_hall(data: Path) -> AsyncIterator[TerminalHall]:
    """The hall."""
    async with device_hall(data, rooms=("hall_queue", "devices", *ROOMS[1:]), within_s=150) as devices:
        hall = TerminalHall(devices)
        hall.edition()
        await hall.fitted()
        yield hall

"""A hall and a gateway as real processes, a simulated printer on TCP: the slip of a number taken at a kiosk comes out.

Also when the gateway is killed in the middle: it comes back by itself, and nothing is printed twice.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import zxingcpp

from devices.simulated.hardware.printer import SimulatedPrinter
from scripts.hall_process import Caller, HallProcess
from tests.fakes.gateway_process import GatewayProcess, written

LOOK_S = 0.1
LINE = "business"
ZONE = "z1"


@dataclass(slots=True)
class Floor:
    """Everything that stands in the hall.

    Attributes:
        kiosk: id and credential of the kiosk beside the printer.
    """

    hall: HallProcess
    manager: Caller
    printer: SimulatedPrinter
    gateway: GatewayProcess
    device: str
    kiosk: dict[str, Any]

    async def take(self) -> dict[str, Any]:
        """Take a number at the kiosk."""
        return await self.at_kiosk("tickets", {"line": LINE, "channel": "kiosk"})

    async def at_kiosk(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the kiosk's page asks of the hall."""
        right = base64.b64encode(f"{self.kiosk['id']}:{self.kiosk['password']}".encode()).decode()
        headers = {"Authorization": f"Basic {right}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.hall.address}/api/v1/{path}", data, headers)  # noqa: S310  # our own address

        def asked() -> dict[str, Any]:
            with urlopen(request, timeout=20) as answer:  # noqa: S310  # the same
                found: dict[str, Any] = json.load(answer)
            return found

        return await asyncio.to_thread(asked)

    async def printer_is(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until the device board shows the printer so."""
        while True:
            shown: dict[str, Any] = await asyncio.to_thread(self.manager.get, f"devices/{self.device}")
            if holds(shown):
                return shown
            await asyncio.sleep(LOOK_S)

    async def slip_is(self, ticket: dict[str, Any], state: str) -> dict[str, Any]:
        """Wait until the hall says so of a ticket's slip."""
        while True:
            shown = await self.at_kiosk(f"tickets/{ticket['token']}/slip")
            if shown["state"] == state:
                return shown
            await asyncio.sleep(LOOK_S)


async def paired(gateway: GatewayProcess, manager: Caller) -> str:
    """Pair the gateway's printer as a manager does, by the code it shows; its id."""
    await gateway.start("--pair")
    code = (await gateway.line()).partition("code=")[2]
    body = {"code": code, "name": "一楼打印机", "zone": ZONE}
    device: str = (await asyncio.to_thread(manager.post, "pairing/accept", body))["id"]
    assert (await gateway.line()).endswith(f"paired as {device}")
    assert await gateway.ended() == 0
    return device


@asynccontextmanager
async def floor(folder: Path) -> AsyncIterator[Floor]:
    hall, printer = HallProcess(folder / "hall"), SimulatedPrinter()
    await asyncio.to_thread(hall.start)
    port = await printer.on()
    entry = {"id": "front", "driver": "printer", "address": f"tcp://127.0.0.1:{port}", "poll": 0.2}
    config = written(folder / "gateway", mqtt_port=hall.mqtt_port, http_port=hall.http_port, devices=[entry])
    gateway = GatewayProcess(config)
    try:
        manager = await asyncio.to_thread(lambda: hall.caller().sign_in(hall.accounts["manager"]))
        device = await paired(gateway, manager)
        await gateway.start()
        kiosk = next(one for one in hall.accounts["devices"] if one["kind"] == "kiosk" and one.get("zone") == ZONE)
        here = Floor(hall, manager, printer, gateway, device, kiosk)
        await here.printer_is(lambda shown: shown["status"] == "online")
        yield here
    finally:
        await gateway.kill()
        await printer.off()
        await asyncio.to_thread(hall.kill)


@pytest.mark.long
@pytest.mark.gen_test(timeout=120)
async def test_a_number_taken_at_the_kiosk_comes_out_of_the_printer_beside_it(tmp_path: Path) -> None:
    async with floor(tmp_path) as here:
        tickets = [await here.take() for _ in range(3)]
        slips = await here.printer.printed(3)
        await here.slip_is(tickets[-1], "printed")
        assert [slip.largest for slip in slips] == [ticket["number"] for ticket in tickets]
        for slip, ticket in zip(slips, tickets, strict=True):
            assert slip.picture is not None
            (code,) = zxingcpp.read_barcodes(slip.picture)
            assert code.text == f"{here.hall.address}/t/{ticket['token']}"

        again = await here.at_kiosk(f"tickets/{tickets[0]['token']}/slip", {"language": "en"})
        assert again["state"] == "sent"
        copy = (await here.printer.printed(4))[3]
        assert copy.largest == tickets[0]["number"]
        assert "COPY" in copy.text
        assert (await here.take())["number"] == "A004"  # a copy takes no number
        await here.printer.printed(5)

        assert await here.gateway.stop() == 0
        await here.printer_is(lambda shown: shown["status"] == "offline")
        assert here.printer.unknown == []


@pytest.mark.long
@pytest.mark.gen_test(timeout=120)
async def test_a_gateway_killed_in_the_middle_of_a_slip_comes_back_and_prints_nothing_twice(tmp_path: Path) -> None:
    async with floor(tmp_path) as here:
        here.printer.hold_after(100)
        first = await here.take()
        await here.printer.holding()
        await here.slip_is(first, "taken")
        await here.gateway.kill()
        here.printer.hold_after(None)  # the printer prints what it had, whoever sent it
        await here.printer.printed(1)

        await here.gateway.start()
        lost = await here.slip_is(first, "failed")
        assert lost["reason"] == "already_taken"
        await here.printer_is(lambda shown: shown["status"] == "online")
        second = await here.take()
        await here.slip_is(second, "printed")
        assert [slip.largest for slip in here.printer.slips] == [first["number"], second["number"]]
        alarms = (await asyncio.to_thread(here.manager.get, "manager"))["alarms"]
        assert not [alarm for alarm in alarms if alarm["code"] == "print.failed"]  # the next one was good


@pytest.mark.long
@pytest.mark.gen_test(timeout=120)
async def test_a_printer_without_paper_is_an_alarm_and_the_kiosk_hears_of_it(tmp_path: Path) -> None:
    async with floor(tmp_path) as here:
        here.printer.leave(300)
        first = await here.take()
        assert (await here.slip_is(first, "failed"))["reason"] == "paper_out"
        shown = await here.printer_is(lambda shown: shown["status"] == "fault")
        assert shown["detail"] == {"paper": "out", "reason": "paper_out"}
        alarms = (await asyncio.to_thread(here.manager.get, "manager"))["alarms"]
        (alarm,) = [alarm for alarm in alarms if alarm["code"] == "print.failed"]
        assert alarm["fields"]["number"] == first["number"]

        here.printer.load()
        await here.printer_is(lambda shown: shown["status"] == "online")
        second = await here.take()
        await here.slip_is(second, "printed")
        assert [slip.largest for slip in here.printer.slips] == [second["number"]]

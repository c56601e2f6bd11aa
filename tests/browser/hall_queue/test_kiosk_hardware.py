"""A paired kiosk with its hardware, all of it real processes: hall, gateway, a reader on a line, a printer, chromium.

A card on the reader, a number, its slip, and the call on the board.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zxingcpp
from playwright.async_api import Browser, Page, async_playwright, expect
from stdnum.iso7064 import mod_11_2

from devices.gateway.protocols import id_card
from devices.simulated.hardware.id_reader import SimulatedIdReader
from devices.simulated.hardware.printer import SimulatedPrinter
from scripts.hall_process import Caller, HallProcess
from tests.browser.chromium import ARGUMENTS, chromium
from tests.fakes.gateway_process import GatewayProcess, written

pytestmark = [pytest.mark.browser, pytest.mark.long]

ZONE, LINE, OTHER = "z1", "business", "labour"
TILE, TAKE, NUMBER, SLIP = ".k-tile:not([disabled])", "#take", ".k-ticket__number", "#slip-state"
ANNA = id_card.Card(
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
BEN = msgspec.structs.replace(ANNA, number="44030519900307123" + mod_11_2.calc_check_digit("44030519900307123"))
FOREIGNER = msgspec.structs.replace(ANNA, kind=id_card.CardKind.FOREIGNER_2023, number="911124198108030024")
OLD_FOREIGNER = msgspec.structs.replace(ANNA, kind=id_card.CardKind.FOREIGNER)


@dataclass
class Hall:
    """Everything that stands there.

    Attributes:
        kiosk: the kiosk's page, paired and open. device: its id.
    """

    process: HallProcess
    manager: Caller
    gateway: GatewayProcess
    reader: SimulatedIdReader
    printer: SimulatedPrinter
    browser: Browser
    kiosk: Page
    device: str = ""
    complaints: list[str] = field(default_factory=list)

    async def asked(self, way: str, path: str, *body: object) -> Any:
        """What the manager asks of the hall."""
        return await asyncio.to_thread(getattr(self.manager, way), path, *body)

    async def ticket(self) -> dict[str, Any]:
        """The ticket that the kiosk shows, as the hall knows it."""
        picture = self.kiosk.locator(".k-qr img")
        token = re.search(r"tickets/([\w-]{22})/", await picture.get_attribute("src") or "")
        assert token is not None
        found: dict[str, Any] = await self.asked("get", f"tickets/{token[1]}")
        return {**found, "token": token[1]}

    async def shows(self, device: str, status: str) -> None:
        """Wait until the device board says so of a device."""
        while (await self.asked("get", f"devices/{device}"))["status"] != status:  # noqa: ASYNC110  # as the board asks
            await asyncio.sleep(0.1)

    async def lay(self, card: id_card.Card | None) -> None:
        """Lay a card on the reader, or take it away."""
        self.reader.card = card


async def paired_kiosk(hall: Hall) -> None:
    """Pair the browser as people do: it shows a code, the manager types it, and it opens the kiosk by itself."""
    await hall.kiosk.goto(f"{hall.process.address}/pair/kiosk")
    spans = hall.kiosk.locator("#code span")
    await expect(spans).to_have_count(2)
    code = "".join(await spans.all_inner_texts())
    device = await hall.asked("post", "pairing/accept", {"code": code, "name": "一号取号机", "zone": ZONE})
    hall.device = device["id"]
    await hall.kiosk.wait_for_url(re.compile("/kiosk"))
    await expect(hall.kiosk.locator("html")).to_have_attribute("data-device", hall.device)


async def paired_gateway(hall: Hall) -> None:
    """Pair reader and printer, and say beside which kiosk they stand."""
    await hall.gateway.start("--pair")
    for _ in range(2):
        said = await hall.gateway.line()
        await hall.asked("post", "pairing/accept", {"code": said.partition("code=")[2], "name": "一号", "zone": ZONE})
    ids = [(await hall.gateway.line()).rpartition(" ")[2] for _ in range(2)]
    assert await hall.gateway.ended() == 0
    for device in ids:
        kind = "printers" if device.startswith("printer") else "devices"
        await hall.asked("put", f"{kind}/{device}/kiosk", {"kiosk": hall.device})
    await hall.gateway.start()
    for device in ids:
        await hall.shows(device, "online")


@asynccontextmanager
async def opened(folder: Path, size: tuple[int, int] = (1080, 1920), language: str = "zh-CN") -> AsyncIterator[Hall]:
    """A hall with its hardware and a kiosk that is ready for the next visitor."""
    expect.set_options(timeout=20_000)
    async with AsyncExitStack() as stack:
        process, reader, printer = HallProcess(folder / "hall"), SimulatedIdReader(), SimulatedPrinter()
        stack.callback(reader.close)
        stack.push_async_callback(asyncio.to_thread, process.kill)
        await asyncio.to_thread(process.start)
        port = await printer.on()
        stack.push_async_callback(printer.off)
        devices = [
            {"id": "reader", "driver": "id_reader", "address": str(reader.port.path), "poll_s": 0.1},
            {"id": "printer", "driver": "printer", "address": f"tcp://127.0.0.1:{port}", "poll": 0.2},
        ]
        config = written(folder / "gw", mqtt_port=process.mqtt_port, http_port=process.http_port, devices=devices)
        gateway = GatewayProcess(config)
        stack.push_async_callback(gateway.kill)
        manager = await asyncio.to_thread(lambda: process.caller().sign_in(process.accounts["manager"]))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        stack.push_async_callback(browser.close)
        page = await browser.new_page(viewport={"width": size[0], "height": size[1]}, locale=language)
        page.set_default_timeout(20_000)
        hall = Hall(process, manager, gateway, reader, printer, browser, page)
        page.on("pageerror", lambda error: hall.complaints.append(str(error)))
        await paired_kiosk(hall)
        await paired_gateway(hall)
        await page.reload()
        await expect(page.locator(TILE).first).to_be_visible()
        yield hall
        assert hall.complaints == []


@pytest.mark.gen_test(timeout=150)
async def test_a_card_becomes_a_number_its_slip_and_a_call_on_the_board(tmp_path: Path) -> None:
    async with opened(tmp_path) as hall:
        page = hall.kiosk
        await hall.lay(ANNA)
        await expect(page.locator("#card")).to_contain_text("110*************2X")
        await page.click(TILE)
        await expect(page.locator("#id-number")).to_contain_text("110*************2X")
        await page.click(TAKE)
        await expect(page.locator(SLIP)).to_contain_text("请取走小票")
        ticket = await hall.ticket()
        assert await page.locator(NUMBER).inner_text() == ticket["number"]

        (slip,) = await hall.printer.printed(1)
        assert slip.picture is not None
        assert slip.largest == ticket["number"]
        (code,) = zxingcpp.read_barcodes(slip.picture)
        assert code.text == f"{hall.process.address}/t/{ticket['token']}"
        assert await page.locator("#slip").inner_text() == ""  # the browser prints none beside it
        assert "11010519491231002X" not in hall.process.log + hall.gateway.log

        await page.click("#done")
        await expect(page.locator("#card")).to_be_hidden()
        board = await hall.browser.new_page(viewport={"width": 1920, "height": 1080})
        await board.goto(f"{hall.process.address}/board/{ticket['zone']}")
        await expect(board.locator("body[data-ready=true]")).to_be_attached()
        assert (await called(hall, ticket))["ticket"]["identified"] is True
        await expect(board.locator(f".call--now[data-number={ticket['number']}]")).to_be_visible()


async def called(hall: Hall, ticket: dict[str, Any]) -> dict[str, Any]:
    """Let a window that serves the ticket call it; what its console shows then."""
    windows = {one["id"] for one in ticket["windows"]}
    account = next(one for one in hall.process.accounts["staff"] if one["window"] in windows)
    clerk = await asyncio.to_thread(lambda: hall.process.caller().sign_in(account))
    await asyncio.to_thread(clerk.post, f"windows/{account['window']}/open")
    desk: dict[str, Any] = await asyncio.to_thread(clerk.post, f"windows/{account['window']}/call")
    return desk


@pytest.mark.gen_test(timeout=150)
async def test_a_line_by_name_asks_for_the_card_and_every_card_but_a_foreigners_old_one_will_do(tmp_path: Path) -> None:
    async with opened(tmp_path, language="en") as hall:
        page = hall.kiosk
        rule = {"values": {"id_required": True}, "reason": "test"}
        await hall.asked("patch", "rules", rule)
        await page.goto(f"{hall.process.address}/kiosk?lang=en")
        await page.click(TILE)
        await expect(page.locator(TAKE)).to_have_text("Take a number with your card")
        await page.click(TAKE)
        asks = page.locator(".k-askcard")
        await expect(asks.locator("img")).to_be_visible()
        await hall.lay(OLD_FOREIGNER)
        await expect(asks).to_contain_text("This kind of card cannot be used here")
        await hall.lay(None)
        await expect(page.locator(NUMBER)).to_have_count(0)
        await asyncio.sleep(0.3)  # the reader must see that it was away
        await hall.lay(FOREIGNER)
        await expect(page.locator(SLIP)).to_contain_text("Please take your slip")  # no further tap
        (slip,) = await hall.printer.printed(1)
        assert "Your number" in slip.text  # in the language of the page


@pytest.mark.gen_test(timeout=150)
async def test_a_card_taken_away_and_another_persons_leave_nothing_behind(tmp_path: Path) -> None:
    async with opened(tmp_path) as hall:
        page, card = hall.kiosk, hall.kiosk.locator("#card")
        await page.click(TILE)
        await hall.lay(ANNA)
        await expect(page.locator("#id-number")).to_contain_text("110*************2X")
        await hall.lay(None)
        await expect(card).to_contain_text("证件已取走")
        await expect(page.locator("#id-number")).not_to_contain_text("110")
        await hall.lay(ANNA)  # the same person goes on where they were
        await expect(page.locator("#id-number")).to_contain_text("110*************2X")
        await hall.lay(None)
        await expect(card).to_contain_text("证件已取走")
        await hall.lay(BEN)  # somebody else begins anew
        await expect(card).to_contain_text("440")
        await expect(page.locator("body")).to_have_attribute("data-view", "home")
        await hall.gateway.kill()
        await expect(card).to_contain_text("读卡器暂时不能用")


@pytest.mark.gen_test(timeout=150)
async def test_a_slip_that_does_not_come_out_leaves_the_number_its_code_and_a_second_try(tmp_path: Path) -> None:
    async with opened(tmp_path, size=(1920, 1080)) as hall:
        page = hall.kiosk
        printer = next(one["id"] for one in (await hall.asked("get", "devices"))["items"] if one["kind"] == "printer")
        hall.printer.cover(is_open=True)
        await hall.shows(printer, "fault")
        await page.click(TILE)
        await page.click(TAKE)
        await expect(page.locator(SLIP)).to_contain_text("小票没有打印出来")
        await expect(page.locator(".k-qr img")).to_be_visible()
        number = await page.locator(NUMBER).inner_text()
        hall.printer.cover(is_open=False)
        await hall.shows(printer, "online")
        await page.click("#reprint")
        await expect(page.locator(SLIP)).to_contain_text("请取走小票")
        slips = await hall.printer.printed(1)
        assert slips[-1].largest == number

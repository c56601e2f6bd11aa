"""The page of outside systems at a city: how each does, what was refused sent again, a complaint answered, a day."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from cases.neighbours import Neighbours as Room
from cases.neighbours import requests as r
from cases.neighbours.simulated.server import Faults, Neighbours
from city.server import City
from tests.browser.chromium import Browsing
from tests.fakes.hall import HandClock
from tests.fakes.neighbours import answered, neighbours, places, until
from tests.fakes.running_city import password, running_city

pytestmark = pytest.mark.browser

LANGUAGES = ("zh-CN", "en")
SIZES = ((1440, 900), (360, 780))
UNTRANSLATED = ("neighbours.", "manager.", "common.", "error.")
PICTURES = os.environ.get("NEIGHBOURS_PICTURES", "")
ORDER = "12345-20261123-7"
EVERY = (
    r.OrderPayment(case_number="QIANFENG-20261123-0001K", title="工本费", amount_cents=2_000, basis="发改价格"),
    r.SendMessage(phone="13800138000", text="您的办件已受理"),
    r.AskData(case_number="QIANFENG-20261123-0001K", dataset="marriage", purpose="核验"),
)


@dataclass
class Town:
    """A city and its simulated neighbours."""

    city: City
    port: int
    clock: HandClock
    others: Neighbours

    @property
    def room(self) -> Room:
        found: Room = self.city.rooms["neighbours"]
        return found


@asynccontextmanager
async def _town(path: Path) -> AsyncIterator[Town]:
    clock = HandClock()
    async with neighbours(path / "others", clock) as (others, at):
        settings = places(at, path / "others", departments=("xzspj",))
        async with running_city(path / "city", clock=clock, neighbours=settings) as (city, port):
            town = Town(city, port, clock, others)
            await _happened(town)
            yield town


async def _happened(town: Town) -> None:
    """A day with payments that differ, a refused message, a silent exchange and a complaint."""
    room = town.room.room
    ids = [await room.request(EVERY[0], subject="test") for _ in range(3)]
    for id_ in ids:
        await answered(town.room, id_)
    await town.others.books.forget("payment", ids[0])
    town.others.faults["sms"] = Faults(rejects="bad_phone")
    await answered(town.room, await room.request(EVERY[1], subject="test"))
    town.others.faults["exchange"] = Faults(down=True)
    waiting = await room.request(EVERY[2], subject="test")

    async def tried() -> bool:
        letter = await room.outbox.one(waiting)
        return letter is not None and bool(letter.reason)

    await until(tried)
    told = r.HotlineCase(
        order=ORDER, about="排队时间", text="二楼综合窗口上午只开了两个，等了两个小时。", due=date(2026, 11, 25)
    )
    await town.others.tell(f"http://127.0.0.1:{town.port}", "hotline", told)


async def _page(
    browser: Browser, town: Town, path: Path, language: str, size: tuple[int, int], said: list[str]
) -> Page:
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
    body = json.dumps({"name": "admin", "password": password(path / "city", "admin")})
    headers = {"Content-Type": "application/json"}
    answer = await context.request.post(f"http://127.0.0.1:{town.port}/api/v1/session", data=body, headers=headers)
    assert answer.ok
    page = await context.new_page()
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    page.on("console", lambda one: said.append(one.text) if one.type in {"error", "warning"} else None)
    await page.goto(f"http://127.0.0.1:{town.port}/neighbours")
    return page


async def _is_whole(page: Page) -> None:
    size: Any = page.viewport_size
    assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    words = await page.locator("body").inner_text()
    assert not [line for line in words.splitlines() if line.strip().startswith(UNTRANSLATED)]


async def _picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


@pytest.mark.gen_test(timeout=180)
async def test_the_page_is_whole_and_everything_on_it_works(tmp_path: Path, browsing: Browsing) -> None:
    said: list[str] = []
    async with _town(tmp_path) as town, browsing() as browser:
        for language in LANGUAGES:
            for size in SIZES:
                page = await _page(browser, town, tmp_path, language, size, said)
                await expect(page.locator("#way-exchange.n-way--bad")).to_be_visible()
                await page.locator("#day").fill("2026-11-23")
                await page.locator("#day").dispatch_event("change")
                await expect(page.locator("#report tbody tr")).not_to_have_count(0)
                await _is_whole(page)
                await _picture(page, f"{language}-{size[0]}")
                await page.context.close()
        page = await _page(browser, town, tmp_path, "zh-CN", SIZES[0], said)
        town.others.faults.pop("sms")
        row = page.locator("#failed tbody tr").first
        await expect(row).to_contain_text("号码无效")
        await row.get_by_role("button").click()
        await expect(page.locator("#failed")).to_contain_text("没有失败的请求")
        await page.locator("#day").fill("2026-11-23")
        await page.locator("#day").dispatch_event("change")
        await page.locator("#compare").click()
        await expect(page.locator("#differences")).to_contain_text("对方没有")
        async with page.expect_download() as loading:
            await page.locator("#csv").click()
        assert (await loading.value).suggested_filename == "neighbours-2026-11-23-2026-11-23.csv"
        complaint = page.locator(f"#complaint-{ORDER}")
        await complaint.locator("textarea").fill("已道歉，增开两个窗口")
        await complaint.get_by_role("button").click()
        await expect(complaint).to_have_class("card n-complaint n-complaint--closed")
        assert (await answered(town.room, f"close-{ORDER}")).state.value == "accepted"
        await _picture(page, "after")
        assert not said


@pytest.mark.gen_test(timeout=120)
async def test_a_place_without_neighbours_says_what_to_do(tmp_path: Path, browsing: Browsing) -> None:
    said: list[str] = []
    clock = HandClock()
    async with running_city(tmp_path / "city", clock=clock) as (city, port), browsing() as browser:
        page = await _page(browser, Town(city, port, clock, None), tmp_path, "en", SIZES[1], said)  # type: ignore[arg-type]  # it has none
        await expect(page.locator("#nobody")).to_contain_text("settings")
        await _is_whole(page)
        await _picture(page, "nobody")
        assert not said

"""The progress page on a phone of 360 px and at a desk, in both languages: asked, read, kept without a network."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from cases.model import Case
from tests.browser.chromium import Browsing
from tests.fakes.cases_desk import DeskHall, case_of, desk_hall
from tests.fakes.hall import HandClock

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("ONEDOOR_PICTURES")
LACKING = [{"material": "form", "supply": "form"}, {"material": "id", "supply": "paper"}]
GAPS = [{"part": "id", "what": "身份证复印件不清楚，请重新复印正反两面"}]


@asynccontextmanager
async def shown(path: Path, browsing: Browsing, **more: Any) -> AsyncIterator[tuple[DeskHall, Case, str, Any]]:
    async with desk_hall(path, clock=HandClock()) as hall, browsing() as browser:
        who = await hall.signed_in()
        ticket = await hall.serve()
        found = case_of(await who.ask("POST", "/api/v1/cases", hall.wanted(ticket, **more)))
        case: Case | None = hall.server.rooms["cases"].cases.numbered(found["number"])
        assert case is not None
        yield hall, case, hall.desk.code_of(case.number), browser


async def opened(browser: Any, hall: DeskHall, path: str, *, language: str, size: tuple[int, int]) -> Page:
    context = await browser.new_context(locale=language, viewport={"width": size[0], "height": size[1]})
    page: Page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    await page.goto(f"http://127.0.0.1:{hall.port}{path}")
    return page


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/progress-{name}.png", full_page=True)


async def fits(page: Page) -> bool:
    over: int = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return over <= 0


@pytest.mark.gen_test(timeout=120)
@pytest.mark.parametrize(("language", "says"), [("zh-CN", "已受理，正在审查"), ("en", "Accepted, under examination")])
@pytest.mark.parametrize("size", [(360, 780), (1280, 900)], ids=["phone", "desk"])
async def test_number_and_code_show_the_way(
    tmp_path: Path, browsing: Browsing, language: str, says: str, size: tuple[int, int]
) -> None:
    async with shown(tmp_path, browsing) as (hall, case, code, browser):
        page = await opened(browser, hall, f"/progress?lang={language}", language=language, size=size)
        await picture(page, f"ask-{language}-{size[0]}")
        await page.fill("#number", case.number)
        for _ in range(2):  # the page is drawn anew, as it is when the language changes
            await page.click("#mode-large")
        await expect(page.locator("#number")).to_have_value(case.number)
        await page.fill("#code", "AAAAAAAA")
        await page.press("#code", "Enter")
        await expect(page.get_by_role("alert")).to_be_visible()
        assert await fits(page)
        await page.fill("#code", code)
        await page.press("#code", "Enter")
        await expect(page.locator(".pr-now__state")).to_have_text(says)
        await expect(page.locator(".pr-step[data-is=last]")).to_have_count(1)
        await expect(page.locator(".pr-paper")).not_to_have_count(0)
        assert await fits(page)
        assert code not in page.url
        await picture(page, f"accepted-{language}-{size[0]}")
        await page.click("#mode-large")
        assert await fits(page)


@pytest.mark.gen_test(timeout=120)
async def test_the_code_on_the_receipt_opens_it_and_stays_when_the_network_goes(
    tmp_path: Path, browsing: Browsing
) -> None:
    async with shown(tmp_path, browsing, then="notice", given=LACKING, gaps=GAPS) as (hall, case, code, browser):
        page = await opened(browser, hall, f"/c/{case.number}#code={code}", language="zh-CN", size=(360, 780))
        await expect(page.locator(".pr-now__state")).to_have_text("需要您补正材料")
        await expect(page.locator(".pr-todo li")).to_have_count(2)
        assert code not in page.url
        await picture(page, "correction-zh-CN-360")
        await page.context.set_offline(True)
        await page.click("#again")
        await expect(page.locator(".pr-stale")).to_be_visible()
        await expect(page.locator(".pr-now__state")).to_have_text("需要您补正材料")
        await picture(page, "offline-zh-CN-360")
        await page.context.set_offline(False)


@pytest.mark.gen_test(timeout=120)
async def test_an_application_is_taken_back_after_a_question(tmp_path: Path, browsing: Browsing) -> None:
    async with shown(tmp_path, browsing, hands_over=False) as (hall, case, code, browser):
        page = await opened(browser, hall, f"/c/{case.number}#code={code}", language="en", size=(360, 780))
        await page.click("#withdraw")
        await page.get_by_role("button", name="Keep it").click()
        await expect(page.locator(".pr-now")).to_have_attribute("data-state", "accepted")
        await page.click("#withdraw")
        await page.get_by_role("button", name="Withdraw", exact=True).click()
        await expect(page.locator(".pr-now")).to_have_attribute("data-state", "withdrawn")
        await picture(page, "withdrawn-en-360")


@pytest.mark.gen_test(timeout=120)
async def test_a_tickets_phone_page_leads_to_its_case(tmp_path: Path, browsing: Browsing) -> None:
    async with shown(tmp_path, browsing) as (hall, case, _, browser):
        assert case.ticket is not None
        token = hall.server.keys.ticket_token(case.ticket)
        page = await opened(browser, hall, f"/t/{token}", language="zh-CN", size=(360, 780))
        await expect(page.locator(".p-cases a")).to_have_count(1)
        assert await fits(page)
        await picture(page, "ticket-zh-CN-360")
        await page.click(".p-cases a")
        await expect(page.locator(".pr-now__state")).to_have_text("已受理，正在审查")

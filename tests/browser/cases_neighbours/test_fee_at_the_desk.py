"""A fee at a department's desk: the licence waits, it is paid at a counter or waived, and the page says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from cases import messages as m
from cases.catalogue.model import Fee, Law
from cases.model import Outcome
from hall_server.identity import Actor, Role
from tests.browser.chromium import Browsing
from tests.fakes.case_place import EXAMINER as EXAMINES
from tests.fakes.city_desks import Desks, desks, matter

pytestmark = pytest.mark.browser

LEADER = "xzspj-leader"
PICTURES = os.environ.get("NEIGHBOURS_PICTURES", "")
FEE = Fee(id="card", name="工本费", amount_fen=2_000, basis=Law(name="发改价格〔2003〕2322号", article="收费标准"))
HERE = frozenset({"xzspj"})
EXAMINER = Actor(kind=Role.EXAMINER, id="e", roles=EXAMINES.roles, departments=HERE)
DECIDES = Actor(kind=Role.LEADER, id="l", roles=frozenset({Role.LEADER}), departments=HERE)


async def granted(place: Desks) -> str:
    """A case that is granted, and asked to be paid for by itself."""
    id_ = await place.case()

    async def step(command: type[m.CaseCommand], by: Actor, **values: object) -> None:
        seen = (await place.city.rooms["case_index"].one(id_)).step
        await place.do(command(case=id_, seen=seen, **values), by)
        await place.caught_up()

    await step(m.ExamineCase, EXAMINER, opinion="符合", proposes=Outcome.GRANTED)
    await step(m.DecideCase, DECIDES, outcome=Outcome.GRANTED)
    return id_


async def page_of(browser: Browser, place: Desks, case: str, language: str) -> tuple[Page, list[str]]:
    caller = await place.caller(LEADER)
    context = await browser.new_context(viewport={"width": 1366, "height": 900}, locale=language)
    address = f"http://127.0.0.1:{place.port}"
    await context.add_cookies([{"name": one, "value": value, "url": address} for one, value in caller.cookies.items()])
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.goto(f"{address}/desk#{case}")
    return page, wrong


@pytest.mark.gen_test(timeout=180)
async def test_the_licence_waits_until_it_is_paid_at_a_counter(browsing: Browsing, tmp_path: Path) -> None:
    async with browsing() as browser, desks(tmp_path, matter(fees=(FEE,))) as place:
        case = await granted(place)
        page, wrong = await page_of(browser, place, case, "zh-CN")
        fees = page.locator("#fees")
        await expect(fees).to_contain_text("¥20.00")
        await expect(fees).to_contain_text("待缴")
        await page.locator("#step-make").click()
        await page.locator("#f-licence").fill("JY1")
        await page.locator("#send").click()
        await expect(page.locator("#act [role=alert]")).to_contain_text("尚未缴纳：工本费")
        await page.locator("#step-take-fee").click()
        await page.locator("#f-receipt").fill("川财票 000123")
        if PICTURES:
            await page.screenshot(path=f"{PICTURES}/desk-fee.png")
        await page.locator("#send").click()
        await expect(fees).to_contain_text("川财票 000123")
        await expect(fees.locator(".badge--ok")).to_contain_text("已缴")
        await page.locator("#step-make").click()
        await page.locator("#f-licence").fill("JY1")
        await page.locator("#send").click()
        await expect(page.locator(".dcase__head")).to_contain_text("制证")
        assert wrong == []
        english, wrong = await page_of(browser, place, await granted(place), "en")
        await expect(english.locator("#fees")).to_contain_text("To be paid")
        await english.locator("#step-waive-fee").click()
        await english.locator("#f-reason").fill("低保家庭")
        await english.locator("#send").click()
        await expect(english.locator("#fees")).to_contain_text("Waived: 低保家庭")
        if PICTURES:
            await english.screenshot(path=f"{PICTURES}/desk-fee-en.png")
        assert wrong == []

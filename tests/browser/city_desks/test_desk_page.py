"""The department's desk in a browser: by keys alone, in both languages, and of two people the second is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import Browsing
from tests.fakes.city_desks import Desks, desks, matter

pytestmark = pytest.mark.browser

EXAMINER, LEADER = "xzspj-examiner", "xzspj-leader"
DESK, WALL, PHONE = (1366, 768), (1920, 1080), (360, 740)
LONG = matter(
    matter="long",
    name="公众聚集场所投入使用、营业前消防安全检查（县级权限，含变更与延续）",
    name_en="Fire safety inspection of a public gathering place before it opens, new, changed or renewed",
)
OUTSIDE = """() => [...document.querySelectorAll("button, a, h1, h2, h3, .badge, textarea, input, select")]
  .filter((node) => node.getBoundingClientRect().width && !node.closest(".tabs"))
  .filter((node) => node.getBoundingClientRect().right > innerWidth + 1 || node.getBoundingClientRect().left < -1)
  .map((node) => `${node.className} ${node.textContent}`)"""
UNTRANSLATED = """() => document.body.innerText.match(/\\b(dept|issue|error|cases|common)\\.[a-z_.-]+/g) ?? []"""


async def page_of(
    browser: Browser, place: Desks, who: str, size: tuple[int, int] = DESK, language: str = "zh-CN"
) -> tuple[Page, list[str]]:
    caller = await place.caller(who)
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
    address = f"http://127.0.0.1:{place.port}"
    await context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in caller.cookies.items()]
    )
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    await page.goto(f"{address}/desk")
    return page, wrong


async def whole(page: Page) -> None:
    assert await page.evaluate(OUTSIDE) == []
    assert await page.evaluate(UNTRANSLATED) == []


@pytest.mark.gen_test(timeout=180)
async def test_a_case_is_examined_and_decided_by_keys_alone(browsing: Browsing, tmp_path: Path) -> None:
    async with browsing() as browser, desks(tmp_path) as place:
        case = await place.case()
        page, wrong = await page_of(browser, place, EXAMINER)
        await expect(page.locator(f"#line-{case}")).to_be_visible()
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await expect(page.locator("#form-examine")).to_be_visible()
        await page.keyboard.press("e")
        await page.locator(".dphrase").first.click()
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".dsteps__one").first).to_contain_text("审查")
        assert wrong == []
        boss, wrong = await page_of(browser, place, LEADER)
        await expect(boss.locator("#view-approvals")).to_have_attribute("aria-selected", "true")
        await boss.locator(f"#line-{case}").click()
        await boss.keyboard.press("d")
        await boss.locator("[name=outcome][value=denied]").check()
        await expect(boss.locator("#f-remedies")).to_have_value(re.compile("六十日"))
        await boss.locator("#send").click()
        await expect(boss.locator("[role=alert] .notice--bad")).to_contain_text("理由")
        await boss.locator("[name=outcome][value=granted]").check()
        await boss.locator("#send").click()
        await expect(boss.locator(".dcase__head .badge--ok").last).to_contain_text("准予")
        assert wrong == []


@pytest.mark.gen_test(timeout=180)
async def test_of_two_at_one_case_the_second_is_told_and_keeps_what_was_typed(
    browsing: Browsing, tmp_path: Path
) -> None:
    async with browsing() as browser, desks(tmp_path) as place:
        case = await place.case()
        first, _ = await page_of(browser, place, EXAMINER)
        await first.goto(f"http://127.0.0.1:{place.port}/desk#{case}")
        await expect(first.locator("#form-examine")).to_be_visible()
        second, _ = await page_of(browser, place, "examiner")
        await second.goto(f"http://127.0.0.1:{place.port}/desk#{case}")
        await expect(second.locator("#others")).to_contain_text("何静怡")
        await expect(first.locator("#others")).to_contain_text("叶知秋")
        await second.locator("#f-opinion").fill("第二人的意见")
        await first.locator(".dphrase").first.click()
        await first.locator("#send").click()
        await expect(first.locator(".dsteps__one").first).to_contain_text("审查")
        await expect(second.locator("#changed")).to_contain_text("何静怡")
        await expect(second.locator("#f-opinion")).to_have_value("第二人的意见")


@pytest.mark.gen_test(timeout=180)
async def test_names_are_shown_after_a_reason_alone(browsing: Browsing, tmp_path: Path) -> None:
    async with browsing() as browser, desks(tmp_path) as place:
        case = await place.case()
        page, wrong = await page_of(browser, place, EXAMINER)
        await page.goto(f"http://127.0.0.1:{place.port}/desk#{case}")
        await expect(page.locator(".dfacts")).to_contain_text("欧***")
        await page.keyboard.press("u")
        await page.locator("#unmask-box .chip").first.click()
        await page.locator("#do-unmask").click()
        await expect(page.locator(".dfacts")).to_contain_text("欧阳晓明")
        await expect(page.locator(".dfacts")).to_contain_text("一门小馆")
        assert wrong == []


@pytest.mark.gen_test(timeout=240)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_desk_is_whole_at_every_size(browsing: Browsing, tmp_path: Path, language: str) -> None:
    async with browsing() as browser, desks(tmp_path, matter(), LONG) as place:
        case: Any = await place.case(key="long@1")
        await place.step(EXAMINER, case, "ask-extension", workdays=8, reason="案情复杂")
        await place.caught_up()
        for who in (EXAMINER, LEADER):
            for size in (DESK, WALL, PHONE):
                page, wrong = await page_of(browser, place, who, size, language)
                await expect(page.locator(f"#line-{case}")).to_be_visible()
                await whole(page)
                await page.locator(f"#line-{case}").click()
                await expect(page.locator("#send")).to_be_visible()
                await whole(page)
                assert wrong == []
                await page.context.close()

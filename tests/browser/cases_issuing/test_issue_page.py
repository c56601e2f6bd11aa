"""The issuing window in a browser: by ticket, by number, signed on paper, and whole at every size in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from hall_server.database.vault import Person
from tests.browser.chromium import Browsing
from tests.fakes.case_place import edition
from tests.fakes.issuing_hall import IssuingHall, issuing_hall

pytestmark = pytest.mark.browser

DESK, WALL, PHONE = (1366, 768), (1920, 1080), (360, 740)
LONG = edition(
    matter="long",
    name="公众聚集场所投入使用、营业前消防安全检查（县级权限，含变更与延续）",
    name_en="Fire safety inspection of a public gathering place before it opens, new, changed or renewed",
)
OUTSIDE = """() => [...document.querySelectorAll("button, a, h1, h2, .badge, input")]
  .filter((node) => node.getBoundingClientRect().width)
  .filter((node) => node.getBoundingClientRect().right > innerWidth + 1 || node.getBoundingClientRect().left < -1)
  .map((node) => `${node.className} ${node.textContent}`)"""
UNTRANSLATED = """() => document.body.innerText.match(/\\b(issue|error|common)\\.[a-z_.-]+/g) ?? []"""


async def page_of(
    browser: Browser, hall: IssuingHall, size: tuple[int, int] = DESK, language: str = "zh-CN"
) -> tuple[Page, list[str]]:
    caller = await hall.caller()
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
    address = f"http://127.0.0.1:{hall.port}"
    await context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in caller.cookies.items()]
    )
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    await page.goto(f"{address}/issue/w01")
    return page, wrong


@pytest.mark.gen_test(timeout=180)
async def test_whoever_is_called_gets_their_results_with_one_press(browsing: Browsing, tmp_path: Path) -> None:
    async with browsing() as browser, issuing_hall(tmp_path) as hall:
        person = await hall.server.vault.person(Person(id_number="11010519491231002X"))
        mine, other = await hall.made(applicant=person), await hall.made()
        page, wrong = await page_of(browser, hall)
        await expect(page.locator(f"#res-{mine.id}")).to_have_attribute("aria-selected", "false")
        await hall.serve(person=person)  # the page hears of it
        await expect(page.locator(f"#res-{mine.id}")).to_have_attribute("aria-selected", "true")
        await expect(page.locator(f"#res-{other.id}")).to_have_attribute("aria-selected", "false")
        await page.keyboard.press("F9")
        await expect(page.locator("#done")).to_contain_text("达")
        await expect(page.locator(f"#res-{mine.id}")).to_have_count(0)
        assert hall.server.rooms["cases"].cases.get(mine.id).state == "closed"
        assert wrong == []


@pytest.mark.gen_test(timeout=180)
async def test_a_package_is_chosen_and_handed_out_whole(browsing: Browsing, tmp_path: Path) -> None:
    async with browsing() as browser, issuing_hall(tmp_path) as hall:
        first, second = await hall.made(package="p1"), await hall.made(package="p1")
        page, wrong = await page_of(browser, hall)
        await expect(page.locator(f"#res-{first.id}")).to_be_visible()
        await page.keyboard.press("/")
        await page.keyboard.type(first.number)
        await page.keyboard.press("Enter")
        for one in (first, second):
            await expect(page.locator(f"#res-{one.id}")).to_have_attribute("aria-selected", "true")
        await page.locator("#way-locker").click()
        await page.locator("#do-locker").click()
        await expect(page.locator(".hand__code")).to_have_count(2)
        assert wrong == []


@pytest.mark.gen_test(timeout=240)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_issuing_window_is_whole_at_every_size(browsing: Browsing, tmp_path: Path, language: str) -> None:
    async with browsing() as browser, issuing_hall(tmp_path, LONG) as hall:
        case = await hall.made(key="long@1")
        for size in (DESK, WALL, PHONE):
            page, wrong = await page_of(browser, hall, size, language)
            await page.locator(f"#res-{case.id}").click()
            for way in ("courier", "locker", "window"):
                await page.locator(f"#way-{way}").click()
                assert await page.evaluate(OUTSIDE) == []
                assert await page.evaluate(UNTRANSLATED) == []
            assert wrong == []
            await page.context.close()

"""The enquiry table as a stranger walks it: looked up, typed, complained; and the next person finds nothing of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, expect

from cases.enquiry.room import EnquiryRoom
from cases.model import Case
from cases.progress.of_person import CaseThere, HallNamed, PersonTold
from hall_server.errors import Unavailable
from hall_server.identity import device_actor
from tests.browser.chromium import Browsing
from tests.fakes.cases_desk import NAME, NUMBER, PHONE, DeskHall, case_of, desk_hall
from tests.fakes.hall import HandClock

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("ONEDOOR_PICTURES")
TABLE, KIOSK = (1920, 1080), (1080, 1920)
PAIRED = ("hall_queue", "devices", "displays", "evaluation", "cases")
WORDS = "三号窗口让我白跑两趟"
REFUSED = """(kinds) => kinds.map(([kind, options]) => {
  const target = options.on ? document.querySelector(options.on) : document.body;
  const Kind = { KeyboardEvent, MouseEvent, DragEvent, WheelEvent, ClipboardEvent }[options.class];
  const event = new Kind(kind, { bubbles: true, cancelable: true, ...options });
  target.dispatchEvent(event);
  return [kind, options.key ?? "", event.defaultPrevented];
})"""
"""Which of these the page has refused."""

LINKS = """(away) => [...away.map(([href, target]) => {
  const link = document.createElement("a");
  Object.assign(link, { href, target, textContent: "x" });
  document.querySelector("main").append(link);
  const event = new MouseEvent("click", { bubbles: true, cancelable: true });
  link.dispatchEvent(event);
  link.remove();
  return event.defaultPrevented;
}), window.open("/manager") === null]"""
AWAY = [["https://example.org/", ""], ["/manager", "_blank"], ["file:///etc/passwd", ""]]


@asynccontextmanager
async def shown(path: Path, browsing: Browsing, **more: Any) -> AsyncIterator[tuple[DeskHall, Case, str, Any]]:
    """A hall with a case, a policy and a browser."""
    async with desk_hall(path, clock=HandClock(), **more) as hall, browsing() as browser:
        who = await hall.signed_in()
        found = case_of(await who.ask("POST", "/api/v1/cases", hall.wanted(await hall.serve(), then="accept")))
        case: Case | None = hall.server.rooms["cases"].cases.numbered(found["number"])
        assert case is not None
        office = await hall.signed_in("m1", roles=("manager",))
        policy = {"title": "关于延时服务的通知", "text": "第一段。\n第二段。", "source": "区政办〔2026〕8号"}
        assert (await office.ask("POST", "/api/v1/enquiry-policies", policy)).code == 200
        yield hall, case, hall.desk.code_of(case.number), browser


async def opened(browser: Any, hall: DeskHall, *, size: tuple[int, int] = TABLE, clock: bool = False) -> Page:
    """The start of a table; its own clock where a test moves it."""
    context = await browser.new_context(locale="zh-CN", viewport={"width": size[0], "height": size[1]}, has_touch=True)
    page: Page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    if clock:
        await page.clock.install()
    await page.goto(f"http://127.0.0.1:{hall.port}/enquiry")
    await expect(page.locator("#tile-matters")).to_be_visible()
    return page


async def keys(page: Page, text: str) -> None:
    """Touch keys of the page's own keyboard."""
    for letter in text:
        await page.locator("screen-keyboard .v-keys button", has_text=letter).first.click()


@pytest.mark.gen_test(timeout=180)
async def test_a_stranger_looks_everything_up(tmp_path: Path, browsing: Browsing) -> None:
    async with shown(tmp_path, browsing) as (hall, case, code, browser):
        page = await opened(browser, hall)
        await page.locator("#ask").click()
        await expect(page.locator("screen-keyboard")).to_be_visible()
        await keys(page, "hukou")
        await page.locator(".v-candidates button", has_text="户口").first.click()
        await expect(page.locator("#q")).to_have_value("户口")
        await expect(page.locator(".en-found .v-choice").first).to_contain_text("户口")
        await page.locator("#q").fill("孩子上沪口")  # a wrong character
        await expect(page.locator(".en-found .v-choice").first).to_contain_text("户口登记")
        await page.locator(".en-found .v-choice").first.click()
        await page.wait_for_url("**/guide?**")
        await expect(page.locator("#title")).to_contain_text("户口登记")
        await page.locator("#back").click()
        await page.wait_for_url("**/enquiry?**")
        for tile, inside in (
            ("windows", "#window-w01 .en-staff"),
            ("departments", "[id^=department-]"),
            ("policies", "[id^=policy-]"),
            ("notices", ".empty"),
            ("fees", ".en-filter"),
            ("figures", ".empty, .en-figures"),
        ):
            if tile == "figures":  # counted by a room that this hall does not have
                continue
            await page.locator(f"#tile-{tile}").click()
            await expect(page.locator(inside).first).to_be_visible()
            if tile == "policies":
                await page.locator("[id^=policy-]").click()
                await expect(page.locator(".en-policy")).to_contain_text("第二段")
            await page.locator("#home").click()
        await page.locator("#tile-progress").click()
        await page.locator("#number").fill(case.number)
        await page.locator("#code").fill("WRONG")
        await page.locator("#next").click()
        await expect(page.locator(".en-refusal")).to_be_visible()
        await page.locator("#code").fill(code)
        await page.locator("#next").click()
        await expect(page.locator(".en-case")).to_contain_text(case.number)
        assert NAME not in await page.locator("body").inner_text()
        assert case.number not in page.url


@pytest.mark.gen_test(timeout=180)
async def test_a_complaint_is_made_asked_after_and_gone_for_the_next_person(tmp_path: Path, browsing: Browsing) -> None:
    async with shown(tmp_path, browsing) as (hall, _, _code, browser):
        page = await opened(browser, hall, size=KIOSK)
        for step in ("#tile-complaint", "#to-hall", "#about-staff"):
            await page.locator(step).click()
        await page.locator("#next").click()
        await expect(page.locator("#words-error")).to_be_visible()
        await page.locator("#words").fill(WORDS)
        await page.locator("#window").fill("77")
        await page.locator("#phone").fill(PHONE)
        await page.locator("#next").click()
        await expect(page.locator("#window-error")).to_contain_text("没有这个窗口")
        await expect(page.locator("#words")).to_have_value(WORDS)  # nothing typed is lost
        await page.locator("#window").fill("3")
        await page.locator("#next").click()
        number = await page.locator("#complaint-number").inner_text()
        code = await page.locator("#complaint-code").inner_text()
        await page.locator("#next").click()
        await expect(page.locator("#tile-complaint")).to_be_visible()
        left = await page.content()
        for secret in (WORDS, PHONE, number, code):
            assert secret not in left
        for step in ("#tile-complaint", "#to-hall", "#about-staff"):
            await page.locator(step).click()
        for name in ("words", "window", "phone"):
            await expect(page.locator(f"#{name}")).to_have_value("")
        assert await page.evaluate("() => [history.length, sessionStorage.length]") == [2, 0]
        await page.locator("#home").click()
        for step in ("#tile-complaint", "#ask-after"):
            await page.locator(step).click()
        await page.locator("#number").fill(number)
        await page.locator("#code").fill("000000" if code != "000000" else "000001")
        await page.locator("#next").click()
        await expect(page.locator("#code-error")).to_be_visible()
        await page.locator("#code").fill(code)
        await page.locator("#next").click()
        await expect(page.locator("#complaint")).to_contain_text(number)
        assert WORDS not in await page.content()


@pytest.mark.gen_test(timeout=180)
async def test_who_walks_away_is_forgotten_and_the_saver_takes_over(tmp_path: Path, browsing: Browsing) -> None:
    async with shown(tmp_path, browsing) as (hall, case, code, browser):
        page = await opened(browser, hall, clock=True)
        await page.locator("#tile-progress").click()
        await page.locator("#number").fill(case.number)
        await page.locator("#code").fill(code)
        await page.clock.run_for(45_000)
        await expect(page.locator("#still-here")).to_be_visible()
        await page.clock.run_for(20_000)
        await expect(page.locator("#tile-progress")).to_be_visible()
        assert case.number not in await page.content()
        await page.locator("#tile-progress").click()
        await expect(page.locator("#number")).to_have_value("")
        await page.locator("#home").click()
        await expect(page.locator("#tile-progress")).to_be_visible()
        await page.clock.run_for(95_000)
        saver = page.locator("#saver")
        await expect(saver).to_be_visible()
        await expect(saver).to_contain_text("轻触屏幕")
        first = await saver.get_attribute("data-place")
        await page.clock.run_for(31_000)
        await expect(saver).not_to_have_attribute("data-place", first or "")  # nothing burns in
        await page.mouse.click(300, 600)  # where a tile lies
        await page.clock.run_for(1_000)
        await expect(saver).to_have_count(0)
        await expect(page.locator("#tile-progress")).to_be_visible()  # the touch that wakes it chooses nothing


@pytest.mark.gen_test(timeout=180)
async def test_a_card_beside_a_paired_table_shows_its_holders_cases(
    tmp_path: Path, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, browsing, rooms=PAIRED) as (hall, case, _, browser):
        office = await hall.signed_in("m1", roles=("manager",))
        context = await browser.new_context(locale="zh-CN", viewport={"width": TABLE[0], "height": TABLE[1]})
        page: Page = await context.new_page()
        await page.goto(f"http://127.0.0.1:{hall.port}/pair/enquiry")
        await expect(page.locator("#code span")).to_have_count(2)
        code = "".join(await page.locator("#code span").all_inner_texts())
        zone = next(iter(hall.server.directory.zones))
        accepted = await office.ask("POST", "/api/v1/pairing/accept", {"code": code, "name": "查询桌", "zone": zone})
        assert accepted.code in {200, 201}, accepted.body
        await page.wait_for_url("**/enquiry")
        await expect(page.locator("html")).to_have_attribute("data-device", accepted.body["id"])
        cards = hall.server.rooms["identity"]
        monkeypatch.setattr(cards._pairs, "holder_of", lambda reader: accepted.body["id"])
        await page.locator("#tile-progress").click()
        await expect(page.locator("#card-hint")).to_be_visible()
        await cards.read(device_actor("reader-1", frozenset()), "read-1", {"id_number": NUMBER})
        await expect(page.locator(".en-case")).to_contain_text(case.number)
        assert NUMBER not in await page.content()
        await page.locator("#home").click()
        await expect(page.locator("#tile-progress")).to_be_visible()
        assert case.number not in await page.content()

        # cases of another hall, with its name; then what is missing without the city, in one line
        [here] = await hall.server.rooms["enquiry"]._cases_here(NUMBER)
        other = HallNamed(id="b", name="滨河分厅")
        there = CaseThere(hall=other, seen=msgspec.structs.replace(here, number="B-20261123-0001X"))
        answers: list[PersonTold] = [PersonTold(cases=(there,), behind=(other,))]

        async def told(room: EnquiryRoom, number: str, machine: str) -> PersonTold:
            if not answers:
                raise Unavailable("federation.unlinked")
            return answers.pop()

        monkeypatch.setattr(EnquiryRoom, "_told_by_city", told)
        for read, rows, said in (("read-2", 2, "滨河分厅"), ("read-3", 0, "联系不上市中心")):
            await page.locator("#tile-progress").click()
            await expect(page.locator("#card-hint")).to_be_visible()
            await cards.read(device_actor("reader-1", frozenset()), read, {"id_number": NUMBER})
            await expect(page.locator("#missing")).to_contain_text(said)
            await expect(page.locator("[id^=case-]")).to_have_count(rows)
            if PICTURES:
                await page.screenshot(path=f"{PICTURES}/enquiry-cases-{rows}.png")
            await page.locator("#home").click()


@pytest.mark.gen_test(timeout=180)
async def test_there_is_no_way_out_of_the_page(tmp_path: Path, browsing: Browsing) -> None:
    async with shown(tmp_path, browsing) as (hall, _, _code, browser):
        page = await opened(browser, hall)
        address, opened_pages = page.url, page.context.pages
        refused = await page.evaluate(
            REFUSED,
            [
                *(
                    ["keydown", {"class": "KeyboardEvent", "key": key, **held}]
                    for key, held in (
                        ("F5", {}),
                        ("F11", {}),
                        ("F12", {}),
                        ("p", {"ctrlKey": True}),
                        ("w", {"ctrlKey": True}),
                        ("n", {"ctrlKey": True}),
                        ("l", {"ctrlKey": True}),
                        ("ArrowLeft", {"altKey": True}),
                    )
                ),
                ["contextmenu", {"class": "MouseEvent"}],  # a long press
                ["dragstart", {"class": "DragEvent", "on": "#tile-matters"}],
                ["drop", {"class": "DragEvent"}],
                ["copy", {"class": "ClipboardEvent"}],
                ["wheel", {"class": "WheelEvent", "ctrlKey": True}],
            ],
        )
        assert [one for one in refused if not one[2]] == []
        assert await page.evaluate(LINKS, AWAY) == [True, True, True, True]
        assert page.url == address
        assert page.context.pages == opened_pages
        hrefs = await page.evaluate("() => [...document.querySelectorAll('a[href]')].map((one) => one.href)")
        assert hrefs == []  # nothing on the start leads anywhere but by the page's own buttons

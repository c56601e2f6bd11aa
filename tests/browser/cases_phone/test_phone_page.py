"""The hall on a phone, walked as a stranger would: guidance, filing over a link that breaks, no link, on the way."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from cases.catalogue.model import EditionState
from cases.model import Case
from hall_queue.outside.here import HereCodes
from hall_queue.rule_events import SaveRules
from hall_server.directory.commands import SaveHours
from hall_server.directory.model import Hours, Span
from tests.browser.chromium import Browsing
from tests.fakes.applying import ApplyingHall, applying_hall
from tests.fakes.cases_desk import NUMBER
from tests.fakes.cases_desk import page as scanned
from tests.fakes.confirming import Who
from tests.fakes.hall import manager

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("ONEDOOR_PICTURES")
MOBILE = "13800138000"
DRAFTS = """async () => {
  const { drafts, pagesOf } = await import("/pages/cases_phone/phone-store.js");
  const seen = async (id) => (await pagesOf(id)).map(({ thumb, ...page }) => page);
  return Promise.all((await drafts()).map(async (one) => ({ ...one, pages: await seen(one.id) })));
}"""
KEPT_ANSWERS = """async () => {
  const kept = async (name) => (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname);
  const all = await Promise.all((await caches.keys()).map(kept));
  return all.flat().filter((path) => path.startsWith("/api/"));
}"""


@asynccontextmanager
async def phone_of(
    hall: ApplyingHall, browser: Browser, *, language: str = "zh-CN", works: bool = False
) -> AsyncIterator[Page]:
    """A phone with the page open; ``works``: its service worker may."""
    context: BrowserContext = await browser.new_context(
        locale=language,
        viewport={"width": 360, "height": 740},
        has_touch=True,
        service_workers="allow" if works else "block",
    )
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    await page.goto(f"http://127.0.0.1:{hall.port}/m")
    await expect(page.locator("#search")).to_be_visible()
    yield page
    await context.close()


async def picture(page: Page, name: str) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/phone-{name}.png", full_page=True)


async def drafts(page: Page) -> list[dict[str, Any]]:
    """What lies in the phone and nowhere else."""
    found: list[dict[str, Any]] = await page.evaluate(DRAFTS)
    return found


async def begin(page: Page, hall: ApplyingHall) -> None:
    """From everyday words to an application, by way of the list."""
    await page.fill("#search", hall.server.directory.matters[hall.matter].name)
    await page.click(f"#matter-{hall.matter}")
    await page.click("#bring")
    here = page.locator("#keep-list, [id^=option-]").first
    await expect(here).to_be_visible()
    while (await here.get_attribute("id") or "").startswith("option-"):
        question = await page.locator("#title").text_content() or ""
        await here.click()
        await expect(page.locator("#title")).not_to_have_text(question)
        await expect(here).to_be_visible()
    await page.click("#keep-list")
    await page.click("#apply")
    await expect(page.locator("#part-who")).to_be_visible()


async def say_who(page: Page, hall: ApplyingHall) -> None:
    """ID number, phone, and the code of the short message."""
    await page.fill("#name", "张三丰")
    await page.fill("#id_number", NUMBER[:-1] + "1")
    await page.fill("#phone", MOBILE)
    await page.click("#next")
    await expect(page.locator('[data-error="id_number"]')).not_to_be_empty()
    await page.fill("#id_number", NUMBER)
    await page.click("#next")
    await expect(page.locator("#code")).to_be_visible()
    await page.fill("#code", hall.applying.identifying.shown[-1].code)
    hall.clock.forward(seconds=61)
    await page.click("#next")


async def photograph(page: Page, *sizes: tuple[int, int]) -> None:
    files = [
        {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": scanned(f"第{n}页", size=size)}
        for n, size in enumerate(sizes)
    ]
    await page.locator("#pick-id").set_input_files(files)  # type: ignore[arg-type]  # a FilePayload each
    await expect(page.locator(".m-photo")).to_have_count(len(sizes))


async def press(page: Page, button: int) -> None:
    """A button of the second photo, and what it does to what is seen there."""
    seen = page.locator(".m-photo").nth(1).locator("img")
    before = await seen.get_attribute("src") or ""
    await page.locator(".m-photo").nth(1).locator("button").nth(button).click()
    await expect(seen).not_to_have_attribute("src", before)


async def cut(route: Route) -> None:
    """The hall gets it, and its answer is lost on the way."""
    await route.fetch()
    await route.abort("connectionreset")


def cases_of(hall: ApplyingHall) -> list[Case]:
    return list(hall.server.rooms["cases"].cases.by_id.values())


@pytest.mark.gen_test(timeout=180)
async def test_a_stranger_files_once_over_a_link_that_breaks(tmp_path: Path, browsing: Browsing) -> None:
    async with applying_hall(tmp_path) as hall, browsing() as browser, phone_of(hall, browser) as page:
        await begin(page, hall)
        await picture(page, "application")
        await page.click("#part-who")
        await say_who(page, hall)
        await page.click("#part-photos")
        await page.locator("#pick-id").set_input_files(
            [{"name": "list.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}]
        )
        await expect(page.locator(".toast")).to_be_visible()  # no picture
        await photograph(page, (3000, 4000), (1200, 900))
        first, second = (await drafts(page))[0]["pages"]
        assert (first["width"], first["height"]) == (1500, 2000)
        await press(page, 0)  # turned
        assert (await drafts(page))[0]["pages"][1]["height"] == second["width"]
        await press(page, 1)  # put first
        await picture(page, "photos")
        await page.click("#next")
        await page.click("#part-form")
        await page.locator('[name="form.kind"]').select_option("餐饮服务")
        await page.click("#next")
        await expect(page.locator("#part-form")).to_be_visible()
        assert not hall.server.rooms["cases"].cases.by_id
        assert (await drafts(page))[0]["server"] is not None

        # an upload arrives and its answer does not; nothing of it comes twice
        await page.route("**/applications/*/pages?*", cut, times=1)
        await page.goto(page.url.partition("#")[0] + f"#/apply/{(await drafts(page))[0]['id']}/check")
        lack = page.locator(".m-lack")
        await expect(lack).to_have_count(1)  # the name of the shop
        await picture(page, "lacking")
        await lack.locator("button").click()
        await page.locator('[name="form.shop"]').fill("三丰面馆")
        await page.click("#next")
        await page.click("#next")
        await expect(page.locator(".m-sum")).to_be_visible()
        await expect(page.locator(".m-kept")).to_be_visible()  # nothing is filed yet, and the page says so
        await picture(page, "complete")

        # the link breaks in the very moment of filing: the hall has it, the phone does not know
        async def lose(route: Route) -> None:
            await (cut(route) if not cases_of(hall) else route.abort("connectionreset"))

        await page.route("**/submit", lose)
        await page.click("#next")
        await expect(page.locator("#title")).to_have_text("网络断了，还没有提交成功")
        assert len(cases_of(hall)) == 1  # the control: it did arrive, and a second press would file it again
        await expect(page.locator(".m-kept")).to_be_visible()
        await picture(page, "cut")
        await page.unroute("**/submit")
        await page.reload()  # it goes on by itself
        await expect(page.locator(".m-receipt__number")).to_be_visible()
        (case,) = cases_of(hall)
        await expect(page.locator(".m-receipt__number")).to_have_text(case.number)
        assert [copy.page for copy in case.given["id"].copies] == [1, 2]
        assert await drafts(page) == []
        await picture(page, "receipt")
        await page.click("#to-mine")
        await expect(page.locator("[data-kind=case]")).to_contain_text(case.number)
        await picture(page, "mine")


@pytest.mark.gen_test(timeout=60)
async def test_the_hall_by_itself_would_keep_a_page_twice(tmp_path: Path) -> None:
    """The control of the test above: it is the phone that asks what arrived before it sends again."""
    async with applying_hall(tmp_path) as hall:
        who = await hall.identified()
        draft = await hall.begun(who)
        await hall.with_page(who, draft["id"], "id")
        again = await hall.with_page(who, draft["id"], "id")
        assert len([one for one in again["pages"] if one["material"] == "id"]) == 2


@pytest.mark.gen_test(timeout=180)
async def test_without_a_link_the_page_opens_and_the_draft_outlives_everything(
    tmp_path: Path, browsing: Browsing
) -> None:
    async with applying_hall(tmp_path) as hall, browsing() as browser, phone_of(hall, browser, works=True) as page:
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        await page.reload()
        await begin(page, hall)
        await page.click("#part-who")
        await say_who(page, hall)
        await page.click("#part-form")
        await expect(page.locator('[name="form.shop"]')).to_be_visible()
        await page.context.set_offline(True)
        await page.locator('[name="form.shop"]').fill("没有网络的面馆")
        await page.click("#next")
        await page.click("#part-photos")
        await photograph(page, (1200, 1600))
        await page.reload()
        await expect(page.locator(".m-photo")).to_have_count(1)
        await expect(page.locator(".m-kept")).to_contain_text("没有网络")
        await picture(page, "offline")
        await page.click("#home")
        await expect(page.locator("[data-kind=draft]")).to_contain_text("未提交")
        await expect(page.locator(".m-link__text")).to_be_visible()
        await picture(page, "offline-home")
        await page.locator("[data-kind=list]").click()
        await expect(page.locator(".m-materials .v-choice").first).to_be_visible()
        await page.context.set_offline(False)
        kept = await page.evaluate(KEPT_ANSWERS)
        assert not [path for path in kept if "appl" in path or "ticket" in path or "progress" in path], kept

        # the session ends meanwhile: one says once more who one is, and everything is still there
        hall.clock.forward(days=4)
        (draft,) = await drafts(page)
        await page.goto(page.url.partition("#")[0] + f"#/apply/{draft['id']}/check")
        await expect(page.locator(".notice--warn")).to_contain_text("登录已过期")
        await say_who(page, hall)
        await page.click("#part-form")
        await expect(page.locator('[name="form.shop"]')).to_have_value("没有网络的面馆")

        # the matter is cancelled while it is filled in
        edition = hall.server.rooms["cases"].editions.holding(hall.matter, hall.applying.today)
        yesterday = hall.applying.today - timedelta(days=1)
        hall.server.rooms["cases"].editions.take(
            msgspec.structs.replace(edition, state=EditionState.CANCELLED, valid_until=yesterday)
        )
        await page.goto(page.url.partition("#")[0] + f"#/apply/{draft['id']}/check")
        await expect(page.locator("#title")).to_have_text("这件事项已经停办")
        await expect(page.locator(".m-kept")).to_be_visible()
        assert len(await drafts(page)) == 1

        await page.goto(page.url.partition("#")[0] + "#/mine")
        await page.click("#forget")
        await page.get_by_role("button", name="全部清除").click()
        await expect(page.locator(".empty")).to_be_visible()
        assert await drafts(page) == []
        assert (
            await page.evaluate("Object.keys(localStorage).filter((key) => /ticket|case|list|appointment/.test(key))")
            == []
        )


async def noticed(hall: ApplyingHall, case: str) -> None:
    """The window has found a photo that cannot be read, and a name that is another one on the licence."""
    clerk = await hall.hall.signed_in()
    found = hall.server.rooms["cases"].cases.get(case)
    given = [
        {"material": "id", "supply": "scan", "is_sound": False, "gap": "看不清"},
        {"material": "plan", "supply": "paper"},
    ]
    gaps = [{"part": "form.shop", "what": "与执照不一致"}]
    answer = await clerk.ask("POST", f"/api/v1/cases/{case}/notice", {"seen": found.step, "given": given, "gaps": gaps})
    assert answer.code == 200, answer.body


@pytest.mark.gen_test(timeout=120)
async def test_corrections_ask_for_what_the_notice_names_and_nothing_else(tmp_path: Path, browsing: Browsing) -> None:
    async with applying_hall(tmp_path) as hall, browsing() as browser, phone_of(hall, browser, language="en") as page:
        who = await hall.identified()
        application, sent = await hall.sent(who)
        await noticed(hall, sent["case"])
        kept = {
            "number": sent["number"],
            "code": sent["code"],
            "application": application,
            "matter_name": "食品经营许可",
        }
        await page.evaluate("(one) => localStorage.setItem('onedoor.cases', JSON.stringify([one]))", kept)
        await page.goto(page.url.partition("#")[0] + "#/mine")
        await page.locator("[data-kind=case]").click()
        await page.click("#who")  # nobody is signed in on this phone
        await say_who(page, hall)
        await expect(page.locator(".m-lack")).to_have_count(2)
        await picture(page, "case-corrections")
        await page.click("#next")
        await expect(page.locator("#part-photos")).to_be_visible()
        await expect(page.locator("#part-delivery")).to_have_count(0)
        await page.click("#part-photos")
        await expect(page.locator(".m-photo-set")).to_have_count(1)
        await expect(page.locator("[data-need=card]")).to_be_visible()  # a code alone opens nobody's licences
        await picture(page, "licence-need")
        await photograph(page, (1200, 1600))
        await page.click("#next")
        await page.click("#part-form")
        await page.locator('[name="form.shop"]').fill("四丰面馆")
        await page.click("#next")
        await expect(page.locator("#part-form")).to_be_visible()
        await page.click("#next")
        await expect(page.locator(".m-sum")).to_be_visible()
        await page.click("#next")
        await expect(page.locator(".m-receipt__number")).to_have_text(sent["number"])
        case = hall.server.rooms["cases"].cases.get(sent["case"])
        assert case.touched == frozenset({"id", "form.shop"})
        assert await drafts(page) == []


@pytest.mark.gen_test(timeout=120)
async def test_a_number_on_the_way_is_called_once_its_owner_has_scanned_the_code_in_the_hall(
    tmp_path: Path, browsing: Browsing
) -> None:
    async with applying_hall(tmp_path) as hall, browsing() as browser, phone_of(hall, browser) as page:
        address = page.url.partition("#")[0]
        await page.goto(f"{address}#/outside")
        await expect(page.locator("[data-refusal]")).to_have_attribute("data-refusal", "outside.off")
        await picture(page, "outside-off")
        day = (Span(open="09:30", close="17:00"),)
        hours = Hours(days=(day,) * 7, last_ticket_minutes=15, follows_calendar=False)
        await hall.server.execute(SaveHours(item=hours), actor=manager())
        await hall.server.execute(SaveRules(values={"outside": True}, reason="试行"), actor=manager())
        await page.goto(f"{address}#/matter/{hall.matter}")
        await page.click("#outside")
        await page.click("#next")
        await expect(page.locator('[data-error="person.phone"]')).not_to_be_empty()
        await page.fill("#phone", MOBILE)
        await picture(page, "outside")
        await page.click("#next")
        await expect(page.locator(".m-have__number")).to_be_visible()
        queue = hall.server.rooms["hall_queue"].queue
        (ticket,) = [one for one in queue.tickets.values() if one.here_by is not None]
        await picture(page, "outside-have")
        await page.goto(f"{address}#/mine")
        await expect(page.locator("[data-kind=ticket]")).to_contain_text("待报到")
        kiosk = await page.context.new_page()
        await kiosk.goto(f"http://127.0.0.1:{hall.port}/kiosk")
        await kiosk.click("#booked")
        await expect(kiosk.locator("#booked-here img")).to_be_visible()  # what hangs in the hall
        await kiosk.close()
        await page.goto(f"{address}#here=AAAAAAAAAA")
        await expect(page.locator(".notice--bad")).to_be_visible()
        assert queue.tickets[ticket.id].here_by is not None
        await page.goto(f"{address}#here={HereCodes(lambda: hall.server.keys.ticket, hall.clock).now()}")
        await expect(page.locator(".notice--ok")).to_be_visible()
        assert queue.tickets[ticket.id].here_by is None
        await picture(page, "here")

        # somebody else cannot scan: they show the code of their number to the kiosk
        wanted = {"line": ticket.line, "person": {"phone": "13900139000"}}
        other = (await Who(hall.port).ask("POST", "/api/v1/outside", wanted)).body
        await page.goto(f"http://127.0.0.1:{hall.port}/t/{other['token']}")
        await expect(page.locator(".p-here__code")).to_be_visible()
        await picture(page, "awaited-ticket")
        kiosk = await page.context.new_page()
        await kiosk.goto(f"http://127.0.0.1:{hall.port}/kiosk")
        await expect(kiosk.locator("#booked")).to_be_visible()
        await kiosk.keyboard.type(f"http://hall.example/t/{other['token']}")
        await kiosk.keyboard.press("Enter")
        await expect(kiosk.locator(".toast")).to_contain_text(other["number"])
        await expect(page.locator(".p-here__code")).to_have_count(0)  # told by the live feed

"""At a terminal with card reader and A4 printer: a company's agent files, agrees and refuses, takes the certificate."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from cases.catalogue.model import Serves
from cases.model import State
from tests.browser.cases_selfservice.terminal_page import picture, terminal_page
from tests.browser.chromium import Browsing
from tests.fakes.applying import ANSWERS, accepted, granted
from tests.fakes.terminal_hall import LICENCE, NAME, TerminalHall, terminal_hall

pytestmark = pytest.mark.browser

CODE = "91511603MA6230001P"
COMPANY = "四川前丰餐饮有限公司"


@asynccontextmanager
async def paired(hall: TerminalHall, browser: Browser, *, language: str = "zh-CN") -> AsyncIterator[Page]:
    """The page of the terminal that the hall has let in."""
    device = {"id": hall.terminal, "credential": hall.devices.password(hall.terminal)}
    slot = json.dumps(json.dumps(device))
    script = f"localStorage.setItem('onedoor.device.selfservice', {slot});"
    async with terminal_page(hall.port, browser, language=language, script=script) as page:
        yield page


async def next_page(page: Page) -> None:
    """Go on, until the page has changed."""
    before = await page.locator("#view").get_attribute("data-walked")
    assert before is None
    await page.evaluate("document.querySelector('.v-view').dataset.walked = 'yes'")
    await page.click("#next")
    await expect(page.locator(".v-view[data-walked]")).to_have_count(0)


async def a_date(page: Page, field: str, year: int, month: int, day: int) -> None:
    """Choose a date with the large keys."""
    await page.click(f"[id='{field}-choose']")
    while not await page.locator(f"#year-{year}").count():
        first = await page.locator("[id^=year-]").first.get_attribute("id") or ""
        await page.click("#date-earlier" if int(first.removeprefix("year-")) > year else "#date-later")
        await expect(page.locator(f"#{first}")).to_have_count(0)
    await page.click(f"#year-{year}")
    await page.click(f"#month-{month}")
    await page.click(f"#day-{day}")
    await expect(page.locator(".v-date-box")).to_have_count(0)


@pytest.mark.gen_test(timeout=240)
async def test_an_agent_files_for_a_company_and_takes_its_certificate_on_paper(
    tmp_path: Path, browsing: Browsing
) -> None:
    async with (
        terminal_hall(tmp_path / "data") as hall,
        hall.printing(tmp_path / "tray") as printer,
        browsing() as browser,
        paired(hall, browser) as page,
    ):
        hall.edition(serves=Serves.BOTH)
        await page.click("#file")
        await page.fill("#search", hall.server.directory.matters[hall.matter].name)
        await page.click(f"#matter-{hall.matter}")
        await page.click("#next")
        await expect(page.locator("body")).to_have_attribute("data-view", "who")
        await hall.lay_card()
        for answer in ANSWERS.values():
            await page.click(f"#option-{answer[0]}")
        await expect(page.locator("[id^=question-]")).to_have_count(len(ANSWERS))
        await page.click("#next")

        # for whom: the company; its code with a wrong check character is told by the check
        await page.click("#for-organisation")
        await expect(page.locator("#for-organisation")).to_have_attribute("aria-pressed", "true")
        await picture(page, "terminal-for-whom")
        await next_page(page)
        await page.fill('[name="applicant.name"]', COMPANY)
        await page.fill('[name="applicant.id_number"]', CODE[:-1] + "0")
        await page.fill('[name="applicant.represented_by"]', "李四")
        await page.fill('[name="applicant.phone"]', "0826-1234567")
        await page.fill('[name="applicant.address"]', "思源大道9号")
        await picture(page, "terminal-organisation")
        await next_page(page)
        await expect(page.locator('[name="agent.name"]')).to_have_value(NAME)  # whose card it is, acts for it
        await page.fill('[name="agent.phone"]', "13800138000")
        await next_page(page)
        await page.fill('[name="form.shop"]', "前丰餐饮一店")
        await page.get_by_label("餐饮服务").check()
        await a_date(page, "form.opens", 2027, 2, 28)
        await expect(page.locator('[name="form.opens"]')).to_have_value("2027-02-28")
        await picture(page, "terminal-date-chosen")
        await next_page(page)
        while await page.locator("body").get_attribute("data-view") == "form":
            await next_page(page)

        # the licence of the register: refused first, and nothing of it is used; then agreed to
        await page.click("#material-id")
        licence = page.locator("[id^=licence-]").first
        await licence.click()
        await picture(page, "terminal-consent")
        await page.get_by_role("button", name="不同意").click()
        await expect(page.locator("dialog")).to_have_count(0)
        await expect(page.locator("#give-back")).to_have_count(0)
        assert '"use":"licence"' not in await hall.hall.journal_text()
        await licence.click()
        await page.locator("dialog .btn--primary").click()
        await expect(page.locator("#give-back")).to_be_visible()
        await page.click("#next")
        await page.click("#next")
        await page.click("#delivery-electronic")
        await expect(page.locator("#lack-applicant-id_number")).to_be_visible()
        await picture(page, "terminal-lacking")
        await page.click("#lack-applicant-id_number")
        await page.fill('[name="applicant.id_number"]', CODE)
        await page.click("#next")
        await expect(page.locator(".s-facts")).to_contain_text(COMPANY)
        await page.click("#next")
        await expect(page.locator(".s-receipt__number")).to_be_visible()
        (case,) = hall.server.rooms["cases"].cases.by_id.values()
        await page.click("#leave")

        # decided meanwhile; the card again, and the certificate from the printer beside the machine
        await accepted(hall, case.id)
        await granted(hall, case.id, licence=LICENCE)
        await page.click("#papers")
        await expect(page.locator("body")).to_have_attribute("data-view", "who")
        await hall.lay_card()
        await page.click("[id^=one-]")
        await printer.hand("jam 0")
        await hall.heard("jam")
        await page.click("#pages")
        await expect(page.locator("[data-printer=jam]")).to_be_visible()
        await picture(page, "terminal-print-which")
        await page.click("#print-licence")
        await expect(page.locator("[data-reason=jam]")).to_be_visible()
        await picture(page, "terminal-print-failed")
        assert hall.server.rooms["cases"].cases.get(case.id).state is State.MADE
        await printer.hand("clear")
        await hall.heard("")
        await page.click("#next")
        await expect(page.locator("#print-more")).to_be_visible()
        await picture(page, "terminal-print-done")
        assert [one.suffix for one in await printer.printed(1)] == [".pdf"]
        assert hall.server.rooms["cases"].cases.get(case.id).state is State.CLOSED
        await page.click("#leave")
        await expect(page.locator("#file")).to_be_visible()


@pytest.mark.gen_test(timeout=240)
async def test_whoever_laid_their_card_registers_their_phone(tmp_path: Path, browsing: Browsing) -> None:
    async with (
        terminal_hall(tmp_path / "data") as hall,
        browsing() as browser,
        paired(hall, browser) as page,
    ):
        await expect(page.locator("#phone")).to_have_count(0)  # with a card only
        await page.click("#resume")
        await hall.lay_card()
        await expect(page.locator("body")).to_have_attribute("data-view", "mine")
        await page.click("#back")
        await picture(page, "terminal-home-with-card")
        await page.click("#phone")
        await expect(page.locator("body")).to_have_attribute("data-view", "phone")
        await page.locator("input#phone").fill("123")
        await page.click("#next")
        await expect(page.locator("[data-error=phone]")).not_to_be_empty()
        await page.locator("input#phone").fill("13800138000")
        await picture(page, "terminal-phone")
        await page.click("#next")
        await expect(page.locator("#code")).to_be_visible()
        await page.fill("#code", hall.applying.identifying.shown[-1].code)
        await page.click("#next")
        await expect(page.locator("body")).to_have_attribute("data-view", "home")
        person = (await hall.server.database.fetch("SELECT id FROM vault WHERE kind = 'id_number'"))[0][0]
        assert await hall.applying.identifying.proved(person) == frozenset({"13800138000"})

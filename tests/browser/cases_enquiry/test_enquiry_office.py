"""The manager's page of the enquiry table: a complaint answered, a PDF put up and taken down, the saver's picture."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from playwright.async_api import expect

from tests.browser.chromium import Browsing
from tests.fakes.cases_desk import desk_hall
from tests.fakes.confirming import Who
from tests.fakes.hall import HandClock

pytestmark = pytest.mark.browser


def pdf() -> bytes:
    """Two pages."""
    out = io.BytesIO()
    with pypdfium2.PdfDocument.new() as made:
        for _ in range(2):
            made.new_page(300, 420).close()
        made.save(out)
    return out.getvalue()


def picture() -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 36), "#14508f").save(out, "PNG")
    return out.getvalue()


@pytest.mark.gen_test(timeout=180)
async def test_a_manager_answers_and_puts_up(tmp_path: Path, browsing: Browsing) -> None:
    async with desk_hall(tmp_path, clock=HandClock()) as hall, browsing() as browser:
        visitor, office = Who(hall.port), await hall.signed_in("m1", roles=("manager",))
        said = {"about": "wait", "words": "等了一上午", "window": "w03"}
        made = (await visitor.ask("POST", "/api/v1/enquiry/complaints", said)).body
        context = await browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        address = f"http://127.0.0.1:{hall.port}"
        cookies = [one.split("=", 1) for one in office.headers["Cookie"].split("; ")]
        await context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies])
        page = await context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
        await page.goto(f"{address}/manager/enquiry")
        card = page.locator(f"#complaint-{made['number']}")
        await expect(card).to_contain_text("等了一上午")
        await card.locator("[data-act=take]").click()
        await expect(card).to_have_attribute("data-state", "taken")
        await card.locator("[data-act=answer]").click()
        await page.locator("#send-answer").click()
        await expect(page.locator("[data-error=answer]")).to_contain_text("请写几句")
        await page.locator("#answer").fill("已增开两个窗口")
        await page.locator("#send-answer").click()
        await expect(card).to_have_attribute("data-state", "answered")
        seen = (await visitor.ask("POST", "/api/v1/enquiry/complaints/asked", made)).body
        assert seen["answer"] == "已增开两个窗口"

        await page.locator("#tab-policies").click()
        await page.locator("#new-policy").click()
        await page.locator("#publish").click()
        await expect(page.locator("[data-error=title]")).not_to_be_empty()
        await page.locator("[name=title]").fill("延时服务通知")
        for name, content in (("a.pdf", b"no pdf at all"), ("b.pdf", pdf())):
            file = {"name": name, "mimeType": "application/pdf", "buffer": content}
            await page.locator("#file").set_input_files(file)
            if name == "a.pdf":
                await expect(page.locator("[data-error=file]")).not_to_be_empty()
        await expect(page.locator("#pages")).to_contain_text("2")
        await page.locator("#publish").click()
        shown = page.locator("[id^=policy-] h2")
        await expect(shown).to_have_text("延时服务通知")
        await page.locator("[data-act=edit]").click()
        await page.locator("[name=title]").fill("延时服务的通知")
        await page.locator("#publish").click()
        await expect(shown).to_have_text("延时服务的通知")
        [listed] = (await visitor.ask("GET", "/api/v1/enquiry/policies")).body["policies"]
        assert (listed["title"], listed["pages"]) == ("延时服务的通知", 2)
        await page.locator("[data-act=down]").click()
        await page.locator("#take-down").click()
        await expect(page.locator("dialog [data-error=reason]")).not_to_be_empty()
        await page.locator("#reason").fill("已被新文件代替")
        await page.locator("#take-down").click()
        await expect(shown).to_have_count(0)

        await page.locator("#tab-saver").click()
        file = {"name": "hall.png", "mimeType": "image/png", "buffer": picture()}
        await page.locator("#picture").set_input_files(file)
        await expect(page.locator("img.eno__picture")).to_be_visible()
        assert (await visitor.ask("GET", "/api/v1/enquiry")).body["picture"].startswith("/api/v1/media/")
        await page.locator("#no-picture").click()
        await expect(page.locator("#no-picture")).to_have_count(0)

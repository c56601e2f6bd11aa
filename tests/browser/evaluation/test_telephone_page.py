"""What a caller says is entered, and a suspicious rating marked, each on its page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from hall_server.web.accounts import Account

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
DESK = (1366, 768)


async def signed_in(hall: Any, id_: str, path: str, *roles: str, size: tuple[int, int] = DESK) -> Page:
    """A page of somebody who has come by way of the sign-in."""
    account = Account(id=id_, name=id_, display_name=id_, number="9", password="", roles=roles)
    await hall.server.rooms["web"].accounts.save(account, password=PASSWORD)
    page = await hall.page(path, size)
    await page.fill("#name", id_)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    return page


@pytest.mark.gen_test
async def test_what_a_caller_says_is_entered_matter_by_matter(rated: Any) -> None:
    async with rated() as hall:
        ticket = await hall.served(2)
        page = await signed_in(hall, "m01", "/telephone-rating", "manager")
        await page.wait_for_selector("#f-number")
        await expect(page.locator("#send")).to_be_disabled()
        await page.fill("#f-number", ticket.number.lower())
        await page.click("#level-5")
        await page.click("#reasons-slow")
        await page.fill("#f-text", "等了两小时")
        await page.fill("#f-phone", "13900001234")
        await page.click("#send")
        await page.click("#same")
        await page.click("#level-2")
        await page.click("#send")
        await page.click("#same")
        await page.click("#level-1")
        await page.click("#send")
        await page.wait_for_selector("#wrong:not(:empty)")
        assert hall.levels(ticket) == [5, 2]
        first = hall.ratings.of(ticket.id)
        assert (first.channel, first.giver, first.reasons) == ("telephone", "staff:m01", ("slow",))
        assert first.person is not None


@pytest.mark.gen_test
async def test_a_wrong_number_is_said_at_its_field_and_nothing_is_lost(rated: Any) -> None:
    async with rated() as hall:
        page = await signed_in(hall, "s09", "/telephone-rating", "staff", size=(360, 740))
        await page.wait_for_selector("#f-number")
        await page.fill("#f-number", "Z999")
        await page.fill("#f-text", "很好")
        await page.click("#level-1")
        await page.click("#send")
        await page.wait_for_selector("[data-error=number]:not(:empty)")
        await expect(page.locator("#f-text")).to_have_value("很好")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.gen_test
async def test_a_manager_marks_a_rating_with_a_reason_and_lifts_it_again(rated: Any) -> None:
    async with rated() as hall:
        ticket = await hall.served()
        made = await hall.ask("POST", "/api/v1/ratings", {"ticket": ticket.token, "level": 1, "channel": "phone"})
        page = await signed_in(hall, "m01", "/manager/ratings#list", "manager")
        mark = f"[data-mark='{made.body['id']}']"
        await page.click(mark)
        await page.click("#mark-send")
        await page.wait_for_selector("[data-error=reason]:not(:empty)")
        await page.fill("#mark-reason", "录像显示是窗口自己点的")
        await page.select_option("#mark-what", "own_window")
        await page.click("#mark-send")
        await page.wait_for_selector("dialog", state="detached")
        assert hall.ratings.of(ticket.id).marks == {"own_window"}
        await page.wait_for_selector(".entry--marked")
        await page.click(mark)
        await page.select_option("#mark-what", "own_window")
        await page.fill("#mark-reason", "看错了")
        await page.click("#mark-send")
        await page.wait_for_selector(".entry--marked", state="detached")
        assert hall.ratings.valid_counts == [1, 0, 0, 0, 0]

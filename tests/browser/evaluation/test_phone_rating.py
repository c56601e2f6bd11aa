"""Rating on the phone: each matter once, without a hint, and some days later."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fakes.hall import HandClock
from tests.fakes.rated_visits import next_day

pytestmark = pytest.mark.browser

PHONE = (390, 844)


@pytest.mark.gen_test
async def test_each_matter_is_rated_or_left_and_what_is_left_may_follow(rated: Any) -> None:
    async with rated() as hall:
        ticket = await hall.served(3)
        page = await hall.page(f"/t/{ticket.token}", PHONE)
        await page.wait_for_selector(".p-about :text-is('第 1 项，共 3 项')")
        await page.click("#level-1")
        await page.click("#aspect-efficiency")
        await page.click("#rate-more")
        await page.wait_for_selector(".p-about :text-is('第 2 项，共 3 项')")
        await page.click("#rate-skip")
        await page.wait_for_selector(".p-about :text-is('第 3 项，共 3 项')")
        await page.click("#level-5")
        await page.click("#reason-slow")
        await page.fill("#rating-phone", "13900001234")
        await page.click("#rate-send")
        await page.wait_for_selector(".p-thanks")
        assert hall.levels(ticket) == [1, None, 5]
        await page.click("#rate-again")
        await page.click("#level-2")
        await page.click("#rate-more")
        await page.wait_for_selector(".p-thanks")
        assert hall.levels(ticket) == [1, 2, 5]
        first, _, last = (hall.ratings.of(ticket.id, one.matter) for one in ticket.matters)
        assert (first.aspects, last.reasons, last.person is not None) == (("efficiency",), ("slow",), True)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.gen_test
async def test_the_faces_of_the_levels_all_look_alike(rated: Any) -> None:
    async with rated() as hall:
        ticket = await hall.served()
        page = await hall.page(f"/t/{ticket.token}", PHONE)
        await page.wait_for_selector("#level-5")
        colours = await page.evaluate(
            "[...document.querySelectorAll('.p-face .icon')].map((one) => getComputedStyle(one).color)"
        )
        assert len(colours) == 5
        assert len(set(colours)) == 1


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("query", "channel"), [("?channel=sms", "sms"), ("?channel=qr", "qr"), ("?channel=pad", "phone")]
)
async def test_a_link_says_how_the_visitor_came(rated: Any, query: str, channel: str) -> None:
    async with rated() as hall:
        ticket = await hall.served()
        page = await hall.page(f"/t/{ticket.token}{query}", PHONE)
        await page.click("#level-2")
        await page.wait_for_selector("#rate-more")
        assert hall.ratings.of(ticket.id).channel == channel


@pytest.mark.gen_test
async def test_a_visit_of_an_earlier_day_may_be_rated_on_its_page(rated: Any) -> None:
    clock = HandClock(datetime.now(tz=UTC))
    async with rated(clock) as hall:
        ticket, other = await hall.served(), await hall.served()
        await next_day(hall, 2)
        page = await hall.page(f"/t/{ticket.token}", PHONE)
        await page.click("#level-4")
        await page.fill("#rating-text", "回家才想起来")
        await page.click("#rate-send")
        await page.wait_for_selector(".p-thanks")
        assert hall.levels(ticket) == [4]
        await next_day(hall, 6)
        late = await hall.page(f"/t/{other.token}", PHONE)
        await late.wait_for_selector(".empty__title")

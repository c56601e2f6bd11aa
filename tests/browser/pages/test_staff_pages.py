"""Window staff, pad, board and manager, each at the real page of a real hall."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from hall_queue import messages as m

pytestmark = pytest.mark.browser

STAFF, MANAGER, WINDOW = "s01", "m01", "w01"
CONSOLE, BOARD, PAD, OFFICE = (1366, 768), (1920, 1080), (1280, 800), (1440, 900)
EIGHTH = 1 / 8


async def state_is(page: Page, state: str) -> None:
    """Wait until the console shows the state."""
    await page.wait_for_selector(f"od-desk[data-state={state}]")


async def press(page: Page, key: str, state: str) -> None:
    """Press a key and wait for the state it leads to."""
    await page.keyboard.press(key)
    await state_is(page, state)


@pytest.mark.gen_test
async def test_a_window_is_served_with_keys_alone(day: Any) -> None:
    async with day() as hall:
        await hall.queue_up(2)
        page = await hall.signed_in(STAFF, "/console", CONSOLE)
        await state_is(page, "closed")
        for key, state in (("Space", "idle"), ("Enter", "calling"), ("s", "serving"), ("f", "idle"), ("b", "idle")):
            await press(page, key, state)
        await page.wait_for_selector("dialog[open]")
        await page.keyboard.press("2")  # one waits whom no other window serves: the hall asks, the same key confirms
        await page.get_by_role("dialog").get_by_text("仍然暂停", exact=True).wait_for()
        await press(page, "b", "paused")
        await press(page, "b", "idle")
        await page.wait_for_selector(".recent__row")
        assert hall.queue.desk(WINDOW).served == 1
        assert hall.complaints == []


@pytest.mark.gen_test
async def test_a_key_pressed_twice_calls_one_visitor(day: Any) -> None:
    async with day() as hall:
        await hall.queue_up(3)
        page = await hall.signed_in(STAFF, "/console", CONSOLE)
        await state_is(page, "closed")
        await press(page, "Space", "idle")
        calls: list[str] = []
        page.on("request", lambda request: calls.append(request.url) if request.url.endswith("/call") else None)
        await page.evaluate(
            "for (const key of ['F2', 'F2']) dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))"
        )
        await state_is(page, "calling")
        assert len(calls) == 1
        assert hall.queue.waiting.count(hall.server.directory.windows[WINDOW].lines[0]) == 2


@pytest.mark.gen_test
async def test_a_lost_answer_is_asked_again_under_the_same_key(day: Any) -> None:
    async with day() as hall:
        await hall.queue_up(3)
        page = await hall.signed_in(STAFF, "/console", CONSOLE)
        await state_is(page, "closed")
        await press(page, "Space", "idle")
        keys: list[str] = []

        async def lose_first(route: Route) -> None:
            keys.append(route.request.headers["idempotency-key"])
            if len(keys) == 1:
                await route.fetch()
                await route.abort()
            else:
                await route.continue_()

        await page.route("**/call", lose_first)
        await press(page, "Space", "calling")
        await page.wait_for_selector("#act-start:not([disabled])")
        assert len(keys) == 2
        assert len(set(keys)) == 1
        assert hall.queue.waiting.count(hall.server.directory.windows[WINDOW].lines[0]) == 2


async def serve_one(hall: Any) -> None:
    """One visit from the call to its end."""
    await hall.queue_up(1)
    await hall.do(m.OpenWindow(window=WINDOW, staff=STAFF))
    await hall.do(m.CallNext(window=WINDOW))
    await hall.do(m.StartService(window=WINDOW))
    await hall.do(m.FinishService(window=WINDOW))


def ratings(hall: Any) -> list[int]:
    """How often each level was given today."""
    return list(hall.server.rooms["evaluation"].ratings.counts)


@pytest.mark.gen_test
async def test_a_rating_given_without_the_link_is_handed_in_once(day: Any) -> None:
    async with day() as hall:
        page = await hall.open(f"/pad/{WINDOW}", PAD)
        await page.wait_for_selector(".idle")
        await serve_one(hall)
        await page.wait_for_selector("#level-2")
        await page.route("**/api/v1/ratings", lambda route: route.abort())
        await page.click("#level-2")
        await page.wait_for_selector("#link:not([hidden])")
        assert sum(ratings(hall)) == 0
        await page.unroute("**/api/v1/ratings")
        await page.wait_for_selector("#link", state="hidden")
        assert ratings(hall) == [0, 1, 0, 0, 0]


@pytest.mark.gen_test
async def test_a_bad_rating_counts_before_its_reasons_are_asked(day: Any) -> None:
    async with day() as hall:
        page = await hall.open(f"/pad/{WINDOW}", PAD)
        await page.wait_for_selector(".idle")
        await serve_one(hall)
        async with page.expect_response("**/api/v1/ratings"):
            await page.click("#level-5")
        await page.wait_for_selector("#reason-slow")
        assert ratings(hall) == [0, 0, 0, 0, 1]
        await page.click("#reason-slow")
        async with page.expect_response("**/api/v1/ratings") as said:
            await page.click("#why-send")
        assert (await said.value).ok
        assert ratings(hall) == [0, 0, 0, 0, 1]


@pytest.mark.gen_test
@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (3840, 2160)])
async def test_the_board_shows_a_call_an_eighth_of_its_height(day: Any, size: tuple[int, int]) -> None:
    async with day() as hall:
        await hall.queue_up(1)
        await hall.do(m.OpenWindow(window=WINDOW, staff=STAFF))
        page = await hall.open(f"/board/{hall.server.directory.windows[WINDOW].zone}", size)
        await page.wait_for_selector(".call--quiet")
        await hall.do(m.CallNext(window=WINDOW))
        await page.wait_for_selector(".call--hero.call--fresh")
        digits = await page.evaluate(
            """() => {
              const node = document.querySelector('.call--hero .call__number');
              const { fontWeight, fontSize, fontFamily } = getComputedStyle(node);
              const pen = document.createElement('canvas').getContext('2d');
              pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
              return pen.measureText('0').actualBoundingBoxAscent;
            }"""
        )
        assert digits >= size[1] * EIGHTH
        assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert hall.complaints == []


@pytest.mark.gen_test
async def test_a_manager_renames_a_window_and_is_told_what_is_wrong(day: Any) -> None:
    async with day() as hall:
        page = await hall.signed_in(MANAGER, "/manager#windows", OFFICE)
        await page.click(f"#row-{WINDOW}")
        await page.fill("#f-name", "<b>一号</b>")
        await page.click("#save")
        await page.wait_for_selector("#f-name[aria-invalid=true]")
        await expect(page.locator("#e-name")).not_to_be_empty()
        await page.fill("#f-name", "综合一窗")
        async with page.expect_response(f"**/windows/{WINDOW}"):
            await page.click("#save")
        await page.wait_for_selector(f"#row-{WINDOW}:has-text('综合一窗')")
        assert hall.server.directory.windows[WINDOW].name == "综合一窗"
        assert hall.complaints == []


@pytest.mark.gen_test
async def test_a_manager_stops_tickets_of_a_line(day: Any) -> None:
    async with day() as hall:
        line = hall.server.directory.windows[WINDOW].lines[0]
        page = await hall.signed_in(MANAGER, f"/manager#live/line/{line}", OFFICE)
        await page.click(f"#line-{line}[aria-checked=true]")
        await page.get_by_role("button", name="按计划").click()
        await page.wait_for_selector(f"#line-{line}[aria-checked=false]")
        assert hall.complaints == []


@pytest.mark.gen_test
async def test_the_sign_in_leads_nowhere_outside(day: Any) -> None:
    async with day() as hall:
        page = await hall.signed_in(STAFF, "/sign-in?next=//example.org/", CONSOLE)
        await page.wait_for_url("**/console*")
        assert page.url.startswith(hall.address)

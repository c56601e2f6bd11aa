"""People look for a window by its number, as the voice says it: every screen shows it, and large to those afar."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, expect

from hall_queue import messages as m
from hall_server.directory.commands import SaveLine, SaveWindow

pytestmark = pytest.mark.browser

STAFF, MANAGER, WINDOW = "s01", "m01", "w01"
ZONE = "z1"
LONG = {
    "name": "不动产登记与住房公积金综合受理服务窗口",
    "name_en": "Real estate registration and housing provident fund",
}
EIGHTH = 1 / 8
NINTH = 1 / 9

DIGITS = """(selector) => {
  const node = document.querySelector(selector);
  const { fontWeight, fontSize, fontFamily } = getComputedStyle(node);
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
  return pen.measureText('0').actualBoundingBoxAscent;
}"""
CUT_OFF = """(selector) => {
  const place = document.querySelector(selector).getBoundingClientRect();
  return [...document.querySelectorAll(`${selector} *`)].filter((node) => {
    const own = node.getBoundingClientRect();
    return own.width && (own.bottom > place.bottom + 1 || own.top < place.top - 1 || own.right > place.right + 1);
  }).map((node) => node.className.baseVal ?? node.className);
}"""


async def digits(page: Page, selector: str) -> float:
    """Height of a digit there, in pixels."""
    height: float = await page.evaluate(DIGITS, selector)
    return height


async def save_window(hall: Any, window: str, **changes: object) -> None:
    """Change a window of the directory."""
    item = msgspec.structs.replace(hall.server.directory.windows[window], **changes)
    await hall.do(SaveWindow(item=item))


async def crowd(hall: Any) -> list[str]:
    """Put every window and line into one zone and let six windows call, one after the other; gives the tickets."""
    directory = hall.server.directory
    for line in list(directory.lines.values()):
        await hall.do(SaveLine(item=msgspec.structs.replace(line, zone=ZONE)))
    for window in list(directory.windows):
        await save_window(hall, window, zone=ZONE)
    called = []
    for number in (1, 5, 6, 8, 10, 16):
        window = f"w{number:02}"
        await hall.do(m.IssueTicket(line=directory.windows[window].lines[0]))
        await hall.do(m.OpenWindow(window=window, staff=f"s{number:02}"))
        await hall.do(m.CallNext(window=window))
        called.append(hall.queue.current(window).number)
    return called


@pytest.mark.gen_test
@pytest.mark.parametrize("size", [(1920, 1080), (1920, 1200), (1080, 1920), (3840, 2160)])
async def test_a_call_names_the_window_by_its_number(day: Any, size: tuple[int, int]) -> None:
    async with day() as hall:
        await save_window(hall, WINDOW, number=128, **LONG)
        await hall.queue_up(1)
        await hall.do(m.OpenWindow(window=WINDOW, staff=STAFF))
        await hall.do(m.CallNext(window=WINDOW))
        page = await hall.open(f"/board/{ZONE}", size)
        await page.wait_for_selector(".call--hero")
        await expect(page.locator(".call--hero .sign__digits")).to_have_text("128")
        assert "号窗口" in await page.inner_text(".call--hero .sign__word")
        assert "Window" in await page.inner_text(".call--hero .sign__word")
        assert await digits(page, ".call--hero .sign__digits") >= 0.5 * await digits(page, ".call--hero .call__number")
        await expect(page.locator(".window--calling .window__badge")).to_have_text("128")
        assert await page.evaluate(CUT_OFF, ".call--hero") == []
        assert hall.complaints == []


@pytest.mark.gen_test
@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)])
async def test_a_crowded_board_still_shows_the_newest_call_large(day: Any, size: tuple[int, int]) -> None:
    async with day() as hall:
        called = await crowd(hall)
        page = await hall.open(f"/board/{ZONE}", size)
        await page.wait_for_selector(f".call--hero[data-number={called[-1]}]")
        await expect(page.locator(".call--hero .sign__digits")).to_have_text("16")
        least = size[1] * EIGHTH if size[0] > size[1] else size[0] * NINTH  # upright, number and window fill the width
        assert await digits(page, ".call--hero .call__number") >= least
        await expect(page.locator(".window")).to_have_count(len(hall.server.directory.windows))
        strip = (await page.inner_text(".rest__one")).split()
        assert strip in [[ticket, str(number)] for ticket, number in zip(called, (1, 5, 6, 8, 10, 16), strict=True)]
        assert await page.evaluate(CUT_OFF, ".call--hero") == []
        assert await page.evaluate(CUT_OFF, ".board__main") == []


@pytest.mark.gen_test
async def test_a_line_nobody_serves_does_not_promise_a_short_wait(day: Any) -> None:
    async with day() as hall:
        page = await hall.open(f"/board/{ZONE}", (1920, 1080))
        await page.wait_for_selector(".line--unserved .line__wait :text-is('窗口未开放')")
        await page.wait_for_selector(".line--unserved .line__wait :text-is('no window open')")
        await hall.do(m.OpenWindow(window=WINDOW, staff=STAFF))
        await page.wait_for_selector(".line:not(.line--unserved) .line__wait :text-is('无需等候')")


@pytest.mark.gen_test
async def test_the_board_says_the_day_in_the_hall_s_languages(day: Any) -> None:
    async with day() as hall:
        page = await hall.open(f"/board/{ZONE}", (1920, 1080))
        await page.wait_for_selector("#day .pair__zh")
        await expect(page.locator("#day .pair__zh")).to_contain_text("星期")
        await expect(page.locator("#day .pair__en")).to_contain_text("day")


@pytest.mark.gen_test
@pytest.mark.parametrize("size", [(1280, 400), (1920, 1080), (800, 480)])
async def test_the_screen_above_a_window_shows_its_number_in_every_state(day: Any, size: tuple[int, int]) -> None:
    async with day() as hall:
        await save_window(hall, WINDOW, number=88, **LONG)
        await hall.queue_up(1)
        page = await hall.open(f"/window-screen/{WINDOW}", size)
        await page.wait_for_selector(".ws[data-state=closed]")
        for state, command in (
            ("closed", None),
            ("idle", m.OpenWindow(window=WINDOW, staff=STAFF)),
            ("paused", m.PauseWindow(window=WINDOW, anyway=True)),
            ("idle", m.ResumeWindow(window=WINDOW)),
            ("calling", m.CallNext(window=WINDOW)),
            ("serving", m.StartService(window=WINDOW)),
        ):
            if command is not None:
                await hall.do(command)
            await page.wait_for_selector(f".ws[data-state={state}]")
            await expect(page.locator(".ws__plate .sign__digits")).to_have_text("88")
            assert await digits(page, ".ws__plate .sign__digits") >= size[1] / 5, state
            assert await page.evaluate(CUT_OFF, ".ws__plate") == [], state
        assert hall.complaints == []


@pytest.mark.gen_test
async def test_pad_console_and_manager_begin_with_the_number(day: Any) -> None:
    async with day() as hall:
        await save_window(hall, WINDOW, number=66)
        pad = await hall.open(f"/pad/{WINDOW}", (1280, 800))
        await pad.wait_for_selector("#window :text-is('66 号窗口')")
        desk = await hall.signed_in(STAFF, "/console", (1366, 768))
        await desk.wait_for_selector(".bar__number:text-is('66')")
        await hall.context.clear_cookies()
        manager = await hall.signed_in(MANAGER, "/manager", (1440, 900))
        await manager.wait_for_selector(".tile__number:text-is('66')")
        assert hall.complaints == []

"""What staff and managers settle: a visit's matters, its next window, a window's matters, a device's place."""

from __future__ import annotations

from typing import Any

import pytest

from hall_queue import messages as m
from hall_queue.model import MatterOutcome
from hall_queue.wait import Situation, Wait

pytestmark = pytest.mark.browser

STAFF, MANAGER, WINDOW = "s01", "m01", "w01"
CONSOLE, OFFICE = (1366, 768), (1440, 900)


async def serving(hall: Any) -> None:
    """One visitor is being served at the window."""
    await hall.queue_up(1)
    await hall.do(m.OpenWindow(window=WINDOW, staff=STAFF))
    await hall.do(m.CallNext(window=WINDOW))
    await hall.do(m.StartService(window=WINDOW))


@pytest.mark.gen_test
async def test_each_matter_of_a_visit_has_its_own_outcome(day: Any) -> None:
    async with day() as hall:
        await serving(hall)
        line = hall.server.directory.windows[WINDOW].lines[0]
        added = [one.id for one in hall.server.directory.matters.values() if one.line == line][:2]
        for matter in added:
            await hall.do(m.AddMatter(window=WINDOW, matter=matter))
        ticket = hall.queue.current(WINDOW)
        page = await hall.signed_in(STAFF, "/console", CONSOLE)
        await page.wait_for_selector("od-desk[data-state=serving]")
        await page.keyboard.press("g")
        await page.wait_for_selector(f"dialog .outcome[data-matter='{added[1]}']")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("5")
        await page.wait_for_selector(f"dialog .outcome[data-matter='{added[1]}'] .chip[aria-pressed=true]:nth-child(5)")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("od-desk[data-state=idle]")
        outcomes = {one.matter: one.outcome for one in ticket.matters}
        assert outcomes[added[0]] is MatterOutcome.ACCEPTED
        assert outcomes[added[1]] is MatterOutcome.MATERIALS_MISSING
        assert hall.complaints == []


@pytest.mark.gen_test
async def test_a_transfer_offers_the_windows_that_are_open_now_by_number(day: Any) -> None:
    async with day() as hall:
        await serving(hall)
        sent = hall.queue.current(WINDOW)
        page = await hall.signed_in(STAFF, "/console", CONSOLE)
        await page.wait_for_selector("od-desk[data-state=serving]")
        await hall.do(m.OpenWindow(window="w02", staff="s02"))
        await page.keyboard.press("t")
        await page.wait_for_selector(".choice__number:text-is('2')")
        await page.keyboard.type("2")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("od-desk[data-state=idle]")
        assert sent.directed_window == "w02"
        assert hall.complaints == []


@pytest.mark.gen_test
async def test_a_manager_restricts_a_window_to_some_matters_and_frees_it_again(day: Any) -> None:
    async with day() as hall:
        line = hall.server.directory.windows[WINDOW].lines[0]
        matter = next(one for one in hall.server.directory.matters.values() if one.line == line)
        page = await hall.signed_in(MANAGER, "/manager#windows", OFFICE)
        await page.click(f"#row-{WINDOW}")
        await page.fill("#f-matters input", matter.name)
        await page.click(f"#pick-{matter.id}")
        async with page.expect_response(f"**/windows/{WINDOW}"):
            await page.click("#save")
        await page.wait_for_selector("#save", state="detached")
        assert hall.server.directory.windows[WINDOW].matters == (matter.id,)

        await page.click(f"#row-{WINDOW}")
        await page.click(f".picks__one:has-text('{matter.name}') button")
        async with page.expect_response(f"**/windows/{WINDOW}"):
            await page.click("#save")
        await page.wait_for_selector("#save", state="detached")
        assert hall.server.directory.windows[WINDOW].matters == ()
        assert hall.complaints == []


@pytest.mark.gen_test
async def test_a_manager_moves_a_device_to_another_window(day: Any) -> None:
    async with day() as hall:
        page = await hall.signed_in(MANAGER, "/manager/devices", OFFICE)
        await page.click("#pair")
        await page.click("#other")
        await page.select_option("dialog select[name=kind]", "pad")
        await page.select_option("dialog select[name=place]", f"window {WINDOW}")
        await page.fill("dialog input[name=id]", "pad-x")
        await page.click("dialog [type=submit]")
        await page.click("#credential-close")
        await page.click(".dv-open:has-text('pad-x')")
        await page.click("#edit")
        await page.fill("dialog input[name=name]", "备用评价器")
        await page.select_option("dialog select[name=place]", "window w02")
        await page.click("dialog [type=submit]")
        await page.wait_for_selector("#detail-name:has-text('备用评价器')")
        device = hall.server.rooms["devices"].registry.active("pad-x")
        assert (device.window, device.zone, device.name) == ("w02", None, "备用评价器")
        assert hall.complaints == []


@pytest.mark.gen_test
async def test_a_promise_kept_too_seldom_is_marked_once_enough_waits_have_come_out(day: Any) -> None:
    async with day() as hall:
        page = await hall.signed_in(MANAGER, "/manager#live/hall", OFFICE)
        accuracy = hall.server.rooms["hall_queue"].hall.accuracy
        for ticket in range(50):
            accuracy.issued(str(ticket), "business", Situation(ahead=3, windows=1), 0.0, Wait(p50=60, p90=120))
            accuracy.called(str(ticket), 96.0 if ticket < 40 else 600.0)
        await hall.queue_up(1)
        await page.wait_for_selector("#estimate:has-text('平均差 2.3 分')")
        await page.wait_for_selector("#estimate:has-text('九成承诺：80%') .badge:text-is('说短了')")
        await page.click("#estimate")
        await page.wait_for_selector(".estimate-lines tr:nth-child(2):has-text('企业') .badge")
        assert hall.complaints == []

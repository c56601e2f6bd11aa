"""The modules that pages share keep their promises in a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from hall_queue import messages as m

pytestmark = pytest.mark.browser


@pytest.mark.gen_test
async def test_waits_are_ranges_that_people_understand(visiting: Any) -> None:
    async with visiting() as visit:
        await visit.open("/kiosk")
        shown = await visit.page.evaluate(
            """async () => {
                const { loadTexts } = await import("/static/i18n.js");
                const { waitRange } = await import("/static/numbers.js");
                await loadTexts("en");
                return [null, [20, 90], [100, 200], [640, 1150], [640, 600], [5400, 9000]].map(
                    (one) => waitRange(one && { p50: one[0], p90: one[1] }).replaceAll("\\u00a0", " "));
            }"""
        )
        assert shown == [
            "cannot be estimated yet",
            "any moment now",
            "about 1–4 min",
            "about 10–20 min",
            "about 10–15 min",
            "about 1 h 30 min to 2 h 30 min",
        ]


@pytest.mark.gen_test
async def test_identity_numbers_are_looked_at_as_the_standard_says(visiting: Any) -> None:
    async with visiting() as visit:
        await visit.open("/kiosk")
        faults = await visit.page.evaluate(
            """async () => {
                const { faultOf } = await import("/pages/hall_queue/id-number.js");
                const numbers = ["11010519491231002X", "110105194912310021", "110105194913310029", "1101051949"];
                const firstGeneration = "130503670401001";  // 15 digits; such cards ended in 2013
                return [...numbers, firstGeneration].map(faultOf);
            }"""
        )
        assert faults == ["", "check", "date", "short", "short"]


@pytest.mark.gen_test
async def test_windows_are_named_by_their_numbers(visiting: Any) -> None:
    async with visiting() as visit:
        await visit.open("/kiosk")
        shown = await visit.page.evaluate(
            """async () => {
                const { loadTexts } = await import("/static/i18n.js");
                const { windowNames, windowNumbers } = await import("/pages/hall_queue/windows.js");
                const one = (number) => ({ number, name: `${number}号窗口`, name_en: "Permits" });
                const at = (...numbers) => numbers.map(one);
                const said = [];
                for (const language of ["zh-CN", "en"]) {
                    await loadTexts(language);
                    for (const windows of [[], at(16), at(20, 16, 17), at(1, 2, 3, 4, 5, 9)]) {
                        said.push([windowNumbers(windows), windowNames(windows)].join("|").replaceAll("\\u00a0", " "));
                    }
                }
                return said;
            }"""
        )
        chinese = ["|", "16号窗口|", "16、17、20 号窗口|", "1–5、9 号窗口|"]
        english = ["|", "Window 16|Permits", "Windows 16, 17, 20|Permits", "Windows 1–5, 9|Permits"]
        assert shown == [*chinese, *english]


@pytest.mark.gen_test
async def test_times_are_the_halls_whatever_zone_the_device_is_in(visiting: Any) -> None:
    async with visiting() as visit:
        await visit.open("/kiosk")
        times = await visit.page.evaluate(
            """async () => {
                const { hallTime, syncClock } = await import("/static/clock.js");
                syncClock("2026-11-22T09:05:00+08:00");
                return ["2026-11-22T01:05:00Z", "2026-11-22T03:05:00+02:00", "2026-11-22T09:05:00"].map(hallTime);
            }"""
        )
        assert times == ["2026-11-22T09:05:00"] * 3


@pytest.mark.gen_test
async def test_a_write_without_an_answer_is_sent_once_more_with_the_same_key(visiting: Any) -> None:
    async with visiting() as visit:
        page, keys = visit.page, []
        await visit.open("/kiosk")
        await page.wait_for_selector(".k-tile")

        async def lose_the_first_answer(route: Any) -> None:
            keys.append(route.request.headers["idempotency-key"])
            if len(keys) == 1:
                await route.fetch()
                await route.abort()
            else:
                await route.continue_()

        await page.route("**/api/v1/tickets", lose_the_first_answer)
        await page.click(".k-tile")
        await page.click("#take")
        number = await page.inner_text(".k-ticket__number")
        assert len(keys) == 2
        assert keys[0] == keys[1]
        assert [ticket.number for ticket in visit.tickets] == [number]


@pytest.mark.gen_test
async def test_the_live_feed_says_it_is_lost_and_comes_back_with_what_was_missed(visiting: Any) -> None:
    async with visiting((390, 844)) as visit:
        page = visit.page
        line = next(iter(visit.server.directory.lines))
        await visit.do(m.IssueTicket(line=line, channel="kiosk"))
        ticket = visit.tickets[0]
        await page.add_init_script(
            """const Real = WebSocket; window.sockets = [];
               window.WebSocket = class extends Real {
                 constructor(url) {
                   super(window.isCut ? url.replace("/live", "/cut") : url);
                   window.sockets.push(this);
                   window.lastUrl = url;
                 }
               };"""
        )
        await visit.open(f"/t/{ticket.token}")
        await page.wait_for_selector("body[data-state=waiting]")
        await page.evaluate("window.isCut = true; window.sockets.at(-1).close()")
        await page.wait_for_selector(".linkbar")
        await page.evaluate("window.isCut = false; window.dispatchEvent(new Event('online'))")
        await page.wait_for_selector(".linkbar", state="detached")  # nothing was missed, so no picture came
        await page.evaluate("window.isCut = true; window.sockets.at(-1).close()")
        await page.wait_for_selector(".linkbar")
        await visit.do(m.CancelTicket(ticket=ticket.id))
        assert await page.get_attribute("body", "data-state") == "waiting"
        await page.evaluate("window.isCut = false; window.dispatchEvent(new Event('online'))")
        await page.wait_for_selector("body[data-state=cancelled]")
        await page.wait_for_selector(".linkbar", state="detached")
        assert "after=" in await page.evaluate("window.lastUrl")

"""A kiosk whose link is cut goes on giving numbers of its own, and hands them in when the link is back (rule 22)."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
import segno

from hall_queue import messages as m
from hall_queue.rule_events import SaveRules

pytestmark = pytest.mark.browser

TILE, TAKE, NUMBER = ".k-tile", "#take", ".k-ticket__number"
LEFT = """() => new Promise((resolve) => {
  const opening = indexedDB.open("onedoor-kiosk");
  opening.onsuccess = () => {
    const { result } = opening;
    const asked = result.transaction("state").objectStore("state").get("numbers");
    asked.onsuccess = () => { result.close(); resolve((asked.result?.blocks ?? []).length); };
  };
})"""
PENDING = """() => new Promise((resolve) => {
  const opening = indexedDB.open("onedoor-kiosk");
  opening.onsuccess = () => {
    const { result } = opening;
    const asked = result.transaction("tickets").objectStore("tickets").getAll();
    asked.onsuccess = () => { result.close(); resolve(asked.result); };
  };
})"""


CACHED = "async () => (await (await caches.open('onedoor-kiosk-1')).keys()).map((one) => one.url)"
ALL_CACHED = f"""async () => {{
  const kept = await ({CACHED})();
  const loaded = performance.getEntriesByType("resource").map((one) => one.name);
  return [location.href, ...loaded.filter((url) => /[.](js|css)$/.test(url))].every((url) => kept.includes(url));
}}"""
QR = "import('/pages/hall_queue/kiosk-qr.js')"


async def prepared(visit: Any, path: str = "/kiosk") -> None:
    """Open the kiosk and wait until it keeps numbers."""
    await visit.open(path)
    await visit.page.wait_for_selector(TILE)
    await visit.page.wait_for_function(LEFT)


async def cut(visit: Any) -> None:
    await visit.page.context.set_offline(True)
    await visit.page.wait_for_selector("body[data-view=offline]")


async def take(visit: Any, nth: int = 0) -> str:
    await visit.page.click(f"{TILE} >> nth={nth}")
    await visit.page.click(TAKE)
    number: str = await visit.page.inner_text(NUMBER)
    return number


async def until(is_so: Any) -> None:
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110  # the hall's state has no event to wait for
            await asyncio.sleep(0.05)  # the browser, a process of its own, does it


@pytest.mark.gen_test(timeout=120)
async def test_numbers_given_without_the_link_are_handed_in_and_called(visiting: Any) -> None:
    async with visiting() as visit:
        await prepared(visit)
        await cut(visit)
        first = await take(visit)
        assert await visit.page.inner_text(".k-off__mark") == "离线"
        await visit.page.click("#done")
        await visit.page.wait_for_selector("body[data-view=offline]")
        second = await take(visit)
        kept = await visit.page.evaluate(PENDING)
        assert {one["number"] for one in kept} == {first, second}
        assert not any("person" in one or "id_number" in one for one in kept)
        await visit.page.context.set_offline(False)
        await until(lambda: len(visit.tickets) == 2)
        assert [(one.number, one.offline) for one in visit.tickets] == [(first, True), (second, True)]
        await visit.page.wait_for_function(f"async () => (await ({PENDING})()).length === 0")
        await visit.page.click("#done")
        await visit.page.wait_for_selector("body[data-view=home]")
        line = visit.tickets[0].line
        window = visit.server.directory.windows_of_line(line)[0].id
        await visit.do(m.OpenWindow(window=window, staff="s01"))
        await visit.do(m.CallNext(window=window))
        assert visit.server.rooms["hall_queue"].queue.current(window).number == first


@pytest.mark.gen_test(timeout=120)
async def test_a_reload_and_a_second_cut_never_repeat_a_number(visiting: Any) -> None:
    async with visiting() as visit:
        await prepared(visit)
        await cut(visit)
        seen = [await take(visit)]
        await visit.page.context.set_offline(False)
        await until(lambda: len(visit.tickets) == 1)
        await visit.page.reload()
        await visit.page.wait_for_selector(TILE)
        await cut(visit)
        seen.append(await take(visit))
        await visit.page.context.set_offline(False)
        await until(lambda: len(visit.tickets) == 2)
        assert len(set(seen)) == 2


@pytest.mark.gen_test(timeout=120)
async def test_a_kiosk_with_no_numbers_left_points_to_the_guide_desk(visiting: Any) -> None:
    async with visiting() as visit:
        await visit.do(SaveRules(values={"offline_block": 1}, reason="test"))
        await prepared(visit)
        await cut(visit)
        for _ in visit.server.directory.lines_in_order():
            await take(visit)
            await visit.page.click("#done")
            await visit.page.wait_for_selector("body[data-view=offline]")
        assert await visit.page.inner_text("h1") == "请到咨询台取号"
        assert await visit.page.locator(TILE).count() == 0


@pytest.mark.gen_test(timeout=120)
async def test_what_was_chosen_when_the_link_was_cut_is_kept(visiting: Any) -> None:
    async with visiting() as visit:
        await prepared(visit)
        await visit.page.click(TILE)
        chosen = await visit.page.inner_text("h1")
        await visit.page.context.set_offline(True)
        await visit.page.wait_for_selector("body[data-view=offline_take]")
        assert await visit.page.inner_text("h1") == chosen
        await visit.page.context.set_offline(False)
        await visit.page.wait_for_selector("body[data-view=sheet]")
        assert await visit.page.inner_text("h1") == chosen


@pytest.mark.gen_test(timeout=120)
async def test_an_offline_slip_leads_to_the_phone_page_once_it_was_handed_in(visiting: Any) -> None:
    async with visiting() as visit:
        await prepared(visit)
        await cut(visit)
        await take(visit)
        [ticket] = await visit.page.evaluate(PENDING)
        phone = await visit.page.context.browser.new_page()
        await phone.goto(f"{visit.address}/t/offline/{ticket['key']}")
        await phone.wait_for_selector("body[data-state=pending]")
        await visit.page.context.set_offline(False)
        await phone.wait_for_url(re.compile(r"/t/[\w-]{22}$"))
        await phone.wait_for_selector("body[data-state=waiting]")


@pytest.mark.gen_test(timeout=120)
async def test_where_the_browser_allows_it_a_reload_without_the_server_still_gives_numbers(visiting: Any) -> None:
    async with visiting() as visit:
        await prepared(visit)
        await visit.page.wait_for_function(ALL_CACHED)
        await visit.page.context.set_offline(True)
        await visit.page.reload()
        await visit.page.wait_for_selector("body[data-view=offline]")
        number = await take(visit)
        kept = await visit.page.evaluate(CACHED)
        assert not [url for url in kept if "/api/" in url and "/locales/" not in url]
        await visit.page.context.set_offline(False)
        await until(lambda: len(visit.tickets) == 1)
        assert visit.tickets[0].number == number


@pytest.mark.gen_test(timeout=120)
async def test_the_kiosks_own_qr_codes_are_those_of_the_standard(visiting: Any) -> None:
    async with visiting() as visit:
        await visit.open("/kiosk")
        for version, most in enumerate((14, 26, 42, 62, 84, 106), start=1):
            text = ("http://10.0.0.9:8080/t/offline/" + "Ab3-_" * 20)[:most]
            cells = await visit.page.evaluate(
                f"async (text) => (await {QR}).qrMatrix(text).map((row) => row.map(Number))",
                text,
            )
            codes = (
                segno.make(text, version=version, error="m", mask=mask, mode="byte", boost_error=False, micro=False)
                for mask in range(8)
            )
            assert any([list(row) for row in code.matrix] == cells for code in codes), version
        assert (
            await visit.page.evaluate(
                "async () => (await import('/pages/hall_queue/kiosk-qr.js')).qrMatrix('x'.repeat(107))"
            )
            is None
        )

"""A kiosk whose link is cut goes on giving numbers of its own, and hands them in when the link is back (rule 22)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.async_api import expect

from hall_queue import messages as m
from hall_queue import web
from hall_queue.offline import web as offline_web
from hall_queue.offline import worker as worker_file
from hall_queue.rule_events import SaveRules
from tests.browser.waiting import holds, until

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


CACHED = """async () => {
  const [name, ...others] = await caches.keys();
  return others.length || !name ? [] : (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname);
}"""
IS_KEPT = f"async () => (await ({CACHED})()).includes('/kiosk') && Boolean(navigator.serviceWorker.controller)"
VERSION = "async () => (await caches.keys()).join()"
LOADED = """() => performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname)
  .filter((path) => /[.](js|css|svg)$/.test(path) && path !== "/kiosk-worker.js")"""
QR = "import('/pages/hall_queue/kiosk-qr.js')"


async def prepared(visit: Any, path: str = "/kiosk") -> None:
    """Open the kiosk and wait until it keeps numbers."""
    await visit.open(path)
    await visit.page.wait_for_selector(TILE)
    await holds(visit.page, LEFT)


async def cut(visit: Any) -> None:
    await visit.page.context.set_offline(True)
    await visit.page.wait_for_selector("body[data-view=offline]")


async def take(visit: Any, nth: int = 0) -> str:
    await visit.page.click(f"{TILE} >> nth={nth}")
    await visit.page.click(TAKE)
    number: str = await visit.page.inner_text(NUMBER)
    return number


@pytest.mark.gen_test(timeout=120)
async def test_numbers_given_without_the_link_are_handed_in_and_called(visiting: Any) -> None:
    async with visiting() as visit:
        await prepared(visit)
        await cut(visit)
        first = await take(visit)
        await expect(visit.page.locator(".k-off__mark")).to_have_text("离线")
        await visit.page.click("#done")
        await visit.page.wait_for_selector("body[data-view=offline]")
        second = await take(visit)
        kept = await visit.page.evaluate(PENDING)
        assert {one["number"] for one in kept} == {first, second}
        assert not any("person" in one or "id_number" in one for one in kept)
        await visit.page.context.set_offline(False)
        await until(lambda: len(visit.tickets) == 2)
        assert [(one.number, one.offline) for one in visit.tickets] == [(first, True), (second, True)]
        await holds(visit.page, f"async () => (await ({PENDING})()).length === 0")
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
        await expect(visit.page.locator("h1")).to_have_text("请到咨询台取号")
        await expect(visit.page.locator(TILE)).to_have_count(0)


@pytest.mark.gen_test(timeout=120)
async def test_what_was_chosen_when_the_link_was_cut_is_kept(visiting: Any) -> None:
    async with visiting() as visit:
        await prepared(visit)
        await visit.page.click(TILE)
        chosen = await visit.page.inner_text("h1")
        await visit.page.context.set_offline(True)
        await visit.page.wait_for_selector("body[data-view=offline_take]")
        await expect(visit.page.locator("h1")).to_have_text(chosen)
        await visit.page.context.set_offline(False)
        await visit.page.wait_for_selector("body[data-view=sheet]")
        await expect(visit.page.locator("h1")).to_have_text(chosen)


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
        await holds(visit.page, IS_KEPT)
        loaded = await visit.page.evaluate(LOADED)
        kept = await visit.page.evaluate(CACHED)
        assert set(loaded) <= set(kept)
        assert not [path for path in kept if "/api/" in path and "/locales/" not in path]
        await visit.page.context.set_offline(True)
        await visit.page.reload()
        await visit.page.wait_for_selector("body[data-view=offline]")
        number = await take(visit)
        await visit.page.context.set_offline(False)
        await until(lambda: len(visit.tickets) == 1)
        assert visit.tickets[0].number == number


@pytest.fixture
def another_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Serve the kiosk's files from a copy; gives them another version each time it is called."""
    copy = tmp_path / "pages"
    shutil.copytree(web.PAGES, copy)
    monkeypatch.setattr(web, "PAGES", copy)
    monkeypatch.setattr(offline_web, "PAGES", copy)
    script = copy / "kiosk-parts.js"
    text = script.read_text("utf-8")

    def update(version: str) -> None:
        script.write_text(f"{text}\ndocument.documentElement.dataset.version = {version!r};\n", "utf-8")

    return update


@pytest.mark.gen_test(timeout=120)
async def test_after_an_update_of_the_server_no_old_page_comes_from_the_cache(
    visiting: Any, another_version: Callable[[str], None]
) -> None:
    another_version("one")
    async with visiting() as visit:
        await prepared(visit)
        await holds(visit.page, IS_KEPT)
        before = await visit.page.evaluate(VERSION)
        another_version("two")
        await visit.page.reload()
        await visit.page.wait_for_selector("html[data-version=two]")  # with the server there, always its own
        await holds(visit.page, f"async (before) => !(await ({VERSION})()).includes(before)", before)
        await holds(visit.page, IS_KEPT)
        await visit.page.context.set_offline(True)
        await visit.page.reload()
        await visit.page.wait_for_selector("body[data-view=offline]")
        await expect(visit.page.locator("html")).to_have_attribute("data-version", "two")


@pytest.mark.gen_test(timeout=120)
async def test_a_kiosk_that_stays_loaded_takes_the_new_version_when_the_server_is_back(
    visiting: Any, another_version: Callable[[str], None]
) -> None:
    another_version("one")
    async with visiting() as visit:
        await prepared(visit)
        await holds(visit.page, IS_KEPT)
        await visit.page.wait_for_selector("html[data-version=one]")
        await cut(visit)
        another_version("two")
        await visit.page.context.set_offline(False)
        await visit.page.wait_for_selector("html[data-version=two] body[data-view=home]")


@pytest.mark.gen_test(timeout=120)
async def test_a_version_that_does_not_come_whole_leaves_the_one_before(
    visiting: Any, another_version: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    another_version("one")
    async with visiting() as visit:
        await prepared(visit)
        await holds(visit.page, IS_KEPT)
        before = await visit.page.evaluate(VERSION)
        real = worker_file._files
        monkeypatch.setattr(worker_file, "_files", lambda *all_: [*real(*all_), ("/static/not-there.js", b"")])
        failed = await visit.page.evaluate(
            """async () => {
              const registration = await navigator.serviceWorker.ready;
              const found = new Promise((resolve) => registration.addEventListener("updatefound", () => {
                registration.installing.addEventListener("statechange", ({ target }) => resolve(target.state));
              }, { once: true }));
              await registration.update();
              return found;
            }"""
        )
        assert failed == "redundant"
        await visit.page.context.set_offline(True)
        await visit.page.reload()
        await visit.page.wait_for_selector("body[data-view=offline]")
        assert before in await visit.page.evaluate(VERSION)


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

"""The pad at its real sizes: who sits here, one question for each matter, and nothing lost without the link."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, expect

from hall_queue import messages as m
from hall_server.directory.commands import SaveStaff
from hall_server.identity import SYSTEM
from tests.browser.waiting import sized, until

pytestmark = pytest.mark.browser

SIZES = ((1024, 600), (1280, 800), (360, 740), (1080, 1920))
OUTSIDE = """(root) => [...document.querySelectorAll(`${root} *`)].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
}).map((one) => one.className)"""
CUT_OFF = "[...document.querySelectorAll('.level')].some((one) => one.scrollWidth > one.clientWidth + 1)"


async def skip_more(page: Page) -> None:
    """Leave the second page as it is."""
    await page.click("#why-skip")


@pytest.mark.gen_test
async def test_the_idle_face_shows_who_sits_here_and_what_they_are_honoured_for(rated: Any) -> None:
    async with rated() as hall:
        member = hall.server.directory.staff["s01"]
        await hall.do(SaveStaff(item=msgspec.structs.replace(member, marks=("party", "model"))), SYSTEM)
        page = await hall.page("/pad/w01")
        await page.wait_for_selector(".idle--stopped")
        await hall.open()
        await page.wait_for_selector(".sign__name:text-is('陈晓梅')")
        await expect(page.locator(".sign__number")).to_have_text("工号 1001")
        assert [await one.inner_text() for one in await page.query_selector_all(".sign__mark")] == [
            "党员先锋岗",
            "示范岗",
        ]
        await hall.do(m.PauseWindow(window="w01", reason="break"))
        await page.wait_for_selector(".idle--stopped :text-is('暂停服务')")


@pytest.mark.gen_test
async def test_matters_are_asked_one_after_the_other_and_one_may_be_skipped(rated: Any) -> None:
    async with rated() as hall:
        page = await hall.page("/pad/w01")
        await page.wait_for_selector(".idle")
        ticket = await hall.served(3)
        name = hall.server.directory.matters[ticket.matters[0].matter].name
        await page.wait_for_selector(f".ask__matter:text-is('{name}')")
        await expect(page.locator(".ask__place")).to_have_text("第 1 项，共 3 项")
        await page.click("#level-2")
        await skip_more(page)
        await page.wait_for_selector(".ask__place:text-is('第 2 项，共 3 项')")
        await page.click("#skip-matter")
        await page.wait_for_selector(".ask__place:text-is('第 3 项，共 3 项')")
        await page.click("#level-1")
        await skip_more(page)
        await page.wait_for_selector(".idle--thanks")
        await until(lambda: hall.levels(ticket) == [2, None, 1])  # thanked at once, handed in meanwhile


@pytest.mark.gen_test
async def test_one_matter_is_asked_for_as_ever_without_counting_and_nothing_is_chosen_before(rated: Any) -> None:
    async with rated() as hall:
        page = await hall.page("/pad/w01")
        await page.wait_for_selector(".idle")
        await hall.served()
        await page.wait_for_selector("#level-1")
        assert await page.query_selector(".ask__place, #skip-matter") is None
        looks = await page.evaluate(
            "[...document.querySelectorAll('.level')].map((one) => {"
            " const s = getComputedStyle(one), i = getComputedStyle(one.querySelector('svg'));"
            " return [s.backgroundColor, s.borderColor, s.width, i.color].join(); })"
        )
        assert len(looks) == 5
        assert len(set(looks)) == 1
        assert await page.evaluate("document.activeElement === document.body")


@pytest.mark.gen_test
async def test_aspects_may_be_said_after_any_level_and_a_phone_after_a_bad_one(rated: Any) -> None:
    async with rated() as hall:
        page = await hall.page("/pad/w01")
        await page.wait_for_selector(".idle")
        ticket = await hall.served(2)
        await page.click("#level-1")
        await page.click("#aspect-skill")
        assert await page.query_selector("#reason-slow, #why-text, #why-phone") is None
        await page.click("#why-send")
        await page.click("#level-5")
        await page.click("#aspect-attitude")
        await page.click("#reason-slow")
        await page.fill("#why-text", "<b>慢</b>")
        await page.fill("#why-phone", "12")
        await page.click("#why-send")
        await page.wait_for_selector("#why-error:text-is('这不像一个电话号码')")
        await page.fill("#why-phone", "139 0000 1234")
        await page.click("#why-send")
        await until(lambda: (rating := hall.ratings.of(ticket.id, ticket.matters[1].matter)) and rating.person)
        good, bad = (hall.ratings.of(ticket.id, one.matter) for one in ticket.matters)
        assert (good.level, good.aspects, good.reasons) == (1, ("skill",), ())
        assert (bad.level, bad.aspects, bad.reasons) == (5, ("attitude",), ("slow",))
        assert (await hall.server.vault.open(bad.person)).phone == "13900001234"
        assert await hall.server.rooms["evaluation"].intake.text(bad.text) == "<b>慢</b>"


@pytest.mark.gen_test
async def test_when_nobody_answers_the_second_page_the_level_stays(rated: Any) -> None:
    async with rated() as hall:
        page = await hall.page("/pad/w01")
        await page.wait_for_selector(".idle")
        ticket = await hall.served()
        await page.wait_for_selector("#level-3")
        await page.clock.install()
        await page.click("#level-3")
        await page.wait_for_selector("#aspect-skill")
        await until(lambda: hall.levels(ticket) == [3])
        await page.clock.fast_forward(21_000)
        await page.wait_for_selector(".idle--thanks")
        assert hall.levels(ticket) == [3]
        assert hall.ratings.of(ticket.id).aspects == ()


@pytest.mark.gen_test
async def test_the_next_visitor_ends_what_the_last_one_left_and_keeps_what_was_chosen(rated: Any) -> None:
    async with rated() as hall:
        page = await hall.page("/pad/w01")
        await page.wait_for_selector(".idle")
        ticket = await hall.served()
        await page.click("#level-4")
        await page.click("#reason-waiting")
        await hall.issue()
        await hall.do(m.CallNext(window="w01"))
        await page.wait_for_selector(".serving--calling")
        await until(lambda: (rating := hall.ratings.of(ticket.id)) and rating.reasons == ("waiting",))


@pytest.mark.gen_test
async def test_ratings_given_without_the_link_outlive_a_reload_and_are_handed_in_once(rated: Any) -> None:
    async with rated() as hall:
        page = await hall.page("/pad/w01")
        await page.wait_for_selector(".idle")
        ticket = await hall.served(2)
        await page.wait_for_selector("#level-4")
        await page.route("**/api/v1/ratings", lambda route: route.abort())
        await page.click("#level-4")
        await page.click("#reason-slow")
        await page.click("#why-send")
        await page.click("#level-1")
        await skip_more(page)
        await page.wait_for_selector(".idle--thanks")
        await page.wait_for_selector("#link:not([hidden])")
        await page.reload()
        await page.wait_for_selector("#link:not([hidden])")
        assert await page.query_selector("#level-1") is None, "what was answered here is not asked again"
        assert hall.levels(ticket) == [None, None]
        await page.unroute("**/api/v1/ratings")
        await page.wait_for_selector("#link", state="hidden")
        await until(lambda: hall.levels(ticket) == [4, 1])
        assert hall.ratings.of(ticket.id, ticket.matters[0].matter).reasons == ("slow",)
        assert hall.ratings.counts == [1, 0, 0, 1, 0]
        assert all(not one.marks for one in hall.ratings.by_id.values())


@pytest.mark.gen_test
async def test_a_link_that_is_lost_for_the_whole_visit_of_the_next_one_loses_nothing(rated: Any) -> None:
    async with rated() as hall:
        page = await hall.page("/pad/w01")
        await page.wait_for_selector(".idle")
        first = await hall.served()
        await page.wait_for_selector("#level-5")
        await page.context.set_offline(True)
        await page.click("#level-5")
        await page.click("#why-skip")
        await page.wait_for_selector(".idle--thanks")
        await hall.served()
        assert hall.ratings.by_id == {}
        await page.context.set_offline(False)
        await page.wait_for_selector("#link", state="hidden")
        await until(lambda: hall.levels(first) == [5])


@pytest.mark.gen_test
async def test_another_module_may_take_over_the_face_and_give_it_back(rated: Any) -> None:
    async with rated() as hall:
        page = await hall.page("/pad/w01")
        await page.wait_for_selector(".idle")
        await page.evaluate(
            """async () => {
              const { registerFace } = await import('/pages/evaluation/pad-hooks.js');
              const node = Object.assign(document.createElement('section'), { id: 'other', textContent: 'w' });
              let shows = true;
              const face = registerFace({ name: 'test', priority: 10, of: (view) => (shows ? node : null) });
              registerFace({ name: 'broken', priority: 20, of: () => { throw new Error('face'); } });
              document.addEventListener('give-back', () => { shows = false; face.redraw(); });
            }"""
        )
        await page.wait_for_selector("#other")
        ticket = await hall.served()
        await page.wait_for_selector("#other")
        assert await page.query_selector("#level-1") is None
        await page.evaluate("document.dispatchEvent(new Event('give-back'))")
        await page.click("#level-2")
        await skip_more(page)
        await page.wait_for_selector(".idle--thanks")
        await until(lambda: hall.levels(ticket) == [2])
        assert {one.split("\n")[0] for one in hall.complaints} == {"script: face"}
        hall.complaints.clear()


async def fits(page: Page) -> None:
    """Nothing of the face that is shown is outside a screen of any size, and no level is cut off."""
    for size in SIZES:
        await sized(page, size)
        assert await page.evaluate(OUTSIDE, "body") == [], size
        assert not await page.evaluate(CUT_OFF), size


@pytest.mark.gen_test
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_no_face_is_wider_than_its_screen(rated: Any, lang: str) -> None:
    async with rated() as hall:
        page = await hall.page(f"/pad/w01?lang={lang}", SIZES[-1], lang=lang)
        await page.wait_for_selector(".idle--stopped")
        await hall.open()
        await page.wait_for_selector(".sign")
        await fits(page)
        await hall.served(3)
        await page.wait_for_selector("#level-5")
        await fits(page)
        await page.click("#level-5")
        await page.wait_for_selector("#why-phone")
        await fits(page)
        await page.click("#why-skip")
        await page.click("#level-1")
        await page.wait_for_selector("#aspect-skill")
        await fits(page)

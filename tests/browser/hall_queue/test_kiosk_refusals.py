"""The kiosk's sheets: every refusal says what to do instead, and its large button does it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from playwright.async_api import expect

from hall_queue import messages as m
from hall_queue.rule_events import SaveRules
from hall_server.directory.commands import SaveWindow
from hall_server.identity import Actor, Role
from tests.browser.waiting import sized
from tests.fakes.hall import manager

pytestmark = pytest.mark.browser

ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999
TILE, TAKE, NUMBER = ".k-tile:not([disabled])", "#take", ".k-ticket__number"
SIZES = ((1080, 1920), (1920, 1080), (1366, 768))
CODES = {
    "hall.closed": {"opens": "2030-01-02T09:00:00+08:00"},
    "hall.last_ticket": {"closes": "2030-01-02T17:00:00+08:00"},
    "hall.no_time_left": {"closes": "2030-01-02T17:00:00+08:00"},
    "hall.emergency": {"text": "消防演练", "text_en": "Fire drill"},
    "line.closed": {"cause": "alone"},
    "line.quota_used": {"quota": 60},
    "line.band_used": {"until": "13:30", "quota": 20},
    "matter.no_window": {},
    "kiosk.no_paper": {},
    "person.too_many": {"most": 2},
    "person.restricted": {"until": "2030-02-01"},
    "person.refused_outside": {"reason": ""},
}
CUT = """() => {
  const wrong = [];
  for (const node of document.querySelectorAll(".k-stop button, .k-foot button, .k-stop h1, .k-stop__todo")) {
    const box = node.getBoundingClientRect();
    if (box.height < (node.tagName === "BUTTON" ? 47.5 : 1)) wrong.push(`small ${node.textContent} ${box.height}`);
    const edge = (node.closest("main") ?? document.body).getBoundingClientRect();
    const over = Math.max(edge.left - box.left, box.right - edge.right, edge.top - box.top, box.bottom - edge.bottom);
    if (over > 1) wrong.push(`cut ${node.className} ${node.textContent} ${over}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("wider than the screen");
  return wrong;
}"""


async def rules(visit: Any, *, lines: dict[str, dict[str, Any]] | None = None, **values: Any) -> None:
    await visit.server.execute(SaveRules(values=values, lines=lines or {}, reason="test"), actor=manager())


async def line_sheet(visit: Any, line: str) -> None:
    """Open the sheet of a line from the kiosk's start."""
    await visit.open("/kiosk")
    await visit.page.click(".k-way:has-text('按业务取号')")
    await visit.page.click(f".k-tile >> text={visit.server.directory.lines[line].name}")


async def matter_of(visit: Any, line: str) -> Any:
    """Open the sheet of the first frequent matter that waits in a line."""
    matter = next(one for one in visit.server.directory.frequent_matters() if one.line == line)
    await visit.open("/kiosk")
    await visit.page.wait_for_selector(TILE)
    while not await visit.page.locator(f".k-tile:has-text('{matter.name}')").count():
        await visit.page.click(".k-paged__nav .btn >> nth=1")
    await visit.page.click(f".k-tile:has-text('{matter.name}')")
    return matter


def refusing(code: str, fields: dict[str, Any]) -> Callable[[Any], Coroutine[Any, Any, None]]:
    """Answers every wish for a number with this refusal."""
    body = json.dumps({"error": {"code": code, "message": "", "fields": fields}})

    async def refuse(route: Any) -> None:
        await route.fulfill(status=409, body=body, content_type="application/json")

    return refuse


async def types_the_number(page: Any) -> None:
    await page.wait_for_selector(".k-id")
    await page.keyboard.type(ID_NUMBER)
    await page.keyboard.press("Enter")


@pytest.mark.gen_test
@pytest.mark.parametrize("how", ["lang=zh-CN", "lang=en", "lang=zh-CN&large=1", "lang=en&large=1"])
async def test_every_refusal_fits_every_screen(visiting: Any, how: str) -> None:
    async with visiting(SIZES[0]) as visit:
        page, found = visit.page, {}
        await rules(visit, guide_line="general")
        await visit.open(f"/kiosk?{how}")
        for code, fields in CODES.items():
            await page.route("**/api/v1/tickets", refusing(code, fields))
            await page.click(TILE)
            await page.click(TAKE)
            await page.wait_for_selector(f".k-stop__card[data-code='{code}']")
            ways = await page.locator(".k-stop__ways .btn").count()
            has_key = "kiosk.stop" in await page.inner_text(".k-stop__card")
            found[code] = [f"{ways} ways"] if not 1 <= ways <= 2 else []
            found[code] += ["a key without a text"] if has_key else []
            for size in (*SIZES[1:], SIZES[0]):
                await sized(page, size)
                found[code] += [f"{size}: {wrong}" for wrong in await page.evaluate(CUT)]
            await page.unroute("**/api/v1/tickets")
            await page.click("#home")
        assert {code: wrong for code, wrong in found.items() if wrong} == {}


@pytest.mark.gen_test
async def test_whom_no_window_serves_gets_a_number_for_the_guide_desk(visiting: Any) -> None:
    async with visiting() as visit:
        page, directory = visit.page, visit.server.directory
        await rules(visit, guide_line="general")
        matter = await matter_of(visit, "tax")
        for window in directory.windows_of_line("tax"):
            served = tuple(one.id for one in directory.matters.values() if one.line == "tax" and one.id != matter.id)
            item = type(window)(
                **{name: getattr(window, name) for name in window.__struct_fields__}
                | {"matters": served[:1], "lines": ("tax",)}
            )
            await visit.server.execute(SaveWindow(item=item), actor=manager())
        await page.click(TAKE)
        await page.click("#guide")
        await page.wait_for_selector(NUMBER)
        assert [ticket.line for ticket in visit.tickets] == ["general"]


@pytest.mark.gen_test
async def test_a_line_without_numbers_says_so_before_the_tap_and_leads_to_an_appointment(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await rules(visit, lines={"tax": {"quota_day": 0}, "labour": {"quota_day": 4}})
        await visit.open("/kiosk")
        await page.click(".k-way:has-text('按业务取号')")
        tile = page.locator(".k-tile", has_text=visit.server.directory.lines["tax"].name)
        await expect(tile).to_contain_text("今天的号已取完")
        few = page.locator(".k-tile", has_text=visit.server.directory.lines["labour"].name)
        await expect(few).to_contain_text("还剩 4 个号")
        await tile.click()
        await expect(page.locator("#book")).to_be_visible()
        await expect(page.locator(TAKE)).to_have_count(0)
        await page.click("#book")
        await page.wait_for_function("document.querySelector('.k-stop__code').naturalWidth > 0")
        assert visit.tickets == []


@pytest.mark.gen_test
async def test_a_kiosk_without_paper_gives_the_number_on_the_screen(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        visit.server.rooms["hall_queue"].hall.ports.has_paper = lambda _: False
        await page.add_init_script("window.prints = 0; window.print = () => { window.prints += 1; }")
        await visit.open("/kiosk?print=1")
        await page.click(TILE)
        await page.click(TAKE)
        await page.click("#phone")
        await page.wait_for_selector(NUMBER)
        await page.wait_for_function("document.querySelector('.k-qr img').naturalWidth > 0")
        assert [ticket.channel for ticket in visit.tickets] == ["phone"]
        await expect(page.locator("#reprint")).to_have_count(0)
        assert await page.evaluate("window.prints") == 0


@pytest.mark.gen_test
async def test_a_line_bound_to_the_id_asks_for_it_before_the_ticket_and_takes_no_no(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await rules(visit, lines={"labour": {"id_required": True}})
        await line_sheet(visit, "labour")
        await expect(page.locator(".k-idwhy")).to_contain_text("实名")
        await page.click(TAKE)
        await page.wait_for_selector(".k-id")
        await expect(page.locator(".k-id__ways .btn", has_text="不填")).to_have_count(0)
        await page.click(".k-id__ways .btn >> nth=0")  # cancel
        assert visit.tickets == []
        await page.click(TAKE)
        await types_the_number(page)
        await page.wait_for_selector(NUMBER)
        (ticket,) = visit.tickets
        assert ticket.person is not None


@pytest.mark.gen_test
async def test_a_line_that_became_bound_to_the_id_meanwhile_asks_for_it_too(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await line_sheet(visit, "labour")
        await page.wait_for_selector(TAKE)
        await rules(visit, lines={"labour": {"id_required": True}})
        await page.click(TAKE)
        await types_the_number(page)
        await page.click(TAKE)
        await page.wait_for_selector(NUMBER)
        assert len(visit.tickets) == 1


@pytest.mark.gen_test
async def test_several_matters_go_on_one_number_and_can_be_taken_off_again(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await visit.open("/kiosk")
        await page.click(TILE)
        await page.click("#add")
        await page.click(TILE)
        await page.click("#add")
        await page.click(TILE)
        await expect(page.locator(".k-matter")).to_have_count(3)
        await expect(page.locator("#add")).to_have_count(0)  # the hall's limit
        await page.click(".k-matter__remove >> nth=0")
        await expect(page.locator(".k-matter")).to_have_count(2)
        names = await page.locator(".k-matter__name").all_inner_texts()
        await page.click(TAKE)
        await page.wait_for_selector(NUMBER)
        (ticket,) = visit.tickets
        matters = visit.server.directory.matters
        assert [matters[line.matter].name for line in ticket.matters] == names
        shown = await page.inner_text(".k-ticket__what")
        assert all(name in shown for name in names)


@pytest.mark.gen_test
async def test_leaving_while_choosing_one_more_forgets_the_visit(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await visit.open("/kiosk")
        await page.click(TILE)
        await page.click("#add")
        await page.click("#home")
        await page.click(TILE)
        await page.click(TAKE)
        await page.wait_for_selector(NUMBER)
        (ticket,) = visit.tickets
        assert len(ticket.matters) == 1


@pytest.mark.gen_test
async def test_a_class_of_priority_is_chosen_with_one_tap_and_goes_with_the_number(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await visit.open("/kiosk")
        await page.click(TILE)
        await page.click(".k-class:has-text('残疾人')")
        await expect(page.locator(".k-class[aria-checked=true]")).to_have_count(1)
        await page.click(TAKE)
        await page.wait_for_selector(NUMBER)
        assert [ticket.priority for ticket in visit.tickets] == ["disabled"]


@pytest.mark.gen_test
async def test_who_holds_a_number_for_it_is_shown_that_number_and_the_people_ahead_now(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        for _ in range(2):
            await visit.open("/kiosk")
            await page.click(TILE)
            await page.click("#id-number")
            await types_the_number(page)
            await page.click(TAKE)
            await page.wait_for_selector(NUMBER)
        assert len(visit.tickets) == 1
        await expect(page.locator(NUMBER)).to_have_text(visit.tickets[0].number)


@pytest.mark.gen_test
async def test_a_closed_hall_says_so_on_its_first_page(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await visit.open("/kiosk")
        await page.wait_for_selector(TILE)
        await expect(page.locator(".k-closednow")).to_be_hidden()
        shown = {"open": False, "reason": "hall.closed", "opens": "2030-01-02T09:00:00+08:00", "closes": None}

        async def closed(route: Any) -> None:
            reply = await route.fetch()
            await route.fulfill(json={**await reply.json(), "taking": shown})

        await page.route("**/api/v1/hall", closed)
        await visit.open("/kiosk")
        await page.wait_for_selector(".k-closednow:visible")
        await expect(page.locator(".k-closednow")).to_contain_text("09:00")
        await page.click(TILE)
        await page.wait_for_selector(".k-stop__card[data-code='hall.closed']")
        await expect(page.locator(".k-guide")).to_have_count(1)


# -- the phone


async def on_the_phone(visit: Any, *, ahead: int) -> str:
    """A ticket of the tax line with so many people ahead, followed on the phone; gives the window that calls."""
    window = "w10"
    await visit.server.execute(m.OpenWindow(window=window), actor=clerk(window))
    for _ in range(ahead + 1):
        await visit.do(m.IssueTicket(line="tax", channel="kiosk"))
    await phone(visit)
    await visit.page.wait_for_selector("body[data-state=waiting]")
    return window


async def phone(visit: Any) -> None:
    """Open the page of the last ticket on a phone that speaks Chinese."""
    await visit.page.add_init_script("localStorage.setItem('onedoor.lang', 'zh-CN')")
    await visit.open(f"/t/{visit.tickets[-1].token}")


def clerk(window: str) -> Actor:
    return Actor(kind=Role.STAFF, id="s10", roles=frozenset({Role.STAFF}), windows=frozenset({window}))


async def key(visit: Any, command: Any) -> None:
    await visit.server.execute(command, actor=clerk("w10"))


@pytest.mark.gen_test
async def test_rule_17_the_phone_rings_once_when_the_turn_is_near_also_after_a_reload(visiting: Any) -> None:
    async with visiting((390, 844)) as visit:
        page = visit.page
        await page.add_init_script(
            "window.shakes = []; navigator.vibrate = (ms) => { window.shakes.push(ms); return true; }"
        )
        window = await on_the_phone(visit, ahead=5)
        await page.click("#alerts")
        assert await page.locator(".notice:has-text('请到等候区')").count() == 0
        for _ in range(2):
            await key(visit, m.CallNext(window=window, finish=True))
            if visit.server.rooms["hall_queue"].queue.current(window):
                await key(visit, m.StartService(window=window))
        await page.wait_for_selector(".notice:has-text('还有 3 位，请到等候区')")
        rings = "window.shakes.filter((ms) => Array.isArray(ms)).length"
        await page.wait_for_function(f"{rings} === 1")
        await key(visit, m.CallNext(window=window, finish=True))
        await page.wait_for_selector(".notice:has-text('还有 2 位，请到等候区')")
        assert await page.evaluate(rings) == 1
        await page.reload()
        await page.wait_for_selector(".notice:has-text('还有 2 位，请到等候区')")
        await page.click("#alerts")
        await key(visit, m.StartService(window=window))
        await key(visit, m.CallNext(window=window, finish=True))
        await page.wait_for_selector(".notice:has-text('还有 1 位，请到等候区')")
        assert await page.evaluate(rings) == 0


@pytest.mark.gen_test
async def test_a_call_that_was_a_mistake_is_taken_back_on_the_phone(visiting: Any) -> None:
    async with visiting((390, 844)) as visit:
        page = visit.page
        window = await on_the_phone(visit, ahead=0)
        await key(visit, m.CallNext(window=window))
        await page.wait_for_selector("body[data-state=called]")
        await key(visit, m.UndoKey(window=window))
        await page.wait_for_selector(".notice:has-text('呼叫已撤销，请继续等候')")
        assert await page.get_attribute("body", "data-state") == "waiting"


@pytest.mark.gen_test
async def test_who_missed_the_call_and_was_set_back_is_told_by_how_many(visiting: Any) -> None:
    async with visiting((390, 844)) as visit:
        page = visit.page
        await rules(visit, pass_policy="requeue", pass_after_calls=1, pass_after_s=0)
        window = await on_the_phone(visit, ahead=0)
        await key(visit, m.CallNext(window=window))
        await page.wait_for_selector("body[data-state=called]")
        await key(visit, m.PassTicket(window=window))
        await page.wait_for_selector(".notice:has-text('已顺延 3 位，请留意叫号')")


@pytest.mark.gen_test
async def test_who_was_passed_is_told_where_to_go(visiting: Any) -> None:
    async with visiting((390, 844)) as visit:
        page = visit.page
        await rules(visit, pass_after_calls=1, pass_after_s=0)
        window = await on_the_phone(visit, ahead=0)
        await key(visit, m.CallNext(window=window))
        await key(visit, m.PassTicket(window=window))
        await page.wait_for_selector("body[data-state=passed]")
        await expect(page.locator(".p-told")).to_contain_text(re.compile(r"10\s*号窗口"))


@pytest.mark.gen_test
async def test_a_visit_of_several_matters_shows_what_is_done_and_what_is_next(visiting: Any) -> None:
    async with visiting((390, 844)) as visit:
        page, matters = visit.page, visit.server.directory.matters
        first = next(one for one in matters.values() if one.line == "tax" and one.active)
        second = next(one for one in matters.values() if one.line == "business" and one.active)
        await visit.server.execute(m.OpenWindow(window="w10"), actor=clerk("w10"))
        await visit.do(m.IssueTicket(matter=first.id, more=(second.id,), channel="kiosk"))
        await phone(visit)
        await page.wait_for_selector(".p-matter[data-is=now]")
        await key(visit, m.CallNext(window="w10"))
        await key(visit, m.StartService(window="w10"))
        await key(visit, m.FinishService(window="w10"))
        await page.wait_for_selector(".notice:has-text('请等候下一件叫号')")
        done = page.locator(".p-matter[data-is=done]")
        await expect(done).to_have_text(f"{first.name}\n已办", use_inner_text=True)
        await expect(page.locator(".p-matter[data-is=now]")).to_contain_text(second.name)


@pytest.mark.gen_test
async def test_a_line_that_stops_tells_those_who_wait_that_their_numbers_hold(visiting: Any) -> None:
    async with visiting((390, 844)) as visit:
        await on_the_phone(visit, ahead=1)
        await visit.do(m.CloseLine(line="tax"))
        await visit.page.wait_for_selector(".notice:has-text('您的号有效')")
        assert visit.complaints == []

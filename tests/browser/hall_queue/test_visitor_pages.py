"""A stranger takes a ticket at the kiosk and follows it on the phone, with the real pages and the real hall."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from hall_queue import messages as m
from hall_server.directory.commands import SaveHours
from hall_server.directory.model import Hours, Span

pytestmark = pytest.mark.browser

ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999
WRONG_CHECK_DIGIT = "110105194912310021"
TILE, TAKE, NUMBER = ".k-tile", "#take", ".k-ticket__number"
REFUSED = "Failed to load resource: the server responded with a status of 409 (Conflict)"

CUT_OR_SMALL = """() => {
  const least = 47.5, wrong = [], root = document.querySelector("dialog[open]") ?? document.body;
  for (const node of root.querySelectorAll("button, input")) {
    const box = node.getBoundingClientRect();
    if (!box.width) continue;
    const name = `${node.className} ${node.textContent.slice(0, 20)}`;
    if (Math.min(box.width, box.height) < least) wrong.push(`small ${name} ${box.width}x${box.height}`);
    let [left, top, right, bottom, isScrolled] = [0, 0, innerWidth, innerHeight, false];
    for (let up = node.parentElement; up; up = up.parentElement) {
      if (getComputedStyle(up).position === "fixed") break; // nothing above it cuts it
      if (getComputedStyle(up).overflowY === "visible") continue;
      const edge = up.getBoundingClientRect();
      isScrolled ||= up.matches(".k-sheet__what, .k-sheet__choices");
      [left, top] = [Math.max(left, edge.left), Math.max(top, edge.top)];
      [right, bottom] = [Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
    }
    const over = Math.max(left - box.left, top - box.top, box.right - right, box.bottom - bottom);
    if (over > 1.5 && !isScrolled) wrong.push(`cut ${name} ${Math.round(over)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("wider than the screen");
  return wrong;
}"""
"""What of the page is too small for a finger or lies outside what is shown; lists that scroll by design aside."""


async def _home(page: Any) -> None:
    await page.wait_for_selector(TILE)


async def _departments(page: Any) -> None:
    await page.click(".k-way >> nth=1")
    await page.wait_for_selector(TILE)


async def _department(page: Any) -> None:
    await page.click(TILE)
    await page.wait_for_selector(".k-tile--wide")


async def _search(page: Any) -> None:
    await page.click("#home")
    await page.click(".k-way >> nth=0")
    await page.keyboard.type("shen")  # the field has the focus already
    await page.wait_for_selector(TILE)


async def _sheet(page: Any) -> None:
    await page.click("[data-key=done]")  # the keyboard on the screen goes
    await page.click("#home")
    await page.click(TILE)
    await page.wait_for_selector(TAKE)


async def _keypad(page: Any) -> None:
    await page.click("#id-number")
    await page.keyboard.type(WRONG_CHECK_DIGIT)
    await page.keyboard.press("Enter")


async def _ticket(page: Any) -> None:
    await page.keyboard.press("Escape")
    await page.click(TAKE)
    await page.wait_for_selector("#reprint")


STEPS = {
    **{"home": _home, "departments": _departments, "department": _department, "search": _search},
    **{"sheet": _sheet, "keypad": _keypad, "ticket": _ticket},
}


@pytest.mark.gen_test
async def test_a_frequent_matter_takes_no_more_than_three_taps(visiting: Any) -> None:
    async with visiting() as visit:
        await visit.open("/kiosk")
        await visit.page.click(TILE)
        await visit.page.click(TAKE)
        number = await number_on(visit.page)
        assert [ticket.number for ticket in visit.tickets] == [number]
        await visit.page.wait_for_function("document.querySelector('.k-qr img').naturalWidth > 0")
        await expect(visit.page.locator("#said")).to_contain_text(number)
        assert visit.complaints == []


@pytest.mark.gen_test
async def test_the_kiosk_is_left_with_nothing_of_the_visitor_before(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await visit.open("/kiosk")
        await page.click(TILE)
        await page.click("#id-number")
        await page.keyboard.type(ID_NUMBER)
        assert "051949" not in await page.inner_text(".k-id__number")
        await page.keyboard.press("Enter")
        await page.click("#home")
        await page.click(TILE)
        assert "X" not in await page.inner_text("#id-number")
        assert ID_NUMBER[-4:] not in await page.content()


@pytest.mark.gen_test
async def test_a_mistyped_identity_number_is_named_before_anything_is_sent(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await visit.open("/kiosk")
        await page.click(TILE)
        await page.click("#id-number")
        await page.keyboard.type(WRONG_CHECK_DIGIT)
        await page.keyboard.press("Enter")
        await expect(page.locator(".k-id .field__error")).not_to_be_empty()
        assert visit.tickets == []


@pytest.mark.gen_test
async def test_who_already_waits_is_told_the_number_held(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await visit.open("/kiosk")
        for _ in range(2):
            await page.click(TILE)
            await page.click("#id-number")
            await page.keyboard.type(ID_NUMBER)
            await page.keyboard.press("Enter")
            await page.click(TAKE)
            shown = await number_on(page)
            await page.click("#done")
        assert [ticket.number for ticket in visit.tickets] == [shown]


@pytest.mark.gen_test
async def test_the_number_held_is_printed_again_with_its_present_place(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        count = "window.prints = 0; window.print = () => { document.documentElement.dataset.prints = ++window.prints; }"
        await page.add_init_script(count)
        await visit.open("/kiosk?print=1")
        for _ in range(2):
            await a_named_ticket(page)
            await page.wait_for_selector(f"{NUMBER} >> text=/[A-Z]/")
            if len(visit.tickets) == 1:
                await page.wait_for_selector("html[data-prints='1']")
                assert await page.locator(".slip__again").count() == 0
                await page.click("#done")
                await ahead_of(visit, visit.tickets[0])
        await page.wait_for_selector(".k-stat--ahead >> text=2")
        assert await page.evaluate("window.prints") == 1  # only when asked for
        await page.click("#reprint")
        await page.wait_for_selector("html[data-prints='2']")
        await page.wait_for_selector(".slip__again", state="attached")
        for word in (visit.tickets[0].number, "补打", "2 人"):
            await expect(page.locator("#slip")).to_contain_text(word)
        paper = await page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1  # one slip, nothing on a second
        assert visit.complaints == [REFUSED]


@pytest.mark.gen_test
async def test_who_was_called_meanwhile_is_sent_to_the_window(visiting: Any) -> None:
    async with visiting() as visit:
        page, window = visit.page, await an_open_window(visit)
        await visit.open("/kiosk")
        line = visit.server.directory.windows[window].lines[0]
        await a_named_ticket(page, line=visit.server.directory.lines[line].name)
        await page.click("#done")
        await visit.do(m.CallNext(window=window))
        await a_named_ticket(page, line=visit.server.directory.lines[line].name)
        await page.wait_for_selector(".k-ticket__asks")
        await expect(page.locator(".k-stat--windows")).to_contain_text("1号窗口")
        await expect(page.locator(".k-stat--ahead")).to_have_count(0)


@pytest.mark.gen_test
async def test_a_closed_hall_says_when_it_opens(visiting: Any) -> None:
    async with visiting() as visit:
        page, now = visit.page, visit.server.now().astimezone(ZoneInfo(visit.server.settings.timezone))
        opens = now + timedelta(days=1)
        await visit.open("/kiosk")
        await page.click(TILE)
        await page.wait_for_selector(TAKE)
        days = [(Span(open="09:30", close="17:00"),) if day == opens.weekday() else () for day in range(7)]
        await visit.do(SaveHours(item=Hours(days=tuple(days), follows_calendar=False)))
        await page.click(TAKE)
        for word in (f"{opens.month}月{opens.day}日", "09:30"):
            await expect(page.locator(".k-stop")).to_contain_text(word)
        await expect(page.locator(".k-guide")).to_have_count(1)  # what to bring can still be read
        every_day = Hours(days=((Span(open="00:00", close="24:00"),),) * 7, follows_calendar=False)
        await visit.do(SaveHours(item=every_day))
        await page.click("#again")
        await page.click(TAKE)
        await page.wait_for_selector(NUMBER)
        assert len(visit.tickets) == 1


@pytest.mark.gen_test
async def test_english_says_that_guidance_is_chinese(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await visit.open("/kiosk?lang=en")
        await page.click(TILE)
        await expect(page.locator(".k-guide")).to_contain_text("Chinese only")
        await page.click("#language")
        await page.wait_for_selector("html[lang=zh-CN]")
        await expect(page.locator(".k-guide > p.muted")).to_have_count(0)


@pytest.mark.gen_test
@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (1366, 768)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_nothing_to_press_is_cut_or_smaller_than_a_finger(visiting: Any, size: tuple[int, int]) -> None:
    async with visiting(size) as visit:
        page, found = visit.page, {}
        await page.add_init_script("window.print = () => {}")
        for language in ("zh-CN", "en"):
            for large in ("", "&large=1"):
                await visit.open(f"/kiosk?print=1&lang={language}{large}")
                for name, step in STEPS.items():
                    await step(page)
                    found[language, large, name] = await page.evaluate(CUT_OR_SMALL)
        assert {where: wrong for where, wrong in found.items() if wrong} == {}


@pytest.mark.gen_test
async def test_a_closed_line_offers_a_way_on(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await visit.open("/kiosk")
        await page.click(TILE)
        await page.wait_for_selector(TAKE)
        for line in list(visit.server.directory.lines):
            await visit.do(m.CloseLine(line=line))
        await page.click(TAKE)
        await page.click("#other")
        await page.wait_for_selector(".k-home")
        assert visit.tickets == []


@pytest.mark.gen_test
async def test_without_the_server_the_kiosk_says_so_and_the_second_try_gives_one_ticket(visiting: Any) -> None:
    async with visiting() as visit:
        page = visit.page
        await visit.open("/kiosk")
        await page.click(TILE)
        await page.route("**/api/v1/tickets", lambda route: route.abort())
        await page.click(TAKE)
        await page.wait_for_selector(".k-error")
        await page.unroute("**/api/v1/tickets")
        await page.click(".k-error .btn--primary")
        await page.click(TAKE)
        await page.wait_for_selector(NUMBER)
        assert len(visit.tickets) == 1


@pytest.mark.gen_test
async def test_the_phone_follows_the_ticket_from_waiting_to_the_window(visiting: Any) -> None:
    async with visiting((390, 844)) as visit:
        page, window = visit.page, await an_open_window(visit)
        ticket = await a_ticket(visit, window)
        await visit.open(f"/t/{ticket.token}")
        await page.wait_for_selector("body[data-state=waiting]")
        await visit.do(m.CallNext(window=window))
        await page.wait_for_selector("body[data-state=called]")
        await expect(page.locator(".p-call")).to_contain_text(ticket.number)
        await expect(page.locator(".p-call__window")).to_have_text("Window\u00a01")
        await expect(page.locator(".p-call__name")).to_contain_text(visit.server.directory.windows[window].name_en)
        await visit.do(m.StartService(window=window))
        await page.wait_for_selector("body[data-state=serving]")
        assert visit.complaints == []


@pytest.mark.gen_test
async def test_a_bad_rating_from_the_phone_says_why(visiting: Any) -> None:
    async with visiting((390, 844)) as visit:
        page, window = visit.page, await an_open_window(visit)
        ticket = await a_ticket(visit, window)
        await visit.open(f"/t/{ticket.token}")
        for command in (m.CallNext, m.StartService, m.FinishService):
            await visit.do(command(window=window))
        await page.click("#level-5")
        await page.click(".p-rate .chip >> nth=1")
        await page.fill("#rating-text", "等了很久")
        await page.click("#rate-send")
        await page.wait_for_selector(".p-thanks")
        assert visit.server.rooms["hall_queue"].pictures.ticket(ticket).rating.level == 5
        assert visit.complaints == []


@pytest.mark.gen_test
async def test_giving_a_number_up_needs_a_second_yes(visiting: Any) -> None:
    async with visiting((390, 844)) as visit:
        page, window = visit.page, await an_open_window(visit)
        ticket = await a_ticket(visit, window)
        await visit.open(f"/t/{ticket.token}")
        await page.click("#give-up")
        await expect(page.locator("dialog[open]")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).to_have_count(0)
        await expect(page.locator("body")).to_have_attribute("data-state", "waiting")
        await page.click("#give-up")
        await page.click("dialog .btn--danger")
        await page.wait_for_selector("body[data-state=cancelled]")
        assert visit.tickets[0].state == "cancelled"


@pytest.mark.gen_test
async def test_the_start_page_leads_to_every_screen(visiting: Any) -> None:
    async with visiting() as visit:
        await visit.open("/")
        await visit.page.wait_for_selector(".h-door")
        links = set(await visit.page.eval_on_selector_all("a", "all => all.map((a) => a.getAttribute('href'))"))
        directory = visit.server.directory
        assert {"/kiosk", "/console", "/manager"} <= links
        assert {f"/board/{zone}" for zone in directory.zones} <= links
        assert {f"/{screen}/{window}" for window in directory.windows for screen in ("window-screen", "pad")} <= links


async def number_on(page: Page) -> str:
    """The number that the kiosk shows, once it has one."""
    await expect(page.locator(NUMBER)).to_have_text(re.compile("[A-Z]"))
    return await page.inner_text(NUMBER)


async def an_open_window(visit: Any) -> str:
    """The first window of the hall, open."""
    window = next(iter(visit.server.directory.windows))
    await visit.do(m.OpenWindow(window=window))
    return str(window)


async def a_ticket(visit: Any, window: str) -> Any:
    """A ticket that the window may call."""
    line = visit.server.directory.windows[window].lines[0]
    await visit.do(m.IssueTicket(line=line, channel="kiosk"))
    return visit.tickets[-1]


async def a_named_ticket(page: Any, line: str = "") -> None:
    """Take a number at the kiosk with an identity number: for a frequent matter, or in a line by its name."""
    if line:
        await page.click(".k-way >> nth=2")
        await page.click(f"{TILE} >> text={line}")
    else:
        await page.click(TILE)
    await page.click("#id-number")
    await page.keyboard.type(ID_NUMBER)
    await page.keyboard.press("Enter")
    await page.click(TAKE)
    await page.wait_for_selector(NUMBER)


async def ahead_of(visit: Any, ticket: Any) -> None:
    """Two more tickets in the line, put before this one."""
    for _ in range(2):
        await visit.do(m.IssueTicket(line=ticket.line, channel="kiosk"))
        await visit.do(m.PinTicket(ticket=visit.tickets[-1].id, reason="test"))

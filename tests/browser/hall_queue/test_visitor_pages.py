"""A stranger takes a ticket at the kiosk and follows it on the phone, with the real pages and the real hall."""

from __future__ import annotations

from typing import Any

import pytest

from hall_queue import messages as m

pytestmark = pytest.mark.browser

ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999
WRONG_CHECK_DIGIT = "110105194912310021"
TILE, TAKE, NUMBER = ".k-tile", "#take", ".k-ticket__number"


@pytest.mark.gen_test
async def test_a_frequent_matter_takes_no_more_than_three_taps(visiting: Any) -> None:
    async with visiting() as visit:
        await visit.open("/kiosk")
        await visit.page.click(TILE)
        await visit.page.click(TAKE)
        number = await visit.page.inner_text(NUMBER)
        assert [ticket.number for ticket in visit.tickets] == [number]
        await visit.page.wait_for_function("document.querySelector('.k-qr img').naturalWidth > 0")
        assert number in await visit.page.inner_text("#said")
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
        assert await page.inner_text(".k-id .field__error") != ""
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
            shown = await page.inner_text(NUMBER)
            await page.click("#done")
        assert [ticket.number for ticket in visit.tickets] == [shown]


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
        await page.click(".k-error .btn--primary")
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
        assert ticket.number in await page.inner_text(".p-call")
        assert visit.server.directory.windows[window].name_en in await page.inner_text(".p-call__window")
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
        ratings = visit.server.rooms["hall_queue"].pictures.ratings
        assert ratings[ticket.id] == 5
        assert visit.complaints == []


@pytest.mark.gen_test
async def test_giving_a_number_up_needs_a_second_yes(visiting: Any) -> None:
    async with visiting((390, 844)) as visit:
        page, window = visit.page, await an_open_window(visit)
        ticket = await a_ticket(visit, window)
        await visit.open(f"/t/{ticket.token}")
        await page.click("#give-up")
        await page.keyboard.press("Escape")
        assert await page.get_attribute("body", "data-state") == "waiting"
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

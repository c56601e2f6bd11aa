"""Appointments in a real browser: booked on a phone, checked in at a kiosk, called in time; slots set by a manager."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from hall_queue import messages as q
from hall_queue.appointments.model import AppointmentState
from hall_queue.model import Alone
from hall_server.database.vault import Person
from hall_server.identity import Role
from hall_server.server import Server
from hall_server.web.accounts import Account
from tests.browser.chromium import WITHIN_MS, Browsing
from tests.fakes.booked_hall import BookedHall, half_hours
from tests.fakes.hall import HandClock, running
from tests.fakes.queue_hall import QueueHall, clerk

pytestmark = pytest.mark.browser

PHONE, KIOSK, OFFICE = (390, 844), (1080, 1920), (1440, 900)
LANGUAGES = ("zh-CN", "en")
ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999
NAME, PASSWORD = "boss", "correct horse battery"

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Visitors:
    """A hall whose clock the test moves, and browsers before it."""

    def __init__(self, server: Server, clock: HandClock, address: str, browser: Browser) -> None:
        self.booked = BookedHall(QueueHall(server, clock))
        self.server = server
        self.clock = clock
        self.address = address
        self.complaints: list[str] = []
        self._browser = browser

    async def page(self, path: str, size: tuple[int, int], language: str = "zh-CN") -> Page:
        """A page in a profile of its own."""
        context = await self._browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
        context.set_default_timeout(WITHIN_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        await page.goto(self.address + path)
        return page

    async def sign_in(self) -> Page:
        """A manager's page."""
        roles = (Role.MANAGER,)
        account = Account(id="m01", name=NAME, display_name="值班经理", number="1", password="", roles=roles)
        await self.server.rooms["web"].accounts.save(account, password=PASSWORD)
        page = await self.page("/sign-in?next=/manager/appointments", OFFICE)
        await page.locator("input[name=name]").fill(NAME)
        await page.locator("input[name=password]").fill(PASSWORD)
        await page.locator("button[type=submit]").click()
        await expect(page.locator("#tab-day")).to_be_visible(timeout=WITHIN_MS)
        self.complaints = [one for one in self.complaints if "401" not in one]  # how a page asks who is here
        return page


Visiting = Callable[[], AbstractAsyncContextManager[Visitors]]


@pytest.fixture
def visitors(tmp_path: Path, browsing: Browsing) -> Visiting:
    """Begin a hall's day with slots for two each; it ends with the block."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[Visitors]:
        clock = HandClock()
        async with running(tmp_path, clock=clock) as (server, port), browsing() as browser:
            found = Visitors(server, clock, f"http://127.0.0.1:{port}", browser)
            await found.booked.plan(half_hours(quota=2))
            yield found

    return begin


async def booked_on_a_phone(hall: Visitors, begin: str, language: str = "zh-CN", *, phone: str = "13800138000") -> Page:
    """From the first touch to the page with the code."""
    page = await hall.page("/book", PHONE, language)
    await page.locator("#search").fill("gssl")  # 公司设立
    await page.locator(".b-entry", has_text=re.compile("公司设立登记|Register a company")).first.click()
    await page.locator(f".b-slot[data-begin='{begin}']").click()
    await page.locator("#phone").fill(phone)
    await page.locator("#confirm").click()
    await expect(page.locator(".b-code__qr")).to_be_visible()
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.gen_test(timeout=120)
async def test_booked_on_a_phone_checked_in_at_a_kiosk_and_called_in_its_slot(
    visitors: Visiting, language: str
) -> None:
    async with visitors() as hall:
        await hall.booked.hall.open("w01")
        phone = await booked_on_a_phone(hall, "10:00", language)
        await expect(phone.locator(".b-when__time")).to_have_text("10:00–10:30")
        kiosk = await hall.page(f"/kiosk?lang={language}", KIOSK, language)
        hall.clock.forward(minutes=45)
        await kiosk.locator("#booked").click()
        await kiosk.locator("#booked-phone").click()
        for digit in "13800138000":
            await kiosk.locator(f".keypad__key[data-key='{digit}']").click()
        await kiosk.locator("#digits-done").click()
        await expect(kiosk.locator(".k-ticket__number")).to_have_text("A001")
        await expect(kiosk.locator(".k-ticket__note")).to_contain_text("10:00")
        await expect(phone.locator(".b-ended__number")).to_have_text("A001")
        with hall.booked.refused(Exception, "queue.empty"):
            await hall.booked.do(q.CallNext(window="w01"), clerk("w01"))
        walked_in = await hall.booked.hall.issue()
        hall.clock.forward(minutes=15)
        await phone.locator(".b-ended a").click()
        await expect(phone.locator(".p-number__value, .p-call__number")).to_have_text("A001")
        called = await hall.booked.hall.call("w01")
        assert called != walked_in
        await expect(phone.locator(".p-call__number")).to_have_text("A001")
        assert hall.complaints == []


@pytest.mark.gen_test(timeout=120)
async def test_a_code_reader_checks_in_from_any_view_of_the_kiosk(visitors: Visiting) -> None:
    async with visitors() as hall:
        phone = await booked_on_a_phone(hall, "09:30")
        kiosk = await hall.page("/kiosk", KIOSK)
        await kiosk.locator(".k-way").first.click()
        await expect(kiosk.locator(".k-search__input")).to_be_focused()
        await kiosk.keyboard.type(phone.url)
        await kiosk.keyboard.press("Enter")
        await expect(kiosk.locator(".k-ticket__number")).to_have_text("A001")
        await kiosk.keyboard.type(phone.url)
        await kiosk.keyboard.press("Enter")
        await expect(kiosk.locator(".k-ticket__main .notice--warn")).to_be_visible()
        await expect(kiosk.locator(".k-ticket__number")).to_have_text("A001")


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "没有窗口开放"), ("en", "No window is open")])
@pytest.mark.gen_test(timeout=120)
async def test_who_checks_in_while_no_window_is_open_is_let_in_and_told_so(
    visitors: Visiting, language: str, words: str
) -> None:
    async with visitors() as hall:
        await hall.booked.hall.open("w01")
        phone = await booked_on_a_phone(hall, "09:30", language)
        await hall.booked.do(q.CloseWindow(window="w01", alone=Alone.STOP), clerk("w01"))
        kiosk = await hall.page(f"/kiosk?lang={language}", KIOSK, language)
        await kiosk.locator("#booked").click()
        await kiosk.keyboard.type(phone.url)
        await kiosk.keyboard.press("Enter")
        await expect(kiosk.locator(".k-ticket__number")).to_have_text("A001")
        await expect(kiosk.locator("#ticket-alert")).to_contain_text(words)
        await phone.locator(".b-ended a").click()
        await expect(phone.locator(".notice--warn")).to_be_visible()
        assert await kiosk.evaluate(WIDER) <= 0
        assert hall.complaints == []


@pytest.mark.gen_test(timeout=120)
async def test_a_phone_with_several_appointments_is_asked_for_the_six_digits(visitors: Visiting) -> None:
    async with visitors() as hall:
        contact = await hall.booked.room.vault().person(Person(phone="13800138000"))
        ids = [await hall.booked.book(f"p{n}", "09:30", contact=contact) for n in range(2)]
        kiosk = await hall.page("/kiosk", KIOSK)
        await kiosk.locator("#booked").click()
        await kiosk.locator("#booked-phone").click()
        await kiosk.keyboard.type("13800138000")
        await kiosk.keyboard.press("Enter")
        title = kiosk.locator(".dialog__title", has_text="取号码")
        await expect(title).to_be_visible()
        await kiosk.keyboard.type("000000" if hall.booked.of(ids[1]).code != "000000" else "111111")
        await kiosk.keyboard.press("Enter")
        await expect(kiosk.locator(".k-id .field__error")).to_contain_text("六位")
        await kiosk.keyboard.type(hall.booked.of(ids[1]).code)
        await kiosk.keyboard.press("Enter")
        await expect(kiosk.locator(".k-ticket__number")).to_have_text("A001")
        assert [hall.booked.of(id_).state for id_ in ids] == [AppointmentState.BOOKED, AppointmentState.CLAIMED]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.gen_test(timeout=120)
async def test_wrong_input_is_told_at_its_field_and_nothing_is_lost(visitors: Visiting, language: str) -> None:
    async with visitors() as hall:
        page = await hall.page("/book?line=business", PHONE, language)
        await page.locator(".b-slot[data-begin='10:00']").click()
        await page.locator("#confirm").click()
        await expect(page.locator("[data-error='person.phone']")).not_to_be_empty()
        await page.locator("#phone").fill("13800138000")
        await page.locator("#id_number").fill(ID_NUMBER[:-1] + "1")
        await page.locator("#confirm").click()
        await expect(page.locator("[data-error='person.id_number']")).not_to_be_empty()
        await expect(page.locator("#phone")).to_have_value("13800138000")
        assert await page.evaluate(WIDER) <= 0
        await page.locator("#id_number").fill(ID_NUMBER)
        await page.locator("#confirm").click()
        await expect(page.locator(".b-code__qr")).to_be_visible()
        assert await page.evaluate(WIDER) <= 0


@pytest.mark.gen_test(timeout=120)
async def test_places_go_before_the_visitors_eyes_and_the_one_chosen_may_be_lost(visitors: Visiting) -> None:
    async with visitors() as hall:
        page = await hall.page("/book?line=business", PHONE)
        slot = page.locator(".b-slot[data-begin='10:00']")
        await expect(slot).to_contain_text("余 2")
        await hall.booked.book("p1", "10:00")
        await expect(slot).to_contain_text("余 1")
        await slot.click()
        await expect(page.locator("#phone")).to_be_visible()
        await hall.booked.book("p2", "10:00")
        await expect(slot).to_be_disabled()
        await expect(page.locator(".toast--bad")).to_be_visible()


@pytest.mark.gen_test(timeout=120)
async def test_a_visitor_gives_up_and_the_manager_sees_it_at_once(visitors: Visiting) -> None:
    async with visitors() as hall:
        phone = await booked_on_a_phone(hall, "10:00")
        office = await hall.sign_in()
        row = office.locator("tr", has_text="138******00")
        await expect(row).to_contain_text("待签到")
        await phone.locator("#cancel").click()
        await phone.locator(".dialog .btn--danger").click()
        await expect(phone.locator("#again")).to_be_visible()
        await expect(row).to_contain_text("已取消")
        assert hall.complaints == []


@pytest.mark.gen_test(timeout=120)
async def test_a_manager_sets_slots_is_told_what_is_wrong_at_its_field_and_voids(visitors: Visiting) -> None:
    async with visitors() as hall:
        stands = await hall.booked.book("p1", "16:00")
        page = await hall.sign_in()
        await page.locator("#tab-plans").click()
        end = page.locator("[name='plans[0].rows[0].end']")
        await end.fill("0830")
        await end.blur()
        await expect(page.locator("[data-error='plans[0].rows[0].end']")).to_have_text("结束时间早于开始时间。")
        await end.fill("1200")
        await end.blur()
        await expect(page.locator("[data-error='plans[0].rows[0].end']")).to_be_empty()
        await page.locator("#row-add-0").click()
        begin = page.locator("[name='plans[0].rows[1].begin']")
        await begin.fill("11:00")
        await begin.blur()
        await expect(page.locator("[data-error='plans[0].rows[1].begin']")).to_contain_text("重叠")
        await begin.fill("13:00")
        await begin.blur()
        await page.locator("[name='plans[0].rows[1].end']").fill("15:00")
        await page.locator("[name='plans[0].rows[1].end']").blur()
        await page.locator("#save").click()
        await expect(page.locator(".dialog .notice--warn li")).to_have_count(1)
        await page.locator("#reason-yes").click()
        await expect(page.locator(".dialog .field__error")).not_to_be_empty()
        await page.locator("#reason").fill("下午早收")
        await page.locator("#reason-yes").click()
        await expect(page.locator(".plans__stranded")).to_be_visible()
        plan = hall.booked.room.keeping.kept.plan("business")
        assert [(row.begin, row.end) for row in plan.plans[0].rows] == [("09:00", "12:00"), ("13:00", "15:00")]
        await page.locator(".plans__stranded .btn--danger").click()
        await page.locator("#reason").fill("无法接待")
        await page.locator("#reason-yes").click()
        await expect(page.locator(".plans__stranded")).to_have_count(0)
        assert hall.booked.of(stands).state is AppointmentState.VOID
        assert await page.evaluate(WIDER) <= 0


@pytest.mark.gen_test(timeout=120)
async def test_a_manager_restricts_and_lifts(visitors: Visiting) -> None:
    async with visitors() as hall:
        page = await hall.sign_in()
        await page.locator("#tab-barred").click()
        await page.locator("#number").fill(ID_NUMBER[:-1] + "1")
        await page.locator("#why").fill("倒卖号源")
        await page.locator("#bar").click()
        await expect(page.locator("[data-error='id_number']")).not_to_be_empty()
        await page.locator("#number").fill(ID_NUMBER)
        await page.locator("#bar").click()
        row = page.locator("tbody tr")
        await expect(row).to_contain_text("110*************2X")
        await row.locator("button").click()
        await page.locator("#reason").fill("查无此事")
        await page.locator("#reason-yes").click()
        await expect(row).to_have_count(0)
        assert hall.booked.room.restrictions.all() == []

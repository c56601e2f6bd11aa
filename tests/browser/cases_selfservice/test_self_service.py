"""The self-service terminal, walked as a stranger would: filing, power cuts, corrections, and the next person."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, Route, expect

from cases import messages as m
from cases.catalogue.model import EditionState
from cases.issuing import messages as i
from cases.model import Case, ChargeState, State
from hall_server.identity import SYSTEM
from tests.browser.cases_selfservice.terminal_page import picture, terminal_page
from tests.browser.chromium import Browsing
from tests.fakes.applying import ANSWERS, FEE, ApplyingHall, accepted, applying_hall, granted
from tests.fakes.cases_desk import NUMBER, WINDOW
from tests.fakes.cases_desk import page as scanned
from tests.fakes.hall import staff

pytestmark = pytest.mark.browser

MOBILE = "13800138000"
NAME = "张三丰"
SECRETS = (NAME, NUMBER, MOBILE, "三丰面馆", "牌坊路")
LEFT_BEHIND = """async (secrets) => {
  const kept = async (name) => Promise.all((await (await caches.open(name)).matchAll()).map((one) => one.text()));
  const fields = [...document.querySelectorAll("input, textarea")].map((one) => one.value);
  const stored = [localStorage, sessionStorage].map((one) => JSON.stringify({ ...one }));
  const cached = (await Promise.all((await caches.keys()).map(kept))).flat();
  const { outerHTML } = document.documentElement;
  const shown = [outerHTML, JSON.stringify(history.state), location.href, document.cookie];
  const texts = [...shown, ...fields, ...stored, ...cached];
  return secrets.filter((secret) => texts.some((text) => text.includes(secret)));
}"""


def cases_of(hall: ApplyingHall) -> list[Case]:
    return list(hall.server.rooms["cases"].cases.by_id.values())


async def say_who(page: Page, hall: ApplyingHall, number: str = NUMBER, phone: str = MOBILE) -> None:
    """ID number, phone, and the code of the short message."""
    await page.fill("#id_number", number)
    await page.fill("#phone", phone)
    await page.click("#next")
    await expect(page.locator("#code")).to_be_visible()
    await page.fill("#code", hall.applying.identifying.shown[-1].code)
    hall.clock.forward(seconds=61)
    await page.click("#next")
    await expect(page.locator("#code")).to_have_count(0)


async def chosen(page: Page, hall: ApplyingHall) -> None:
    """The matter, found by its name."""
    await page.click("#file")
    await page.fill("#search", hall.server.directory.matters[hall.matter].name)
    await page.click(f"#matter-{hall.matter}")
    await page.click("#next")


async def answered(page: Page) -> None:
    """Every question, as `ANSWERS` says."""
    for answer in ANSWERS.values():
        await page.click(f"#option-{answer[0]}")
    await expect(page.locator("[id^=question-]")).to_have_count(len(ANSWERS))
    await page.click("#next")


async def filled_in(page: Page, **values: str) -> None:
    """The form's pages, one after the other, until the papers come."""
    await expect(page.locator("body")).to_have_attribute("data-view", "form")
    for _ in range(6):
        for name, value in values.items():
            field = page.locator(f'[name="{name}"]')
            if await field.count() == 1:
                await field.fill(value)
        if await page.locator('[name="form.kind"]').count():
            await page.get_by_label("餐饮服务").check()
        before = await page.locator(".v-hint").text_content() or ""
        await page.click("#next")
        here = page.locator("body[data-view=materials] #title")
        await expect(here.or_(page.locator(".v-hint").filter(has_not_text=before)).first).to_be_visible()
        if await here.count():
            return
    raise AssertionError("the form never ends")


FORM = {
    "applicant.name": NAME,
    "applicant.phone": MOBILE,
    "applicant.address": "牌坊路7号",
    "form.shop": "三丰面馆",
}


async def hand_in(page: Page, *files: dict[str, Any]) -> None:
    await page.locator("#file").set_input_files(list(files))  # type: ignore[arg-type]  # a FilePayload each


def sheet(name: str, raw: bytes, media: str = "image/jpeg") -> dict[str, Any]:
    return {"name": name, "mimeType": media, "buffer": raw}


@pytest.mark.gen_test(timeout=180)
async def test_a_stranger_files_and_the_next_person_finds_nothing_of_it(tmp_path: Path, browsing: Browsing) -> None:
    async with applying_hall(tmp_path) as hall, browsing() as browser, terminal_page(hall.port, browser) as page:
        await picture(page, "selfservice-home")
        await chosen(page, hall)
        await page.fill("#id_number", NUMBER[:-1] + "1")  # a wrong check digit
        await page.fill("#phone", MOBILE)
        await page.click("#next")
        await expect(page.locator('[data-error="id_number"]')).not_to_be_empty()
        await picture(page, "selfservice-who")
        await say_who(page, hall)
        await answered(page)
        await filled_in(page, **{**FORM, "form.shop": ""})

        # a file that is not what it says, and then a real page
        await page.click("#material-id")
        await expect(page.locator("[data-need=card]")).to_be_visible()  # a code alone opens nobody's licences
        await picture(page, "selfservice-licence-need")
        await hand_in(page, sheet("id.jpg", b"no picture at all"))
        await expect(page.locator(".notice--bad")).to_be_visible()
        await hand_in(page, sheet("id.jpg", scanned("身份证")))
        await expect(page.locator(".s-sheet")).to_have_count(1)
        await picture(page, "selfservice-material")
        await page.click("#next")
        await page.click("#next")
        await page.click("#delivery-window")

        # everything that lacks at once, with a way to each
        await expect(page.locator("[id^=lack-]")).to_have_count(1)
        await picture(page, "selfservice-lacking")
        await page.click("#lack-form-shop")
        await expect(page.locator('[data-error="form.shop"]')).not_to_be_empty()
        await page.locator('[name="form.shop"]').fill("三丰面馆")
        await page.click("#next")
        await expect(page.locator("#title")).to_have_text("都齐了")
        await picture(page, "selfservice-complete")

        # the answer to the sending is lost: the hall has it, the page says so and asks again; there is one case
        async def lose(route: Route) -> None:
            await route.fetch()
            await route.abort("connectionreset")

        await page.route("**/submit", lose, times=1)
        await page.click("#next")
        await expect(page.locator(".s-receipt__number")).to_be_visible()
        (case,) = cases_of(hall)
        await expect(page.locator(".s-receipt__number")).to_have_text(case.number)
        await picture(page, "selfservice-receipt")
        await page.click("#print")
        await page.wait_for_function("printed === 1")
        await expect(page.locator("#slip")).to_contain_text(case.number)
        await expect(page.locator("#slip svg").first).to_be_attached()

        # the visitor leaves; neither the page nor going back nor the hall tells the next one anything
        assert await page.evaluate(LEFT_BEHIND, [case.number]) == [case.number]  # the control: it would be found
        await page.click("#leave")
        await expect(page.locator("#file")).to_be_visible()
        assert await page.evaluate(LEFT_BEHIND, [*SECRETS, case.number]) == []
        await page.go_back()
        await page.go_forward()
        await expect(page.locator("#file")).to_be_visible()
        assert await page.evaluate(LEFT_BEHIND, [*SECRETS, case.number]) == []
        answer = await page.evaluate("fetch('/api/v1/applications').then((one) => one.status)")
        assert answer == 401
        await page.click("#progress")
        await expect(page.locator("#id_number")).to_have_value("")


@pytest.mark.gen_test(timeout=180)
async def test_a_power_cut_at_any_step_loses_nothing_and_shows_nothing(tmp_path: Path, browsing: Browsing) -> None:
    async with applying_hall(tmp_path) as hall, browsing() as browser, terminal_page(hall.port, browser) as page:

        async def power_cut() -> None:
            """The machine comes up again at its start page; whoever stands there says who they are, and goes on."""
            await page.reload()
            await expect(page.locator("#file")).to_be_visible()
            assert await page.evaluate(LEFT_BEHIND, list(SECRETS)) == []
            hall.clock.forward(seconds=61)
            await page.click("#resume")
            await say_who(page, hall)
            await page.click("[id^=one-]")

        await chosen(page, hall)
        await say_who(page, hall)
        await page.click(f"#option-{ANSWERS['who'][0]}")
        await expect(page.locator(f"#option-{ANSWERS['where'][0]}")).to_be_visible()
        await power_cut()
        await page.click(f"#option-{ANSWERS['where'][0]}")  # the first answer is still there
        await expect(page.locator("[id^=question-]")).to_have_count(2)
        await page.click("#next")
        await filled_in(page, **FORM)
        await power_cut()
        await filled_in(page)  # everything is filled in
        await page.click("#material-id")
        await hand_in(page, sheet("id.jpg", scanned("身份证")))
        await expect(page.locator(".s-sheet")).to_have_count(1)
        await power_cut()
        await filled_in(page)
        await expect(page.locator("#material-id")).to_contain_text("1")
        await page.click("#next")
        await page.click("#delivery-electronic")
        await power_cut()
        await filled_in(page)
        await page.click("#next")
        await expect(page.locator("#delivery-electronic")).to_have_attribute("aria-pressed", "true")
        await page.click("#delivery-electronic")
        await expect(page.locator(".s-facts")).to_contain_text("三丰面馆")

        # somebody else at the same machine has nothing to go on with
        await page.click("#home")
        await page.click("#resume")
        await say_who(
            page, hall, "11010519491231002X" if NUMBER != "11010519491231002X" else "110105194912310038", "13900139000"
        )
        await expect(page.locator(".empty")).to_be_visible()
        assert await page.evaluate(LEFT_BEHIND, list(SECRETS)) == []


@pytest.mark.gen_test(timeout=120)
async def test_what_is_not_there_yet_is_lost_with_a_page_that_is_left_before_it_was_kept(
    tmp_path: Path, browsing: Browsing
) -> None:
    """The control of the test above: it is the step that keeps, and not luck."""
    async with applying_hall(tmp_path) as hall, browsing() as browser, terminal_page(hall.port, browser) as page:
        await chosen(page, hall)
        await say_who(page, hall)
        await answered(page)
        await page.click("#next")

        async def refuse(route: Route) -> None:
            await (route.abort() if route.request.method == "PUT" else route.continue_())

        await page.route("**/api/v1/applications/*", refuse)
        await page.locator('[name="applicant.address"]').fill("牌坊路7号")
        await page.click("#next")
        await expect(page.locator("#title")).to_have_text("连不上服务器")
        await page.unroute("**/api/v1/applications/*")
        await page.reload()
        hall.clock.forward(seconds=61)
        await page.click("#resume")
        await say_who(page, hall)
        await page.click("[id^=one-]")
        await page.click("#next")
        await expect(page.locator('[name="applicant.address"]')).to_have_value("")


@pytest.mark.gen_test(timeout=120)
async def test_corrections_a_matter_that_stops_and_a_session_left_open(tmp_path: Path, browsing: Browsing) -> None:
    async with (
        applying_hall(tmp_path) as hall,
        browsing() as browser,
        terminal_page(hall.port, browser, language="en", size=(1920, 1080)) as page,
    ):
        who = await hall.identified()
        _, sent = await hall.sent(who)
        clerk = await hall.hall.signed_in()
        case = hall.server.rooms["cases"].cases.get(sent["case"])
        given = [
            {"material": "id", "supply": "scan", "is_sound": False, "gap": "看不清"},
            {"material": "plan", "supply": "paper"},
        ]
        notice = await clerk.ask(
            "POST", f"/api/v1/cases/{case.id}/notice", {"seen": case.step, "given": given, "gaps": []}
        )
        assert notice.code == 200, notice.body
        await page.click("#resume")
        await say_who(page, hall)
        await page.click("[id^=one-]")
        await page.click("#material-id")
        await hand_in(page, sheet("id.jpg", scanned("身份证")))
        await expect(page.locator(".s-sheet")).to_have_count(1)
        await page.click("#next")
        await page.click("#next")
        await expect(page.locator(".s-facts")).to_be_visible()
        await picture(page, "selfservice-corrections")
        await page.click("#next")
        await expect(page.locator(".s-receipt__number")).to_have_text(sent["number"])
        assert "id" in hall.server.rooms["cases"].cases.get(sent["case"]).touched

        # a matter is cancelled while somebody fills it in
        await page.click("#again")
        await chosen(page, hall)
        await page.click(f"#option-{ANSWERS['who'][0]}")
        await expect(page.locator(f"#option-{ANSWERS['where'][0]}")).to_be_visible()
        edition = hall.server.rooms["cases"].editions.holding(hall.matter, hall.applying.today)
        yesterday = hall.applying.today - timedelta(days=1)
        hall.server.rooms["cases"].editions.take(
            msgspec.structs.replace(edition, state=EditionState.CANCELLED, valid_until=yesterday)
        )
        await page.click("#home")
        await page.click("#resume")
        await say_who(page, hall)
        await page.click("[id^=one-]")
        await expect(page.locator("#title")).to_have_text("This cannot be applied for here now")
        await picture(page, "selfservice-cancelled")

        # a session that was left open ends by itself
        hall.clock.forward(days=1)
        await page.click("#next")
        await page.click("#progress")
        await expect(page.locator("#id_number")).to_be_visible()
        await expect(page.locator(".notice--warn")).to_be_visible()


@pytest.mark.gen_test(timeout=150)
async def test_afterwards_one_pays_opens_the_box_rates_and_complains(tmp_path: Path, browsing: Browsing) -> None:
    async with applying_hall(tmp_path) as hall, browsing() as browser, terminal_page(hall.port, browser) as page:
        hall.edition(fees=(FEE,))
        _, sent = await hall.sent(await hall.identified())
        cases = hall.server.rooms["cases"].cases
        await page.click("#pay")
        await say_who(page, hall)
        await page.click("[id^=one-]")
        await expect(page.locator("#title")).to_have_text("不用缴费")  # not accepted yet
        await page.click("#back")
        case = await accepted(hall, sent["case"])
        await page.click("[id^=one-]")
        await expect(page.locator("#title")).to_contain_text("20.00")
        await picture(page, "selfservice-pay")
        paid = m.NoteFee(
            case=case.id, seen=0, order=cases.get(case.id).charges[0].order, became=ChargeState.PAID, amount_fen=2_000
        )
        await hall.server.execute(paid, actor=SYSTEM)
        await expect(page.locator("#title")).to_have_text("缴费成功")  # the page has followed
        await page.click("#again")

        case = await granted(hall, case.id)
        filled = i.FillBoxes(window=WINDOW, items=(i.Item(case=case.id, seen=cases.get(case.id).step),))
        await hall.server.execute(filled, actor=staff("s01", WINDOW))
        await page.click("#collect")
        await page.click("[id^=one-]")
        await expect(page.locator("#result-needs")).to_be_visible()  # a number and any phone are handed no result
        await hall.confirmed()
        await page.click("#back")
        await page.click("[id^=one-]")
        await page.fill("#box-code", "000000")
        await page.click("#next")
        await expect(page.locator(".notice--bad")).to_be_visible()
        box, code = hall.server.rooms["issuing"]["service"].boxed(case.id)
        await page.fill("#box-code", code)
        await picture(page, "selfservice-box")
        await page.click("#next")
        await expect(page.locator("#title")).to_have_text(f"{box} 号柜已打开")
        assert cases.get(case.id).state is State.CLOSED

        await page.click("#again")
        await page.click("#rate")
        await page.click("[id^=one-]")
        await picture(page, "selfservice-rate")
        await page.click("#level-2")
        await expect(page.locator("#title")).to_have_text("谢谢您的评价")
        await page.click("#again")
        await page.click("#papers")
        await page.click("[id^=one-]")
        await expect(page.locator("#rate")).to_have_count(0)  # once
        await page.click("#licence")
        await page.wait_for_function("printed === 1")
        await page.click("#home")
        await expect(page.locator("#complain")).to_be_visible()
        await page.click("#complain")
        await page.click("#to-hall")
        await page.click("#about-staff")
        await page.fill("#words", "等了很久没有人理")
        await page.click("#next")
        await expect(page.locator("#complaint-number")).not_to_be_empty()
        await picture(page, "selfservice-complaint")

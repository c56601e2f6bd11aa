"""Guidance as a stranger walks it: everyday words, questions, the exact list, the way there, a number, the phone."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import HallProcess

pytestmark = pytest.mark.browser

KIOSK, TABLE, PHONE = (1080, 1920), (1920, 1080), (360, 780)
OUTSIDE = """() => [...document.querySelectorAll(".g-next button, .v-foot button")]
  .map((node) => node.getBoundingClientRect())
  .filter(({ top, bottom, right, height }) => top < 0 || bottom > innerHeight + 1 || right > innerWidth + 1
    || height < 44).length"""


@pytest.fixture(scope="module", autouse=True)
def open_windows(hall: HallProcess) -> None:
    """Somebody serves."""
    manager = hall.caller().sign_in(hall.accounts["manager"])
    for window in ("w01", "w16"):
        manager.post(f"windows/{window}/open", {"staff": f"s{window[1:]}"})


def answer(page: Page, *options: str) -> None:
    """Answer one question after the other."""
    for option in options:
        expect(page.locator(f"#option-{option}")).to_be_visible()
        question = page.locator("#title").inner_text()
        page.locator(f"#option-{option}").click()
        expect(page.locator("#title")).not_to_have_text(question)


def answer_all(page: Page) -> None:
    """Take the first answer to every question that is left."""
    while id_ := page.locator("[id^=option-], .g-facts").first.get_attribute("id"):
        answer(page, id_.removeprefix("option-"))


def test_a_stranger_finds_what_to_bring_for_a_restaurant_and_takes_a_number(visit: Any) -> None:
    one = visit(KIOSK)
    page = one.open("/kiosk?lang=zh-CN")
    page.locator("#mode-large").click()
    page.locator("#mode-large").click()
    page.locator("#guide").click()
    expect(page.locator(".g-theme").first).to_be_visible()  # the page is drawn before anybody types
    page.locator("#search").click()
    expect(page.locator("screen-keyboard")).to_be_visible()
    page.locator("#search").fill("开饭店")
    page.locator("screen-keyboard [data-key=done]").click()
    page.get_by_role("button", name="食品(含保健食品)经营许可核发").click()
    expect(page.locator("#title")).to_have_text("由谁来办理？")
    answer(page, "agent", "catering", "no", "no")
    expect(page.locator(".g-thing")).to_have_count(7)
    expect(page.locator(".g-thing", has_text="授权委托书")).to_be_visible()
    expect(page.locator(".g-facts")).to_contain_text("9 个工作日")
    expect(page.locator(".g-laws")).to_contain_text("《中华人民共和国食品安全法》第三十五条")
    assert page.evaluate(OUTSIDE) == 0  # nobody has to scroll for what comes next
    page.locator("#ticket").click()
    page.locator("#take").click()
    expect(page.locator(".k-ticket__number")).to_have_text(re.compile(r"A\d+"))
    assert page.evaluate("() => location.hash") == ""  # nothing of the visitor stays in the address
    assert one.complaints == []


def test_at_the_table_in_english_one_package_serves_a_restaurant_and_the_way_is_told(visit: Any) -> None:
    one = visit(TABLE, "en")
    page = one.open("/guide?machine=table&lang=en")
    page.locator("#search").fill("restaurant")
    page.locator("#package-restaurant").click()
    answer(page, "large", "no")
    answer_all(page)
    expect(page.locator(".g-parts li")).to_have_count(3)
    page.locator("#way").click()
    expect(page.locator(".way__step").last).to_contain_text("You are there: Window 1")
    expect(page.locator("[data-window=w01][data-goal]")).to_be_visible()
    expect(page.locator("[data-zone=z1][data-lit]")).to_be_visible()
    page.locator("#back").click()
    page.locator("#again").click()
    expect(page.locator("#title")).to_have_text("Is it 300 m² or larger?")
    page.locator("#home").click()
    expect(page.locator("#search")).to_have_value("")
    assert one.complaints == []


def test_what_nobody_has_written_is_said_plainly_and_a_matter_that_stops_keeps_what_was_chosen(visit: Any) -> None:
    one = visit(KIOSK)
    page = one.open("/guide?machine=kiosk&lang=zh-CN")
    page.locator("#theme-school").click()
    answer(page, "begin")
    page.locator("[id^=matter-]").first.click()
    expect(page.locator(".g-notice")).to_contain_text("没有登记")
    expect(page.locator(".g-facts")).to_contain_text("17、19、20 号窗口")
    page.locator("#home").click()
    page.locator("#theme-identity").click()
    page.locator("[id^=matter-]").first.click()
    expect(page.locator("[id^=option-]").first).to_be_visible()
    page.route("**/needs", lambda route: route.fulfill(status=409, json={"error": {"code": "guidance.suspended"}}))
    stopped = {"standing": "suspended", "since": "2026-11-23", "edition": None}
    page.route("**/guidance/matters/*", lambda route: route.fulfill(json={**route.fetch().json(), **stopped}))
    page.locator("[id^=option-]").first.click()
    expect(page.locator(".g-notice").first).to_contain_text("暂停办理")
    expect(page.locator(".g-thing").first).to_be_visible()  # what was asked for before it stopped
    expect(page.locator("#ticket")).to_have_count(0)
    expect(page.locator("#phone")).to_be_visible()


def test_a_paired_machine_stays_itself_and_knows_where_it_stands(hall: HallProcess, visit: Any) -> None:
    device = next(one for one in hall.accounts["devices"] if one["id"] == "kiosk-z5")
    kept = json.dumps({"id": device["id"], "credential": device["password"], "page": "/kiosk"})
    one = visit(KIOSK)
    one.page.add_init_script(f"localStorage.setItem('onedoor.device.kiosk', {json.dumps(kept)})")
    page = one.open("/kiosk?lang=zh-CN")
    page.locator("#guide").click()
    with page.expect_response("**/device/link"):  # the hall has heard of it on this page, and leaves it there
        page.locator("#theme-abroad").click()
    answer_all(page)
    page.locator("#way").click()
    expect(page.locator(".way__step").first).to_contain_text("面对本机，向左转")
    expect(page.locator("#title")).to_have_text("到 16 号窗口怎么走")
    page.locator("#home").click()
    page.locator("#home").click()
    expect(page.locator(".k-home")).to_be_visible()
    assert one.complaints == []


def test_the_table_sends_its_visitor_for_a_number_and_has_them_back(hall: HallProcess, visit: Any) -> None:
    [matter] = hall.caller().get("matters?limit=1&q=%E6%8A%A4%E7%85%A7")["matters"]
    one = visit(TABLE)
    page = one.open(f"/guide?machine=table&lang=zh-CN&back=%2Fenquiry%3Fmachine%3Dtable&matter={matter['id']}")
    answer_all(page)
    page.locator("#ticket").click()
    page.locator("#take").click()
    expect(page.locator(".k-ticket__number")).to_be_visible()
    page.locator("#done").click()
    expect(page).to_have_url(re.compile(r"/enquiry\?machine=table$"))
    assert one.complaints == []


def test_on_a_phone_the_list_is_kept_and_back_goes_on_where_one_was(visit: Any) -> None:
    one = visit(PHONE)
    page = one.open("/guide")
    page.locator("#theme-health").click()
    answer(page, "join")
    page.locator("[id^=matter-]").first.click()
    answer_all(page)
    title = page.locator("#title").inner_text()
    page.locator("#sample").click()
    expect(page.locator(".g-form__fields")).to_contain_text("张样例")
    page.go_back()
    expect(page.locator("#title")).to_have_text(title)
    page.locator("#phone").click()
    expect(page).to_have_url(re.compile(r"/l/[\w-]+$"))
    first = page.locator(".g-thing input").first
    first.check()
    page.reload()
    expect(page.locator(".g-thing input").first).to_be_checked()
    page.go_back()
    expect(page.locator("#title")).to_have_text(title)
    page.locator("#back").click()
    expect(page.locator("[id^=option-]").first).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    assert one.complaints == []


def test_the_next_visitor_at_a_kiosk_finds_its_own_start(visit: Any) -> None:
    one = visit(KIOSK)
    one.page.clock.install()
    page = one.open("/guide?machine=kiosk&back=%2Fkiosk%3Fprint%3D1&lang=zh-CN")
    page.locator("#search").fill("离婚")
    expect(page.locator("[id^=matter-]").first).to_be_visible()
    page.clock.run_for(61_000)
    expect(page).to_have_url(re.compile(r"/kiosk\?print=1$"))
    page = visit(KIOSK).open("/guide?machine=kiosk&back=https%3A%2F%2Fexample.org&lang=zh-CN")
    expect(page.locator(".g-theme").first).to_be_visible()
    expect(page.locator("#back")).to_have_count(0)  # an address outside the hall leads nowhere

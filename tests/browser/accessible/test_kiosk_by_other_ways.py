"""The kiosk by keyboard, by switches, from a wheelchair, in large type, by ear; and what the next visitor finds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import HallProcess
from tests.browser.accessible.visitor_pages import KIOSK, kiosk

pytestmark = pytest.mark.browser

MOST_STEPS = 60
STEP_MS = 1800  # as the page's one switch walks
LEAVE_MS, WARN_AT_MS = 31_000, 11_000
"""When a visitor who does nothing is asked, and when the place is given away, in the test that says so."""
NOT_LOW = """() => [...document.querySelectorAll("button, a[href], input, select, textarea, [role=switch]")]
  .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height > 0)
  .map((node) => [node.id || node.className, node.getBoundingClientRect()])
  .filter(([, { top, bottom }]) => top < innerHeight * 2 / 3 || bottom > innerHeight)
  .map(([name, { top, bottom }]) => `${name} ${Math.round(top)}-${Math.round(bottom)}`)"""
SMALL = """() => [...document.querySelectorAll(".kiosk :is(p, h1, h2, li, span, dd, dt):not(.visually-hidden)")]
  .filter((node) => node.checkVisibility() && [...node.childNodes].some((one) => one.nodeType === 3))
  .map((node) => [node.textContent.trim().slice(0, 20), parseFloat(getComputedStyle(node).fontSize)])"""
MARKED = "() => document.querySelector('.v-marked')?.id || document.querySelector('.v-marked')?.className || ''"


def start(visit: Any, query: str = "") -> Page:
    """The kiosk's start page."""
    page: Page = visit(KIOSK).open(f"/kiosk?lang=zh-CN{query}")
    expect(page.locator(".k-tile").first).to_be_visible()
    return page


@pytest.fixture(scope="module", autouse=True)
def open_windows(hall: HallProcess) -> None:
    """Somebody serves."""
    manager = hall.caller().sign_in(hall.accounts["manager"])
    for window in ("w01", "w16", "w05", "w10"):
        manager.post(f"windows/{window}/open", {"staff": f"s{window[1:]}"})


def test_a_number_is_taken_by_the_keyboard_alone(visit: Any) -> None:
    page = start(visit)
    for wanted in (".k-tile", "#take", "#done"):
        press_until(page, "Tab", "(s) => document.activeElement.matches(s)", wanted)
        outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
        page.keyboard.press("Enter")
        if wanted != "#done":
            expect(page.locator("#take" if wanted == ".k-tile" else ".k-ticket__number")).to_be_visible()
    expect(page.locator(".k-tile").first).to_be_visible()


def press_until(page: Page, key: str, test: str, wanted: str) -> None:
    """Press a key until the page says that it has come to what is wanted."""
    for _ in range(MOST_STEPS):
        if page.evaluate(test, wanted):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{wanted} was not reached")


def test_two_switches_take_a_number(visit: Any) -> None:
    page = start(visit)
    page.locator("main").focus()
    page.keyboard.press("Space")
    expect(page.locator(".v-scan")).to_be_visible()
    is_marked = "(s) => document.querySelector('.v-marked')?.matches(s) ?? false"
    page.keyboard.press("Enter")  # the second switch says that it is there
    for wanted, then in ((".k-tile", "#take"), ("#take", ".k-ticket__number"), ("#done", ".k-tile")):
        reach(page, is_marked, wanted)
        page.keyboard.press("Enter")
        expect(page.locator(then).first).to_be_visible()
    expect(page.locator("html:not([data-scan])")).to_be_attached()  # for the next visitor


def reach(page: Page, is_marked: str, wanted: str) -> None:
    """Walk with Space; a group that holds what is wanted is entered with Enter."""
    for _ in range(MOST_STEPS):
        if page.evaluate(is_marked, wanted):
            return
        if page.evaluate(
            "(s) => Boolean(document.querySelector('.v-marked[data-scan-group]')?.querySelector(s))", wanted
        ):
            page.keyboard.press("Enter")
            continue
        page.keyboard.press("Space")
    raise AssertionError(f"{wanted} was not marked; the mark is on {page.evaluate(MARKED)}")


def test_one_switch_takes_a_number(visit: Any) -> None:
    one = visit(KIOSK)
    one.page.clock.install()
    page = one.open("/kiosk?lang=zh-CN&modes=scan")
    expect(page.locator(".k-tile").first).to_be_visible()
    # From here on time goes on by the test's word alone: on a busy machine the mark would walk past what is wanted.
    page.clock.pause_at(page.evaluate("() => Date.now() + 1000"))
    is_marked = "(s) => document.querySelector('.v-marked')?.matches(s) ?? false"
    for wanted, then in ((".k-tile", "#take"), ("#take", ".k-ticket__number")):
        for _ in range(MOST_STEPS):
            if page.evaluate(is_marked, wanted):
                break
            if page.evaluate(
                "(s) => Boolean(document.querySelector('.v-marked[data-scan-group]')?.querySelector(s))", wanted
            ):
                page.keyboard.press("Space")
                continue
            page.clock.run_for(STEP_MS)
        assert page.evaluate(is_marked, wanted), page.evaluate(MARKED)
        page.keyboard.press("Space")
        expect(page.locator(then).first).to_be_visible()


@pytest.mark.parametrize("modes", ["reach", "reach,large"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_from_a_wheelchair_everything_is_in_the_lower_third(visit: Any, modes: str, language: str) -> None:
    page: Page = visit(KIOSK, language).open(f"/kiosk?lang={language}&modes={modes}")
    expect(page.locator(".k-tile").first).to_be_visible()
    for view in kiosk(page):
        if view != "search and keyboard":  # while keys are touched, what was found shows above them
            assert page.evaluate(NOT_LOW) == [], view


def test_large_type_is_half_as_large_again(visit: Any) -> None:
    page = start(visit)
    before = dict(page.evaluate(SMALL))
    page.locator("#mode-large").click()
    expect(page.locator("html")).to_have_attribute("data-mode", "large")
    after = dict(page.evaluate(SMALL))
    name = page.locator(".k-tile__name").first.inner_text()[:20]
    assert after[name] >= before[name] * 1.5 - 0.5
    assert (
        page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--type-scale'))")
        >= 1.5
    )
    assert (
        page.evaluate("async () => (await import('/static/visitor/modes.js')).modes.patience()") == 2
    )  # whoever needs large letters gets twice the time


def test_what_one_visitor_chose_and_typed_is_gone_for_the_next(visit: Any) -> None:
    page = start(visit)
    for mode in ("large", "contrast"):
        page.locator(f"#mode-{mode}").click()
    page.locator("#language").click()
    page.locator(".k-way").first.click()
    for letter in "hukou":
        page.locator(f"[data-key={letter}]").click()
    expect(page.locator(".k-search__input")).to_have_value("hukou")
    page.locator("[data-key=done]").click()
    page.locator("#home").click()
    expect(page.locator(".k-home")).to_be_visible()
    plain = page.locator("html[lang='zh-CN']:not([data-mode]):not([data-contrast]):not([data-typing])")
    expect(plain).to_be_attached()
    page.wait_for_function("() => localStorage.getItem('onedoor.modes') === null")
    page.locator(".k-way").first.click()
    expect(page.locator(".k-search__input")).to_have_value("")


def test_who_is_quiet_is_asked_before_the_place_is_given_away(visit: Any) -> None:
    one = visit(KIOSK)
    one.page.clock.install()
    page = one.open("/kiosk?lang=zh-CN")
    expect(page.locator(".k-tile").first).to_be_visible()
    # From here on time goes on by the test's word alone: a busy machine would be too late for the question.
    page.clock.pause_at(page.evaluate("() => Date.now() + 1000"))
    page.evaluate(
        """async () => {
            const { Idle } = await import("/static/visitor/idle.js");
            const { forget, onForget } = await import("/static/visitor/forget.js");
            const field = document.body.appendChild(Object.assign(document.createElement("input"), { id: "typed" }));
            field.value = "张伟";
            sessionStorage.setItem("draft", "张伟");
            onForget(() => { document.body.dataset.asked = "yes"; });
            const leave = () => forget().then(() => { document.body.dataset.left = "yes"; idle.stop(); });
            const idle = new Idle({ leave_s: 30, warn_s: 20, isHome: () => false, onLeave: leave });
        }"""
    )
    page.clock.run_for(WARN_AT_MS)
    page.locator("#still-here").click()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("body:not([data-left])")).to_be_visible()
    page.clock.run_for(WARN_AT_MS)
    expect(page.locator("#still-here")).to_be_visible()
    page.clock.run_for(LEAVE_MS - WARN_AT_MS)
    expect(page.locator("body[data-left][data-asked]")).to_be_visible()
    left = "() => [document.querySelector('#typed').value, sessionStorage.getItem('draft')].join() === ','"
    page.wait_for_function(left)


def test_there_is_no_way_out_of_the_page(visit: Any) -> None:
    page = start(visit)
    refused = page.evaluate(
        """() => {
            const tell = (node, event) => !node.dispatchEvent(event);
            const how = { bubbles: true, cancelable: true };
            const added = (props) => document.body.appendChild(Object.assign(document.createElement("a"), props));
            const link = added({ href: "https://example.org/", textContent: "x" });
            const other = added({ href: "/", target: "_blank", textContent: "y" });
            const found = {
                menu: tell(document.body, new MouseEvent("contextmenu", how)),
                drag: tell(document.body, new DragEvent("dragstart", how)),
                drop: tell(document.body, new DragEvent("drop", how)),
                copy: tell(document.body, new ClipboardEvent("copy", how)),
                zoom: tell(document.body, new WheelEvent("wheel", { ...how, ctrlKey: true })),
                print: tell(document.body, new KeyboardEvent("keydown", { ...how, key: "p", ctrlKey: true })),
                reload: tell(document.body, new KeyboardEvent("keydown", { ...how, key: "F5" })),
                back: tell(document.body, new KeyboardEvent("keydown", { ...how, key: "ArrowLeft", altKey: true })),
                outside: tell(link, new MouseEvent("click", how)),
                tab: tell(other, new MouseEvent("click", how)),
                window: window.open("/") === null,
            };
            link.remove();
            other.remove();
            return found;
        }"""
    )
    assert refused == dict.fromkeys(refused, True)


def test_the_page_is_read_aloud_with_the_halls_voice(visit: Any) -> None:
    page = start(visit)
    with page.expect_response(re.compile("/api/v1/read-aloud")) as heard:
        page.locator("#mode-read").click()
    reply = heard.value
    assert reply.ok
    assert reply.headers["content-type"] == "audio/wav"
    said = reply.request.post_data_json
    assert said["language"] == "zh"
    assert "请选择要办的事" in said["text"]
    with page.expect_request(re.compile("/api/v1/read-aloud")) as next_view:
        page.locator(".k-way").nth(1).click()
    assert "按部门查找" in next_view.value.post_data_json["text"]

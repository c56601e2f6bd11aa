"""Dates on a machine that strangers touch: large keys, typing, arrow keys, switches; axe at each step."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessible.axe import faults, faults_in
from tests.browser.accessible.visitor_pages import KIOSK, TABLE

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("ONEDOOR_PICTURES")
PUT = """async ({ label, min, max }) => {
  const { dateField } = await import("/static/visitor/date-picker.js");
  const { el } = await import("/static/dom.js");
  globalThis.said = [];
  const node = dateField({ id: "born", label, min, max, onInput: (value) => globalThis.said.push(value) });
  const native = el("input.input", { id: "native", type: "date", max: "2026-12-31", "aria-label": label });
  native.addEventListener("change", () => globalThis.said.push(`native ${native.value}`));
  const field = el("div.field", {}, el("label.field__label", { for: "born" }, label), node);
  document.querySelector(".v-body").prepend(field, native);
}"""
SAID = "globalThis.said.at(-1)"


def put(visit: Any, size: tuple[int, int], language: str, label: str, *, more: str = "", **limits: str) -> Page:
    """The page of the touch table with a date on it."""
    one = visit(size, language)
    one.page.emulate_media(reduced_motion="reduce")
    page: Page = one.open(f"/enquiry?lang={language}" + ("&machine=kiosk" if size == KIOSK else "") + more)
    expect(page.locator("#tile-matters")).to_be_visible()
    page.evaluate(PUT, {"label": label, "min": "", "max": "", **limits})
    return page


def picture(page: Page, name: str) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/date-{name}.png")


def test_a_birthday_is_chosen_with_large_keys_and_axe_finds_nothing(visit: Any) -> None:
    page = put(visit, KIOSK, "zh-CN", "出生日期")
    page.click("#born-choose")
    expect(page.locator("#year-1962")).to_be_visible()  # where most visitors of a terminal were born
    found = faults(page)
    picture(page, "year")
    expect(page.locator("#date-later")).to_be_enabled()
    page.click("#date-earlier")
    expect(page.locator("#year-1958")).to_be_visible()
    page.click("#date-later")
    page.click("#year-1964")
    found += faults(page)
    picture(page, "month")
    page.click("#month-2")
    expect(page.locator("[id^=day-]")).to_have_count(29)
    expect(page.locator("#day-29")).to_have_attribute("aria-label", "1964年2月29日星期六")
    found += faults(page)
    picture(page, "day")
    page.click(".v-date__back >> nth=0")  # another year after all
    page.click("#year-1963")
    page.click("#month-2")
    expect(page.locator("[id^=day-]")).to_have_count(28)
    page.click("#day-28")
    expect(page.locator(".v-date-box")).to_have_count(0)
    expect(page.locator("#born")).to_have_value("1963-02-28")
    expect(page.locator("#born-choose")).to_be_focused()
    assert page.evaluate(SAID) == "1963-02-28"

    # it opens where the date is; nobody is born tomorrow; "no date" takes it back
    page.click("#born-choose")
    expect(page.locator("#year-1963")).to_be_focused()
    while page.locator("#date-later").is_enabled():
        last = page.locator("[id^=year-]").last.get_attribute("id")
        page.click("#date-later")
        expect(page.locator(f"#{last}")).to_have_count(0)
    assert page.locator("[id^=year-]:disabled").count() > 0
    page.click("#date-clear")
    expect(page.locator("#born")).to_have_value("")

    # typed on the keys of the screen
    page.click("#born")
    for digit in "19620230":
        page.locator(f"[data-key='{digit}']").click()
    page.locator("[data-key=done]").click()
    expect(page.locator("#born")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#born-wrong")).to_contain_text("没有这一天")
    found += faults(page)
    page.fill("#born", "19620228")
    expect(page.locator("#born")).to_have_value("1962-02-28")
    expect(page.locator("#born")).to_have_attribute("aria-invalid", "false")
    assert found == []


def test_a_date_is_chosen_by_keyboard_in_english_within_its_limits(visit: Any) -> None:
    page = put(visit, TABLE, "en", "Valid until", min="2026-11-23", max="2028-03-31")
    page.focus("#born-choose")
    page.keyboard.press("Enter")
    expect(page.locator("#date-title")).to_have_text("Which year?")
    assert page.locator("[id^=year-]:not(:disabled)").count() == 3
    page.locator("#year-2026").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#year-2028")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#month-4")).to_be_disabled()
    assert page.locator("#month-3").inner_text() == "Mar"
    page.locator("#month-1").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#day-31")).to_have_attribute("aria-label", "Friday, March 31, 2028")
    page.locator("#day-24").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#day-31")).to_be_focused()
    picture(page, "english")
    found = faults(page)
    page.keyboard.press("Enter")
    expect(page.locator("#born")).to_have_value("2028-03-31")
    page.fill("#born", "2029-01-01")
    page.locator("#born").blur()
    expect(page.locator("#born-wrong")).to_contain_text("2028-03-31")
    found += faults(page)

    # Escape chooses nothing; a plain date field of any page has the same keys
    page.click("#born-choose")
    page.keyboard.press("Escape")
    expect(page.locator("#born")).to_have_value("2029-01-01")
    page.click("#native")
    expect(page.locator(".v-date-box")).to_be_visible()
    page.keyboard.press("Escape")
    page.click("#native")
    page.locator("#year-2026").click()
    page.locator("#month-5").click()
    page.locator("#day-1").click()
    expect(page.locator("#native")).to_have_value("2026-05-01")
    assert page.evaluate(SAID) == "native 2026-05-01"
    assert found == []


def test_a_date_is_chosen_with_two_switches_in_large_type(visit: Any) -> None:
    page = put(visit, KIOSK, "zh-CN", "有效期至", more="&modes=large,scan", min="2026-11-23", max="2028-03-31")
    page.click("#born-choose")
    expect(page.locator(".v-date-box")).to_be_visible()
    page.keyboard.press("Enter")  # there are two
    for wanted in ("#year-2027", "#month-6", "#day-9"):
        chosen(page, page.locator(wanted), wanted)
    expect(page.locator("#born")).to_have_value("2027-06-09")
    page.click("#born-choose")
    picture(page, "large")
    assert faults_in(page, "large") == []


def chosen(page: Page, key: Locator, wanted: str) -> None:
    """Walk with Space to the row of a key, then to the key."""
    expect(key).to_be_visible()
    for _ in range(60):
        marked = page.locator(".v-marked")
        if marked.count() and marked.evaluate("(node, s) => node.matches(s)", wanted):
            page.keyboard.press("Enter")
            return
        is_row = marked.count() and marked.evaluate("(node, s) => Boolean(node.querySelector(s))", wanted)
        page.keyboard.press("Enter" if is_row else "Space")
    raise AssertionError(f"never at {wanted}")

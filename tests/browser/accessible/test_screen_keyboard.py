"""The keyboard on the screen and the frame of a step page, on a page of the test's own in the hall's address space."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible.axe import faults
from tests.browser.accessible.visitor_pages import KIOSK, PHONE, TABLE

pytestmark = pytest.mark.browser

HTML = """<!doctype html><html lang="zh-CN" data-theme="light"><head><meta charset="utf-8"><title>try</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/tokens.css"><link rel="stylesheet" href="/static/base.css">
<link rel="stylesheet" href="/static/components.css"><link rel="stylesheet" href="/static/visitor/modes.css">
<link rel="stylesheet" href="/static/visitor/visitor.css">
<script type="module" src="/try.js"></script></head><body></body></html>"""
SCRIPT = """
import { el } from "/static/dom.js";
import { loadTexts, onLang } from "/static/i18n.js";
import { visitorKit } from "/static/visitor/kit.js";
import { choices, visitorPage } from "/static/visitor/steps.js";
await loadTexts();
let at = "home";
const page = visitorPage({ onHome: () => kit.leave() });
const kit = visitorKit({ isHome: () => at === "home", onLeave: () => go("home") });
onLang(() => go(at));
const field = (id, text, props = {}) =>
  el("label.field", {}, el("span.field__label", {}, text), el("input.input", { id, ...props }));
function go(name) {
  at = name;
  if (name === "home") page.show({ title: "您要办什么？", home: false, body: choices(
    ["生孩子", "开店", "买房"].map((name, i) => ({ id: `c${i}`, name, note: "户口", act: () => go("form") })),
    { columns: 2, label: "一件事" }) });
  else page.show({ title: "请填写姓名和证件号", step: 2, of: 4, back: () => go("home"), next: { act: ask },
    body: [field("name", "姓名"), field("number", "证件号", { "data-keys": "id", maxlength: 18 }),
      field("mail", "邮箱", { type: "email" }), field("phone", "手机", { type: "tel" })] });
}
function ask() {
  const box = el("dialog.dialog", { "aria-label": "备注" }, el("div.dialog__body", {}, field("note", "备注"),
    el("button.btn", { id: "shut", on: { click: () => box.close() } }, "好")));
  document.body.append(box);
  box.showModal();
}
go("home");
"""


def opened(visit: Any, size: tuple[int, int], query: str) -> Page:
    """The page, at its form."""
    one = visit(size)
    page: Page = one.page
    page.route("**/try?*", lambda route: route.fulfill(body=HTML, content_type="text/html"))
    page.route("**/try.js", lambda route: route.fulfill(body=SCRIPT, content_type="text/javascript"))
    one.open(f"/try?{query}")
    page.locator("#c0").click()
    expect(page.locator("#name")).to_be_visible()
    return page


def touch(page: Page, keys: str) -> None:
    for key in keys:
        page.locator(f"[data-key='{key}']").click()


def test_a_name_is_typed_in_pinyin(visit: Any) -> None:
    page = opened(visit, KIOSK, "machine=kiosk")
    page.locator("#name").click()
    touch(page, "zhang")
    page.locator(".v-candidate", has_text="张").first.click()
    touch(page, "nver")
    page.get_by_role("button", name="女儿", exact=True).click()
    expect(page.locator("#name")).to_have_value("张女儿")
    page.locator("[data-key=erase]").click()
    expect(page.locator("#name")).to_have_value("张女")
    touch(page, "shi")
    expect(page.locator("#candidates-on")).to_be_enabled()
    first = page.locator(".v-candidate").first.inner_text()
    page.locator("#candidates-on").click()
    expect(page.locator(".v-candidate").first).not_to_have_text(first)
    page.locator("#candidates-back").click()
    expect(page.locator(".v-candidate").first).to_have_text(first)
    page.locator("[data-key=space]").click()  # the first candidate
    expect(page.locator("#name")).to_have_value(f"张女{first}")
    assert faults(page) == []
    page.locator("[data-key=done]").click()
    expect(page.locator("screen-keyboard")).to_be_hidden()


def test_each_field_gets_the_keys_it_needs(visit: Any) -> None:
    page = opened(visit, TABLE, "machine=table")
    page.locator("#number").click()
    expect(page.locator("screen-keyboard")).to_have_attribute("data-layout", "id")
    touch(page, "11010519491231002X9")
    expect(page.locator("#number")).to_have_value("11010519491231002X")  # no longer than the field allows
    page.locator("#phone").click()
    expect(page.locator("screen-keyboard")).to_have_attribute("data-layout", "digits")
    touch(page, "138")
    expect(page.locator("#phone")).to_have_value("138")
    page.locator("#mail").click()
    touch(page, "a")
    page.locator("[data-key=symbols]").click()
    touch(page, "@")
    expect(page.locator("#mail")).to_have_value("a@")
    page.locator("#next").click()  # the keys do not cover the way on
    page.locator("#note").click()
    touch(page, "b")
    page.locator("[data-key=language]").click()
    touch(page, "c")
    expect(page.locator("#note")).to_have_value("c")
    page.locator("#shut").click()
    expect(page.locator("screen-keyboard")).to_be_hidden()


def test_keys_are_reached_without_touching(visit: Any) -> None:
    page = opened(visit, KIOSK, "machine=kiosk")
    page.locator("#name").focus()
    page.locator("[data-key=q]").focus()
    expect(page.locator("screen-keyboard")).to_be_visible()
    page.locator("[data-key=w]").focus()
    page.keyboard.press("Enter")
    page.locator("[data-key=o]").focus()
    page.keyboard.press("Enter")
    page.locator(".v-candidate", has_text="我").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_have_value("我")
    page.keyboard.press("Escape")
    expect(page.locator("screen-keyboard")).to_be_hidden()


def test_start_over_forgets_and_a_phone_keeps_its_own_keyboard(visit: Any) -> None:
    page = opened(visit, KIOSK, "machine=kiosk&modes=large")
    page.locator("#number").click()
    touch(page, "12")
    page.locator("[data-key=done]").click()
    page.locator("#mode-contrast").click()
    page.locator("#home").click()
    expect(page.locator("#c0")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-mode", "large")  # how this machine always starts
    expect(page.locator("html:not([data-contrast])")).to_be_attached()
    page.locator("#c0").click()
    expect(page.locator("#number")).to_have_value("")
    phone = opened(visit, PHONE, "x=1")
    phone.locator("#name").click()
    expect(phone.locator("screen-keyboard")).to_have_count(0)
    phone.locator("#mode-large").click()
    phone.reload()
    expect(phone.locator("html")).to_have_attribute("data-mode", "large")  # a phone remembers


def test_step_pages_have_no_fault_in_any_mode(visit: Any) -> None:
    for size, query in (
        (KIOSK, "machine=kiosk&modes=reach,large"),
        (TABLE, "machine=table&modes=contrast"),
        (PHONE, "x=1"),
    ):
        assert faults(opened(visit, size, query)) == []


def test_from_a_wheelchair_a_step_page_is_touched_in_its_lower_third_only(visit: Any) -> None:
    page = opened(visit, KIOSK, "machine=kiosk&modes=reach")
    above = """() => [...document.querySelectorAll("button, input")].filter((node) => node.checkVisibility())
      .filter((node) => node.getBoundingClientRect().top < innerHeight * 2 / 3).map((node) => node.id)"""
    assert page.evaluate(above) == []
    page.locator("#home").click()
    expect(page.locator("#c0")).to_be_in_viewport(ratio=1)
    assert page.evaluate(above) == []


def test_two_switches_type_a_number(visit: Any) -> None:
    page = opened(visit, KIOSK, "machine=kiosk&modes=scan")
    page.locator("#number").focus()
    page.keyboard.press("Enter")  # the second switch says that it is there, and chooses nothing yet
    for key in ("1", "X", "done"):
        for _ in range(40):
            if page.evaluate("(key) => document.querySelector('.v-marked')?.dataset.key === key", key):
                break
            inside = "(key) => Boolean(document.querySelector(`.v-marked[data-scan-group] [data-key='${key}']`))"
            page.keyboard.press("Enter" if page.evaluate(inside, key) else "Space")
        page.keyboard.press("Enter")
    expect(page.locator("screen-keyboard")).to_be_hidden()
    expect(page.locator("#number")).to_have_value("1X")

"""A visitor confirms and signs on a second screen and on the pad while the console looks on, in real browsers."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.confirmation.confirm_desk import NAME, NUMBER, PHONE, SECOND, read_to_the_end, sign, write
from tests.browser.waiting import resized, wrong_at_last
from tests.fakes.confirming import ink_of, pdf_file, text_of

pytestmark = pytest.mark.browser

SIZES = (PHONE, (1024, 600), SECOND)
SHA = "async (text) => (await import('/pages/confirmation/sha256.js')).sha256OfText(text)"
WORDS = {
    "zh-CN": {"done": "已确认", "signing": "办事人正在签名", "read": "办事人已看到最后", "signed": "已签名确认"},
    "en": {"done": "Confirmed", "signing": "The visitor is signing", "read": "read to the end", "signed": "signed"},
}


def says(page: Page, words: str) -> None:
    expect(page.locator("#confirm-state")).to_contain_text(words)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_visitor_confirms_and_signs_on_the_second_screen(desk: Any, tmp_path: Path, language: str) -> None:
    here, words = desk(), WORDS[language]
    console, screen = here.console(language), here.second(language)
    here.send(console, document=pdf_file(2), title="个体工商户设立登记")
    expect(screen.locator(".paper")).to_contain_text(NAME)
    expect(screen.locator(".paper")).to_contain_text(NUMBER)
    expect(screen.locator("#cf-confirm")).to_be_hidden()
    screen.locator(".cf-scroll").evaluate("(node) => { node.scrollTop = node.scrollHeight; }")
    screen.wait_for_timeout(100)
    expect(screen.locator("#cf-confirm")).to_be_hidden()  # a leap to the end has shown nothing of what lies between
    screen.locator(".cf-scroll").evaluate("(node) => { node.scrollTop = 0; }")
    assert read_to_the_end(screen) > 2
    says(console, words["read"])
    screen.locator("#cf-confirm").click()
    screen.locator("#cf-hand-in").click()
    expect(screen.locator("#cf-fault")).not_to_be_empty()
    board = screen.locator(".board__canvas").bounding_box()
    assert board is not None
    screen.mouse.click(board["x"] + 50, board["y"] + 50)
    screen.locator("#cf-hand-in").click()
    expect(screen.locator("#cf-fault")).not_to_be_empty()  # a dot is none either
    screen.locator("#cf-clear").click()
    write(screen)
    says(console, words["signing"])
    screen.locator("#cf-hand-in").click()
    expect(screen.locator(".cf-plain--confirmed")).to_contain_text(words["done"])
    assert NAME not in screen.content()
    assert screen.locator("canvas, img").count() == 0
    says(console, words["signed"])
    with console.expect_download() as taken:
        console.locator("#confirm-pdf").click()
    path = tmp_path / "sheet.pdf"
    taken.value.save_as(path)
    text, ink = text_of(path.read_bytes()), ink_of(path.read_bytes())
    for one in (NAME, NUMBER, "个体工商户设立登记", "申请表.pdf"):
        assert one in text
    assert ink > 20
    screen.reload()
    expect(screen.locator(".cf-plain--idle")).to_be_visible()
    assert NAME not in screen.content()
    kept = screen.evaluate(
        "() => Object.entries(localStorage).map(([key, value]) => key.startsWith('onedoor.texts') ? '' : value).join()"
    )
    assert NAME not in kept
    assert "strokes" not in kept
    assert here.complaints() == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_pads_face_is_taken_over_and_given_back(desk: Any, language: str) -> None:
    here = desk(1)
    console, pad = here.console(language), here.pad(language)
    expect(pad.locator(".serving")).to_be_visible()
    here.send(console)
    expect(pad.locator(".paper")).to_contain_text(NAME)
    small = pad.locator(".cf__foot button:visible").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(small) >= 89, "fifteen millimetres on a tablet of ten inches"
    read_to_the_end(pad)
    sign(pad)
    expect(pad.locator(".cf-plain--confirmed")).to_be_visible()
    says(console, WORDS[language]["signed"])
    assert NAME not in pad.content()
    expect(pad.locator(".serving")).to_be_visible()
    assert here.complaints() == []


def test_what_is_wrong_goes_back_to_the_window_and_is_corrected(desk: Any) -> None:
    here = desk(2)
    console, screen = here.console(), here.second()
    here.send(console)
    expect(screen.locator(".paper")).to_be_visible()
    screen.locator("#cf-wrong").click()
    screen.locator("#cf-send").click()
    expect(screen.locator("#cf-fault")).not_to_be_empty()
    screen.locator("#cf-part-f0").click()
    screen.locator("#cf-said").fill("应为欧阳明玥 <b>")
    screen.locator("#cf-send").click()
    expect(screen.locator(".cf-plain--disputed")).to_be_visible()
    assert NAME not in screen.content()
    says(console, "认为内容有误")
    expect(console.locator("#confirm-words")).to_contain_text("姓名")
    expect(console.locator("#confirm-words")).to_contain_text("应为欧阳明玥 <b>")
    console.locator("#confirm-again").click()
    expect(console.locator("#value-0")).to_have_value(NAME)
    console.locator("#value-0").fill("欧阳明玥")
    console.locator("#sheet-send").click()
    expect(screen.locator(".paper")).to_contain_text("欧阳明玥")
    screen.locator("#cf-refuse").click()
    screen.locator("dialog .btn--primary").click()
    expect(screen.locator(".cf-plain--refused")).to_be_visible()
    says(console, "没有确认")
    assert here.complaints() == []


def test_a_second_sheet_asks_first_and_a_withdrawn_one_is_wiped_at_once(desk: Any) -> None:
    here = desk(4)
    console, screen = here.console(), here.second()
    here.send(console)
    expect(screen.locator(".paper")).to_contain_text("登记信息核对")
    console.keyboard.press("c")
    console.locator("#value-0").fill("第二份")
    console.locator("#sheet-send").click()
    console.locator("dialog .btn--danger").click()
    expect(screen.locator(".paper")).to_contain_text("第二份")
    assert NAME not in screen.content()
    console.locator("#confirm-withdraw").click()
    console.locator("dialog .btn--danger").click()
    expect(screen.locator(".cf-plain--withdrawn")).to_be_visible()
    assert "第二份" not in screen.content()
    here.send(console)
    expect(screen.locator(".paper")).to_be_visible()
    console.keyboard.press("f")  # the visit ends, and with it the sheet
    expect(screen.locator(".cf-plain--withdrawn")).to_be_visible()
    assert [one for one in here.complaints() if not one.startswith(("409 POST", "console: Failed"))] == []


def test_a_signature_outlives_the_link_and_is_handed_in_once(desk: Any) -> None:
    here = desk(4)
    console, screen = here.console(), here.second()
    here.send(console)
    read_to_the_end(screen)
    screen.locator("#cf-confirm").click()
    write(screen)
    screen.context.set_offline(True)
    says(console, "屏幕没有响应")
    screen.locator("#cf-hand-in").click()
    expect(screen.locator(".cf-plain--kept")).to_be_visible()
    screen.context.set_offline(False)
    expect(screen.locator(".cf-plain--confirmed")).to_be_visible()
    says(console, "已签名确认")
    assert (
        screen.evaluate("() => Object.keys(localStorage).filter((key) => key.startsWith('onedoor.confirm')).length")
        == 0
    )


def test_a_signature_that_comes_too_late_is_erased_and_the_visitor_told(desk: Any) -> None:
    here = desk(5)
    console, screen = here.console(), here.second()
    here.send(console)
    read_to_the_end(screen)
    screen.locator("#cf-confirm").click()
    write(screen)
    screen.context.set_offline(True)
    screen.locator("#cf-hand-in").click()
    expect(screen.locator(".cf-plain--kept")).to_be_visible()
    console.locator("#confirm-withdraw").click()
    console.locator("dialog .btn--danger").click()
    says(console, "已撤回")
    screen.context.set_offline(False)
    expect(screen.locator(".cf-plain--gone")).to_be_visible()
    assert (
        screen.evaluate("() => Object.keys(localStorage).filter((key) => key.startsWith('onedoor.confirm')).length")
        == 0
    )


def test_a_reload_in_the_middle_brings_the_sheet_back(desk: Any) -> None:
    here = desk(6)
    console, screen = here.console(), here.second()
    here.send(console)
    read_to_the_end(screen)
    screen.locator("#cf-confirm").click()
    write(screen)
    screen.reload()
    expect(screen.locator(".paper")).to_contain_text(NAME)
    read_to_the_end(screen)
    sign(screen)
    expect(screen.locator(".cf-plain--confirmed")).to_be_visible()
    says(console, "已签名确认")
    assert here.complaints() == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_face_fits_every_screen(desk: Any, language: str) -> None:
    here = desk()
    console, screen = here.console(), here.second(language, SIZES[-1])
    fits(screen)
    here.send(console, title="很长的标题" * 16)
    read_to_the_end(screen)
    fits(screen)
    screen.locator("#cf-wrong").click()
    fits(screen)
    screen.locator("#cf-back").click()
    screen.locator("#cf-confirm").click()
    fits(screen)
    for size in SIZES:
        resized(screen, size)
        board = screen.locator(".board").bounding_box()
        assert board is not None
        assert board["width"] >= min(300, size[0] * 0.8)
    console.locator("#confirm-withdraw").click()
    console.locator("dialog .btn--danger").click()
    expect(screen.locator(".cf-plain--withdrawn")).to_be_visible()
    fits(screen)
    assert here.complaints() == []


def fits(page: Page) -> None:
    """Everything of a face can be seen on a screen of any size."""
    for size in SIZES:
        resized(page, size)
        assert wrong_at_last(page, lambda: outside(page)) == [], size


def outside(page: Page) -> list[str]:
    """What does not fit a screen, and by how much the page is larger than it."""
    wider, higher = page.evaluate(
        """() => {
          const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
          return [scrollWidth - clientWidth, scrollHeight - clientHeight];
        }"""
    )
    out: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("button, h1, h2, .board")].filter((one) => {
          const box = one.getBoundingClientRect();
          const isInside = box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1;
          return !isInside && box.width && !one.closest(".cf-scroll, .cf-doubt__parts");
        }).map((one) => one.outerHTML.slice(0, 120))"""
    )
    return out + ([f"{wider} wider, {higher} higher"] if (wider, higher) != (0, 0) else [])


def test_nobody_sees_a_sheet_without_signing_in_or_pairing(desk: Any) -> None:
    here = desk(2)
    here.send(here.console())
    stranger = here.visit(SECOND)
    page = stranger.open(f"/confirm/{here.window}")
    expect(page.locator("a[href^='/sign-in']")).to_be_visible()
    bare = here.visit((1280, 800))
    pad = bare.open(f"/pad/{here.window}")
    expect(pad.locator(".serving")).to_be_visible()
    for one in (page, pad):
        assert NAME not in one.content()
    assert stranger.complaints + bare.complaints == []


def test_the_pages_hash_is_the_standards(desk: Any) -> None:
    page = desk(9).second()
    for text in ("", "abc", "a" * 55, "b" * 56, "c" * 64, "核对" * 5000):
        assert page.evaluate(SHA, text) == hashlib.sha256(text.encode()).hexdigest()


def test_a_manager_finds_a_sheet_and_says_why(desk: Any, tmp_path: Path) -> None:
    here = desk(10)
    console, screen = here.console(), here.second()
    here.send(console)
    read_to_the_end(screen)
    sign(screen)
    expect(screen.locator(".cf-plain--confirmed")).to_be_visible()
    boss = here.hall.caller().sign_in(here.hall.accounts["manager"])
    for language, size in (("zh-CN", (1440, 900)), ("en", PHONE)):
        one = here.visit(size, language, boss)
        office = one.open("/manager/confirmations")
        office.locator("select[name=window]").select_option(here.window)
        office.locator("#find").click()
        office.locator("[data-pdf]").first.click()
        office.locator("dialog button[type=submit]").click()
        expect(office.locator("dialog .field__error")).not_to_be_empty()
        office.locator("dialog input").fill("群众投诉核查")
        with office.expect_download() as taken:
            office.locator("dialog button[type=submit]").click()
        path = tmp_path / f"{language}.pdf"
        taken.value.save_as(path)
        assert NAME in text_of(path.read_bytes())
        assert office.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert [said for said in one.complaints if " 400 " not in f" {said} " and "400" not in said] == []

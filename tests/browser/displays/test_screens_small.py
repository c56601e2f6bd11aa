"""The manager's pages of screens and voice on a phone and a small desk, and window screens that hang upright."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SIZES = {"phone": (390, 844), "desk": (1024, 768)}
NO_SECOND_SCROLL = "() => document.documentElement.scrollHeight <= innerHeight + 1"
NOTHING_ASIDE = "() => document.documentElement.scrollWidth <= innerWidth + 1"
RAN_OUT = """() => [...document.querySelectorAll("a, button, h1, select, .frame, .prompt__text")].filter((node) => {
  const box = node.getBoundingClientRect();
  return box.width && box.top < innerHeight && !node.closest(".prompts") && box.right > innerWidth + 1;
}).map((node) => node.className)"""
LINES = "(node) => Math.round(node.getBoundingClientRect().height / parseFloat(getComputedStyle(node).fontSize) / 1.4)"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_form_of_a_screen_fits_and_scrolls_once(
    hung: Any, look: Callable[..., Page], size: str, language: str
) -> None:
    id_ = hung.hang(name="社会保障区东侧大屏", arrangement="split", playlist=[{"kind": "text", "zh": "放假"}])
    page = look(f"/manager/screens#screen={id_}", SIZES[size], session=True, locale=language)
    expect(page.locator("#save")).to_be_visible()
    expect(page.locator(".frame")).to_be_visible()
    assert page.evaluate(NO_SECOND_SCROLL)
    assert page.evaluate(NOTHING_ASIDE)
    assert page.evaluate(RAN_OUT) == []
    assert page.locator(".se__title").evaluate(LINES) <= 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/manager/voice", "/manager/voice/record"])
def test_the_pages_of_the_voice_fit(look: Callable[..., Page], path: str, size: str) -> None:
    page = look(path, SIZES[size], session=True, locale="en")
    expect(page.locator("#back")).to_be_visible()
    expect(page.locator("#main > *").first).to_be_visible()
    assert page.evaluate(NOTHING_ASIDE)
    assert page.evaluate(RAN_OUT) == []
    words = page.locator(".prompt__text")
    assert all(lines <= 1 for lines in words.evaluate_all(f"(all) => all.map({LINES})"))


def test_the_managers_page_leads_to_the_screens_the_voice_and_the_devices(look: Callable[..., Page]) -> None:
    page = look("/manager", (1920, 1080), session=True)
    for name in ("screens", "voice", "devices"):
        expect(page.locator(f"#tab-{name}")).to_have_attribute("href", f"/manager/{name}")


def test_an_upright_window_screen_has_its_number_in_the_middle(hung: Any, look: Callable[..., Page]) -> None:
    hung.queue_up(4)
    if not hung.manager.get("windows/w05")["ticket"]:
        hung.call("w05")
    page = look("/window-screen/w05", (1080, 1920))
    number = page.locator(".ws__number")
    expect(number).to_be_visible()
    box, plate = number.bounding_box(), page.locator(".ws__plate").bounding_box()
    assert box is not None
    assert plate is not None
    assert plate["height"] < 1920 / 4
    assert 0.35 < (box["y"] + box["height"] / 2) / 1920 < 0.75
    assert box["width"] > 1080 * 0.6

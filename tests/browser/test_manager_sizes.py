"""The manager's page from a phone to a wall: nothing is cut, every tab is reached, by finger and by key."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess

pytestmark = pytest.mark.browser

TABS = ("live", "hand", "windows", "lines", "matters", "staff", "zones", "devices")
PAGES = ("appointments", "rules")
SIZES = ((360, 740), (768, 1024), (1024, 768), (1100, 800), (1440, 900), (3840, 2160))
PHONE = SIZES[0]


@pytest.fixture
def manager(hall: HallProcess) -> Caller:
    """The manager's session."""
    return hall.caller().sign_in(hall.accounts["manager"])


def reach(page: Page, tab: str) -> Any:
    """Bring a tab's link on the screen, out of the menu where it is folded away."""
    link = page.locator(f"#tab-{tab}")
    if not link.is_visible():
        page.locator("#tabs-more").click()
    expect(link).to_be_in_viewport(ratio=1)
    return link


def is_whole(page: Page) -> bool:
    """Whether nothing sticks out of the page to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_tab_is_reached_at_every_size(manager: Caller, visit: Any, size: tuple[int, int], language: str) -> None:
    page: Page = visit(size, language, manager).open("/manager")
    expect(page.locator(".totals")).to_be_visible()
    for tab in TABS:
        reach(page, tab).click()
        expect(page.locator(f"#tab-{tab}")).to_have_attribute("aria-current", "page")
        expect(page.locator(f"#tab-{tab}")).to_be_in_viewport(ratio=1)  # the open one is never folded away
        assert is_whole(page), tab
    for tab in PAGES:
        reach(page, tab)
        page.keyboard.press("Escape")


def test_a_folded_tab_is_opened_by_keys_alone(manager: Caller, visit: Any) -> None:
    page: Page = visit(PHONE, "zh-CN", manager).open("/manager")
    expect(page.locator(".totals")).to_be_visible()
    more = page.locator("#tabs-more")
    more.focus()
    page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(more).to_be_focused()
    page.keyboard.press("ArrowDown")
    folded = page.locator("#tabs-menu a")
    expect(folded.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(folded.last).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    wanted = page.evaluate("document.activeElement.id")
    page.keyboard.press("Enter")
    expect(page.locator(f"#{wanted}")).to_have_attribute("aria-current", "page")


def test_an_open_menu_outlives_what_happens_in_the_hall(hall: HallProcess, manager: Caller, visit: Any) -> None:
    page: Page = visit(PHONE, "en", manager).open("/manager")
    expect(page.locator(".totals")).to_be_visible()
    page.locator("#tabs-more").click()
    hall.caller().post("tickets", {"line": "labour", "channel": "kiosk"})
    expect(page.locator(".totals__one--first dd")).to_have_text("1")
    expect(page.locator("#tabs-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#tab-live .badge")).to_be_visible()  # the alarm that came meanwhile: nobody serves the line


def test_a_phone_has_targets_for_a_thumb(manager: Caller, visit: Any) -> None:
    page: Page = visit(PHONE, "en", manager).open("/manager")
    expect(page.locator(".live__windows .deeds .btn").first).to_be_visible()
    sizes = page.locator(".live__windows .deeds .btn, .top a:visible, .top button:visible").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().height).filter((height) => height > 0)"
    )
    assert sizes
    assert min(sizes) >= 40

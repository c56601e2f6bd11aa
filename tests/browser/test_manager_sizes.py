"""The manager's page from a phone to a wall: nothing is cut, every tab is reached, by finger and by key."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess
from tests.browser.waiting import resized

pytestmark = pytest.mark.browser

TABS = ("live", "hand", "windows", "lines", "matters", "staff", "zones")
PAGES = ("appointments", "devices", "reviews", "rules")
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


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_tab_is_reached_at_every_size(manager: Caller, visit: Any, language: str) -> None:
    page: Page = visit(SIZES[-1], language, manager).open("/manager")
    expect(page.locator(".totals")).to_be_visible()
    for size in SIZES:
        resized(page, size)
        for tab in TABS:
            reach(page, tab).click()
            expect(page.locator(f"#tab-{tab}")).to_have_attribute("aria-current", "page")
            expect(page.locator(f"#tab-{tab}")).to_be_in_viewport(ratio=1)  # the open one is never folded away
            assert is_whole(page), (size, tab)
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
    for _ in range(folded.count()):  # past the links that lead to other pages
        page.keyboard.press("ArrowUp")
        if page.evaluate("document.activeElement.getAttribute('href')").startswith("#"):
            break
    wanted = page.evaluate("document.activeElement.id")
    page.keyboard.press("Enter")
    expect(page.locator(f"#{wanted}")).to_have_attribute("aria-current", "page")


def test_an_open_menu_outlives_what_happens_in_the_hall(hall: HallProcess, manager: Caller, visit: Any) -> None:
    page: Page = visit(PHONE, "en", manager).open("/manager")
    expect(page.locator(".totals")).to_be_visible()
    page.locator("#tabs-more").click()
    hall.caller().post("tickets", {"line": "labour", "channel": "kiosk"})
    expect(page.locator("#figure-waiting .figure__value")).to_have_text("1")
    expect(page.locator("#tabs-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#tab-live .badge")).to_be_visible()  # the alarm that came meanwhile: nobody serves the line


def test_a_phone_has_targets_for_a_thumb(manager: Caller, visit: Any) -> None:
    page: Page = visit(PHONE, "en", manager).open("/manager")
    expect(page.locator(".tile").first).to_be_visible()
    sizes = page.locator(
        ".tile, .board__table tbody tr, .alarms__what, .top a:visible, .top button:visible"
    ).evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().height).filter((height) => height > 0)")
    assert sizes
    assert min(sizes) >= 40


CUT = """(strips) => [...document.querySelectorAll("#top *, #main input, #main select, #main button, #main a")]
  .filter((node) => !node.closest(strips) && node.getClientRects().length && getComputedStyle(node).clipPath === "none")
  .map((node) => [node.id || node.className || node.tagName, node.getBoundingClientRect()])
  .filter(([, box]) => box.left < -1 || box.right > innerWidth + 1)
  .map(([name, box]) => `${name} ${Math.round(box.left)} ${Math.round(box.right)}`)"""
"""What sticks out to the side, but for what is pushed aside by a thumb."""
STRIPS = ".table-wrap, .plans__lines"
NARROW = """(least) => [...document.querySelectorAll("#main input:not([type=checkbox])")]
  .filter((one) => one.clientWidth < least).length"""


@pytest.mark.parametrize("size", [(360, 740), (768, 1024), (1000, 700)], ids=lambda size: str(size[0]))
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_rules_are_read_and_changed_at_every_size(
    manager: Caller, visit: Any, size: tuple[int, int], language: str
) -> None:
    one = visit(size, language, manager)
    page: Page = one.open("/manager/rules")
    expect(page.locator("#r-last_ticket")).to_be_visible()
    page.locator("#v-quota_bands").click()  # a row of two times, a figure and a button
    assert page.evaluate(CUT, STRIPS) == []
    assert page.evaluate(NARROW, 48) == 0
    page.locator("#nav-hours").click()
    expect(page.locator("#h-open-0-0")).to_be_in_viewport(ratio=1)
    expect(page.locator("#h-close-0-0")).to_be_in_viewport(ratio=1)
    page.locator("#nav-issue").click()
    expect(page.locator("#g-issue")).to_be_in_viewport(ratio=1)
    hidden = (
        "(head) => document.elementFromPoint(innerWidth / 3, head.getBoundingClientRect().top + 4)?.closest('#nav')"
    )
    assert page.locator("#g-issue").evaluate(hidden) is None  # not below the row of sections
    expect(page.locator("#review-save")).to_be_in_viewport(ratio=1)
    page.locator("#discard").click()
    expect(page.locator("dialog .btn--danger")).to_be_in_viewport(ratio=1)
    page.locator("dialog .btn--danger").click()
    assert is_whole(page)
    assert one.complaints == []


@pytest.mark.parametrize("size", [(360, 740), (768, 1024), (1000, 700)], ids=lambda size: str(size[0]))
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_appointments_are_seen_and_planned_at_every_size(
    hall: HallProcess, manager: Caller, visit: Any, size: tuple[int, int], language: str
) -> None:
    row = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "begin": "00:00", "end": "24:00", "minutes": 30, "quota": 50}
    plan = manager.get("appointments/plans/business")["plan"]
    days = plan["days"] or [{"day": "2099-12-31", "note": "", "rows": [{k: row[k] for k in row if k != "weekdays"}]}]
    manager.put(
        "appointments/plans/business", {"plan": {**plan, "plans": [{"rows": [row]}], "days": days}, "reason": "x"}
    )
    offered = hall.caller().get("appointments/slots?line=business")["days"]
    day, begin = next((one["day"], slot["begin"]) for one in offered for slot in one["slots"] if slot["free"])
    person = {"phone": f"138{size[0]:04}{len(language):04}"}
    wanted = {"line": "business", "day": day, "begin": begin, "person": person}
    booked = hall.caller().post("appointments", wanted)
    one = visit(size, language, manager)
    page: Page = one.open("/manager/appointments")
    page.locator("#day").fill(day)
    void = page.locator(f"#void-{booked['id']}")
    expect(void).to_be_visible()
    void.hover()  # scrolls there, and once more where the list was drawn anew meanwhile
    expect(void).to_be_in_viewport(ratio=1)
    assert void.evaluate("(button) => button.getBoundingClientRect().height < 60")  # its word is not broken
    for tab, shown in (("day", "#day"), ("plans", "#save"), ("barred", "#number")):
        page.locator(f"#tab-{tab}").click()
        expect(page.locator(f"#tab-{tab}")).to_be_in_viewport(ratio=1)
        expect(page.locator(shown)).to_be_visible()
        assert page.evaluate(CUT, STRIPS) == [], tab
        assert page.evaluate(NARROW, 40) == 0, tab
        assert is_whole(page), tab
    page.locator("#tab-plans").click()
    page.locator("#line-tax").click()
    expect(page.locator("#line-tax")).to_have_attribute("aria-current", "true")
    expect(page.locator("#save")).to_be_in_viewport(ratio=1)
    assert one.complaints == []

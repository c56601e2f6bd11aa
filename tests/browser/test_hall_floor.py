"""The manager's tab for the hall floor: a preview changes nothing, deeds have reasons, and are taken back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess

pytestmark = pytest.mark.browser

LINE, OTHER, WINDOW = "labour", "business", "w01"


@pytest.fixture
def manager(hall: HallProcess) -> Caller:
    """The manager's session."""
    return hall.caller().sign_in(hall.accounts["manager"])


@pytest.fixture
def floor(visit: Any, manager: Caller) -> Page:
    """The tab, open."""
    page: Page = visit((1440, 900), session=manager).open("/manager#hand")
    expect(page.locator(f"#hand-line-{LINE}")).to_be_visible()
    return page


def reasoned(page: Page, reason: str) -> None:
    """Give the reason in the dialog that asks for it."""
    page.locator("dialog input[name=reason]").fill(reason)
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("dialog")).to_have_count(0)


def come(hall: HallProcess, many: int = 3, line: str = LINE) -> list[dict[str, Any]]:
    return [hall.caller().post("tickets", {"line": line, "channel": "kiosk"}) for _ in range(many)]


def test_pin_move_and_take_back(hall: HallProcess, floor: Page) -> None:
    first, second, third = come(hall)
    floor.locator(f"#hand-line-{LINE}").click()
    floor.locator(f"#pin-{third['id']}").click()
    floor.locator("dialog button[type=submit]").click()
    expect(floor.locator("dialog")).to_be_visible()  # nothing goes without a reason
    reasoned(floor, "赶航班")
    expect(floor.locator(".hand__table tbody tr").first).to_have_attribute("data-ticket", third["number"])
    deed = floor.locator("[data-kind=pinned]").first
    expect(deed).to_contain_text("赶航班")

    floor.locator(f"#move-{second['id']}").click()
    floor.locator("dialog select[name=line]").select_option(OTHER)
    reasoned(floor, "取错号")
    expect(floor.locator(f"[data-ticket={second['number']}]")).to_have_count(0)
    floor.locator("#hand-search").fill(second["number"])
    expect(floor.locator(f"[data-ticket={second['number']}]")).to_be_visible()

    floor.locator("[data-kind=moved] button").first.click()
    floor.locator("dialog .btn--primary").click()
    expect(floor.locator("[data-kind=moved]").first).to_contain_text("撤销")
    floor.locator(f"#hand-line-{LINE}").click()
    expect(floor.locator(f"[data-ticket={second['number']}]")).to_be_visible()
    expect(floor.locator(f"[data-ticket={first['number']}]")).to_be_visible()


def test_a_preview_changes_nothing_and_saving_does(hall: HallProcess, floor: Page, manager: Caller) -> None:
    manager.post(f"hand/windows/{WINDOW}", {"to": "open", "staff": "s01", "reason": "test"})
    come(hall, 6)
    before = manager.get(f"windows/{WINDOW}")["lines"]
    floor.locator("#hand-skills").click()
    floor.locator(f"#cell-{WINDOW}-{LINE}").click()
    effect = floor.locator(f"[data-effect={LINE}]")
    expect(effect).to_contain_text("→")
    assert manager.get(f"windows/{WINDOW}")["lines"] == before

    floor.locator("#skills-form input[name=reason]").fill("分流社保")
    floor.locator("#skills-save").click()
    expect(floor.locator("[data-kind=reassigned]").first).to_contain_text("分流社保")
    assert manager.get(f"windows/{WINDOW}")["lines"] == [*before, LINE]
    floor.locator("[data-kind=reassigned] button").first.click()
    floor.locator("dialog .btn--primary").click()
    expect(floor.locator(f"#cell-{WINDOW}-{LINE}")).to_have_attribute("aria-pressed", "false")
    assert manager.get(f"windows/{WINDOW}")["lines"] == before


def test_a_line_is_closed_and_the_kiosk_knows(floor: Page, manager: Caller) -> None:
    floor.locator("#hand-switches").click()
    floor.locator("#switch-line-tax").click()
    reasoned(floor, "税务系统故障")
    expect(floor.locator("[data-kind=line_closed]").first).to_contain_text("税务系统故障")
    assert not next(line for line in manager.get("hall")["lines"] if line["id"] == "tax")["open"]
    floor.locator("[data-kind=line_closed] button").first.click()
    floor.locator("dialog .btn--primary").click()
    expect(floor.locator("[data-kind=line_opened]")).to_be_visible()


def test_a_notice_is_refused_in_its_place_and_then_broadcast(floor: Page) -> None:
    floor.locator("#hand-notices").click()
    form = floor.locator(".hand__notice-form")
    form.locator("[name=zh]").fill("下午三点提前结束取号")
    form.locator("[name=lasts]").select_option("")
    form.locator("[name=until]").fill("2020-01-01T09:00")
    form.locator("[name=reason]").fill("会议")
    form.locator("#broadcast").click()
    expect(form.locator("[data-error=until]")).not_to_be_empty()
    expect(form.locator("[name=zh]")).to_have_value("下午三点提前结束取号")
    form.locator("[name=lasts]").select_option("60")
    form.locator("#broadcast").click()
    expect(floor.locator(".hand__notice")).to_contain_text("下午三点提前结束取号")
    floor.locator(".hand__notice button").click()
    reasoned(floor, "取消")
    expect(floor.locator(".hand__notice")).to_have_count(0)


def test_the_stop_needs_a_reason_and_a_long_press_and_is_lifted_from_any_tab(floor: Page) -> None:
    floor.locator("#hand-notices").click()
    stop = floor.locator("#raise")
    stop.click()  # a tap is not enough
    floor.locator("#emergency-reason").fill("演练")
    stop.click()
    expect(floor.locator("#staff-bar")).to_have_count(0)
    stop.hover()
    floor.mouse.down()
    expect(floor.locator("#staff-bar")).to_contain_text("演练")
    floor.mouse.up()
    floor.locator("#tab-live").click()
    floor.locator("#lift-emergency").click()
    floor.locator("#lift-reason").fill("演练结束")
    floor.locator("#lift-now").click()
    expect(floor.locator("#staff-bar")).to_have_count(0)

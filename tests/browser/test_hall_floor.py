"""The manager's tab for the hall floor: a preview changes nothing, deeds have reasons, and are taken back."""

from __future__ import annotations

import re
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


def centre(page: Page, selector: str) -> tuple[float, float]:
    """The middle of something, once it stands still: waits that come meanwhile make rows higher."""
    place = page.locator(selector)
    expect(place).to_be_visible()
    box = None
    while box is None or box != place.bounding_box():
        box = place.bounding_box()
        page.wait_for_timeout(100)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def saved_and_taken_back(page: Page, manager: Caller, before: list[str], reason: str) -> None:
    """Nothing is changed yet; saving changes it, and the log takes it back."""
    expect(page.locator(f"[data-effect={LINE}]")).to_contain_text("→")
    expect(page.locator("#skills-form input[name=reason]")).to_be_focused()
    assert manager.get(f"windows/{WINDOW}")["lines"] == before
    page.locator("#skills-form input[name=reason]").fill(reason)
    page.locator("#skills-save").click()
    expect(page.locator("[data-kind=reassigned]").first).to_contain_text(reason)
    assert manager.get(f"windows/{WINDOW}")["lines"] == [*before, LINE]
    page.locator("[data-kind=reassigned] button").first.click()
    page.locator("dialog .btn--primary").click()
    expect(page.locator(f"#cell-{WINDOW}-{LINE}")).to_have_attribute("aria-pressed", "false")
    assert manager.get(f"windows/{WINDOW}")["lines"] == before


@pytest.fixture
def before(hall: HallProcess, manager: Caller) -> list[str]:
    """The lines of the window, which is open while people wait for another line."""
    if manager.get(f"windows/{WINDOW}")["state"] == "closed":
        manager.post(f"hand/windows/{WINDOW}", {"to": "open", "staff": "s01", "reason": "test"})
    come(hall, 6)
    lines: list[str] = manager.get(f"windows/{WINDOW}")["lines"]
    return lines


def test_a_line_is_dragged_onto_a_window_with_the_mouse(floor: Page, manager: Caller, before: list[str]) -> None:
    floor.locator("#hand-skills").click()
    floor.mouse.move(*centre(floor, f"#carry-{LINE}"))
    floor.mouse.down()
    floor.mouse.move(*centre(floor, f"#skill-{WINDOW}"), steps=4)
    expect(floor.locator(f"tr[data-window={WINDOW}]")).to_have_class(re.compile("hand__target"))
    expect(floor.locator(".hand__ghost")).to_contain_text("→")  # the waits, before it is let go
    floor.mouse.up()
    expect(floor.locator(".hand__ghost")).to_have_count(0)
    saved_and_taken_back(floor, manager, before, "拖过来")


def test_a_line_let_go_beside_every_window_changes_nothing(floor: Page, before: list[str]) -> None:
    floor.locator("#hand-skills").click()
    floor.mouse.move(*centre(floor, f"#carry-{LINE}"))
    floor.mouse.down()
    floor.mouse.move(*centre(floor, f"#skill-{WINDOW}"), steps=4)
    floor.mouse.move(*centre(floor, ".hand__log h2"), steps=4)
    floor.mouse.up()
    expect(floor.locator(".hand__ghost")).to_have_count(0)
    expect(floor.locator("#skills-form")).to_have_count(0)
    floor.mouse.move(*centre(floor, f"#carry-{LINE}"))
    floor.mouse.down()
    floor.mouse.move(*centre(floor, f"#skill-{WINDOW}"), steps=4)
    floor.keyboard.press("Escape")
    floor.mouse.up()
    expect(floor.locator("#skills-form")).to_have_count(0)
    assert before


def test_a_line_is_carried_to_a_window_by_keys(floor: Page, manager: Caller, before: list[str]) -> None:
    floor.locator("#hand-skills").click()
    chip = floor.locator(f"#carry-{LINE}")
    chip.focus()
    floor.keyboard.press("Enter")
    expect(chip).to_have_attribute("aria-pressed", "true")
    floor.keyboard.press("ArrowDown")
    expect(floor.locator("tr[data-window=w02]")).to_have_class(re.compile("hand__target"))
    floor.keyboard.press("Escape")
    expect(chip).to_have_attribute("aria-pressed", "false")
    expect(chip).to_be_focused()
    floor.keyboard.press("Space")
    floor.keyboard.press("ArrowDown")
    floor.keyboard.press("ArrowUp")
    expect(floor.locator(f"tr[data-window={WINDOW}]")).to_have_class(re.compile("hand__target"))
    expect(floor.locator(".hand__ghost")).to_contain_text("→")
    floor.keyboard.press("Enter")
    saved_and_taken_back(floor, manager, before, "用键盘")


def test_a_line_is_carried_to_a_window_by_a_finger_on_a_phone(visit: Any, manager: Caller, before: list[str]) -> None:
    page: Page = visit((390, 844), session=manager).open("/manager#hand")
    page.locator("#hand-skills").click()
    expect(page.locator(f"#carry-{LINE}")).to_be_visible()
    page.locator(f"#skill-{WINDOW}").scroll_into_view_if_needed()
    page.locator(f"#carry-{LINE}").scroll_into_view_if_needed()
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    (from_x, from_y), (to_x, to_y) = centre(page, f"#carry-{LINE}"), centre(page, f"#skill-{WINDOW}")
    touch("touchStart", (from_x, from_y))
    for part in (0.25, 0.5, 0.75, 1):
        touch("touchMove", (from_x + (to_x - from_x) * part, from_y + (to_y - from_y) * part))
    expect(page.locator(".hand__ghost")).to_contain_text("→")
    touch("touchEnd")
    saved_and_taken_back(page, manager, before, "用手指")


def test_a_line_is_closed_and_the_kiosk_knows(floor: Page, manager: Caller) -> None:
    floor.locator("#hand-switches").click()
    floor.locator("#switch-line-tax").click()
    reasoned(floor, "税务系统故障")
    expect(floor.locator("[data-kind=line_closed]").first).to_contain_text("税务系统故障")
    assert not next(line for line in manager.get("hall")["lines"] if line["id"] == "tax")["open"]
    floor.locator("[data-kind=line_closed] button").first.click()
    floor.locator("dialog .btn--primary").click()
    expect(floor.locator("[data-kind=line_opened]")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_numbers_that_count_in_a_line_stand_beside_it(
    hall: HallProcess, manager: Caller, visit: Any, language: str
) -> None:
    page: Page = visit((1440, 900), language, manager).open("/manager#hand")
    page.locator("#hand-switches").click()
    before = {line["id"]: line["given"] for line in manager.get("manager")["lines"]}
    (moved,) = come(hall, 1, "tax")
    manager.post("hand/move", {"ticket": moved["id"], "line": "medical", "reason": "取错号"})
    words = {
        "zh-CN": (f"今日 {before['tax']} 号", f"今日 {before['medical'] + 1} 号，其中 {{}} 号由别处转来"),
        "en": (f"Numbers today: {before['tax']}", f"Numbers today: {before['medical'] + 1}, sent here: {{}}"),
    }[language]
    sent = next(line["sent_here"] for line in manager.get("manager")["lines"] if line["id"] == "medical")
    given = page.locator("tr", has=page.locator("#switch-line-medical")).locator(".hand__given")
    expect(given).to_have_text(words[1].format(sent))
    expect(page.locator("tr", has=page.locator("#switch-line-tax")).locator(".hand__given")).to_have_text(words[0])


@pytest.mark.parametrize(("size", "language"), [((1440, 900), "zh-CN"), ((1440, 900), "en"), ((360, 740), "en")])
def test_a_pause_of_the_only_window_is_asked_about_and_then_done(
    hall: HallProcess, manager: Caller, visit: Any, size: tuple[int, int], language: str
) -> None:
    window = next(one["id"] for one in manager.get("windows?limit=100")["items"] if "farming" in one["lines"])
    manager.post(f"hand/windows/{window}", {"to": "open", "staff": f"s{window[1:]}", "reason": "test"})
    come(hall, 1, "farming")
    page: Page = visit(size, language, manager).open("/manager#hand")
    page.locator("#hand-switches").click()
    pause = page.locator(f"#hand-pause-{window}")
    for is_meant in (False, True):
        pause.click()
        expect(page.locator("dialog select[name=why]")).to_have_value("break")
        page.locator("dialog input[name=reason]").fill("开会")
        page.locator("dialog button[type=submit]").click()
        asked = page.locator(
            "dialog[open]", has_text={"zh-CN": "没有别的窗口能办", "en": "no other open window"}[language]
        )
        expect(asked).to_be_in_viewport(ratio=1)
        expect(page.locator("dialog[open]")).to_have_count(1)
        assert manager.get(f"windows/{window}")["state"] == "idle"
        if not is_meant:
            page.keyboard.press("Escape")
            expect(page.locator("dialog[open]")).to_have_count(0)
            continue
        anyway = asked.locator("button[type=submit]")
        expect(anyway).to_have_text({"zh-CN": "仍然暂停", "en": "Pause anyway"}[language])
        anyway.click()
        expect(page.locator(f"#hand-resume-{window}")).to_be_visible()
    assert manager.get(f"windows/{window}")["state"] == "paused"
    expect(page.locator("[data-kind=window_paused]").first).to_contain_text("开会")
    manager.post(f"hand/windows/{window}", {"to": "close", "alone": "leave", "reason": "test"})


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

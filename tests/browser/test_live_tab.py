"""Behind the live board: a switch is one press with its reason, the hall asks back, the log knows why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.hall_process import Caller, HallProcess

pytestmark = pytest.mark.browser

OFFICE = (1440, 900)
LINE, WINDOW, STAFF, NEIGHBOUR = "farming", "w15", "s15", "w16"


@pytest.fixture
def manager(hall: HallProcess) -> Caller:
    """The manager's session."""
    return hall.caller().sign_in(hall.accounts["manager"])


@pytest.fixture
def window(manager: Caller) -> Iterator[str]:
    """A window that alone serves its line; closed again afterwards, with nobody there."""
    lines = manager.get(f"windows/{WINDOW}")["lines"]
    neighbour = manager.get(f"windows/{NEIGHBOUR}")["lines"]
    yield WINDOW
    state = manager.get(f"windows/{WINDOW}")["state"]
    then = {"calling": "requeue", "serving": "finish"}.get(state)
    for one, back in ((WINDOW, lines), (NEIGHBOUR, neighbour)):
        body = {"to": "close", "alone": "leave", "reason": "test", **({"then": then} if one == WINDOW and then else {})}
        manager.post(f"hand/windows/{one}", body)
        manager.post(f"windows/{one}/reassign", {"lines": back, "reason": "test"})


@pytest.fixture
def page(visit: Any, manager: Caller) -> Page:
    """What lies behind a line: its switch and its windows, open."""
    found: Page = visit(OFFICE, session=manager).open(f"/manager#live/line/{LINE}")
    expect(found.locator(f"#line-{LINE}")).to_be_visible()
    return found


def quick(page: Page, name: str) -> None:
    """Give one of the reasons of every day: the press sends the question's answer too."""
    page.locator(f"dialog [data-quick={name}]").click()


def agree(page: Page) -> None:
    page.locator("dialog button[type=submit]").click()


def badge(page: Page, window: str, state: str) -> None:
    row = page.locator("tr", has=page.locator(f"#window-{window}"))
    expect(row.locator(".badge")).to_have_text(state)


def last_deed(manager: Caller) -> tuple[str, str]:
    deed = manager.get("hand")["deeds"][0]
    return deed["kind"], deed["reason"]


def come(hall: HallProcess, line: str = LINE) -> Any:
    return hall.caller().post("tickets", {"line": line, "channel": "kiosk"})


def test_a_window_is_opened_paused_and_closed_with_one_press_each_and_the_log_says_why(
    page: Page, manager: Caller, window: str
) -> None:
    page.locator(f"#open-{window}").click()
    expect(page.locator("dialog select[name=staff]")).to_have_value(STAFF)
    quick(page, "plan")
    badge(page, window, "空闲")
    assert last_deed(manager) == ("window_opened", "reason.plan")

    page.locator(f"#pause-{window}").click()
    quick(page, "fault")
    badge(page, window, "暂停")
    assert last_deed(manager) == ("window_paused", "reason.fault")
    assert manager.get(f"windows/{window}")["state"] == "paused"
    expect(page.locator("tr", has=page.locator(f"#window-{window}"))).to_contain_text(
        "设备维护"
    )  # outside it is one too

    page.locator(f"#resume-{window}").click()
    agree(page)
    expect(page.locator("dialog")).to_be_visible()  # nothing goes without a reason
    page.locator("dialog input[name=reason]").fill("修好了")
    agree(page)
    badge(page, window, "空闲")
    assert last_deed(manager) == ("window_resumed", "修好了")

    page.locator(f"#close-{window}").click()
    quick(page, "staffing")
    badge(page, window, "未开放")
    assert last_deed(manager) == ("window_closed", "reason.staffing")


def test_a_reason_of_every_day_is_read_by_everybody_in_their_own_language(
    page: Page, visit: Any, manager: Caller, window: str
) -> None:
    manager.post(f"hand/windows/{window}", {"to": "open", "staff": STAFF, "reason": "按计划"})  # as it was kept once
    badge(page, window, "空闲")
    page.locator(f"#close-{window}").click()
    page.locator("dialog input[name=reason]").fill("王芳去培训")
    quick(page, "staffing")
    badge(page, window, "未开放")
    assert last_deed(manager) == ("window_closed", "reason.staffing 王芳去培训")
    for language, closed in (("zh-CN", "人手调整：王芳去培训"), ("en", "Staffing: 王芳去培训")):
        log = visit(OFFICE, language, manager).open("/manager#hand").locator(".hand__deed")
        expect(log.nth(0)).to_contain_text(closed)
        expect(log.nth(1)).to_contain_text("按计划")


def test_a_line_is_stopped_and_opened_with_a_reason(page: Page, manager: Caller) -> None:
    switch = page.locator(f"#line-{LINE}")
    for is_open, name, deed in (
        (False, "fault", ("line_closed", "reason.fault")),
        (True, "repaired", ("line_opened", "reason.repaired")),
    ):
        switch.click()
        quick(page, name)
        expect(switch).to_have_attribute("aria-checked", str(is_open).lower())
        assert last_deed(manager) == deed


def test_somebody_at_the_window_and_somebody_who_waits_for_it_alone_are_asked_about(
    hall: HallProcess, page: Page, manager: Caller, window: str
) -> None:
    manager.post(f"hand/windows/{window}", {"to": "open", "staff": STAFF, "reason": "test"})
    manager.post(f"hand/windows/{NEIGHBOUR}", {"to": "open", "staff": "s16", "reason": "test"})
    first, second = come(hall), come(hall)
    manager.post(f"windows/{window}/call")
    badge(page, window, "呼叫中")
    page.locator(f"#close-{window}").click()
    page.locator("dialog select[name=then]").select_option("requeue")
    quick(page, "staffing")

    successor: Locator = page.locator("dialog select[name=reassign_to]")
    expect(successor).to_be_hidden()
    page.locator("dialog select[name=alone]").select_option("reassign")
    successor.select_option(NEIGHBOUR)
    agree(page)
    badge(page, window, "未开放")
    assert last_deed(manager)[1] == "reason.staffing"
    assert LINE in manager.get(f"windows/{NEIGHBOUR}")["lines"]
    served = [manager.post(f"windows/{NEIGHBOUR}/call")["ticket"]["number"]]
    manager.post(f"windows/{NEIGHBOUR}/start")
    manager.post(f"windows/{NEIGHBOUR}/finish")
    served.append(manager.post(f"windows/{NEIGHBOUR}/call")["ticket"]["number"])
    manager.post(f"windows/{NEIGHBOUR}/start")
    manager.post(f"windows/{NEIGHBOUR}/finish")
    assert served == [first["number"], second["number"]]


def test_a_call_between_the_question_and_its_answer_is_asked_about_and_may_be_left(
    hall: HallProcess, page: Page, manager: Caller, window: str
) -> None:
    manager.post(f"hand/windows/{window}", {"to": "open", "staff": STAFF, "reason": "test"})
    badge(page, window, "空闲")
    page.locator(f"#pause-{window}").click()
    expect(page.locator("dialog")).to_be_visible()
    number = come(hall)["number"]
    manager.post(f"windows/{window}/call")
    quick(page, "plan")
    expect(page.locator("dialog")).to_contain_text(number)
    page.keyboard.press("Escape")
    assert manager.get(f"windows/{window}")["state"] == "calling"

    page.locator(f"#pause-{window}").click()
    page.locator("dialog select[name=then]").select_option("hold")
    quick(page, "plan")
    badge(page, window, "暂停")


def test_the_card_compares_the_estimate_with_the_naive_rule_and_opens_line_by_line(
    hall: HallProcess, page: Page, manager: Caller, window: str
) -> None:
    manager.post(f"hand/windows/{window}", {"to": "open", "staff": STAFF, "reason": "test"})
    come(hall)
    manager.post(f"windows/{window}/call")
    page.evaluate("location.hash = 'live/hall'")
    card = page.locator("#estimate")
    expect(card).to_contain_text(re.compile(r"平均差 \d+\.\d 分，简单算法差 \d+\.\d 分"))
    expect(card).to_contain_text(re.compile(r"九成承诺：满 50 次后评价，现有 \d+ 次"))
    card.click()
    rows = page.locator(".estimate-lines tbody tr")
    expect(rows.first).to_contain_text(re.compile(r"整个大厅.*\d%", re.DOTALL))
    expect(page.locator(".estimate-lines")).to_contain_text("pinball loss")
    before = rows.first.locator("td").nth(1).inner_text()
    manager.post(f"windows/{window}/start")
    manager.post(f"windows/{window}/finish")
    come(hall)
    manager.post(f"windows/{window}/call")
    expect(rows.first.locator("td").nth(1)).to_have_text(str(int(before) + 1))  # it stays live while it is open
    page.locator("#estimate-close").click()
    expect(page.locator(".estimate-lines")).to_have_count(0)


def test_alarms_of_one_kind_stand_together_and_say_once_what_to_do(hall: HallProcess, page: Page) -> None:
    page.evaluate("location.hash = 'live'")
    for line in ("tax", "police"):
        come(hall, line)
    unserved = page.locator("[data-alarm='line.unserved']")
    expect(unserved.locator(".alarms__what", has_text="税务")).to_be_visible()
    expect(unserved.locator(".alarms__what", has_text="公安与司法")).to_be_visible()
    expect(unserved.locator(".alarms__do")).to_have_text(re.compile("^开放一个办理该队列的窗口"))

"""A manager edits lines, windows, matters and people in the browser, and is told what is wrong where it is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess, HallRefused

pytestmark = pytest.mark.browser

OFFICE = (1440, 900)
DEPARTMENT = "区教科体局"
MARKUP = '<img src=x onerror="document.title=1">'
ENTITY = "&lt;甲&gt; &amp; '乙'"


@pytest.fixture
def manager(hall: HallProcess) -> Caller:
    """The hall's manager, signed in."""
    return hall.caller().sign_in(hall.accounts["manager"])


@pytest.fixture
def office(manager: Caller, visit: Any) -> Any:
    """The manager's page."""
    one = visit(OFFICE, "zh-CN", manager)
    expect(one.open("/manager").locator(".live__table").first).to_be_visible()
    return one


def test_a_line_a_window_a_matter_and_a_person_are_made_in_the_browser(
    hall: HallProcess, manager: Caller, office: Any, visit: Any
) -> None:
    page = office.page
    begin(page, "lines")
    page.locator("#f-prefix").fill("w")
    page.locator("#f-name").fill("夜间业务")
    page.locator("#f-name_en").fill("Evening Business")
    choose(page, "zone", "便民服务区")
    save(page, "夜间业务")

    begin(page, "windows")
    page.locator("#f-number").fill("77")
    page.locator("#f-name").fill("夜间窗口")
    choose(page, "zone", "便民服务区")
    page.locator("#f-lines select").select_option(label="W 夜间业务")
    save(page, "夜间窗口")
    window = only(manager.get("windows?q=夜间窗口"))

    begin(page, "matters")
    page.locator("#f-code").fill("NIGHT-0001")
    page.locator("#f-name").fill("夜间咨询服务")
    choose(page, "department", DEPARTMENT)
    choose(page, "line", "W 夜间业务")
    page.locator("#f-task_type").select_option(index=1)
    page.locator("[id='f-guidance.materials']").fill("身份证\n申请书")
    save(page, "夜间咨询服务", search="夜间咨询")

    begin(page, "staff")
    page.locator("#f-name").fill("night.owl")
    page.locator("#f-display_name").fill("夜班员")
    page.locator("#f-number").fill("7007")
    page.locator("#f-password").fill("Owl-flies-at-night-77")
    page.locator("#f-roles").get_by_label("窗口人员").check()
    page.locator(f"#f-windows input[value={window['id']}]").check()
    save(page, "夜班员")

    # What was made is good for work: the visitor finds the matter, the person calls the visitor.
    found = only(hall.caller().get("matters?q=夜间咨询"), "matters")
    assert found["guidance"]["materials"] == ["身份证", "申请书"]
    ticket = hall.caller().post("tickets", {"matter": found["id"], "channel": "kiosk"})
    assert ticket["number"].startswith("W")
    staff = hall.caller().sign_in({"name": "night.owl", "password": "Owl-flies-at-night-77"})
    desk = visit(session=staff).open("/console")
    expect(desk.locator("od-desk[data-state=closed]")).to_be_visible()
    desk.keyboard.press(" ")
    expect(desk.locator("od-desk[data-state=idle]")).to_be_visible()
    desk.keyboard.press(" ")
    expect(desk.locator(".ticket__number")).to_have_text(ticket["number"])
    assert office.complaints == []


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(office: Any) -> None:
    page = office.page
    begin(page, "windows")
    page.locator("#save").click()
    expect(error_at(page, "name")).not_to_be_empty()
    expect(error_at(page, "number")).not_to_be_empty()
    page.locator("#f-number").fill("5")  # taken
    page.locator("#f-name").fill("第二个五号")
    choose(page, "zone", "社会保障区")
    page.locator("#f-lines select").select_option(index=1)
    page.locator("#save").click()
    expect(error_at(page, "number")).not_to_be_empty()
    expect(error_at(page, "name")).to_be_empty()
    expect(page.locator("#f-name")).to_have_value("第二个五号")

    page.locator("#cancel").click()
    page.locator("dialog .btn--danger").click()
    begin(page, "lines")
    page.locator("#f-prefix").fill("I")  # read as 1
    page.locator("#f-name").fill("坏前缀")
    choose(page, "zone", "社会保障区")
    page.locator("#save").click()
    expect(error_at(page, "prefix")).not_to_be_empty()
    refused = re.compile(r"^(400|409) POST |status of (400|409) ")
    assert [one for one in office.complaints if not refused.search(one)] == []


def test_a_window_switched_off_leaves_every_list_and_comes_back(hall: HallProcess, office: Any) -> None:
    page = office.page
    page.locator("#tab-windows").click()
    for active in (False, True):
        page.locator("#row-w20").click()
        page.locator("#f-active").set_checked(active)
        page.locator("#save").click()
        expect(page.locator("#save")).to_have_count(0)
        shown = {one["id"] for one in hall.caller().get("hall")["windows"]}
        assert ("w20" in shown) is active
    assert office.complaints == []


def test_a_line_is_closed_and_opened_with_its_switch(hall: HallProcess, office: Any, visit: Any) -> None:
    page = office.page
    page.locator("#line-link-farming").click()
    switch = page.locator("#line-farming")
    kiosk = visit((1080, 1920)).open("/kiosk")
    switch.click()
    page.locator("dialog input[name=reason]").fill("系统维护")
    page.locator("dialog button[type=submit]").click()
    expect(switch).to_have_attribute("aria-checked", "false")
    kiosk.reload()
    kiosk.locator(".k-way").nth(2).click()
    expect(kiosk.locator(".k-tile", has_text="农林水务").locator(".badge--bad")).to_be_visible()
    switch.click()
    page.locator("dialog [data-quick=plan]").click()
    expect(switch).to_have_attribute("aria-checked", "true")
    ticket = hall.caller().post("tickets", {"line": "farming", "channel": "kiosk"})
    assert ticket["line"] == "farming"
    assert office.complaints == []


@pytest.mark.parametrize(
    ("path", "field"),
    [("windows/w16", "name"), ("lines/police", "name_en"), ("zones/z5", "name"), ("staff/s16", "display_name")],
)
def test_markup_in_a_name_is_refused_at_its_field(manager: Caller, path: str, field: str) -> None:
    with pytest.raises(HallRefused) as refusal:
        manager.patch(path, {field: MARKUP})
    assert refusal.value.status == 400
    assert f'"{field}"' in str(refusal.value)


def test_what_looks_like_markup_is_shown_as_it_was_typed(hall: HallProcess, manager: Caller, visit: Any) -> None:
    frequent = hall.caller().get("hall")["frequent"][0]
    for path in ("windows/w16", f"matters/{frequent['id']}", "lines/police"):
        manager.patch(path, {"name": ENTITY, "name_en": ENTITY})
    manager.patch("staff/s16", {"display_name": ENTITY})
    ticket = hall.caller().post("tickets", {"line": "police", "channel": "kiosk"})
    manager.post("windows/w16/open", {"staff": "s16"})
    manager.post("windows/w16/call")
    for path, ready in {
        "/": ".h-window",
        "/kiosk": ".k-tile",
        "/board/z5": ".call--hero",
        "/window-screen/w16": ".ws__number",
        "/pad/w16": ".serving",
        f"/t/{ticket['token']}": ".p-call",
        "/console?window=w16": ".ticket__number",
        "/manager": ".live__table",
        "/manager#windows": "#row-w16",
    }.items():
        one = visit(OFFICE, "zh-CN", manager if path.startswith(("/console", "/manager")) else None)
        page = one.open(path)
        expect(page.locator(ready).first).to_be_visible()
        expect(page.locator("body")).to_contain_text(ENTITY)
        assert one.complaints == [], path


def begin(page: Page, tab: str) -> None:
    """Go to a tab and begin a new record."""
    page.locator(f"#tab-{tab}").click()
    expect(page.locator(".edit__open").first).to_be_visible()
    page.locator("#new").click()
    expect(page.locator("#save")).to_be_enabled()


def choose(page: Page, field: str, label: str) -> None:
    """Choose by what stands in the list."""
    page.locator(f"#f-{field}").select_option(label=label)


def save(page: Page, name: str, *, search: str = "") -> None:
    """Save, and see it in the list."""
    page.locator("#save").click()
    expect(page.locator("#save")).to_have_count(0)
    page.locator(".edit__search input").fill(search or name)
    expect(page.locator(".edit__table tbody tr")).to_have_count(1)
    expect(page.locator(".edit__table")).to_contain_text(re.compile(re.escape(name)))


def error_at(page: Page, field: str) -> Any:
    """Where the error of a field stands."""
    return page.locator(f"[data-error='{field}']")


def only(answer: dict[str, Any], key: str = "items") -> Any:
    """The one thing that was found."""
    (one,) = answer[key]
    return one

"""The whole way from the called ticket to the accepted case: with keys alone, with the mouse, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.waiting import resized
from tests.fakes.cases_desk import NUMBER, page

pytestmark = pytest.mark.browser

SHOP = "三丰面馆"
SIZES = ((1920, 1080), (1366, 768), (1024, 768), (360, 780))
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def saved(view: Page) -> None:
    """Wait until the draft is kept."""
    expect(view.locator("#saved.abar__saved--saved")).to_be_visible()


def test_a_case_is_accepted_with_keys_alone(window: Any) -> None:
    desk = window(0)
    view = desk.open(f"/console?window={desk.id}")
    expect(view.locator("#act-accept")).to_be_visible()
    view.keyboard.press("a")
    expect(view.locator("#matter-q")).to_be_focused()
    expect(view.locator("#matters .matter[aria-selected=true] .badge--ok")).to_be_visible()
    view.keyboard.press("Enter")
    expect(view.locator("#q-who-self")).to_be_focused()
    view.keyboard.press("1")
    expect(view.locator("#q-who-self")).to_be_checked()
    expect(view.locator("#q-where-shop")).to_be_focused()
    view.keyboard.press("1")
    expect(view.locator("#q-where-shop")).to_be_checked()
    expect(view.locator("#material-list li")).to_have_count(3)
    view.keyboard.press("Control+Enter")
    expect(view.locator('[id="applicant.name"]')).to_be_focused()
    view.keyboard.type("张三丰")
    view.locator("#unmask-fill_in").focus()
    view.keyboard.press("Enter")
    expect(view.locator('[id="applicant.id_number"]')).to_have_value(NUMBER)
    view.locator("#licence-business-licence").focus()
    view.keyboard.press("Enter")
    expect(view.locator("dialog[open]")).to_be_visible()
    view.keyboard.press("Enter")
    expect(view.locator('[id="fields.shop"]')).to_have_value(re.compile("演示"))
    view.locator('[id="fields.kind"]').focus()
    view.keyboard.press("ArrowDown")
    view.keyboard.press("Alt+4")
    expect(view.locator("#mat-form")).to_be_focused()
    for material in ("form", "id", "plan"):
        expect(view.locator(f"#mat-{material}")).to_be_focused()
        view.keyboard.press("1")
    view.keyboard.press("Alt+5")
    expect(view.locator("#choice-accept")).to_be_focused()
    expect(view.locator(".decide .clock")).to_have_count(3)
    view.keyboard.press("Control+Enter")
    number = view.locator("#done-number")
    expect(number).to_have_text(re.compile(r"^DEMO-\d{8}-\d{4}[0-9A-Z]$"))
    expect(view.locator("#done-code")).to_have_text(re.compile(r"^[A-Z2-7]{8}$"))
    expect(view.locator(".paper")).to_have_count(2)
    [listed] = desk.clerk.get(f"cases?q={number.inner_text()}")["items"]
    assert listed["state"] == "accepted"
    view.keyboard.press("Alt+0")
    expect(view.locator("#act-accept")).to_be_visible()
    assert NUMBER not in view.url
    assert desk.complaints == []


def test_a_notice_then_corrections_with_the_mouse_in_english(window: Any, tmp_path: Path) -> None:
    desk = window(1)
    view = desk.accept("en", (1920, 1080))
    view.locator(".matter[aria-selected=true]").click()
    view.locator("#q-who-agent").click()
    view.locator("#q-where-shop").click()
    expect(view.locator("#material-list li")).to_have_count(4)
    view.locator("#step-3").click()
    view.locator('[id="applicant.name"]').fill("Smith")
    view.locator("#unmask-compare").click()
    expect(view.locator('[id="applicant.id_number"]')).to_have_value(NUMBER)
    view.locator('[id="fields.shop"]').fill(SHOP)
    view.locator('[id="fields.kind"]').select_option(index=1)
    view.locator('[id="fields.staff-add"]').click()
    view.locator('[id="fields.staff.0.name"]').fill("甲")
    view.locator("#step-4").click()
    scan = tmp_path / "plan.jpg"
    scan.write_bytes(page())
    view.locator("#scan-plan").set_input_files([scan, scan])
    expect(view.locator("#mat-plan .leaf")).to_have_count(2)
    first = view.locator("#mat-plan .leaf").first.get_attribute("data-sha")
    view.locator("#mat-plan .leaf").first.focus()
    view.keyboard.press("Shift+ArrowRight")
    expect(view.locator("#mat-plan .leaf").nth(1)).to_have_attribute("data-sha", str(first))
    view.keyboard.press("r")
    expect(view.locator("#mat-plan .leaf").nth(1)).not_to_have_attribute("data-sha", str(first))
    view.locator("#wrong-id").click()
    view.locator("#mat-id .chip--sm").nth(1).click()
    expect(view.locator("#gap-id")).to_have_value("Expired")
    view.locator("#missing-proxy").click()
    view.locator("#all-sound").click()
    view.locator("#step-5").click()
    expect(view.locator("#choice-notice")).to_be_checked()
    expect(view.locator("#choice-accept")).to_be_disabled()
    view.locator("#settle").click()
    view.locator("dialog[open] .btn--primary").click()
    expect(view.locator(".done[data-state=correction]")).to_be_visible()
    number = view.locator("#done-number").inner_text()
    desk.serve()
    view = desk.accept("en", (1920, 1080))
    view.locator("#open-today").click()
    view.locator("#today-q").fill(number[-6:])
    view.locator(".today__row").first.click()
    expect(view.locator("#case-state")).to_have_text("To be corrected")
    view.locator("#sound-id").click()
    view.locator("#sound-proxy").click()
    view.locator("#step-supply").click()
    expect(view.locator("#case-state")).to_have_text("Received")
    view.locator("#step-accept").click()
    expect(view.locator("#case-state")).to_have_text("Accepted")
    assert desk.complaints == []


def test_a_reload_loses_nothing_and_a_fault_leads_to_its_field(window: Any) -> None:
    desk = window(2)
    view = desk.accept()
    view.locator(".matter[aria-selected=true]").click()
    view.locator("#q-who-self").click()
    view.locator("#q-where-online").click()
    view.locator("#step-3").click()
    view.locator('[id="applicant.name"]').fill("张三丰")
    view.locator('[id="applicant.id_number"]').fill(NUMBER[:-1] + "1")
    view.locator('[id="fields.shop"]').fill(SHOP)
    saved(view)
    view.reload()
    expect(view.locator('[id="fields.shop"]')).to_have_value(SHOP)
    expect(view.locator('[id="applicant.id_number"]')).to_have_value(NUMBER[:-1] + "1")
    view.locator("#step-4").click()
    view.keyboard.press("Alt+y")
    view.locator("#step-5").click()
    view.keyboard.press("Control+Enter")
    expect(view.locator('[id="applicant.id_number"]')).to_have_attribute("aria-invalid", "true")
    expect(view.locator('[data-error="applicant.id_number"]')).to_have_text("号码不对，请核对")
    assert desk.clerk.get(f"cases?window={desk.id}&day=today")["total"] == 0
    second = desk.serve()
    expect(view.locator("#ticket")).to_have_text(second)
    expect(view.locator("#matter-q")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_runs_off_the_side_in_any_step(window: Any, language: str) -> None:
    desk = window(3)
    view = desk.accept(language, SIZES[0])
    view.locator(".matter[aria-selected=true]").click()
    for step in range(1, 6):
        view.locator(f"#step-{step}").click()
        expect(view.locator(f"#step-{step}[aria-current=step]")).to_be_attached()
        for size in (*SIZES[1:], SIZES[0]):
            resized(view, size)
            assert view.evaluate(WIDER) <= 0, (step, size)
        said = view.evaluate("() => document.body.innerText")
        assert re.findall(r"\b(?:accept|error|common)\.[a-z_]+(?:\.\w+)*|\{\w+\}|undefined|\[object", said) == []
    assert desk.complaints == []


def test_a_draft_typed_in_elsewhere_is_taken_over(window: Any) -> None:
    desk = window(4)
    first, second = desk.accept(), desk.accept()
    for view in (first, second):
        view.locator("#step-3").click()
    saved(second)
    first.reload()
    first.locator('[id="applicant.name"]').fill("甲")
    saved(first)
    second.locator('[id="applicant.address"]').fill("乙路1号")
    expect(second.locator('[id="applicant.name"]')).to_have_value("甲")
    expect(second.locator('[id="applicant.address"]')).to_have_value("")


def test_a_form_is_put_right_after_the_notice_and_a_pledge_waits_for_its_signature(window: Any) -> None:
    desk = window(5)
    view = desk.accept()
    view.locator(".matter[aria-selected=true]").click()
    view.locator("#q-who-self").click()
    view.locator("#q-where-shop").click()
    view.locator("#step-3").click()
    view.locator('[id="applicant.name"]').fill("张三丰")
    view.locator('[id="applicant.id_number"]').fill(NUMBER)
    view.locator('[id="fields.shop"]').fill(SHOP)
    view.locator('[id="fields.kind"]').select_option(index=1)
    view.locator("#step-4").click()
    view.locator("#missing-id").click()
    view.locator("#all-sound").click()
    view.locator("#step-5").click()
    expect(view.locator("#choice-pledge")).to_have_count(0)  # this matter allows none
    view.locator("#settle").click()
    view.locator("dialog[open] .btn--primary").click()
    view.locator("#done-open").click()
    view.locator("#correct-form").click()
    shop = view.locator('#correct [id="fields.shop"]')
    expect(shop).to_have_value(SHOP)
    shop.fill("三")
    view.locator("#sound-id").click()
    expect(shop).to_have_value("三")
    view.locator("#step-supply").click()
    expect(shop).to_have_attribute("aria-invalid", "true")
    shop.fill("三丰小馆")
    view.locator("#step-supply").click()
    expect(view.locator("#case-state")).to_have_text("已收件")
    expect(view.locator("#correct-form")).to_have_count(0)
    expect(view.locator("#step-pledge")).to_have_count(0)
    assert [one for one in desk.complaints if "400" not in one] == []

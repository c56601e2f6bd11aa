"""A manager sets the rules in the browser: a change is marked, reviewed, saved with a reason, or refused in place."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess

pytestmark = pytest.mark.browser

OFFICE = (1440, 900)
SMALL = (1024, 768)
REFUSED = re.compile(r"^400 PATCH |status of 400 ")
WIDER = (
    "() => [document.documentElement, document.querySelector('#main')].map((one) => one.scrollWidth - one.clientWidth)"
)
"""How far the page and its content run off the side, in pixels."""


@pytest.fixture
def manager(hall: HallProcess) -> Caller:
    """The hall's manager, signed in."""
    return hall.caller().sign_in(hall.accounts["manager"])


@pytest.fixture
def office(manager: Caller, visit: Any) -> Any:
    """The page of the rules."""
    one = visit(OFFICE, "zh-CN", manager)
    expect(one.open("/manager/rules").locator("#r-last_ticket")).to_be_visible()
    return one


def rule(manager: Caller, name: str) -> dict[str, Any]:
    """A rule as the hall has it."""
    found: dict[str, Any] = next(one for one in manager.get("rules")["rules"] if one["about"]["name"] == name)
    return found


def save(page: Page, reason: str = "试行一周") -> None:
    """Review and save, and see that nothing is left."""
    page.locator("#review-save").click()
    page.locator("#reason").fill(reason)
    page.locator("#save").click()


def saved(page: Page, reason: str = "试行一周") -> None:
    save(page, reason)
    expect(page.locator("#bar")).to_be_hidden()


def error_at(page: Page, name: str, line: str = "") -> Any:
    return page.locator(f"[data-error='{name}'][data-line='{line}']")


def test_the_managers_page_leads_here(manager: Caller, visit: Any) -> None:
    one = visit(OFFICE, "zh-CN", manager)
    page = one.open("/manager")
    expect(page.locator(".totals")).to_be_visible()
    page.locator("#tab-rules").evaluate("(link) => link.click()")  # folded away or not
    expect(one.page.locator("#r-ageing_s .rule__hint")).to_have_text(re.compile(r"[\u4e00-\u9fff]{10}"))
    assert one.complaints == []


def test_a_change_is_marked_reviewed_and_saved_and_the_other_manager_sees_it(
    manager: Caller, office: Any, visit: Any
) -> None:
    page, other = office.page, visit(OFFICE, "en", manager).open("/manager/rules")
    expect(other.locator("#v-recalls_max")).to_have_value("3")
    page.locator("#v-recalls_max").fill("5")
    expect(page.locator("#r-recalls_max .badge--warn")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.locator(".review__old")).to_contain_text("3")
    expect(page.locator(".review__new")).to_contain_text("5")
    page.locator("#save").click()
    expect(page.locator("#e-reason")).not_to_be_empty()  # nothing is saved without a reason
    page.locator("#reason").fill("老年人多")
    page.keyboard.press("Tab")
    page.locator("#save").click()
    expect(page.locator("#bar")).to_be_hidden()
    expect(other.locator("#v-recalls_max")).to_have_value("5")
    expect(other.locator(".top__last")).to_contain_text("老年人多")
    assert rule(manager, "recalls_max")["value"] == 5
    page.locator("#r-recalls_max .cell__default button").click()  # back to the default
    saved(page)
    assert rule(manager, "recalls_max")["is_changed"] is False
    assert office.complaints == []


@pytest.mark.parametrize(("lang", "words"), [("zh-CN", "不限制"), ("en", "No limit")])
def test_a_line_is_set_to_no_limit_where_the_hall_has_one(manager: Caller, visit: Any, lang: str, words: str) -> None:
    manager.patch("rules", {"values": {"quota_day": 80}, "lines": {"tax": {"quota_day": None}}, "reason": "so"})
    one = visit(OFFICE, lang, manager)
    page = one.open("/manager/rules")
    page.locator("#a-quota_day").select_option("tax")
    expect(page.locator("#v-quota_day-tax")).to_have_value("80")
    page.locator("#v-quota_day-tax-on").uncheck()
    expect(page.locator("#c-v-quota_day-tax")).to_contain_text(words)
    page.locator("#review-save").click()
    expect(page.locator(".review__new")).to_have_text(words)
    page.locator("#reason").fill("放开")
    page.locator("#save").click()
    expect(page.locator("#bar")).to_be_hidden()
    assert (rule(manager, "quota_day")["value"], rule(manager, "quota_day")["lines"]) == (80, {"tax": "none"})
    page.reload()
    expect(page.locator("#v-quota_day-tax-on")).not_to_be_checked()
    page.locator("#v-quota_day-tax-on").check()
    page.locator("#v-quota_day-tax").fill("120")
    saved(page)
    assert rule(manager, "quota_day")["lines"] == {"tax": 120}
    page.locator(".own button").first.click()  # it follows the hall again
    saved(page)
    assert rule(manager, "quota_day")["lines"] == {}
    manager.patch("rules", {"values": {"quota_day": None}, "reason": "so"})
    assert one.complaints == []


def test_what_somebody_else_changes_meanwhile_is_said_and_nothing_typed_is_lost(manager: Caller, office: Any) -> None:
    page = office.page
    page.locator("#v-near_at").fill("6")
    manager.patch("rules", {"values": {"near_at": 4}, "reason": "提醒早一点"})
    expect(page.locator("#c-v-near_at .cell__meanwhile")).to_contain_text("4")
    expect(page.locator("#v-near_at")).to_have_value("6")
    saved(page)
    assert rule(manager, "near_at")["value"] == 6


def test_an_impossible_value_is_refused_at_its_field_and_what_was_typed_stays(manager: Caller, office: Any) -> None:
    page = office.page
    page.locator("#v-ratio").check()
    page.locator("#v-ratio-favoured").fill("0")
    page.locator("#v-ratio-oldest").fill("0")
    page.locator("#v-hold_s").fill("20")
    save(page)
    expect(error_at(page, "ratio")).to_contain_text("0:0")
    expect(page.locator("#v-ratio-oldest")).to_be_focused()
    expect(page.locator("#v-hold_s")).to_have_value("20")
    assert rule(manager, "hold_s")["value"] == 900  # all or nothing
    page.locator("#v-ratio-oldest").fill("1")
    expect(error_at(page, "ratio")).to_be_empty()
    saved(page)
    assert rule(manager, "hold_s")["value"] == 1200
    assert rule(manager, "ratio")["value"] == {"favoured": 0, "oldest": 1}
    assert [one for one in office.complaints if not REFUSED.search(one)] == []


def test_what_is_no_number_or_out_of_bounds_never_leaves_the_page(office: Any) -> None:
    page = office.page
    for typed in ("twenty", "-1", "99999"):
        page.locator("#v-pass_after_s").fill(typed)
        expect(error_at(page, "pass_after_s")).not_to_be_empty()
        page.locator("#review-save").click()
        expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator("#v-pass_after_s").fill("45")
    expect(error_at(page, "pass_after_s")).to_be_empty()
    assert office.complaints == []


def test_another_unit_shows_the_same_time_and_rounds_nothing(manager: Caller, office: Any) -> None:
    page = office.page
    manager.patch("rules", {"values": {"transfer_bar_s": 100}, "reason": "试行"})
    expect(page.locator("#v-transfer_bar_s")).to_have_value("100")
    page.locator("#v-transfer_bar_s-unit").select_option("min")
    expect(page.locator("#v-transfer_bar_s")).to_have_value("1.667")
    expect(page.locator("#bar")).to_be_hidden()
    page.locator("#v-transfer_bar_s").fill("2.5")
    saved(page)
    assert rule(manager, "transfer_bar_s")["value"] == 150


def test_a_line_differs_and_follows_the_hall_again(manager: Caller, office: Any) -> None:
    page = office.page
    page.locator("#a-requeues_max").select_option("labour")
    expect(page.locator("#v-requeues_max-labour")).to_be_focused()
    page.locator("#v-requeues_max-labour").fill("4")
    saved(page)
    assert rule(manager, "requeues_max")["lines"] == {"labour": 4}
    page.locator("#scope").select_option("labour")
    expect(page).to_have_url(re.compile(r"#line=labour$"))
    expect(page.locator("#v-requeues_max-labour")).to_have_value("4")
    expect(page.locator("#r-undo_s, #r-hours")).to_have_count(0)  # the hall's only
    page.locator("#own-second_ticket").click()
    page.locator("#v-second_ticket-labour").select_option("hall")
    page.locator("#r-requeues_max .cell__default button").click()
    saved(page)
    assert rule(manager, "requeues_max")["lines"] == {}
    assert rule(manager, "second_ticket")["lines"] == {"labour": "hall"}
    assert office.complaints == []


def test_what_a_line_cannot_have_is_said_at_the_lines_own_value(office: Any) -> None:
    page = office.page
    page.locator("#a-recalls_max").select_option("labour")
    page.locator("#v-recalls_max-labour").fill("0")
    page.locator("#a-pass_after_calls").select_option("labour")
    page.locator("#v-pass_after_calls-labour").fill("2")
    page.locator("#scope").select_option("tax")  # the error's place is not in sight here
    expect(page.locator("#own-hold_s")).to_be_visible()
    save(page)
    expect(error_at(page, "pass_after_calls", "labour")).not_to_be_empty()
    expect(page.locator("#v-pass_after_calls-labour")).to_be_focused()


def test_limits_by_time_of_day_are_refused_at_their_row(manager: Caller, office: Any) -> None:
    page = office.page
    for begin, end in (("9:00", "1000"), ("0930", "11:00")):
        page.locator("#v-quota_bands").click()
        row = page.locator(".bands__row").last
        row.locator("input").nth(0).fill(begin)
        row.locator("input").nth(1).fill(end)
        row.locator("input").nth(2).fill("30")
    save(page)
    expect(error_at(page, "quota_bands")).to_contain_text("09:30")
    expect(page.locator("#v-quota_bands-begin-1")).to_be_focused()
    page.locator("#v-quota_bands-begin-1").fill("10:00")
    saved(page)
    assert [band["begin"] for band in rule(manager, "quota_bands")["value"]] == ["09:00", "10:00"]
    page.locator("#r-quota_bands .cell__default button").click()
    saved(page)
    assert [one for one in office.complaints if not REFUSED.search(one)] == []


def test_hours_that_end_before_they_begin_are_refused_at_their_row(manager: Caller, office: Any) -> None:
    page = office.page
    before = manager.get("hours")
    page.locator("#h-open-2-0").fill("17:00")
    page.locator("#h-close-2-0").fill("09:00")
    save(page)
    expect(page.locator("#e-hours-2")).not_to_be_empty()
    expect(page.locator("#h-close-2-0")).to_be_focused()
    assert manager.get("hours") == before
    page.locator("#h-open-2-0").fill("00:00")
    page.locator("#h-close-2-0").fill("23:30")
    saved(page)
    assert manager.get("hours")["days"][2] == [{"open": "00:00", "close": "23:30"}]


def test_a_class_of_priority_is_added_where_the_kiosk_finds_it(hall: HallProcess, manager: Caller, office: Any) -> None:
    page = office.page
    n = len(manager.get("hall-record")["priorities"])
    page.locator("#add-priority").click()
    page.locator(f"#p-id-{n}").fill("Hero!")
    page.locator(f"#p-name-{n}").fill("见义勇为人员")
    save(page)
    expect(page.locator("#e-priorities")).not_to_be_empty()
    expect(page.locator(f"#p-id-{n}")).to_be_focused()
    page.locator(f"#p-id-{n}").fill("hero")
    saved(page)
    assert hall.caller().get("hall")["priorities"][n]["name"] == "见义勇为人员"


def test_what_is_discarded_is_as_it_was(office: Any) -> None:
    page = office.page
    page.locator("#v-undo_s").fill("33")
    page.locator("#v-preference").uncheck()
    page.locator("#discard").click()
    page.locator("dialog .btn--danger").click()
    expect(page.locator("#v-undo_s")).to_have_value("10")
    expect(page.locator("#v-preference")).to_be_checked()
    expect(page.locator("#bar")).to_be_hidden()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [OFFICE, SMALL])
def test_every_rule_has_its_words_and_nothing_runs_off_the_side(
    manager: Caller, visit: Any, size: tuple[int, int], language: str
) -> None:
    one = visit(size, language, manager)
    page = one.open("/manager/rules")
    expect(page.locator("#r-offline_block")).to_be_visible()
    texts = page.locator("body").inner_text()
    for view in ("", "#line=labour"):
        page.goto(page.url.partition("#")[0] + view)
        expect(page.locator("#r-hold_s")).to_be_visible()
        texts += page.locator("body").inner_text()
        assert page.evaluate(WIDER) == [0, 0]
    for help_ in page.locator(".rule__help").all()[:3]:
        help_.click()
        texts += page.locator("dialog").inner_text()
        page.keyboard.press("Escape")
    assert re.findall(r"\brules\.[a-z_]+|\{\w+\}|undefined|\bNaN\b|\bnull\b", texts) == []
    assert one.complaints == []

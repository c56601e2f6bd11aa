"""A manager has a report made, sees it come, fetches it; what is made by itself; the head of a department."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from scripts.hall_process import Caller, HallProcess
from tests.browser.waiting import resized, wrong_at_last

pytestmark = pytest.mark.browser

Seen = Callable[..., Any]
SIZES = {"wall": (1920, 1080), "desk": (1440, 900), "phone": (360, 780)}
MADE_MS = 60_000


@pytest.fixture(scope="module")
def manager(hall: HallProcess) -> Caller:
    """A manager of a hall with three visits at one window."""
    caller = hall.caller().sign_in(hall.accounts["manager"])
    line = next(one["lines"] for one in caller.get("windows?limit=50")["items"] if one["id"] == "w01")[0]
    matter = hall.caller().get(f"matters?line={line}&limit=1")["matters"][0]["id"]
    caller.post("windows/w01/open", {"staff": "s01"})
    for _ in range(3):
        hall.caller().post("tickets", {"matter": matter, "channel": "kiosk"})
    for _ in range(3):
        for key in ("call", "start", "finish"):
            caller.post(f"windows/w01/{key}")
    return caller


@pytest.mark.parametrize(("size", "language"), [("wall", "zh-CN"), ("phone", "en")])
def test_a_report_is_made_seen_fetched_and_removed(manager: Caller, visit: Seen, size: str, language: str) -> None:
    one = visit(SIZES[size], language, manager)
    page = one.open("/manager/reports")
    expect(page.locator("#empty")).to_be_visible()
    page.locator("#make").click()
    expect(page.locator(".report")).to_have_count(1)
    expect(page.locator(".report[data-state='done']")).to_have_count(1, timeout=MADE_MS)
    with page.expect_download() as coming:
        page.locator("[data-do='download']").click()
    assert coming.value.suggested_filename.startswith("daily-hall-")
    wider = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for each in (*SIZES.values(), SIZES[size]):
        resized(page, each)
        assert wrong_at_last(page, lambda: max(0, page.evaluate(wider))) == 0, each
    page.locator("[data-do='remove']").click()
    page.locator("dialog .btn--danger").click()
    expect(page.locator("#empty")).to_be_visible()
    assert one.complaints == []


def test_what_cannot_be_reported_is_said_at_its_field(manager: Caller, visit: Seen) -> None:
    page = visit(SIZES["desk"], "en", manager).open("/manager/reports")
    page.locator("#form [name='kind']").select_option("period")
    page.locator("[name='first']").fill("2020-01-01")
    page.locator("[name='last']").fill("2019-01-01")
    page.locator("#make").click()
    expect(page.locator("[data-error='last']")).not_to_be_empty()
    page.locator("[name='last']").fill("2020-02-01")
    page.locator("#make").click()
    expect(page.locator("[data-error='first']")).to_contain_text("nothing to report")


def test_plans_and_heads_are_kept(manager: Caller, visit: Seen) -> None:
    page = visit(SIZES["desk"], "en", manager).open("/manager/reports")
    page.locator("#plan [name='kind']").select_option("weekly")
    page.locator("#plan-add").click()
    expect(page.locator("#plans .plan")).to_have_count(1)
    page.locator("#head-add").click()
    expect(page.locator("#heads .plan")).to_have_count(1)
    page.reload()
    expect(page.locator("#plans .plan")).to_have_count(1)
    page.locator("#heads .plan button").click()
    expect(page.locator("#heads")).to_have_count(0)
    page.locator("#plans .plan button").click()
    expect(page.locator("#plans")).to_have_count(0)


def test_the_managers_page_leads_there_and_back(manager: Caller, visit: Seen) -> None:
    page = visit((1920, 1080), "en", manager).open("/manager")
    expect(page.locator("a[href='/manager/reports']").first).to_be_attached()
    page = visit(SIZES["desk"], "en", manager).open("/manager/reports")
    page.locator("#back").click()
    page.wait_for_url("**/manager*")

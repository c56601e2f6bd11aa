"""A manager asks what other staffing would have changed: forms in plain words, a bar, an answer in a sentence."""

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


@pytest.fixture(scope="module")
def manager(hall: HallProcess) -> Caller:
    """A manager of a hall with six visits at one window."""
    caller = hall.caller().sign_in(hall.accounts["manager"])
    line = next(one["lines"] for one in caller.get("windows?limit=50")["items"] if one["id"] == "w01")[0]
    matter = hall.caller().get(f"matters?line={line}&limit=1")["matters"][0]["id"]
    caller.post("windows/w01/open", {"staff": "s01"})
    for _ in range(6):
        hall.caller().post("tickets", {"matter": matter, "channel": "kiosk"})
    for _ in range(6):
        for key in ("call", "start", "finish"):
            caller.post(f"windows/w01/{key}")
    return caller


@pytest.mark.parametrize(("size", "language"), [("wall", "zh-CN"), ("phone", "en")])
def test_a_question_is_put_in_plain_words_and_answered_in_one(
    manager: Caller, visit: Seen, size: str, language: str
) -> None:
    one = visit(SIZES[size], language, manager)
    page = one.open("/manager/what-if")
    expect(page.locator("#baseline tbody tr")).to_have_count(1)
    expect(page.locator("#curve svg")).to_be_visible()
    page.locator(".change button").first.click()
    expect(page.locator(".change")).to_have_count(0)
    page.locator("#add-visitors").click()
    page.locator("#change-0-percent").fill("100")
    page.locator("#go").click()
    expect(page.locator("#sentence")).to_contain_text("100")
    expect(page.locator("#results .line")).to_have_count(1)
    expect(page.locator("#card-p90_s")).to_be_visible()
    wider = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for each in SIZES.values():
        resized(page, each)
        assert wrong_at_last(page, lambda: max(0, page.evaluate(wider))) == 0, each
    assert one.complaints == []


def test_what_cannot_be_is_said_at_its_change(manager: Caller, visit: Seen) -> None:
    page = visit(SIZES["desk"], "en", manager).open("/manager/what-if")
    expect(page.locator("#baseline")).to_be_visible()
    page.locator("#add-close").click()
    page.locator("#change-1-begin").fill("12:00")
    page.locator("#change-1-end").fill("11:00")
    page.locator("#change-0-windows").fill("1")
    page.locator("#go").click()
    wrong = page.locator(".change--wrong")
    expect(wrong).to_have_count(1)
    expect(wrong).to_have_attribute("data-change", "1")
    expect(wrong).to_contain_text("later than 12:00")
    expect(page.locator("#change-1-end")).to_have_attribute("aria-invalid", "true")


def test_the_managers_page_leads_there_and_back(manager: Caller, visit: Seen) -> None:
    page = visit((1920, 1080), "en", manager).open("/manager")
    expect(page.locator("a[href='/manager/what-if']").first).to_be_attached()
    page = visit(SIZES["desk"], "en", manager).open("/manager/what-if")
    page.locator("#back").click()
    page.wait_for_url("**/manager*")

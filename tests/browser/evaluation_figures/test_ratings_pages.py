"""The published figures on a wall, a touch screen and a phone, and the manager's page of ratings."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess
from tests.browser.waiting import resized

pytestmark = pytest.mark.browser

WALL, TOUCH, PHONE, OFFICE = (1920, 1080), (1080, 1920), (360, 780), (1440, 900)
SIZES = {"wall": WALL, "touch": TOUCH, "phone": PHONE}
LANGUAGES = ["zh-CN", "en"]
MARKUP = "<img src=x onerror=alert(1)> 等了一小时"
LEVELS = {"w01": [1, 1, 2, 3, 5], "w05": [1, 2, 1, 1, 2], "w06": [4]}
KEY = re.compile(r"(?<![\w/.-])(?:figures|upward|common)\.[a-z_]+(?:\.\w+)*\b")

Seen = Callable[..., Any]


def serve(manager: Caller, hall: HallProcess, window: str) -> dict[str, Any]:
    """A visit at a window, to its end; gives its ticket."""
    lines = next(one["lines"] for one in manager.get("windows?limit=50")["items"] if one["id"] == window)
    matter = next(one for one in hall.caller().get(f"matters?line={lines[0]}&limit=5")["matters"])
    ticket: dict[str, Any] = hall.caller().post("tickets", {"matter": matter["id"], "channel": "kiosk"})
    for key in ("call", "start", "finish"):
        manager.post(f"windows/{window}/{key}")
    return ticket


def rate(hall: HallProcess, ticket: dict[str, Any], level: int, **more: Any) -> None:
    hall.caller().post("ratings", {"ticket": ticket["token"], "level": level, "channel": "phone", **more})


@pytest.fixture(scope="module")
def quick_hall(quick_hall: Path) -> Path:
    """All these ratings come from one machine within seconds: here that is no misuse."""
    text = quick_hall.read_text("utf-8")
    quick_hall.write_text(text.replace("[settings]\n", "[settings]\nrating_burst_count = 50\n", 1), "utf-8")
    return quick_hall


@pytest.fixture(scope="module")
def manager(hall: HallProcess) -> Caller:
    """A manager of a hall with eleven ratings at three windows."""
    caller = hall.caller().sign_in(hall.accounts["manager"])
    for window, levels in LEVELS.items():
        caller.post(f"windows/{window}/open", {"staff": f"s{window[1:]}"})
        for level in levels:
            bad = {"text": MARKUP, "reasons": ["waiting"]} if level == 5 else {}
            rate(hall, serve(caller, hall, window), level, **bad)
    return caller


def is_whole(page: Page, *, is_still: bool = False) -> None:
    """Nothing runs off the side, no key stands where a word should."""
    shown = page.evaluate("() => document.body.innerText")
    assert KEY.findall(shown) == []
    assert not re.search(r"\bundefined\b|\bNaN\b|\[object |\{\w+\}", shown)
    wider, higher = page.evaluate(
        "() => { const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;"
        " return [scrollWidth - clientWidth, scrollHeight - clientHeight]; }"
    )
    assert wider <= 0
    assert not is_still or higher <= 0


def is_whole_at_both(page: Page) -> None:
    """At the desk and on a phone."""
    for size in (PHONE, OFFICE):
        resized(page, size)
        is_whole(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_sees_the_months_figures_whole(manager: Caller, visit: Seen, language: str) -> None:
    one = visit(WALL, language)
    page = one.open("/ratings")
    expect(page.locator("#good-rate")).to_have_text("81.8%")
    expect(page.locator("#figure-bad_rate .tile__value")).to_have_text("18.2%")
    for name, size in SIZES.items():
        resized(page, size)
        is_whole(page, is_still=name == "wall")
    assert one.complaints == []


def test_every_figure_leads_to_its_formula_and_lands_there(manager: Caller, visit: Seen) -> None:
    page = visit(WALL, "en").open("/ratings")
    expect(page.locator("#good-rate")).to_be_visible()
    links = page.locator("a[href*='/ratings/formulas#']").evaluate_all(
        "(all) => all.map((a) => a.getAttribute('href'))"
    )
    asked = {link.partition("#")[2] for link in links}
    assert {"good_rate", "bad_rate", "active_rate", "unrated_rate", "fixed_rate", "revisit_rate", "ratings"} <= asked
    page.locator("#figure-unrated_rate a").click()
    expect(page.locator("#unrated_rate.form--asked")).to_be_in_viewport()
    there = set(page.locator(".form").evaluate_all("(all) => all.map((one) => one.id)"))
    assert asked <= there


def test_a_rate_without_anything_to_divide_by_is_a_dash(manager: Caller, visit: Seen) -> None:
    page = visit(WALL).open("/ratings")
    expect(page.locator("#figure-revisit_rate .tile__value")).to_have_text("—")
    page.locator("#before").click()
    expect(page.locator("#good-rate")).to_have_text("—")
    expect(page.locator("#month")).not_to_be_empty()
    page.locator("#after").click()
    expect(page.locator("#good-rate")).to_have_text("81.8%")
    expect(page.locator("#after")).to_be_disabled()


def test_small_groups_and_people_are_not_shown(manager: Caller, visit: Seen) -> None:
    page = visit(PHONE, "en").open("/ratings")
    windows = page.locator("#windows .group")
    expect(windows.nth(2)).to_contain_text("Fewer than 5 ratings")
    shown = page.locator("body").inner_text()
    names = [one["display_name"] for one in manager.get("staff?limit=50")["items"] if one.get("display_name")]
    assert names
    assert [name for name in names if name in shown] == []
    assert "onerror" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_manager_sees_figures_groups_and_the_way_upward(manager: Caller, visit: Seen, language: str) -> None:
    one = visit(OFFICE, language, manager)
    page = one.open("/manager/ratings")
    expect(page.locator("#figure-good_rate .figure__value")).to_have_text("81.8%")
    expect(page.locator("#groups tr[data-key=w01]")).to_contain_text("80%")
    for by in ("department", "channel", "staff", "matter", "day"):
        page.locator(f"#by-{by}").click()
        expect(page.locator(f"#by-{by}")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#groups tbody tr").first).to_be_visible()
        is_whole_at_both(page)
    page.locator("#tab-list").click()
    expect(page.locator(".entry")).to_have_count(11)
    is_whole_at_both(page)
    page.locator("#tab-upward").click()
    expect(page.locator("#upward-off")).to_be_visible()
    is_whole_at_both(page)
    assert one.complaints == []


def test_written_words_are_text_and_filters_do_what_they_say(manager: Caller, visit: Seen) -> None:
    one = visit(OFFICE, "en", manager)
    page = one.open("/manager/ratings#list")
    page.locator("#only-bad").click()
    expect(page.locator(".entry")).to_have_count(2)
    expect(page.locator(".entry__text")).to_have_text(MARKUP)
    assert page.locator(".entry img").count() == 0
    page.locator("#only-window").select_option("w06")
    expect(page.locator(".entry")).to_have_count(1)
    page.locator("#only-marked").click()
    expect(page.locator(".empty__title")).to_have_text("No rating fits")
    assert one.complaints == []


def test_a_bad_period_is_said_and_a_good_one_mends_it(manager: Caller, visit: Seen) -> None:
    page = visit(OFFICE, "en", manager).open("/manager/ratings")
    expect(page.locator("#figure-good_rate")).to_be_visible()
    page.locator("#from").fill("2026-11-20")
    page.locator("#to").fill("2026-11-01")
    page.locator("#show").click()
    expect(page.locator("[data-error=to]")).to_have_text("The last day lies before the first")
    page.locator("#quick-today").click()
    expect(page.locator("#figure-good_rate .figure__value")).to_have_text("81.8%")


def test_a_rating_shows_itself_on_the_managers_open_page(manager: Caller, hall: HallProcess, visit: Seen) -> None:
    page = visit(OFFICE, "en", manager).open("/manager/ratings#list")
    page.locator("#quick-today").click()
    before = page.locator(".entry").first
    expect(before).to_be_visible()
    newest = before.get_attribute("data-rating")
    rate(hall, serve(manager, hall, "w05"), 1, text="很快")
    expect(page.locator(".entry").first).not_to_have_attribute("data-rating", newest or "")
    expect(page.locator(".entry").first.locator(".entry__text")).to_have_text("很快")


def test_who_is_not_signed_in_is_led_to_the_sign_in(hall: HallProcess, visit: Seen) -> None:
    page = visit(OFFICE).open("/manager/ratings")
    expect(page).to_have_url(re.compile("/sign-in"))

"""The console's deepened keys in a real browser: undo, people and returns, several matters, pauses, closing alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess

pytestmark = pytest.mark.browser

Console = Callable[[str], Page]


@pytest.fixture
def console(hall: HallProcess, visit: Any) -> Console:
    """Open a window and its console as the person who sits there."""

    def begin(window: str) -> Page:
        staff = signed_in(hall, window)
        staff.post(f"windows/{window}/open")
        page: Page = visit(session=staff).open(f"/console?window={window}")
        expect(page.locator("od-desk[data-state=idle]")).to_be_visible()
        return page

    return begin


@pytest.fixture(autouse=True)
def nobody_is_left(hall: HallProcess) -> Any:
    """After each test every window is closed and nobody waits."""
    yield
    manager = hall.caller().sign_in(hall.accounts["manager"])
    for window in manager.get("hall")["windows"]:
        if window["state"] in {"calling", "serving"}:
            then = "requeue" if window["state"] == "calling" else "finish"
            manager.post(f"windows/{window['id']}/pause", {"then": then, "anyway": True})
        manager.post(f"windows/{window['id']}/close", {"alone": "leave"})
    for line in manager.get("hall")["lines"]:
        if not line["open"]:
            manager.post(f"hand/lines/{line['id']}", {"open": True, "reason": "a new test"})
    lines = {line["id"] for line in manager.get("hall")["lines"] if line["waiting"]}
    for line in lines:
        emptied(hall, manager, line)


def emptied(hall: HallProcess, manager: Caller, line: str) -> None:
    window = next(w["id"] for w in manager.get("windows?limit=100")["items"] if line in w["lines"])
    manager.post(f"windows/{window}/open", {"staff": f"s{window[1:]}"})
    while manager.get(f"windows/{window}/desk")["ahead"]:
        manager.post(f"windows/{window}/call")
        manager.post(f"windows/{window}/start")
        manager.post(f"windows/{window}/finish", {"ends": True})
    manager.post(f"windows/{window}/close", {"alone": "leave"})


def signed_in(hall: HallProcess, window: str) -> Caller:
    return hall.caller().sign_in(next(one for one in hall.accounts["staff"] if one["window"] == window))


def matter(hall: HallProcess, line: str) -> str:
    found: str = hall.caller().get(f"matters?line={line}&limit=1")["matters"][0]["id"]
    return found


def take(hall: HallProcess, **wanted: Any) -> Any:
    return hall.caller().post("tickets", {"channel": "kiosk", **wanted})


def is_in(page: Page, state: str) -> None:
    expect(page.locator(f"od-desk[data-state={state}]")).to_be_visible()


def first_in_line(page: Page) -> Any:
    return page.locator("od-ahead .queue__row").first


def test_a_call_by_mistake_is_taken_back_at_the_console_and_on_the_board(
    hall: HallProcess, console: Console, visit: Any
) -> None:
    first, _ = take(hall, line="business"), take(hall, line="business")
    zone = hall.caller().get("windows/w01")["zone"]
    page, board = console("w01"), visit((1920, 1080)).open(f"/board/{zone}")
    page.keyboard.press(" ")
    is_in(page, "calling")
    expect(page.locator("#undo")).to_contain_text(first["number"])
    expect(board.locator("body")).to_contain_text(first["number"])

    page.keyboard.press("u")

    is_in(page, "idle")
    expect(page.locator(".toast")).to_contain_text(first["number"])
    expect(page.locator("#undo")).to_have_count(0)
    expect(first_in_line(page).locator(".queue__number")).to_have_text(first["number"])
    expect(board.locator("body")).not_to_contain_text(first["number"])
    assert hall.caller().get(f"tickets/{first['token']}")["calls"] == 0


def test_control_z_is_the_same_key_and_a_refusal_is_told(hall: HallProcess, console: Console) -> None:
    ticket = take(hall, line="business")
    page = console("w01")
    page.keyboard.press(" ")
    is_in(page, "calling")
    page.keyboard.press("s")
    is_in(page, "serving")
    page.keyboard.press("Control+z")
    is_in(page, "calling")
    page.keyboard.press("s")
    is_in(page, "serving")
    page.keyboard.press("f")
    is_in(page, "idle")
    rating = {"ticket": ticket["token"], "level": 1, "channel": "phone"}
    hall.caller().post("ratings", rating)

    page.keyboard.press("u")

    expect(page.locator(".toast--bad")).to_contain_text(ticket["number"])
    is_in(page, "idle")


def test_a_visitor_sent_to_a_person_comes_back_to_the_head_of_the_line(hall: HallProcess, console: Console) -> None:
    ticket, _ = take(hall, line="business"), take(hall, line="business")
    here, there = console("w01"), console("w02")
    here.keyboard.press(" ")
    is_in(here, "calling")
    here.keyboard.press("s")
    is_in(here, "serving")
    here.keyboard.press("t")
    here.keyboard.press("ArrowLeft")
    expect(here.locator("[data-kind=staff]")).to_have_attribute("aria-selected", "true")
    expect(here.locator("dialog .choice").first).to_contain_text("2")
    here.keyboard.press("Tab")
    here.keyboard.press("Space")
    here.keyboard.press("Tab")
    here.keyboard.type("盖章")
    here.keyboard.press("Enter")
    is_in(here, "idle")

    expect(first_in_line(there).locator(".queue__number")).to_have_text(ticket["number"])
    there.keyboard.press(" ")
    is_in(there, "calling")
    expect(there.locator(".ticket__number")).to_have_text(ticket["number"])
    expect(there.locator("#onward")).to_contain_text("1")
    there.keyboard.press("s")
    is_in(there, "serving")
    there.keyboard.press("f")
    is_in(there, "idle")

    expect(first_in_line(here).locator(".queue__number")).to_have_text(ticket["number"])
    here.keyboard.press(" ")
    is_in(here, "calling")
    expect(here.locator(".ticket__number")).to_have_text(ticket["number"])


def test_a_transfer_that_cannot_be_is_refused_with_its_reason(hall: HallProcess, console: Console) -> None:
    take(hall, line="business")
    here = console("w01")
    console("w10")
    here.keyboard.press(" ")
    is_in(here, "calling")
    here.keyboard.press("t")
    here.keyboard.type("10")
    expect(here.locator("dialog .choice")).to_have_count(1)
    here.keyboard.press("Enter")
    expect(here.locator(".toast--bad")).to_be_visible()
    is_in(here, "calling")


def test_a_visit_with_two_matters_goes_on_to_the_window_that_serves_the_other(
    hall: HallProcess, console: Console
) -> None:
    ticket = take(hall, matter=matter(hall, "business"), more=[matter(hall, "tax")])
    first, second = console("w01"), console("w10")
    first.keyboard.press(" ")
    is_in(first, "calling")
    first.keyboard.press("s")
    is_in(first, "serving")
    expect(first.locator("#onward")).to_contain_text("10")
    first.keyboard.press("g")
    expect(first.locator(".outcome")).to_have_count(1)
    first.keyboard.press("5")
    expect(first.locator(".outcome .chip[aria-pressed=true]")).to_contain_text("5")
    first.keyboard.press("Enter")
    is_in(first, "idle")
    assert hall.caller().get(f"tickets/{ticket['token']}")["state"] == "waiting"

    expect(first_in_line(second).locator(".queue__number")).to_have_text(ticket["number"])
    second.keyboard.press(" ")
    is_in(second, "calling")
    expect(second.locator(".ticket__matters li")).to_have_count(2)
    second.keyboard.press("s")
    is_in(second, "serving")
    second.keyboard.press("f")
    is_in(second, "idle")
    assert hall.caller().get(f"tickets/{ticket['token']}")["state"] == "done"


def test_a_whole_visit_can_be_ended_although_another_window_had_its_part(hall: HallProcess, console: Console) -> None:
    ticket = take(hall, matter=matter(hall, "business"), more=[matter(hall, "tax")])
    page = console("w01")
    page.keyboard.press(" ")
    is_in(page, "calling")
    page.keyboard.press("s")
    is_in(page, "serving")
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page.locator(".outcome")).to_have_count(2)
    page.keyboard.press("Enter")
    is_in(page, "idle")
    assert hall.caller().get(f"tickets/{ticket['token']}")["state"] == "done"


def test_a_pause_with_somebody_there_asks_what_becomes_of_them(hall: HallProcess, console: Console) -> None:
    ticket = take(hall, line="business")
    page = console("w01")
    page.keyboard.press(" ")
    is_in(page, "calling")
    page.keyboard.press("s")
    is_in(page, "serving")
    page.keyboard.press("b")
    page.keyboard.press("1")
    expect(page.locator("dialog .choice")).to_have_count(3)
    page.keyboard.press("2")
    is_in(page, "paused")
    expect(page.locator(".held__row")).to_contain_text(ticket["number"])
    expect(page.locator(".held__until")).to_contain_text(":")
    hall.caller().sign_in(hall.accounts["manager"]).post("windows/w01/resume")
    page.locator(".held__row button").click()
    is_in(page, "calling")


def test_pausing_the_only_window_says_who_waits_and_the_same_key_confirms(hall: HallProcess, console: Console) -> None:
    take(hall, line="labour")
    page = console("w05")
    page.keyboard.press("b")
    page.keyboard.press("1")
    expect(page.locator("dialog .choice")).to_have_count(1)
    expect(page.locator("dialog p.muted")).to_contain_text("1")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    is_in(page, "idle")
    page.keyboard.press("b")
    page.keyboard.press("1")
    expect(page.locator("dialog .choice")).to_have_count(1)
    page.keyboard.press("b")
    is_in(page, "paused")
    page.keyboard.press("b")  # the same key goes on
    is_in(page, "idle")
    page.keyboard.press("b")
    page.keyboard.press("3")  # a fault of the equipment asks nothing
    is_in(page, "paused")


def test_closing_the_only_window_asks_and_can_stop_the_line(hall: HallProcess, console: Console) -> None:
    take(hall, line="labour")
    page = console("w05")
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    expect(page.locator("dialog .choice")).to_have_count(2)
    page.keyboard.press("2")
    is_in(page, "closed")
    line = next(one for one in hall.caller().get("hall")["lines"] if one["id"] == "labour")
    assert (line["open"], line["waiting"]) == (False, 1)


def test_a_manager_who_closes_the_only_window_can_give_its_line_to_another(
    hall: HallProcess, console: Console, visit: Any
) -> None:
    take(hall, line="labour")
    console("w05")
    console("w01")
    manager = hall.caller().sign_in(hall.accounts["manager"])
    before = manager.get("windows/w01")["lines"]
    page = visit(session=manager).open("/console?window=w05")
    is_in(page, "idle")
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    expect(page.locator("dialog .choice")).to_have_count(3)
    page.keyboard.press("3")
    expect(page.locator("dialog .choice")).to_have_count(1)
    page.keyboard.press("1")
    is_in(page, "closed")
    assert manager.get("windows/w01")["lines"] == [*before, "labour"]
    manager.patch("windows/w01", {"lines": before})


def test_the_keys_dialog_names_undo_and_why(hall: HallProcess, console: Console) -> None:
    page = console("w01")
    page.keyboard.press("?")
    keys = page.locator("dialog .keys")
    expect(keys).to_contain_text("Ctrl+Z")
    expect(keys).to_contain_text("W")

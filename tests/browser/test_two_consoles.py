"""Two members of staff press at the same instant, and a key is pressed twice: nobody is called twice."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import HallProcess

pytestmark = pytest.mark.browser

TIMES = 20
QUICK_LINE, QUICK_WINDOW = "business", "w01"
LINE, WINDOWS = "labour", ("w05", "w06")
PRESS_AT = """([key, at, times]) => setTimeout(() => {
  for (let n = 0; n < times; n += 1) {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}, at - Date.now())"""
NOW = "() => Date.now()"
SOON_MS = 60


@pytest.fixture
def consoles(hall: HallProcess, visit: Any) -> list[Page]:
    """The consoles of two open windows that call from one line, each with its own member of staff."""
    pages = []
    for window in WINDOWS:
        account = next(one for one in hall.accounts["staff"] if one["window"] == window)
        staff = hall.caller().sign_in(account)
        desk = staff.get("session") and staff.post(f"windows/{window}/open")
        assert desk["window"]["state"] == "idle"
        page = visit(session=staff).open(f"/console?window={window}")
        expect(page.locator("od-desk[data-state=idle]")).to_be_visible()
        pages.append(page)
    return pages


def test_two_consoles_never_get_one_number_and_a_double_press_calls_one(
    hall: HallProcess, consoles: list[Page]
) -> None:
    issued = {hall.caller().post("tickets", {"line": LINE, "channel": "kiosk"})["number"] for _ in range(2 * TIMES)}
    called: list[str] = []
    for turn in range(TIMES):
        press(consoles, " " if turn == 0 else "n", times=1 + turn % 2)
        for page in consoles:
            expect(page.locator("od-desk[data-state=calling]")).to_be_visible()
            called.append(page.locator(".ticket__number").inner_text())
        press(consoles, "s")
        for page in consoles:
            expect(page.locator("od-desk[data-state=serving]")).to_be_visible()
    press(consoles, "f")
    for page in consoles:
        expect(page.locator("od-desk[data-state=idle]")).to_be_visible()

    assert len(issued) == 2 * TIMES
    assert sorted(called) == sorted(issued)
    totals = hall.caller().sign_in(hall.accounts["manager"]).get("manager")["totals"]
    assert (totals["issued"], totals["done"], totals["waiting"]) == (2 * TIMES, 2 * TIMES, 0)


def test_a_key_counts_as_soon_as_the_page_shows_what_the_last_one_did(hall: HallProcess, visit: Any) -> None:
    account = next(one for one in hall.accounts["staff"] if one["window"] == QUICK_WINDOW)
    page = visit(session=hall.caller().sign_in(account)).open(f"/console?window={QUICK_WINDOW}")
    expect(page.locator("od-desk[data-state=closed]")).to_be_visible()
    ticket = hall.caller().post("tickets", {"line": QUICK_LINE, "channel": "kiosk"})
    late: list[tuple[Any, Any]] = []
    page.route(f"**/windows/{QUICK_WINDOW}/open", lambda route: late.append((route, route.fetch())))

    page.keyboard.press(" ")
    expect(page.locator("od-desk[data-state=idle]")).to_be_visible()
    page.keyboard.press(" ")

    expect(page.locator(".ticket__number")).to_have_text(ticket["number"])
    for route, reply in late:  # the answer of the first key comes last, and takes nothing back
        route.fulfill(response=reply)
    page.keyboard.press("s")
    expect(page.locator("od-desk[data-state=serving]")).to_be_visible()
    assert len(late) == 1


def press(pages: list[Page], key: str, *, times: int = 1) -> None:
    """Press a key on every page at one instant, so often at once."""
    at = pages[0].evaluate(NOW) + SOON_MS
    for page in pages:
        page.evaluate(PRESS_AT, [key, at, times])

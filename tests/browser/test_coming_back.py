"""The server is killed and started again: screens and consoles come back by themselves, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from scripts.hall_process import HallProcess

pytestmark = pytest.mark.browser

BACK_WITHIN_MS = 60_000  # pages try again after at most 15 s; the server and two busy cores take the rest
WINDOW, ZONE, LINE = "w10", "z3", "tax"


@pytest.fixture
def own_hall(new_hall: Callable[[], HallProcess]) -> HallProcess:
    """A hall that a test may kill."""
    return new_hall().start()


def test_screens_and_consoles_come_back_by_themselves(own_hall: HallProcess, opener: Any) -> None:
    hall, visit = own_hall, opener(own_hall)
    account = next(one for one in hall.accounts["staff"] if one["window"] == WINDOW)
    staff = hall.caller().sign_in(account)
    first, second = (hall.caller().post("tickets", {"line": LINE, "channel": "kiosk"}) for _ in range(2))
    staff.post(f"windows/{WINDOW}/open")
    staff.post(f"windows/{WINDOW}/call")

    board = visit((1920, 1080)).open(f"/board/{ZONE}")
    phone = visit((390, 844)).open(f"/t/{second['token']}")
    screen = visit((1920, 540)).open(f"/window-screen/{WINDOW}")
    console = visit(session=staff).open(f"/console?window={WINDOW}")
    call = board.locator(f".call--now[data-number={first['number']}]")
    expect(call).to_be_visible()
    expect(console.locator(".ticket__number")).to_have_text(first["number"])
    expect(phone.locator(".p-place__value")).to_contain_text("0")

    hall.kill()
    expect(board.locator("#link")).to_be_visible()
    expect(call).to_be_visible()  # the last picture stays
    expect(console.locator("link-banner .linkbar")).to_be_visible()
    expect(screen.locator(".ws__lost")).to_be_visible()
    hall.start(http_port=hall.http_port, mqtt_port=hall.mqtt_port)

    for lost in (board.locator("#link"), console.locator("link-banner .linkbar"), screen.locator(".ws__lost")):
        expect(lost).to_be_hidden(timeout=BACK_WITHIN_MS)
    expect(call).to_be_visible()
    expect(console.locator("od-desk[data-state=calling] .ticket__number")).to_have_text(first["number"])

    # As before also means: the session still holds, the next number is a new one, and every screen follows again.
    console.keyboard.press("s")
    expect(screen.locator("window-screen[data-state=serving]")).to_be_visible()
    expect(console.locator("od-desk[data-state=serving]")).to_be_visible()  # it takes no key before it knows
    console.keyboard.press("n")
    expect(board.locator(f".call--now[data-number={second['number']}]")).to_be_visible()
    expect(phone.locator("body[data-state=called]")).to_be_attached(timeout=BACK_WITHIN_MS)
    third = hall.caller().post("tickets", {"line": LINE, "channel": "kiosk"})
    assert third["number"] not in {first["number"], second["number"]}

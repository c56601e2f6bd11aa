"""An emergency stands on every screen of the hall within moments, over everything, and goes when it is lifted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.hall_process import Caller, HallProcess, HallRefused

pytestmark = pytest.mark.browser

BACK_WITHIN_MS = 60_000
SOON_S = 12
"""Long enough for two pages to be seen showing it, on any machine."""
WINDOW, ZONE, LINE = "w10", "z3", "tax"
MARKUP = '<img src=x onerror="document.title=1"><b>火</b>'

OPEN_A_DIALOG = """() => new Promise((shown) => {
  document.querySelector("#emergency").addEventListener("toggle", (event) => event.newState === "open" && shown());
  const box = document.createElement("dialog");
  document.body.append(box);
  box.showModal();
})"""
"""A page's own dialog stands above everything; ends when the emergency stands above it again."""


@pytest.fixture
def manager(hall: HallProcess) -> Iterator[Caller]:
    """The manager, who lifts what the test has raised."""
    caller = hall.caller().sign_in(hall.accounts["manager"])
    yield caller
    if caller.get("emergency")["emergency"]:
        caller.post("emergency/lift", {"reason": "test over"})


def public_pages(hall: HallProcess, visit: Any) -> dict[str, Page]:
    token = hall.caller().post("tickets", {"line": LINE, "channel": "kiosk"})["token"]
    return {
        "board": visit((1920, 1080)).open(f"/board/{ZONE}"),
        "kiosk": visit((1080, 1920)).open("/kiosk"),
        "pad": visit((1280, 800)).open(f"/pad/{WINDOW}"),
        "window screen": visit((1920, 540)).open(f"/window-screen/{WINDOW}"),
        "second screen": visit((1920, 1080)).open(f"/confirm/{WINDOW}"),
        "phone": visit((390, 844), "en").open(f"/t/{token}"),
        "start": visit().open("/"),
    }


def staff_pages(hall: HallProcess, visit: Any, manager: Caller) -> dict[str, Page]:
    account = next(one for one in hall.accounts["staff"] if one["window"] == WINDOW)
    clerk = hall.caller().sign_in(account)
    return {
        "console": visit(session=clerk).open(f"/console?window={WINDOW}"),
        "manager": visit((1440, 900), session=manager).open("/manager"),
    }


def covers(screen: Locator) -> bool:
    """Whether nothing of the page stands above it, anywhere."""
    return bool(
        screen.evaluate(
            """(node) => [0.05, 0.5, 0.95].every((x) => [0.05, 0.5, 0.95].every((y) =>
                 node.contains(document.elementFromPoint(innerWidth * x, innerHeight * y))))"""
        )
    )


def test_raised_it_is_everywhere_and_lifted_it_is_gone(hall: HallProcess, visit: Any, manager: Caller) -> None:
    public, staff = public_pages(hall, visit), staff_pages(hall, visit, manager)
    for page in (*public.values(), *staff.values()):
        expect(page.locator("#emergency, #staff-bar")).to_have_count(0)

    manager.post("emergency", {"kind": "fire", "reason": "一楼冒烟"})

    for name, page in public.items():
        screen = page.locator("#emergency")
        expect(screen.get_by_role("alert"), name).to_contain_text("大厅发生火情")
        expect(screen, name).to_contain_text("Leave by the nearest exit now")
        assert covers(screen), name
        assert not screen.evaluate("(node) => node.scrollHeight > node.clientHeight"), f"{name} is cut off"
        page.keyboard.press("Escape")
        page.mouse.click(200, 200)
        expect(screen, name).to_be_visible()
    for name, page in staff.items():
        bar = page.locator("#staff-bar")
        expect(bar, name).to_contain_text("大厅发生火情")
        expect(bar, name).to_contain_text("一楼冒烟")  # staff know who and why, and go on with their page
        expect(page.locator("#emergency"), name).to_have_count(0)
    expect(staff["console"].locator("#lift-emergency")).to_have_count(0)

    staff["manager"].locator("#lift-emergency").click()
    staff["manager"].locator("#lift-reason").fill("已排除")
    staff["manager"].locator("#lift-now").click()

    for name, page in {**public, **staff}.items():
        expect(page.locator("#emergency, #staff-bar"), name).to_have_count(0)


def test_public_screens_do_not_tell_who_raised_it_and_why(hall: HallProcess, visit: Any, manager: Caller) -> None:
    manager.post("emergency", {"kind": "power", "reason": "配电间冒烟"})
    page = visit((1920, 1080)).open(f"/board/{ZONE}")
    expect(page.locator("#emergency")).to_contain_text("大厅停电")
    assert "配电间冒烟" not in page.content()
    assert "配电间冒烟" not in hall.caller().fetch("/api/v1/notices").decode()
    with pytest.raises(HallRefused, match=r"session\.missing"):
        hall.caller().get("emergency")


def test_markup_is_text_and_a_long_word_is_not_cut_off(visit: Any, manager: Caller) -> None:
    manager.post("emergency", {"kind": "other", "zh": MARKUP, "do_zh": "长" * 200, "reason": "x"})
    for size in ((1080, 1920), (1920, 1080), (390, 844), (1920, 540)):
        page = visit(size).open("/kiosk")
        screen = page.locator("#emergency")
        expect(screen).to_contain_text(MARKUP)
        expect(screen.locator("img, b")).to_have_count(0)
        assert screen.evaluate("(node) => node.scrollWidth <= node.clientWidth"), size


def test_a_dialog_that_the_page_opens_later_does_not_cover_it(visit: Any, manager: Caller) -> None:
    page = visit((1080, 1920)).open("/kiosk")
    expect(page.locator(".k-tile").first).to_be_visible()
    manager.post("emergency", {"kind": "fire", "reason": "x"})
    screen = page.locator("#emergency")
    expect(screen).to_be_visible()
    alone = page.screenshot()
    page.evaluate(OPEN_A_DIALOG)
    assert page.screenshot() == alone


def test_notices_stand_in_their_zone_and_end_with_a_word(hall: HallProcess, visit: Any, manager: Caller) -> None:
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    here = manager.post(
        "notices", {"zh": f"本区{MARKUP}", "en": "here", "zones": [ZONE], "until": until, "reason": "x"}
    )
    there = manager.post("notices", {"zh": "别区", "zones": ["z1"], "until": until, "reason": "x"})
    board = visit((1920, 1080)).open(f"/board/{ZONE}")
    screen = visit((1920, 540)).open(f"/window-screen/{WINDOW}")
    for page, place in ((board, "screen-notices"), (screen, "screen-notices")):
        expect(page.locator(place)).to_contain_text(f"本区{MARKUP}")
        expect(page.locator(place)).not_to_contain_text("别区")
        expect(page.locator(f"{place} img")).to_have_count(0)
    for one in (here, there):
        manager.post(f"notices/{one['id']}/withdraw", {"reason": "x"})
    expect(board.locator("screen-notices")).to_be_hidden()
    expect(screen.locator("screen-notices")).to_be_hidden()


def test_a_notice_goes_by_itself_when_its_time_is_over(visit: Any, manager: Caller) -> None:
    board, start = visit((1920, 1080)).open(f"/board/{ZONE}"), visit().open("/")
    expect(board.locator("body[data-ready]")).to_be_attached()
    until = (datetime.now(UTC) + timedelta(seconds=SOON_S)).isoformat()
    manager.post("notices", {"zh": "马上结束", "until": until, "reason": "x"})
    for page, place in ((board, "screen-notices"), (start, "#notice-band")):
        expect(page.locator(place)).to_contain_text("马上结束")
    expect(board.locator("screen-notices")).to_be_hidden()
    expect(start.locator("#notice-band")).to_have_count(0)


def test_it_outlasts_a_power_cut_of_the_server(new_hall: Callable[[], HallProcess], opener: Any) -> None:
    hall = new_hall().start()
    visit, manager = opener(hall), hall.caller().sign_in(hall.accounts["manager"])
    manager.post("emergency", {"kind": "power", "reason": "停电"})
    kiosk = visit((1080, 1920)).open("/kiosk")
    expect(kiosk.locator("#emergency")).to_be_visible()
    hall.kill()
    expect(kiosk.locator("#emergency")).to_be_visible()
    hall.start(http_port=hall.http_port, mqtt_port=hall.mqtt_port)
    fresh = visit((1920, 1080)).open(f"/board/{ZONE}")
    expect(fresh.locator("#emergency")).to_contain_text("停电")
    hall.caller().sign_in(hall.accounts["manager"]).post("emergency/lift", {"reason": "来电"})
    for page in (kiosk, fresh):
        expect(page.locator("#emergency")).to_have_count(0, timeout=BACK_WITHIN_MS)

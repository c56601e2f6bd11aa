"""Every page has one connection to the live feed, for its own picture and for the hall's notices and emergency."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess

pytestmark = pytest.mark.browser

WINDOW, ZONE, LINE = "w10", "z3", "tax"


@pytest.fixture
def manager(hall: HallProcess) -> Iterator[Caller]:
    """The manager, who lifts what the test has raised and takes back what it has said."""
    caller = hall.caller().sign_in(hall.accounts["manager"])
    yield caller
    if caller.get("emergency")["emergency"]:
        caller.post("emergency/lift", {"reason": "test over"})


@pytest.fixture
def counted(visit: Any) -> Callable[..., tuple[Page, list[str]]]:
    """Open a page and write down the address of each WebSocket it opens."""

    def opened(path: str, **options: Any) -> tuple[Page, list[str]]:
        made = visit(**options)
        sockets: list[str] = []
        made.page.on("websocket", lambda socket: sockets.append(socket.url))
        return made.open(path), sockets

    return opened


def test_a_page_opens_one_socket_and_shows_its_picture_a_notice_and_the_emergency(
    hall: HallProcess, counted: Any, manager: Caller
) -> None:
    clerk = hall.caller().sign_in(next(one for one in hall.accounts["staff"] if one["window"] == WINDOW))
    clerk.post(f"windows/{WINDOW}/open")
    board, of_board = counted(f"/board/{ZONE}", size=(1920, 1080))
    kiosk, of_kiosk = counted("/kiosk", size=(1080, 1920))
    console, of_console = counted(f"/console?window={WINDOW}", session=clerk)
    office, of_office = counted("/manager", session=manager)
    start, of_start = counted("/")
    expect(console.locator("#emergency, #staff-bar")).to_have_count(0)

    number = hall.caller().post("tickets", {"line": LINE, "channel": "kiosk"})["number"]
    clerk.post(f"windows/{WINDOW}/call")
    expect(board.locator(f".call--now[data-number={number}]")).to_be_visible()
    expect(console.locator(".ticket__number")).to_have_text(number)

    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    manager.post("notices", {"zh": "三楼电梯维修", "en": "", "kind": "info", "until": until, "reason": "test"})
    for page in (board, kiosk, console, office, start):
        expect(page.get_by_text("三楼电梯维修").first).to_be_visible()

    manager.post("emergency", {"kind": "fire", "reason": "一楼冒烟"})
    for page in (board, kiosk, start):
        expect(page.locator("#emergency").get_by_role("alert")).to_contain_text("大厅发生火情")
    for page in (console, office):
        expect(page.locator("#staff-bar")).to_be_visible()

    for sockets in (of_board, of_kiosk, of_console, of_office, of_start):
        assert len(sockets) == 1, sockets


def test_a_part_of_a_page_that_comes_and_goes_takes_its_topics_along(counted: Any, manager: Caller) -> None:
    office, sockets = counted("/manager", session=manager)
    expect(office.locator(f"#line-link-{LINE}")).to_be_visible()
    for hash_ in ("#hand", "#live", "#hand"):
        office.evaluate("(hash) => { location.hash = hash; }", hash_)
    assert len(sockets) == 1, sockets

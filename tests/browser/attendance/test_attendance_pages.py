"""The manager's board of attendance and a person's own month, in a real browser with a real terminal's pushes."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess

pytestmark = pytest.mark.browser

OFFICE, DESK, PHONE = (1440, 900), (1366, 768), (390, 844)
SERIAL, STRANGER = "CGXH201360029", "OLD0000001"
WEEK = [["long"]] * 7
Seen = Callable[..., object]


def hall_now() -> datetime:
    return datetime.now(ZoneInfo("Asia/Shanghai"))


def push(hall: HallProcess, lines: str, serial: str = SERIAL) -> int:
    """What a terminal does."""
    link = http.client.HTTPConnection("127.0.0.1", hall.http_port, timeout=20)
    link.request("POST", f"/iclock/cdata?SN={serial}&table=ATTLOG&Stamp=9999", lines.encode())
    status = link.getresponse().status
    link.close()
    return status


@pytest.fixture(scope="module")
def boss(hall: HallProcess) -> Caller:
    """A manager of a hall in which five people have a shift and some have punched."""
    caller = hall.caller().sign_in(hall.accounts["manager"])
    shift = {"id": "long", "name": "全天班", "name_en": "All day", "begin": "00:01", "end": "23:59"}
    caller.put("attendance/shifts", {**shift, "follows_calendar": False})
    people = [one["id"] for one in caller.get("staff?limit=5")["items"]]
    for number, one in enumerate(people):
        caller.put(f"attendance/rotas/{one}", {"from_day": f"{hall_now():%Y-%m}-01", "week": WEEK})
        caller.put(f"attendance/pins/{one}", {"pin": str(1001 + number)})
    admin = hall.caller().sign_in(hall.accounts["admin"])
    admin.post("devices", {"id": SERIAL.lower(), "kind": "terminal", "name": "门口考勤机"})
    stamp = f"{hall_now() - timedelta(seconds=5):%Y-%m-%d %H:%M:%S}"
    assert (
        push(hall, f"1001\t{stamp}\t0\t1\n1002\t{stamp}\t0\t1\n7777\t{stamp}\t0\t1\n1001\t2000-01-01 00:00:00\t0\t1\n")
        == 200
    )
    assert push(hall, f"1001\t{stamp}\t0\t1\n", STRANGER) == 403
    return caller


@pytest.fixture(scope="module")
def clerk(hall: HallProcess) -> Caller:
    """Somebody of the staff."""
    return hall.caller().sign_in(hall.accounts["staff"][0])


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody asks for them (PICTURES=folder)."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def fits(page: Page) -> bool:
    """Whether nothing runs off the side, and no key stands where a word should."""
    return bool(
        page.locator("html").evaluate("(node) => node.scrollWidth <= node.clientWidth")
        and "attendance." not in page.locator("body").inner_text()
    )


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_board_shows_who_is_here_who_is_missing_and_what_was_turned_away(
    visit: Seen, boss: Caller, language: str
) -> None:
    seen = visit(OFFICE, language, boss)
    page = seen.open("/manager/attendance")  # type: ignore[attr-defined]  # a Visit
    expect(page.locator("#count-missing strong")).to_have_text("3")
    expect(page.locator(f"#unknown-{STRANGER}")).to_be_visible()
    expect(page.locator("#left-over .side__one")).to_have_count(2)
    page.locator("#count-missing").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.locator("#count-missing").click()
    assert fits(page)
    picture(page, f"board-{language}")
    assert seen.complaints == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_ones_own_month_shows_every_day(
    visit: Seen, boss: Caller, clerk: Caller, language: str, size: tuple[int, int]
) -> None:
    seen = visit(size, language, clerk)
    page = seen.open("/my-attendance")  # type: ignore[attr-defined]
    expect(page.locator(".month__day").first).to_be_visible()
    assert page.locator(".month__day").count() >= 28
    assert fits(page)
    picture(page, f"mine-{language}-{size[0]}")
    assert seen.complaints == []  # type: ignore[attr-defined]


def test_leave_is_asked_for_approved_and_an_overlap_is_refused_at_its_field(
    visit: Seen, boss: Caller, clerk: Caller
) -> None:
    page = visit(DESK, "zh-CN", clerk).open("/my-attendance")  # type: ignore[attr-defined]
    day = (hall_now() + timedelta(days=1)).date()

    def ask(begin: str, end: str) -> None:
        page.locator("#form-leave").click()
        page.locator("#f-begin").fill(f"{day}T{begin}")
        page.locator("#f-end").fill(f"{day}T{end}")
        page.locator("#f-reason").fill("家中有事")
        page.locator("#ask button[type=submit]").click()

    ask("09:00", "12:00")
    expect(page.locator("#requests .badge")).to_have_text("待审批")
    ask("11:00", "17:00")
    expect(page.locator("[data-error=begin]")).not_to_be_empty()
    picture(page, "mine-overlap")
    office = visit(OFFICE, "zh-CN", boss).open("/manager/attendance")  # type: ignore[attr-defined]
    office.locator("#requests .btn--primary").click()
    office.locator("dialog .btn--primary").click()
    expect(office.locator("#requests .side__one")).to_have_count(0)
    page.reload()
    expect(page.locator("#requests .badge")).to_have_text("已同意")


def test_a_stranger_is_let_in_from_the_board(visit: Seen, hall: HallProcess, boss: Caller) -> None:
    page = visit(OFFICE, "zh-CN", boss).open("/manager/attendance")  # type: ignore[attr-defined]
    page.locator(f"#unknown-{STRANGER} .btn").click()
    page.locator("dialog .btn--primary").click()
    expect(page.locator(".toast--ok")).to_be_visible()
    assert push(hall, f"1003\t{hall_now():%Y-%m-%d %H:%M:%S}\t0\t1\n", STRANGER) == 200
    expect(page.locator("#count-missing strong")).to_have_text("2")


def test_one_punches_at_the_console_of_ones_own_month(visit: Seen, boss: Caller, clerk: Caller) -> None:
    page = visit(DESK, "zh-CN", clerk).open("/my-attendance")  # type: ignore[attr-defined]
    page.locator("#punch").click()
    expect(page.locator(".toast--ok")).to_contain_text("已打卡")

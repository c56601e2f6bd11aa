"""Shifts, weeks, cards, objections and files in a real browser: made, refused at their fields, and seen."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess
from tests.browser.waiting import resized

pytestmark = pytest.mark.browser

WALL, OFFICE, LAPTOP, PHONE = (1920, 1080), (1440, 900), (1024, 768), (360, 780)
PAGES = {"board": "/manager/attendance", "people": "/manager/attendance/shifts#people"}
PAGES |= {"shifts": "/manager/attendance/shifts#shifts", "month": "/my-attendance?of=s01"}
CONSOLE_W01 = "/console?window=w01"
Seen = Callable[..., Any]


def today() -> datetime:
    return datetime.now(ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def boss(hall: HallProcess) -> Caller:
    """The manager of a hall with two shifts that overlap, and a number for s01."""
    caller = hall.caller().sign_in(hall.accounts["manager"])
    caller.put(
        "attendance/shifts", {"id": "office", "name": "坐班", "name_en": "Office", "begin": "09:00", "end": "17:00"}
    )
    caller.put(
        "attendance/shifts", {"id": "early", "name": "早班", "name_en": "Early", "begin": "06:00", "end": "10:00"}
    )
    caller.put("attendance/pins/s01", {"pin": "1001"})
    return caller


@pytest.fixture(scope="module")
def clerk(hall: HallProcess) -> Caller:
    """Who sits at window 1."""
    return hall.caller().sign_in(next(one for one in hall.accounts["staff"] if one["window"] == "w01"))


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody asks for them (PICTURES=folder)."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_shift_is_made_and_what_does_not_fit_is_refused_at_its_field(visit: Seen, boss: Caller) -> None:
    page = visit(OFFICE, "zh-CN", boss).open("/manager/attendance/shifts#shifts")
    page.locator("#new-shift").click()
    page.locator("#f-name").fill("白班")
    page.locator("#f-name_en").fill("Day")
    page.locator("#break-0-begin").fill("18:00")
    page.locator("#break-0-end").fill("19:00")
    page.locator("#save-shift").click()
    expect(page.locator("[data-error=breaks]")).to_contain_text("休息")
    page.locator("#break-0-begin").fill("12:00")
    page.locator("#break-0-end").fill("13:30")
    page.locator("#f-grace_min").fill("5")
    page.locator("#save-shift").click()
    expect(page.locator(".shift", has_text="宽限 5 分钟")).to_contain_text("09:00–17:00")
    [made] = [one for one in boss.get("attendance/shifts")["shifts"] if one["name"] == "白班"]
    assert (made["breaks"], made["grace_min"]) == ([{"begin": "12:00", "end": "13:30"}], 5)


def test_somebodys_week_and_numbers_are_set_and_an_overlap_is_refused_at_its_weekday(visit: Seen, boss: Caller) -> None:
    page = visit(OFFICE, "zh-CN", boss).open("/manager/attendance/shifts#people")
    page.locator("#post-s01").click()
    for day in range(5):
        page.locator(f"#w-office-{day}").check()
    page.locator("#w-early-2").check()
    page.locator("#save-post").click()
    expect(page.locator('[data-error="week.2"]')).not_to_be_empty()
    picture(page, "people-overlap")
    page.locator("#w-early-2").uncheck()
    page.locator("#p-group").fill("企业组")
    page.locator("#p-pin").fill("1007")
    page.locator("#p-card").fill("0008812345")
    page.locator("#p-days").fill("5")
    page.locator("#save-post").click()
    expect(page.locator("#post-s01 .weekline__day--on")).to_have_count(5)
    expect(page.locator("#post-s01")).to_contain_text("剩 5 / 5 天")
    found = next(one for one in boss.get("attendance/posts")["people"] if one["staff"] == "s01")
    assert (found["group"], found["pin"], found["has_card"]) == ("企业组", "1007", True)


def test_a_week_is_given_to_many_at_once_and_leaves_their_numbers_alone(visit: Seen, boss: Caller) -> None:
    page = visit(OFFICE, "en", boss).open("/manager/attendance/shifts#people")
    page.locator("#tick-s02").check()
    page.locator("#tick-s03").check()
    expect(page.locator("#post-form")).to_contain_text("2 people")
    page.locator("#w-early-5").check()
    page.locator("#save-post").click()
    expect(page.locator("#post-s03 .weekline__day--on")).to_have_count(1)
    found = {one["staff"]: one for one in boss.get("attendance/posts")["people"]}
    weeks = [found[who]["rotas"][-1]["week"] for who in ("s02", "s03")]
    assert weeks == [[[], [], [], [], [], ["early"], []]] * 2
    assert found["s01"]["pin"] is not None


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_and_lacks_no_word(visit: Seen, boss: Caller, name: str, language: str) -> None:
    seen = visit(OFFICE, language, boss)
    page = seen.open(PAGES[name])
    expect(page.locator("#main > *").first).to_be_visible()
    if name == "people":
        page.locator("#post-s01").click()
        expect(page.locator("#post-form")).to_be_visible()
    for size in (WALL, OFFICE, LAPTOP, PHONE):
        resized(page, size)
        assert page.locator("html").evaluate("(node) => node.scrollWidth <= node.clientWidth"), size
        assert "attendance." not in page.locator("body").inner_text()
        picture(page, f"{name}-{language}-{size[0]}")
    assert seen.complaints == []


def test_an_objection_goes_to_the_manager_and_its_answer_comes_back(visit: Seen, boss: Caller, clerk: Caller) -> None:
    mine = visit(PHONE, "zh-CN", clerk).open("/my-attendance")
    mine.locator("#form-objection").click()
    mine.locator("#f-reason").fill("那天考勤机断电")
    mine.locator("#ask button[type=submit]").click()
    expect(mine.locator("#requests .badge").first).to_have_text("待审批")
    office = visit(OFFICE, "zh-CN", boss).open("/manager/attendance")
    office.locator("#requests .side__one", has_text="异议").locator(".btn--primary").click()
    office.locator("#why").fill("已核对监控，予以更正")
    office.locator("dialog .btn--primary").click()
    expect(office.locator("#requests .side__one")).to_have_count(0)
    mine.reload()
    expect(mine.locator("#requests")).to_contain_text("已核对监控，予以更正")
    picture(mine, "objection-answered")


def test_a_manager_says_what_a_day_without_punches_was(visit: Seen, boss: Caller) -> None:
    always = {"id": "always", "name": "全天", "begin": "00:00", "end": "23:59", "follows_calendar": False}
    boss.put("attendance/shifts", always)
    day = (today() - timedelta(days=3)).date()
    boss.put("attendance/rotas/s04", {"from_day": f"{day}", "week": [["always"]] * 7})
    page = visit(OFFICE, "zh-CN", boss).open(f"/my-attendance?of=s04&day={day}")
    expect(page.locator("#day")).to_contain_text("未打卡")
    page.locator("#word-absent").click()
    expect(page.locator("#decide [data-error=reason]")).not_to_be_empty()
    page.locator("#decide #f-reason").fill("无故未到")
    page.locator("#word-absent").click()
    expect(page.locator("#day")).to_contain_text("旷工")
    page.locator("#decide #f-reason").fill("核实有误")
    page.locator("#word-none").click()
    expect(page.locator("#day")).to_contain_text("未打卡")


def test_one_punches_at_the_console_oneself_and_with_a_card(visit: Seen, boss: Caller, clerk: Caller) -> None:
    boss.put("attendance/cards/s05", {"card": "4711"})
    seen = visit((1366, 768), "zh-CN", clerk)
    page = seen.open(CONSOLE_W01)
    page.locator("#punch").click()
    page.locator("#punch-now").click()
    expect(page.locator(".toast--ok")).to_contain_text("已打卡")
    page.locator("#punch").click()
    page.locator("#punch-card").fill("9999")
    page.keyboard.press("Enter")
    expect(page.locator("dialog [data-error=card]")).to_contain_text("没有人")
    page.locator("#punch-card").fill("4711")
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_have_count(0)
    month = boss.get("attendance/people/s05")
    assert [one["source"] for one in month["marks"]] == ["console"]
    picture(page, "console-punched")


def test_the_sheet_is_saved_from_the_board(visit: Seen, boss: Caller, tmp_path: Path) -> None:
    page = visit(OFFICE, "zh-CN", boss).open("/manager/attendance")
    page.locator("#files").click()
    for kind, begins in (("sheet.pdf", b"%PDF-"), ("sheet.xlsx", b"PK"), ("payroll.csv", b"\xef\xbb\xbf")):
        with page.expect_download() as saved:
            page.locator(f'#files-box [data-kind="{kind}"]').first.click()
        path = tmp_path / kind
        saved.value.save_as(path)
        assert path.read_bytes().startswith(begins)


def test_a_terminal_with_a_wrong_clock_is_told_of_on_the_board(visit: Seen, hall: HallProcess, boss: Caller) -> None:
    admin = hall.caller().sign_in(hall.accounts["admin"])
    admin.post("devices", {"id": "old0000007", "kind": "terminal", "name": "西门考勤机"})
    pin = next(one["pin"] for one in boss.get("attendance/posts")["people"] if one["staff"] == "s01")
    line = f"{pin}\t{today() + timedelta(minutes=8):%Y-%m-%d %H:%M:%S}\t0\t1\n"
    link = http.client.HTTPConnection("127.0.0.1", hall.http_port, timeout=20)
    link.request("POST", "/iclock/cdata?SN=OLD0000007&table=ATTLOG&Stamp=9999", line.encode())
    assert link.getresponse().read() == b"OK: 1"
    link.close()
    page = visit(OFFICE, "zh-CN", boss).open("/manager/attendance")
    expect(page.locator("#terminals")).to_contain_text("时钟偏快")
    month = boss.get("attendance/people/s01")
    assert month["marks"][-1]["skew_s"] == pytest.approx(480, abs=30)

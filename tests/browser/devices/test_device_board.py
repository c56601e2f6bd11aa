"""A browser becomes a device: its code, the manager who lets it in, its page, its test and its new credential."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import HallProcess

pytestmark = pytest.mark.browser
SIZES = ((360, 740), (820, 1180), (1440, 900), (3840, 2160))


def overflows(page: Page) -> bool:
    """Whether something reaches beyond the side of the page."""
    box = page.locator("html").bounding_box()
    wide = page.locator("main").evaluate("(node) => node.ownerDocument.documentElement.scrollWidth")
    return bool(box and wide > box["width"] + 1)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_screen_is_paired_tested_renewed_and_shut_out(hall: HallProcess, visit: Any, language: str) -> None:
    manager = hall.caller().sign_in(hall.accounts["manager"])
    seen = visit((1080, 1920), language)
    screen: Page = seen.open("/pair/board")
    expect(screen.locator("#code")).to_have_text(re.compile(r"^\s*([A-Z3-9]\s*){6}$"))
    code = re.sub(r"\s", "", screen.locator("#code").inner_text())
    office = visit((1440, 900), language, manager)
    board: Page = office.open("/manager/devices")
    board.locator(f".dv-wait__one:has-text('{code[:3]} {code[3:]}') .btn--primary").click()
    board.locator("dialog select[name=place]").select_option("zone z1")
    board.locator("dialog input[name=name]").fill("东厅入口")
    board.locator("dialog button[type=submit]").click()
    screen.wait_for_url("**/board/z1")
    expect(board.locator("#detail-name")).to_have_text("东厅入口")
    expect(board.locator("#detail .badge--ok").first).to_be_visible()
    board.keyboard.press("t")
    expect(screen.locator(".device-test__name")).to_have_text("东厅入口")
    expect(board.locator(".dv-test .badge--ok")).to_be_visible()
    board.locator("#renew").click()
    board.locator("dialog button[type=submit]").click()
    expect(board.locator("dialog")).to_have_count(0)
    expect(board.locator("#renew")).to_be_enabled()
    board.locator("#revoke").click()
    board.locator("dialog .btn--danger").click()
    screen.wait_for_url("**/pair/board")
    assert office.complaints == []
    assert [one for one in seen.complaints if "/api/v1/device/" not in one] == []


@pytest.mark.parametrize("size", SIZES)
def test_the_board_fits_every_size_and_its_keys_work(hall: HallProcess, visit: Any, size: tuple[int, int]) -> None:
    manager = hall.caller().sign_in(hall.accounts["manager"])
    office = visit(size, "en", manager)
    page: Page = office.open("/manager/devices")
    expect(page.locator(".dv-table")).to_be_visible()
    assert not overflows(page)
    page.keyboard.press("/")
    page.keyboard.type("kiosk-z1")
    expect(page.locator(".dv-open")).to_have_count(1)
    page.locator(".dv-open").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#detail-name")).to_be_visible()
    assert not overflows(page)
    page.keyboard.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()
    page.locator("#v-desk").click()
    expect(page.locator(".dv-card")).to_have_count(1)
    assert office.complaints == []


def test_a_wrong_code_is_said_at_its_field_and_lets_nobody_in(hall: HallProcess, visit: Any) -> None:
    manager = hall.caller().sign_in(hall.accounts["manager"])
    visit((400, 700), "en").open("/pair/pad")
    page: Page = visit((1440, 900), "en", manager).open("/manager/devices")
    expect(page.locator(".dv-wait__one").first).to_be_visible()
    page.locator("#pair").click()
    page.locator("dialog input[name=code]").fill("XXXXXX")
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("dialog .field__error")).to_contain_text("No device shows this code")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_manager_says_beside_which_kiosk_a_reader_or_printer_stands(
    hall: HallProcess, visit: Any, language: str
) -> None:
    manager = hall.caller().sign_in(hall.accounts["manager"])
    office = visit((1440, 900), language, manager)
    for kind in ("idreader", "printer"):
        name = f"beside {kind} {language}"
        device = manager.post("devices", {"kind": kind, "zone": "z1", "name": name})["id"]
        page: Page = office.open("/manager/devices")
        page.locator(f".dv-open:has-text('{name}')").click()
        expect(page.locator("#detail-name")).to_have_text(name)
        expect(page.locator("#beside")).to_be_enabled()
        expect(page.locator("#beside")).to_have_value("")
        page.locator("#beside").select_option("kiosk-z1")
        expect(page.locator(".dv-beside [role=status]")).to_have_text({"en": "Saved"}.get(language, "已保存"))
        assert manager.get(f"devices/{device}/kiosk")["kiosk"] == "kiosk-z1"
    assert office.complaints == []


def test_times_are_the_halls_whatever_zone_the_browser_is_in(hall: HallProcess, visit: Any) -> None:
    manager = hall.caller().sign_in(hall.accounts["manager"])
    visit((1080, 1920), "zh-CN").open("/pair/board")  # somebody who waits has a time
    board: Page = visit((1440, 900), "en", manager).open("/manager/devices")
    shown = re.search(r"(\d\d):(\d\d)", board.locator(".dv-wait__one").last.inner_text())
    assert shown is not None
    now = str(manager.get("hall")["now"])
    apart = int(now[11:13]) * 60 + int(now[14:16]) - int(shown[1]) * 60 - int(shown[2])
    assert apart % 1440 <= 15

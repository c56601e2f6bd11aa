"""Every page in both languages at its real size: nothing fails, nothing lacks a word, nothing runs off the side."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess
from scripts.hall_scene import Scene, play
from tests.browser.waiting import resized, wrong_at_last

pytestmark = pytest.mark.browser

LANGUAGES = ["zh-CN", "en"]
DOOR, KIOSK, BOARD, PHONE = (1440, 900), (1080, 1920), (1920, 1080), (390, 844)
SCREEN, PAD, DESK, OFFICE = (1920, 540), (1280, 800), (1366, 768), (1440, 900)
ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999

PUBLIC = {
    "start": ("/", DOOR, ".h-window"),
    "start on a phone": ("/", PHONE, ".h-window"),
    "board": ("/board/z2", BOARD, ".call--hero"),
    "board of a quiet zone": ("/board/z4", BOARD, ".call"),
    "board upright": ("/board/z5", KIOSK, ".call"),
    "window screen calling": ("/window-screen/w05", SCREEN, ".ws__number"),
    "window screen paused": ("/window-screen/w19", SCREEN, ".ws__standing"),
    "window screen closed": ("/window-screen/w20", SCREEN, ".ws__standing"),
    "pad calling": ("/pad/w05", PAD, ".serving--calling"),
    "pad idle": ("/pad/w02", PAD, ".idle"),
    "pad closed": ("/pad/w20", PAD, ".idle--stopped"),
    "second screen of nobody": ("/confirm/w05", BOARD, ".cf-plain"),
    "sign in": ("/sign-in", DESK, "input[name=password]"),
    "booking": ("/book", PHONE, ".b-entry"),
    "phone waiting": ("/t/{waiting}", PHONE, "body[data-state=waiting] .p-place"),
    "phone called": ("/t/{called}", PHONE, ".p-call"),
    "phone done": ("/t/{done}", PHONE, ".p-thanks"),
    "ratings on a wall": ("/ratings", BOARD, ".hero__arc"),
    "ratings at a touch screen": ("/ratings", KIOSK, ".hero__arc"),
    "ratings on a phone": ("/ratings", (360, 780), ".hero__arc"),
    "formulas of ratings": ("/ratings/formulas", PHONE, ".form"),
    "efficiency on a wall": ("/efficiency", BOARD, ".eff-tile"),
    "efficiency upright": ("/efficiency", KIOSK, ".eff-tile"),
    "efficiency on a phone": ("/efficiency", (360, 780), ".eff-tile"),
    "progress of a case": ("/progress", (360, 780), ".pr-ask"),
    "hall on a phone": ("/m", (360, 780), "#hours"),
    "guidance at a kiosk": ("/guide?machine=kiosk", KIOSK, ".g-theme"),
    "guidance on a phone": ("/guide", (360, 780), ".g-theme"),
    "enquiry on a table": ("/enquiry", (1920, 1080), "#tile-matters"),
    "enquiry upright": ("/enquiry?machine=kiosk", KIOSK, "#tile-matters"),
    "formulas of efficiency": ("/efficiency/formulas", PHONE, ".effp__one"),
}
DESKS = {"idle": "w02", "calling": "w05", "serving": "w06", "paused": "w19", "closed": "w20"}
TABS = {
    "live": ".live__table",
    **dict.fromkeys(("windows", "lines", "matters", "staff", "zones"), ".edit__open"),
}
OFFICES = {
    "appointments": "/manager/appointments",
    "attendance": "/manager/attendance",
    "attendance of oneself": "/my-attendance",
    "bad reviews": "/manager/reviews",
    "bad reviews of oneself": "/my-reviews",
    "confirmations": "/manager/confirmations",
    "devices": "/manager/devices",
    "efficiency board": "/manager/efficiency",
    "enquiry table": "/manager/enquiry",
    "order of calls": "/why/w05",
    "ratings": "/manager/ratings",
    "ratings by telephone": "/telephone-rating",
    "matters in full": "/manager/matters",
    "reports": "/manager/reports",
    "rules": "/manager/rules",
    "screens": "/manager/screens",
    "shifts": "/manager/attendance/shifts",
    "statistics": "/manager/statistics",
    "supervision": "/supervision",
    "outside systems": "/neighbours",
    "voice": "/manager/voice",
    "voice recording": "/manager/voice/record",
    "what if": "/manager/what-if",
}
STILL = ("/board", "/window-screen", "/pad", "/kiosk")
"""Screens nobody can scroll."""

SHOWN = """() => {
  const said = [document.title, document.body.innerText];
  for (const node of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    for (const name of ["aria-label", "title", "placeholder", "alt"]) said.push(node.getAttribute(name) ?? "");
  }
  return said.join("\\n");
}"""
EXTENT = """() => {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
  return [scrollWidth - clientWidth, scrollHeight - clientHeight];
}"""
HOLE = re.compile(r"\{\w+\}|\bundefined\b|\bNaN\b|\[object |\bnull\b")


def too_large(page: Page, *, is_still: bool) -> str:
    """By how much a page is wider than its screen, or higher than one that nobody can scroll."""
    wider, higher = page.evaluate(EXTENT)
    if wider > 0:
        return f"{wider} pixels wider than the screen"
    return f"{higher} pixels higher than the screen" if is_still and higher > 0 else ""


@pytest.fixture(scope="module")
def scene(hall: HallProcess) -> Scene:
    """A hall with something to see."""
    return play(hall)


@pytest.fixture(scope="module")
def missing_word(hall: HallProcess) -> re.Pattern[str]:
    """A key that stands where its text should: any first part of a key, a dot and what follows."""
    rooms = {key.partition(".")[0] for key in hall.caller().get("locales/en")}
    return re.compile(rf"(?<![\w/.-])(?:{'|'.join(sorted(rooms))})\.[a-z_]+(?:\.\w+)*\b(?!\.)")


@pytest.fixture
def assert_whole(missing_word: re.Pattern[str]) -> Any:
    """`assert_whole(visit)`: what a page in good order is."""

    def check(visit: Any, *, is_still: bool = False, shows_templates: bool = False, names_events: bool = False) -> None:
        page: Page = visit.page
        page.evaluate("() => document.fonts.ready.then(() => null)")
        shown = page.evaluate(SHOWN)
        assert names_events or missing_word.findall(shown) == []
        assert shows_templates or HOLE.findall(shown) == []
        assert wrong_at_last(page, lambda: too_large(page, is_still=is_still)) == ""
        assert visit.complaints == []

    return check


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_is_whole(scene: Scene, visit: Any, assert_whole: Any, name: str, language: str) -> None:
    path, size, ready = PUBLIC[name]
    tokens = {state: getattr(scene, state)["token"] for state in ("waiting", "called", "done")}
    one = visit(size, language)
    expect(one.open(path.format_map(tokens)).locator(ready).first).to_be_visible()
    assert_whole(one, is_still=path.startswith(STILL), names_events=name.startswith("formulas"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_of_the_kiosk_is_whole(scene: Scene, visit: Any, assert_whole: Any, language: str) -> None:
    one = visit(KIOSK, language)
    page = one.open(f"/kiosk?lang={language}")
    expect(page.locator(".k-tile").first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", language)
    for is_large in (False, True):
        if is_large:
            page.locator("#mode-large").click()
        assert_whole(one, is_still=True)
        for way, inner in ((0, "#home"), (1, ".k-tile"), (2, ".k-tile"), (3, "#booked-phone")):
            page.locator(".k-way").nth(way).click()
            expect(page.locator(inner).first).to_be_visible()
            assert_whole(one, is_still=True)
            page.locator("#home").click()
            if is_large:
                page.locator("#mode-large").click()  # home has put it back, for the next visitor
        page.locator(".k-tile").first.click()
        for needed in ("#take", "#language", ".k-guide__list li >> nth=0"):
            expect(page.locator(needed)).to_be_in_viewport(ratio=1)
        assert_whole(one, is_still=True)
        page.locator("#id-number").click()
        page.keyboard.type(ID_NUMBER[:-1] + "1")
        page.keyboard.press("Enter")
        expect(page.locator(".k-id .field__error")).not_to_be_empty()
        assert_whole(one, is_still=True)
        page.keyboard.press("Escape")
        page.locator("#take").click()
        for needed in (".k-ticket__number", ".k-qr img", "#done"):
            expect(page.locator(needed)).to_be_in_viewport(ratio=1)
        assert_whole(one, is_still=True)
        page.locator("#done").click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_console_is_whole_in_every_state(scene: Scene, visit: Any, assert_whole: Any, language: str) -> None:
    one = visit(DESK, language, scene.manager)
    for state, window in DESKS.items():
        page = one.open(f"/console?window={window}")
        expect(page.locator(f"od-desk[data-state={state}]")).to_be_visible()
        assert_whole(one)
        page.keyboard.press("?")
        expect(page.locator("dialog")).to_be_visible()
        assert_whole(one)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("window", "ready"), [("w06", "#matters li"), ("w02", ".empty__title")])
def test_acceptance_at_a_window_is_whole(
    scene: Scene, hall: HallProcess, visit: Any, assert_whole: Any, language: str, window: str, ready: str
) -> None:
    account = next(one for one in hall.accounts["staff"] if one["window"] == window)
    for size in (DESK, BOARD, PHONE):
        one = visit(size, language, hall.caller().sign_in(account))
        page = one.open(f"/accept/{window}")
        expect(page.locator(ready).first).to_be_visible()
        assert_whole(one)


@pytest.mark.parametrize("language", LANGUAGES)
def test_issuing_at_a_window_is_whole(
    scene: Scene, hall: HallProcess, visit: Any, assert_whole: Any, language: str
) -> None:
    account = next(one for one in hall.accounts["staff"] if one["window"] == "w06")
    for size in (DESK, BOARD, PHONE):
        one = visit(size, language, hall.caller().sign_in(account))
        page = one.open("/issue/w06")
        expect(page.locator(".empty__title").first).to_be_visible()
        assert_whole(one)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tab_of_the_manager_is_whole(scene: Scene, visit: Any, assert_whole: Any, language: str) -> None:
    one = visit(OFFICE, language, scene.manager)
    page = one.open("/manager")
    for tab, ready in TABS.items():
        page.locator(f"#tab-{tab}").click()
        expect(page.locator(ready).first).to_be_visible()
        assert_whole(one)
        if ready == ".edit__open":
            page.locator(ready).first.click()
            expect(page.locator("#save")).to_be_visible()
            assert_whole(one)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OFFICES)
def test_a_page_of_the_office_is_whole_at_the_desk_and_on_a_phone(
    scene: Scene, visit: Any, assert_whole: Any, name: str, language: str
) -> None:
    one = visit(OFFICE, language, scene.manager)
    page = one.open(OFFICES[name])
    expect(page.locator("h1:visible, h2:visible").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    for size in (OFFICE, PHONE):
        resized(page, size)
        assert_whole(one, shows_templates=name == "voice")


def test_times_are_the_halls_wherever_the_device_is(scene: Scene, visit: Any) -> None:
    issued = datetime.fromisoformat(scene.waiting["issued_at"]).astimezone(ZoneInfo("Asia/Shanghai"))
    page = visit(PHONE).open(f"/t/{scene.waiting['token']}")
    expect(page.locator(".p-details")).to_contain_text(f"{issued:%H:%M}")


def test_a_page_for_nobody_says_so(scene: Scene, visit: Any, missing_word: re.Pattern[str]) -> None:
    for path in ("/t/nobody", "/board/nowhere", "/window-screen/nowhere", "/pad/nowhere"):
        page = visit(PHONE).open(path)
        expect(page.locator("body")).to_have_text(re.compile(r"[\u4e00-\u9fff]{4}"))
        assert missing_word.findall(page.evaluate(SHOWN)) == []


def test_the_start_page_opens_every_door(scene: Scene, hall: HallProcess, visit: Any) -> None:
    page = visit(DOOR).open("/")
    expect(page.locator(".h-window").first).to_be_visible()
    doors = set(page.locator("a").evaluate_all("(all) => all.map((one) => one.getAttribute('href'))"))
    nobody: Caller = hall.caller()
    for_staff = {"/console", "/manager"}  # these lead to the sign-in first
    assert for_staff < doors
    assert {path for path in doors - for_staff if path.startswith("/") and b"<html" not in nobody.fetch(path)} == set()
    assert len(doors) > 40

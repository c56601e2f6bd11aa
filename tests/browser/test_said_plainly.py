"""What staff must know is said in words: which kiosk it is, since when it has no paper, whom nobody could check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess
from tests.browser.things import Thing, Things
from tests.fakes.founded_hall import FoundedHall

pytestmark = pytest.mark.browser

LINE, WINDOW, SESSION = "business", "w01", "s" * 22
NOBODY_LISTENS = '"http://127.0.0.1:1/check"'
PERSON = "11010519491231002X"
SIZES = {"zh-CN": (1366, 768), "en": (1280, 720)}
IS_WHOLE = """() => {
  const desk = document.querySelector(".ticket").parentElement;
  return desk.scrollHeight <= desk.clientHeight;
}"""
"""Asked of the page in one breath: the desk is drawn anew now and then."""


@pytest.fixture(scope="module")
def hall(
    quick_hall: Path, founded_hall: FoundedHall, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HallProcess]:
    """A running hall whose outside check of persons never answers."""
    place = tmp_path_factory.mktemp("doubt")
    config = place / "hall.toml"
    text = quick_hall.read_text("utf-8").replace("[settings]\n", f"[settings]\nperson_check_url = {NOBODY_LISTENS}\n")
    config.write_text(text, "utf-8")
    hall = HallProcess(founded_hall.copy(place / "data"), config=config).start()
    yield hall
    assert hall.stop() == 0


@pytest.fixture
def manager(hall: HallProcess) -> Caller:
    """The manager's session."""
    return hall.caller().sign_in(hall.accounts["manager"])


@pytest.fixture
def kiosk(hall: HallProcess) -> Iterator[Thing]:
    """A registered kiosk, over MQTT."""
    account = next(one for one in hall.accounts["devices"] if one["kind"] == "kiosk")
    with Things("demo", hall.mqtt_port) as things:
        yield things.connect(account)


@pytest.mark.parametrize(
    ("language", "nameless", "stranger"),
    [("zh-CN", "取号机（企业服务区）", "未登记的取号机"), ("en", "Kiosk (Business Services)", "Unregistered kiosk")],
)
def test_a_kiosk_is_called_by_its_name_and_place(
    hall: HallProcess, manager: Caller, kiosk: Thing, visit: Any, language: str, nameless: str, stranger: str
) -> None:
    manager.patch("devices/kiosk-z1", {"name": "", "zone": "z1", "window": None})
    kiosk.asks("numbers.reserve", {"session": SESSION, "lines": [LINE]})
    hall.caller().post("kiosk/numbers", {"session": "t" * 22, "lines": [LINE]})
    hall.caller().post("kiosk/numbers", {"session": "u" * 22, "lines": [LINE], "kiosk": "东门取号机"})
    page: Page = visit((1440, 900), language, manager).open("/manager#hand")
    page.locator("#hand-offline").click()
    blocks = page.locator("#offline-blocks")
    expect(blocks).to_contain_text(nameless)
    expect(blocks).to_contain_text(stranger)
    expect(blocks).to_contain_text("东门取号机")
    expect(blocks).not_to_contain_text("kiosk-z1")
    expect(blocks).not_to_contain_text("browser-")
    manager.patch("devices/kiosk-z1", {"name": "大门左侧", "zone": "z1", "window": None})
    page.locator("#tab-live").click()
    page.locator("#tab-hand").click()
    expect(blocks).to_contain_text("大门左侧")


def test_a_browser_kiosk_is_named_by_its_address(hall: HallProcess, manager: Caller, visit: Any) -> None:
    kiosk: Page = visit((1080, 1920)).open("/kiosk?name=西门取号机")
    expect(kiosk.locator(".k-tile").first).to_be_visible()
    page: Page = visit((1440, 900), session=manager).open("/manager#hand")
    page.locator("#hand-offline").click()
    expect(page.locator("#offline-blocks")).to_contain_text("西门取号机")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_kiosk_without_paper_says_since_when(manager: Caller, kiosk: Thing, visit: Any, language: str) -> None:
    page: Page = visit((1440, 900), language, manager).open("/manager")
    alarm = page.locator("[data-alarm='kiosk.paper_out']")
    kiosk.says({"paper": "out"})
    expect(alarm.locator(".alarms__what .num")).to_have_text(re.compile(r"\d+:\d\d"))
    expect(alarm).to_contain_text("企业服务" if language == "zh-CN" else "Business Services")
    page.locator("#tab-devices").evaluate("(link) => link.click()")  # also where it is folded
    expect(page.locator("tr", has_text="kiosk-z1").locator(".dv-c-paper .badge--bad")).to_be_visible()
    kiosk.says({"paper": "ok"})
    page.locator("#back").click()
    expect(alarm).to_have_count(0)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_clerk_is_told_that_a_person_was_not_checked_and_why(hall: HallProcess, visit: Any, language: str) -> None:
    staff = hall.caller().sign_in(next(one for one in hall.accounts["staff"] if one["window"] == WINDOW))
    asked = {"line": LINE, "channel": "kiosk"}
    staff.post(f"windows/{WINDOW}/open")
    given = hall.caller().post("tickets", {**asked, "person": {"id_number": PERSON}})
    page: Page = visit(SIZES[language], language, staff).open(f"/console?window={WINDOW}")
    expect(page.locator("od-desk[data-state=idle]")).to_be_visible()
    ahead = page.locator(f"#ahead-{given['id']} .badge--warn")
    expect(ahead).to_have_text({"zh-CN": "未核查", "en": "not checked"}[language])
    expect(ahead).to_be_in_viewport(ratio=1)
    page.keyboard.press("Space")
    told = page.locator("#unchecked")
    expect(told).to_contain_text({"zh-CN": "没有应答", "en": "did not answer"}[language])
    expect(told).to_be_in_viewport(ratio=1)
    assert page.evaluate(IS_WHOLE)
    staff.post(f"windows/{WINDOW}/start")
    staff.post(f"windows/{WINDOW}/finish")
    hall.caller().post("tickets", asked)
    staff.post(f"windows/{WINDOW}/call")
    expect(page.locator(".ticket__number")).to_be_visible()
    expect(told).to_have_count(0)
    staff.post(f"windows/{WINDOW}/start")
    staff.post(f"windows/{WINDOW}/finish")
    staff.post(f"windows/{WINDOW}/close", {"alone": "leave"})

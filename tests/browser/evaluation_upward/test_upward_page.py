"""A manager sees what the platform above refused and why, mends it, sends it again, and compares the days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from scripts.hall_process import HallProcess
from tests.browser.waiting import comes
from tests.fakes.upward_platform import TOKEN, PlatformProcess

pytestmark = pytest.mark.browser

OFFICE, PHONE = (1440, 900), (360, 780)


@pytest.fixture(scope="module")
def platform(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlatformProcess]:
    """A platform that refuses everything at first."""
    one = PlatformProcess(checkout, tmp_path_factory.mktemp("platform"))
    one.trouble(refuse={"winName": "窗口未备案"})
    yield one
    assert one.stop() == 0


@pytest.fixture(scope="module")
def sending_hall(
    platform: PlatformProcess, quick_hall: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HallProcess]:
    """A hall that sends its ratings there, with two of them."""
    folder = tmp_path_factory.mktemp("sending")
    config = folder / "hall.toml"
    text = quick_hall.read_text("utf-8")
    more = f'[settings]\nupward_url = "{platform.url}"\nupward_after_s = 0\n'
    config.write_text(text.replace("[settings]\n", more, 1), "utf-8")
    keys = folder / "data" / "keys"
    keys.mkdir(parents=True, mode=0o700)
    (keys / "upward.token").write_text(TOKEN, "utf-8")
    (keys / "upward.token").chmod(0o600)
    hall = HallProcess(folder / "data", config=config).start()
    manager = hall.caller().sign_in(hall.accounts["manager"])
    manager.post("windows/w01/open", {"staff": "s01"})
    matter = hall.caller().get("matters?line=business&limit=5")["matters"][0]
    for level in (1, 4):
        ticket = hall.caller().post("tickets", {"matter": matter["id"], "channel": "kiosk"})
        for key in ("call", "start", "finish"):
            manager.post(f"windows/w01/{key}")
        hall.caller().post("ratings", {"ticket": ticket["token"], "level": level, "channel": "phone"})
    yield hall
    assert hall.stop() == 0


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_refusals_are_shown_with_field_and_reason_at_every_size(
    sending_hall: HallProcess, opener: Callable[[HallProcess], Any], language: str
) -> None:
    manager = sending_hall.caller().sign_in(sending_hall.accounts["manager"])
    for size in (OFFICE, PHONE):
        one = opener(sending_hall)(size, language, manager)
        page = one.open("/manager/ratings#upward")
        expect(page.locator("#upward-refused strong")).to_have_text("2", timeout=40_000)
        expect(page.locator("#upward-refused-list tbody tr").first).to_contain_text("winName")
        expect(page.locator("#upward-refused-list tbody tr").first).to_contain_text("窗口未备案")
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert "upward." not in page.locator("body").inner_text()
        assert one.complaints == []


def test_what_was_mended_is_sent_again_and_the_days_are_compared(
    sending_hall: HallProcess, platform: PlatformProcess, opener: Callable[[HallProcess], Any]
) -> None:
    manager = sending_hall.caller().sign_in(sending_hall.accounts["manager"])
    one = opener(sending_hall)(OFFICE, "en", manager)
    page = one.open("/manager/ratings#upward")
    platform.trouble()
    expect(page.locator("#upward-refused strong")).to_have_text("2", timeout=40_000)
    page.locator("#upward-again").click()
    expect(page.locator("#upward-accepted strong")).to_have_text("2", timeout=40_000)
    expect(page.locator("#upward-refused strong")).to_have_text("0")
    page.locator("#upward-compare").click()
    row = page.locator("#upward-days tbody tr")
    expect(row).to_have_count(1)
    expect(row.locator("td").nth(1)).to_have_text("2")
    expect(row.locator("td").nth(2)).to_have_text("2")
    day = row.get_attribute("data-day")
    platform.trouble(forget=day)
    page.locator("#upward-compare").click()
    expect(page.locator("#upward-days")).to_contain_text("1 days differ")
    row.locator("button").click()
    page.locator("dialog .btn--primary").click()
    comes(page, lambda: len(platform.ledger()["records"]) == 2)
    page.locator("#upward-compare").click()
    expect(row.locator("td").nth(2)).to_have_text("2", timeout=40_000)
    assert one.complaints == []


def test_a_platform_that_is_down_is_named_and_tried_again_at_once(
    sending_hall: HallProcess, platform: PlatformProcess, opener: Callable[[HallProcess], Any]
) -> None:
    manager = sending_hall.caller().sign_in(sending_hall.accounts["manager"])
    page = opener(sending_hall)(OFFICE, "en", manager).open("/manager/ratings#upward")
    platform.trouble(fail=-1, status=503)
    ticket = sending_hall.caller().post("tickets", {"line": "business", "channel": "kiosk"})
    for key in ("call", "start", "finish"):
        manager.post(f"windows/w01/{key}")
    sending_hall.caller().post("ratings", {"ticket": ticket["token"], "level": 2, "channel": "phone"})
    expect(page.locator("#upward-state")).to_contain_text("it answered 503", timeout=60_000)
    platform.trouble()
    page.locator("#upward-try").click()
    expect(page.locator("#upward-refused strong")).to_have_text("1", timeout=60_000)
    expect(page.locator("#upward-refused-list")).to_contain_text("taskCode")

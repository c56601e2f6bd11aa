"""The server is killed while somebody signs, and nobody touches a sheet for too long: what the screens then show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from scripts.hall_process import HallProcess
from tests.browser.confirmation.confirm_desk import NAME, read_to_the_end, write

pytestmark = pytest.mark.browser

SOON_S = 20
BACK_WITHIN_MS = 60_000


@pytest.fixture(scope="module")
def quick_hall(quick_hall: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hall that waits for a visitor for twenty seconds only."""
    text = quick_hall.read_text("utf-8")
    file = tmp_path_factory.mktemp("soon") / "hall.toml"
    file.write_text(text.replace("[settings]\n", f"[settings]\nconfirmation_s = {SOON_S}\n", 1), "utf-8")
    return file


@pytest.fixture(scope="module")
def hall(new_hall: Callable[[], HallProcess]) -> HallProcess:
    """That hall."""
    return new_hall().start()


def test_a_signature_written_while_the_server_is_dead_is_handed_in_when_it_is_back(
    hall: HallProcess, desk: Any
) -> None:
    here = desk()
    console, screen = here.console(), here.second()
    here.send(console)
    read_to_the_end(screen)
    screen.locator("#cf-confirm").click()
    write(screen)
    port = hall.http_port
    hall.kill()
    screen.locator("#cf-hand-in").click()
    expect(screen.locator(".cf-plain--kept")).to_be_visible()
    hall.start(http_port=port)
    expect(screen.locator(".cf-plain--confirmed")).to_be_visible(timeout=BACK_WITHIN_MS)
    expect(console.locator("#confirm-state")).to_contain_text("已签名确认", timeout=BACK_WITHIN_MS)
    assert NAME not in screen.content()


def test_a_sheet_that_nobody_touches_leaves_the_screen(desk: Any) -> None:
    here = desk(1)
    console, screen = here.console(), here.second()
    here.send(console)
    expect(screen.locator(".paper")).to_contain_text(NAME)
    expect(screen.locator(".cf__left")).to_be_visible()
    expect(screen.locator(".cf-plain--timed_out")).to_be_visible(timeout=6 * SOON_S * 1000)
    assert NAME not in screen.content()
    expect(console.locator("#confirm-state")).to_contain_text("已超时")
    assert here.complaints() == []

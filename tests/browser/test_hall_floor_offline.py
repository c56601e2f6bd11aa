"""The manager's list of what kiosks gave without the server (domain rule 22)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess

pytestmark = pytest.mark.browser

SESSION, LINE = "s" * 22, "tax"


@pytest.fixture
def manager(hall: HallProcess) -> Caller:
    """The manager's session."""
    return hall.caller().sign_in(hall.accounts["manager"])


def handed_in(hall: HallProcess, manager: Caller) -> tuple[str, str]:
    """Two numbers of a kiosk called "east": one taken while the line was closed, one it never had; their numbers."""
    kiosk = hall.caller()
    given = kiosk.post("kiosk/numbers", {"session": SESSION, "kiosk": "east", "lines": [LINE]})
    manager.post(f"hand/lines/{LINE}", {"open": False, "reason": "network"})
    mine, strange = given["blocks"][0]["first"], 9_000
    tickets = [
        {"key": key * 22, "day": given["day"], "line": LINE, "serial": serial, "taken_at": given["now"]}
        for key, serial in (("k", mine), ("o", strange))
    ]
    answers = kiosk.post(
        "kiosk/hand-in", {"session": SESSION, "kiosk": "east", "now": given["now"], "tickets": tickets}
    )["tickets"]
    manager.post(f"hand/lines/{LINE}", {"open": True, "reason": "network is back"})
    return answers[0]["number"], answers[1]["number"]


@pytest.mark.parametrize(
    ("language", "closed", "not_kept"),
    [("zh-CN", "队列已停止取号", "不是预留给这台取号机"), ("en", "Line was closed", "not kept for this kiosk")],
)
def test_the_manager_sees_what_kiosks_gave_without_the_server(
    hall: HallProcess, manager: Caller, visit: Any, language: str, closed: str, not_kept: str
) -> None:
    taken, refused = handed_in(hall, manager)
    page: Page = visit((1440, 900), language=language, session=manager).open("/manager#hand")
    page.locator("#hand-offline").click()
    given = page.locator(f"[data-given={taken}]")
    expect(given).to_contain_text("east")
    expect(given).to_contain_text(closed)
    expect(page.locator(f"[data-refused={refused}]")).to_contain_text(not_kept)
    expect(page.locator("[data-hand-in=east]")).to_contain_text(refused)
    expect(page.locator(f"[data-block={taken}]")).to_contain_text("1")

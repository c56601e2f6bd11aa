"""A kiosk on localhost whose server has ended is reloaded and gives a number; the server's next start takes it in."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import HallProcess

pytestmark = pytest.mark.browser

IS_KEPT = """async () => {
  const [name] = await caches.keys();
  const page = name && await (await caches.open(name)).match("/kiosk");
  return Boolean(page && navigator.serviceWorker.controller);
}"""
HAS_NUMBERS = """() => new Promise((resolve) => {
  const opening = indexedDB.open("onedoor-kiosk");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("state").objectStore("state").get("numbers");
    asked.onsuccess = () => { opening.result.close(); resolve((asked.result?.blocks ?? []).length > 0); };
  };
})"""

IS_HANDED_IN = """() => new Promise((resolve) => {
  const opening = indexedDB.open("onedoor-kiosk");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("tickets").objectStore("tickets").count();
    asked.onsuccess = () => { opening.result.close(); resolve(asked.result === 0); };
  };
})"""
WITHIN_S = 30.0


def until(page: Page, question: str) -> None:
    """Wait until a question that the page answers by a promise is answered with yes."""
    end = time.monotonic() + WITHIN_S
    while not page.evaluate(question):
        assert time.monotonic() < end, question
        page.wait_for_timeout(50)  # the browser, a process of its own, does it


def test_a_reload_without_the_server_opens_the_kiosk_and_gives_a_number(hall: HallProcess, visit: Any) -> None:
    page: Page = visit((1080, 1920)).page
    page.goto(f"http://localhost:{hall.http_port}/kiosk?large=1")
    expect(page.locator(".k-tile").first).to_be_visible()
    until(page, HAS_NUMBERS)
    until(page, IS_KEPT)
    port = hall.http_port
    assert hall.stop() == 0

    page.reload()
    expect(page.locator("body[data-view=offline]")).to_be_visible()
    expect(page.locator("#hall-name")).not_to_be_empty()
    page.locator(".k-tile").first.click()
    page.locator("#take").click()
    number = page.locator(".k-ticket__number").inner_text()
    assert number
    page.locator("#done").click()

    hall.start(http_port=port)
    expect(page.locator("body[data-view=home]")).to_be_visible()
    manager = hall.caller().sign_in(hall.accounts["manager"])
    expect(page.locator("#offline")).to_be_hidden()
    until(page, IS_HANDED_IN)
    assert [one["number"] for one in manager.get("kiosk/offline")["tickets"]] == [number]

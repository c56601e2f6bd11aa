"""The server goes away: screens keep their last picture, media and clock, load again without it, and come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.displays.posters import poster

pytestmark = pytest.mark.browser

BACK_WITHIN_MS = 60_000
KEPT = """async () => {
  const ready = await navigator.serviceWorker.ready;
  const all = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
  const names = all.map((requests) => requests.map((one) => new URL(one.url).pathname));
  return names.flat();
}"""
"""What the service worker has kept."""


def kept(page: Page, *paths: str) -> None:
    """Wait until these are kept."""
    for _ in range(100):
        if set(paths) <= set(page.evaluate(KEPT)):
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.evaluate(KEPT))


def test_a_screen_outlives_its_server_a_reload_without_it_and_takes_the_new_page(
    hung: Any, look: Callable[..., Page]
) -> None:
    media = hung.upload(poster("#aa3311"), "海报.jpg")
    item = {"kind": "picture", "media": media["id"], "seconds": 600}
    board = hung.hang(name="综合屏", arrangement="split", playlist=[item])
    hung.queue_up(2)
    number = hung.call("w05")
    address = f"/screen/{board}"
    page = look(address)
    call = page.locator(f".call--now[data-number={number}]")
    poster_shown = page.locator(".media--picture img")
    expect(call).to_be_visible()
    expect(poster_shown).to_be_visible()
    kept(
        page,
        address,
        "/static/tokens.css",
        "/pages/displays/screen.js",
        "/api/v1/locales/en",
        f"/api/v1/media/{media['id']}",
    )

    hung.hall.kill()
    expect(page.locator("#link")).to_be_visible()
    expect(page.locator("#link")).to_contain_text("恢复连接")
    expect(call).to_be_visible()
    expect(poster_shown).to_be_visible()

    page.reload()  # a power cut at the screen too: localhost is a secure context, the page itself is kept
    past = page.locator(f".call--past[data-number={number}]")
    expect(past).to_be_visible()  # a number of then is not called as one of now
    expect(poster_shown).to_be_visible()
    expect(page.locator("#link")).to_be_visible()
    before = page.locator("#time").text_content()
    assert before

    page.evaluate("() => { document.documentElement.dataset.version = 'old'; document.body.dataset.page = 'old'; }")
    hung.hall.start(http_port=hung.hall.http_port, mqtt_port=hung.hall.mqtt_port)
    expect(page.locator("body[data-page=old]")).to_have_count(0, timeout=BACK_WITHIN_MS)  # the newest page, by itself
    expect(call).to_be_visible(timeout=BACK_WITHIN_MS)
    expect(page.locator("#link")).to_be_hidden(timeout=BACK_WITHIN_MS)


def test_a_screen_that_is_changed_changes_where_it_hangs(hung: Any, look: Callable[..., Page]) -> None:
    id_ = hung.hang(name="变", look="blue")
    page = look(f"/screen/{id_}")
    expect(page.locator("html[data-look=blue]")).to_be_attached()
    wanted = {"name": "变", "content": "overview", "look": "light", "revision": 1}
    hung.send("PUT", f"screens/{id_}", wanted)
    expect(page.locator("html[data-look=light] queue-overview .ov__line").first).to_be_visible()


def test_a_screen_is_darker_at_night_but_never_black(hung: Any, look: Callable[..., Page]) -> None:
    hours = ({"begin": "00:00", "end": "24:00", "percent": 60}, None)
    for dimming, is_dark in zip(hours, (True, False), strict=True):
        id_ = hung.hang(name="夜", dimming=dimming)
        page = look(f"/screen/{id_}")
        expect(page.locator(".call").first).to_be_visible()
        dimmer = page.locator("#dimmer")
        if is_dark:
            expect(dimmer).to_be_visible()
            assert dimmer.evaluate("(one) => one.style.opacity") == "0.6"
        else:
            expect(dimmer).to_be_hidden()


@pytest.mark.parametrize("content", ["board", "window", "overview", "playlist", "led", "map"])
def test_the_emergency_stands_over_everything(hung: Any, look: Callable[..., Page], content: str) -> None:
    more: dict[str, Any] = {"content": content}
    if content == "window":
        more["window"] = "w05"
    if content == "playlist":
        more |= {"arrangement": "full", "playlist": [{"kind": "text", "zh": "通知"}]}
    if content == "map":
        more["plan"] = hung.send("POST", "floor-plans", {"name": "一层"})["id"]
    id_ = hung.hang(name=content, **more)
    page = look(f"/screen/{id_}")
    expect(page.locator("body[data-ready=true]")).to_be_attached()
    hung.manager.post("emergency", {"kind": "fire", "reason": "演习"})
    try:
        alarm = page.locator("#emergency")
        expect(alarm).to_be_visible()
        box = alarm.bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (1920, 1080)
        on_top = "() => document.elementFromPoint(960, 540).closest('#emergency') !== null"
        assert page.evaluate(on_top)
    finally:
        hung.manager.post("emergency/lift", {"reason": "演习结束"})
    expect(page.locator("#emergency")).to_have_count(0)

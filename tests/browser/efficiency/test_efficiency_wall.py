"""The efficiency board on a wall: both shapes and languages, turning pages, without its server; and its approval."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboards.figures.shown import Unit, shown
from scripts.hall_process import HallProcess
from tests.browser.efficiency.days_behind import BOSS, visits_today

pytestmark = pytest.mark.browser

LYING, UPRIGHT, PHONE = (1920, 1080), (1080, 1920), (360, 780)
TURNS_WITHIN_MS = 30_000
BACK_WITHIN_MS = 90_000
CUT = """() => [...document.querySelectorAll(".eff :is(.pair, .eff-value, .eff-row__value, .eff-roll__good, dd)")]
  .filter((node) => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== "inline")
  .map((node) => `${node.className} ${node.textContent}`)"""
OUTSIDE = """() => [".eff-tile", ".eff__table .eff-row", ".eff-roll__one", ".eff__foot", ".eff-roll__rule"]
  .flatMap((which) => [...document.querySelectorAll(which)])
  .filter((node) => {
    const at = node.getBoundingClientRect();
    const around = (node.closest(".eff__table, .eff-roll") ?? document.documentElement).getBoundingClientRect();
    return at.right > around.right + 1 || at.bottom > around.bottom + 1 || at.left < around.left - 1;
  })
  .map((node) => `${node.className} ${node.textContent}`)"""
CAPITALS_MM = """() => {
  const mm = 680 / Math.min(innerWidth, innerHeight);
  const drawing = document.createElement("canvas").getContext("2d");
  return [".eff-tile__now .eff-value", ".eff-row__value", ".eff-roll__good", ".eff-tile__longer dd"]
    .flatMap((which) => [...document.querySelectorAll(which)])
    .map((node) => {
      const style = getComputedStyle(node);
      drawing.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      return [node.textContent, drawing.measureText("0").actualBoundingBoxAscent * mm];
    });
}"""
"""Height of the digits on a 55-inch panel (680 mm on its short side)."""
FIVE_METRES_MM = 25 * 0.7
"""A two-hundredth of five metres, less the third by which digits may be smaller than capitals of names."""


@pytest.mark.parametrize("size", [LYING, UPRIGHT])
def test_the_wall_shows_what_the_hall_publishes_and_nothing_is_cut_off(
    walls: HallProcess, wall: Callable[..., Page], size: tuple[int, int]
) -> None:
    page = wall(size)
    expect(page.locator(".eff-roll__one").first).to_be_visible()
    picture = walls.caller().get("efficiency")
    for period in picture["periods"][1:]:
        for figure in period["figures"]:
            unit = {"count": Unit.COUNT, "rate": Unit.RATE}.get(figure["kind"], Unit.SPAN)
            told = page.locator(f".eff-tile[data-figure={figure['id']}] [data-span={period['span']}] dd")
            expect(told).to_have_text(shown(figure["value"], unit))
    page.evaluate("() => document.fonts.ready.then(() => null)")
    assert page.evaluate(CUT) == []
    assert page.evaluate(OUTSIDE) == []
    small = [(text, mm) for text, mm in page.evaluate(CAPITALS_MM) if mm < FIVE_METRES_MM]
    assert small == []


def test_lists_turn_their_pages_by_themselves_and_go_through_every_period(wall: Callable[..., Page]) -> None:
    page = wall(LYING)
    rows = page.locator(".eff-list")
    expect(rows).not_to_be_empty()
    first = rows.inner_text()
    expect(rows).not_to_have_text(first, use_inner_text=True, timeout=TURNS_WITHIN_MS)
    keys = page.evaluate(
        """async () => {
          const { scenesOf, nextScene } = await import("/pages/efficiency/efficiency-scenes.js");
          const view = await (await fetch("/api/v1/efficiency")).json();
          const scenes = scenesOf(view, 5);
          const seen = [];
          for (let key = scenes[0].key; !seen.includes(key); key = nextScene(scenes, key).key) seen.push(key);
          return [seen.length, scenes.length, Math.max(...scenes.map((one) => one.rows.length))];
        }"""
    )
    assert keys[0] == keys[1] > 3
    assert keys[2] <= 5


def test_one_language_alone_and_every_look(walls: HallProcess, wall: Callable[..., Page]) -> None:
    boss = walls.caller().sign_in(BOSS)
    for look, language in (("light", "en"), ("contrast", "zh"), ("night", "en")):
        wanted = {"name": look, "content": "module", "module": "efficiency", "look": look, "languages": [language]}
        screen = boss.post("screens", wanted)["id"]
        page = wall(LYING, f"/screen/{screen}")
        said = page.locator(".eff").inner_text()
        assert ("Mean wait" in said) is (language == "en")
        assert ("平均等候" in said) is (language == "zh")
        assert page.evaluate(CUT) == []
        assert page.evaluate(OUTSIDE) == []


def test_beside_a_board_it_turns_up_in_the_playlist(walls: HallProcess, wall: Callable[..., Page]) -> None:
    boss = walls.caller().sign_in(BOSS)
    playlist = [{"kind": "module", "module": "efficiency", "seconds": 600}]
    wanted = {"name": "并排", "content": "board", "zone": "z1", "arrangement": "split", "playlist": playlist}
    page = wall(LYING, f"/screen/{boss.post('screens', wanted)['id']}")
    expect(page.locator(".playlist .eff-tile").first).to_be_visible()
    expect(page.locator(".stage__content > .board").first).to_be_visible()


def test_reduced_motion_is_honoured(wall: Callable[..., Page]) -> None:
    moves = "() => getComputedStyle(document.querySelector('.eff-list')).animationName"
    assert wall(LYING).evaluate(moves) == "eff-come"
    assert wall(LYING, reduced_motion="reduce").evaluate(moves) == "none"


def test_on_a_phone_it_is_a_column(wall: Callable[..., Page]) -> None:
    page = wall(PHONE)
    wider = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0


def test_a_manager_approves_and_the_wall_follows(walls: HallProcess, wall: Callable[..., Page], opener: Any) -> None:
    page = wall(LYING)
    expect(page.locator(".eff-tile[data-figure=visits]")).to_be_visible()
    one = opener(walls)((1440, 900), "zh-CN", walls.caller().sign_in(BOSS))
    form = one.open("/manager/efficiency")
    form.locator("[name=figure-visits]").uncheck()
    form.locator("#save").click()
    expect(form.locator("[data-error=reason]")).to_be_visible()
    form.locator("[name=reason]").fill("先不公示取号")
    form.locator("#save").click()
    expect(form.locator("[data-error=reason]")).to_have_count(0)
    expect(page.locator(".eff-tile[data-figure=visits]")).to_have_count(0)
    form.locator("[name=figure-visits]").check()
    form.locator("[name=reason]").fill("恢复")
    form.locator("#save").click()
    expect(page.locator(".eff-tile[data-figure=visits]")).to_be_visible()


def test_a_wall_that_loses_the_server_keeps_its_picture_with_its_time_and_comes_back(
    walls: HallProcess, wall: Callable[..., Page]
) -> None:
    page = wall(LYING)
    expect(page.locator(".eff-roll__one").first).to_be_visible()
    served = page.locator(".eff-tile[data-figure=visits_served] .eff-tile__now")
    expect(served).to_have_text(re.compile(r"\d"))
    kept = page.evaluate("() => localStorage.getItem('onedoor.screen.module.efficiency')")
    assert json.loads(kept)["view"]["periods"]
    port = walls.http_port
    walls.kill()
    expect(page.locator("#link")).to_be_visible()
    expect(served).to_have_text(re.compile(r"\d"))
    expect(page.locator(".eff__at")).to_have_text(re.compile(r"\d\d:\d\d"))
    before = served.inner_text()
    walls.start(http_port=port)
    visits_today(walls, 1)
    expect(page.locator("#link")).to_be_hidden(timeout=BACK_WITHIN_MS)
    expect(served).not_to_have_text(before, timeout=BACK_WITHIN_MS)


@pytest.mark.parametrize("size", [LYING, UPRIGHT])
def test_a_hall_without_a_day_behind_it_shows_its_frame_and_no_figures(
    hall: HallProcess, browser: Browser, size: tuple[int, int]
) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    try:
        page.goto(hall.address + "/efficiency")
        expect(page.locator(".eff-tile__now").first).to_have_text("—")
        expect(page.locator(".eff-tile")).to_have_count(len(hall.caller().get("efficiency")["published"]))
        expect(page.locator(".eff-roll__none")).to_be_visible()
        foot = page.locator(".eff__foot").evaluate("(node) => innerHeight - node.getBoundingClientRect().bottom")
        assert abs(foot) <= 1
        assert page.evaluate(CUT) == []
        assert page.evaluate(OUTSIDE) == []
    finally:
        page.close()

"""A manager hangs screens in the browser: adds, changes, sees them at once, orders a playlist, draws a floor plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.displays.posters import poster

pytestmark = pytest.mark.browser

OFFICE = (1440, 900)


def screens(hung: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hung.manager.get("screens")["screens"]
    return found


def editor(look: Callable[..., Page], address: str = "", language: str = "zh-CN") -> Page:
    page = look(f"/manager/screens{address}", OFFICE, session=True, locale=language)
    expect(page.locator("#main > *").first).to_be_visible()
    return page


def preview(page: Page) -> Any:
    return page.frame_locator("iframe.frame__page")


def save(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator("#list")).to_be_visible()


def test_an_empty_hall_is_offered_its_usual_screens(hung: Any, look: Callable[..., Page]) -> None:
    page = editor(look)
    page.locator("#usual").click()
    expect(page.locator(".se__card")).to_have_count(len(hung.manager.get("hall")["zones"]) + 1)
    first = page.locator(".se__card").first
    expect(first.frame_locator("iframe").locator(".board__main")).to_be_visible()  # a little picture of the real page


def test_a_screen_is_added_seen_at_once_saved_and_changed(hung: Any, look: Callable[..., Page]) -> None:
    page = editor(look, "#new=board")
    page.locator("#f-name").fill("二楼东侧")
    page.locator("#f-zone").select_option("z2")
    expect(preview(page).locator("#zone")).to_contain_text("社会保障区")
    page.locator("#f-look-light").click()
    expect(preview(page).locator("html[data-look=light]")).to_be_attached()
    page.locator("#f-look-light").press("ArrowRight")  # by keyboard: the next one
    expect(preview(page).locator("html[data-look=contrast]")).to_be_attached()
    save(page)
    screen = next(one for one in screens(hung) if one["name"] == "二楼东侧")
    assert (screen["zone"], screen["look"], screen["revision"]) == ("z2", "contrast", 1)
    page.locator(f"#screen-{screen['id']} .change").click()
    page.locator("#f-content").select_option("overview")
    expect(preview(page).locator(".ov__line").first).to_be_visible()
    page.locator("[name=dims]").check()
    page.locator("[name='dimming.percent']").fill("40")
    save(page)
    changed = next(one for one in screens(hung) if one["id"] == screen["id"])
    assert (changed["content"], changed["dimming"]["percent"], changed["revision"]) == ("overview", 40, 2)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(
    hung: Any, look: Callable[..., Page], language: str
) -> None:
    page = editor(look, "#new=board", language)
    page.locator("#f-name").fill("入口")
    page.locator("[name=accent]").fill("#0a2a66")
    error = page.locator("[data-error=accent]")
    expect(error).to_contain_text("7:1")  # before saving already
    page.locator("#save").click()
    expect(page.locator("[name=accent]")).to_be_focused()
    better = re.search(r"#[0-9a-f]{6}", error.text_content() or "")
    assert better is not None
    page.locator("[name=accent]").fill(better[0])
    expect(error).to_be_empty()
    page.locator("#f-name").fill("")
    page.locator("#save").click()
    expect(page.locator("[data-error=name]")).not_to_be_empty()
    expect(page.locator("[name=accent]")).to_have_value(better[0])
    page.locator("#f-arrangement-full").click()
    expect(page.locator("[data-error=playlist]")).not_to_be_empty()


def test_a_playlist_is_uploaded_ordered_and_timed(hung: Any, look: Callable[..., Page], tmp_path: Path) -> None:
    for name, colour in (("one.jpg", "#113355"), ("two.jpg", "#553311")):
        (tmp_path / name).write_bytes(poster(colour))
    (tmp_path / "bad.jpg").write_bytes(b"no picture at all")
    page = editor(look, "#new=playlist")
    page.locator("#f-name").fill("宣传屏")
    page.locator("[name='playlist.0.zh']").or_(page.locator("#playlist-rows summary").first).first.click()
    page.locator("[name='playlist.0.zh']").fill("放假通知")
    files = page.locator(".list__drop input[type=file]")
    files.set_input_files([str(tmp_path / name) for name in ("one.jpg", "two.jpg")])
    rows = page.locator(".list__row")
    expect(rows).to_have_count(3)
    files.set_input_files(str(tmp_path / "bad.jpg"))
    expect(page.locator(".list__drop .field__error")).to_contain_text("bad.jpg")
    expect(rows).to_have_count(3)
    rows.nth(0).locator("summary").click()
    expect(rows.locator("img")).to_have_count(2)
    rows.nth(2).locator(".list__grip").drag_to(rows.nth(0).locator(".list__grip"))
    expect(rows.nth(0)).to_contain_text("two.jpg")
    rows.nth(0).locator(".down").press("Enter")  # the keyboard orders too, and stays on the row
    expect(rows.nth(1)).to_contain_text("two.jpg")
    rows.nth(1).locator("summary").click()
    page.locator("[name='playlist.1.begin']").fill("9:00")
    expect(page.locator("[data-error='playlist.1.begin']")).not_to_be_empty()
    page.locator("[name='playlist.1.begin']").fill("09:00")
    page.locator("[name='playlist.1.day-7']").uncheck()
    save(page)
    items = next(one for one in screens(hung) if one["name"] == "宣传屏")["playlist"]
    assert [item["kind"] for item in items] == ["text", "picture", "picture"]
    assert (items[1]["media"]["name"], items[1]["begin"], items[1]["days"]) == ("two.jpg", "09:00", [1, 2, 3, 4, 5, 6])


def test_somebody_elses_change_is_not_overwritten(hung: Any, look: Callable[..., Page]) -> None:
    id_ = hung.hang(name="共用屏")
    page = editor(look, f"#screen={id_}")
    page.locator("#f-name").fill("我的名字")
    hung.send("PUT", f"screens/{id_}", {"name": "别人的名字", "content": "board", "zone": "z2", "revision": 1})
    page.locator("#save").click()
    page.locator("#newest").click()
    expect(page.locator("#f-name")).to_have_value("别人的名字")


def test_a_floor_plan_is_drawn_with_mouse_and_keys_and_shown(hung: Any, look: Callable[..., Page]) -> None:
    page = editor(look, "#plan=new")
    page.locator("[name=name]").fill("一层")
    page.locator("#all-windows").click()
    expect(page.locator(".plan__place")).to_have_count(len(hung.manager.get("hall")["windows"]))
    page.locator("[data-add='entrance']").click()
    place = page.locator(".plan__place--entrance")
    expect(place).to_be_focused()
    before = place.bounding_box()
    place.press("ArrowRight")
    place.press("ArrowDown")
    after = place.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] > before["x"]
    assert after["y"] > before["y"]
    page.locator("#save").click()
    expect(page.locator("h1")).to_have_text("屏幕")
    plan = hung.manager.get("screens")["plans"][-1]
    id_ = hung.hang(name="图", content="map", plan=plan["id"], here={"x": 0.5, "y": 0.95})
    hung.queue_up(1)
    for window in ("w05", "w06"):
        if not hung.manager.get(f"windows/{window}")["ticket"]:
            hung.call(window)
            break
    shown = look(f"/screen/{id_}")
    expect(shown.locator(".spot--window")).to_have_count(len(plan["places"]) - 1)
    expect(shown.locator(".spot--calling")).to_be_visible()
    expect(shown.locator(".map__way")).to_have_count(1)
    expect(shown.locator(".spot-here")).to_be_visible()


def test_a_screen_is_taken_down_and_its_address_says_so(hung: Any, look: Callable[..., Page]) -> None:
    id_ = hung.hang(name="旧屏")
    page = editor(look)
    page.locator(f"#screen-{id_} .remove").click()
    page.locator("dialog .btn--danger").click()
    expect(page.locator(f"#screen-{id_}")).to_have_count(0)
    gone = look(f"/screen/{id_}")
    expect(gone.locator("#wait")).to_contain_text("没有这块屏幕")

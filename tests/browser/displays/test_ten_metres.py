"""The board at its real sizes: numbers for ten metres, contrast, nothing cut off, five calls in one second."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.waiting import resized, wrong_at_last

pytestmark = pytest.mark.browser

MEASURES = (Path(__file__).parent / "measures.js").read_text("utf-8")

PANEL_MM = 1210
"""The longer side of a 55-inch 16:9 panel."""
DISTANCE_MM = 10_000
LEAST_CAP_MM = DISTANCE_MM / 200
"""Height of a capital letter that is read at ten metres: a two-hundredth of the distance (DIN 1450, ISO 9241-303)."""

FORMATS = {
    "1080p": (1920, 1080),
    "1080p upright": (1080, 1920),
    "4K": (3840, 2160),
    "4K upright": (2160, 3840),
    "720p": (1280, 720),
    "720p upright": (720, 1280),
}


@pytest.fixture(scope="module")
def busy(hung: Any) -> Any:
    """A hall with long names that calls two and has called others."""
    hung.manager.patch(
        "windows/w06",
        {
            "name": "城乡居民基本养老保险关系转移接续综合受理窗口（含省内省外）",
            "name_en": "Transfer and Continuation of Urban and Rural Old-Age Insurance, All Provinces",
        },
    )
    long = {
        "name": "社会保障与人力资源综合服务区域",
        "name_en": "Social Security and Human Resources Comprehensive Services",
    }
    hung.manager.patch("zones/z2", long)
    hung.queue_up(12)
    for window in ("w05", "w06", "w08"):
        hung.call(window)
        hung.manager.post(f"windows/{window}/start")
        hung.manager.post(f"windows/{window}/finish")
    for window in ("w05", "w06"):
        hung.call(window)
    for look in ("blue", "night", "light", "contrast"):
        hung.ids[look] = hung.hang(name=look, look=look)
    for size in ("near", "far"):
        hung.ids[size] = hung.hang(name=size, size=size)
    for language in ("zh", "en"):
        hung.ids[language] = hung.hang(name=language, languages=[language])
    words = {"kind": "text", "zh": "放假通知", "en": "Closing", "body_zh": "明日休息。", "body_en": "Closed tomorrow."}
    hung.ids["split"] = hung.hang(name="分屏", arrangement="split", playlist=[words])
    return hung


def measured(page: Page, name: str, selector: str = "") -> Any:
    """What one of the measures finds on a page."""
    return page.evaluate(f"(selector) => {MEASURES}.{name}(selector)", selector)


def settled(page: Page) -> Page:
    expect(page.locator(".call--hero")).to_be_visible()
    page.evaluate("() => document.fonts.ready.then(() => null)")
    return page


def test_a_number_is_read_at_ten_metres_on_a_55_inch_panel(busy: Any, look: Callable[..., Page]) -> None:
    page = settled(look(f"/screen/{busy.ids['blue']}"))
    for name, size in FORMATS.items():
        resized(page, size)
        caps = measured(page, "caps", ".call__number, .call .sign__digits")
        heights = {one["text"]: round(one["px"] * PANEL_MM / max(size)) for one in caps}
        print(f"{name}: capitals on a 55-inch panel, mm: {heights}")  # 1080p: 111 (calling now) and 95 (the others)
        assert len(heights) >= 2
        assert min(heights.values()) >= LEAST_CAP_MM


FULL_HD = ("1080p", "1080p upright")


@pytest.mark.parametrize(
    ("screen", "names"),
    [("blue", FORMATS), ("split", FORMATS), *((screen, FULL_HD) for screen in ("near", "far", "zh", "en"))],
    ids=["blue", "split", "near", "far", "zh", "en"],
)
def test_no_word_is_cut_off(busy: Any, look: Callable[..., Page], screen: str, names: Iterable[str]) -> None:
    page = settled(look(f"/screen/{busy.ids[screen]}"))
    for name in names:
        resized(page, FORMATS[name])
        for wrong in ("cut", "over"):
            assert wrong_at_last(page, partial(measured, page, wrong)) == [], name


@pytest.mark.parametrize("theme", ["blue", "night", "light", "contrast"])
def test_every_word_stands_out_seven_to_one(busy: Any, look: Callable[..., Page], theme: str) -> None:
    page = settled(look(f"/screen/{busy.ids[theme]}"))
    assert measured(page, "contrast") == {}


def test_a_wide_output_on_an_upright_panel_is_turned(busy: Any, look: Callable[..., Page]) -> None:
    id_ = busy.hang(name="竖装", orientation="portrait")
    page = settled(look(f"/screen/{id_}"))
    expect(page.locator("html[data-turned]")).to_be_attached()
    stage = page.locator("#stage").bounding_box()
    assert stage is not None
    assert (round(stage["width"]), round(stage["height"])) == (1920, 1080)
    assert page.evaluate("() => document.querySelector('#stage').clientWidth") == 1080


def test_five_calls_in_one_second_are_all_shown_newest_first(hung: Any, look: Callable[..., Page]) -> None:
    windows = ("w05", "w06", "w07", "w08", "w09")
    for window in windows:
        desk = hung.manager.get(f"windows/{window}")
        if desk["ticket"]:
            hung.manager.post(f"windows/{window}/start")
            hung.manager.post(f"windows/{window}/finish")
    hung.queue_up(12)
    page = look(f"/board/{'z2'}")
    expect(page.locator(".call--quiet")).to_be_visible()
    called = [hung.call(window) for window in windows]
    rows = page.locator(".calls .call--now")
    expect(rows).to_have_count(5)
    shown = rows.evaluate_all("(all) => all.map((one) => one.dataset.number)")
    assert shown == called[::-1]
    expect(page.locator(".call--fresh")).not_to_have_count(0)
    heights = [one["px"] * PANEL_MM / 1920 for one in measured(page, "caps", ".call__number")]
    assert min(heights) >= LEAST_CAP_MM  # five rows are still read at ten metres
    assert measured(page, "cut") == []
    upright = look("/board/z2", (1080, 1920))
    expect(upright.locator(".rest--large .rest__one").first).to_be_visible()
    caps = measured(upright, "caps", ".call__number, .rest__number")
    assert [one["text"] for one in caps] == called[::-1]
    assert min(one["px"] * PANEL_MM / 1920 for one in caps) >= LEAST_CAP_MM
    assert measured(upright, "cut") == []


FIVE = ("w05", "w06", "w07", "w08", "w09")


@pytest.fixture(scope="module")
def five_called(busy: Any) -> Any:
    """Five windows call at the same moment, two of them with long names."""
    for window in FIVE:
        if busy.manager.get(f"windows/{window}")["ticket"]:
            busy.manager.post(f"windows/{window}/start")
            busy.manager.post(f"windows/{window}/finish")
    busy.queue_up(12)
    busy.called = [busy.call(window) for window in FIVE]
    return busy


def assert_all_are_read(page: Page, called: list[str], size: tuple[int, int]) -> None:
    expect(page.locator(".call--hero")).to_be_visible()
    expect(page.locator("[data-rows]")).to_be_visible()
    numbers = ".call--now .call__number, .rest--large .rest__number"
    expect(page.locator(numbers)).to_have_count(len(called))
    caps = measured(page, "caps", numbers)
    assert {one["text"] for one in caps} == set(called)
    heights = {one["text"]: round(one["px"] * PANEL_MM / max(size)) for one in caps}
    assert min(heights.values()) >= LEAST_CAP_MM, heights

    def cut() -> list[Any]:
        return [one for one in measured(page, "cut") if "window__state" not in one[0]]  # its English may give way

    assert wrong_at_last(page, cut) == []
    assert wrong_at_last(page, partial(measured, page, "over")) == []


@pytest.mark.parametrize(
    ("screen", "names"),
    [("split", FORMATS), *((screen, FULL_HD) for screen in ("blue", "near", "far", "en"))],
    ids=["split", "blue", "near", "far", "en"],
)
def test_five_calls_are_read_at_ten_metres_on_every_board(
    five_called: Any, look: Callable[..., Page], screen: str, names: Iterable[str]
) -> None:
    page = look(f"/screen/{five_called.ids[screen]}")
    for name in names:
        resized(page, FORMATS[name])
        assert_all_are_read(page, five_called.called, FORMATS[name])


@pytest.mark.parametrize("name", ["1080p", "1080p upright", "720p upright"])
def test_a_crowded_zone_shows_every_call_as_large(five_called: Any, look: Callable[..., Page], name: str) -> None:
    hall = five_called.manager.get("hall")
    for line in hall["lines"]:
        five_called.manager.patch(f"lines/{line['id']}", {"zone": "z2"})
    for window in hall["windows"]:
        five_called.manager.patch(f"windows/{window['id']}", {"zone": "z2"})
    page = look(f"/screen/{five_called.ids['blue']}", FORMATS[name])
    expect(page.locator(".window")).to_have_count(len(hall["windows"]))
    assert_all_are_read(page, five_called.called, FORMATS[name])


def test_whoever_asks_for_less_motion_sees_no_flash(hung: Any, look: Callable[..., Page]) -> None:
    page = look("/board/z2", reduced_motion="reduce")
    expect(page.locator(".call").first).to_be_visible()
    for window in ("w05", "w06"):
        ticket = hung.manager.get(f"windows/{window}")["ticket"]
        if ticket:
            hung.manager.post(f"windows/{window}/recall")
            break
    fresh = page.locator(".call--fresh")
    expect(fresh.first).to_be_visible()
    assert fresh.first.evaluate("(one) => getComputedStyle(one).animationName") == "none"

"""The live board: events show by themselves, a click or a key leads behind it and back, and nothing overflows."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from scripts.hall_process import Caller, HallProcess
from scripts.hall_scene import Scene, office, play
from tests.browser.waiting import resized, wrong_at_last

pytestmark = pytest.mark.browser

WALL, LAPTOP, PHONE = (1920, 1080), (1366, 768), (360, 740)
LANGUAGES = ["zh-CN", "en"]
LINES, WINDOWS, MOST_WINDOWS = 10, 30, 60
PLACES = "#figure-waiting, .board__table tbody tr, .tile, .alarm, #curve svg"
OUTSIDE = """(places) => [...document.querySelectorAll(places)].filter((node) => !node.hidden).filter((node) => {
  const { left, top, right, bottom } = node.getBoundingClientRect();
  const card = node.closest("section, .board__figures").getBoundingClientRect();
  return left < card.left - 1 || right > card.right + 1 || top < card.top - 1 || bottom > card.bottom + 1
    || right > innerWidth + 1;
}).map((node) => `${node.id || node.className} ${node.textContent.slice(0, 20)}`)"""
"""What sticks out of its card."""
CUT = """() => [...document.querySelectorAll(".board .num, .board .clock, .tile__what, .board__big")]
  .filter((node) => node.getClientRects().length && !node.closest("[hidden]"))
  .filter((node) => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0)
  .map((node) => `${node.className} ${node.textContent}`)"""
"""Figures that are not read whole."""
BEYOND = """() => {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
  return [scrollWidth - clientWidth, scrollHeight - clientHeight];
}"""
SIZE = "(node) => parseFloat(getComputedStyle(node).fontSize)"


@pytest.fixture(scope="module")
def scene(hall: HallProcess) -> Scene:
    """A hall of ten lines and thirty windows with something to see and something wrong."""
    found = play(hall)
    office(hall, found)
    shown = found.manager.get("hall")
    assert len(shown["lines"]) == LINES
    add_windows(found.manager, shown, WINDOWS)
    return found


def add_windows(manager: Caller, shown: dict[str, Any], upto: int) -> None:
    lines, zone = [line["id"] for line in shown["lines"]], shown["zones"][0]["id"]
    for number in range(len(shown["windows"]) + 1, upto + 1):
        names = {"name": f"综合受理窗口{number}", "name_en": f"General window {number}"}
        served = [lines[number % LINES], lines[(number + 3) % LINES]]
        manager.post("windows", {"id": f"x{number}", "number": number, **names, "zone": zone, "lines": served})


@pytest.fixture
def board(visit: Any, scene: Scene) -> Page:
    """The board on a wall."""
    page: Page = visit(WALL, session=scene.manager).open("/manager")
    expect(page.locator("#tile-w01")).to_be_visible()
    return page


def figure(page: Page, name: str) -> Any:
    return page.locator(f"#figure-{name} .figure__value")


def test_what_happens_shows_without_reload_and_without_asking(board: Page, hall: HallProcess, scene: Scene) -> None:
    asked: list[str] = []
    board.on("request", lambda request: asked.append(request.url))
    before = scene.manager.get("manager")["totals"]["waiting"]
    expect(figure(board, "waiting")).to_have_text(str(before))
    for _ in range(2):
        hall.caller().post("tickets", {"line": "tax", "channel": "kiosk"})
    expect(figure(board, "waiting")).to_have_text(str(before + 2))
    expect(board.locator("tr[data-line=tax] .board__big")).not_to_have_text("0")
    scene.manager.post("windows/w07/open", {"staff": "s07"})
    expect(board.locator("#tile-w07")).to_have_class("tile tile--idle")
    scene.manager.post("windows/w07/close", {"alone": "leave"})
    expect(board.locator("#tile-w07")).to_have_class("tile tile--closed")
    assert [url for url in asked if "/api/" in url] == []


def test_an_alarm_comes_goes_and_leads_to_its_line(board: Page, hall: HallProcess, scene: Scene) -> None:
    unserved = board.locator("[data-alarm='line.unserved']")
    expect(unserved).to_have_attribute("data-severity", "urgent")
    one = unserved.locator("a", has_text="农林水务")
    expect(one.locator(".clock")).to_be_visible()
    expect(unserved.locator(".alarms__do")).to_be_visible()
    one.click()
    expect(board.locator(".behind__name")).to_contain_text("农林水务")
    board.locator("#open-w15").click()
    board.locator("dialog select[name=staff]").select_option("s15")
    board.locator("dialog [data-quick=plan]").click()
    expect(board.locator("tr", has=board.locator("#window-w15")).locator(".badge")).to_have_text("空闲")
    board.locator("#back").click()
    expect(board.locator("#tile-w15")).to_be_visible()
    expect(one).to_have_count(0)
    scene.manager.post("windows/w15/close", {"alone": "leave"})
    expect(one).to_have_count(1)


def test_a_line_is_opened_and_left_by_keys_alone(board: Page) -> None:
    board.locator("#line-link-business").focus()
    board.keyboard.press("ArrowDown")
    expect(board.locator("#line-link-labour")).to_be_focused()
    board.keyboard.press("ArrowUp")
    board.keyboard.press("Enter")
    expect(board.locator("#behind-line")).to_be_visible()
    expect(board.locator("#back")).to_be_focused()
    tickets = board.locator("#line-tickets tbody tr")
    expect(tickets.first).to_be_visible()
    expect(board.locator("#behind-line .cards tbody tr").first).to_be_visible()  # its windows
    expect(board.locator(".behind__bars")).to_be_visible()  # its waits of today
    board.keyboard.press("Escape")
    expect(board.locator("#line-link-business")).to_be_focused()


def test_a_window_is_opened_by_click_shows_its_day_and_goes_back(board: Page, scene: Scene) -> None:
    board.locator("#tile-w16").click()
    expect(board.locator(".behind__name")).to_contain_text("16")
    expect(board.locator(".behind__who")).to_be_visible()
    expect(board.locator("#window-tickets tbody tr").first).to_be_visible()
    scene.manager.post("windows/w16/finish")
    expect(board.locator("#window-tickets tbody tr").first).to_contain_text("已办结")
    board.locator("#behind-window .behind__lines a").first.click()
    expect(board.locator("#behind-line")).to_be_visible()
    board.keyboard.press("Escape")
    expect(board.locator("#behind-window")).to_be_visible()
    board.locator("#back").click()
    expect(board.locator("#tile-w16")).to_be_focused()
    board.locator("#tile-w16").press("ArrowRight")
    expect(board.locator("#tile-w17")).to_be_focused()
    board.keyboard.press("ArrowDown")
    expect(board.locator("#tile-x27")).to_be_focused()


def test_an_address_behind_the_board_may_be_kept_and_what_is_gone_says_so(visit: Any, scene: Scene) -> None:
    one = visit(LAPTOP, "en", scene.manager)
    page = one.open("/manager#live/window/w05")
    expect(page.locator(".behind__name")).to_contain_text("5")
    page.keyboard.press("Escape")
    expect(page.locator("#tile-w05")).to_be_visible()
    page = visit(LAPTOP, "en", scene.manager).open("/manager#live/line/nothing")
    expect(page.locator(".empty__title")).to_have_text("There is no such line")
    page.keyboard.press("Escape")
    expect(page.locator(".tile").first).to_be_visible()


def test_a_window_that_is_idle_while_people_wait_is_the_only_one_in_colour(visit: Any, scene: Scene) -> None:
    one = visit(WALL, "zh-CN", scene.manager)
    text = '"code":"line.unserved"'

    def told(route: Any) -> None:
        server = route.connect_to_server()
        server.on_message(
            lambda frame: route.send(
                frame.replace(text, '"code":"window.idle"').replace(
                    '"id":"farming","line":', '"window":"二窗","window_number":2,"number":"J001","id":"w02","line":'
                )
            )
        )
        route.on_message(server.send)

    one.page.route_web_socket("**/api/v1/live*", told)
    page = one.open("/manager")
    expect(page.locator(".tile--wrong")).to_have_attribute("id", "tile-w02")
    expect(page.locator("#tile-w02 .tile__what")).to_have_text("未叫号")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_overflows(visit: Any, scene: Scene, language: str) -> None:
    one = visit(WALL, language, scene.manager)
    page: Page = one.open("/manager")
    expect(page.locator(".tile")).to_have_count(WINDOWS)
    expect(page.locator("#curve svg")).to_be_visible()
    page.evaluate("() => document.fonts.ready.then(() => null)")
    for size in (PHONE, LAPTOP, WALL):
        resized(page, size)
        assert wrong_at_last(page, partial(overflowing, page, size)) == []
    for path in ("line/business", "window/w05", "hall", "alarms"):
        page.evaluate("(path) => { location.hash = `live/${path}`; }", path)
        expect(page.locator(".behind__head")).to_be_visible()
        expect(page.locator(f"#behind-{path.partition('/')[0]}")).to_be_visible()
        for size in (PHONE, LAPTOP, WALL):
            resized(page, size)
            assert page.evaluate(BEYOND)[0] <= 0, (path, size)
    assert one.complaints == []


def overflowing(page: Page, size: tuple[int, int]) -> list[str]:
    """What of the board runs off its place."""
    wider, higher = page.evaluate(BEYOND)
    found = [f"{wider} wider"] if wider > 0 else []
    found += [f"{higher} higher than one screen"] if size != PHONE and higher > 0 else []
    return [*found, *page.evaluate(OUTSIDE, PLACES), *page.evaluate(CUT)]


def test_figures_are_large_enough_for_three_metres(board: Page) -> None:
    for place, least in {
        ".figure__value": 40, ".board__big": 24, ".tile__number": 30, ".tile__what": 18, ".alarms__what": 19,
    }.items():  # fmt: skip
        assert board.locator(place).first.evaluate(SIZE) >= least, place


def test_a_board_of_sixty_windows_still_stands_on_one_screen(visit: Any, scene: Scene) -> None:
    add_windows(scene.manager, scene.manager.get("hall"), MOST_WINDOWS)
    for size in (WALL, LAPTOP):
        page: Page = visit(size, "en", scene.manager).open("/manager")
        expect(page.locator(".tile")).to_have_count(MOST_WINDOWS)
        assert max(page.evaluate(BEYOND)) <= 0
        assert page.evaluate(OUTSIDE, PLACES) == []
    assert page.locator(".tile__number").first.evaluate(SIZE) >= 15


def test_a_board_that_hears_nothing_asks_nothing(visit: Any, scene: Scene) -> None:
    one = visit(LAPTOP, "zh-CN", scene.manager)
    one.page.clock.install()
    page = one.open("/manager")
    expect(page.locator("#tile-w01")).to_be_visible()
    asked: list[str] = []

    def note(route: Route) -> None:
        asked.append(route.request.url)
        route.continue_()

    page.route("**/api/**", note)
    page.clock.run_for(20_000)
    expect(page.locator("#tile-w01 .clock")).not_to_be_empty()
    assert asked == []

"""The city's pages in a browser: signing in, the board as it lives, a hall behind it, the registry; large and small."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from scripts.city_server import CityServer
from scripts.hall_process import Caller, HallProcess
from tests.browser.waiting import resized
from tests.fakes.founded_hall import FoundedHall

pytestmark = pytest.mark.browser

LANGUAGES = ("zh-CN", "en")
SIZES = ((1920, 1080), (1366, 768), (360, 780))
UNTRANSLATED = ("city.", "statistics.", "figures.", "common.")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CityServer]:
    """A running demonstration city."""
    server = CityServer(tmp_path_factory.mktemp("city") / "data").start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def linked_hall(
    city: CityServer, quick_hall: Path, founded_hall: FoundedHall, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HallProcess]:
    """A demonstration hall that is linked to it, with one open window."""
    folder = tmp_path_factory.mktemp("linked")
    data = founded_hall.copy(folder / "data")
    token = data / "keys" / "city.token"
    token.write_text(city.register("demo", "一门区政务服务大厅"))
    token.chmod(0o600)
    config = folder / "hall.toml"
    linked = f'[settings]\ncity_url = "ws://127.0.0.1:{city.port}"\n'
    config.write_text(quick_hall.read_text("utf-8").replace("[settings]\n", linked, 1), "utf-8")
    hall = HallProcess(data, config=config).start()
    yield hall
    assert hall.stop() == 0


@pytest.fixture
def look(browser: Browser, city: CityServer) -> Iterator[Callable[..., Page]]:
    """`look(path, size, language, who)`: a page of the city; whatever it complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def at(path: str, size: tuple[int, int] = (1366, 768), language: str = "zh-CN", who: str | None = "admin") -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
        contexts.append(context)
        if who is not None:
            body = json.dumps({"name": who, "password": city.password(who)})
            answer = context.request.post(
                f"{city.address}/api/v1/session", data=body, headers={"Content-Type": "application/json"}
            )
            assert answer.ok
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("console", lambda said: _complain(complaints, said.type, said.text, said.location["url"]))
        page.goto(city.address + path)
        return page

    yield at
    for context in contexts:
        context.close()
    assert complaints == []


def _complain(complaints: list[str], kind: str, text: str, url: str) -> None:
    refused = ("/desk", "/no-such-page")  # pages that somebody may not open, or that there are none
    is_asked_for = url.endswith(("/api/v1/session", "/api/v1/city/halls", *refused))  # nobody yet; an id of no use
    if kind in {"error", "warning"} and not is_asked_for:
        complaints.append(f"{text} {url}")


def _is_whole(page: Page) -> None:
    """Nothing runs off the side at any size, nothing lacks a word."""
    for size in SIZES:
        resized(page, size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        words = page.locator("body").inner_text()
        assert not [line for line in words.splitlines() if line.strip().startswith(UNTRANSLATED)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_board_hall_and_registry_are_whole_at_every_size(
    linked_hall: HallProcess, look: Callable[..., Page], language: str
) -> None:
    page = look("/board", language=language)
    expect(page.locator("#hall-demo .badge--ok")).to_be_visible()
    _is_whole(page)
    page.locator("#view-map").click()
    expect(page.locator(".b-map, .empty")).to_be_visible()
    page = look("/halls/demo", language=language)
    expect(page.locator(".h-head h1")).to_have_text(
        "一门区政务服务大厅" if language == "zh-CN" else "OneDoor District Service Hall"
    )
    page.locator("#by").select_option("line")
    expect(page.locator("#groups, .empty").first).to_be_visible()
    _is_whole(page)
    page = look("/halls", language=language)
    expect(page.locator("#halls")).to_be_visible()
    _is_whole(page)


def test_somebody_signs_in_by_the_page_and_comes_to_the_citys_doors(
    look: Callable[..., Page], city: CityServer
) -> None:
    page = look("/board", who=None)
    page.locator("input[name=name]").fill("manager")
    page.locator("input[name=password]").fill(city.password("manager"))
    page.locator("#submit").click()
    expect(page).to_have_url(f"{city.address}/board")
    page = look("/sign-in", who=None)
    page.locator("input[name=name]").fill("examiner")
    page.locator("input[name=password]").fill(city.password("examiner"))
    page.locator("#submit").click()
    expect(page).to_have_url(f"{city.address}/")
    expect(page.locator("a.s-door[href='/board']")).to_be_visible()
    page.locator("#sign-out").click()
    expect(page.locator("a[href='/sign-in']")).to_be_visible()


def test_the_board_follows_the_hall_and_the_hall_can_be_looked_into(
    linked_hall: HallProcess, look: Callable[..., Page]
) -> None:
    page = look("/board")
    card = page.locator("#hall-demo")
    expect(card.locator(".badge--ok")).to_be_visible()
    caller: Caller = linked_hall.caller()
    expect(page.locator(".b-total").nth(3).locator(".stat__value")).to_have_text(re.compile(r"^\d+$"))
    before = int(page.locator(".b-total").nth(3).locator(".stat__value").inner_text())
    for _ in range(3):
        caller.post("tickets", {"line": "business", "channel": "kiosk"})
    expect(page.locator(".b-total").nth(3).locator(".stat__value")).to_have_text(str(before + 3))
    expect(card.locator(".b-hall__now .stat__value").first).to_have_text(str(before + 3))
    card.click()
    expect(page.locator(".h-figure .stat__value").first).to_have_text(str(before + 3))
    page.locator("#by").select_option("line")
    expect(page.locator("#groups tbody tr")).to_have_count(1)
    page.locator("#period-month").click()
    expect(page.locator("#period-month")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".h-figure .stat__value").first).to_have_text(str(before + 3))


def test_an_administrator_registers_a_hall_and_sees_its_token_once(look: Callable[..., Page]) -> None:
    page = look("/halls")
    page.locator("#id").fill("North Hall")
    page.locator("#name").fill("北厅")
    page.locator("#add").click()
    expect(page.locator("[data-error=id], .toast--bad").first).not_to_be_empty()
    page.locator("#id").fill("north")
    page.locator("#name").fill("北厅")
    page.locator("#add").click()
    expect(page.locator("#token .h-token")).not_to_be_empty()
    expect(page.locator("#halls")).to_contain_text("north")
    page.reload()
    expect(page.locator("#halls")).to_contain_text("north")
    expect(page.locator("#token")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_may_not_open_a_page_is_told_what_to_do(
    look: Callable[..., Page], city: CityServer, language: str
) -> None:
    page = look("/desk", (360, 780), language, who="supervisor")
    expect(page.locator("[data-refused=forbidden] #refused-who")).to_be_visible()
    _is_whole(page)
    page.locator("#refused-start").click()
    expect(page).to_have_url(f"{city.address}/")
    page.go_back()
    page.locator("#refused-other").click()
    expect(page.locator("input[name=password]")).to_be_visible()
    assert "next=%2Fdesk" in page.url
    page = look("/no-such-page", language=language, who=None)
    expect(page.locator("[data-refused=unknown]")).to_be_visible()
    expect(page.locator("#refused-start")).to_have_attribute("href", "/")
    _is_whole(page)

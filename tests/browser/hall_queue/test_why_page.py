"""The page "why is this ticket next?" in a real browser: true to what is called, live, asked about a number, whole."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from scripts.hall_process import Caller, HallProcess

pytestmark = pytest.mark.browser

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
MISSING_WORD = re.compile(r"\b(?:why|console|common)\.[a-z_]+(?:\.\w+)*\b|\{\w+\}|undefined|NaN")


@pytest.fixture(scope="module")
def manager(hall: HallProcess) -> Caller:
    return hall.caller().sign_in(hall.accounts["manager"])


@pytest.fixture(scope="module")
def queue(hall: HallProcess, manager: Caller) -> dict[str, Any]:
    """A queue at window 1 with somebody for every reason that a morning brings; tickets by what they are."""
    matters = [one["id"] for one in hall.caller().get("matters?line=business&limit=5")["matters"]]
    tax = hall.caller().get("matters?line=tax&limit=1")["matters"][0]["id"]
    priority = manager.get("hall")["priorities"][0]["id"]
    for window in ("w01", "w02", "w10"):
        manager.post(f"windows/{window}/open", {"staff": f"s{window[1:]}"})
    found = {"sent": take(hall, matter=matters[0])}
    manager.post("windows/w02/call")
    manager.post("windows/w02/start")
    for name, more in {
        "normal": {},
        "priority": {"priority": priority},
        "pinned": {},
        "moved": {},
        "last": {},
    }.items():
        found[name] = take(hall, matter=matters[1], **more)
    manager.post("windows/w02/transfer", {"window": "w01", "reason": "盖章"})
    manager.post("hand/pin", {"ticket": found["pinned"]["id"], "reason": "孩子发烧"})
    manager.post("hand/move", {"ticket": found["moved"]["id"], "window": "w02", "reason": "材料在那里"})
    found["tax"] = take(hall, matter=tax)
    return found


def take(hall: HallProcess, **wanted: Any) -> Any:
    return hall.caller().post("tickets", {"channel": "kiosk", **wanted})


def test_the_page_explains_each_place_and_each_pair(manager: Caller, visit: Any, queue: dict[str, Any]) -> None:
    page = visit(session=manager).open("/why/w01")
    expect(page.locator(".hero__number")).to_have_text(queue["pinned"]["number"])
    expect(page.locator(".hero__fact")).to_contain_text("孩子发烧")
    order = ["pinned", "sent", "priority", "normal", "last"]
    numbers = page.locator(".hero__number, .order__number")
    expect(numbers).to_have_text([queue[name]["number"] for name in order])
    steps = page.locator(".order__step")
    expect(steps).to_have_count(4)
    for place, name in enumerate(order[:-1]):
        expect(steps.nth(place)).to_contain_text(queue[name]["number"])
    expect(page.locator(".order__fact").first).to_contain_text("盖章")
    expect(page.locator(".side__apart")).to_contain_text(queue["moved"]["number"])


def test_a_number_is_asked_for_by_keyboard_and_the_console_is_a_key_away(
    manager: Caller, visit: Any, queue: dict[str, Any]
) -> None:
    page = visit(session=manager).open("/console?window=w01")
    expect(page.locator("od-desk[data-state=idle]")).to_be_visible()
    page.keyboard.press("w")
    expect(page.locator(".hero")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(queue["last"]["number"].lower())
    page.keyboard.press("Enter")
    answer = page.locator("#answer")
    expect(answer.locator(".side__title")).to_contain_text("5")
    expect(answer.locator(".side__list li")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(answer).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type(queue["tax"]["number"])
    page.keyboard.press("Enter")
    expect(answer.locator(".side__why")).to_be_visible()
    expect(answer).to_contain_text("10")
    page.keyboard.press("/")
    page.keyboard.type("Z999")
    page.keyboard.press("Enter")
    expect(answer).to_be_visible()
    expect(answer).not_to_contain_text(queue["tax"]["number"])
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(answer).to_contain_text(queue["pinned"]["number"])
    page.keyboard.press("c")
    expect(page.locator("od-desk[data-state=idle]")).to_be_visible()


def test_a_call_changes_the_page_at_once(manager: Caller, visit: Any, queue: dict[str, Any]) -> None:
    page = visit(session=manager).open(f"/why/w01?number={queue['last']['number']}")
    expect(page.locator(".hero__number")).to_have_text(queue["pinned"]["number"])
    expect(page.locator("#answer .side__list li")).to_have_count(4)
    manager.post("windows/w01/call")
    expect(page.locator(".hero__number")).to_have_text(queue["sent"]["number"])
    expect(page.locator("#answer .side__list li")).to_have_count(3)
    manager.post("windows/w01/undo")
    expect(page.locator(".hero__number")).to_have_text(queue["pinned"]["number"])
    expect(page.locator(".hero__fact")).to_contain_text("孩子发烧")


@pytest.mark.parametrize("size", [(1366, 768), (1024, 768)])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_page_is_whole(
    manager: Caller, visit: Any, queue: dict[str, Any], size: tuple[int, int], language: str
) -> None:
    one = visit(size, language, manager)
    page = one.open(f"/why/w01?number={queue['last']['number']}")
    expect(page.locator("#answer")).to_be_visible()
    assert MISSING_WORD.findall(page.locator("body").inner_text()) == []
    assert page.evaluate(WIDER) <= 0
    assert one.complaints == []


def test_an_empty_window_says_what_to_do_and_a_strange_one_is_refused(
    hall: HallProcess, manager: Caller, visit: Any
) -> None:
    page = visit(session=manager).open("/why/w19")
    expect(page.locator(".empty__title")).to_be_visible()
    staff = hall.caller().sign_in(next(one for one in hall.accounts["staff"] if one["window"] == "w01"))
    other = visit(session=staff).open("/why/w02")
    expect(other.locator(".why__main .empty .icon")).to_be_visible()
    expect(other.locator(".hero")).to_have_count(0)

"""WCAG 2.2 AA on every page of visitors, in both languages and in every mode the page offers, by axe-core."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hall_server.web.routes import Kind
from scripts.hall_process import HallProcess
from scripts.hall_scene import Scene, play
from tests.browser.accessible.axe import faults
from tests.browser.accessible.visitor_pages import FOR_STAFF, PAGES, VisitorPage
from tests.fakes.hall import composed

pytestmark = pytest.mark.browser

SET_MODE = """async ([name, isOn]) => {
  const { modes } = await import("/static/visitor/modes.js");
  modes.set(name, isOn);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


@pytest.fixture(scope="module")
def tokens(hall: HallProcess) -> dict[str, str]:
    """A hall with something to see, and the tokens of some of its visitors."""
    scene: Scene = play(hall)
    found = {state: getattr(scene, state)["token"] for state in ("waiting", "called", "done")}
    matter = hall.caller().get("hall")["frequent"][0]["id"]
    listed = hall.caller().post("guidance/lists", {"matter": matter, "answers": {}, "language": "zh-CN"})
    return {**found, "booked": booked(hall), "list": listed["token"]}


def booked(hall: HallProcess) -> str:
    """The token of an appointment at the last free time: whatever the hour is, it has not begun."""
    visitor = hall.caller()
    line = visitor.get("appointments/lines")["items"][0]["id"]
    days = visitor.get(f"appointments/slots?line={line}")["days"]
    day, slot = [(day, slot) for day in days for slot in day["slots"] if slot["free"]][-1]
    wish = {"line": line, "day": day["day"], "begin": slot["begin"], "person": {"phone": "13800138000"}}
    return str(visitor.post("appointments", wish)["token"])


def in_every_mode(page: Page, modes: tuple[str, ...], where: str) -> list[str]:
    """What axe finds on a view, in the normal mode and in each other one."""
    found = [f"{where}: {one}" for one in faults(page)]
    for mode in modes:
        page.evaluate(SET_MODE, [mode, True])
        found += [f"{where}, {mode}: {one}" for one in faults(page, mode=mode)]
        page.evaluate(SET_MODE, [mode, False])
    return found


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit: Any, tokens: dict[str, str], name: str, language: str) -> None:
    listed: VisitorPage = PAGES[name]
    one = visit(listed.size, language)
    one.page.emulate_media(reduced_motion="reduce")  # a colour on its way to another one is no fault
    page: Page = one.open(listed.path.format_map(tokens))
    expect(page.locator(listed.ready).first).to_be_visible()
    found = [fault for view in listed.views(page) for fault in in_every_mode(page, listed.modes, view)]
    assert not found, "\n".join(found)


def test_axe_finds_what_was_put_wrong(visit: Any) -> None:
    """The sweep's negative control: a page that was good with a faint text, a button without a name, a tiny target."""
    page = visit((360, 780), "zh-CN").open("/progress")
    expect(page.locator(".pr-ask")).to_be_visible()
    assert faults(page) == []
    page.evaluate(
        """() => {
            const faint = Object.assign(document.createElement("p"), { textContent: "看不清 too faint" });
            faint.style.setProperty("color", "#ccc");
            const tiny = document.createElement("div");
            for (const text of ["", "x", "y"]) {
                const button = Object.assign(document.createElement("button"), { textContent: text });
                for (const [name, value] of [["width", "12px"], ["height", "12px"], ["padding", "0"], ["border", "0"]])
                    button.style.setProperty(name, value);
                tiny.append(button);
            }
            document.querySelector("main").append(faint, tiny);
        }"""
    )
    found = " ".join(faults(page))
    assert all(rule in found for rule in ("color-contrast", "button-name", "target-size"))


def test_every_page_that_anybody_may_open_is_swept(tmp_path: Path) -> None:
    """A page without a sign-in is in the registry, or among those that no visitor uses."""
    server = composed(tmp_path)
    pages = [route for route in server.rooms["web"].routes if route.kind is Kind.PAGE and "GET" in route.verbs]
    public = {route.template for route in pages if route.verbs["GET"].access.is_public}
    swept = {route for page in PAGES.values() for route in page.routes}
    assert public - swept - FOR_STAFF.keys() == set()
    assert (swept | FOR_STAFF.keys()) - public == set()

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
from tests.browser.accessible.visitor_pages import FOR_STAFF, PAD, PAGES, WALL, VisitorPage
from tests.browser.confirmation.confirm_desk import read_to_the_end
from tests.fakes.hall import composed

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scene(hall: HallProcess) -> Scene:
    """A hall with something to see."""
    return play(hall)


@pytest.fixture(scope="module")
def tokens(hall: HallProcess, scene: Scene) -> dict[str, str]:
    """The tokens of some of its visitors."""
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


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit: Any, tokens: dict[str, str], name: str, language: str) -> None:
    listed: VisitorPage = PAGES[name]
    one = visit(listed.size, language)
    one.page.emulate_media(reduced_motion="reduce")  # a colour on its way to another one is no fault
    page: Page = one.open(listed.path.format_map(tokens))
    expect(page.locator(listed.ready).first).to_be_visible()
    found = [f"{view}, {fault}" for view in listed.views(page) for fault in faults(page, listed.modes)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("language", "window"), [("zh-CN", "w13"), ("en", "w10")])
def test_axe_finds_nothing_while_a_visit_is_rated(scene: Scene, visit: Any, language: str, window: str) -> None:
    one = visit(PAD, language)
    one.page.emulate_media(reduced_motion="reduce")
    page: Page = one.open(f"/pad/{window}")
    expect(page.locator(".serving")).to_be_visible()
    scene.manager.post(f"windows/{window}/finish")
    expect(page.locator("#level-1")).to_be_visible()
    found = faults(page, ("large", "contrast"))
    page.locator("#level-5").click()
    expect(page.locator("#why-send")).to_be_visible()
    found += faults(page, ("large", "contrast"))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("language", "window"), [("zh-CN", "w16"), ("en", "w06")])
def test_axe_finds_nothing_on_a_sheet_to_confirm(
    scene: Scene, hall: HallProcess, visit: Any, language: str, window: str
) -> None:
    staff = hall.caller().sign_in(next(one for one in hall.accounts["staff"] if one["window"] == window))
    fields = [{"label": "姓名", "value": "张小明"}, {"label": "证件号码", "value": "11010519491231002X"}]
    sheet = {"ticket": staff.get(f"windows/{window}")["ticket"]["id"], "title": "居住证申请表", "fields": fields}
    one = visit(WALL, language, staff)
    one.page.emulate_media(reduced_motion="reduce")
    page: Page = one.open(f"/confirm/{window}")
    expect(page.locator(".cf-plain--idle")).to_be_visible()
    staff.post(f"windows/{window}/confirmations", {**sheet, "materials": ["户口簿原件", "居民身份证原件"]})
    expect(page.locator(".paper")).to_be_visible()
    found = faults(page, ("large", "contrast"))
    read_to_the_end(page)
    page.locator("#cf-confirm").click()
    expect(page.locator("#cf-hand-in")).to_be_visible()
    found += faults(page, ("large", "contrast"))
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

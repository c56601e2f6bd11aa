"""One joint package from hall A's kiosk over two departments at the city to hall B and a rating, with the links cut.

Why this long: it is one walk, and the order of its steps is what it tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller
from tests.browser.confirmation.confirm_desk import read_to_the_end, sign
from tests.browser.waiting import comes
from tests.fakes import package_typing as typing
from tests.fakes.cases_desk import NUMBER
from tests.fakes.linked_town import B, Hall, Town

pytestmark = pytest.mark.browser

KIOSK, PAD = (1080, 1920), (1280, 800)
WINDOW = "w01"
PDF = b"%PDF-1.7\n% the licence as the department made it\n"
ANSWERS = {**typing.RESTAURANT, "package-size": "large", "way": "normal"}
"""A large restaurant: 营业执照, then 食品经营许可 and 消防安全检查 of another department."""
TWICE = {"case.paper_made", "case.handed_over"}
UNKNOWN = "/api/v1/progress"
"""What a page may complain of: the city did not know the case while the cable was cut."""
DESKS = {"xzspj": ("xzspj-examiner", "xzspj-leader"), "xfdd": ("examiner", "leader")}
"""Department → who examines and who decides there, in the demonstration city."""


class Pages:
    """Opens pages of all three places; what they complain about is kept."""

    def __init__(self, opener: Any) -> None:
        self._opener = opener
        self._visits: list[Any] = []

    def open(self, place: Any, path: str, session: Any = None, size: tuple[int, int] = (1440, 900)) -> Page:
        """A page in a profile of its own."""
        self._visits.append(self._opener(place)(size, "zh-CN", session))
        page: Page = self._visits[-1].open(path)
        return page

    @property
    def complaints(self) -> list[str]:
        """All of it."""
        return [said for one in self._visits for said in one.complaints]


def take_ticket(pages: Pages, hall: Hall, line: str, number: str = "") -> dict[str, Any]:
    """A number of a line at the kiosk, with an ID number where one is given."""
    kiosk = pages.open(hall, "/kiosk", size=KIOSK)
    kiosk.locator(".k-way", has_text="按业务").click()
    kiosk.locator(".k-tile", has_text=line).first.click()
    if number:
        kiosk.locator("#id-number").click()
        expect(kiosk.locator("dialog.k-id")).to_be_visible()
        kiosk.keyboard.type(number)
        kiosk.keyboard.press("Enter")
        expect(kiosk.locator(".k-idrow__value")).to_have_text(re.compile(f"^{number[:3]}.+{number[-2:]}$"))
    with kiosk.expect_response("**/api/v1/tickets") as taken:
        kiosk.locator("#take").click()
    expect(kiosk.locator(".k-ticket__number")).to_have_text(taken.value.json()["number"])
    ticket: dict[str, Any] = taken.value.json()
    kiosk.close()
    return ticket


def call(pages: Pages, hall: Hall, number: str) -> tuple[Page, Any]:
    """The console of the window, where a number is called and served."""
    clerk = hall.staff_at(WINDOW)
    console = pages.open(hall, f"/console?window={WINDOW}", clerk)
    expect(console.locator("od-desk[data-state=closed]")).to_be_visible()
    console.keyboard.press("o")
    expect(console.locator("od-desk[data-state=idle]")).to_be_visible()
    console.keyboard.press(" ")
    expect(console.locator(".ticket__number")).to_have_text(number)
    console.keyboard.press("s")
    expect(console.locator("od-desk[data-state=serving]")).to_be_visible()
    return console, clerk


def at_desk(pages: Pages, town: Town, who: str, case: str) -> Page:
    """The department's desk with a case open."""
    page = pages.open(town.city, f"/desk#{case}", town.at_city(who))
    expect(page.locator(".dcase__head")).to_be_visible()
    return page


def decide(pages: Pages, town: Town, department: str, case: str, licence: str, file: Path) -> None:
    """Examined by one person, decided by another, made and sent to hall B, at the department's desk."""
    examiner, leader = DESKS[department]
    page = at_desk(pages, town, examiner, case)
    page.keyboard.press("e")
    page.locator("#form-examine .dphrase").first.click()
    page.locator("#send").click()
    boss = at_desk(pages, town, leader, case)
    boss.keyboard.press("d")
    boss.locator("#form-decide #send").click()
    expect(boss.locator(".dcase__head .badge--ok").last).to_contain_text("准予")
    boss.close()
    expect(page.locator(".dcase__head .badge--ok").last).to_contain_text("准予")  # here too, before a key is pressed
    page.keyboard.press("m")
    page.locator("#f-licence").fill(licence)
    with page.expect_response(re.compile(r"/files$")):
        page.locator("input[type=file]").set_input_files(file)
    page.locator("#form-make #send").click()
    expect(page.locator(".dcase__head")).to_contain_text("待出件")
    page.keyboard.press("s")
    page.locator("#form-send-to-hall select").select_option(B)
    page.locator("#form-send-to-hall #send").click()
    expect(page.locator(".dsteps__one").first).to_contain_text("流转")
    page.close()


def tray(town: Town, department: str) -> list[dict[str, Any]]:
    """Cases that a department has to examine."""
    found = town.at_city(DESKS[department][0]).get(f"desk/trays/{department}")["items"]
    return [one for one in found if one["state"] == "accepted"]


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def test_one_package_goes_the_whole_way_with_the_links_cut(
    town: Callable[[str], Town], opener: Any, tmp_path: Path, engine: str
) -> None:
    place, pages = town(engine), Pages(opener)
    a, b = place.a, place.b
    licence = tmp_path / "licence.pdf"
    licence.write_bytes(PDF)

    # Hall A: a number at the kiosk, called at the window, the package begun; then the cable is cut.
    ticket = take_ticket(pages, a, "企业开办与行政审批")
    view, clerk = call(pages, a, ticket["number"])
    expect(view.locator("#act-accept")).to_be_visible()
    view.keyboard.press("a")
    typing.choose_package(view)
    typing.answer_situation(view, ANSWERS)
    a.cable.cut()
    typing.fill_in(view)
    typing.find_sound(view)
    package = typing.open_package(view)
    code = view.locator("#done-code").inner_text()
    [opened] = clerk.get(f"packages?q={package}")["items"]
    register = next(one["case"] for one in opened["parts"] if one["id"] == "register")

    # Nothing of it has arrived while the cable is cut, however often the hall tried.
    tried = a.cable.turned_away
    comes(view, lambda: a.cable.turned_away >= tried + 2)
    assert tray(place, "xzspj") == []
    number = a.events(f"case:{register}")[0][1]["number"]
    asked = pages.open(place.city, f"/progress#number={number}&code={code}")
    expect(asked.locator(".notice--bad")).to_be_visible()

    # The link is back: everything arrives, and the parts follow each other at the city.
    a.cable.mend()
    comes(view, lambda: [one["id"] for one in tray(place, "xzspj")] == [register])
    b.cable.cut()
    decide(pages, place, "xzspj", register, "YYZZ-2026-1", licence)
    comes(view, lambda: len(tray(place, "xfdd")) == 1 and len(tray(place, "xzspj")) == 1)
    fire, food = tray(place, "xfdd")[0]["id"], tray(place, "xzspj")[0]["id"]
    decide(pages, place, "xfdd", fire, "XF-2026-1", licence)
    decide(pages, place, "xzspj", food, "JY-2026-1", licence)

    # Hall B hears of it when its own cable is mended; then it needs the city no more.
    cases = (register, fire, food)
    assert [b.events(f"case:{one}") for one in cases] == [[], [], []]
    b.cable.mend()
    picker = b.staff_at(WINDOW)
    comes(view, lambda: is_whole(picker, cases))
    b.cable.cut()
    pick_up = take_ticket(pages, b, "统一出件", NUMBER)
    desk, server = call(pages, b, pick_up["number"])
    expect(desk.locator("#act-issue")).to_be_visible()
    desk.keyboard.press("e")
    for one in cases:
        expect(desk.locator(f"#res-{one}")).to_have_attribute("aria-selected", "true")
    printed = desk.locator(f"#print-licence-{food}").get_attribute("href") or ""
    assert picker.fetch(printed) == PDF
    sign_for(pages, b, server, desk)
    desk.keyboard.press("F9")
    expect(desk.locator("#done")).to_contain_text("达")
    receipt = desk.locator(f"#receipt-{food}").get_attribute("href") or ""
    assert picker.fetch(receipt).startswith(b"%PDF-")  # it names the applicant, and the city is away
    desk.locator("#console").click()
    expect(desk.locator("#act-finish")).to_be_enabled()
    desk.keyboard.press("f")
    expect(desk.locator("od-desk[data-state=idle]")).to_be_visible()
    rate(pages, b)
    b.cable.mend()

    # Everybody knows, and each thing happened once: in both halls, at the city, and for the visitor.
    reader = place.at_city("leader")
    for hall in (a, b):
        comes(view, partial(all_once, cases, hall.kinds))
    comes(view, partial(all_once, cases, lambda case: told(reader, case)))
    comes(view, lambda: reader.get(f"desk/packages/{opened['id']}")["is_over"])
    comes(view, lambda: ratings(reader) == 1)
    food_number = a.events(f"case:{food}")[0][1]["number"]
    for where in (a, place.city):
        asked = pages.open(where, f"/progress#number={food_number}&code={code}")
        expect(asked.locator(".pr-now[data-state=closed]")).to_be_visible()
        expect(asked.locator(".pr-part")).to_have_count(2)
    assert [said for said in pages.complaints if not said.endswith(UNKNOWN)] == []


def is_whole(caller: Caller, cases: tuple[str, ...]) -> bool:
    """Whether hall B has everything it needs to hand these out."""
    ready = {one["id"]: one for one in caller.get(f"issuing/{WINDOW}")["ready"]}
    return set(cases) <= set(ready) and all(
        ready[one]["name"]
        and {"licence", "granted"} <= {paper["kind"] for paper in ready[one]["papers"] if paper["is_here"]}
        for one in cases
    )


def all_once(cases: Iterable[str], kinds_of: Callable[[str], list[str]]) -> bool:
    """Whether all are closed, and each of their steps stands in a history once; twice only what happens twice."""
    for case in cases:
        found = [kind for kind in kinds_of(case) if kind not in TWICE]
        assert len(found) == len(set(found)), found
        if "case.closed" not in found:
            return False
    return True


def told(reader: Caller, case: str) -> list[str]:
    """The steps of a case, as the city has them."""
    return [str(said["type"]) for said in reader.get(f"desk/cases/{case}")["history"]]


def ratings(reader: Caller) -> int:
    """How many ratings of hall B the city's board counts today."""
    found = next(one for one in reader.get("city/board")["halls"] if one["id"] == B)
    return int(found["figures"]["ratings"]) if found["figures"] else 0


def sign_for(pages: Pages, hall: Hall, clerk: Caller, desk: Page) -> None:
    """The visitor reads on the window's second screen what they are handed, and signs there."""
    screen = pages.open(hall, f"/confirm/{WINDOW}", clerk, size=PAD)
    expect(screen.locator(".cf-plain--idle")).to_be_visible()
    comes(screen, lambda: "second" in clerk.get(f"windows/{WINDOW}/confirmations")["screens"])
    desk.keyboard.press("F8")
    read_to_the_end(screen)
    sign(screen)
    expect(desk.locator("#hand-out")).to_be_visible()
    screen.close()


def rate(pages: Pages, hall: Hall) -> None:
    """The visitor rates the visit on the window's pad."""
    pad = pages.open(hall, f"/pad/{WINDOW}", size=PAD)
    pad.locator("#level-1").click()
    pad.locator("#why-skip").click()
    expect(pad.locator(".idle--thanks")).to_be_visible()
    found = hall.manager().get("ratings")
    assert [one["level"] for one in found["items"]] == [1]

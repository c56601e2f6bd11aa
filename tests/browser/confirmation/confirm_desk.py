"""A window where somebody is served, its console, and the visitor's screens: a second screen and a paired pad."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess
from tests.browser.waiting import comes

CONSOLE, PAD, SECOND, PHONE = (1366, 768), (1280, 800), (1920, 1080), (360, 740)
NAME = "欧阳明月"
NUMBER = "11010519491231002X"


@dataclass
class Desk:
    """One window of the hall with its pages.

    Attributes:
        visits: the pages that were opened, with their complaints.
    """

    hall: HallProcess
    clerk: Caller
    window: str
    visit: Any
    visits: list[Any] = field(default_factory=list)

    def serve(self) -> str:
        """Begin with a new visitor; gives the number."""
        desk = self.clerk.get(f"windows/{self.window}/desk")
        if desk["window"]["state"] == "closed":
            self.clerk.post(f"windows/{self.window}/open")
        if desk["ticket"]:
            self.clerk.post(f"windows/{self.window}/finish", {"outcome": "accepted"})
        matter = self._matter()
        self.hall.caller().post("tickets", {"matter": matter, "channel": "kiosk"})
        self.clerk.post(f"windows/{self.window}/call")
        return str(self.clerk.post(f"windows/{self.window}/start")["ticket"]["number"])

    def console(self, language: str = "zh-CN", size: tuple[int, int] = CONSOLE) -> Page:
        page = self._open(size, language, self.clerk, f"/console?window={self.window}")
        expect(page.locator("#act-confirm")).to_be_visible()
        return page

    def second(self, language: str = "zh-CN", size: tuple[int, int] = SECOND) -> Page:
        """The second screen, signed in as the window's staff; it asks for sheets when this returns."""
        page = self._open(size, language, self.clerk, f"/confirm/{self.window}")
        expect(page.locator(".cf-plain--idle, .cf").first).to_be_visible()
        self.is_there("second")
        return page

    def pad(self, language: str = "zh-CN", size: tuple[int, int] = PAD) -> Page:
        """The window's paired pad."""
        [device] = [
            one for one in self.hall.accounts["devices"] if one["kind"] == "pad" and one["window"] == self.window
        ]
        kept = {"id": device["id"], "credential": device["password"], "page": f"/pad/{self.window}"}
        one = self.visit(size, language)
        self.visits.append(one)
        one.page.add_init_script(f"localStorage['onedoor.device.pad'] = {json.dumps(json.dumps(kept))};")
        page: Page = one.open(f"/pad/{self.window}")
        self.is_there("pad")
        return page

    def is_there(self, kind: str) -> None:
        """Wait until the hall knows that a screen of this kind asks."""
        place = f"windows/{self.window}/confirmations"
        comes(self.visits[-1].page, lambda: kind in self.clerk.get(place)["screens"])

    def send(self, console: Page, *, document: bytes | None = None, title: str = "登记信息核对") -> None:
        """Fill the dialog in and send."""
        console.keyboard.press("c")
        expect(console.locator("#sheet")).to_be_visible()
        if console.locator("#label-1").count() == 0:  # the matter's last sheet had one line only
            console.locator("#sheet-add-field").click()
            console.locator("#label-1").fill("证件号码")
        console.locator("#label-0").fill("姓名")
        console.locator("#value-0").fill(NAME)
        console.locator("#value-0").press("Enter")
        console.keyboard.type(NUMBER)  # as a reader does that types
        console.locator("#sheet-title").fill(title)
        console.locator(".sheet__materials input[type=checkbox]").first.check()
        if document is not None:
            file: Any = {"name": "申请表.pdf", "mimeType": "application/pdf", "buffer": document}
            console.set_input_files("#sheet-file", files=[file])
            expect(console.locator(".sheet__thumbs img").first).to_be_visible()
        console.locator("#sheet-send").click()
        expect(console.locator("#sheet")).to_have_count(0)

    def complaints(self) -> list[str]:
        """What went wrong on all pages."""
        return [one for visit in self.visits for one in visit.complaints]

    def _open(self, size: tuple[int, int], language: str, session: Caller, path: str) -> Page:
        one = self.visit(size, language, session)
        self.visits.append(one)
        page: Page = one.open(path)
        return page

    def _matter(self) -> str:
        line = self.clerk.get(f"windows/{self.window}")["lines"][0]
        found = self.clerk.get(f"matters?line={line}&limit=50")["matters"]
        return str(next(one["id"] for one in found if one["guidance"] and len(one["guidance"]["materials"]) > 2))


def read_to_the_end(screen: Page) -> int:
    """Press the button that goes further down until all has been seen; gives how often."""
    expect(screen.locator(".paper")).to_be_visible()
    for pressed in range(60):
        if screen.locator("#cf-confirm").is_visible():
            return pressed
        screen.locator("#cf-more").click()
    raise AssertionError("the end was not reached")


def write(screen: Page, strokes: int = 3) -> None:
    """Sign with the mouse."""
    board = screen.locator(".board__canvas").bounding_box()
    assert board is not None
    for stroke in range(strokes):
        x, y = board["x"] + board["width"] * (0.15 + 0.25 * stroke), board["y"] + board["height"] * 0.3
        screen.mouse.move(x, y)
        screen.mouse.down()
        for step in range(15):
            screen.mouse.move(x + board["width"] * 0.012 * step, y + board["height"] * 0.4 * (step % 5) / 5)
        screen.mouse.up()


def sign(screen: Page) -> None:
    """From the sheet to the signature handed in."""
    screen.locator("#cf-confirm").click()
    expect(screen.locator(".board")).to_be_visible()
    write(screen)
    screen.locator("#cf-hand-in").click()

"""What somebody filed by themselves, at the window: found with a key, looked at, asked back, and checked by anybody."""

from __future__ import annotations

import http.client
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cases.desk import codes
from hall_server.identity import Keys
from scripts.hall_process import Caller, HallProcess
from tests.fakes.cases_desk import NUMBER, OTHER, page

pytestmark = pytest.mark.browser

PHONE, SHOP = "13900139000", "自助面馆"


class Filer:
    """Somebody with a phone, and the hall's manager who reads the simulated messages."""

    def __init__(self, hall: HallProcess, matter: str, number: str = OTHER) -> None:
        self._hall = hall
        self._number = number
        self.caller: Caller = hall.caller()
        self.matter = matter

    def file(self) -> dict[str, Any]:
        """An application that is a case."""
        manager = self._hall.caller().sign_in(self._hall.accounts["manager"])
        self.caller.post("applicant/code", {"id_number": self._number, "phone": PHONE})
        code = manager.get("applicant/simulated")[-1]["code"]
        self.caller.post("applicant/session", {"id_number": self._number, "code": code})
        answers = {"who": ["self"], "where": ["shop"]}
        draft = self.caller.post("applications", {"matter": self.matter, "answers": answers})
        seen = self.page(draft["id"], "id")["seen"]
        person = {"name": "李四", "phone": PHONE, "address": "牌坊路8号"}
        form = {"shop": SHOP, "kind": "餐饮服务"}
        self.caller.put(f"applications/{draft['id']}", {"seen": seen, "applicant": person, "form": form})
        sent: dict[str, Any] = self.caller.post(f"applications/{draft['id']}/submit")
        return {**sent, "id": draft["id"]}

    def correct(self, id_: str) -> None:
        """Supply what was asked for."""
        seen = self.page(id_, "plan")["seen"]
        self.caller.put(f"applications/{id_}", {"seen": seen, "form": {"shop": "自助面馆二店", "kind": "餐饮服务"}})
        self.caller.post(f"applications/{id_}/supply")

    def page(self, id_: str, material: str) -> dict[str, Any]:
        """A page more."""
        link = http.client.HTTPConnection("127.0.0.1", self._hall.http_port, timeout=20)
        cookies = self.caller.cookies
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-XSRFToken": cookies["_xsrf_applicant"],
        }
        link.request("POST", f"/api/v1/applications/{id_}/pages?material={material}", page(), headers)
        found: dict[str, Any] = json.loads(link.getresponse().read())
        link.close()
        return found


@pytest.mark.parametrize("language", ["zh-CN"])
def test_what_came_in_by_itself_is_looked_through_asked_back_and_accepted(
    hall: HallProcess, window: Any, visit: Any, language: str
) -> None:
    desk = window(0)
    filer = Filer(hall, desk.matter)
    view: Page = desk.accept(language)
    sent = filer.file()
    expect(view.locator("#tray-count")).to_have_text("1")
    view.keyboard.press("Alt+i")
    row = view.locator("#tray button")
    expect(row).to_be_focused()
    expect(row).to_contain_text(sent["number"])
    look(view, "tray")
    view.keyboard.press("Enter")
    expect(view.locator("#case-state")).to_be_visible()
    view.locator("#filed-look").click()
    expect(view.locator(".filed__rows")).to_contain_text(SHOP)
    view.locator('[id="ask-form.shop"]').click()
    view.locator('[id="wrong-form.shop"]').fill("与营业执照不一致")
    look(view, "filed")
    view.locator("#step-ask_correction").click()
    view.locator("dialog[open] .btn--primary").click()
    expect(view.locator("#tray-count")).to_have_count(0)
    filer.correct(sent["id"])
    expect(view.locator("#tray-count")).to_have_text("1")
    view.keyboard.press("Alt+i")
    expect(row).to_be_focused()
    view.keyboard.press("Enter")
    expect(view.locator("#filed-changed")).to_be_visible()
    view.locator("#filed-look").click()
    expect(view.locator(".filed__row--changed")).to_contain_text("二店")
    look(view, "corrected")
    view.locator("#step-accept").click()
    expect(view.locator("#step-accept")).to_have_count(0)
    assert desk.complaints == []
    seen = filer.caller.get(f"applications/{sent['id']}")["case"]
    assert seen["state"] == "accepted"


def test_anybody_checks_a_document_and_its_file(hall: HallProcess, window: Any, visit: Any, tmp_path: Path) -> None:
    filer = Filer(hall, window(1).matter, NUMBER)
    sent = filer.file()
    seen = filer.caller.get(f"applications/{sent['id']}")["case"]
    receipt = seen["progress"]["papers"][0]["document"]
    file = tmp_path / "receipt.pdf"
    file.write_bytes(filer.caller.fetch(f"/api/v1/applications/{sent['id']}/receipt.pdf"))
    code = verify_code((hall.data / "keys" / "hall.key").read_bytes(), receipt)
    one = visit((390, 844), "zh-CN")
    view = one.open("/verify")
    view.locator("#verify-number").fill(sent["number"])
    view.locator("#verify-code").fill("AAAAAAAA")
    view.locator("#verify-check").click()
    expect(view.locator("#verify-error")).to_be_visible()
    look(view, "verify")
    view = one.open(f"/verify/{sent['number']}#code={code}")
    expect(view.locator("#verify-said")).to_be_visible()
    assert "code" not in view.url
    view.locator("#verify-file").set_input_files(file)
    expect(view.locator("#verify-compared")).to_have_class(re.compile("--ok"))
    look(view, "verified")
    file.write_bytes(file.read_bytes()[:-30] + b" " * 30)
    view.locator("#verify-file").set_input_files(file)
    expect(view.locator("#verify-compared")).to_have_class(re.compile("--bad"))
    assert [said for said in one.complaints if "404" not in said] == []


def verify_code(secret: bytes, document: str) -> str:
    """As the hall prints it."""
    return codes.verify_code(Keys(secret).ticket, document)


def look(view: Page, name: str) -> None:
    """Keep a picture where somebody wants to look."""
    if folder := os.environ.get("PICTURES"):
        view.screenshot(path=f"{folder}/applying-{name}.png")

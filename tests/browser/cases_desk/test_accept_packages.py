"""A joint package (一件事) at the window: chosen, asked, filled in and decided once, its parts beside each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from scripts.hall_process import HallProcess
from tests.fakes import package_typing as typing
from tests.fakes.founded_hall import FoundedHall

pytestmark = pytest.mark.browser

AWAY = 'city_url = "ws://127.0.0.1:9"\n'
"""A city that nobody answers for: packages are taken in all the same, and wait for the link."""


@pytest.fixture(scope="module")
def hall(
    quick_hall: Path, founded_hall: FoundedHall, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HallProcess]:
    """A running hall with the matters that come with the program, and a city that is away."""
    config = tmp_path_factory.mktemp("config") / "hall.toml"
    config.write_text(quick_hall.read_text("utf-8").replace("[settings]\n", f"[settings]\n{AWAY}", 1), "utf-8")
    data = founded_hall.copy(tmp_path_factory.mktemp("hall") / "data")
    (data / "keys" / "city.token").write_text("of-a-test")
    (data / "keys" / "city.token").chmod(0o600)
    program = Path(__file__).resolve().parents[2] / "fakes" / "accepting_hall.py"
    made = HallProcess(data, config=config, program=program)
    yield made.start()
    assert made.stop() == 0


def test_a_package_is_taken_in_with_one_form_and_one_list(window: Callable[..., Any]) -> None:
    desk = window(0)
    view = desk.accept()
    typing.choose_package(view, words="饭店")
    expect(view.locator("#material-list li")).to_have_count(0)
    typing.answer_situation(view)
    expect(view.locator("#package-parts li")).to_have_count(2)
    assert "营业执照" not in view.locator("#material-list").inner_text()  # an earlier part gives it
    typing.fill_in(view)
    expect(view.locator("#saved.abar__saved--saved")).to_be_visible()
    view.reload()
    expect(view.locator('[id="applicant.name"]')).to_have_value(typing.NAME)
    assert view.locator('[id^="fields."][id$="phone"]').count() == 1  # asked once
    typing.find_sound(view)
    number = typing.open_package(view)
    expect(view.locator("#done-code")).to_have_text(re.compile(r"^[A-Z2-7]{8}$"))
    expect(view.locator(".part-tile")).to_have_count(2)
    expect(view.locator('.part-tile[data-part="register"]')).to_have_attribute("data-state", "accepted")
    expect(view.locator('.part-tile[data-part="food"]')).to_have_attribute("data-state", "waits")
    [listed] = desk.clerk.get(f"packages?q={number}")["items"]
    assert [one["id"] for one in listed["parts"]] == ["register", "food"]
    view.locator("#open-today").click()
    row = view.locator(f'.today__package[data-package="{listed["id"]}"]')
    expect(row.locator(".part-tile")).to_have_count(2)
    row.locator('.part-tile[data-part="register"] button').click()
    expect(view.locator("#case-state")).to_have_text("已受理")
    expect(view.locator(".part-tile--on")).to_have_attribute("data-part", "register")
    assert desk.complaints == []


def test_what_is_missing_is_told_once_and_the_package_goes_on_when_it_is_brought(window: Callable[..., Any]) -> None:
    desk = window(2)
    view = desk.accept()
    typing.choose_package(view)
    typing.answer_situation(view)
    typing.fill_in(view)
    view.locator("#step-4").click()
    view.locator("#missing-layout").click()
    view.locator("#all-sound").click()
    view.locator("#step-5").click()
    view.locator("#choice-notice").check()
    expect(view.locator(".decide__more .gaps li")).to_have_count(1)
    view.locator("#settle").click()
    view.locator("dialog[open] .btn--primary").click()
    expect(view.locator(".done[data-state=correction]")).to_be_visible()
    number = view.locator("#done-number").text_content()
    assert desk.clerk.get(f"packages?window={desk.id}&day=today")["items"] == []
    desk.serve()
    view = desk.accept()
    view.locator("#open-today").click()
    view.locator("#today-q").fill(str(number))
    view.locator(".today__row", has_text=str(number)).click()
    expect(view.locator("#intake")).to_be_visible()
    expect(view.locator(".case__steps button")).to_have_count(1)  # refused alone it may be, nothing else
    view.locator("#go-on").click()
    expect(view.locator("#intake")).to_have_count(0)
    view.locator("#step-3").click()
    expect(view.locator('[id="applicant.name"]')).to_have_value(typing.NAME)
    view.locator("#step-4").click()
    expect(view.locator('.mat[data-finding="open"]')).to_have_count(1)
    typing.find_sound(view)
    typing.open_package(view)
    expect(view.locator('.part-tile[data-part="register"]')).to_have_attribute("data-state", "accepted")
    assert desk.complaints == []


def test_what_is_wrong_with_a_part_is_marked_in_the_one_form_and_a_gap_is_promised(window: Callable[..., Any]) -> None:
    desk = window(1)
    view = desk.accept("en", (1920, 1080))
    typing.choose_package(view)
    typing.answer_situation(view)
    typing.fill_in(view)
    view.locator('[id="fields.items"]').fill("")
    view.locator("#step-4").click()
    view.locator("#missing-layout").click()
    view.locator("#all-sound").click()
    view.locator("#step-5").click()
    expect(view.locator("#choice-accept")).to_be_disabled()
    expect(view.locator("#choice-gap")).to_be_checked()
    view.locator("#d-owed_until").fill("2099-01-04")
    view.locator("#settle").click()
    expect(view.locator('[id="fields.items"]')).to_have_attribute("aria-invalid", "true")
    assert desk.clerk.get(f"packages?window={desk.id}&day=today")["items"] == []
    view.locator('[id="fields.items"]').fill("Noodles")
    assert "-P-" in typing.open_package(view)
    with view.expect_response(re.compile(r"/papers$"), timeout=60_000) as answer:
        view.evaluate("() => fetch(document.getElementById('print-all').href)")
    assert answer.value.status == 200
    assert answer.value.headers["content-type"] == "application/pdf"
    assert [one for one in desk.complaints if "400" not in one] == []

"""Fills a joint package in on the page of acceptance, as a clerk does: for tests of the whole way."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Page, expect

from tests.fakes.cases_desk import NAME, NUMBER

RESTAURANT = {
    "package-size": "small",
    "package-sign": "no",
    "who": "self",
    "scope": "no",
    "place": "shop",
    "kind": "catering",
    "online": "no",
    "pledge": "no",
}
"""Answers of a small restaurant: 营业执照, then 食品经营许可."""


def choose_package(view: Page, kind: str = "restaurant", words: str = "") -> None:
    """Step 1: choose a kind of package in the list, found by ``words`` where they are given."""
    view.locator("#step-1").click()
    if words:
        view.locator("#matter-q").fill(words)
    view.locator(f".matter--package[data-kind='{kind}']").click()
    expect(view.locator("#package-parts")).to_be_visible()


def answer_situation(view: Page, answers: Mapping[str, str] | None = None) -> None:
    """Step 2: answer what is asked, one after the other; what an answer leads to appears by itself."""
    view.locator("#step-2").click()
    for question, option in (RESTAURANT if answers is None else answers).items():
        choice = view.locator(f'[id="q-{question}-{option}"]')
        choice.click()
        expect(choice).to_be_checked()


def fill_in(view: Page, *, name: str = NAME, number: str = NUMBER, phone: str = "13800138000") -> None:
    """Step 3: the applicant, then every field of the merged form that is required and still empty."""
    view.locator("#step-3").click()
    for field, value in (("name", name), ("id_number", number), ("phone", phone), ("address", "牌坊路7号")):
        place = view.locator(f'[id="applicant.{field}"]')
        place.fill(value)
        place.blur()
    required = '.sform [aria-required="true"][id^="fields."]'
    for id_ in view.locator(required).evaluate_all("nodes => nodes.filter(one => !one.value).map(one => one.id)"):
        _fill(view, id_)


def find_sound(view: Page) -> None:
    """Step 4: everything that is asked for is there and sound."""
    view.locator("#step-4").click()
    view.locator("#all-sound").click()
    expect(view.locator('.mat[data-finding="open"]')).to_have_count(0)


def open_package(view: Page) -> str:
    """Step 5: one decision opens all parts; gives the package's number."""
    view.locator("#step-5").click()
    view.locator("#settle").click()
    number = view.locator("#done-number")
    expect(number).to_have_text(re.compile(r"-P-"))
    return number.inner_text()


def take_in_package(view: Page, kind: str = "restaurant", answers: Mapping[str, str] | None = None) -> str:
    """The whole way from the called ticket to the package that is taken in; gives its number."""
    choose_package(view, kind)
    answer_situation(view, answers)
    fill_in(view)
    find_sound(view)
    return open_package(view)


def _fill(view: Page, id_: str) -> None:
    place = view.locator(f'[id="{id_}"]')
    if place.evaluate("node => node.tagName") == "SELECT":
        place.select_option(index=1)
    elif place.get_attribute("inputmode") == "decimal":
        place.fill("80")
    else:
        place.fill("一门小馆")
    place.blur()

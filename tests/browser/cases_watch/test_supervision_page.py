"""The page of supervision in a browser: lights, a card's life, boards, figures, logs; both languages, three sizes."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from cases import messages as m
from cases.logs.importing import LogImport
from cases.logs.mapping import read_mapping
from cases.model import Case, Given, Outcome
from tests.browser.chromium import Browsing
from tests.browser.waiting import sized
from tests.fakes.case_place import CLERK, EXAMINER, LEADER, edition
from tests.fakes.hall import ROOT, HandClock
from tests.fakes.running_city import password, running_city

pytestmark = pytest.mark.browser

LANGUAGES = ("zh-CN", "en")
SIZES = ((1440, 900), (1024, 768), (360, 780))
UNTRANSLATED = ("watch.", "supervision.", "case_figures.", "common.", "error.")
PICTURES = os.environ.get("SUPERVISION_PICTURES", "")


async def _do(city: Any, command: Any, by: Any = CLERK) -> Case:
    return msgspec.json.decode(await city.execute(command, actor=by), type=Case)


async def _cases(city: Any, clock: HandClock) -> None:
    """Cases of three departments at the city: in time, over the promise, over the law, decided early."""
    for department, name, matter in (("rsj", "人力资源服务许可", "hr"), ("gafj", "旅馆业特种行业许可", "inn")):
        city.rooms["catalogue"].take(edition(matter=matter, name=name, department=department))
    city.rooms["catalogue"].take(edition())
    given = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan"))
    answers: Any = {"who": ("self",), "where": ("shop",)}

    async def accepted(matter: str) -> Case:
        case = await _do(city, m.ReceiveCase(edition=f"{matter}@1", answers=answers, given=given))
        return await _do(city, m.AcceptCase(case=case.id, seen=case.step))

    first = [await accepted(one) for one in ("food", "hr", "food")]
    clock.forward(days=24)
    for _ in range(3):
        await accepted("hr")
    early = await accepted("food")
    early = await _do(
        city, m.ExamineCase(case=early.id, seen=early.step, opinion="符合", proposes=Outcome.GRANTED), EXAMINER
    )
    await _do(city, m.DecideCase(case=early.id, seen=early.step, outcome=Outcome.GRANTED), LEADER)
    late = await _do(
        city, m.ExamineCase(case=first[0].id, seen=first[0].step, opinion="符合", proposes=Outcome.GRANTED), EXAMINER
    )
    await _do(city, m.DecideCase(case=late.id, seen=late.step, outcome=Outcome.GRANTED), LEADER)
    clock.forward(days=8)
    await accepted("inn")
    clock.forward(days=4)
    await city.rooms["case_index"].catch_up()
    await city.rooms["supervision"].watch.look_at_all()
    clock.forward(days=5)  # nobody has answered the red cards
    await city.rooms["supervision"].watch.look_at_all()


@asynccontextmanager
async def _city(folder: Path) -> AsyncIterator[tuple[Any, int]]:
    clock = HandClock()
    async with running_city(folder, clock=clock) as (city, port):
        await _cases(city, clock)
        LogImport(ROOT / "config" / "example_log.csv", read_mapping(ROOT / "config" / "example_log.toml"), folder).run()
        yield city, port


async def _page(
    browser: Browser, folder: Path, port: int, language: str, size: tuple[int, int], complaints: list[str]
) -> Page:
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
    body = json.dumps({"name": "supervisor", "password": password(folder, "supervisor")})
    headers = {"Content-Type": "application/json"}
    answer = await context.request.post(f"http://127.0.0.1:{port}/api/v1/session", data=body, headers=headers)
    assert answer.ok
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    await page.goto(f"http://127.0.0.1:{port}/supervision")
    return page


async def _is_whole(page: Page, name: str) -> None:
    """Nothing runs off the side at any size, nothing lacks a word."""
    for size in SIZES:
        await sized(page, size)
        assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
        words = await page.locator("body").inner_text()
        assert not [line for line in words.splitlines() if line.strip().startswith(UNTRANSLATED)]
        await _picture(page, f"{name}-{size[0]}")


async def _picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


@pytest.mark.gen_test(timeout=180)
async def test_the_page_is_whole_in_both_languages_at_every_size(tmp_path: Path, browsing: Browsing) -> None:
    complaints: list[str] = []
    async with _city(tmp_path) as (_, port), browsing() as browser:
        for language in LANGUAGES:
            page = await _page(browser, tmp_path, port, language, SIZES[0], complaints)
            await expect(page.locator("article.w-card").first).to_be_visible()
            await expect(page.locator("#s-exposed")).to_be_visible()
            await _is_whole(page, f"cards-{language}")
            await page.goto(f"http://127.0.0.1:{port}/supervision#figures")
            await expect(page.locator("#figure-on_time_rate .w-fig__value")).to_be_visible()
            await expect(page.locator("#logs tbody tr")).to_have_count(1)
            await _is_whole(page, f"figures-{language}")
            await page.context.close()
    assert complaints == []


@pytest.mark.gen_test(timeout=180)
async def test_a_card_is_answered_judged_and_closed_while_the_page_is_open(tmp_path: Path, browsing: Browsing) -> None:
    complaints: list[str] = []
    async with _city(tmp_path) as (city, port), browsing() as browser:
        room = city.rooms["supervision"]
        page = await _page(browser, tmp_path, port, "zh-CN", (1440, 900), complaints)
        card = next(one for one in room.cards.by_id.values() if one.severity == "red" and one.department == "rsj")
        box = page.locator(f"article[data-card='{card.id}']")
        await box.locator("[data-deed=lapse]").click()
        await page.locator("dialog .btn--primary").click()
        await expect(box.locator("[data-deed=close]")).to_be_visible()
        await expect(page.locator("#s-exposed li")).to_have_count(1)
        await expect(page.locator("#s-exposed li")).to_contain_text(card.number)
        await box.locator("[data-deed=close]").click()
        await page.locator("dialog .btn--primary").click()
        await expect(page.locator(f".w-sec > .w-cards > article[data-card='{card.id}']")).to_have_count(0)
        assert room.cards.get(card.id).state == "closed"
    assert complaints == []

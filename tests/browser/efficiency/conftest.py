"""A hall with days behind it whose walls a browser looks at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from scripts.hall_process import HallProcess
from tests.browser.efficiency.days_behind import BOSS, EASY, filled, visits_today


@pytest.fixture(scope="module")
def walls(quick_hall: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallProcess]:
    """A running hall with two days behind it, and six visits today."""
    data = tmp_path_factory.mktemp("walls") / "data"
    asyncio.run(filled(data, datetime.now(ZoneInfo("Asia/Shanghai")).date()))
    with HallProcess(data, config=quick_hall).start() as hall:
        visits_today(hall, 6)
        hall.caller().sign_in(BOSS).put("efficiency/publication", {"publication": EASY, "reason": "试行"})
        yield hall


@pytest.fixture
def wall(browser: Browser, walls: HallProcess) -> Iterator[Callable[..., Page]]:
    """`wall(size, path)`: the board on a panel, at its own address where none is given."""
    contexts: list[BrowserContext] = []

    def at(size: tuple[int, int] = (1920, 1080), path: str = "/efficiency", **more: Any) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **more)
        contexts.append(context)
        page = context.new_page()
        page.goto(walls.address + path)
        expect(page.locator(".eff-tile").first).to_be_visible()
        return page

    yield at
    for context in contexts:
        context.close()

"""A real hall in this process and a real chromium, for the pages on which visitors rate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from hall_queue import messages as m
from hall_queue.model import Ticket
from hall_server.clock import SystemClock
from hall_server.web.accounts import Account
from tests.browser.chromium import Browsing
from tests.fakes.hall import HandClock, running
from tests.fakes.rated_visits import matters
from tests.fakes.visits import Visits

PAD = (1280, 800)


class RatedHall(Visits):
    """A hall at whose window w01 visits end, with a browser."""

    browser: Browser
    complaints: list[str]

    async def page(self, path: str, size: tuple[int, int] = PAD, *, lang: str = "zh-CN", **more: Any) -> Page:
        """A page in a browser of its own."""
        width, height = size
        context = await self.browser.new_context(viewport={"width": width, "height": height}, locale=lang, **more)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        await page.goto(f"http://127.0.0.1:{self.port}{path}")
        return page

    async def served(self, many: int = 1) -> Ticket:
        """Somebody comes for so many matters and is served at w01."""
        await self.open()
        wanted = matters(self)[:many]
        issued = await self.do(m.IssueTicket(matter=wanted[0], more=tuple(wanted[1:])))
        await self.do(m.CallNext(window="w01"))
        await self.do(m.StartService(window="w01"))
        await self.do(m.FinishService(window="w01", ends=True))
        return self.ticket(issued["id"])

    def levels(self, ticket: Ticket) -> list[int | None]:
        """How the matters of a visit were rated."""
        found = [self.ratings.of(ticket.id, one.matter) for one in ticket.matters]
        return [int(one.level) if one else None for one in found]


HallOf = Callable[..., AbstractAsyncContextManager[RatedHall]]


@pytest.fixture
def rated(tmp_path: Path, browsing: Browsing) -> HallOf:
    """Begin a hall's day; it ends with the block."""

    @asynccontextmanager
    async def begin(clock: HandClock | None = None, **settings: object) -> AsyncIterator[RatedHall]:
        used: Any = clock or SystemClock()
        async with running(tmp_path, clock=used, tickets_per_minute=1000, **settings) as (server, port):
            account = Account(id="s01", name="s01", display_name="陈晓梅", number="1001", password="", roles=("staff",))
            await server.rooms["web"].accounts.save(account, password="correct horse battery")
            async with browsing() as browser:
                hall = RatedHall(server, used, port)
                hall.browser = browser
                hall.complaints = []
                yield hall
                assert hall.complaints == []

    return begin

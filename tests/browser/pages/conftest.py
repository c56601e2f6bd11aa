"""A whole demonstration hall with accounts, and pages of a real chromium at the sizes of their places."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page

from hall_queue.messages import IssueTicket
from hall_server.clock import SystemClock
from hall_server.identity import SYSTEM
from hall_server.messages import Command
from hall_server.web.accounts import Account
from tests.browser.chromium import WITHIN_MS, Browsing
from tests.fakes.hall import running

PASSWORD = "correct horse battery"  # of accounts that live as long as a test
STAFF, MANAGER, WINDOW = "s01", "m01", "w01"


@dataclass
class Day:
    """The hall, a browser, and what the browser complained about."""

    server: Any
    context: BrowserContext
    address: str
    complaints: list[str] = field(default_factory=list)

    async def open(self, path: str, size: tuple[int, int]) -> Page:
        """Open a page at its size."""
        page = await self.context.new_page()
        page.set_default_timeout(WITHIN_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await page.goto(self.address + path)
        return page

    async def signed_in(self, name: str, path: str, size: tuple[int, int]) -> Page:
        """Open a page by way of the sign-in."""
        page = await self.open(path, size)
        await page.fill("#name", name)
        await page.fill("#password", PASSWORD)
        await page.keyboard.press("Enter")
        return page

    async def do(self, command: Command) -> None:
        """Let the hall do something."""
        await self.server.execute(command, actor=SYSTEM)

    async def queue_up(self, count: int) -> None:
        """So many visitors take a number for the window."""
        line = self.server.directory.windows[WINDOW].lines[0]
        for _ in range(count):
            await self.do(IssueTicket(line=line))

    @property
    def queue(self) -> Any:
        """The live queue."""
        return self.server.rooms["hall_queue"].queue


DayOf = Callable[[], AbstractAsyncContextManager[Day]]


@pytest.fixture
def day(tmp_path: Path, browsing: Browsing) -> DayOf:
    """Begin a hall's day with one desk account and one manager; it ends with the block."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[Day]:
        async with running(tmp_path, clock=SystemClock(), tickets_per_minute=1000) as (server, port):
            for name, roles in ((STAFF, ("staff",)), (MANAGER, ("manager",))):
                account = Account(
                    id=name, name=name, display_name=name, number=name, password="", roles=roles, windows=(WINDOW,)
                )
                await server.rooms["web"].accounts.save(account, password=PASSWORD)
            async with browsing() as browser:
                yield Day(
                    server=server,
                    context=await browser.new_context(locale="zh-CN"),
                    address=f"http://127.0.0.1:{port}",
                )

    return begin

"""A real demonstration hall with its queue, and a page of a real chromium that lists what went wrong in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

import evaluation
import hall_queue
from hall_server import base
from hall_server.directory.commands import FoundHall
from hall_server.identity import SYSTEM
from hall_server.messages import Command
from hall_server.server import Server
from hall_server.settings import load
from tests.browser.chromium import Browsing
from tests.fakes.hall import demo_hall

KIOSK = (1080, 1920)
PHONE = (390, 844)


@dataclass
class Visit:
    """One visitor's page and the hall behind it."""

    server: Any
    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        """Open a page of the hall."""
        await self.page.goto(self.address + path)

    async def do(self, command: Command) -> None:
        """Let the hall do something, as its staff would."""
        await self.server.execute(command, actor=SYSTEM)

    @property
    def tickets(self) -> list[Any]:
        """The tickets of today, oldest first."""
        return list(self.server.rooms["hall_queue"].queue.tickets.values())


Visiting = Callable[..., AbstractAsyncContextManager[Visit]]


@pytest.fixture
def visiting(tmp_path: Path, checkout: Path, browsing: Browsing) -> Visiting:
    """Begin a hall and open a browser of the given size; both end with the block."""
    config = checkout / "config" / "demo_hall.toml"

    @asynccontextmanager
    async def visit(size: tuple[int, int] = KIOSK) -> AsyncIterator[Visit]:
        start = demo_hall()
        server = Server(load(config, demo=True, tickets_per_minute=1000), tmp_path)
        web = base.install(server, grouping=start.grouping)
        hall_queue.install(server)
        evaluation.install(server)
        await server.open()
        try:
            await server.execute(FoundHall(events=start.events), actor=SYSTEM)
            await server.start()
            address = f"http://127.0.0.1:{web.listen('127.0.0.1', 0)}"
            async with browsing() as browser:
                page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
                one = Visit(server=server, page=page, address=address)
                page.on("pageerror", lambda error: one.complaints.append(str(error)))
                page.on("console", lambda said: one.complaints.append(said.text) if said.type == "error" else None)
                yield one
        finally:
            await server.stop()

    return visit

"""Waiting for what a page does elsewhere, in the hall or in its own storage, which says nothing when it is done."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any, TypeVar

from playwright import sync_api
from playwright.async_api import Error, Page

Found = TypeVar("Found")

WITHIN_S = 60.0
"""Longest wait for anything. Never a measure: two busy cores are slow."""


async def until(is_so: Callable[[], Any]) -> None:
    """Wait until the hall of the test's own process has it so; its state has no event to wait for."""
    async with asyncio.timeout(WITHIN_S):
        while not is_so():  # noqa: ASYNC110  # as said above
            await asyncio.sleep(0.02)  # the browser, a process of its own, does it


async def holds(page: Page, question: str, arg: Any = None) -> None:
    """Wait until a question that the page answers by a promise is answered with yes; while it loads, ask again."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            with contextlib.suppress(Error):
                if await page.evaluate(question, arg):
                    return
            await asyncio.sleep(0.05)  # the browser, a process of its own, does it


def comes(page: sync_api.Page, is_so: Callable[[], Any]) -> None:
    """Wait until something outside the page is so, in plain tests; the page lives on meanwhile."""
    end = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < end, "it never came"
        page.wait_for_timeout(50)


FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))"
"""Two frames: what a page does when its size has changed is done."""


def resized(page: sync_api.Page, size: tuple[int, int]) -> None:
    """Give a page another size, which is cheaper than opening it anew, and let it settle."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate(FRAMES)


async def sized(page: Page, size: tuple[int, int]) -> None:
    """`resized` for coroutines."""
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    await page.evaluate(FRAMES)


def wrong_at_last(page: sync_api.Page, ask: Callable[[], Found]) -> Found:
    """What is wrong with a page, asked again while something is: nothing once it has settled."""
    for _ in range(100):
        if not (found := ask()):
            return found
        page.wait_for_timeout(50)
    return ask()

"""The page of the self-service terminal in a browser, and pictures of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, expect

PICTURES = os.environ.get("ONEDOOR_PICTURES")


@asynccontextmanager
async def terminal_page(
    port: int, browser: Browser, *, language: str = "zh-CN", size: tuple[int, int] = (1080, 1920), script: str = ""
) -> AsyncIterator[Page]:
    """A terminal with its start page; ``script`` runs before the page's own. No script of the page may fail."""
    context = await browser.new_context(locale=language, viewport={"width": size[0], "height": size[1]}, has_touch=True)
    await context.add_init_script(
        f"globalThis.printed = 0; globalThis.print = () => {{ globalThis.printed += 1; }};{script}"
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"http://127.0.0.1:{port}/selfservice?lang={language}")
    await expect(page.locator("#file")).to_be_visible()
    yield page
    await context.close()
    assert complaints == []


async def picture(page: Page, name: str) -> None:
    """Nothing is wider than the screen; a picture is kept where ONEDOOR_PICTURES names a folder."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/{name}.png")

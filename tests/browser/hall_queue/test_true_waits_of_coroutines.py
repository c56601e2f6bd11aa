"""A wait that would come back at once, because a promise is a yes, fails in tests that are coroutines too."""

from __future__ import annotations

import pytest
from playwright.async_api import async_playwright

from tests.browser.chromium import ARGUMENTS, chromium

pytestmark = pytest.mark.browser


@pytest.mark.gen_test
async def test_an_empty_wait_fails() -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = await browser.new_page()
        with pytest.raises(AssertionError, match="promise"):
            await page.wait_for_function("async () => false")
        assert await page.wait_for_function("() => document.body !== null")
        await browser.close()

"""A wait that would come back at once, because a promise is a yes, fails in tests that are coroutines too."""

from __future__ import annotations

import pytest

from tests.browser.chromium import Browsing

pytestmark = pytest.mark.browser


@pytest.mark.gen_test
async def test_an_empty_wait_fails(browsing: Browsing) -> None:
    async with browsing() as browser:
        page = await browser.new_page()
        with pytest.raises(AssertionError, match="promise"):
            await page.wait_for_function("async () => false")
        assert await page.wait_for_function("() => document.body !== null")

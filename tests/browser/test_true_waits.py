"""A wait of a browser test that would come back at once, because a promise is a yes, fails instead."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

EMPTY = ("async () => false", "() => Promise.resolve(0)", "async () => document.querySelector('#none')")
TRUE = ("() => document.body !== null", "async () => true", "(n) => n > 1")


@pytest.mark.parametrize("question", EMPTY)
def test_an_empty_wait_fails(browser: Browser, question: str) -> None:
    page = browser.new_page()
    with pytest.raises(AssertionError, match="promise"):
        page.wait_for_function(question)
    with pytest.raises(AssertionError, match="promise"):
        page.main_frame.wait_for_function(question)
    page.close()


@pytest.mark.parametrize("question", TRUE)
def test_a_wait_for_what_holds_gives_it(browser: Browser, question: str) -> None:
    page = browser.new_page()
    assert page.wait_for_function(question, arg=2).json_value() is True
    page.close()

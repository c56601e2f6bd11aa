"""Which Chromium the tests drive: the build without windows where there is one, the whole browser otherwise.

Both are the same engine of the same Debian package. The whole one makes a window with bars and menus for every page,
which takes it five times the processor time; only what needs its devices (sound, microphone) asks for it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from playwright.async_api import Browser

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

WITHIN_MS = 30_000
"""Longest wait for anything on a page. Never a measure: two busy cores are slow."""

Browsing = Callable[[], AbstractAsyncContextManager[Browser]]
"""What the fixture `browsing` gives coroutines: a browser whose pages end with the block."""


def chromium(*, whole: bool = False) -> str:
    """The program; the test is skipped where there is none."""
    names = ("chromium",) if whole else ("chromium-headless-shell", "chromium")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("chromium is not installed")
    return found

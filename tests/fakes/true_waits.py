"""Waits for a page's answer that are never empty: Playwright takes a promise for a yes and does not wait for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright import async_api, sync_api

NEVER_WAITED = "the question is answered by a promise, which counts as yes at once; ask with evaluate until it holds"


def refuse_empty_waits(patch: pytest.MonkeyPatch) -> None:
    """Let `wait_for_function` fail where it comes back with a no: it has taken the promise itself for the answer."""
    for page in (sync_api.Page, sync_api.Frame):
        patch.setattr(page, "wait_for_function", _told(page.wait_for_function))
    for other in (async_api.Page, async_api.Frame):
        patch.setattr(other, "wait_for_function", _told_later(other.wait_for_function))


def _told(wait: Callable[..., sync_api.JSHandle]) -> Callable[..., sync_api.JSHandle]:
    def waited(*args: Any, **options: Any) -> sync_api.JSHandle:
        found = wait(*args, **options)
        assert found.evaluate("(answer) => Boolean(answer)"), NEVER_WAITED
        return found

    return waited


def _told_later(wait: Callable[..., Awaitable[async_api.JSHandle]]) -> Callable[..., Awaitable[async_api.JSHandle]]:
    async def waited(*args: Any, **options: Any) -> async_api.JSHandle:
        found = await wait(*args, **options)
        assert await found.evaluate("(answer) => Boolean(answer)"), NEVER_WAITED
        return found

    return waited

"""A real hall on a real database, opened as often as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from tornado.ioloop import IOLoop

from tests.fakes.hall import HandClock, opened
from tests.fakes.queue_hall import QueueHall


@pytest.fixture
def open_hall(io_loop: IOLoop, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open the hall; again is a restart, after ``between`` has had the files to itself."""
    clock, stack = HandClock(), AsyncExitStack()

    async def again(between: Callable[[Path], object] | None = None, **options: Any) -> QueueHall:
        await stack.aclose()
        if between is not None:
            between(tmp_path)
        return QueueHall(await stack.enter_async_context(opened(tmp_path, clock=clock, **options)), clock)

    again.close = stack.aclose  # type: ignore[attr-defined]  # a test that looks at the files without a server
    yield again
    io_loop.run_sync(stack.aclose)


@pytest.fixture
def hall(io_loop: IOLoop, open_hall: Callable[..., Any]) -> QueueHall:
    found: QueueHall = io_loop.run_sync(open_hall)
    return found

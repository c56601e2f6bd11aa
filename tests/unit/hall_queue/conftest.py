"""The hall that the queue's rules are tried on: real server and database, a clock set by hand."""

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
    """Open the hall with these settings, as often as wanted: again is a restart."""
    clock, stack = HandClock(), AsyncExitStack()

    async def again(**settings: object) -> QueueHall:
        await stack.aclose()
        return QueueHall(await stack.enter_async_context(opened(tmp_path, clock=clock, **settings)), clock)

    yield again
    io_loop.run_sync(stack.aclose)


@pytest.fixture
def hall(io_loop: IOLoop, open_hall: Callable[..., Any]) -> QueueHall:
    """The hall with the settings as they come."""
    found: QueueHall = io_loop.run_sync(open_hall)
    return found

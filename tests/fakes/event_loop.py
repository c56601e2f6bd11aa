"""The event loop that coroutine tests run on, and the end of what they leave behind on it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Set
from contextlib import contextmanager

from tornado.ioloop import IOLoop


@contextmanager
def fresh_loop() -> Iterator[IOLoop]:
    """A loop of its own, in place of pytest-tornado's, whose way of making one Tornado has deprecated.

    Tasks that are left at the end are cancelled and awaited, so that none reaches the next loop.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    io_loop = IOLoop.current()
    yield io_loop
    try:
        end_tasks(loop)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        asyncio.set_event_loop(None)
        io_loop.close()
        loop.close()


def end_tasks(loop: asyncio.AbstractEventLoop, *, but: Set[asyncio.Task[object]] = frozenset()) -> None:
    """Cancel what still runs besides these; failures were the test's to see and are not raised here."""
    left = asyncio.all_tasks(loop) - but
    if left:
        loop.run_until_complete(_cancelled(left))


async def _cancelled(tasks: Set[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

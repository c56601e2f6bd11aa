"""One transaction to come, shared by everybody whose rows are in it."""

from __future__ import annotations

import asyncio

from hall_server.errors import JournalFailed


class Commit:
    """Waited for by many; one who stops waiting takes nothing from the others.

    A future each would have to be shielded each: three times the work per command.
    """

    __slots__ = ("_has_failed", "_is_over", "_waiters")

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []
        self._is_over = False
        self._has_failed = False

    def reached(self) -> asyncio.Future[None]:
        """What is done once it is on disk, to be awaited at once; it raises JournalFailed where it never will be."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._is_over:
            self._tell(waiter)
        else:
            self._waiters.append(waiter)
        return waiter

    def done(self) -> bool:
        """Whether it is over."""
        return self._is_over

    def reach(self) -> None:
        """Let everybody go on."""
        self._is_over = True
        for waiter in self._waiters:
            if not waiter.done():
                self._tell(waiter)
        self._waiters.clear()

    def fail(self) -> None:
        """Tell everybody that it failed."""
        self._has_failed = True
        self.reach()

    def _tell(self, waiter: asyncio.Future[None]) -> None:
        if self._has_failed:
            waiter.set_exception(JournalFailed("journal.failed"))
        else:
            waiter.set_result(None)

"""Follows a journal and puts into the outbox what its events call for: nothing is lost between commit and outbox."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from hall_server.errors import DomainError
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from cases.neighbours.room import Room
    from hall_server.outbox.table import Letter

log = logging.getLogger(__name__)

LOOK_AGAIN_S = 15.0
Read = Callable[[int], Awaitable[list[Recorded]]]
Head = Callable[[], Awaitable[int]]
Make = Callable[[list[Recorded]], Awaitable[list["Letter"]]]


class Follower:
    """One reader of the journal with a cursor beside the outbox; a place that begins to follow looks forward only."""

    def __init__(self, room: Room, name: str, *, read: Read, head: Head, make: Make) -> None:
        """Take what it stands on.

        Args:
            room: whose outbox.
            name: of the cursor.
            read: the next committed events after a seq. head: the last seq.
            make: the requests that events call for, with ids that are the same each time.
        """
        self._room = room
        self._name = name
        self._read = read
        self._head = head
        self._make = make
        self._wake = asyncio.Event()

    def hurry(self) -> None:
        """Look now."""
        self._wake.set()

    async def run(self) -> None:
        """Follow for ever."""
        while True:
            try:
                while await self.step():
                    pass
            except DomainError as exc:
                log.info("%s waits: %s", self._name, exc.code, extra={"action": "neighbour.behind"})
            except Exception:  # the top of a loop: the next look tries again
                log.exception("%s failed", self._name, extra={"action": "neighbour.follow_failed"})
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_AGAIN_S)
            except TimeoutError:
                continue
            self._wake.clear()

    async def begin(self) -> None:
        """Stand where the journal ends, where nothing was followed yet: before anything happens that must be told."""
        if await self._room.outbox.cursor(self._name) is None:
            await self._room.put(cursor=(self._name, await self._head()))

    async def step(self) -> int:
        """Take the next events; gives how many there were."""
        after = await self._room.outbox.cursor(self._name)
        if after is None:
            await self._room.put(cursor=(self._name, await self._head()))
            return 0
        batch = await self._read(after)
        if batch:
            await self._room.put(*await self._make(batch), cursor=(self._name, batch[-1].seq))
        return len(batch)

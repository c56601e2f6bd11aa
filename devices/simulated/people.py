"""Lets visitors come: by a recorded day, or by the rates of the hours."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence

from devices.simulated.arrivals import Arrival
from devices.simulated.pace import DayClock
from devices.simulated.visitors import Visitor, World

log = logging.getLogger(__name__)

AT_THE_SAME_TIME = 2000
"""Visitors in the hall; who comes while it is so full goes away again."""


class Visitors:
    """All who come.

    Attributes:
        came: how many. in_hall: how many are there now.
    """

    def __init__(self, world: World, day: DayClock, arrivals: Sequence[Arrival] | None) -> None:
        """``arrivals``: of this hall's lines, in order; None: by the rates of the hours."""
        self.came = 0
        self._world = world
        self._day = day
        self._arrivals = arrivals
        self._there: set[asyncio.Task[None]] = set()

    @property
    def in_hall(self) -> int:
        """How many are there."""
        return len(self._there)

    async def come(self) -> None:
        """Let them come until the day's last has come."""
        async for arrival in self._next():
            if len(self._there) >= AT_THE_SAME_TIME:
                self._world.ledger.counts["hall_full"] += 1
                continue
            self.came += 1
            task = asyncio.create_task(Visitor(arrival, self._world).stay(), name=f"visitor {self.came}")
            self._there.add(task)
            task.add_done_callback(self._gone)

    async def leave(self) -> None:
        """All go, whatever they wait for."""
        for task in self._there:
            task.cancel()
        await asyncio.gather(*self._there, return_exceptions=True)

    def _gone(self, task: asyncio.Task[None]) -> None:
        self._there.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            log.error("a visitor failed", exc_info=fault, extra={"action": "simulate.visitor"})
            self._world.ledger.failed(type(fault).__name__)

    async def _next(self) -> AsyncIterator[Arrival]:
        if self._arrivals is not None:
            for arrival in self._arrivals:
                await self._day.until(arrival.at_s)
                yield arrival
            return
        loop, pace = asyncio.get_running_loop(), self._world.pace
        start = loop.time()
        lines = [line["id"] for line in self._world.hall["lines"]]
        while lines:
            await asyncio.sleep(min(3600.0, pace.next_arrival_s(loop.time() - start, came=self.came)))
            yield Arrival(at_s=self._day.now_s(), line=pace.dice.choice(lines))

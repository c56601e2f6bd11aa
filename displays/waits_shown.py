"""Keeps the waits on the boards true: they change by time alone, and with what happens in other zones."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from math import ceil

from displays.pictures import Screens
from hall_queue.rules import Hall

log = logging.getLogger(__name__)

LOOKED_AT_S = 20.0

Minutes = tuple[tuple[str, int, int], ...]


class WaitsShown:
    """Has a zone's board made anew when one of its waits has become another number of minutes."""

    def __init__(self, hall: Hall, screens: Screens, refresh: Callable[[str], None]) -> None:
        self._hall = hall
        self._screens = screens
        self._refresh = refresh
        self._seen: dict[str, Minutes] = {}

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(LOOKED_AT_S)
            try:
                self.look()
            except Exception:  # the top of a loop: the next look may succeed
                log.exception("waits on boards failed", extra={"action": "displays.waits_failed"})

    def look(self) -> None:
        """Refresh the boards whose minutes have changed since the last look."""
        for zone in self._hall.directory.zones:
            found = tuple(
                (line.id, ceil(line.wait_s.p50 / 60), ceil(line.wait_s.p90 / 60))
                for line in self._screens.board(zone).lines
                if line.wait_s is not None
            )
            if self._seen.get(zone, found) != found:
                self._refresh(zone)
            self._seen[zone] = found

"""Takes the question for a rating off the screens when its time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from displays.pictures import RATING_GIVEN, Screens
from hall_queue import messages as m
from hall_queue.rules import Hall
from hall_server.messages import Recorded


class RatingEnds:
    """Makes a window's picture anew at the moment at which it changes by time alone."""

    def __init__(self, hall: Hall, screens: Screens, refresh: Callable[[str], None]) -> None:
        self._hall = hall
        self._screens = screens
        self._refresh = refresh
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def finished(self, recorded: Recorded) -> None:
        """A visit ended here, or a matter of it was rated: the next question is asked, for a while."""
        if isinstance(recorded.event, (m.TicketFinished, m.TicketForwarded)):
            self.watch(recorded.event.window)
        elif recorded.event.type == RATING_GIVEN:
            self.watch(str(getattr(recorded.event, "window", "")))

    async def start(self) -> None:
        """Watch the questions that a restart has found open."""
        for window in self._hall.queue.desks:
            self.watch(window)

    async def stop(self) -> None:
        """Forget them."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def watch(self, window: str) -> None:
        """Come back when the question's time is over."""
        rating = self._screens.rating(window)
        if (old := self._timers.pop(window, None)) is not None:
            old.cancel()
        if rating is not None:
            left_s = (rating.until - self._hall.now()).total_seconds()
            self._timers[window] = asyncio.get_running_loop().call_later(max(0.01, left_s), self._look, window)

    def _look(self, window: str) -> None:
        """The loop's clock and the hall's may differ a little: ask again where it is too early."""
        if self._screens.rating(window) is not None:
            self.watch(window)
        else:
            self._timers.pop(window, None)
            self._refresh(window)

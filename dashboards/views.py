"""The live feed's picture of the whole hall, and what changes it by time alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from dashboards.pictures import HallPicture, HallPictures
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import MANAGER, Access

TOPIC = "hall"
LOOKED_AT_S = 1.0
"""What no event tells of (a lost device, a wait that has become too long) is shown within so long."""


class HallView:
    """``hall``: everything a manager watches; nearly every event changes it, the hub makes it once per commit."""

    access: Access = MANAGER

    def __init__(self, pictures: HallPictures) -> None:
        self._pictures = pictures

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a picture: there is one, and it has no key."""
        return not key

    def picture(self, _: str) -> HallPicture:
        """The hall."""
        return self._pictures.hall()

    def touched(self, _: Recorded) -> Iterable[str]:
        """The one picture, whatever happened."""
        return ("",)


class HallClock:
    """Shows alarms that time alone raises and devices that come and go, which no event tells of."""

    def __init__(self, pictures: HallPictures, refresh: Callable[[str], None]) -> None:
        self._pictures = pictures
        self._refresh = refresh
        self._seen: tuple[object, ...] = ()

    async def run(self) -> None:
        """Look for ever."""
        while True:
            self.look()
            await asyncio.sleep(LOOKED_AT_S)

    def look(self) -> None:
        """Have the picture made anew if it has changed by itself."""
        found = self._pictures.by_time()
        if found != self._seen:
            self._seen = found
            self._refresh(TOPIC)

"""What devices show and say over MQTT: their whole picture, kept by the broker, and the announcements of their zone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from displays.announcing import Spoken
from displays.pictures import Screens
from displays.touched import Touches
from hall_server.clock import Clock
from hall_server.errors import DomainError, JournalFailed
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

SHOW_WINDOW = ("window-screen", "pad", "led")
"""Kinds that show the picture of the window they stand at."""

SHOW_ZONE = ("board", "led", "kiosk")
"""Kinds that show the board of the zone they belong to; a kiosk learns from it which lines are open."""

_encode = msgspec.json.Encoder().encode


class DeviceScreens:
    """Makes each changed picture once and gives it to every device that shows it, only after the commit.

    What changes while a picture is being made is taken together into the next one. The router keeps the newest
    picture of each device and says it again whenever the broker comes back.
    """

    def __init__(self, server: Server, screens: Screens, touches: Touches) -> None:
        self._server = server
        self._screens = screens
        self._touches = touches
        self._zones: set[str] = set()
        self._windows: set[str] = set()
        self._wake = asyncio.Event()

    def committed(self, recorded: Recorded) -> None:
        """Note which pictures an event has changed; a device that came or moved needs its first one."""
        event = recorded.event
        touched = self._touches.everything() if event.type.startswith("device.") else self._touches.of(event)
        if touched.zones or touched.windows:
            self._zones |= touched.zones
            self._windows |= touched.windows
            self._wake.set()

    def refresh_window(self, window: str) -> None:
        """Make a window's picture anew that time has changed, and no event."""
        self._windows.add(window)
        self._wake.set()

    def refresh_zone(self, zone: str) -> None:
        """Make a zone's board anew that time has changed, and no event."""
        self._zones.add(zone)
        self._wake.set()

    def refresh_all(self) -> None:
        """Make all pictures."""
        touched = self._touches.everything()
        self._zones |= touched.zones
        self._windows |= touched.windows
        self._wake.set()

    async def run(self) -> None:
        """Give pictures out for as long as the server runs."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self.give_out()
            except JournalFailed:
                return
            except Exception:  # the top of a loop: one bad picture must not darken all screens
                log.exception("device screens failed", extra={"action": "displays.screens_failed"})

    async def give_out(self) -> None:
        """Make what has changed, wait until everything in it is committed, and show it."""
        router = self._server.router
        if router is None:
            return
        zones, self._zones = self._zones, set()
        windows, self._windows = self._windows, set()
        pictures = [
            *self._made(windows, SHOW_WINDOW, self._server.device_gate.at_window, self._screens.window),
            *self._made(zones, SHOW_ZONE, self._server.device_gate.at_zone, self._screens.board),
        ]
        await self._server.settled()
        for devices, picture in pictures:
            for device in devices:
                router.show(device, picture)

    def _made(
        self,
        keys: Iterable[str],
        kinds: Iterable[str],
        devices_at: Callable[[str, str], tuple[str, ...]],
        make: Callable[[str], object],
    ) -> Iterable[tuple[list[str], msgspec.Raw]]:
        for key in keys:
            devices = [device for kind in kinds for device in devices_at(kind, key)]
            if not devices:
                continue
            try:
                yield devices, msgspec.Raw(_encode(make(key)))
            except DomainError as exc:
                log.info("no picture of %s: %s", key, exc.code, extra={"action": "displays.no_picture"})


class Speakers:
    """Has the speakers of a zone say an announcement."""

    def __init__(self, server: Server, clock: Clock) -> None:
        self._server, self._clock = server, clock

    def __call__(self, spoken: Spoken) -> None:
        """Tell each speaker once; it reports when it has spoken."""
        router = self._server.router
        left_s = (spoken.until - self._clock.now()).total_seconds()
        if router is None or left_s <= 0:
            return
        text = next(iter(spoken.texts.values()), "")
        args = {"announcement": spoken.id, "text": text, "texts": spoken.texts, "audio": spoken.audio}
        for device in self._server.device_gate.at_zone("speaker", spoken.zone):
            router.command(device, "speak", args, ttl_s=left_s)

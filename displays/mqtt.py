"""What devices show and say over MQTT: their whole picture, kept by the broker, and the announcements of their zone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from displays.announcing import Spoken
from displays.pictures import Screens
from displays.screens.messages import ScreenRemoved, ScreenSaved
from displays.screens.model import Screen
from displays.screens.room import ScreenRoom
from displays.touched import Touched, Touches
from hall_server.clock import Clock
from hall_server.errors import DomainError, JournalFailed
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

SHOW_WINDOW = ("window-screen", "pad", "handset")
"""Kinds that show the picture of the window they stand at."""

SHOW_ZONE = ("board", "kiosk")
"""Kinds that show the board of the zone they belong to; a kiosk learns from it which lines are open."""

SHOW_TEXT = "led"
"""The kind that shows rows of characters, of the window above which it hangs or of its zone."""

REST_S, LONGEST_REST_S = 0.05, 0.25
"""Boards that change again within so many seconds wait: only counts and waits change without a window's doing."""
DRAWN_PART = 0.02
"""They wait longer where drawing takes more than this part of the time: in a rush the hall has least of it."""

_encode = msgspec.json.Encoder().encode


Shown = tuple[list[str], msgspec.Raw]
"""Devices and what they show."""


class DeviceScreens:
    """Makes each changed picture once and gives it to every device that shows it, only after the commit.

    What changes while a picture is being made is taken together into the next one. The router keeps the newest
    picture of each device and says it again whenever the broker comes back.
    """

    def __init__(self, server: Server, screens: Screens, touches: Touches, hung: ScreenRoom) -> None:
        """``hung``: a device that is tied to a screen shows that screen's place, wherever it is registered."""
        self._server = server
        self._screens = screens
        self._hung = hung
        self._touches = touches
        self._zones: set[str] = set()
        self._windows: set[str] = set()
        self._wake, self._hurry = asyncio.Event(), asyncio.Event()
        self._rest_s = REST_S

    def committed(self, recorded: Recorded) -> None:
        """Note which pictures an event has changed; a device that came or moved needs its first one."""
        event = recorded.event
        is_moved = event.type.startswith("device.") or isinstance(event, (ScreenSaved, ScreenRemoved))
        touched = self._touches.everything() if is_moved else self._touches.of(event)
        if touched.zones or touched.windows:
            self._changed(touched)

    def refresh_window(self, window: str) -> None:
        """Make a window's picture anew that time has changed, and no event."""
        self._changed(Touched(windows=frozenset({window})))

    def refresh_zone(self, zone: str) -> None:
        """Make a zone's board anew that time has changed, and no event."""
        self._changed(Touched(zones=frozenset({zone})))

    def refresh_all(self) -> None:
        """Make all pictures."""
        self._changed(self._touches.everything())

    async def run(self) -> None:
        """Give pictures out for as long as the server runs; what a window did is shown at once."""
        last_at = -LONGEST_REST_S
        while True:
            await self._wake.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(last_at + self._rest_s):
                    await self._hurry.wait()
            self._wake.clear()
            self._hurry.clear()
            last_at = asyncio.get_running_loop().time()
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
        begun = self._server.clock.monotonic()
        pictures = [*self._of_windows(windows), *self._of_zones(zones)]
        self._rest_s = rest_s(self._server.clock.monotonic() - begun)
        await self._server.settled()
        for devices, picture in pictures:
            for device in devices:
                router.show(device, picture)

    # -- inside

    def _changed(self, touched: Touched) -> None:
        self._zones |= touched.zones
        self._windows |= touched.windows
        self._wake.set()
        if touched.windows:
            self._hurry.set()

    def _of_windows(self, windows: Iterable[str]) -> Iterable[Shown]:
        gate, make, led = self._server.device_gate, self._screens.window, self._hung.led
        for window in windows:
            devices = self._at(SHOW_WINDOW, window, gate.at_window, lambda screen: screen.window)
            yield from self._made(devices, window, make)
            for bar in self._at((SHOW_TEXT,), window, gate.at_window, lambda screen: screen.window):
                yield from self._made([bar], bar, partial(led.device, window=window))

    def _of_zones(self, zones: Iterable[str]) -> Iterable[Shown]:
        gate, make, led = self._server.device_gate, self._screens.board, self._hung.led
        for zone in zones:
            devices = self._at(SHOW_ZONE, zone, gate.at_zone, _zone_shown)
            yield from self._made(devices, zone, make)
            for bar in self._at((SHOW_TEXT,), zone, gate.at_zone, _zone_shown):
                yield from self._made([bar], bar, partial(led.device, zone=zone))

    def _at(
        self,
        kinds: Iterable[str],
        place: str,
        devices_at: Callable[[str, str], tuple[str, ...]],
        place_of: Callable[[Screen], str | None],
    ) -> list[str]:
        """The devices of these kinds that show a place: those tied to a screen there, and the others that are there."""
        tied = {screen.device: screen for screen in self._hung.register.screens.values() if screen.device}
        found = [device for kind in kinds for device in devices_at(kind, place) if device not in tied]
        of_kinds = frozenset[str]().union(*(self._hung.devices_of(kind) for kind in kinds)) if tied else frozenset()
        here = [id_ for id_, screen in tied.items() if id_ in of_kinds and place_of(screen) == place]
        return [*found, *here]

    def _made(self, devices: list[str], key: str, make: Callable[[str], object]) -> Iterable[Shown]:
        if not devices:
            return
        try:
            yield devices, msgspec.Raw(_encode(make(key)))
        except DomainError as exc:
            log.info("no picture of %s: %s", key, exc.code, extra={"action": "displays.no_picture"})


def rest_s(drawn_s: float) -> float:
    """How long boards wait after a drawing that took so long, seconds."""
    return min(LONGEST_REST_S, max(REST_S, drawn_s / DRAWN_PART))


def _zone_shown(screen: Screen) -> str | None:
    """The zone whose calls a screen shows; one above a window shows that window."""
    return None if screen.window else screen.zone


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
        args: dict[str, object] = {
            "announcement": spoken.id,
            "text": text,
            "texts": spoken.texts,
            "audio": spoken.audio,
        }
        args |= {"say": spoken.say, "volume": spoken.volume, "repeat": spoken.repeat}  # the sound holds its repeats
        args["until"] = spoken.until.isoformat()  # a speaker that is busy begins it no later
        for device in self._server.device_gate.at_zone("speaker", spoken.zone):
            router.command(device, "speak", args, ttl_s=left_s)

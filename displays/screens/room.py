"""The screens of one hall: what hangs where, which device shows it, and the house-keeping of the media folder."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from displays.screens.led_texts import LedTexts
from displays.screens.library import MediaLibrary
from displays.screens.modules import ScreenModules
from displays.screens.register import ScreenRegister
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

SWEPT_S = 600.0


class ScreenRoom:
    """What the rest of the displays needs of the screens, and where other rooms add contents of their own.

    Attributes:
        modules: ``modules.add(ScreenModule(…), folder=…, page=…)`` offers a content to all screens.
    """

    def __init__(
        self,
        server: Server,
        register: ScreenRegister,
        library: MediaLibrary,
        led: LedTexts,
        modules: ScreenModules,
    ) -> None:
        self.modules = modules
        self.register = register
        self.library = library
        self.led = led
        self._server = server

    def devices_of(self, kind: str) -> frozenset[str]:
        """The paired devices of a kind, wherever they are."""
        gate, directory = self._server.device_gate, self._server.directory
        in_zones = (device for zone in directory.zones for device in gate.at_zone(kind, zone))
        at_windows = (device for window in directory.windows for device in gate.at_window(kind, window))
        return frozenset((*in_zones, *at_windows))

    def topics(self) -> Iterable[str]:
        """The pictures of the whole hall, which change with its notices."""
        yield "overview/hall"
        yield from (f"plan/{plan}" for plan in self.register.plans)
        yield from (f"led/{screen}" for screen in self.register.screens)

    async def start(self) -> None:
        """Learn what files there are, and keep the folder clean."""
        await asyncio.to_thread(self.library.open)
        self._server.spawn(self._sweep_forever(), "media folder")

    def changed(self, _: Recorded) -> None:
        """Throw away what a change has freed."""
        self._sweep()

    async def _sweep_forever(self) -> None:
        while True:
            self._sweep()
            await asyncio.sleep(SWEPT_S)

    def _sweep(self) -> None:
        photos = (one.photo for one in self._server.directory.staff.values() if one.photo)
        gone = self.library.sweep(self.register.media() | frozenset(photos))
        if gone:
            log.info("%s unused files removed", len(gone), extra={"action": "media.swept"})

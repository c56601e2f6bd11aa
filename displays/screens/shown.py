"""What a screen shows, as its page needs it: place, look with all colours, playlist, and the topics to watch."""

from __future__ import annotations

import msgspec

from displays.screens import themes
from displays.screens.model import (
    Arrangement,
    Content,
    Dimming,
    Item,
    Language,
    Look,
    Media,
    Orientation,
    Screen,
    Size,
    Spot,
)
from displays.screens.modules import OWN_MODULE, ScreenModule, ScreenModules
from displays.screens.register import ScreenRegister
from hall_queue.picture_types import HallName, Name
from hall_server.directory.directory import Directory
from hall_server.errors import NotFound

OWN_BOARD, OWN_WINDOW = "board.", "window."
"""A zone's board and a window's screen that nobody has hung: their usual look, at ``board.{zone}`` and so on."""


class ScreenShown(msgspec.Struct, frozen=True, kw_only=True):
    """The whole layout of a screen.

    Attributes:
        colours: custom property → "#rrggbb".
        module: id of what another room brings. modules: it, and those of the playlist.
        topics: of the live feed, whose pictures the screen shows.
        version: of the pages; a page of another one loads itself anew.
    """

    id: str
    name: str
    hall: HallName
    demo: bool
    content: Content
    zone: Name | None
    window: str | None
    orientation: Orientation
    look: Look
    is_dark: bool
    colours: dict[str, str]
    logo: Media | None
    languages: tuple[Language, ...]
    size: Size
    dimming: Dimming | None
    arrangement: Arrangement
    playlist: tuple[Item, ...]
    call_s: int
    led_chars: int
    led_rows: int
    plan: str | None
    here: Spot | None
    module: str | None
    modules: tuple[ScreenModule, ...]
    topics: tuple[str, ...]
    version: str


class Layouts:
    """Makes the layouts."""

    def __init__(self, register: ScreenRegister, directory: Directory, modules: ScreenModules) -> None:
        self._register = register
        self._directory = directory
        self._modules = modules

    def find(self, key: str) -> Screen | None:
        """A screen by its id, by the device that shows it, or the usual one of a zone, a window or a module."""
        found = self._register.screens.get(key) or self._register.of_device(key)
        return found or self._usual(key)

    def picture(self, key: str) -> ScreenShown:
        """The layout of a screen.

        Raises:
            NotFound: ``screen.unknown``.
        """
        found = self.find(key)
        if found is None:
            raise NotFound("screen.unknown", screen=key[:60])
        return self.layout(found)

    def layout(self, screen: Screen) -> ScreenShown:
        """The layout of a screen, a draft too."""
        hall, zone = self._directory.hall, self._directory.zones.get(screen.zone or "")
        modules = self._modules.of(screen)
        return ScreenShown(
            id=screen.id,
            name=screen.name,
            hall=HallName(name=hall.name if hall else "", name_en=hall.name_en if hall else ""),
            demo=bool(hall and hall.demo),
            content=screen.content,
            zone=Name(id=zone.id, name=zone.name, name_en=zone.name_en) if zone else None,
            window=screen.window,
            orientation=screen.orientation,
            look=screen.look,
            is_dark=screen.look in themes.DARK,
            colours=themes.colours(screen.look, screen.accent),
            logo=screen.logo,
            languages=screen.languages,
            size=screen.size,
            dimming=screen.dimming,
            arrangement=screen.arrangement,
            playlist=screen.playlist,
            call_s=screen.call_s,
            led_chars=screen.led_chars,
            led_rows=screen.led_rows,
            plan=screen.plan,
            here=screen.here,
            module=screen.module,
            modules=modules,
            topics=tuple(dict.fromkeys((*topics(screen), *(one.topic for one in modules)))),
            version=self._modules.version,
        )

    def _usual(self, key: str) -> Screen | None:
        if key.startswith(OWN_BOARD) and (zone := self._directory.zones.get(key.removeprefix(OWN_BOARD))):
            return Screen(id=key, name=zone.name, content=Content.BOARD, zone=zone.id, look=Look.NIGHT)
        if key.startswith(OWN_WINDOW) and (window := self._directory.windows.get(key.removeprefix(OWN_WINDOW))):
            return Screen(
                id=key,
                name=window.name,
                content=Content.WINDOW,
                zone=window.zone,
                window=window.id,
                look=Look.NIGHT,
            )
        if key.startswith(OWN_MODULE) and (id_ := key.removeprefix(OWN_MODULE)) in self._modules:
            return Screen(id=key, name=id_, content=Content.MODULE, module=id_)
        return None


def topics(screen: Screen) -> tuple[str, ...]:
    """The pictures of the hall that a screen shows; the board of its zone interrupts a playlist."""
    board = f"board/{screen.zone}"
    match screen.content:
        case Content.BOARD:
            return (board, f"voice/{screen.zone}")
        case Content.WINDOW:
            return (f"window/{screen.window}",)
        case Content.LED:
            return (f"led/{screen.id}",)
        case Content.OVERVIEW:
            return ("overview/hall",)
        case Content.MAP:
            return (f"plan/{screen.plan}",)
        case Content.PLAYLIST:
            return (board, f"voice/{screen.zone}") if screen.zone else ()
        case Content.MODULE:
            return ()

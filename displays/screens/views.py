"""The live feed's topics ``screen/{id}``, ``screens/hall``, ``overview/hall``, ``plan/{id}`` and ``led/{id}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from displays.pictures import Screens
from displays.screens import checks, messages, themes
from displays.screens.hall_map import HallMap, PlanPicture
from displays.screens.led import LedText
from displays.screens.led_texts import LedTexts
from displays.screens.library import PICTURE_BYTES_MOST, VIDEO_BYTES_MOST
from displays.screens.model import FloorPlan, Screen
from displays.screens.modules import ScreenModules, usual_key
from displays.screens.overview import OverviewPicture, overview
from displays.screens.register import ScreenRegister
from displays.screens.service import DevicesOf
from displays.screens.shown import OWN_BOARD, OWN_WINDOW, Layouts, ScreenShown
from displays.touched import Touches
from hall_queue.picture_types import HallName, Name
from hall_server.directory.directory import Directory
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import MANAGER, PUBLIC

KEY = "hall"
TIED_KINDS = ("board", "window-screen", "led")


def concerns_all(recorded: Recorded) -> bool:
    """Whether an event may change every layout: the hall's names, its places, its devices."""
    return recorded.event.type.startswith(("directory.", "device."))


class ScreenView:
    """``screen/{id}``: the layout."""

    access = PUBLIC

    def __init__(
        self, layouts: Layouts, register: ScreenRegister, directory: Directory, modules: ScreenModules
    ) -> None:
        self._layouts, self._register, self._directory, self._modules = layouts, register, directory, modules

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a screen."""
        return self._layouts.find(key) is not None

    def picture(self, key: str) -> ScreenShown:
        """The layout."""
        return self._layouts.picture(key)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The screen that was changed, also under its device's name; all where the hall itself changed."""
        if concerns_all(recorded):
            return self._all()
        match recorded.event:
            case messages.ScreenSaved(screen=screen):
                return (screen.id, *((screen.device,) if screen.device else ()))
            case messages.ScreenRemoved(screen=id_):
                return (id_,)
        return ()

    def _all(self) -> Iterable[str]:
        for screen in self._register.screens.values():
            yield screen.id
            if screen.device:
                yield screen.device
        yield from (OWN_BOARD + zone for zone in self._directory.zones)
        yield from (OWN_WINDOW + window for window in self._directory.windows)
        yield from (usual_key(module.id) for module in self._modules)


class WindowName(msgspec.Struct, frozen=True, kw_only=True):
    """A window to choose."""

    id: str
    number: int
    name: str
    name_en: str
    zone: str


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What fits, for the editor."""

    items: int
    item_s: tuple[int, int]
    call_s: tuple[int, int]
    darkest_percent: int
    led_chars: tuple[int, ...]
    led_rows: tuple[int, int]
    picture_mb: int
    video_mb: int


class ScreensPicture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the editor of the screens needs.

    Attributes:
        modules: ids of what other rooms bring; ``screens.module.{id}`` are their names.
    """

    hall: HallName
    screens: tuple[Screen, ...]
    plans: tuple[FloorPlan, ...]
    zones: tuple[Name, ...]
    windows: tuple[WindowName, ...]
    devices: dict[str, tuple[str, ...]]
    looks: dict[str, dict[str, str]]
    modules: tuple[str, ...]
    limits: Limits


LIMITS = Limits(
    items=checks.ITEMS_MOST,
    item_s=checks.ITEM_S,
    call_s=checks.CALL_S,
    darkest_percent=checks.DARKEST_PERCENT,
    led_chars=checks.LED_CHARS,
    led_rows=checks.LED_ROWS,
    picture_mb=PICTURE_BYTES_MOST >> 20,
    video_mb=VIDEO_BYTES_MOST >> 20,
)


class ScreensView:
    """``screens/hall``: what hangs where, for the editor."""

    access = MANAGER

    def __init__(
        self, register: ScreenRegister, directory: Directory, devices_of: DevicesOf, modules: ScreenModules
    ) -> None:
        self._register, self._directory, self._devices_of, self._modules = register, directory, devices_of, modules

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether it is the one picture there is."""
        return key == KEY

    def picture(self, _: str) -> ScreensPicture:
        """The picture."""
        hall = self._directory.hall
        zones = (zone for zone in self._directory.zones.values() if zone.active)
        windows = (window for window in self._directory.windows.values() if window.active)
        return ScreensPicture(
            hall=HallName(name=hall.name if hall else "", name_en=hall.name_en if hall else ""),
            screens=tuple(self._register.screens.values()),
            plans=tuple(self._register.plans.values()),
            zones=tuple(Name(id=zone.id, name=zone.name, name_en=zone.name_en) for zone in zones),
            windows=tuple(
                WindowName(id=one.id, number=one.number, name=one.name, name_en=one.name_en, zone=one.zone)
                for one in windows
            ),
            devices={kind: tuple(sorted(self._devices_of(kind))) for kind in TIED_KINDS},
            looks={look.value: dict(found) for look, found in themes.LOOKS.items()},
            modules=tuple(module.id for module in self._modules),
            limits=LIMITS,
        )

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The one picture, where screens, plans, places or devices changed."""
        is_ours = recorded.event.type in self._register.types or concerns_all(recorded)
        return (KEY,) if is_ours else ()


class OverviewView:
    """``overview/hall``: all lines of the hall."""

    access = PUBLIC

    def __init__(self, screens: Screens, touches: Touches, directory: Directory) -> None:
        self._screens, self._touches, self._directory = screens, touches, directory

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether it is the one picture there is."""
        return key == KEY

    def picture(self, _: str) -> OverviewPicture:
        """The picture."""
        return overview(self._screens, self._directory)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The one picture, where any zone's board changed."""
        return (KEY,) if self._touches.of(recorded.event).zones else ()


class PlanView:
    """``plan/{id}``: a floor plan with the windows' states."""

    access = PUBLIC

    def __init__(self, hall_map: HallMap, register: ScreenRegister, touches: Touches) -> None:
        self._map, self._register, self._touches = hall_map, register, touches

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a plan."""
        return key in self._register.plans

    def picture(self, key: str) -> PlanPicture:
        """The plan now."""
        return self._map.picture(key)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The plan that was changed; all of them where a window's state changed or the hall speaks."""
        if isinstance(recorded.event, messages.PlanSaved):
            return (recorded.event.plan.id,)
        return tuple(self._register.plans) if self._touches.of(recorded.event).windows else ()


class LedView:
    """``led/{id}``: the rows of an LED screen, for its preview and for boxes that show a page."""

    access = PUBLIC

    def __init__(self, texts: LedTexts, register: ScreenRegister, touches: Touches) -> None:
        self._texts, self._register, self._touches = texts, register, touches

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a screen."""
        return key in self._register.screens

    def picture(self, key: str) -> LedText:
        """The rows."""
        return self._texts.screen(key)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The screens whose zone or window changed."""
        if isinstance(recorded.event, messages.ScreenSaved):
            return (recorded.event.screen.id,)
        touched = self._touches.of(recorded.event)
        return led_touched(self._register.screens, touched.zones, touched.windows)


def led_touched(screens: Mapping[str, Screen], zones: frozenset[str], windows: frozenset[str]) -> tuple[str, ...]:
    """The screens whose window, or else whose zone, is among those that changed."""
    found = (one for one in screens.values() if (one.window in windows if one.window else one.zone in zones))
    return tuple(one.id for one in found)

"""The test button: has one device show, say or print something harmless, and tells how that went."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from devices.model import Device, DeviceKind
from hall_server.clock import Clock
from hall_server.errors import Unavailable
from hall_server.mqtt.commands import End, Ended

if TYPE_CHECKING:
    from hall_server.mqtt.router import DeviceRouter

VERB = "test"
TIME_S = 20.0
REMEMBERED = 1_000


class What(StrEnum):
    """What a device is asked to do; also the word of the button."""

    PAGE = "page"  # print a page with its own name and the time
    SLIP = "slip"  # print a slip with its own name and the time, cut
    SAY = "say"  # say a sentence in both languages
    PICTURE = "picture"  # show the test picture for ten seconds
    BLINK = "blink"  # show or sound that it is this one
    READY = "ready"  # tell how the hardware is


BY_KIND: dict[DeviceKind, What] = {
    DeviceKind.PRINTER: What.SLIP,
    DeviceKind.PAGE_PRINTER: What.PAGE,
    DeviceKind.KIOSK: What.PICTURE,
    DeviceKind.ENQUIRY: What.PICTURE,
    DeviceKind.SELF_SERVICE: What.PICTURE,
    DeviceKind.BOARD: What.PICTURE,
    DeviceKind.WINDOW_SCREEN: What.PICTURE,
    DeviceKind.LED: What.PICTURE,
    DeviceKind.PAD: What.PICTURE,
    DeviceKind.SPEAKER: What.SAY,
    DeviceKind.HANDSET: What.BLINK,
    DeviceKind.ID_READER: What.READY,
    DeviceKind.TERMINAL: What.READY,
    DeviceKind.CAMERA: What.READY,
}


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """A test and its outcome.

    Attributes:
        end: None while the device has not answered; ``expired`` when it did not in time.
        detail: what it reported.
    """

    id: str
    what: What
    at: datetime
    by: str
    end: End | None = None
    ended_at: datetime | None = None
    detail: dict[str, Any] = {}


class Trials:
    """The last test of every device, in memory."""

    def __init__(
        self, router: Callable[[], DeviceRouter | None], clock: Clock, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._router = router
        self._clock = clock
        self._changed = changed
        self._last: OrderedDict[str, Trial] = OrderedDict()

    def start(self) -> None:
        """Listen to how commands end."""
        router = self._router()
        if router is not None:
            router.on_command_end(self._ended)

    def of(self, device: str) -> Trial | None:
        """The last test of a device."""
        return self._last.get(device)

    def begin(self, device: Device, *, by: str, place: tuple[str, str]) -> Trial:
        """Ask a device to show that it works.

        Args:
            device: which.
            by: who asks, as an actor.
            place: names of its place in both languages.

        Raises:
            Unavailable: ``mqtt.no_answer``: the hall has no way to its devices now.
        """
        router = self._router()
        if router is None:
            raise Unavailable("mqtt.no_answer")
        what, name = BY_KIND[device.kind], device.name or device.id
        texts = {"zh": f"测试：{place[0]}{name}工作正常", "en": f"Test: {name} at {place[1] or 'this hall'} works"}
        args = {"what": what.value, "device": device.id, "name": name, "texts": texts, "seconds": 10}
        command = router.command(device.id, VERB, args, ttl_s=TIME_S)
        trial = Trial(id=command, what=what, at=self._clock.now(), by=by)
        self._last[device.id] = trial
        self._last.move_to_end(device.id)
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
        self._changed()
        return trial

    def _ended(self, ended: Ended) -> None:
        trial = self._last.get(ended.device)
        if trial is None or trial.id != ended.id:
            return
        done = msgspec.structs.replace(trial, end=ended.end, ended_at=self._clock.now(), detail=ended.detail)
        self._last[ended.device] = done
        self._changed()

"""The live picture of all devices that the device board shows (topic ``devices/hall``)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo

import msgspec

from devices import messages as m
from devices.alarms import DeviceAlarm, DeviceAlarms
from devices.browser_pages import page_of
from devices.model import Renewal
from devices.pairing import Pairings, Waiting
from devices.presence import DeviceBoard, DeviceShown
from devices.registry import DeviceRegistry
from devices.trial import BY_KIND, Trial, Trials, What
from hall_server.clock import Clock
from hall_server.directory.directory import Directory
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.mqtt.presence import LastFault
from hall_server.web.routes import MANAGER, Access

TOPIC = "devices"
KEY = "hall"
AT_MOST_EVERY_S = 0.5
"""A herd that comes back changes the picture two hundred times; it is drawn twice a second."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A zone or window a device can be at; ``kind`` is ``zone`` or ``window``."""

    kind: str
    id: str
    zone: str
    name: str
    name_en: str


class DeviceCard(msgspec.Struct, frozen=True, kw_only=True):
    """A device with everything that its row and its detail show.

    Attributes:
        zone_of: the zone it is in, also where it stands at a window.
        test: what its test button does. trial: the last test.
        page: the page it opens where it is a browser.
    """

    shown: DeviceShown
    zone_of: str | None
    let_in_at: datetime | None
    let_in_by: str
    renewed_at: datetime | None
    renewal: Renewal | None
    last_fault: LastFault | None
    test: What
    trial: Trial | None
    page: str | None
    alarms: tuple[DeviceAlarm, ...]


class DevicesPicture(msgspec.Struct, frozen=True, kw_only=True):
    """What the device board shows; ``now`` bears the hall's offset, which tells the page its clock."""

    now: datetime
    devices: list[DeviceCard]
    waiting: list[Waiting]
    wrong_codes: int
    places: list[Place]
    broker: str
    strangers: dict[str, int]


class DevicesView:
    """Makes the picture, and has it made anew when something has changed that no event tells of."""

    access: Access = MANAGER

    def __init__(
        self,
        *,
        clock: Clock,
        zone: tzinfo,
        directory: Directory,
        registry: DeviceRegistry,
        board: DeviceBoard,
        alarms: DeviceAlarms,
        pairings: Pairings,
        trials: Trials,
        broker: str,
        strangers: Callable[[], dict[str, int]],
    ) -> None:
        """``zone``: the clock's; ``broker``: embedded or external; ``strangers``: what unknown ones tried by cause."""
        self._clock, self._zone, self._directory, self._registry = clock, zone, directory, registry
        self._board, self._alarms, self._pairings, self._trials = board, alarms, pairings, trials
        self._broker, self._strangers = broker, strangers
        self._is_stale = asyncio.Event()

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a picture."""
        return key == KEY

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The one picture, by anything that happens to devices or their places."""
        kind = recorded.event.type.partition(".")[0]
        return (KEY,) if isinstance(recorded.event, m.DeviceEvent) or kind in {"zone", "window", "hall"} else ()

    def changed(self, *_: object) -> None:
        """Something has changed that no event tells of."""
        self._is_stale.set()

    async def run(self, refresh: Callable[[str], None]) -> None:
        """Have the picture made anew, at most so often."""
        while True:
            await self._is_stale.wait()
            self._is_stale.clear()
            refresh(f"{TOPIC}/{KEY}")
            await asyncio.sleep(AT_MOST_EVERY_S)

    def picture(self, _: str) -> DevicesPicture:
        """All devices, who waits and what is wrong."""
        wrong: dict[str, list[DeviceAlarm]] = {}
        for alarm in self._alarms.now():
            wrong.setdefault(alarm.device, []).append(alarm)
        return DevicesPicture(
            now=self._clock.now().astimezone(self._zone),
            devices=[self._card(shown, tuple(wrong.get(shown.id, ()))) for shown in self._board.all()],
            waiting=self._pairings.waiting(),
            wrong_codes=self._pairings.wrong_codes,
            places=self._places(),
            broker=self._broker,
            strangers=self._strangers(),
        )

    def _card(self, shown: DeviceShown, alarms: tuple[DeviceAlarm, ...]) -> DeviceCard:
        device = self._registry.devices[shown.id]
        window = self._directory.windows.get(shown.window or "")
        return DeviceCard(
            shown=shown,
            zone_of=window.zone if window else shown.zone,
            let_in_at=device.let_in_at,
            let_in_by=device.let_in_by,
            renewed_at=device.renewed_at,
            renewal=device.renewal,
            last_fault=shown.last_fault,
            test=BY_KIND[device.kind],
            trial=self._trials.of(device.id),
            page=page_of(device),
            alarms=alarms,
        )

    def _places(self) -> list[Place]:
        zones = [zone for zone in self._directory.zones.values() if zone.active]
        windows = sorted((one for one in self._directory.windows.values() if one.active), key=lambda one: one.number)
        return [
            *(
                Place(kind="zone", id=one.id, zone=one.id, name=one.name, name_en=one.name_en or one.name)
                for one in zones
            ),
            *(
                Place(
                    kind="window",
                    id=one.id,
                    zone=one.zone,
                    name=f"{one.number} · {one.name}",
                    name_en=f"{one.number} · {one.name_en or one.name}",
                )
                for one in windows
            ),
        ]

"""What is wrong with a device, since when, and who takes care of it.

An alarm stands as long as its cause. Who acknowledges one says "I know, I see to it"; when the cause has gone and comes
back, it is a new alarm that nobody has acknowledged.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from devices import messages as m
from devices.firmware import newest_by_model, version_key
from devices.model import Device
from devices.paper import Paper
from devices.registry import DeviceRegistry
from hall_server.clock import Clock
from hall_server.errors import NotFound
from hall_server.identity import SYSTEM
from hall_server.messages import Recorded
from hall_server.mqtt.presence import Presence, Standing
from hall_server.outcome import Context, Outcome

if TYPE_CHECKING:
    from hall_server.server import Server

SKEW_S = 5.0
"""A clock that is wrong by more is an alarm. Source: domain page devices."""
REFUSED_LIMIT, REFUSED_WITHIN_S = 20, 300.0
"""So many refusals within so long are an alarm."""
SETTLING_S = 75.0
"""After the start devices are not back yet: what was acknowledged before stays so for this long, which is longer than
`missing.BACK_WITHIN_S` and the silence of a hung one."""
LOOK_S = 1.0


Model = tuple[str | None, str | None]
"""Kind and model of a device."""
Fields = dict[str, str | int | None]


class Code(StrEnum):
    """What is wrong."""

    OFFLINE = "device.offline"  # gone, with a goodbye or by its last will
    HUNG = "device.hung"  # silent for 25 s without either
    FAULT = "device.fault"  # it says that it cannot work
    PAPER_OUT = "kiosk.paper_out"
    PAPER_NEAR_END = "device.paper_near_end"
    CLOCK = "device.clock"  # its clock is wrong by more than SKEW_S
    REFUSED = "device.refused"  # it says or tries too much that is refused
    CREDENTIAL_OLD = "device.credential_old"  # older than the hall allows
    RENEWAL_LATE = "device.renewal_waits"  # a new credential waits for it
    FIRMWARE_OLD = "device.firmware_old"  # others of its model have a newer one


Found = tuple[Code, datetime | None, Fields]
"""What is wrong, since when where that is known, and what fills its text."""
WORST_FIRST = tuple(Code)
BY_STATE = frozenset({Code.OFFLINE, Code.HUNG, Code.FAULT, Code.PAPER_OUT})
"""The manager's page finds these by itself."""
BAD = frozenset({Code.OFFLINE, Code.HUNG, Code.FAULT, Code.PAPER_OUT, Code.REFUSED})
"""These keep visitors from something; the others can wait until the evening."""


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes care of an alarm, and since when."""

    by: str
    at: datetime


class DeviceAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm of one device; ``manager.alarm.{code}`` says what it is, ``manager.alarm_do.{code}`` what to do."""

    device: str
    code: Code
    since: datetime | None
    is_bad: bool
    fields: Fields = {}
    acknowledged: Acknowledged | None = None


class ManagersAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm in the shape of the manager's page; ``fields`` name the device and its place."""

    code: str
    since: datetime | None
    fields: Fields


class Refusals:
    """How much of a device was refused lately; bounded."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lately: dict[str, deque[tuple[float, datetime, str]]] = {}

    def note(self, device: str, why: str) -> None:
        """Something of the device was refused."""
        seen = self._lately.setdefault(device, deque(maxlen=REFUSED_LIMIT))
        seen.append((self._clock.monotonic(), self._clock.now(), why))

    def too_many(self, device: str) -> tuple[datetime, str] | None:
        """Since when it is too much, and the last reason; None while it is not."""
        seen = self._lately.get(device)
        if seen is None or len(seen) < REFUSED_LIMIT:
            return None
        if self._clock.monotonic() - seen[0][0] > REFUSED_WITHIN_S:
            return None
        return seen[0][1], seen[-1][2]

    def forget(self, device: str) -> None:
        """The device is no more."""
        self._lately.pop(device, None)


class Acknowledgements:
    """Who has acknowledged what, folded from events (the Fold port)."""

    def __init__(self) -> None:
        self.types = frozenset({m.AlarmAcknowledged.type, m.AlarmOver.type, m.DeviceRevoked.type})
        self._held: dict[tuple[str, str], Acknowledged] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case m.AlarmAcknowledged(device=device, code=code):
                self._held[device, code] = Acknowledged(by=recorded.actor, at=recorded.at)
            case m.AlarmOver(device=device, code=code):
                self._held.pop((device, code), None)
            case m.DeviceRevoked(device=device):
                self._held = {key: one for key, one in self._held.items() if key[0] != device}

    def of(self, device: str, code: str) -> Acknowledged | None:
        """Who takes care of it."""
        return self._held.get((device, code))

    def all(self) -> list[tuple[str, str]]:
        """Device and code of everything acknowledged."""
        return list(self._held)


class DeviceAlarms:
    """Finds what is wrong now and handles acknowledgements."""

    def __init__(self, server: Server, registry: DeviceRegistry, changed: Callable[[], None] = lambda: None) -> None:
        self.held = Acknowledgements()
        self.refusals = Refusals(server.clock)
        self._server = server
        self._registry = registry
        self._changed = changed
        self._since: dict[tuple[str, Code], datetime] = {}
        self._told: tuple[DeviceAlarm, ...] = ()
        self._ending: set[tuple[str, str]] = set()
        self._began = server.clock.monotonic()

    def start(self) -> None:
        """Begin to look."""
        self._began = self._server.clock.monotonic()
        self._server.spawn(self._run(), "device alarms")

    def now(self) -> tuple[DeviceAlarm, ...]:
        """Everything that is wrong now, the worst first, then by device."""
        newest = self._newest()
        found = [alarm for device in self._registry.all_active() for alarm in self._of(device, newest)]
        return tuple(sorted(found, key=lambda alarm: (WORST_FIRST.index(alarm.code), alarm.device)))

    def beside_state(self) -> list[ManagersAlarm]:
        """What the manager's page cannot see from a device's state and paper alone."""
        return [
            ManagersAlarm(code=one.code, since=one.since, fields={**one.fields, **self._named(one.device)})
            for one in self.now()
            if one.code not in BY_STATE
        ]

    def acknowledged_by(self, device: str, code: str) -> str | None:
        """The name of who takes care of an alarm; one that is hung is offline for the manager's page."""
        same = (Code.OFFLINE, Code.HUNG) if code == Code.OFFLINE else (code,)
        found = next((held for one in same if (held := self.held.of(device, one)) is not None), None)
        return found.by.partition(":")[2] if found else None

    def look(self) -> None:
        """Note what began and what is over; tells of a change."""
        found = self.now()
        standing = {(alarm.device, alarm.code) for alarm in found}
        self._since = {key: at for key, at in self._since.items() if key in standing}
        if self._server.clock.monotonic() - self._began >= SETTLING_S:
            self._end_acknowledged(standing)
        if found != self._told:
            self._told = found
            self._changed()

    # -- commands

    def acknowledge(self, command: m.AcknowledgeAlarm, context: Context) -> Outcome:
        """Note who takes care of an alarm; the first one counts.

        Raises:
            NotFound: ``alarm.over``: there is no such alarm now.
        """
        device = self._registry.active(command.device)
        mine = () if device is None else self._of(device, self._newest())
        found = [one for one in mine if one.code == command.code]
        if not found:
            raise NotFound("alarm.over", device=command.device)
        if found[0].acknowledged is not None:
            return Outcome(reply=lambda: found[0])
        event = m.AlarmAcknowledged(device=command.device, code=command.code, raised_at=found[0].since)
        return Outcome(
            events=(event,),
            reply=lambda: msgspec.structs.replace(found[0], acknowledged=self.held.of(command.device, command.code)),
        )

    def end(self, command: m.EndAlarm, context: Context) -> Outcome:
        """What was acknowledged has gone."""
        if context.actor != SYSTEM or self.held.of(command.device, command.code) is None:
            return Outcome()
        return Outcome(events=(m.AlarmOver(device=command.device, code=command.code),))

    # -- inside

    def _named(self, device_id: str) -> Fields:
        device, directory = self._registry.devices[device_id], self._server.directory
        window, zone = directory.windows.get(device.window or ""), directory.zones.get(device.zone or "")
        number, place = (f"{window.number} · " if window else ""), window or zone
        return {
            "id": device.id,
            "kind": device.kind.value,
            "name": device.name,
            "place": f"{number}{place.name}" if place else "–",
            "place_en": f"{number}{place.name_en or place.name}" if place else "–",
        }

    def _newest(self) -> dict[Model, str]:
        return newest_by_model(self._server.router.all_presence() if self._server.router else ())

    def _of(self, device: Device, newest: dict[Model, str]) -> Iterator[DeviceAlarm]:
        router = self._server.router
        heard = router.presence(device.id) if router is not None else None
        for code, since, fields in (*_by_presence(heard, newest), *self._by_register(device)):
            key = (device.id, code)
            begun = since or self._since.setdefault(key, self._server.clock.now())
            held = self.held.of(device.id, code)
            yield DeviceAlarm(
                device=device.id, code=code, since=begun, is_bad=code in BAD, fields=fields, acknowledged=held
            )

    def _by_register(self, device: Device) -> Iterator[Found]:
        if (refused := self.refusals.too_many(device.id)) is not None:
            yield Code.REFUSED, refused[0], {"reason": refused[1]}
        if device.renewal is not None and device.renewal.waits:
            yield Code.RENEWAL_LATE, device.renewal.since, {}
        days = self._server.settings.device_credential_days
        if days and device.renewed_at is not None:
            ends = device.renewed_at + timedelta(days=days)
            if ends <= self._server.clock.now():
                yield Code.CREDENTIAL_OLD, ends, {"days": days}

    def _end_acknowledged(self, standing: set[tuple[str, Code]]) -> None:
        for key in self.held.all():
            if key not in standing and key not in self._ending:
                self._ending.add(key)
                self._server.spawn(self._over(*key), "an alarm is over")

    async def _over(self, device: str, code: str) -> None:
        try:
            await self._server.execute(m.EndAlarm(device=device, code=code), actor=SYSTEM)
        finally:
            self._ending.discard((device, code))

    async def _run(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)


def _by_presence(heard: Presence | None, newest: dict[Model, str]) -> Iterator[Found]:
    if heard is None or heard.status is Standing.UNKNOWN:
        return
    if heard.status is Standing.OFFLINE:
        yield Code.HUNG if heard.is_hung else Code.OFFLINE, heard.since, {}
        return
    paper = heard.detail.get("paper")
    if paper == Paper.OUT:
        yield Code.PAPER_OUT, None, {}
    elif heard.status is Standing.FAULT:
        yield Code.FAULT, heard.since, {"reason": _reason(heard)}
    if paper == Paper.NEAR_END:
        yield Code.PAPER_NEAR_END, None, {}
    if heard.clock_skew_s is not None and abs(heard.clock_skew_s) > SKEW_S:
        yield Code.CLOCK, None, {"seconds": round(heard.clock_skew_s)}
    best = newest.get((heard.kind, heard.model))
    if best is not None and heard.firmware and version_key(heard.firmware) < version_key(best):
        yield Code.FIRMWARE_OLD, None, {"firmware": heard.firmware, "newest": best}


def _reason(heard: Presence) -> str:
    """What the device says is wrong, in its own words."""
    for name in ("reason", "fault"):
        if isinstance(found := heard.detail.get(name), str):
            return found[:120]
    return ""

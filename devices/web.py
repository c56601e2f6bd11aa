"""The register of devices over HTTP; a credential is in the answer to the call that made it and nowhere else."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from devices import messages as m
from devices.alarms import DeviceAlarm, DeviceAlarms
from devices.model import Device, DeviceKind
from devices.presence import DeviceBoard, DeviceShown
from devices.registry import DeviceRegistry
from devices.trial import Trial, Trials
from hall_server.errors import NotFound
from hall_server.mqtt.credentials import credential
from hall_server.mqtt.presence import Standing
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, Route, Verb, api

_UNSET = msgspec.UNSET


class DeviceWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/devices`."""

    kind: DeviceKind
    id: m.DeviceId | None = None
    name: m.DeviceName = ""
    zone: m.PlaceId | None = None
    window: m.PlaceId | None = None


class DeviceEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`PATCH /api/v1/devices/{id}`; what is left out stays. A new window ends the zone, and the other way round."""

    name: m.DeviceName | msgspec.UnsetType = _UNSET
    zone: m.PlaceId | msgspec.UnsetType | None = _UNSET
    window: m.PlaceId | msgspec.UnsetType | None = _UNSET


class DeviceList(msgspec.Struct, frozen=True, kw_only=True):
    """The devices."""

    items: list[DeviceShown]
    total: int


class DeviceWithCredential(msgspec.Struct, frozen=True, kw_only=True):
    """A device and its new credential, which is shown this once."""

    id: str
    credential: str
    device: DeviceShown


class Nothing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body without content."""


class WhenOffline(StrEnum):
    """What becomes of the old credential of a device that is not there."""

    WAIT = "wait"  # it holds until the device has come back and has the new one
    END = "end"  # it ends now; the device is paired again


class RenewalWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/devices/{id}/renew`."""

    offline: WhenOffline = WhenOffline.WAIT


class AlarmList(msgspec.Struct, frozen=True, kw_only=True):
    """The alarms of all devices."""

    items: list[DeviceAlarm]


class RegisterHandler(ApiHandler):
    """What the handlers of this room share."""

    registry: DeviceRegistry
    board: DeviceBoard

    async def execute(self, command: Any) -> Device:
        """Execute a command of the register; gives the device of its first reply."""
        reply = await self.server.execute(command, actor=self.actor, command_id=self.command_id)
        return msgspec.json.decode(reply, type=Device)

    def answer_credential(self, device: Device) -> None:
        """Answer with the credential that the command has made."""
        secret = credential(self.server.keys.device, device.id, device.generation)
        self.set_header("Cache-Control", "no-store")
        self.answer(DeviceWithCredential(id=device.id, credential=secret, device=self.board.one(device)))


class DevicesHandler(RegisterHandler):
    """All devices."""

    async def get(self) -> None:
        """Answer with the register and how every device is."""
        wanted = self.words("q").strip().lower()
        found = [
            device
            for device in self.board.all(also_revoked=self.words("revoked") == "true")
            if wanted in f"{device.id} {device.name} {device.kind} {device.place or ''}".lower()
        ]
        offset, limit = self.number("offset", default=0, most=100_000), self.number("limit", default=500)
        await self.server.settled()
        self.answer(DeviceList(items=found[offset : offset + limit], total=len(found)))

    async def post(self) -> None:
        """Let a device in."""
        wanted = self.read(DeviceWanted)
        self.answer_credential(await self.execute(m.RegisterDevice(**msgspec.structs.asdict(wanted))))


class DeviceHandler(RegisterHandler):
    """One device."""

    async def get(self, device: str) -> None:
        """Answer with it, revoked or not."""
        found = self.registry.devices.get(device)
        if found is None:
            raise NotFound("device.not_registered", device=device)
        await self.server.settled()
        self.answer(self.board.one(found))

    async def patch(self, device: str) -> None:
        """Name or place it anew."""
        edit, old = self.read(DeviceEdit), self.registry.active(device)
        if old is None:
            raise NotFound("device.not_registered", device=device)
        zone = None if edit.zone is _UNSET and isinstance(edit.window, str) else _given(edit.zone, old.zone)
        window = None if edit.window is _UNSET and isinstance(edit.zone, str) else _given(edit.window, old.window)
        name = _given(edit.name, old.name) or ""
        changed = await self.execute(m.ChangeDevice(device=device, name=name, zone=zone, window=window))
        self.answer(self.board.one(changed))


class RotateHandler(RegisterHandler):
    """A new credential."""

    async def post(self, device: str) -> None:
        """Make it; the old one has ended when this is answered."""
        self.read(Nothing)
        self.answer_credential(await self.execute(m.RotateCredential(device=device)))


class RenewHandler(RegisterHandler):
    """A new credential that the device fetches by itself."""

    async def post(self, device: str) -> None:
        """Begin; what ``offline`` says counts for a device that is not there."""
        wanted, known = self.read(RenewalWanted), self.registry.active(device)
        if known is None:
            raise NotFound("device.not_registered", device=device)
        is_here = self.board.one(known).status in (Standing.ONLINE, Standing.FAULT)
        if not is_here and wanted.offline is WhenOffline.END:
            await self.execute(m.RotateCredential(device=device))
        else:
            await self.execute(m.RenewCredential(device=device, waits=not is_here))
        self.answer(self.board.one(self.registry.devices[device]))


class TestHandler(RegisterHandler):
    """The test button."""

    trials: Trials

    async def post(self, device: str) -> None:
        """Have the device show that it works; how it ended comes with the live feed."""
        self.read(Nothing)
        known = self.registry.active(device)
        if known is None:
            raise NotFound("device.not_registered", device=device)
        self.answer(self.trials.begin(known, by=str(self.actor), place=self._place(known)))

    def _place(self, device: Device) -> tuple[str, str]:
        directory = self.server.directory
        found = directory.windows.get(device.window or "") or directory.zones.get(device.zone or "")
        return (found.name, found.name_en or found.name) if found is not None else ("", "")


class AlarmsHandler(RegisterHandler):
    """What is wrong."""

    alarms: DeviceAlarms

    async def get(self) -> None:
        """Answer with every alarm, the worst first."""
        await self.server.settled()
        self.answer(AlarmList(items=list(self.alarms.now())))


class AcknowledgeHandler(RegisterHandler):
    """Somebody takes care."""

    async def post(self, device: str, code: str) -> None:
        """Note who."""
        self.read(Nothing)
        await self.run(m.AcknowledgeAlarm(device=device, code=code))


class RevokeHandler(RegisterHandler):
    """The end of a device."""

    async def post(self, device: str) -> None:
        """Shut it out."""
        self.read(Nothing)
        self.answer(self.board.one(await self.execute(m.RevokeDevice(device=device))))


def _given(new: str | msgspec.UnsetType | None, old: str | None) -> str | None:
    return old if isinstance(new, msgspec.UnsetType) else new


def routes(registry: DeviceRegistry, board: DeviceBoard, trials: Trials, alarms: DeviceAlarms) -> list[Route]:
    """All routes of the register."""
    query = {"q": "words", "limit": "at most", "offset": "from", "revoked": "true: also those shut out"}
    made = [
        api(
            "/api/v1/devices",
            DevicesHandler,
            get=Verb(access=MANAGER, summary="Devices and how they are", query=query, reply=DeviceList),
            post=Verb(
                access=MANAGER,
                summary="Let a device in",
                request=DeviceWanted,
                reply=DeviceWithCredential,
                status=201,
            ),
        ),
        api(
            "/api/v1/devices/{device}",
            DeviceHandler,
            get=Verb(access=MANAGER, summary="One device", reply=DeviceShown),
            patch=Verb(access=MANAGER, summary="Name or place a device", request=DeviceEdit, reply=DeviceShown),
        ),
        api(
            "/api/v1/devices/{device}/rotate",
            RotateHandler,
            post=Verb(
                access=MANAGER, summary="Give a device a new credential", request=Nothing, reply=DeviceWithCredential
            ),
        ),
        api(
            "/api/v1/devices/{device}/renew",
            RenewHandler,
            post=Verb(
                access=MANAGER,
                summary="Have a device fetch a new credential over its own connection",
                request=RenewalWanted,
                reply=DeviceShown,
            ),
        ),
        api(
            "/api/v1/devices/{device}/test",
            TestHandler,
            post=Verb(
                access=MANAGER, summary="Have a device show that it works", request=Nothing, reply=Trial, status=202
            ),
        ),
        api(
            "/api/v1/device-alarms",
            AlarmsHandler,
            get=Verb(access=MANAGER, summary="What is wrong with the devices", reply=AlarmList),
        ),
        api(
            "/api/v1/devices/{device}/alarms/{code}/acknowledge",
            AcknowledgeHandler,
            post=Verb(access=MANAGER, summary="Take care of an alarm", request=Nothing, reply=DeviceAlarm),
        ),
        api(
            "/api/v1/devices/{device}/revoke",
            RevokeHandler,
            post=Verb(access=MANAGER, summary="Shut a device out", request=Nothing, reply=DeviceShown),
        ),
    ]
    options = {"registry": registry, "board": board}
    more: dict[type, dict[str, object]] = {TestHandler: {"trials": trials}, AlarmsHandler: {"alarms": alarms}}
    return [_with(route, options | more.get(route.handler, {})) for route in made]


def _with(route: Route, options: dict[str, object]) -> Route:
    return Route(route.path, route.handler, route.verbs, options=options)

"""What the manager sees of the devices: the register beside what was last heard and what was refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from devices.model import Device, DeviceKind
from devices.registry import DeviceRegistry
from hall_server.mqtt.presence import LastFault, Presence, Standing

if TYPE_CHECKING:
    from hall_server.mqtt.router import DeviceRouter


class DeviceShown(msgspec.Struct, frozen=True, kw_only=True):
    """A device with its state.

    Attributes:
        place: window or zone, whichever it has.
        since: of the present status.
        clock_skew_s: its clock minus the hall's, seconds.
        detail: what it told with its state; the reason of a fault.
        denied: what was refused from it since the server's start, by code.
        waiting: commands it has not reported yet.
        is_hung: gone without a word. last_fault: kept when it has gone.
    """

    id: str
    kind: DeviceKind
    name: str
    zone: str | None
    window: str | None
    place: str | None
    active: bool
    status: Standing
    since: datetime | None
    last_seen: datetime | None
    model: str | None
    firmware: str | None
    clock_skew_s: float | None
    detail: dict[str, Any]
    denied: dict[str, int]
    waiting: int
    is_hung: bool = False
    last_fault: LastFault | None = None


class DeviceBoard:
    """Puts the pieces together."""

    def __init__(
        self,
        registry: DeviceRegistry,
        router: Callable[[], DeviceRouter | None],
        denied: Callable[[], dict[str, dict[str, int]]],
    ) -> None:
        self._registry = registry
        self._router = router
        self._denied = denied

    def one(self, device: Device) -> DeviceShown:
        """One device."""
        return self._shown(device, self._denied().get(device.id, {}))

    def all(self, *, also_revoked: bool = False) -> list[DeviceShown]:
        """The devices by id."""
        denied = self._denied()
        devices = (self._registry.devices[id_] for id_ in sorted(self._registry.devices))
        return [self._shown(one, denied.get(one.id, {})) for one in devices if one.active or also_revoked]

    def _shown(self, device: Device, denied: dict[str, int]) -> DeviceShown:
        router = self._router()
        heard: Presence | None = router.presence(device.id) if router else None
        return DeviceShown(
            id=device.id,
            kind=device.kind,
            name=device.name,
            zone=device.zone,
            window=device.window,
            place=device.window or device.zone,
            active=device.active,
            status=heard.status if heard else Standing.UNKNOWN,
            since=heard.since if heard else None,
            last_seen=heard.last_seen if heard else None,
            model=heard.model if heard else None,
            firmware=heard.firmware if heard else None,
            clock_skew_s=heard.clock_skew_s if heard else None,
            detail=heard.detail if heard else {},
            denied={**denied, **(router.bad_input(device.id) if router else {})},
            waiting=len(router.waiting(device.id)) if router else 0,
            is_hung=heard.is_hung if heard else False,
            last_fault=heard.last_fault if heard else None,
        )

"""The register of devices in memory, folded from events; the gate that brokers, router and web side ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from devices import messages as m
from devices.model import Device, DeviceKind, Renewal
from hall_server.messages import Recorded


class DeviceRegistry:
    """All devices that were ever let in, by id (the Fold and the DeviceGate port)."""

    def __init__(self) -> None:
        self.devices: dict[str, Device] = {}
        self._apply: dict[type[Any], Callable[[Any, Recorded], None]] = {
            m.DeviceRegistered: self._registered,
            m.DeviceChanged: self._changed,
            m.CredentialRotated: self._rotated,
            m.DeviceRevoked: self._revoked,
            m.DeviceCame: self._came,
            m.RenewalBegun: self._renewal_begun,
            m.RenewalFailed: self._renewal_failed,
        }
        self.types = frozenset(event.type for event in m.REGISTER)
        self._by_window: dict[tuple[str, str], tuple[str, ...]] = {}
        self._by_zone: dict[tuple[str, str], tuple[str, ...]] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        self._apply[type(recorded.event)](recorded.event, recorded)
        self._place_all()

    # -- the gate

    def generation(self, device_id: str) -> int | None:
        """The generation of its credential; None where the device is unknown or revoked."""
        device = self.active(device_id)
        return device.generation if device else None

    def generations(self, device_id: str) -> tuple[int, ...]:
        """The generations whose credentials hold now: two while one is on its way to the device."""
        device = self.active(device_id)
        if device is None:
            return ()
        return (device.generation,) if device.renewal is None else (device.generation, device.renewal.generation)

    def windows(self, device_id: str) -> frozenset[str]:
        """The window a device stands at, as a set."""
        device = self.active(device_id)
        return frozenset({device.window}) if device and device.window else frozenset()

    def kind(self, device_id: str) -> str | None:
        """What a device is."""
        device = self.active(device_id)
        return device.kind.value if device else None

    def at_window(self, kind: str, window: str) -> tuple[str, ...]:
        """The devices of a kind at a window, by id."""
        return self._by_window.get((kind, window), ())

    def at_zone(self, kind: str, zone: str) -> tuple[str, ...]:
        """The devices of a kind that belong to a zone and to no window of it, by id."""
        return self._by_zone.get((kind, zone), ())

    # -- questions

    def active(self, device_id: str) -> Device | None:
        """A device that is let in."""
        device = self.devices.get(device_id)
        return device if device and device.active else None

    def all_active(self) -> list[Device]:
        """Every device that is let in, by id."""
        return [self.devices[id_] for id_ in sorted(self.devices) if self.devices[id_].active]

    def free_id(self, kind: DeviceKind, place: str | None) -> str:
        """An id that tells kind and place, such as ``pad-w01``, then ``pad-w01-2``."""
        stem = "-".join(filter(None, (kind.value, (place or "").replace("_", "-"))))[:58]
        return next(
            name
            for name in (f"{stem}-{n}" if n > 1 else stem for n in range(1, len(self.devices) + 2))
            if name not in self.devices
        )

    # -- inside

    def _registered(self, event: m.DeviceRegistered, recorded: Recorded) -> None:
        self.devices[event.device] = Device(
            id=event.device,
            kind=event.kind,
            name=event.name,
            zone=event.zone,
            window=event.window,
            generation=event.generation,
            issued=event.generation,
            renewed_at=recorded.at,
            let_in_at=recorded.at,
            let_in_by=recorded.actor,
        )

    def _changed(self, event: m.DeviceChanged, _: Recorded) -> None:
        self._replace(event.device, name=event.name, zone=event.zone, window=event.window)

    def _rotated(self, event: m.CredentialRotated, recorded: Recorded) -> None:
        self._replace(
            event.device,
            generation=event.generation,
            issued=event.generation,
            renewed_at=recorded.at,
            renewal=None,
        )

    def _revoked(self, event: m.DeviceRevoked, _: Recorded) -> None:
        self._replace(event.device, active=False, renewal=None)

    def _came(self, event: m.DeviceCame, _: Recorded) -> None:
        self._replace(event.device, has_come=True)

    def _renewal_begun(self, event: m.RenewalBegun, recorded: Recorded) -> None:
        renewal = Renewal(generation=event.generation, since=recorded.at, waits=event.waits)
        self._replace(event.device, issued=event.generation, renewal=renewal)

    def _renewal_failed(self, event: m.RenewalFailed, _: Recorded) -> None:
        self._replace(event.device, renewal=None)

    def _replace(self, device_id: str, **changes: object) -> None:
        if device_id in self.devices:
            self.devices[device_id] = msgspec.structs.replace(self.devices[device_id], **changes)

    def _place_all(self) -> None:
        self._by_window, self._by_zone = {}, {}
        for device in self.all_active():
            where, places = (device.window, self._by_window) if device.window else (device.zone, self._by_zone)
            if where:
                key = (device.kind.value, where)
                places[key] = (*places.get(key, ()), device.id)

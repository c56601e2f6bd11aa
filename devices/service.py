"""Decides on the register of devices; each handler answers with the device, never with a credential."""

from __future__ import annotations

from devices import messages as m
from devices.model import AT_WINDOW, IN_ZONE, Device, DeviceKind
from devices.registry import DeviceRegistry
from hall_server.directory.directory import Directory
from hall_server.directory.wording import text_fault
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Role
from hall_server.outcome import Context, Outcome

RESERVED = frozenset({"server"})
"""User names at the broker that are the hall's own."""

MOST_DEVICES = 900
"""Devices of one hall; the brokers take 1,000 connections."""


class DeviceService:
    """The handlers of the register's commands."""

    def __init__(self, registry: DeviceRegistry, directory: Directory) -> None:
        self._registry = registry
        self._directory = directory

    def register(self, command: m.RegisterDevice, context: Context) -> Outcome:
        """Let a device in. One that was revoked may come back, with a credential it never had.

        Raises:
            Forbidden: not a manager or administrator.
            Invalid: the id, the name or the place does not fit.
            NotFound: there is no such zone or window.
            Refused: ``device.duplicate``, ``device.too_many``.
        """
        _check_allowed(context)
        self._check_place(command.kind, command.zone, command.window)
        _check_name(command.name)
        device_id = command.id or self._registry.free_id(command.kind, command.window or command.zone)
        old = self._registry.devices.get(device_id)
        if device_id in RESERVED:
            raise Invalid("device.reserved", id=device_id)
        if old is not None and old.active:
            raise Refused("device.duplicate", id=device_id)
        if len(self._registry.all_active()) >= MOST_DEVICES:
            raise Refused("device.too_many", most=MOST_DEVICES)
        event = m.DeviceRegistered(
            device=device_id,
            kind=command.kind,
            name=command.name,
            zone=command.zone,
            window=command.window,
            generation=old.issued + 1 if old else 1,
        )
        return self._outcome(event)

    def pair(self, command: m.PairDevice, context: Context) -> Outcome:
        """Let a device in that has shown its code, as a new one or in the place of another of its kind.

        Raises:
            Forbidden, Invalid, NotFound, Refused: as `register`; ``pairing.other_kind``: it cannot replace that one.
        """
        _check_allowed(context)
        if command.replaces is None:
            wanted = m.RegisterDevice(
                kind=command.kind, id=command.id, name=command.name, zone=command.zone, window=command.window
            )
            [made] = self.register(wanted, context).events
            assert isinstance(made, m.DeviceRegistered)  # noqa: S101 - that is what registering gives
            return self._outcome(made, _paired(command, made.device))
        device = self._device(command.replaces)
        if device.kind is not command.kind:
            raise Refused("pairing.other_kind", kind=command.kind, device=device.id)
        rotated = m.CredentialRotated(device=device.id, generation=device.issued + 1)
        return self._outcome(rotated, _paired(command, device.id))

    def change(self, command: m.ChangeDevice, context: Context) -> Outcome:
        """Name or place a device anew; the same again changes nothing.

        Raises:
            Forbidden, Invalid, NotFound: as `register`.
        """
        _check_allowed(context)
        device = self._device(command.device)
        self._check_place(device.kind, command.zone, command.window)
        _check_name(command.name)
        event = m.DeviceChanged(device=device.id, name=command.name, zone=command.zone, window=command.window)
        if (device.name, device.zone, device.window) == (event.name, event.zone, event.window):
            return Outcome(reply=lambda: device)
        return self._outcome(event)

    def rotate(self, command: m.RotateCredential, context: Context) -> Outcome:
        """Count the credential's generation up.

        Raises:
            Forbidden: not a manager or administrator.
            NotFound: there is no such device, or it was revoked.
        """
        _check_allowed(context)
        device = self._device(command.device)
        return self._outcome(m.CredentialRotated(device=device.id, generation=device.issued + 1))

    def renew(self, command: m.RenewCredential, context: Context) -> Outcome:
        """Begin to hand a new credential over; one that is on its way already is given up for it.

        Raises:
            Forbidden: not a manager or administrator.
            NotFound: there is no such device, or it was revoked.
        """
        _check_allowed(context)
        device = self._device(command.device)
        return self._outcome(m.RenewalBegun(device=device.id, generation=device.issued + 1, waits=command.waits))

    def end_renewal(self, command: m.EndRenewal, context: Context) -> Outcome:
        """Let the new credential hold alone, or give it up; nothing where it is no longer under way.

        Raises:
            Forbidden: not the server itself.
        """
        _check_system(context)
        device = self._registry.active(command.device)
        if device is None or device.renewal is None or device.renewal.generation != command.generation:
            return Outcome()
        if command.why == "failed":
            failed = m.RenewalFailed(device=device.id, generation=command.generation, reason=command.reason[:120])
            return self._outcome(failed)
        return self._outcome(m.CredentialRotated(device=device.id, generation=command.generation))

    def arrive(self, command: m.NoteArrival, context: Context) -> Outcome:
        """Note that a device has come; nothing where that is known.

        Raises:
            Forbidden: not the server itself.
        """
        _check_system(context)
        device = self._registry.active(command.device)
        return Outcome() if device is None or device.has_come else self._outcome(m.DeviceCame(device=device.id))

    def revoke(self, command: m.RevokeDevice, context: Context) -> Outcome:
        """Shut a device out.

        Raises:
            Forbidden: not a manager or administrator.
            NotFound: there is no such device, or it was revoked before.
        """
        _check_allowed(context)
        return self._outcome(m.DeviceRevoked(device=self._device(command.device).id))

    # -- inside

    def _outcome(self, event: m.DeviceEvent, *more: m.DeviceEvent) -> Outcome:
        return Outcome(events=(event, *more), reply=lambda: self._registry.devices[event.device])

    def _device(self, device_id: str) -> Device:
        device = self._registry.active(device_id)
        if device is None:
            raise NotFound("device.not_registered", device=device_id)
        return device

    def _check_place(self, kind: DeviceKind, zone: str | None, window: str | None) -> None:
        if zone is not None and window is not None:
            raise Invalid("device.two_places", zone=zone, window=window)
        if kind in AT_WINDOW and window is None:
            raise Invalid("device.needs_window", window="missing", kind=kind)
        if kind in IN_ZONE and zone is None:
            raise Invalid("device.needs_zone", zone="missing", kind=kind)
        if window is not None and not _is_active(self._directory.windows.get(window)):
            raise NotFound("device.no_such_window", window=window)
        if zone is not None and not _is_active(self._directory.zones.get(zone)):
            raise NotFound("device.no_such_zone", zone=zone)


def _is_active(place: object) -> bool:
    return bool(getattr(place, "active", False))


def _check_allowed(context: Context) -> None:
    if not context.actor.may(Role.MANAGER, Role.ADMIN):
        raise Forbidden("role.missing", roles=[Role.MANAGER.value, Role.ADMIN.value])


def _paired(command: m.PairDevice, device: str) -> m.DevicePaired:
    return m.DevicePaired(
        device=device,
        kind=command.kind,
        model=command.model,
        firmware=command.firmware,
        replaces=command.replaces is not None,
    )


def _check_system(context: Context) -> None:
    if context.actor.kind is not Role.SYSTEM:
        raise Forbidden("role.missing", roles=[Role.SYSTEM.value])


def _check_name(name: str) -> None:
    if fault := text_fault(name, limit=60, may_be_empty=True):
        raise Invalid("device.bad_name", name=fault)

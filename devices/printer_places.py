"""Which printer stands beside which kiosk: as a manager has said, else the printers at the kiosk's own place."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from devices.messages import DeviceEvent, DeviceRevoked
from devices.model import Device, DeviceKind
from devices.registry import DeviceRegistry
from hall_server.errors import Forbidden, Invalid, NotFound
from hall_server.identity import Role
from hall_server.messages import Command, Recorded
from hall_server.outcome import Context, Outcome

KIOSKS = frozenset({DeviceKind.KIOSK, DeviceKind.SELF_SERVICE, DeviceKind.ENQUIRY})
"""Kinds at which visitors take numbers."""
SLIP_PRINTERS = frozenset({DeviceKind.PRINTER})
PRINTERS = frozenset({DeviceKind.PRINTER, DeviceKind.PAGE_PRINTER})
"""Kinds that stand beside one of them."""


class PlacePrinter(Command, frozen=True, kw_only=True):
    """Say which kiosk a printer stands beside; None: it serves all kiosks of its place."""

    printer: str
    kiosk: str | None = None


class PrinterPlaced(DeviceEvent, frozen=True, kw_only=True):
    """A printer belongs to a kiosk, or to none; ``device`` is the printer."""

    type: ClassVar[str] = "device.printer_placed"
    kiosk: str | None


class PrinterPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A printer and its kiosk."""

    printer: str
    kiosk: str | None


class PrinterPlaces:
    """Printers and their kiosks (a Fold)."""

    types = frozenset({PrinterPlaced.type, DeviceRevoked.type})

    def __init__(self, registry: DeviceRegistry) -> None:
        self._registry = registry
        self._beside: dict[str, str] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in; a device that is shut out stands beside nothing."""
        match recorded.event:
            case PrinterPlaced() as event:
                self._beside.pop(event.device, None)
                if event.kiosk is not None:
                    self._beside[event.device] = event.kiosk
            case DeviceRevoked() as event:
                self._beside = {
                    printer: kiosk for printer, kiosk in self._beside.items() if event.device not in (printer, kiosk)
                }

    def said(self, printer: str) -> str | None:
        """The kiosk a manager has named."""
        return self._beside.get(printer)

    def all_said(self) -> dict[str, str]:
        """Printer → the kiosk a manager has named."""
        return dict(self._beside)

    def printers_of(self, kiosk_id: str, kind: DeviceKind = DeviceKind.PRINTER) -> list[str]:
        """The printers of a kiosk, by id: those beside it, else those of its window or zone that stand beside none."""
        kiosk = self._registry.active(kiosk_id)
        if kiosk is None or kiosk.kind not in KIOSKS:
            return []
        beside = sorted(printer for printer, at in self._beside.items() if at == kiosk_id and self._is(printer, kind))
        return beside or [printer for printer in self._at_place(kiosk, kind) if printer not in self._beside]

    def place(self, command: PlacePrinter, context: Context) -> Outcome:
        """Decide where a printer stands; the same again changes nothing.

        Raises:
            Forbidden: not a manager or administrator. NotFound: ``device.not_registered``.
            Invalid: ``print.not_a_printer``, ``print.not_a_kiosk``.
        """
        if not context.actor.may(Role.MANAGER, Role.ADMIN):
            raise Forbidden("role.missing", roles=[Role.MANAGER.value, Role.ADMIN.value])
        self.printer(command.printer, PRINTERS)
        if command.kiosk is not None and self._active(command.kiosk).kind not in KIOSKS:
            raise Invalid("print.not_a_kiosk", kiosk=command.kiosk)
        place = PrinterPlace(printer=command.printer, kiosk=command.kiosk)
        if self.said(command.printer) == command.kiosk:
            return Outcome(reply=lambda: place)
        return Outcome(events=(PrinterPlaced(device=command.printer, kiosk=command.kiosk),), reply=lambda: place)

    def printer(self, id_: str, kinds: frozenset[DeviceKind] = SLIP_PRINTERS) -> Device:
        """A printer of the hall, of slips unless it may be another.

        Raises:
            NotFound: ``device.not_registered``. Invalid: ``print.not_a_printer``.
        """
        device = self._active(id_)
        if device.kind not in kinds:
            raise Invalid("print.not_a_printer", printer=id_)
        return device

    # -- inside

    def _is(self, printer: str, kind: DeviceKind) -> bool:
        device = self._registry.active(printer)
        return device is not None and device.kind is kind

    def _at_place(self, kiosk: Device, kind: DeviceKind) -> tuple[str, ...]:
        if kiosk.window:
            return self._registry.at_window(kind, kiosk.window)
        return self._registry.at_zone(kind, kiosk.zone) if kiosk.zone else ()

    def _active(self, id_: str) -> Device:
        device = self._registry.active(id_)
        if device is None:
            raise NotFound("device.not_registered", device=id_)
        return device

"""Which kiosk stands beside which card reader: as a manager has said, else the only one at the reader's place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from devices.messages import DeviceEvent
from devices.model import Device, DeviceKind
from devices.printer_places import PRINTERS, PlacePrinter
from devices.registry import DeviceRegistry
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Role
from hall_server.messages import Command, Recorded
from hall_server.outcome import Context, Outcome
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

KIOSKS = (DeviceKind.KIOSK, DeviceKind.SELF_SERVICE, DeviceKind.ENQUIRY)
"""Kinds at which a visitor identifies themselves."""


_AT_DESK = "window/"
"""Before a window's id: the desk there, and no device, gets what a reader reads."""


def window_of(holder: str) -> str | None:
    """The window whose desk gets what a reader reads; None: a kiosk gets it."""
    return holder.removeprefix(_AT_DESK) if holder.startswith(_AT_DESK) else None


class PairReader(Command, frozen=True, kw_only=True):
    """Say which kiosk a reader stands beside; None: the only one at its place."""

    reader: str
    kiosk: str | None = None


class ReaderPaired(DeviceEvent, frozen=True, kw_only=True):
    """A reader belongs to a kiosk; ``device`` is the reader."""

    type: ClassVar[str] = "device.reader_paired"
    kiosk: str | None


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A reader and its kiosk."""

    reader: str
    kiosk: str | None


class StandsBeside(msgspec.Struct, frozen=True, kw_only=True):
    """A reader or printer, and the kiosk that a manager has named; None: none was named."""

    device: str
    kiosk: str | None


class PairWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`PUT /api/v1/devices/{device}/kiosk`."""

    kiosk: str | None


class Pairs:
    """Readers and their kiosks (a Fold)."""

    types = frozenset({ReaderPaired.type})

    def __init__(self, registry: DeviceRegistry) -> None:
        self._registry = registry
        self._said: dict[str, str] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        event = recorded.event
        if isinstance(event, ReaderPaired):
            self._said.pop(event.device, None)
            if event.kiosk is not None:
                self._said[event.device] = event.kiosk

    def said(self, reader: str) -> str | None:
        """The kiosk a manager has named."""
        return self._said.get(reader)

    def kiosk_of(self, reader: str) -> str:
        """The kiosk that gets what a reader reads.

        Raises:
            Refused: ``identity.no_kiosk``, ``identity.which_kiosk`` with ``kiosks``.
        """
        said = self._registry.active(self._said.get(reader, ""))
        if said is not None:
            return said.id
        device = self._registry.active(reader)
        found = self._beside(device) if device else []
        if not found:
            raise Refused("identity.no_kiosk", reader=reader)
        if len(found) > 1:
            raise Refused("identity.which_kiosk", reader=reader, kiosks=found)
        return found[0]

    def fills_in(self, kiosk: str) -> bool:
        """Whether it is a machine at which forms are filled in."""
        device = self._registry.active(kiosk)
        return device is not None and device.kind is DeviceKind.SELF_SERVICE

    def holder_of(self, reader: str) -> str:
        """Who gets what a reader reads: a kiosk by its id, or, at a window without one, the desk (`window_of`).

        Raises:
            Refused: ``identity.no_kiosk``, ``identity.which_kiosk`` with ``kiosks``.
        """
        try:
            return self.kiosk_of(reader)
        except Refused as exc:
            device = self._registry.active(reader)
            if exc.code != "identity.no_kiosk" or device is None or not device.window:
                raise
            return f"{_AT_DESK}{device.window}"

    def readers_at_desk(self, window: str) -> list[str]:
        """The readers whose cards the desk of a window gets, by id."""
        found = self._registry.at_window(DeviceKind.ID_READER, window)
        return [one for one in found if self._is_of(one, f"{_AT_DESK}{window}")]

    def is_reader(self, device_id: str) -> bool:
        """Whether a device is a reader that is let in."""
        device = self._registry.active(device_id)
        return device is not None and device.kind is DeviceKind.ID_READER

    def is_printer(self, device_id: str) -> bool:
        """Whether a device is a printer that is let in."""
        device = self._registry.active(device_id)
        return device is not None and device.kind in PRINTERS

    def readers_of(self, kiosk: str) -> list[str]:
        """The readers whose cards a kiosk gets, by id."""
        return [one.id for one in self._registry.all_active() if self.is_reader(one.id) and self._is_of(one.id, kiosk)]

    def pair(self, command: PairReader, context: Context) -> Outcome:
        """Decide on a pair.

        Raises:
            Forbidden: not a manager or administrator. NotFound: ``device.not_registered``.
            Invalid: ``identity.not_a_reader``, ``identity.not_a_kiosk``.
        """
        if not context.actor.may(Role.MANAGER, Role.ADMIN):
            raise Forbidden("role.missing", roles=[Role.MANAGER.value, Role.ADMIN.value])
        if self._active(command.reader).kind is not DeviceKind.ID_READER:
            raise Invalid("identity.not_a_reader", reader=command.reader)
        if command.kiosk is not None and self._active(command.kiosk).kind not in KIOSKS:
            raise Invalid("identity.not_a_kiosk", kiosk=command.kiosk)
        pair = Pair(reader=command.reader, kiosk=command.kiosk)
        if self.said(command.reader) == command.kiosk:
            return Outcome(reply=lambda: pair)
        return Outcome(events=(ReaderPaired(device=command.reader, kiosk=command.kiosk),), reply=lambda: pair)

    def _beside(self, reader: Device) -> list[str]:
        if reader.window:
            return [device for kind in KIOSKS for device in self._registry.at_window(kind, reader.window)]
        return [device for kind in KIOSKS for device in self._registry.at_zone(kind, reader.zone or "")]

    def _is_of(self, reader: str, kiosk: str) -> bool:
        try:
            return self.holder_of(reader) == kiosk
        except Refused:
            return False

    def _active(self, id_: str) -> Device:
        device = self._registry.active(id_)
        if device is None:
            raise NotFound("device.not_registered", device=id_)
        return device


class PairHandler(ApiHandler):
    """The kiosk of a reader or a printer."""

    pairs: Pairs
    printers: Callable[[], dict[str, str]]

    async def get(self, device: str) -> None:
        """Answer with the one a manager has named."""
        found = self.pairs.said(device) or self.printers().get(device)
        self.answer(StandsBeside(device=device, kiosk=found))

    async def put(self, device: str) -> None:
        """Say which one it is."""
        kiosk = self.read(PairWanted).kiosk
        command: Command = PairReader(reader=device, kiosk=kiosk)
        if self.pairs.is_printer(device):
            command = PlacePrinter(printer=device, kiosk=kiosk)
        await self.server.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer(StandsBeside(device=device, kiosk=kiosk))


def routes(pairs: Pairs, printers: Callable[[], dict[str, str]]) -> list[Route]:
    """The room's address for pairs; ``printers`` gives the kiosk that was named for each printer."""
    get = Verb(access=MANAGER, summary="Beside which kiosk a reader or printer stands", reply=StandsBeside)
    put = Verb(
        access=MANAGER,
        summary="Say beside which kiosk a card reader or printer stands",
        request=PairWanted,
        reply=StandsBeside,
    )
    options: dict[str, Any] = {"pairs": pairs, "printers": printers}
    return [Route("/api/v1/devices/{device}/kiosk", PairHandler, {"GET": get, "PUT": put}, options=options)]


def install(server: Server, registry: DeviceRegistry) -> Pairs:
    """Keep the pairs and let managers change them."""
    pairs = Pairs(registry)
    server.types.add(ReaderPaired)
    server.fold(pairs)
    server.handle(PairReader, pairs.pair)

    def printers() -> dict[str, str]:
        printing = server.rooms.get("printing")
        return printing.places.all_said() if printing is not None else {}

    server.route(*routes(pairs, printers))
    return pairs

"""What stands beside a kiosk, for its own page: whether a card may be laid on, whether the hall prints its slips."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from devices.identity_pairs import KIOSKS, Pairs
from devices.identity_readers import ReaderState, ReaderWatch
from devices.model import Device
from devices.registry import DeviceRegistry
from hall_server.errors import Forbidden, NotFound
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import DEVICE, Route, Verb, api

if TYPE_CHECKING:
    from devices.printing import Printing

BEST_FIRST = (ReaderState.READ, ReaderState.READING, ReaderState.READY)


class PrinterState(StrEnum):
    """How the printers beside a kiosk are, as far as a visitor is concerned."""

    READY = "ready"
    OUT = "out"  # of paper
    AWAY = "away"  # in trouble, or not there


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/kiosk/beside`.

    Attributes:
        device: the kiosk that asks. name: what people call it.
        reader: how the best of its readers is; None: there is none, or nobody has said that it is this kiosk's.
        printer: likewise; None: the hall prints nothing here.
    """

    device: str
    name: str
    reader: ReaderState | None
    printer: PrinterState | None


class KioskBeside:
    """Looks around a kiosk."""

    def __init__(self, registry: DeviceRegistry, pairs: Pairs, readers: ReaderWatch, printing: Printing | None) -> None:
        self._registry, self._pairs, self._readers, self._printing = registry, pairs, readers, printing

    def of(self, kiosk: str) -> Beside:
        """What stands beside a kiosk.

        Raises:
            NotFound: ``device.not_registered``. Forbidden: ``device.may_not``: it is no kiosk.
        """
        device = self._kiosk(kiosk)
        return Beside(device=device.id, name=device.name, reader=self._reader(kiosk), printer=self._printer(kiosk))

    def _kiosk(self, id_: str) -> Device:
        device = self._registry.active(id_)
        if device is None:
            raise NotFound("device.not_registered", device=id_)
        if device.kind not in KIOSKS:
            raise Forbidden("device.may_not", do="kiosk.beside", kind=device.kind.value)
        return device

    def _reader(self, kiosk: str) -> ReaderState | None:
        states = [self._readers.state(reader) for reader in self._pairs.readers_of(kiosk)]
        return next((state for state in BEST_FIRST if state in states), states[0] if states else None)

    def _printer(self, kiosk: str) -> PrinterState | None:
        if self._printing is None or not self._printing.places.printers_of(kiosk):
            return None
        if self._printing.can_print(kiosk):
            return PrinterState.READY
        return PrinterState.AWAY if self._printing.has_paper_at(kiosk) else PrinterState.OUT


class BesideHandler(ApiHandler):
    """A kiosk's question."""

    beside: KioskBeside

    async def get(self) -> None:
        """Answer with what stands beside it."""
        self.answer(self.beside.of(self.actor.id))


def routes(beside: KioskBeside) -> list[Route]:
    """The room's address for kiosks."""
    get = Verb(access=DEVICE, summary="What stands beside the kiosk that asks", reply=Beside)
    made = api("/api/v1/kiosk/beside", BesideHandler, get=get)
    return [Route(made.path, made.handler, made.verbs, options={"beside": beside})]

"""Which kind of device may ask for what over MQTT: a pad at a window must not press that window's keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devices.model import DeviceKind
from devices.registry import DeviceRegistry
from hall_server.errors import Forbidden
from hall_server.identity import Actor

if TYPE_CHECKING:
    from hall_server.server import DeviceRequest

ALLOWED: dict[str, frozenset[DeviceKind]] = {
    "ticket": frozenset({DeviceKind.KIOSK, DeviceKind.ENQUIRY, DeviceKind.SELF_SERVICE}),
    "numbers": frozenset({DeviceKind.KIOSK, DeviceKind.ENQUIRY, DeviceKind.SELF_SERVICE}),
    "tickets": frozenset({DeviceKind.KIOSK, DeviceKind.ENQUIRY, DeviceKind.SELF_SERVICE}),
    "appointment": frozenset({DeviceKind.KIOSK, DeviceKind.ENQUIRY, DeviceKind.SELF_SERVICE}),
    "window": frozenset({DeviceKind.HANDSET}),
    "rating": frozenset({DeviceKind.PAD, DeviceKind.HANDSET, DeviceKind.SELF_SERVICE}),
    "punch": frozenset({DeviceKind.TERMINAL}),
    "identity": frozenset({DeviceKind.ID_READER}),
    "print": frozenset({DeviceKind.PRINTER, DeviceKind.PAGE_PRINTER}),
    "hello": frozenset(DeviceKind),
    "time": frozenset(DeviceKind),
}
"""First part of the verb → kinds that may ask for it; nobody may ask for what is not named here."""


def guarded(do: str, handler: DeviceRequest, registry: DeviceRegistry) -> DeviceRequest:
    """The handler, for those kinds only that may ask for the verb."""
    kinds = ALLOWED.get(do.partition(".")[0], frozenset())

    async def answer(actor: Actor, request_id: str, args: dict[str, Any]) -> object:
        device = registry.active(actor.id)
        if device is None or device.kind not in kinds:
            raise Forbidden("device.may_not", do=do, kind=device.kind.value if device else None)
        return await handler(actor, request_id, args)

    return answer

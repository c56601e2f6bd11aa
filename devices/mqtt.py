"""What every device may ask: who it is and where, and what time it is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from devices.model import Device, DeviceKind
from devices.registry import DeviceRegistry
from hall_server.errors import NotFound
from hall_server.identity import Actor

if TYPE_CHECKING:
    from hall_server.server import Server


class HallMark(msgspec.Struct, frozen=True, kw_only=True):
    """The hall as a device may show it."""

    id: str
    name: str
    name_en: str


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to ``hello``.

    Attributes:
        web: address under which sounds and pages are found; None: the broker's host, the hall's HTTP port.
    """

    device: str
    kind: DeviceKind
    name: str
    zone: str | None
    window: str | None
    hall: HallMark
    now: datetime
    timezone: str
    web: str | None


class TimeNow(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to ``time``."""

    now: datetime
    timezone: str


class Greeting:
    """Answers the verbs of this room. The picture comes by itself: it is retained on ``down/show``."""

    def __init__(self, server: Server, registry: DeviceRegistry) -> None:
        self._server = server
        self._registry = registry

    async def hello(self, actor: Actor, request_id: str, args: dict[str, Any]) -> Hello:
        """Tell a device who and where it is.

        Raises:
            NotFound: it was revoked in this moment.
        """
        device: Device | None = self._registry.active(actor.id)
        if device is None:
            raise NotFound("device.not_registered", device=actor.id)
        hall = self._server.directory.hall
        return Hello(
            device=device.id,
            kind=device.kind,
            name=device.name,
            zone=device.zone,
            window=device.window,
            hall=HallMark(
                id=hall.id if hall else "", name=hall.name if hall else "", name_en=hall.name_en if hall else ""
            ),
            now=self._server.clock.now(),
            timezone=self._server.settings.timezone,
            web=self._server.settings.public_url,
        )

    async def time(self, actor: Actor, request_id: str, args: dict[str, Any]) -> TimeNow:
        """Tell the time."""
        return TimeNow(now=self._server.clock.now(), timezone=self._server.settings.timezone)

"""Devices that were here before the hall's restart and do not come back: after a minute they are offline.

The embedded broker forgets with its hall who was connected, so nobody says a last will for them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from devices.messages import NoteArrival
from devices.registry import DeviceRegistry
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM
from hall_server.mqtt.presence import Presence, Standing

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

BACK_WITHIN_S = 60.0
"""After the start of the hall a device has so long to come back."""


class Missing:
    """Remembers in the journal who has ever come, and expects them at every start."""

    def __init__(self, server: Server, registry: DeviceRegistry) -> None:
        self._server = server
        self._registry = registry

    def start(self) -> None:
        """Expect everybody who has come before."""
        router = self._server.router
        assert router is not None  # noqa: S101 - the broker's side has started before
        router.on_presence(self._heard)
        for device in self._registry.all_active():
            if device.has_come:
                router.expect(device.id, within_s=BACK_WITHIN_S)

    def _heard(self, presence: Presence) -> None:
        device = self._registry.active(presence.device)
        is_here = presence.status in (Standing.ONLINE, Standing.FAULT)
        if is_here and device is not None and not device.has_come:
            self._server.spawn(self._note(device.id), f"arrival of {device.id}")

    async def _note(self, device: str) -> None:
        try:
            await self._server.execute(NoteArrival(device=device), actor=SYSTEM)
        except DomainError as exc:
            log.error("arrival of %s: %s", device, exc, extra={"action": "device.arrival"})

"""Hands devices a new credential over their own connection, and ends the old one as soon as that may be.

Both credentials hold from the moment the new one is sent until the device has reported it, `WITHIN_S` at most.
Mosquitto knows one password for a name: there the new one counts from the report on (see `outside_broker.py`).
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from devices import messages as m
from devices.model import Device, Renewal
from devices.registry import DeviceRegistry
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM
from hall_server.mqtt.commands import End, Ended
from hall_server.mqtt.credentials import credential
from hall_server.mqtt.presence import Presence, Standing

if TYPE_CHECKING:
    from hall_server.messages import Recorded
    from hall_server.server import Server

log = logging.getLogger(__name__)

VERB = "credential.renew"
WITHIN_S = 10.0
"""So long the old credential holds beside the new one, once the device can have it."""
LOOK_S = 0.5


class Renewer:
    """Follows every renewal to its end, also over a restart of the server."""

    def __init__(self, server: Server, registry: DeviceRegistry) -> None:
        self._server = server
        self._registry = registry
        self._sent: dict[str, tuple[int, str]] = {}  # device → generation and id of the command
        self._ends: dict[str, float] = {}  # device → when the old credential ends (monotonic)

    def start(self) -> None:
        """Listen to reports and presence, and take up what a restart has left in the middle."""
        router = self._server.router
        assert router is not None  # noqa: S101 - the broker's side has started before
        router.on_command_end(self._command_ended)
        router.on_presence(self._came)
        for device in self._registry.all_active():
            if device.renewal is not None:
                self._begin(device, device.renewal)
        self._server.spawn(self._run(), "credential renewals")

    def begun(self, recorded: Recorded) -> None:
        """A renewal was asked for."""
        event = recorded.event
        device = self._registry.active(event.device) if isinstance(event, m.RenewalBegun) else None
        if device is not None and device.renewal is not None:
            self._begin(device, device.renewal)

    def tick(self) -> None:
        """End what is over."""
        now = self._server.clock.monotonic()
        for name in [name for name, ends in self._ends.items() if ends <= now]:
            del self._ends[name]
            device = self._registry.active(name)
            if device is not None and device.renewal is not None:
                self._end(device.id, device.renewal.generation, "late")

    # -- inside

    def _begin(self, device: Device, renewal: Renewal) -> None:
        """The clock runs at once, or from the device's return on where the manager waits for it."""
        heard = self._server.router.presence(device.id) if self._server.router else None
        is_here = heard is not None and heard.status in (Standing.ONLINE, Standing.FAULT)
        self._ends.pop(device.id, None)
        if is_here or not renewal.waits:
            self._send(device, renewal)
            self._ends[device.id] = self._server.clock.monotonic() + WITHIN_S

    def _came(self, presence: Presence) -> None:
        if presence.status not in (Standing.ONLINE, Standing.FAULT):
            return
        device = self._registry.active(presence.device)
        if device is None or device.renewal is None or device.id in self._ends:
            return
        self._send(device, device.renewal)
        self._ends[device.id] = self._server.clock.monotonic() + WITHIN_S

    def _send(self, device: Device, renewal: Renewal) -> None:
        if self._server.router is None:
            return
        secret = credential(self._server.keys.device, device.id, renewal.generation)
        command = self._server.router.command(device.id, VERB, {"credential": secret}, ttl_s=WITHIN_S)
        self._sent[device.id] = (renewal.generation, command)

    def _command_ended(self, ended: Ended) -> None:
        generation, command = self._sent.get(ended.device, (0, ""))
        if ended.do != VERB or ended.id != command:
            return
        del self._sent[ended.device]
        if ended.end is End.DONE:
            self._ends.pop(ended.device, None)
            self._end(ended.device, generation, "done")
        elif ended.end is End.FAILED:
            self._ends.pop(ended.device, None)
            self._end(ended.device, generation, "failed", str(ended.detail.get("reason", "")))

    def _end(self, device: str, generation: int, why: str, reason: str = "") -> None:
        self._server.spawn(self._ended(device, generation, why, reason), f"renewal of {device}")

    async def _ended(self, device: str, generation: int, why: str, reason: str) -> None:
        try:
            end = m.EndRenewal(device=device, generation=generation, why=why, reason=reason)
            await self._server.execute(end, actor=SYSTEM)
        except DomainError as exc:
            log.error("renewal of %s: %s", device, exc, extra={"action": "device.renewal"})
            return
        log.info("renewal of %s: %s %s", device, why, reason, extra={"action": "device.renewal"})

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            self.tick()

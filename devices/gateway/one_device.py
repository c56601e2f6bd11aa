"""One device of the agent: its own connection, its own credential, and a driver that is started again when it fails."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from devices.gateway.config import DeviceEntry, GatewayConfig
from devices.gateway.credentials import CredentialFile
from devices.gateway.drivers import Surroundings
from devices.gateway.ports import Driver
from hall_server.clock import Clock
from hall_server.ids import Ids
from hall_server.mqtt.simulated import NotDone, SimulatedDevice
from hall_server.mqtt.topics import Status

log = logging.getLogger(__name__)

FIRMWARE = "onedoor-gateway"
FIRST_PAUSE_S = 1.0
LAST_PAUSE_S = 60.0
SOUND_S = 60.0
"""A driver that ran so long was sound; the pauses begin anew."""

Pause = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What all devices of an agent share. ``pause`` waits so many seconds between two starts of a driver."""

    config: GatewayConfig
    credentials: CredentialFile
    around: Surroundings
    clock: Clock
    ids: Ids
    tls: ssl.SSLContext | None = None
    pause: Pause = asyncio.sleep


class OneDevice:
    """A device that is paired; `run` serves it until it is cancelled."""

    def __init__(self, entry: DeviceEntry, means: Means) -> None:
        """Prepares it. The credential file must know the device."""
        kept = means.credentials.of(entry.id)
        assert kept is not None  # noqa: S101 - the agent asks for paired devices only
        self.name = entry.id
        self.starts = 0
        self._entry = entry
        self._means = means
        self._credential = kept.credential
        self._driver: Driver | None = None
        self._picture: Any = None
        self.side = SimulatedDevice(
            hall=means.config.hall,
            device_id=kept.device,
            kind=entry.kind.kind,
            host=means.config.host,
            port=means.config.port,
            password=kept.credential,
            clock=means.clock,
            ids=means.ids,
            on_command=self._command,
            on_show=self._show,
            model=entry.model,
            firmware=FIRMWARE,
            tls=means.tls,
        )
        self.side.link.on_connect(self._let_in)
        self.side.link.on_refused(self._turned_away)

    @property
    def driver(self) -> Driver | None:
        """The driver that runs now."""
        return self._driver

    async def run(self) -> None:
        """Connect and keep a driver running; says `offline` at the end."""
        self.side.start()
        try:
            await self._keep_driving()
        finally:
            await self.side.stop()

    # -- the driver

    async def _keep_driving(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            begun = self._means.clock.monotonic()
            reason = await self._drive()
            if self._means.clock.monotonic() - begun >= SOUND_S:
                pause_s = FIRST_PAUSE_S
            self.side.say_state(Status.FAULT, {"reason": "driver_failed", "error": reason, "starts": self.starts})
            await self._means.pause(pause_s)
            pause_s = min(pause_s * 2, LAST_PAUSE_S)

    async def _drive(self) -> str:
        """Run a fresh driver until it ends, which it should not; why it did."""
        self.starts += 1
        try:
            self._driver = self._entry.kind.made(self._entry.address, self._entry.options, self._means.around)
            if self._picture is not None:
                self._driver.on_show(self._picture)
            await self._driver.run(self.side)
        except Exception as exc:
            log.exception("driver of %s failed", self.name, extra={"action": "gateway.driver_failed"})
            return type(exc).__name__
        finally:
            self._driver = None
        log.error("driver of %s ended", self.name, extra={"action": "gateway.driver_ended"})
        return "ended"

    async def _command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        if do == "credential.renew":
            await self._renew(args)
            return None
        if self._driver is None:
            raise NotDone("driver_down")
        return await self._driver.on_command(do, args)

    def _show(self, picture: Any) -> None:
        self._picture = picture
        if self._driver is None:
            return
        try:
            self._driver.on_show(picture)
        except Exception:  # a picture must never end the connection
            log.exception("%s cannot show a picture", self.name, extra={"action": "gateway.show_failed"})

    # -- the credential

    async def _renew(self, args: dict[str, Any]) -> None:
        """Keep a new credential on the disk before it is reported; it is used from the next connection on."""
        credential = args.get("credential")
        if not isinstance(credential, str) or not credential:
            raise NotDone("no_credential")
        await asyncio.to_thread(self._means.credentials.renewed, self.name, credential)
        self._sign_in_with(credential)
        log.info("%s has a new credential", self.name, extra={"action": "gateway.renewed"})

    def _let_in(self) -> None:
        self._means.credentials.proven(self.name, self._credential)

    def _turned_away(self) -> None:
        """The hall knows only the other credential, when a renewal broke off between the two ends."""
        kept = self._means.credentials.of(self.name)
        if kept is not None and kept.previous is not None:
            self._sign_in_with(kept.previous if self._credential == kept.credential else kept.credential)

    def _sign_in_with(self, credential: str) -> None:
        self._credential = credential
        self.side.link.sign_in_with(credential)

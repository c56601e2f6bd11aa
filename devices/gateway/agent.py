"""The agent: all devices of one machine, each by itself, so that one that fails never disturbs another."""

from __future__ import annotations

import asyncio
import logging
import ssl
from pathlib import Path

from devices.gateway import config as configuration
from devices.gateway.config import GatewayConfig
from devices.gateway.credentials import CredentialFile
from devices.gateway.drivers import Surroundings
from devices.gateway.one_device import Means, OneDevice
from hall_server.clock import Clock, SystemClock
from hall_server.errors import Invalid, Refused
from hall_server.ids import Ids, RandomIds
from hall_server.mqtt.tls import client_context

log = logging.getLogger(__name__)


class Agent:
    """The devices that gateway.toml names and the hall has let in."""

    def __init__(self, means: Means) -> None:
        """Prepares them.

        Raises:
            Refused: ``gateway.not_paired``: not one of them has a credential.
        """
        self.devices = tuple(OneDevice(one, means) for one in means.config.devices if means.credentials.of(one.id))
        self.unpaired = tuple(one.id for one in means.config.devices if means.credentials.of(one.id) is None)
        if not self.devices:
            raise Refused("gateway.not_paired", devices=list(self.unpaired))

    async def run(self) -> None:
        """Serve all devices until cancelled; each says `offline` at the end."""
        for name in self.unpaired:
            log.warning("%s is not paired and not served", name, extra={"action": "gateway.unpaired"})
        tasks = [asyncio.create_task(_served(one), name=f"device {one.name}") for one in self.devices]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _served(device: OneDevice) -> None:
    """Serve one device; should its connection's own code fail, the others go on."""
    try:
        await device.run()
    except Exception:
        log.exception("%s is not served any more", device.name, extra={"action": "gateway.device_failed"})


def means_of(path: Path, *, clock: Clock | None = None, ids: Ids | None = None) -> Means:
    """All that an agent needs, from its configuration.

    Raises:
        Invalid: the configuration, the credentials or the certificate cannot be used.
    """
    config = configuration.read(path)
    now = clock or SystemClock()
    return Means(
        config=config,
        credentials=CredentialFile(config.credentials),
        around=Surroundings(clock=now, web=config.web, ca=config.ca),
        clock=now,
        ids=ids or RandomIds(),
        tls=_tls(config),
    )


def _tls(config: GatewayConfig) -> ssl.SSLContext | None:
    if not config.is_secure:
        return None
    try:
        return client_context(config.ca)
    except Invalid as exc:
        raise Invalid("gateway.config", field="hall.ca", reason=exc.fields["reason"]) from exc

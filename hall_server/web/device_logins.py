"""Which device a request comes from: its id and credential as HTTP Basic."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from hall_server.errors import Unauthenticated
from hall_server.identity import Actor, device_actor
from hall_server.mqtt.credentials import Credentials

if TYPE_CHECKING:
    from hall_server.web.ports import HallServer

REMEMBERED = 1000
"""Right headers kept; a hall has fewer devices."""


class DeviceLogins:
    """Checks each header once; a right one stays right until the device's credential is rotated or revoked."""

    def __init__(self, server: HallServer) -> None:
        self._server = server
        self._right: dict[str, tuple[str, tuple[int, ...]]] = {}

    def actor(self, header: str) -> Actor:
        """The device of an ``Authorization: Basic`` header.

        Args:
            header: what follows ``Basic``.

        Raises:
            Unauthenticated: ``device.unknown``.
        """
        gate = self._server.device_gate
        device, holding = self._right.get(header, ("", ()))
        if not device or gate.generations(device) != holding:
            device = self._checked(header)
        return device_actor(device, gate.windows(device))

    def _checked(self, header: str) -> str:
        gate = self._server.device_gate
        try:
            device, _, password = base64.b64decode(header, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as exc:
            raise Unauthenticated("device.unknown") from exc
        is_right = Credentials(device_key=self._server.keys.device, gate=gate).check(device, password)
        if not is_right:
            self._right.pop(header, None)
            raise Unauthenticated("device.unknown")
        if len(self._right) >= REMEMBERED:
            self._right.clear()
        self._right[header] = (device, gate.generations(device))
        return device

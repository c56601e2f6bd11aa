"""Writes Mosquitto's files for the devices of a hall."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from devices.broker import hall_id
from hall_server.mqtt.credentials import SERVER_USER, credential, server_credential
from hall_server.mqtt.mosquitto import Tls, Written, write_configuration

if TYPE_CHECKING:
    from hall_server.server import Server


def broker_configuration(
    server: Server,
    folder: Path,
    *,
    port: int | None = None,
    host: str = "0.0.0.0",  # noqa: S104  # the hall's devices are other machines
    tls: Tls | None = None,
    run_as: str | None = None,
) -> Written:
    """Write configuration, passwords and permissions for every device that is let in, and for the server.

    After a device was registered, rotated or revoked write again and send Mosquitto SIGHUP.

    Args:
        server: an open server; it need not run.
        folder: of the three files.
        port: of the listener; the standard's, 1883 or 8883, where it is not given.
        host: address to listen on.
        tls: files for MQTTS.
        run_as: the system user Mosquitto changes to; None leaves its default.
    """
    key = server.keys.device
    devices = server.rooms["devices"].registry.all_active()
    credentials = [(device.id, credential(key, device.id, device.generation)) for device in devices]
    return write_configuration(
        folder,
        hall=hall_id(server),
        port=port or (8883 if tls else 1883),
        credentials=[*credentials, (SERVER_USER, server_credential(key))],
        host=host,
        tls=tls,
        run_as=run_as,
    )

"""Mosquitto's files for the devices of a hall: written on demand, and again by the hall at each change."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from devices.broker import hall_id
from hall_server.errors import Invalid
from hall_server.mqtt.credentials import SERVER_USER, credential, server_credential
from hall_server.mqtt.mosquitto import Tls, Written, write_configuration
from hall_server.mqtt.tls import server_context

if TYPE_CHECKING:
    from devices.broker import MqttSide
    from hall_server.messages import Recorded
    from hall_server.server import Server

log = logging.getLogger(__name__)

NOTE = "mosquitto.json"
"""In the hall's data folder: where the files were written to, so that a running hall can write them again."""
WORDS, AGAIN_S = 2, 1.0
"""Mosquitto forgets a SIGHUP that comes while it still reads its files for the one before: it gets a second one."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where Mosquitto's files are and what stands in them beside the devices."""

    folder: Path
    port: int
    host: str
    tls: Tls | None = None
    run_as: str | None = None


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

    The hall remembers the place: while it runs with this broker, it writes the files again whenever a device is let in,
    rotated or revoked, and tells Mosquitto to read them.

    Args:
        server: an open server; it need not run.
        folder: of the files.
        port: of the listener without TLS; the standard's, 1883, where it is not given.
        host: address to listen on.
        tls: files and port for MQTTS, beside the plain listener or instead of it.
        run_as: the system user Mosquitto changes to; None leaves its default.
    """
    place = Place(folder=folder.absolute(), port=port or 1883, host=host, tls=tls, run_as=run_as)
    written = _write(place, hall_id(server), credentials(server))
    (server.data / NOTE).write_bytes(msgspec.json.encode(place, enc_hook=str))
    return written


def broker_tls(certificate: Path | None, key: Path | None, *, port: int, is_only: bool) -> Tls | None:
    """The listener with TLS that an operator asked for; None where nobody did.

    Raises:
        Invalid: ``settings.tls``: half of it is missing, or the files cannot be used.
    """
    if certificate is None and key is None and not is_only:
        return None
    if certificate is None or key is None:
        raise Invalid("settings.tls", reason="--tls-certificate and --tls-key are both needed")
    server_context(certificate, key)
    return Tls(certificate=certificate.absolute(), key=key.absolute(), port=port, only=is_only)


def credentials(server: Server) -> list[tuple[str, str]]:
    """User name and password of every device that is let in, and of the server."""
    key = server.keys.device
    devices = server.rooms["devices"].registry.all_active()
    made = [(device.id, credential(key, device.id, device.generation)) for device in devices]
    return [*made, (SERVER_USER, server_credential(key))]


class OutsideFiles:
    """Keeps Mosquitto's files true to the register while the hall runs.

    Mosquitto is told to read them only while it serves the hall: a SIGHUP in the middle of its start would end it.
    """

    def __init__(self, server: Server, side: MqttSide) -> None:
        self._server = server
        self._side = side
        self._owed = 0  # words that Mosquitto is still to be told
        self._task: asyncio.Task[object] | None = None
        self._is_stale = False
        self._again: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Tell Mosquitto when it is back what changed meanwhile."""
        self._side.on_connect(self._connected)

    def changed(self, recorded: Recorded) -> None:
        """A credential began or ended: write the files again, several changes at once."""
        if self._server.settings.mqtt_broker != "external":
            return
        self._is_stale = True
        if self._task is None or self._task.done():
            self._task = self._server.spawn(self._follow(), "mosquitto's files")

    async def _follow(self) -> None:
        while self._is_stale:
            self._is_stale = False
            try:
                await asyncio.to_thread(self._renew, hall_id(self._server), credentials(self._server))
                self._not_again()
                self._owed = WORDS
                self._tell()
            except (OSError, ValueError) as exc:
                log.error("mosquitto's files are old: %s", exc, extra={"action": "mqtt.files_old"})

    async def stop(self) -> None:
        """Tell nobody any more."""
        self._not_again()

    def _not_again(self) -> None:
        if self._again is not None:
            self._again.cancel()

    def _connected(self) -> None:
        try:
            self._tell()
        except (OSError, ValueError) as exc:
            log.error("mosquitto's files are old: %s", exc, extra={"action": "mqtt.files_old"})

    def _tell(self) -> None:
        """Have Mosquitto read its files, now or as soon as it serves the hall, and once more after a while."""
        note = self._server.data / NOTE
        if not (self._owed and self._side.is_connected and note.exists()):
            return
        place = msgspec.json.decode(note.read_bytes(), type=Place, dec_hook=_path)
        os.kill(int((place.folder / "mosquitto.pid").read_text()), signal.SIGHUP)
        self._owed -= 1
        if self._owed:
            self._again = asyncio.get_running_loop().call_later(AGAIN_S, self._connected)

    def _renew(self, hall: str, rows: list[tuple[str, str]]) -> None:
        note = self._server.data / NOTE
        if not note.exists():  # the operator writes them in another way
            return
        place = msgspec.json.decode(note.read_bytes(), type=Place, dec_hook=_path)
        _write(place, hall, rows)


def _path(kind: type, value: object) -> Path:
    """The only type in the note that JSON does not know."""
    return Path(str(value))


def _write(place: Place, hall: str, rows: list[tuple[str, str]]) -> Written:
    return write_configuration(
        place.folder,
        hall=hall,
        port=place.port,
        credentials=rows,
        host=place.host,
        tls=place.tls,
        run_as=place.run_as,
    )

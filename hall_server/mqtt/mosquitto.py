"""Mosquitto's configuration: the same credentials and the same rules, written as its own three files."""

import base64
import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from hall_server.mqtt.credentials import SERVER_USER
from hall_server.mqtt.names import is_id

_ITERATIONS = 101
"""Mosquitto's own default. Enough: what is hashed are 256 random bits, which nobody guesses at any speed."""
_SALT_BYTES = 12


class Tls(msgspec.Struct, frozen=True, kw_only=True):
    """An MQTTS listener: TLS 1.2 at least.

    Attributes:
        port: its port. only: there is no listener without TLS beside it.
    """

    certificate: Path
    key: Path
    authority: Path | None = None
    port: int = 8883
    only: bool = False


class Written(NamedTuple):
    """Where the files are; start with `mosquitto -c {configuration}`."""

    configuration: Path
    passwords: Path
    permissions: Path


def write_configuration(
    folder: Path,
    *,
    hall: str,
    port: int,
    credentials: Iterable[tuple[str, str]],
    host: str = "127.0.0.1",
    tls: Tls | None = None,
    run_as: str | None = None,
) -> Written:
    """Writes mosquitto.conf, passwords and permissions for one hall into `folder` (made with mode 700).

    After a change of credentials write again and send Mosquitto SIGHUP: it reads the files anew and cuts off whoever
    is no longer let in.

    Args:
        folder: the folder of the three files; files of an earlier run are replaced.
        hall: the hall's id.
        port: the listener's port.
        credentials: (user name, password) of every device and of the server (`credentials.server_credential`).
        host: the address to listen on.
        tls: certificate, key and port of a listener with TLS, beside the plain one or instead of it.
        run_as: the system user Mosquitto changes to when started by root; None leaves its default. Written by root,
            the files become that user's: Mosquitto reads them after the change.

    Raises:
        ValueError: hall or user name is no id.
    """
    if not is_id(hall):
        raise ValueError(f"no id of a hall: {hall!r}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = Written(folder / "mosquitto.conf", folder / "passwords", folder / "permissions")
    _write(written.passwords, "".join(f"{user}:{_hashed(password)}\n" for user, password in _checked(credentials)))
    _write(written.permissions, _permissions(hall))
    _write(written.configuration, _configuration(written, host, port, tls, run_as))
    _hand_over((folder, *written), run_as)
    return written


def _checked(credentials: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    rows = list(credentials)
    for user, _ in rows:
        if not is_id(user):
            raise ValueError(f"no id of a device: {user!r}")
    return rows


def _hashed(password: str) -> str:
    """PBKDF2-SHA512 as mosquitto_passwd writes it: $7$iterations$salt$hash."""
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _permissions(hall: str) -> str:
    return f"""# %u is the user name, which is the device's id.
pattern write hall/{hall}/dev/%u/up/#
pattern read hall/{hall}/dev/%u/down/#

user {SERVER_USER}
topic readwrite hall/{hall}/#
"""


def _configuration(written: Written, host: str, port: int, tls: Tls | None, run_as: str | None) -> str:
    return f"""# Written by `run.py broker-config`; write again instead of editing.
per_listener_settings false
{_listeners(host, port, tls)}{f"user {run_as}" if run_as else ""}
allow_anonymous false
password_file {written.passwords}
acl_file {written.permissions}
# A device cannot take another's place by using its client id.
use_username_as_clientid true
allow_zero_length_clientid false
# Small messages go at once instead of waiting up to 40 ms for an acknowledgement.
set_tcp_nodelay true
# The broker is transport: whoever connects says everything retained again, so nothing is worth a disk.
persistence false
# So that the hall can have the files read anew when a device is let in or shut out.
pid_file {written.configuration.with_name("mosquitto.pid")}
retain_available true
max_keepalive 60
max_connections 1000
max_packet_size 67584
message_size_limit 65536
max_inflight_messages 100
max_queued_messages 1000
max_queued_bytes 4194304
queue_qos0_messages false
persistent_client_expiration 1h
sys_interval 0
log_dest stdout
log_type error
log_type warning
log_type notice
connection_messages true
log_timestamp_format %Y-%m-%dT%H:%M:%S
"""


def _listeners(host: str, port: int, tls: Tls | None) -> str:
    """The plain listener, the one with TLS, or both. Source: mosquitto.conf(5), listener, tls_version (the least)."""
    lines = [] if tls is not None and tls.only else [f"listener {port} {host}"]
    if tls is not None:
        lines += [f"listener {tls.port} {host}", f"certfile {tls.certificate}", f"keyfile {tls.key}"]
        lines += ["tls_version tlsv1.2"]
        if tls.authority is not None:
            lines.append(f"cafile {tls.authority}")
    return "\n".join(lines) + "\n"


def _hand_over(paths: Iterable[Path], run_as: str | None) -> None:
    """Gives files to the user who reads them; only root can, and only a user of this machine can get them."""
    if run_as is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    with contextlib.suppress(LookupError):  # the broker stands elsewhere, and the files are carried there
        for path in paths:
            shutil.chown(path, run_as)


def _write(path: Path, text: str) -> None:
    """Replaces a file as a whole, readable by its owner alone."""
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)

"""Device credentials: nothing secret is stored, and rotating one is counting its generation up."""

import base64
import hashlib
import hmac
from typing import Protocol

SERVER_USER = "server"
"""The user name of the hall's own connection; no device can have it, see `is_reserved`."""


class DeviceGate(Protocol):
    """Who is known here; the device registry implements it."""

    def generation(self, device_id: str) -> int | None:
        """The generation of the device's credential, or None where it is unknown or revoked."""
        ...

    def generations(self, device_id: str) -> tuple[int, ...]:
        """The generations whose credentials hold: two while a new one is on its way, none where it is unknown."""
        ...


def is_reserved(device_id: str) -> bool:
    """Whether the id belongs to the hall itself."""
    return device_id == SERVER_USER


def credential(device_key: bytes, device_id: str, generation: int) -> str:
    """The password of one generation: HMAC-SHA256(device key, "id:generation") as URL-safe base64 without padding."""
    digest = hmac.digest(device_key, f"{device_id}:{generation}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def server_credential(device_key: bytes) -> str:
    """The password of the hall's own user at an outside broker. Its text can be no device's: an id holds no slash."""
    return credential(device_key, "/" + SERVER_USER, 0)


class Credentials:
    """Makes and checks device credentials with one key."""

    def __init__(self, *, device_key: bytes, gate: DeviceGate) -> None:
        self._key = device_key
        self._gate = gate

    def check(self, device_id: str, password: str) -> bool:
        """Whether this is a credential of the device that holds; an unknown one takes as long as a known one."""
        holding = () if is_reserved(device_id) else self._gate.generations(device_id)
        found = [check(self._key, device_id, generation, password) for generation in holding or (0,)]
        return bool(holding) and any(found)


def check(device_key: bytes, device_id: str, generation: int, password: str) -> bool:
    """Whether `password` is the credential of that generation; compared in constant time."""
    return hmac.compare_digest(
        credential(device_key, device_id, generation).encode(), password.encode("utf-8", "replace")
    )

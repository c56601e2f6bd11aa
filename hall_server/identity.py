"""Who acts, in which role, and the hall's keys."""

from __future__ import annotations

import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class Role(StrEnum):
    """What somebody may do; deny by default."""

    VISITOR = "visitor"  # anyone in the hall or on the phone
    DEVICE = "device"  # a paired device, by its own credential
    STAFF = "staff"  # serves at the windows named in their entry
    MANAGER = "manager"  # runs the hall
    ADMIN = "admin"  # accounts, devices, settings
    EXAMINER = "examiner"  # examines cases of the departments named in their entry (审查)
    LEADER = "leader"  # decides them (决定)
    SUPERVISOR = "supervisor"  # watches how cases are handled (电子监察); neither accepts nor decides
    EDITOR = "editor"  # keeps the city's catalogue of matters
    SYSTEM = "system"  # the server itself: the clock, the end of day


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """The one a command comes from; ``str()`` of it stands in the journal."""

    kind: Role
    id: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    windows: frozenset[str] = field(default_factory=frozenset)  # the windows one may act for; a manager: all of them
    departments: frozenset[str] = field(default_factory=frozenset)  # whose cases one may examine or decide

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)

    def may(self, *roles: Role) -> bool:
        """Whether the actor has one of these roles."""
        return not self.roles.isdisjoint(roles)


def visitor(source: str = "") -> Actor:
    """Somebody nobody signed in; ``source`` keeps their command ids apart from others'."""
    return Actor(kind=Role.VISITOR, id=source, roles=frozenset({Role.VISITOR}))


def device_actor(device_id: str, windows: frozenset[str]) -> Actor:
    """A paired device; ``windows``: where it stands."""
    return Actor(kind=Role.DEVICE, id=device_id, roles=frozenset({Role.DEVICE}), windows=windows)


SYSTEM = Actor(kind=Role.SYSTEM, roles=frozenset({Role.SYSTEM, Role.MANAGER, Role.STAFF}))


class Keys:
    """The hall's keys, each derived from one secret that lies outside the database.

    Source: RFC 5869 (HKDF with SHA-256).
    """

    def __init__(self, secret: bytes) -> None:
        self.vault = _derive(secret, b"vault")
        self.lookup = _derive(secret, b"person-lookup")
        self.device = _derive(secret, b"device")
        self.ticket = _derive(secret, b"ticket")
        self.session = _derive(secret, b"session")
        self.cookie = _derive(secret, b"cookie")
        self.blobs = _derive(secret, b"attachments")

    @classmethod
    def load(cls, folder: Path) -> Keys:
        """Read ``folder/hall.key``, making it (mode 600) where there is none."""
        path = folder / "hall.key"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_secret(path, secrets.token_bytes(KEY_BYTES))
        return cls(path.read_bytes())

    def ticket_token(self, ticket_id: str) -> str:
        """The secret part of a ticket's phone page: derived, so that it is stored nowhere. 22 characters."""
        return keyed_text(self.ticket, ticket_id)


def keyed_text(key: bytes, text: str) -> str:
    """132 bits of HMAC-SHA256, safe in addresses."""
    begun = _begun(key).copy()  # half the work of a new one, and the interpreter is not let go for it
    begun.update(text.encode())
    return urlsafe_b64encode(begun.digest())[:22].decode()


@lru_cache(maxsize=16)
def _begun(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=b"onedoor/" + purpose).derive(secret)


def _write_secret(path: Path, secret: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())

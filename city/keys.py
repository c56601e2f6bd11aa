"""The city's keys, each derived from one secret that lies outside the database."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hall_server.identity import KEY_BYTES


class CityKeys:
    """Keys of one purpose each. Source: RFC 5869 (HKDF with SHA-256)."""

    def __init__(self, secret: bytes) -> None:
        self.tokens = _derive(secret, b"hall-tokens")
        self.blobs = _derive(secret, b"attachments")

    @classmethod
    def load(cls, folder: Path) -> CityKeys:
        """Read ``folder/city.key``, making it (mode 600) where there is none."""
        path = folder / "city.key"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
        return cls(path.read_bytes())

    def token_digest(self, token: str) -> bytes:
        """What is kept of a hall's token: 32 bytes of HMAC-SHA256."""
        return hmac.new(self.tokens, token.encode(), hashlib.sha256).digest()


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=b"onedoor-city/" + purpose).derive(secret)

"""Seals raw messages: what went out and what came back can be read with the place's key only."""

from __future__ import annotations

import base64
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hall_server.identity import Keys

_NONCE = 12


class Sealer:
    """AES-256-GCM, bound to the transaction."""

    def __init__(self, keys: Keys) -> None:
        self._aead = AESGCM(hmac.digest(keys.vault, b"neighbours", "sha256"))
        self.lookup = hmac.digest(keys.lookup, b"neighbours", "sha256")

    def seal(self, id_: str, plain: bytes) -> str:
        """A message that belongs to a transaction, as text."""
        nonce = os.urandom(_NONCE)
        return base64.b64encode(nonce + self._aead.encrypt(nonce, plain, id_.encode())).decode()

    def open(self, id_: str, sealed: str) -> bytes:
        """The message.

        Raises:
            InvalidTag: it belongs to another transaction, or was changed.
        """
        raw = base64.b64decode(sealed)
        return self._aead.decrypt(raw[:_NONCE], raw[_NONCE:], id_.encode())

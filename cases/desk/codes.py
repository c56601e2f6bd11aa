"""The query code of a case: derived from the hall's key, so that it stands on the receipt and is stored nowhere."""

from __future__ import annotations

import base64
import hashlib
import hmac

LETTERS = 8
"""Base 32: 40 bits; with the case number, and asked for at a bounded pace, nobody guesses it."""


def query_code(key: bytes, number: str) -> str:
    """The code that goes with a case number, 8 letters of base 32.

    Args:
        key: a key of the hall.
        number: 办件编号.
    """
    mac = hmac.new(key, f"case query:{number}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mac)[:LETTERS].decode()


def verify_code(key: bytes, document: str) -> str:
    """What a document is checked with, 8 letters of base 32: whoever holds the paper has it, nobody guesses it.

    Args:
        key: a key of the place. document: its id; of a licence ``licence:CASE``.
    """
    return query_code(key, f"verify:{document}")


def salt(key: bytes, about: str) -> str:
    """The salt of a form that is sent once more as the same request: the same bytes, and no two cases share it."""
    return hmac.new(key, f"case form:{about}".encode(), hashlib.sha256).hexdigest()[:32]

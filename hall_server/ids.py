"""Opaque ids, as a port: short, sortable by time of making, impossible to guess in their tail."""

from __future__ import annotations

import secrets
import time
from typing import Protocol

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no look-alikes


class Ids(Protocol):
    """Where new ids come from."""

    def new(self) -> str:
        """A new id, unique in this hall and beyond."""
        ...


class RandomIds:
    """48 bits of milliseconds and 80 random bits, in 26 characters (the layout of a ULID)."""

    def new(self) -> str:
        """A new id."""
        return _text((time.time_ns() // 1_000_000 << 80) | secrets.randbits(80))


def _text(value: int) -> str:
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))

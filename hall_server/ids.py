"""Opaque ids, as a port: short, sortable by time of making, impossible to guess in their tail."""

from __future__ import annotations

import secrets
import time
from typing import Protocol

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no look-alikes
_OF_BYTE = bytes(ord(_ALPHABET[value & 31]) for value in range(256))
_TAIL = 16  # letters of five random bits
_DRAWN = 256 * _TAIL  # asking the system for each id would take longer than all the rest


class Ids(Protocol):
    """Where new ids come from."""

    def new(self) -> str:
        """A new id, unique in this hall and beyond."""
        ...


class RandomIds:
    """48 bits of milliseconds and 80 random bits, in 26 characters (the layout of a ULID)."""

    def __init__(self) -> None:
        self._drawn = ""
        self._used = 0
        self._at = ("", -1)

    def new(self) -> str:
        """A new id."""
        if self._used == len(self._drawn):
            self._drawn, self._used = secrets.token_bytes(_DRAWN).translate(_OF_BYTE).decode(), 0
        at_ms = time.time_ns() // 1_000_000
        if at_ms != self._at[1]:
            self._at = (_text(at_ms), at_ms)
        begin = self._used
        self._used += _TAIL
        return self._at[0] + self._drawn[begin : self._used]


def _text(at_ms: int) -> str:
    return "".join(_ALPHABET[at_ms >> shift & 31] for shift in range(45, -1, -5))

"""Cuts a stream of ESC/POS bytes into commands and text, as a printer's receiver does.

Source: Epson ESC/POS command reference; written from it, not from the library that makes the bytes.
"""

from __future__ import annotations

from typing import NamedTuple

ESC, FS, GS, DLE = 0x1B, 0x1C, 0x1D, 0x10

_FIXED: dict[bytes, int] = {
    **{bytes([ESC, letter]): 0 for letter in b"@2"},
    **{bytes([ESC, letter]): 1 for letter in b"!-3ADEGJMRVadtr{ "},
    bytes([ESC, 0x24]): 2,
    bytes([ESC, 0x5C]): 2,
    **{bytes([FS, letter]): 0 for letter in b"&."},
    **{bytes([FS, letter]): 1 for letter in b"!-W"},
    bytes([FS, 0x53]): 2,
    **{bytes([GS, letter]): 1 for letter in b"!Bbrh"},
    **{bytes([GS, letter]): 2 for letter in b"LWP"},
    bytes([DLE, 0x04]): 1,
    bytes([DLE, 0x05]): 1,
}
"""Commands with so many bytes behind their name."""

_FORGET_LENGTH = 10
_CUT_WITH_FEED = b"ABab"


class Token(NamedTuple):
    """A command with what follows its name, or text (``name`` empty)."""

    name: bytes
    rest: bytes

    @property
    def is_realtime(self) -> bool:
        """Whether it is obeyed at once, before everything that waits."""
        return self.name[:1] == b"\x10"


class Unknown(Exception):
    """Bytes that no printer of this kind understands."""


def next_token(data: bytes) -> tuple[Token, int] | None:
    """The first token and its length; None: more bytes are needed.

    Raises:
        Unknown: it is none.
    """
    if not data:
        return None
    if data[0] not in (ESC, FS, GS, DLE):
        return _text(data)
    if len(data) < 2:
        return None
    name = data[:2]
    if name == b"\x10\x14":
        return _cut(data, name, _FORGET_LENGTH - 2)
    if name in _FIXED:
        return _cut(data, name, _FIXED[name])
    return _variable(data, name)


def _variable(data: bytes, name: bytes) -> tuple[Token, int] | None:
    """Commands whose length stands in them."""
    if len(data) < 3:
        return None
    match name:
        case b"\x1dV":
            return _cut(data, name, 2 if data[2] in _CUT_WITH_FEED else 1)
        case b"\x1d(" | b"\x1b(" | b"\x1c(":
            return None if len(data) < 5 else _cut(data, data[:3], 2 + int.from_bytes(data[3:5], "little"))
        case b"\x1dv":
            if len(data) < 8:
                return None
            size = int.from_bytes(data[4:6], "little") * int.from_bytes(data[6:8], "little")
            return _cut(data, name, 6 + size)
        case b"\x1b*":
            if len(data) < 5:
                return None
            columns = int.from_bytes(data[3:5], "little")
            return _cut(data, name, 3 + columns * (3 if data[2] >= 32 else 1))
    raise Unknown(name.hex(" "))


def _cut(data: bytes, name: bytes, rest: int) -> tuple[Token, int] | None:
    whole = len(name) + rest
    return None if len(data) < whole else (Token(name, data[len(name) : whole]), whole)


def _text(data: bytes) -> tuple[Token, int] | None:
    """One line feed, or one letter of GB18030: one, two or four bytes."""
    first = data[0]
    if first < 0x80:
        return Token(b"", data[:1]), 1
    if len(data) < 2:
        return None
    length = 4 if 0x30 <= data[1] <= 0x39 else 2
    return None if len(data) < length else (Token(b"", data[:length]), length)

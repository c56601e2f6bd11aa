"""The serial protocol of the public-security readers of second-generation identity cards (SDT, SAM).

Every frame is ``AA AA AA 96 69``, two bytes of length (high first), and the body: for the reader ``CMD PARA data``,
from it ``SW1 SW2 SW3 data``; then the exclusive or of the length and the body. The length counts the body and the
checksum.

Source: 公安部身份证阅读器 SAM 模块通讯协议, as published by makers of readers (eastcoms.com, service/downdrive/508 and
533); GA/T 467 居民身份证验证安全控制模块接口技术规范.
"""

from __future__ import annotations

from enum import IntEnum
from functools import reduce
from operator import xor

import msgspec

from devices.gateway.protocols.errors import BadFrame

HEAD = bytes.fromhex("AAAAAA9669")
MOST_BYTES = 4_096
"""Longest body with its checksum; text, photo and fingerprints together are 2,314."""


class Wish(bytes):
    """``CMD PARA`` of a command."""


RESET = Wish(b"\x10\xff")
STATUS = Wish(b"\x11\xff")
FIND = Wish(b"\x20\x01")
SELECT = Wish(b"\x20\x02")
READ = Wish(b"\x30\x01")


class Sw3(IntEnum):
    """How the reader itself is, the third byte of each answer."""

    OK = 0x90
    FOUND = 0x9F
    BAD_CHECKSUM = 0x10  # of what we sent
    BAD_LENGTH = 0x11
    BAD_COMMAND = 0x21
    UNKNOWN_ERROR = 0x24
    CARD_REFUSES_READER = 0x31
    READER_REFUSES_CARD = 0x32
    NOT_GENUINE = 0x33
    WRONG_CARD = 0x40
    READ_FAILED = 0x41
    NO_RANDOM = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66
    NOT_FOUND = 0x80
    NOT_SELECTED = 0x81
    NOTHING_MORE = 0x91


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader says; ``data`` may hold a person and is not shown."""

    sw: bytes
    data: bytes

    @property
    def sw3(self) -> int:
        """How the reader is."""
        return self.sw[2]

    def __repr__(self) -> str:
        """Without the data."""
        return f"Answer(sw={self.sw.hex()}, {len(self.data)} bytes)"


def encode(body: bytes) -> bytes:
    """A frame around a body: a command with its data, or (for simulators) status bytes with theirs."""
    counted = (len(body) + 1).to_bytes(2, "big") + body
    return HEAD + counted + bytes([reduce(xor, counted)])


def decode(frame: bytes) -> bytes:
    """The body of one whole frame.

    Raises:
        BadFrame: ``frame.head``, ``frame.short``, ``frame.length``, ``frame.checksum``.
    """
    if frame[: len(HEAD)] != HEAD:
        raise BadFrame("frame.head")
    counted, check = frame[len(HEAD) : -1], frame[-1:]
    if len(counted) < 2 or not check:
        raise BadFrame("frame.short")
    if int.from_bytes(counted[:2], "big") != len(counted) - 1:
        raise BadFrame("frame.length")
    if reduce(xor, counted) != check[0]:
        raise BadFrame("frame.checksum")
    return counted[2:]


def answer(body: bytes) -> Answer:
    """What a reader's body says.

    Raises:
        BadFrame: ``answer.short``.
    """
    if len(body) < 3:
        raise BadFrame("answer.short")
    return Answer(sw=body[:3], data=body[3:])


class Frames:
    """Finds frames in a stream of bytes, also after noise, half frames and wrong lengths.

    Attributes:
        faults: how many pieces were no frame.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self.faults = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies that are whole with these bytes."""
        self._bytes += data
        bodies: list[bytes] = []
        while (frame := self._next()) is not None:
            try:
                bodies.append(decode(frame))
                del self._bytes[: len(frame)]
            except BadFrame:
                self.faults += 1
                del self._bytes[0]  # a frame may begin inside what looked like one
        return bodies

    def clear(self) -> None:
        """Forget a frame that is half here."""
        self._bytes.clear()

    def _next(self) -> bytes | None:
        """What stands first and has the length of a frame; None where more must come."""
        while True:
            self._skip()
            if len(self._bytes) < len(HEAD) + 2:
                return None
            length = int.from_bytes(self._bytes[len(HEAD) : len(HEAD) + 2], "big")
            if 1 <= length <= MOST_BYTES:
                whole = len(HEAD) + 2 + length
                return bytes(self._bytes[:whole]) if len(self._bytes) >= whole else None
            self.faults += 1
            del self._bytes[0]

    def _skip(self) -> None:
        """Drop what cannot begin a frame."""
        at = self._bytes.find(HEAD)
        if at < 0:
            kept = next((n for n in range(len(HEAD) - 1, 0, -1) if self._bytes.endswith(HEAD[:n])), 0)
            at = len(self._bytes) - kept
        del self._bytes[:at]


def read_text(data: bytes) -> bytes:
    """The text part of what `READ` answers: two lengths (text, photo), the text, the photo, which is left there.

    Raises:
        BadFrame: ``card.short``, ``card.text_length``.
    """
    if len(data) < 4:
        raise BadFrame("card.short")
    length = int.from_bytes(data[:2], "big")
    if length != 256:
        raise BadFrame("card.text_length")
    text = data[4 : 4 + length]
    if len(text) < length:
        raise BadFrame("card.short")
    return text

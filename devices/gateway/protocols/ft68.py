"""Frames of handsets and raters on RS-485: ``FF 68 len len 68 addr func data sum 16``, 9600-8-N-1.

``len`` counts address, function and data and stands there twice; ``sum`` is the lowest eight bits of their sum. Behind
the leading ``FF``, which wakes the line, this is the frame FT1.2 with variable length.

The master speaks, one device answers. What a device has to tell (a key, a rating) it tells with a number and goes on
telling until a poll names that number, so that neither a lost poll nor a lost answer loses or doubles a key. Numbers go
from 1 to 255 and round; a device that was without current begins at one it draws.

Source: domain page, devices (the frame); IEC 60870-5-1, 6.2.4.2 (FT1.2). The functions are OneDoor's own: makers
differ, and `drivers.md` tells how their key codes are brought to ours.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from devices.gateway.protocols.errors import BadFrame

HEAD, AGAIN, END = b"\xff\x68", 0x68, 0x16
MOST_DATA = 64
_FIRST = 5  # bytes before the address
_NUMBER = 8  # letters of a ticket's number on a handset


class Func(IntEnum):
    """What a frame is for; answers have the highest bit."""

    POLL = 0x01  # data: number of the event that was taken last
    SHOW = 0x02  # data: ticket number, 8 letters; people waiting, four digits in BCD
    BEEP = 0x03  # data: how often
    IDLE = 0x81  # nothing to tell
    KEY = 0x82  # data: number of the event, key
    RATING = 0x83  # data: number of the event, value
    DONE = 0x84  # a SHOW or BEEP was taken


class Key(IntEnum):
    """Keys of a handset; digits are their ASCII codes."""

    CALL = 0x01  # 呼叫
    RECALL = 0x02  # 重呼
    START = 0x03  # 开始
    FINISH = 0x04  # 完成
    PASS = 0x05  # 过号
    PAUSE = 0x06  # 暂停
    TRANSFER = 0x07  # 转移
    HOLD = 0x08  # 挂起
    CONFIRM = 0x0A  # 确认
    CLEAR = 0x0B  # 清除
    DIGIT_0 = 0x30
    DIGIT_9 = 0x39


class Frame(msgspec.Struct, frozen=True):
    """A frame without its wrapping."""

    address: int
    func: int
    data: bytes = b""


def encode(frame: Frame) -> bytes:
    """The bytes of a frame.

    Raises:
        ValueError: the address, the function or the data do not fit.
    """
    body = bytes((frame.address, frame.func)) + frame.data
    if len(frame.data) > MOST_DATA:
        raise ValueError(f"at most {MOST_DATA} bytes of data")
    return HEAD + bytes((len(body), len(body), AGAIN)) + body + bytes((sum(body) & 0xFF, END))


def decode(data: bytes) -> Frame:
    """The frame of exactly its bytes.

    Raises:
        BadFrame: ``frame.head``, ``frame.short``, ``frame.length``, ``frame.checksum``, ``frame.end``.
    """
    if data[:2] != HEAD:
        raise BadFrame("frame.head")
    if len(data) < _FIRST + 4:
        raise BadFrame("frame.short")
    body = data[_FIRST:-2]
    if not data[2] == data[3] == len(body) or data[4] != AGAIN or len(body) > MOST_DATA + 2:
        raise BadFrame("frame.length")
    if sum(body) & 0xFF != data[-2]:
        raise BadFrame("frame.checksum")
    if data[-1] != END:
        raise BadFrame("frame.end")
    return Frame(body[0], body[1], body[2:])


class Frames:
    """Finds frames in what the line carries, also after noise, echoes and half frames.

    Attributes:
        faults: how often something began as a frame and was none.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self.faults = 0

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole with these bytes."""
        self._bytes += data
        found: list[Frame] = []
        while (length := self._whole()) is not None:
            try:
                found.append(decode(bytes(self._bytes[:length])))
                del self._bytes[:length]
            except BadFrame:
                self._drop()
        return found

    def clear(self) -> None:
        """Forget a frame that is half here."""
        self._bytes.clear()

    def _whole(self) -> int | None:
        """The length of the frame that stands first; None where more must come."""
        while True:
            at = self._bytes.find(HEAD)
            if at < 0:
                at = len(self._bytes) - (1 if self._bytes.endswith(HEAD[:1]) else 0)
            del self._bytes[:at]
            if len(self._bytes) < _FIRST:
                return None
            first, second, again = self._bytes[2:_FIRST]
            if first == second and again == AGAIN and 2 <= first <= MOST_DATA + 2:
                whole = _FIRST + first + 2
                return whole if len(self._bytes) >= whole else None
            self._drop()

    def _drop(self) -> None:
        self.faults += 1
        del self._bytes[0]


def shown(number: str, waiting: int) -> bytes:
    """The data of a SHOW; letters a handset cannot have become ``?``, more than 9,999 people are 9,999."""
    text = number.encode("ascii", "replace")[:_NUMBER].ljust(_NUMBER)
    return text + bytes.fromhex(f"{min(max(waiting, 0), 9_999):04d}")


def read_shown(data: bytes) -> tuple[str, int]:
    """Number and people waiting of a SHOW.

    Raises:
        BadFrame: ``show.length``, ``show.digits``.
    """
    if len(data) != _NUMBER + 2:
        raise BadFrame("show.length")
    digits = data[_NUMBER:].hex()
    if not digits.isdecimal():
        raise BadFrame("show.digits")
    return data[:_NUMBER].decode("ascii", "replace").rstrip(), int(digits)

"""A simulated identity-card reader that speaks SDT over a pseudo-terminal (source: see the codec)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from devices.gateway.protocols import id_card, sdt
from devices.simulated.hardware.pty_port import PtyPort

_PHOTO = bytes(1_024)


class SimulatedIdReader:
    """A reader with a place for one card.

    Attributes:
        card: what lies on it. status: SW3 of its self-test.
        noise: said before every answer. piece: answers come in pieces of so many bytes; 0: whole.
        spoilt: so many answers still come with a wrong checksum. is_silent: it says nothing.
        reads_fail: SW3 instead of a card's text, such as 0x41. asked: the commands it has had.
    """

    def __init__(self) -> None:
        """Needs a running loop."""
        self.card: id_card.Card | None = None
        self.status: int = sdt.Sw3.OK
        self.noise = b""
        self.piece = 0
        self.spoilt = 0
        self.is_silent = False
        self.reads_fail: int | None = None
        self.asked: list[bytes] = []
        self._frames = sdt.Frames()
        self._is_selected = False
        self._news = asyncio.Event()
        self.port = PtyPort(self._heard)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds after a command."""
        while not holds():
            self._news.clear()
            await self._news.wait()

    def close(self) -> None:
        """Take the reader away."""
        self.port.cut()

    def _heard(self, data: bytes) -> None:
        for body in self._frames.feed(data):
            self.asked.append(body)
            if not self.is_silent:
                self._say(self._answer(body))
            self._news.set()

    def _answer(self, wish: bytes) -> bytes:
        match wish:
            case sdt.STATUS:
                return _sw(self.status)
            case sdt.FIND:
                self._is_selected = False
                return _sw(sdt.Sw3.FOUND, bytes(4)) if self.card else _sw(sdt.Sw3.NOT_FOUND)
            case sdt.SELECT:
                self._is_selected = self.card is not None
                return _sw(sdt.Sw3.OK, bytes(8)) if self.card else _sw(sdt.Sw3.NOT_SELECTED)
            case sdt.READ:
                return self._text()
            case _:
                return _sw(sdt.Sw3.BAD_COMMAND)

    def _text(self) -> bytes:
        if self.reads_fail is not None:
            return _sw(self.reads_fail)
        if self.card is None or not self._is_selected:
            return _sw(sdt.Sw3.READ_FAILED)
        text = id_card.compose(self.card)
        return _sw(sdt.Sw3.OK, len(text).to_bytes(2, "big") + len(_PHOTO).to_bytes(2, "big") + text + _PHOTO)

    def _say(self, body: bytes) -> None:
        frame = bytearray(self.noise + sdt.encode(body))
        if self.spoilt:
            self.spoilt -= 1
            frame[-1] ^= 0xFF
        step = self.piece or len(frame)
        for at in range(0, len(frame), step):
            self.port.write(bytes(frame[at : at + step]))


def _sw(sw3: int, data: bytes = b"") -> bytes:
    return bytes((0, 0, sw3)) + data

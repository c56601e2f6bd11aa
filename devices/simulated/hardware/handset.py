"""Simulated handsets and raters on one RS-485 bus, over a pseudo-terminal (source: see the codec)."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable

from devices.gateway.protocols.ft68 import Frame, Frames, Func, encode, read_shown
from devices.simulated.hardware.pty_port import PtyPort


class SimulatedHandset:
    """One handset.

    Attributes:
        number, waiting: what it shows. beeps: in all.
        is_dead: it has no current. lost: so many of its answers still go astray.
    """

    def __init__(self, address: int) -> None:
        self.address = address
        self.number = ""
        self.waiting = 0
        self.beeps = 0
        self.is_dead = False
        self.lost = 0
        self.polls = 0
        self._counted = 0
        self._events: deque[tuple[int, bytes]] = deque()

    def press(self, key: int) -> None:
        """Press a key."""
        self._happened(Func.KEY, key)

    def rate(self, value: int) -> None:
        """Press a key of the rater."""
        self._happened(Func.RATING, value)

    def restart(self) -> None:
        """Lose the current for a moment: the display is dark, what was pressed is forgotten."""
        self.number, self.waiting, self._counted = "", 0, random.randrange(255)  # noqa: S311 - no secret
        self._events.clear()

    def answer(self, frame: Frame) -> Frame | None:
        """What it says to the master."""
        if self.is_dead:
            return None
        match frame.func:
            case Func.POLL:
                self.polls += 1
                return self._told(frame.data)
            case Func.SHOW:
                self.number, self.waiting = read_shown(frame.data)
            case Func.BEEP:
                self.beeps += frame.data[0]
            case _:
                return None
        return Frame(self.address, Func.DONE)

    def _told(self, taken: bytes) -> Frame:
        if self._events and self._events[0][1][:1] == taken:
            self._events.popleft()
        if not self._events:
            return Frame(self.address, Func.IDLE)
        func, data = self._events[0]
        return Frame(self.address, func, data)

    def _happened(self, func: Func, value: int) -> None:
        self._counted = self._counted % 255 + 1
        self._events.append((func, bytes((self._counted, value))))


class SimulatedBus:
    """A cable with handsets.

    Attributes:
        noise: on the line before every answer. piece: answers come in pieces of so many bytes; 0: whole.
        spoilt: so many answers still come with a bit turned. echoes: the line says the master's words back.
    """

    def __init__(self, *addresses: int) -> None:
        """Needs a running loop."""
        self.handsets = {address: SimulatedHandset(address) for address in addresses}
        self.noise = b""
        self.piece = 0
        self.spoilt = 0
        self.echoes = False
        self._frames = Frames()
        self._news = asyncio.Event()
        self.port = PtyPort(self._heard)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds after a frame of the master."""
        while not holds():
            self._news.clear()
            await self._news.wait()

    def close(self) -> None:
        """Cut the cable."""
        self.port.cut()

    def _heard(self, data: bytes) -> None:
        if self.echoes:
            self.port.write(data)
        for frame in self._frames.feed(data):
            handset = self.handsets.get(frame.address)
            answer = handset.answer(frame) if handset else None
            if handset and answer:
                self._say(handset, answer)
        self._news.set()

    def _say(self, handset: SimulatedHandset, answer: Frame) -> None:
        if handset.lost:
            handset.lost -= 1
            return
        said = bytearray(self.noise + encode(answer))
        if self.spoilt:
            self.spoilt -= 1
            said[-3] ^= 0x10
        for at in range(0, len(said), self.piece or len(said)):
            self.port.write(bytes(said[at : at + (self.piece or len(said))]))

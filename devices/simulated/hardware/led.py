"""A simulated text bar, over TCP or a pseudo-terminal: plain lines, or the Alpha protocol (source: its codec)."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from devices.gateway.protocols.alpha_sign import Label, Packets
from devices.simulated.hardware.pty_port import PtyPort


class SimulatedBar:
    """A bar.

    Attributes:
        text: what stands on it now. history: all that stood there; times: since when each did, seconds since 1970.
        is_alpha: it is an Alpha sign. answer: said to each line. charset, end: of plain lines.
    """

    def __init__(self, *, is_alpha: bool = False, charset: str = "gb18030", end: bytes = b"\r\n") -> None:
        """Needs a running loop; `listen` or `on_serial` gives it a line."""
        self.history: list[str] = []
        self.times: list[float] = []
        self.answer = b""
        self.modes: list[str] = []
        self.connections = 0
        self._is_alpha, self._charset, self._end = is_alpha, charset, end
        self._files = {Label.PRIORITY: "", Label.TEXT: ""}
        self._rest = b""
        self._packets = Packets()
        self._news = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._talks: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._port: PtyPort | None = None

    @property
    def text(self) -> str:
        """What it shows."""
        if self._is_alpha:
            return self._files[Label.PRIORITY] or self._files[Label.TEXT]
        return self.history[-1] if self.history else ""

    async def listen(self, port: int = 0) -> str:
        """Take connections on loopback; the address for the driver."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", port)
        return f"tcp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def on_serial(self) -> str:
        """Hang on a serial line; the address for the driver."""
        self._port = PtyPort(lambda data: self._heard(data, self._say_on_serial))
        return self._port.path

    async def switch_off(self) -> None:
        """Lose the current: connections break, nothing is shown."""
        if self._server is not None:
            self._server.close()
        for writer in self._talks:
            writer.transport.abort()
        await asyncio.gather(*filter(None, list(self._talks.values())), return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
        if self._port is not None:
            self._port.cut()
        self._files = dict.fromkeys(self._files, "")
        self._rest = b""

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds after something came."""
        while not holds():
            self._news.clear()
            await self._news.wait()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._talks[writer] = asyncio.current_task()
        try:
            while data := await reader.read(4_096):
                self._heard(data, writer.write)
        except OSError:
            return
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            del self._talks[writer]

    def _say_on_serial(self, data: bytes) -> None:
        if self._port is not None:
            self._port.write(data)

    def _heard(self, data: bytes, say: Callable[[bytes], None]) -> None:
        if self._is_alpha:
            self._take_files(data)
        else:
            self._take_lines(data, say)
        self._news.set()

    def _take_files(self, data: bytes) -> None:
        for file in self._packets.feed(data):
            self._files[file.label] = file.text
            self.modes.append(file.mode.value)
            self._stands(self.text)

    def _take_lines(self, data: bytes, say: Callable[[bytes], None]) -> None:
        *lines, self._rest = (self._rest + data).split(self._end)
        for line in lines:
            self._stands(line.decode(self._charset, "replace"))
            if self.answer:
                say(self.answer)

    def _stands(self, text: str) -> None:
        self.history.append(text)
        self.times.append(time.time())

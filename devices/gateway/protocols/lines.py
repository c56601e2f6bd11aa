"""The lines hardware hangs on: a serial port, or TCP where a serial server or the device itself listens."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import Protocol
from urllib.parse import urlsplit

import serial

from devices.gateway.protocols.errors import LineLost

TCP = "tcp://"
OPEN_S = 5.0
WRITE_S = 5.0
_WAITING_PIECES = 1_000  # of bytes nobody has read yet; more is noise
_PIECE = 4_096


class Line(Protocol):
    """Bytes to and from a device."""

    async def read(self) -> bytes:
        """Whatever has come, at least one byte.

        Raises:
            LineLost: nothing will come any more.
        """
        ...

    async def write(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            LineLost: they cannot be sent.
        """
        ...

    async def close(self) -> None:
        """Let go of the line."""
        ...


async def open_line(address: str, *, baud: int = 9600, bits: int = 8, parity: str = "N") -> Line:
    """Open a line; one stop bit.

    Args:
        address: ``/dev/ttyUSB0``, ``COM3`` or ``tcp://host:port``.
        baud, bits, parity: of a serial port; without meaning over TCP.

    Raises:
        LineLost: it cannot be opened.
    """
    if address.startswith(TCP):
        return await _open_tcp(address)
    try:
        port = await asyncio.to_thread(
            serial.Serial, address, baud, bytesize=bits, parity=parity, timeout=0.2, write_timeout=WRITE_S
        )
    except (OSError, ValueError) as exc:
        raise LineLost(f"{address} cannot be opened") from exc
    return _SerialLine(port)


def check_address(address: str) -> None:
    """Refuse what `open_line` could never open.

    Raises:
        ValueError: it says why.
    """
    if address.startswith(TCP):
        parts = urlsplit(address)
        if not parts.hostname or not parts.port:  # `port` itself raises where it is no number
            raise ValueError("expected tcp://HOST:PORT")
    elif "://" in address:
        raise ValueError("expected a serial port, such as /dev/ttyUSB0 or COM3, or tcp://HOST:PORT")


async def _open_tcp(address: str) -> Line:
    try:
        check_address(address)
        parts = urlsplit(address)
        async with asyncio.timeout(OPEN_S):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    except (OSError, TimeoutError, ValueError) as exc:
        raise LineLost(f"{address} does not answer") from exc
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return _TcpLine(reader, writer)


class _TcpLine:
    """A connection; asyncio sets TCP_NODELAY itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self) -> bytes:
        """Whatever has come."""
        try:
            data = await self._reader.read(_PIECE)
        except OSError as exc:
            raise LineLost("the connection broke") from exc
        if not data:
            raise LineLost("the other side has closed")
        return data

    async def write(self, data: bytes) -> None:
        """Send bytes."""
        try:
            self._writer.write(data)
            async with asyncio.timeout(WRITE_S):
                await self._writer.drain()
        except (OSError, TimeoutError) as exc:
            raise LineLost("the connection broke") from exc

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


class _SerialLine:
    """A serial port with a thread that waits for bytes: the only way that works on Windows too."""

    def __init__(self, port: serial.Serial) -> None:
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[bytes] = asyncio.Queue(_WAITING_PIECES)
        self._is_open = True
        self._thread = threading.Thread(target=self._listen, name=f"serial {port.name}", daemon=True)
        self._thread.start()

    async def read(self) -> bytes:
        """Whatever has come."""
        data = await self._arrived.get()
        if not data:
            self._arrived.put_nowait(b"")  # for whoever reads on
            raise LineLost(f"{self._port.name} is gone")
        return data

    async def write(self, data: bytes) -> None:
        """Send bytes."""
        try:
            await asyncio.to_thread(self._port.write, data)
        except OSError as exc:  # SerialException is one
            raise LineLost(f"{self._port.name} takes nothing") from exc

    async def close(self) -> None:
        """Let go of the port."""
        self._is_open = False
        with contextlib.suppress(OSError, AttributeError):  # not every system can wake a reader; it wakes by itself
            self._port.cancel_read()
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._port.close)

    def _listen(self) -> None:
        while self._is_open:
            try:
                data = self._port.read(1)
                data += self._port.read(self._port.in_waiting) if data else b""
            except (OSError, TypeError):  # TypeError: closed while reading
                break
            if data:
                self._tell(data)
        self._tell(b"")

    def _tell(self, data: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, nobody listens
            self._loop.call_soon_threadsafe(self._take, data)

    def _take(self, data: bytes) -> None:
        if data and self._arrived.qsize() >= _WAITING_PIECES - 2:
            return  # nobody reads: what a device says to nobody is lost, as on a bare wire
        with contextlib.suppress(asyncio.QueueFull):
            self._arrived.put_nowait(data)

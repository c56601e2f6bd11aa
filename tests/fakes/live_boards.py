"""Boards on the live feed, many in one process: those that read know the newest picture, those that stopped do not."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
from typing import Any

STALLED_BUFFER_BYTES = 4096
_TEXT, _CLOSE, _PING = 1, 8, 9


class Board(asyncio.Protocol):
    """One board; it takes WebSocket frames apart no further than to know the last one.

    Attributes:
        newest: the last message, raw; empty before the first.
        is_closed: whether the connection has ended.
    """

    def __init__(self, topic: str) -> None:
        self.newest = b""
        self.is_closed = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._topic = topic
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    @property
    def picture(self) -> Any:
        """What it shows."""
        if not self.newest:
            return None
        message = json.loads(self.newest)
        return message["snapshot"] if "snapshot" in message else message["event"]["view"]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(
            f"GET /api/v1/live?topics={self._topic} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.opened.done():
            head, found, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101 "), head
            self._buffer = bytearray(rest)
            self.opened.set_result(None)
        self._take_frames()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closed = True
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("closed before it was open"))

    def stop_reading(self) -> None:
        """Hang, as a board does whose program has stopped: connected, and deaf."""
        assert self._transport is not None
        self._transport.pause_reading()

    def close(self) -> None:
        """Go away at once."""
        if self._transport is not None:
            self._transport.abort()

    def _take_frames(self) -> None:
        """Source: RFC 6455 5.2; the server's frames are never masked and never in parts."""
        at, size = 0, len(self._buffer)
        while size - at >= 2:
            kind, length, start = self._buffer[at] & 15, self._buffer[at + 1] & 127, at + 2
            if length >= 126:
                form, wide = ("!H", 2) if length == 126 else ("!Q", 8)
                if size - start < wide:
                    break
                (length,) = struct.unpack_from(form, self._buffer, start)
                start += wide
            if size - start < length:
                break
            at = start + length
            self._frame(kind, bytes(self._buffer[start:at]))
        del self._buffer[:at]

    def _frame(self, kind: int, content: bytes) -> None:
        if kind == _TEXT:
            self.newest = content
        elif kind == _PING and self._transport is not None:
            mask = os.urandom(4)
            masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(content))
            self._transport.write(bytes([0x8A, 0x80 | len(content)]) + mask + masked)


async def connected(port: int, topic: str, *, count: int, buffer_bytes: int | None = None) -> list[Board]:
    """So many boards, all connecting at once; ``buffer_bytes`` is the kernel's for what they have not read."""
    loop = asyncio.get_running_loop()

    async def one() -> Board:
        line = socket.socket()
        line.setblocking(False)
        if buffer_bytes is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        await loop.sock_connect(line, ("127.0.0.1", port))
        _, board = await loop.create_connection(lambda: Board(topic), sock=line)
        await board.opened
        return board

    return list(await asyncio.gather(*(one() for _ in range(count))))

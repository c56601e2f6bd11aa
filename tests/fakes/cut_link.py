"""A cable between kiosks and a hall: a TCP proxy on loopback that a test cuts and mends while data flows."""

from __future__ import annotations

import asyncio
import contextlib

_CHUNK = 65_536


class CutLink:
    """Carries connections to a port of this machine, until it is cut; then nothing gets through and all ends break."""

    def __init__(self, target: int) -> None:
        """``target``: the hall's port.

        Attributes:
            port: where kiosks connect; the same after every mending.
            turned_away: how many connections were tried while it was cut.
        """
        self.target = target
        self.port = 0
        self.is_cut = False
        self.turned_away = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> CutLink:
        """Lay the cable."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def cut(self) -> None:
        """Break everything that is open, whatever is on its way, and let nothing new through."""
        self.is_cut = True
        for writer in list(self._open):
            writer.transport.abort()

    def mend(self) -> None:
        """Let connections through again."""
        self.is_cut = False

    async def stop(self) -> None:
        """Take the cable away."""
        self.cut()
        if self._server is not None:
            self._server.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self.is_cut:
            self.turned_away += 1
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._open |= ends
        if self.is_cut:
            self.cut()
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, far_writer))
                both.create_task(_pump(far_reader, writer))
        finally:
            self._open -= ends
            for end in ends:
                end.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()

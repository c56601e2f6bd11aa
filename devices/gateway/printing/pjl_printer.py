"""A page printer on port 9100 that takes PDF as it is; where it speaks PJL it says when a job is out.

What such a printer has taken cannot be called back: where a printer speaks IPP too, IPP is the better way.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from devices.gateway.printing.health import Health, Trouble
from devices.gateway.printing.port import NotPrinted
from devices.gateway.protocols import pjl
from devices.gateway.protocols.errors import LineLost, NoAnswer
from devices.gateway.protocols.pjl import Said

PORT = 9100
CONNECT_S = 3.0
ANSWER_S = 4.0
PIECE = 64 * 1024

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class PjlPrinter:
    """The printer at one address (the PagePrinter port); one connection at a time, as such printers serve."""

    def __init__(self, host: str, port: int, *, print_s: float, confirms: bool = True) -> None:
        """Args: where it is; how long a job may take; whether it answers PJL."""
        self._at = host, port
        self._print_s = print_s
        self._confirms = confirms
        self._turn = asyncio.Lock()

    async def health(self) -> Health:
        """See `PagePrinter`."""
        try:
            async with self._turn, self._line() as line:
                return Health(paper=None, trouble=await self._asked(line))
        except (LineLost, NoAnswer):
            return Health(paper=None, trouble=Trouble.NO_ANSWER)

    async def print(self, pdf: bytes, *, name: str) -> int | None:
        """See `PagePrinter`."""
        sent = False
        try:
            async with self._turn, self._line() as line:
                trouble = await self._asked(line)
                if trouble is not None:
                    raise NotPrinted(trouble, is_begun=False)
                sent = True
                async with asyncio.timeout(self._print_s):
                    await self._send(line, pjl.job(name, pdf) if self._confirms else pdf)
                    return await self._ended(line, name) if self._confirms else None
        except NoAnswer as exc:
            raise NotPrinted(Trouble.NO_ANSWER, is_begun=False) from exc
        except TimeoutError as exc:
            raise NotPrinted("no_confirmation", is_begun=True) from exc
        except LineLost as exc:
            raise NotPrinted("connection_lost" if sent else Trouble.NO_ANSWER, is_begun=sent) from exc

    async def forget(self) -> None:
        """Nothing can be called back here."""

    # -- inside

    async def _ended(self, line: Line, name: str) -> int | None:
        """Wait for the word that the job is out.

        Raises:
            NotPrinted: the printer has stopped. LineLost: it is gone.
        """
        is_begun = False
        async for said in self._said(line):
            is_begun = is_begun or said.page
            if said.ended == name:
                return said.pages or None
            if said.trouble is not None:
                raise NotPrinted(said.trouble, is_begun=is_begun)
        raise LineLost

    async def _asked(self, line: Line) -> Trouble | None:
        """How it is.

        Raises:
            NoAnswer: it says nothing. LineLost: it is gone.
        """
        if not self._confirms:
            return None
        await self._send(line, pjl.ASK_STATUS)
        try:
            async with asyncio.timeout(ANSWER_S):
                async for said in self._said(line):
                    if said.is_status:
                        return said.trouble
        except TimeoutError as exc:
            raise NoAnswer from exc
        raise LineLost

    async def _said(self, line: Line) -> AsyncIterator[Said]:
        """What it says, answer by answer, until it hangs up."""
        reader, _ = line
        with contextlib.suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            while True:
                yield pjl.read((await reader.readuntil(pjl.END))[:-1])

    async def _send(self, line: Line, data: bytes) -> None:
        _, writer = line
        try:
            for at in range(0, len(data), PIECE):
                writer.write(data[at : at + PIECE])
                await writer.drain()
        except OSError as exc:
            raise LineLost from exc

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Line]:
        try:
            async with asyncio.timeout(CONNECT_S):
                line = await asyncio.open_connection(*self._at, limit=pjl.MOST_WAITING)
        except (OSError, TimeoutError) as exc:
            raise LineLost from exc
        try:
            yield line
        finally:
            line[1].close()
            with contextlib.suppress(OSError):
                await line[1].wait_closed()

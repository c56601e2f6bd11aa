"""The raw port of a simulated page printer: PDF between PJL commands, and the printer's words back."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devices.simulated.hardware.page_printer import SimulatedJob, SimulatedPagePrinter

UEL = b"\x1b%-12345X"
_JOB = re.compile(rb'@PJL JOB NAME="([^"]*)"')
_CODES = {"media-jam-error": 42072, "cover-open-error": 40021, "media-empty-error": 41202}
"""Source: the PJL manual, appendix D."""


class PjlPort:
    """Serves one host after the other."""

    def __init__(self, printer: SimulatedPagePrinter) -> None:
        self._printer = printer
        self._server: asyncio.Server | None = None
        self._talks: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    async def on(self, host: str, port: int) -> int:
        """Listen; the port."""
        self._server = await asyncio.start_server(self._serve, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def off(self) -> None:
        """Hang up."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer, task in list(self._talks.items()):
            writer.transport.abort()
            if task is not None:
                task.cancel()
        await asyncio.gather(*filter(None, self._talks.values()), return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks[writer] = asyncio.current_task()
        try:
            with contextlib.suppress(ConnectionError):
                await self._talk(reader, writer)
        finally:
            writer.close()
            del self._talks[writer]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held = b""
        while data := await reader.read(64 * 1024):
            held += data
            while UEL in held[len(UEL) :] or held.endswith(UEL):
                piece, _, held = held.removeprefix(UEL).partition(UEL)
                await self._obey(piece, writer)
            if held.startswith(b"%PDF") and held.rstrip().endswith(b"%%EOF"):  # without PJL
                pdf, held = held, b""
                await self._printer.take(pdf, name="raw", user="")

    async def _obey(self, piece: bytes, writer: asyncio.StreamWriter) -> None:
        if b"@PJL INFO STATUS" in piece:
            self._say(writer, f"@PJL INFO STATUS\r\n{self._status()}")
        if (at := piece.find(b"%PDF")) >= 0 and (named := _JOB.search(piece[:at])):
            job = await self._printer.take(piece[at:], name=named[1].decode(), user="")
            await self._follow(job, writer)

    async def _follow(self, job: SimulatedJob, writer: asyncio.StreamWriter) -> None:
        """Tell of each page, of trouble, and of the end."""
        told, was = 0, ""
        while True:
            before = was
            await self._news(job, told, before)
            while told < job.done:
                told += 1
                self._say(writer, f"@PJL USTATUS PAGE\r\n{told}")
            if told == len(job.pages):
                self._say(writer, f'@PJL USTATUS JOB\r\nEND\r\nNAME="{job.name}"\r\nPAGES={told}')
                return
            if (was := self._status()) != before:
                self._say(writer, f"@PJL USTATUS DEVICE\r\n{was}")

    async def _news(self, job: SimulatedJob, told: int, was: str) -> None:
        """Wait until there is more to tell."""
        async with self._printer.is_changed:
            await self._printer.is_changed.wait_for(lambda: job.done > told or self._status() != was)

    def _status(self) -> str:
        reasons = self._printer.reasons
        code = _CODES[reasons[0]] if reasons else 10001
        return (
            f'CODE={code}\r\nDISPLAY="{"READY" if not reasons else "STOP"}"\r\nONLINE={"FALSE" if reasons else "TRUE"}'
        )

    def _say(self, writer: asyncio.StreamWriter, text: str) -> None:
        writer.write(f"{text}\r\n\f".encode())

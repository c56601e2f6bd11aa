"""A receipt printer on a TCP port that reads ESC/POS, uses paper up, and can be opened, emptied and switched off.

``python -m devices.simulated.hardware.printer --port 9100 --out DIR`` runs one and writes every slip as PNG and text.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections import deque
from pathlib import Path

from devices.gateway.printing.blocks import PAPER
from devices.simulated.hardware.escpos_machine import Works
from devices.simulated.hardware.escpos_tokens import Token, Unknown, next_token
from devices.simulated.hardware.strip import Strip

NEAR_END_DOTS = 8000
"""A metre of paper: from then on the near-end sensor speaks."""
FULL_ROLL_DOTS = 640_000
"""80 metres at 8 dots a millimetre."""
KEPT = 1000


class SimulatedPrinter:
    """One printer.

    Attributes:
        strips: what came out, oldest first; the last one may be torn instead of cut.
        jobs_forgotten: how often the host had it throw its buffer away.
    """

    def __init__(self, *, mm: int = 80, host: str = "127.0.0.1", answers: bool = True) -> None:
        """Args: width of the paper; where it listens; whether it answers at all (a cheap one may not)."""
        self.strips: deque[Strip] = deque(maxlen=KEPT)
        self.jobs_forgotten = 0
        self.port = 0
        self._host = host
        self._answers = answers
        self._works = Works(PAPER[mm].dots, on_strip=self._came_out, says=self._say)
        self._paper_dots = FULL_ROLL_DOTS
        self._is_cover_open = self._is_cutter_stuck = self._is_paper_gone = False
        self._hold_at: int | None = None
        self._raw = b""
        self._waiting: deque[Token] = deque()
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._talks: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._changed = asyncio.Condition()

    # -- switching on and off

    async def on(self, port: int = 0) -> int:
        """Switch it on; the port it listens on, the same as before if it had one."""
        self._server = await asyncio.start_server(self._serve, self._host, port or self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    async def off(self) -> None:
        """Pull its plug: the line is dead, the buffer lost, the strip stays where it is."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self._writer = None
        for writer in list(self._talks):
            writer.transport.abort()
        await asyncio.gather(*filter(None, list(self._talks.values())), return_exceptions=True)
        self._hold_at = None
        self._waiting.clear()
        self._raw = b""
        self._works.reset()
        self._works.tear()

    # -- what people do to it

    def hold_after(self, dots: int | None) -> None:
        """Come to a stop after so many dots of paper, as if printing took that long; None: go on."""
        self._hold_at = None if dots is None else self._works.used_dots + dots
        self._go_on()

    async def holding(self) -> None:
        """Wait until it has come to that stop."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._is_holding)

    def tear(self) -> None:
        """Tear off what stands out, as one does at a printer that does not cut."""
        self._works.tear()

    def load(self, dots: int = FULL_ROLL_DOTS) -> None:
        """Put a roll in: so many dots of paper (8 are a millimetre)."""
        self._works.tear()
        self._paper_dots = self._works.used_dots + dots
        self._is_paper_gone = False
        self._go_on()

    def leave(self, dots: int) -> None:
        """Let so much paper be left on the roll."""
        self._paper_dots = self._works.used_dots + dots
        self._go_on()

    def cover(self, *, is_open: bool) -> None:
        """Open or shut the cover."""
        self._is_cover_open = is_open
        self._go_on()

    def cutter(self, *, is_stuck: bool) -> None:
        """Let the blade stick, or free it."""
        self._is_cutter_stuck = is_stuck
        self._go_on()

    # -- what others want to know

    @property
    def slips(self) -> list[Strip]:
        """What came out whole."""
        return [strip for strip in self.strips if strip.is_cut]

    @property
    def unknown(self) -> list[str]:
        """Commands it did not understand."""
        return self._works.unknown

    async def printed(self, count: int) -> list[Strip]:
        """Wait until so many slips came out whole."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.slips) >= count)
        return self.slips

    async def asked(self) -> None:
        """Wait until the host asks how it is, the next time."""
        async with self._changed:
            await self._changed.wait()

    # -- inside

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._writer is not None:  # as real ones: one host at a time, the newest
            self._writer.close()
        self._writer = writer
        self._talks[writer] = asyncio.current_task()
        try:
            await self._talk(reader)
        finally:
            if self._writer is writer:
                self._writer = None
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            del self._talks[writer]

    async def _talk(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError, Unknown):
            while data := await reader.read(1024):
                self._received(data)
                async with self._changed:
                    self._changed.notify_all()

    def _received(self, data: bytes) -> None:
        self._raw += data
        while (found := next_token(self._raw)) is not None:
            token, length = found
            self._raw = self._raw[length:]
            if token.is_realtime:
                self._realtime(token)
            else:
                self._waiting.append(token)
        self._go_on()

    def _go_on(self) -> None:
        """Obey what waits, for as long as there is paper and the cover is shut."""
        while self._waiting and self._can_print() and not self._is_holding:
            token = self._waiting.popleft()
            if token.name == b"\x1dV" and self._is_cutter_stuck:
                self._waiting.appendleft(token)
                return
            self._works.paper_sensor = 0x03 if self._near_end else 0
            self._works.obey(token)
            self._is_paper_gone = self._is_paper_gone or self._works.used_dots >= self._paper_dots

    def _can_print(self) -> bool:
        return not (self._is_cover_open or self._is_paper_gone)

    @property
    def _is_holding(self) -> bool:
        return self._hold_at is not None and self._works.used_dots >= self._hold_at

    @property
    def _near_end(self) -> bool:
        return self._paper_dots - self._works.used_dots < NEAR_END_DOTS

    def _realtime(self, token: Token) -> None:
        if token.name == b"\x10\x14":
            self.jobs_forgotten += 1
            self._waiting.clear()
            self._works.reset()
            self._works.tear()
        elif token.name == b"\x10\x04":
            self._say(bytes([0x12 | self._status(token.rest[0])]))

    def _status(self, question: int) -> int:
        """The bits of the answer to DLE EOT n."""
        is_cutter = self._is_cutter_stuck and any(token.name == b"\x1dV" for token in self._waiting)
        bits = {
            1: (0x08, not self._can_print() or is_cutter),
            2: (0x04, self._is_cover_open),
            3: (0x08, is_cutter),
            4: (0x0C, self._near_end),
        }
        bit, is_set = bits.get(question, (0, False))
        found = bit if is_set else 0
        if question == 2:
            found |= (0x20 if self._is_paper_gone else 0) | (0x40 if is_cutter else 0)
        if question == 4 and self._is_paper_gone:
            found |= 0x60
        return found

    def _say(self, data: bytes) -> None:
        if self._writer is not None and self._answers:
            self._writer.write(data)

    def _came_out(self, strip: Strip) -> None:
        self.strips.append(strip)


async def run(port: int, out: Path, mm: int) -> None:
    """Print for as long as it is not stopped; every slip becomes ``NNNN.png`` and ``NNNN.txt``."""
    printer = SimulatedPrinter(mm=mm)
    print(f"listening printer={await printer.on(port)}", flush=True)
    await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    count = 0
    while True:
        strip = (await printer.printed(count + 1))[count]
        count += 1
        await asyncio.to_thread(_keep, strip, out / f"{count:04d}")


def _keep(strip: Strip, path: Path) -> None:
    path.with_suffix(".txt").write_text(strip.text + "\n", "utf-8")
    if strip.picture is not None:
        strip.picture.save(path.with_suffix(".png"))


def main() -> None:
    """Run one from the command line."""
    whole = argparse.ArgumentParser(description="a simulated receipt printer on a TCP port")
    whole.add_argument("--port", type=int, default=9100, help="0 takes a free one")
    whole.add_argument("--out", type=Path, default=Path("slips"), help="folder for the slips")
    whole.add_argument("--paper", type=int, choices=sorted(PAPER), default=80, help="width, mm")
    options = whole.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(options.port, options.out, options.paper))


if __name__ == "__main__":
    main()

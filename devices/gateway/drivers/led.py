"""Text bar (条屏) over TCP or a serial port: plain lines, or the Alpha sign protocol.

What is shown is written whenever it changes, after every reconnecting, and now and then in case the bar was without
current unnoticed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from devices.gateway.drivers import Surroundings
from devices.gateway.ports import HallSide
from devices.gateway.protocols import alpha_sign
from devices.gateway.protocols.errors import HardwareError, LineLost, NoAnswer
from devices.gateway.protocols.led_layout import Pace, Row, cells, changes_after_s, latin, line, rows_of
from devices.gateway.protocols.lines import Line, check_address, open_line
from devices.model import DeviceKind
from hall_server.mqtt.simulated import NotDone
from hall_server.mqtt.topics import Status

KIND = DeviceKind.LED


class Speech(StrEnum):
    """What the bar understands."""

    LINE = "line"  # a line of text with an end
    ALPHA = "alpha"  # Adaptive's Alpha and BetaBrite signs


class Charset(StrEnum):
    """How a plain line is written."""

    GB18030 = "gb18030"
    UTF_8 = "utf-8"


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bar's own lines in gateway.toml; its address is a serial port or ``tcp://host:port``.

    Attributes:
        speech: ``line`` or ``alpha``.
        width: Chinese characters beside each other; a Latin letter is half of one.
        charset, prefix, end: of plain lines. The prefix may be the bar's address on a shared cable; ``{row}`` in it
            is the number of the row, from 1, without which only the first row is written.
        answer: what the bar says to each line, empty: nothing.
        turn_s: so long each of several texts stands. scroll_s: of plain lines: texts that are too long are moved by
            the gateway this often; 0: the bar does it.
        sign, sign_address: of Alpha signs; Z and 00: every sign.
        baud: 9,600 for most. refresh_s, reply_s, retry_s, test_s: seconds between two writings of the same, for an
            answer, before a bar that is away is looked for, and of the test picture.
    """

    speech: Speech = Speech.LINE
    width: Annotated[int, Meta(ge=2, le=40)] = 8
    charset: Charset = Charset.GB18030
    prefix: Annotated[str, Meta(max_length=20)] = ""
    end: Annotated[str, Meta(min_length=1, max_length=4)] = "\r\n"
    answer: Annotated[str, Meta(max_length=20)] = ""
    turn_s: Annotated[float, Meta(gt=0)] = 4.0
    scroll_s: Annotated[float, Meta(ge=0)] = 0.0
    sign: Annotated[str, Meta(pattern="^[!-~]$")] = alpha_sign.ANY_SIGN
    sign_address: Annotated[str, Meta(pattern="^[0-9A-F?]{2}$")] = alpha_sign.ANY_ADDRESS
    baud: int = 9600
    refresh_s: Annotated[float, Meta(gt=0)] = 60.0
    reply_s: float = 2.0
    retry_s: float = 3.0
    test_s: float = 3.0


class Led:
    """One bar (the Driver port)."""

    def __init__(self, address: str, options: Options) -> None:
        """Opens nothing yet."""
        self._address, self._options = address, options
        self._rows: tuple[Row, ...] = ()
        self._testing = False
        self._changed = asyncio.Event()
        self._is_online = False

    async def run(self, hall: HallSide) -> None:
        """Show the newest rows until cancelled."""
        said: tuple[Status, str] | None = None
        while True:
            try:
                async with self._opened() as bar:
                    async for _ in self._showing(bar):
                        if said != (Status.ONLINE, ""):
                            said, self._is_online = (Status.ONLINE, ""), True
                            hall.say_state(Status.ONLINE, {})
            except HardwareError as exc:
                self._is_online = False
                if said != (Status.FAULT, exc.code):
                    said = Status.FAULT, exc.code
                    hall.say_state(Status.FAULT, {"reason": exc.code})
            await asyncio.sleep(self._options.retry_s)

    async def on_command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        """``test``: light every place for a moment.

        Raises:
            NotDone: the bar is away, or it is something else.
        """
        if do != "test":
            raise NotDone("unknown_command")
        if not self._is_online:
            raise NotDone("away")
        self._testing = True
        self._changed.set()
        try:
            await asyncio.sleep(self._options.test_s)
        finally:
            self._testing = False
            self._changed.set()
        return None

    def on_show(self, picture: Any) -> None:
        """Show a picture."""
        rows = rows_of(picture)
        if rows != self._rows:
            self._rows = rows
            self._changed.set()

    # -- inside

    def _wanted(self) -> tuple[Row, ...]:
        if not self._testing:
            return self._rows
        lit = Row(texts=("8" * 2 * self._options.width,))
        return (lit,) * max(1, len(self._rows))

    @contextlib.asynccontextmanager
    async def _opened(self) -> AsyncIterator[_Bar]:
        is_alpha = self._options.speech is Speech.ALPHA
        parity, bits = ("E", 7) if is_alpha else ("N", 8)
        opened = await open_line(self._address, baud=self._options.baud, bits=bits, parity=parity)
        try:
            yield _Sign(opened, self._options) if is_alpha else _Bar(opened, self._options)
        finally:
            await opened.close()

    async def _showing(self, bar: _Bar) -> AsyncIterator[None]:
        """Write what is to be shown, again and again; each turn is one writing.

        Raises:
            LineLost, NoAnswer: the bar is away.
        """
        while True:
            self._changed.clear()
            rest_s = await bar.write(self._wanted())
            yield
            hearing = asyncio.create_task(bar.hear(), name="bar")
            try:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(rest_s):
                        await self._changed_or(hearing)
                if hearing.done():
                    raise LineLost("the bar has gone")
            finally:
                hearing.cancel()
                await asyncio.gather(hearing, return_exceptions=True)

    async def _changed_or(self, hearing: asyncio.Task[None]) -> None:
        changed = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait({changed, hearing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()


class _Bar:
    """What is said to one bar in plain lines."""

    def __init__(self, opened: Line, options: Options) -> None:
        self._line, self._options = opened, options
        self._now = asyncio.get_running_loop().time
        self._pace = Pace(width=options.width, turn_s=options.turn_s, scroll_s=options.scroll_s)
        self._rows: tuple[Row, ...] | None = None
        self._since = 0.0
        self._written: dict[int, str] = {}
        self._fresh_until = 0.0

    async def write(self, rows: tuple[Row, ...]) -> float:
        """Have rows shown; after how many seconds they are to be written again.

        Raises:
            LineLost, NoAnswer: the bar is away.
        """
        if rows != self._rows:
            self._rows, self._since = rows, self._now()
        if self._now() >= self._fresh_until:
            self._written.clear()  # the bar may have lost them
            self._fresh_until = self._now() + self._options.refresh_s
        for number, text in enumerate(self._lines(rows), start=1):
            if self._written.get(number) != text:
                await self._say(f"{self._options.prefix.replace('{row}', str(number))}{text}{self._options.end}")
                self._written[number] = text
        rest_s = max(self._fresh_until - self._now(), 0.0)
        return min(rest_s, changes_after_s(rows, self._pace) or rest_s)

    async def hear(self) -> None:
        """Read what the bar says of itself, which nobody needs; ends when the line is lost."""
        with contextlib.suppress(LineLost):
            while True:
                await self._line.read()

    def _lines(self, rows: tuple[Row, ...]) -> list[str]:
        elapsed_s = self._now() - self._since
        lines = [line(row, elapsed_s, self._pace) for row in rows] or [""]
        if "{row}" not in self._options.prefix:
            return lines[:1]
        return lines + [""] * (len(self._written) - len(lines))  # rows of a picture before that had more

    async def _say(self, said: str) -> None:
        await self._line.write(said.encode(self._options.charset.value, "replace"))
        if not self._options.answer:
            return
        heard, wanted = b"", self._options.answer.encode()
        try:
            async with asyncio.timeout(self._options.reply_s):
                while wanted not in heard:
                    heard = (heard + await self._line.read())[-4_096:]
        except TimeoutError as exc:
            raise NoAnswer("the bar does not say that it has taken the line") from exc


class _Sign(_Bar):
    """What is said to an Alpha sign: its first row; an alarm goes into the priority file, over everything."""

    _has_priority: bool | None = None  # not known: it may still show what was urgent before a restart

    async def write(self, rows: tuple[Row, ...]) -> float:
        """Write the files."""
        row = rows[0] if rows else Row(texts=())
        label = alpha_sign.Label
        if not row.is_alarm and self._has_priority is not False:
            await self._line.write(self._file(label.PRIORITY, Row(texts=())))
        self._has_priority = row.is_alarm
        await self._line.write(self._file(label.PRIORITY if row.is_alarm else label.TEXT, row))
        return self._options.refresh_s

    def _file(self, label: alpha_sign.Label, row: Row) -> bytes:
        text, mode = latin(row), alpha_sign.Mode.HOLD
        if label is alpha_sign.Label.PRIORITY and row.is_alarm:
            text = text or "!"  # an empty file would end the alarm
        if cells(text) > 2 * self._options.width:
            mode = alpha_sign.Mode.ROTATE
        elif row.is_call or row.is_alarm:
            mode = alpha_sign.Mode.FLASH
        sign, address = self._options.sign, self._options.sign_address
        return alpha_sign.encode(alpha_sign.TextFile(label=label, text=text, mode=mode, sign=sign, address=address))


def made(address: str, options: Options, around: Surroundings) -> Led:
    """A driver for the agent."""
    return Led(address, options)


def check(address: str, options: Options) -> None:
    """Refuse an address that cannot be one.

    Raises:
        ValueError: it says why.
    """
    check_address(address)

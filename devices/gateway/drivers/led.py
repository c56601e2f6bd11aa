"""Text bar (条屏) over TCP or a serial port: plain lines, or the Alpha sign protocol.

The newest line is written whenever it changes, after every reconnecting, and now and then in case the bar was without
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
from devices.gateway.protocols.led_layout import Shown, cut, lay_out, steps
from devices.gateway.protocols.lines import Line, check_address, open_line
from devices.model import DeviceKind
from hall_server.mqtt.simulated import NotDone
from hall_server.mqtt.topics import Status

KIND = DeviceKind.LED
TEST_TEXT = "8" * 24


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
        language: of what is shown, ``zh`` or ``en``; Alpha signs have no Chinese.
        charset, prefix, end: of plain lines; the prefix may be the bar's address on a shared cable.
        answer: what the bar says to each line, empty: nothing.
        scroll_s: of plain lines: texts that are too long are moved by the gateway this often; 0: the bar does it.
        sign, sign_address: of Alpha signs; Z and 00: every sign.
        baud: 9,600 for most. refresh_s, reply_s, retry_s, test_s: seconds between two writings of the same, for an
            answer, before a bar that is away is looked for, and of the test picture.
    """

    speech: Speech = Speech.LINE
    width: Annotated[int, Meta(ge=2, le=40)] = 8
    language: str = "zh"
    charset: Charset = Charset.GB18030
    prefix: Annotated[str, Meta(max_length=20)] = ""
    end: Annotated[str, Meta(min_length=1, max_length=4)] = "\r\n"
    answer: Annotated[str, Meta(max_length=20)] = ""
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
        self._picture: Any = None
        self._testing = False
        self._changed = asyncio.Event()
        self._is_online = False

    async def run(self, hall: HallSide) -> None:
        """Show the newest line until cancelled."""
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
        self._picture = picture
        self._changed.set()

    # -- inside

    def _shown(self) -> Shown:
        self._changed.clear()
        if self._testing:
            return Shown(text=cut(TEST_TEXT, self._options.width))
        return lay_out(self._picture, width=self._options.width, language=self._language)

    @property
    def _language(self) -> str:
        return "en" if self._options.speech is Speech.ALPHA else self._options.language

    @contextlib.asynccontextmanager
    async def _opened(self) -> AsyncIterator[_Bar]:
        is_alpha = self._options.speech is Speech.ALPHA
        parity, bits = ("E", 7) if is_alpha else ("N", 8)
        line = await open_line(self._address, baud=self._options.baud, bits=bits, parity=parity)
        try:
            yield _Bar(line, self._options)
        finally:
            await line.close()

    async def _showing(self, bar: _Bar) -> AsyncIterator[None]:
        """Write what is to be shown, again and again; each turn is one writing.

        Raises:
            LineLost, NoAnswer: the bar is away.
        """
        while True:
            shown = self._shown()
            await bar.write(shown)
            yield
            hearing = asyncio.create_task(bar.hear(), name="bar")
            try:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(bar.rest_s(shown)):
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
    """What is said to one bar."""

    def __init__(self, line: Line, options: Options) -> None:
        self._line, self._options = line, options
        self._heard = b""
        self._running: tuple[str, int] = ("", 0)
        self._has_priority: bool | None = None  # not known: it may still show what was urgent before a restart

    def rest_s(self, shown: Shown) -> float:
        """Until the same is written again."""
        return self._options.scroll_s if self._moves(shown) else self._options.refresh_s

    async def write(self, shown: Shown) -> None:
        """Have a line shown.

        Raises:
            LineLost, NoAnswer: the bar is away.
        """
        if self._options.speech is Speech.ALPHA:
            await self._write_files(shown)
            return
        await self._line.write(self._plain(shown))
        if self._options.answer:
            await self._answered()

    async def hear(self) -> None:
        """Read what the bar says of itself, which nobody needs; ends when the line is lost."""
        with contextlib.suppress(LineLost):
            while True:
                await self._line.read()

    def _moves(self, shown: Shown) -> bool:
        return shown.runs and self._options.scroll_s > 0 and self._options.speech is Speech.LINE

    def _plain(self, shown: Shown) -> bytes:
        text = shown.text
        if self._moves(shown):
            pictures = steps(text, self._options.width)
            at = (self._running[1] + 1) % len(pictures) if self._running[0] == text else 0
            self._running = text, at
            text = pictures[at]
        else:
            self._running = ("", 0)
        line = f"{self._options.prefix}{text}{self._options.end}"
        return line.encode(self._options.charset.value, "replace")

    async def _answered(self) -> None:
        """Wait for the bar's word.

        Raises:
            NoAnswer: it says nothing, or something else.
        """
        heard, wanted = b"", self._options.answer.encode()
        try:
            async with asyncio.timeout(self._options.reply_s):
                while wanted not in heard:
                    heard = (heard + await self._line.read())[-4_096:]
        except TimeoutError as exc:
            raise NoAnswer("the bar does not say that it has taken the line") from exc

    async def _write_files(self, shown: Shown) -> None:
        """An urgent text goes into the priority file, which stands over everything; else that file is emptied."""
        urgent, label = shown.is_urgent, alpha_sign.Label
        if not urgent and self._has_priority is not False:
            await self._line.write(self._file(label.PRIORITY, Shown(text="")))
        self._has_priority = urgent
        await self._line.write(self._file(label.PRIORITY if urgent else label.TEXT, shown))

    def _file(self, label: alpha_sign.Label, shown: Shown) -> bytes:
        mode = alpha_sign.Mode
        how = mode.ROTATE if shown.runs else mode.FLASH if shown.flashes or shown.is_urgent else mode.HOLD
        sign, address = self._options.sign, self._options.sign_address
        return alpha_sign.encode(
            alpha_sign.TextFile(label=label, text=shown.text, mode=how, sign=sign, address=address)
        )


def made(address: str, options: Options, around: Surroundings) -> Led:
    """A driver for the agent."""
    return Led(address, options)


def check(address: str, options: Options) -> None:
    """Refuse what makes no sense.

    Raises:
        ValueError: it says why.
    """
    check_address(address)
    if options.language not in ("zh", "en"):
        raise ValueError("the language is zh or en")

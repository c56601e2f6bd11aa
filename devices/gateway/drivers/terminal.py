"""Attendance terminal (考勤机) that pushes over HTTP (ADMS): takes its punches and hands them to the hall.

What a terminal sends is on the disk before it is answered, and stays there until the hall has said yes or no; each
goes to the hall once. The hall is asked ``punch`` with ``{terminal, pin, at, received_at, status, verify, workcode}``:
``at`` is the terminal's clock, ``received_at`` this machine's. Faces, fingerprints and pictures are not taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from devices.gateway.drivers import Surroundings
from devices.gateway.ports import HallSide
from devices.gateway.protocols import adms
from devices.gateway.protocols.errors import BadFrame
from devices.gateway.protocols.punch_buffer import Kept, PunchBuffer
from devices.model import DeviceKind
from hall_server.clock import Clock
from hall_server.mqtt.simulated import NotDone, RequestRefused
from hall_server.mqtt.topics import Status

KIND = DeviceKind.TERMINAL
MOST_BYTES = 4 * 1024 * 1024
NOT_YET = frozenset(
    {"request.unknown", "server.failed", "device.may_not", "device.too_many_requests", "device.too_many_messages"}
)
"""Refusals that say nothing of the punch: it is handed in later."""


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The terminal's own lines in gateway.toml; its address is where it pushes to, such as ``http://0.0.0.0:8081``.

    Attributes:
        serial: the terminal's serial number; others are turned away.
        buffer: file for the punches that the hall does not have yet.
        utc_offset_h: of the terminal's clock.
        poll_s: how often the terminal asks for commands. silent_s: a terminal that says nothing so long is a fault.
        retry_s: before a punch that the hall could not take is handed in again.
    """

    serial: Annotated[str, Meta(pattern=f"^{adms.SERIAL.pattern}$")]
    buffer: str
    utc_offset_h: Annotated[float, Meta(ge=-12, le=14)] = 8.0
    poll_s: Annotated[int, Meta(ge=2, le=600)] = 10
    silent_s: Annotated[float, Meta(gt=0)] = 60.0
    retry_s: Annotated[float, Meta(gt=0)] = 10.0


class Terminal:
    """One terminal (the Driver port).

    Attributes:
        port: where it listens, while `run` runs.
    """

    def __init__(self, address: str, options: Options, clock: Clock) -> None:
        """Opens nothing yet."""
        self._host, self._asked_port = _place(address)
        self._options, self._clock = options, clock
        self.port = 0
        self._buffer: PunchBuffer | None = None
        self._hall: HallSide | None = None
        self._has_more = asyncio.Event()
        self._heard = asyncio.Event()
        self._said: tuple[Status, dict[str, Any]] | None = None
        self._ids = itertools.count(1)
        self._commands: dict[str, tuple[str, asyncio.Future[int]]] = {}

    async def run(self, hall: HallSide) -> None:
        """Take punches and hand them in until cancelled."""
        self._hall = hall
        async with await PunchBuffer.open(Path(self._options.buffer)) as buffer:
            await buffer.forget_old(self._clock.now())
            self._buffer = buffer
            server = HTTPServer(self._application(), max_buffer_size=MOST_BYTES, idle_connection_timeout=30)
            sockets = bind_sockets(self._asked_port, self._host)
            self.port = sockets[0].getsockname()[1]
            server.add_sockets(sockets)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._hand_in(hall, buffer), name="punches")
                    group.create_task(self._watch(), name="terminal")
            finally:
                server.stop()
                await server.close_all_connections()
                self._buffer = None

    async def on_command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        """``test``: have the terminal tell of itself; ``check``: send what it has not sent; ``reboot``.

        Raises:
            NotDone: it does not answer, cannot do it, or it is something else.
        """
        words = {"test": "INFO", "check": "CHECK", "reboot": "REBOOT"}.get(do)
        if words is None:
            raise NotDone("unknown_command")
        id_, answer = str(next(self._ids)), asyncio.get_running_loop().create_future()
        self._commands[id_] = words, answer
        try:
            async with asyncio.timeout(3 * self._options.poll_s):
                code = await answer
        except TimeoutError as exc:
            raise NotDone("no_answer") from exc
        finally:
            self._commands.pop(id_, None)
        if code < 0:
            raise NotDone("refused", code=code)
        return {"code": code}

    def on_show(self, picture: Any) -> None:
        """A terminal shows its own."""

    # -- for the handlers

    def heard(self) -> None:
        """The terminal has said something."""
        self._heard.set()
        self._say(Status.ONLINE, {"serial": self._options.serial})

    def foreign(self, serial: str) -> None:
        """Another one has tried."""
        if self._hall is not None and adms.SERIAL.fullmatch(serial):
            self._hall.report("terminal.foreign", {"serial": serial})

    def settings(self) -> str:
        """What the terminal is told when it starts; it sends again what it has sent before, which does no harm."""
        offset, poll_s = self._options.utc_offset_h, self._options.poll_s
        return adms.settings(self._options.serial, utc_offset_h=offset, poll_s=poll_s, stamp="0")

    async def take(self, body: bytes) -> int:
        """Keep punches; how many records came.

        Raises:
            NotDone: they cannot be kept now; the terminal sends them again.
        """
        if self._buffer is None:
            raise NotDone("closed")
        records, punches = adms.lines(body), []
        for number, line in enumerate(records, start=1):
            try:
                punches.append(adms.parse_punch(line, utc_offset_h=self._options.utc_offset_h))
            except BadFrame as exc:
                self._report("punch.unreadable", {"line": number, "reason": exc.code})
        try:
            await self._buffer.put(self._options.serial, punches, self._clock.now())
        except sqlite3.Error as exc:
            self._say(Status.FAULT, {"reason": "buffer", "serial": self._options.serial})
            raise NotDone("buffer") from exc
        self._has_more.set()
        return len(records)

    def next_command(self) -> str:
        """The oldest command that was not answered yet, else a yes."""
        return next((f"C:{id_}:{words}" for id_, (words, _) in self._commands.items()), "OK")

    def answered(self, result: adms.CommandResult) -> None:
        """A command was done, or not."""
        _, answer = self._commands.pop(result.id, ("", None))
        if answer is not None and not answer.done():
            answer.set_result(result.code)

    # -- inside

    def _application(self) -> Application:
        options = {"terminal": self, "serial": self._options.serial}
        return Application(
            [
                (r"/iclock/cdata(?:\.aspx)?", Records, options),
                (r"/iclock/getrequest(?:\.aspx)?", Asking, options),
                (r"/iclock/devicecmd(?:\.aspx)?", Results, options),
                (r"/iclock/ping", Asking, options),
            ],
            log_function=lambda handler: None,
        )

    async def _hand_in(self, hall: HallSide, buffer: PunchBuffer) -> None:
        """Hand punches in, the oldest first; one the hall cannot take now waits, and those behind it with it."""
        while True:
            self._has_more.clear()
            while kept := await buffer.next(self._options.serial):
                if not await self._handed_in(hall, buffer, kept):
                    await asyncio.sleep(self._options.retry_s)
            await self._has_more.wait()

    async def _handed_in(self, hall: HallSide, buffer: PunchBuffer, kept: Kept) -> bool:
        punch = kept.punch
        wish = {
            "terminal": self._options.serial,
            "pin": punch.pin,
            "at": punch.at.astimezone(UTC).isoformat(),
            "received_at": kept.received_at.isoformat(),
            "status": punch.status,
            "verify": punch.verify,
            "workcode": punch.workcode,
        }
        try:
            await hall.request("punch", wish)
        except TimeoutError:
            return False
        except RequestRefused as exc:
            if exc.code in NOT_YET:
                return False
            await buffer.end(kept, exc.code)
            self._report("punch.refused", {"reason": exc.code})
        else:
            await buffer.end(kept, "handed_in")
        return True

    async def _watch(self) -> None:
        """A terminal that says nothing for long is a fault."""
        while True:
            self._heard.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._options.silent_s):
                    await self._heard.wait()
                continue
            self._say(Status.FAULT, {"reason": "no_answer", "serial": self._options.serial})

    def _say(self, status: Status, detail: dict[str, Any]) -> None:
        if self._hall is not None and self._said != (status, detail):
            self._said = status, detail
            self._hall.say_state(status, detail)

    def _report(self, what: str, detail: dict[str, Any]) -> None:
        if self._hall is not None:
            self._hall.report(what, detail)


class _Pushed(RequestHandler):
    """What all requests of a terminal have in common; Tornado's Date header sets the terminal's clock."""

    def initialize(self, terminal: Terminal, serial: str) -> None:
        """Take what the driver gives."""
        self.terminal, self._serial = terminal, serial

    def prepare(self) -> None:
        """Turn others away."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.clear_header("Server")
        serial = self.get_query_argument("SN", "")
        if serial != self._serial:
            self.terminal.foreign(serial)
            self.send_error(403)
            return
        self.terminal.heard()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """No pages for terminals."""
        self.finish("ERROR")


class Records(_Pushed):
    """``/iclock/cdata``: settings for a terminal that starts, records from one that runs."""

    async def get(self) -> None:
        """Give it its settings."""
        self.write(self.terminal.settings())

    async def post(self) -> None:
        """Take its punches; of everything else nothing but its number."""
        try:
            if self.get_query_argument("table", "").upper() == "ATTLOG":
                taken = await self.terminal.take(self.request.body)
            else:
                taken = self.request.body.count(b"\n")
        except NotDone:
            self.send_error(503)
            return
        self.write(f"OK: {taken}")


class Asking(_Pushed):
    """``/iclock/getrequest``: whether there is a command."""

    def get(self) -> None:
        """Give it."""
        self.write(self.terminal.next_command())


class Results(_Pushed):
    """``/iclock/devicecmd``: what became of commands."""

    def post(self) -> None:
        """Take it."""
        for line in adms.lines(self.request.body):
            with contextlib.suppress(BadFrame):
                self.terminal.answered(adms.result(line))
        self.write("OK")


def made(address: str, options: Options, around: Surroundings) -> Terminal:
    """A driver for the agent."""
    return Terminal(address, options, around.clock)


def check(address: str, options: Options) -> None:
    """Refuse an address that cannot be listened on.

    Raises:
        ValueError: it says why.
    """
    _place(address)


def _place(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    if parts.scheme != "http" or not parts.hostname or parts.port is None:
        raise ValueError("expected http://ADDRESS:PORT to listen on")
    return parts.hostname, parts.port

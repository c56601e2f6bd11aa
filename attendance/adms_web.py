"""Attendance terminals over HTTP, in their own words (ADMS): ``/iclock/cdata``, ``getrequest``, ``devicecmd`` and more.

Source: see `adms`. A terminal has no password: its serial number, let in by a manager as a device, is all it shows, so
these addresses belong into the hall's own network. Answers are plain text, and ``Date`` sets the terminal's clock.
"""

from __future__ import annotations

import asyncio
from datetime import UTC
from email.utils import format_datetime
from typing import Any

from attendance import adms
from attendance.records import Punch
from attendance.terminals import Terminals
from hall_server.errors import DomainError
from hall_server.identity import Actor
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import PUBLIC, Limit, Route, Verb

MOST_BYTES = 8 * 1024 * 1024
"""A terminal's whole memory of 100,000 records has 5 MB; most send it in parts."""
READ_AT_ONCE = 500
TEXT = "text/plain"
ASKING = Limit("iclock", per_s=200, burst=2_000)
"""All terminals of a hall may come from behind one gateway."""


class TerminalHandler(ApiHandler):
    """What all requests of a terminal have in common."""

    terminals: Terminals
    told: str
    serial: str
    terminal: Actor

    def set_default_headers(self) -> None:
        """Only what a terminal reads: its parser is small."""
        self.clear_header("Server")
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")

    async def check_request(self) -> None:
        """Turn away whom no manager has let in."""
        await super().check_request()
        self.told = self.words("SN")
        self.serial = self.told.upper()  # one terminal, however its serial number is written
        self.terminal = self.terminals.admit(self.serial, self.address)

    def compute_etag(self) -> str | None:
        """None: a terminal keeps no answers."""
        return None

    def say(self, text: str) -> None:
        """Answer."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Date", format_datetime(self.server.clock.now().astimezone(UTC), usegmt=True))
        self.finish(text)

    def write_fault(self, error: DomainError) -> None:
        """No words for terminals: one that gets no OK sends again later."""
        self.say("ERROR")


class RecordsHandler(TerminalHandler):
    """``/iclock/cdata``."""

    async def get(self) -> None:
        """Tell a terminal that starts what to send."""
        self.say(await self.terminals.settings(self.serial, self.told))

    async def post(self) -> None:
        """Take its punches; of everything else nothing but the number of lines.

        Pictures, templates and names are dropped unread, and answered with the yes without which a terminal would keep
        sending them and nothing behind them.
        """
        records = adms.lines(self.raw_body) if self._is("ATTLOG", "OPERLOG") else []
        if not self._is("ATTLOG"):
            self.terminals.refused(self.serial, max(1, len(records)))
            self.say(adms.taken(len(records)) if self._is("OPERLOG") else adms.OK)
            return
        punches, offset = list[Punch](), self.terminals.offset
        for n, line in enumerate(records, start=1):
            punches.append(adms.punch(line, offset=offset))
            if n % READ_AT_ONCE == 0:
                await asyncio.sleep(0)  # a whole memory takes a second to read; visitors are served meanwhile
        stamp = self.words("Stamp")
        found = await self.terminals.take(
            self.terminal,
            self.serial,
            punches,
            received_at=self.server.clock.now(),
            stamp=stamp if stamp.isascii() and stamp.isalnum() else "",
        )
        self.say(adms.taken(found.records))

    def _is(self, *tables: str) -> bool:
        return self.words("table").upper() in tables


class AskingHandler(TerminalHandler):
    """``/iclock/getrequest`` and ``/iclock/ping``."""

    is_ping = False

    async def get(self) -> None:
        """Give the next command."""
        self.say(adms.OK if self.is_ping else self.terminals.next_command(self.serial))


class ResultsHandler(TerminalHandler):
    """``/iclock/devicecmd``."""

    async def post(self) -> None:
        """Take what became of commands."""
        self.terminals.answered(self.serial, self.raw_body)
        self.say(adms.OK)


class TimeHandler(TerminalHandler):
    """``/iclock/rtdata``."""

    async def get(self) -> None:
        """Tell the time."""
        self.say(adms.time_told(self.server.clock.now(), offset=self.terminals.offset))


def routes(terminals: Terminals) -> list[Route]:
    """The addresses; older terminals write ``.aspx`` behind them."""
    options: dict[str, Any] = {"terminals": terminals}
    told = Verb(access=PUBLIC, summary="Attendance terminal: what to send", media=TEXT, limit=ASKING)
    sent = Verb(access=PUBLIC, summary="Attendance terminal: its records", media=TEXT, limit=ASKING)
    asked = Verb(access=PUBLIC, summary="Attendance terminal: is there a command", media=TEXT, limit=ASKING)
    done = Verb(access=PUBLIC, summary="Attendance terminal: what became of commands", media=TEXT, limit=ASKING)
    time = Verb(access=PUBLIC, summary="Attendance terminal: the time", media=TEXT, limit=ASKING)
    ping = {**options, "is_ping": True}
    return [
        Route("/iclock/cdata", RecordsHandler, {"GET": told, "POST": sent}, body_limit=MOST_BYTES, options=options),
        Route(
            r"/iclock/cdata\.aspx", RecordsHandler, {"GET": told, "POST": sent}, body_limit=MOST_BYTES, options=options
        ),
        Route("/iclock/getrequest", AskingHandler, {"GET": asked}, options=options),
        Route(r"/iclock/getrequest\.aspx", AskingHandler, {"GET": asked}, options=options),
        Route("/iclock/devicecmd", ResultsHandler, {"POST": done}, options=options),
        Route(r"/iclock/devicecmd\.aspx", ResultsHandler, {"POST": done}, options=options),
        Route("/iclock/rtdata", TimeHandler, {"GET": time}, options=options),
        Route("/iclock/ping", AskingHandler, {"GET": asked}, options=ping),
    ]

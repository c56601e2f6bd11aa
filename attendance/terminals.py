"""The terminals that hand punches in: which are let in, how their clocks go, and what they are told to do."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from attendance import adms
from attendance.messages import TakePunches
from attendance.punch_store import known_marks, stamp_of
from attendance.records import Punch, PunchFault, PunchSource
from attendance.terminal_clock import ClockWatch, placed
from hall_server.errors import Forbidden
from hall_server.identity import Actor, device_actor

if TYPE_CHECKING:
    from hall_server.server import Server

TERMINAL = "terminal"
"""The kind of device, as the register has it."""
AT_ONCE = 500
"""So many punches go into one command: the hall goes on serving visitors between two."""
TWO_WITHIN = timedelta(minutes=10)
"""A terminal asks every ten seconds; one that was given a new address does not come back to its old one."""
MOST_UNKNOWN = 20
MOST_COMMANDS = 10


class Unknown(msgspec.Struct, kw_only=True):
    """A terminal that was turned away: no manager has let it in."""

    serial: str
    first_at: datetime
    last_at: datetime
    tries: int = 1


class TerminalStanding(msgspec.Struct, kw_only=True):
    """A terminal since the server's start.

    Attributes:
        heard_at: when it last said anything. taken, known, faulty: lines, since the start.
        refused: pictures and other tables that were not taken. skew_s: of its clock; None: it goes right.
        is_double: two machines call with this serial number, from addresses of their own.
    """

    serial: str
    device: str
    heard_at: datetime | None = None
    taken: int = 0
    known: int = 0
    faulty: int = 0
    refused: int = 0
    skew_s: float | None = None
    is_double: bool = False


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an upload; ``records`` came, and each of them is one of the others."""

    records: int
    taken: int
    known: int
    faulty: int


class _Terminal:
    """One terminal while the server runs."""

    def __init__(self, serial: str, device: str) -> None:
        self.standing = TerminalStanding(serial=serial, device=device)
        self.clock = ClockWatch()
        self.heard_from: dict[str, datetime] = {}
        self.last_from = ""
        self.stamp = ""
        self.turn = asyncio.Lock()
        self.commands: deque[tuple[int, str]] = deque(maxlen=MOST_COMMANDS)

    def heard(self, address: str, now: datetime) -> None:
        """Take in that it called from an address: who comes back to one just left behind is two machines."""
        self.standing.heard_at = now
        before = self.heard_from.get(address)
        if before is not None and address != self.last_from and now - before < TWO_WITHIN:
            self.standing.is_double = True
        self.heard_from = {one: at for one, at in self.heard_from.items() if now - at < TWO_WITHIN} | {address: now}
        self.standing.is_double &= len(self.heard_from) > 1
        self.last_from = address


class Terminals:
    """Takes what terminals hand in, over HTTP or through a gateway."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._terminals: dict[str, _Terminal] = {}
        self._unknown: dict[str, Unknown] = {}
        self._numbers = itertools.count(1)

    @property
    def offset(self) -> timedelta:
        """Of the hall's clock from UTC, now."""
        zone = ZoneInfo(self._server.settings.timezone)
        return self._server.now().astimezone(zone).utcoffset() or timedelta()

    def device_of(self, serial: str) -> str | None:
        """The device a serial number belongs to: the terminal of the register whose id it is; None: not let in."""
        id_ = device_id(serial)
        room = self._server.rooms.get("devices")
        device = room.registry.active(id_) if room is not None else None
        return id_ if device is not None and device.kind == TERMINAL else None

    def admit(self, serial: str, address: str = "") -> Actor:
        """The terminal as an actor.

        Args:
            address: from where it calls.

        Raises:
            Forbidden: ``attendance.terminal_unknown``; the manager sees that it has tried.
        """
        device = self.device_of(serial) if adms.SERIAL.fullmatch(serial) else None
        if device is None:
            self._note_unknown(serial)
            raise Forbidden("attendance.terminal_unknown", serial=serial[:40])
        self._unknown.pop(serial, None)
        self._of(serial, device).heard(address, self._server.now())
        return device_actor(device, frozenset())

    async def take(
        self, actor: Actor, serial: str, punches: Sequence[Punch], *, received_at: datetime, stamp: str = ""
    ) -> Taken:
        """Keep an upload; it is on the disk when this ends. One terminal's uploads go one after the other."""
        terminal = self._of(serial, actor.id)
        async with terminal.turn:
            times = [one.at for one in punches if one.at is not None and one.fault is PunchFault.NONE]
            if times:
                self._watch(terminal, times[-1], received_at)  # the last one made: one stray year ahead is no clock
            once = {one.mark: one for one in reversed(punches)}
            seen = await known_marks(self._server.views, serial, list(once))
            skew_s = terminal.clock.skew_s
            fresh = [_placed(one, received_at, skew_s) for mark, one in reversed(once.items()) if mark not in seen]
            counts = [0, len(punches) - len(fresh), 0]
            for start in range(0, len(fresh), AT_ONCE):
                some = tuple(fresh[start : start + AT_ONCE])
                is_last = start + AT_ONCE >= len(fresh)
                reply = await self._keep(terminal, actor, some, received_at, stamp if is_last else "")
                counts = [a + b for a, b in zip(counts, reply, strict=True)]
        terminal.stamp = stamp or terminal.stamp
        standing = terminal.standing
        standing.taken, standing.known, standing.faulty = (
            a + b for a, b in zip((standing.taken, standing.known, standing.faulty), counts, strict=True)
        )
        return Taken(records=len(punches), taken=counts[0], known=counts[1], faulty=counts[2])

    def refused(self, serial: str, records: int) -> None:
        """Count what was not taken: pictures, templates, names."""
        if serial in self._terminals:
            self._terminals[serial].standing.refused += records

    async def settings(self, serial: str, told: str) -> str:
        """What a terminal is told at its start; ``told``: its serial number as it writes it."""
        known = self._terminals.get(serial)
        stamp = known.stamp if known is not None and known.stamp else await stamp_of(self._server.views, serial)
        return adms.settings(told, offset=self.offset, poll_s=10, stamp=stamp)

    def next_command(self, serial: str) -> str:
        """The oldest command that was not answered yet, else a yes."""
        terminal = self._terminals.get(serial)
        return adms.command(*terminal.commands[0]) if terminal and terminal.commands else adms.OK

    def answered(self, serial: str, body: bytes) -> None:
        """Take in what became of commands, done or not: none is told twice."""
        terminal = self._terminals.get(serial)
        results = [adms.result(line) for line in adms.lines(body)]
        ended = {found.id for found in results if found is not None}
        if terminal is not None:
            left = [one for one in terminal.commands if str(one[0]) not in ended]
            terminal.commands = deque(left, maxlen=MOST_COMMANDS)

    def standings(self) -> list[TerminalStanding]:
        """All that have said something, by serial number."""
        return [self._terminals[serial].standing for serial in sorted(self._terminals)]

    def unknown(self) -> list[Unknown]:
        """Those that were turned away, the last one first."""
        return sorted(self._unknown.values(), key=lambda one: one.last_at, reverse=True)

    # -- inside

    def _of(self, serial: str, device: str) -> _Terminal:
        return self._terminals.setdefault(serial, _Terminal(serial, device))

    async def _keep(
        self, terminal: _Terminal, actor: Actor, punches: tuple[Punch, ...], received_at: datetime, stamp: str
    ) -> tuple[int, int, int]:
        command = TakePunches(
            terminal=terminal.standing.serial,
            device=actor.id,
            source=PunchSource.TERMINAL,
            received_at=received_at,
            skew_s=terminal.clock.skew_s,
            stamp=stamp,
            punches=punches,
        )
        reply = msgspec.json.decode(await self._server.execute(command, actor=actor))
        return reply["taken"], reply["known"], reply["faulty"]

    def _watch(self, terminal: _Terminal, newest: datetime, received_at: datetime) -> None:
        """Follow the clock; the moment it is found wrong the terminal is told the time."""
        before = terminal.clock.skew_s
        terminal.clock.received(newest, received_at)
        terminal.standing.skew_s = terminal.clock.skew_s
        if terminal.clock.skew_s is not None and before is None:
            words = adms.set_time(self._server.now(), offset=self.offset)
            terminal.commands.append((next(self._numbers), words))

    def _note_unknown(self, serial: str) -> None:
        now, shown = self._server.now(), serial[:40]
        if not adms.SERIAL.fullmatch(shown):
            return
        if shown in self._unknown:
            self._unknown[shown].last_at = now
            self._unknown[shown].tries += 1
        elif len(self._unknown) < MOST_UNKNOWN:
            self._unknown[shown] = Unknown(serial=shown, first_at=now, last_at=now)


def device_id(serial: str) -> str:
    """The id in the register of devices: small letters, digits and hyphens."""
    return serial.lower().replace("_", "-").lstrip("-")


def _placed(one: Punch, received_at: datetime, skew_s: float | None) -> Punch:
    if one.at is None or one.fault is not PunchFault.NONE:
        return one
    counts_at = placed(one.at, received_at, skew_s)
    if counts_at is None:
        return msgspec.structs.replace(one, fault=PunchFault.IMPOSSIBLE)
    return msgspec.structs.replace(one, counts_at=counts_at)

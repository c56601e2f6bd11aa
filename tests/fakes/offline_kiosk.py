"""A kiosk without its server, for tests: numbers from its blocks, tickets of its own, a clock that may be wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import msgspec

from hall_queue.model import Channel
from hall_queue.offline.model import OfflineTicket
from hall_queue.offline.requests import HandInWanted, NumbersWanted, handing_in, reserving
from hall_server.identity import Actor, device_actor
from tests.fakes.queue_hall import QueueHall


def secret(name: str, number: int = 0) -> str:
    """A secret of a test's: 22 characters that say whose they are."""
    return f"{name}-{number:05d}".ljust(22, "_")[:22]


class OfflineKiosk:
    """Reserves while it can, gives numbers while it cannot, and hands them in.

    Attributes:
        behind: how much its clock is behind the hall's.
        given: everything it has given; pending: what it has not handed in with an answer yet.
    """

    def __init__(
        self, hall: QueueHall, name: str, *, device: str | None = None, behind: timedelta = timedelta()
    ) -> None:
        self.hall = hall
        self.name = name
        self.behind = behind
        self.actor: Actor = device_actor(device or name, frozenset())
        self.session = secret(name)
        self.day = date.min
        self.free: dict[str, list[int]] = {}
        self.prefixes: dict[str, str] = {}
        self.given: list[OfflineTicket] = []
        self.pending: list[OfflineTicket] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self._made = 0
        self._highest: dict[str, int] = {}

    async def reserve(self, *lines: str) -> dict[str, Any]:
        """Ask for numbers; what it knew of today is kept as it was."""
        wanted = NumbersWanted(session=self.session, lines=lines)
        reply = await self.hall.do(reserving(wanted, self.actor, self.hall.server.keys), self.actor)
        day = date.fromisoformat(reply["day"])
        if day != self.day:
            self.day, self.free, self._highest = day, {}, {}
        for block in reply["blocks"]:
            line, last = block["line"], block["last"]
            begin = max(block["first"], self._highest.get(line, 0) + 1)
            self.free.setdefault(line, []).extend(one for one in range(begin, last + 1) if one not in block["used"])
            self._highest[line] = max(last, self._highest.get(line, 0))
            self.prefixes[line] = block["prefix"]
        return dict(reply)

    def lose_storage(self, times: int = 1) -> None:
        """Forget everything, as a new disk does."""
        self.session = secret(self.name, times)
        self.free, self._highest, self.pending = {}, {}, []

    def give(self, line: str, **more: Any) -> str | None:
        """Give a number without the server; None where it has none left."""
        self.hall.clock.forward(seconds=0.5)
        if not self.free.get(line):
            return None
        self._made += 1
        serial = self.free[line].pop(0)
        ticket = OfflineTicket(
            key=secret(f"{self.name}-key", self._made),
            day=self.day,
            line=line,
            serial=serial,
            taken_at=self.now(),
            **more,
        )
        self.given.append(ticket)
        self.pending.append(ticket)
        return f"{self.prefixes[line]}{serial:03d}"

    def now(self) -> Any:
        """Its own clock."""
        return self.hall.clock.now() - self.behind

    async def hand_in(self, *, is_answer_lost: bool = False) -> list[dict[str, Any]]:
        """Bring what is pending; with the answer lost it will bring it again."""
        answers = await self.send(self.pending)
        if not is_answer_lost:
            self.answers.update({one["key"]: one for one in answers})
            self.pending = []
        return answers

    async def send(self, tickets: Iterable[OfflineTicket], *, actor: Actor | None = None) -> list[dict[str, Any]]:
        """Bring certain tickets."""
        self.hall.clock.forward(seconds=0.5)
        wanted = HandInWanted(session=self.session, now=self.now(), tickets=tuple(tickets))
        who = actor or self.actor
        command = handing_in(wanted, who, self.hall.server.keys, Channel.KIOSK)
        reply = await self.hall.server.execute(command, actor=who)
        found: list[dict[str, Any]] = msgspec.json.decode(reply)["tickets"]
        return found

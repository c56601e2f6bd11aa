"""A demonstration hall seen from its queue: short words for what tests of rules do over and over."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest

from hall_queue import messages as m
from hall_queue.model import Desk, Ticket
from hall_queue.room import Room
from hall_queue.state import HallQueue
from hall_server.errors import DomainError
from hall_server.identity import Actor
from hall_server.messages import Command
from hall_server.server import Server
from tests.fakes.hall import HandClock, manager, staff


class QueueHall:
    """A hall whose tickets and windows a test moves.

    Attributes:
        clock: moved by the test; half a second passes before each command, so that arrivals differ.
    """

    def __init__(self, server: Server, clock: HandClock) -> None:
        self.server = server
        self.clock = clock

    @property
    def room(self) -> Room:
        found: Room = self.server.rooms["hall_queue"]
        return found

    @property
    def queue(self) -> HallQueue:
        return self.room.queue

    def ticket(self, id_: str) -> Ticket:
        return self.queue.tickets[id_]

    def desk(self, window: str) -> Desk:
        return self.queue.desk(window)

    def matters(self, line: str) -> list[str]:
        return [matter.id for matter in self.server.directory.matters.values() if matter.line == line and matter.active]

    async def do(self, command: Command, actor: Actor | None = None, *, id_: str | None = None) -> Any:
        self.clock.forward(seconds=0.5)
        return msgspec.json.decode(await self.server.execute(command, actor=actor or manager(), command_id=id_))

    async def issue(self, line: str | None = "business", **more: Any) -> str:
        """Take a number and give the ticket's id."""
        line = None if "matter" in more else line
        reply = await self.do(m.IssueTicket(line=line, **more))
        return str(reply["id"])

    async def open(self, *windows: str) -> None:
        """Sit down at windows: s01 at w01 and so on."""
        for window in windows:
            await self.do(m.OpenWindow(window=window), clerk(window))

    async def call(self, window: str) -> str:
        """Call whoever is next and give the ticket's id."""
        return str((await self.do(m.CallNext(window=window), clerk(window)))["ticket"]["id"])

    async def serve(self, window: str) -> str:
        """Call and start."""
        id_ = await self.call(window)
        await self.do(m.StartService(window=window), clerk(window))
        return id_

    async def may_pass(self, window: str) -> None:
        """Call often and long enough for a pass."""
        self.clock.forward(seconds=self.server.settings.pass_after_s)
        await self.do(m.RecallTicket(window=window), clerk(window))

    async def pass_(self, window: str) -> str:
        """Call the next one and pass it, as nobody comes."""
        id_ = await self.call(window)
        await self.may_pass(window)
        await self.do(m.PassTicket(window=window), clerk(window))
        return id_

    def refused(self, error: type[DomainError], code: str) -> Any:
        """A block whose command is refused with this class and code."""
        return pytest.raises(error, check=lambda exc: exc.code == code)


def clerk(window: str) -> Actor:
    """Who works at a window of the demonstration hall: s01 at w01."""
    return staff(f"s{window[1:]}", window)


Open = Callable[..., Coroutine[Any, Any, QueueHall]]

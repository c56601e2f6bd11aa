"""What the hall machine stands on: a real hall on a disk in memory, keys with ids, what was heard."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from hypothesis.stateful import RuleBasedStateMachine

from hall_queue import messages as m
from hall_queue.model import Ticket, TicketState, WindowState
from hall_queue.rules import Hall
from hall_queue.state import HallQueue
from hall_server.days import DayOpened
from hall_server.directory.commands import FoundHall
from hall_server.directory.events import DirectoryEvent, MatterSaved, WindowSaved
from hall_server.directory.model import Express
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM
from hall_server.messages import Command, Recorded
from hall_server.server import Server
from tests.fakes.hall import CountedIds, HandClock, composed, demo_hall, manager

MEMORY = Path("/dev/shm")  # noqa: S108  # a disk in memory where there is one; the rules are tried here, not the disk
WINDOWS = ("w01", "w02", "w03", "w04")
LINES = ("business", "transport")
AT_DESK = {TicketState.CALLED: WindowState.CALLING, TicketState.SERVING: WindowState.SERVING}
LIVE = {TicketState.WAITING, TicketState.HELD, *AT_DESK}
MATTERS_KEPT = 4  # of each line


@cache
def small_hall() -> tuple[DirectoryEvent, ...]:
    """The demonstration hall with a few matters of each line, so that a restart takes no time.

    The first matter of each line is an express one; w04 takes such ones first.
    """
    events = demo_hall().events
    needed = {id_ for one in events if isinstance(one, WindowSaved) for id_ in one.item.matters}
    kept: Counter[str] = Counter()
    small: list[DirectoryEvent] = []
    for event in events:
        if isinstance(event, MatterSaved):
            kept[event.item.line] += event.item.id not in needed
            if event.item.id not in needed and kept[event.item.line] > MATTERS_KEPT:
                continue
            is_express = kept[event.item.line] == 1
            small.append(MatterSaved(item=msgspec.structs.replace(event.item, express=is_express)))
        elif isinstance(event, WindowSaved) and event.item.id == "w04":
            small.append(WindowSaved(item=msgspec.structs.replace(event.item, express=Express.FIRST)))
        else:
            small.append(event)
    return tuple(small)


class MachineBase(RuleBasedStateMachine):
    """Presses any key at any time; a refusal is an answer, anything else a fault.

    Attributes:
        numbers: today's, as they were acknowledged.
        heard: today's events, as the bus handed them on.
        presses: so many keys so far.
        last: the last key that was answered: command, actor, id, reply.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.clock = HandClock()
        self.ids = CountedIds()  # the same keys give the same ids: Hypothesis runs an example more than once
        self.numbers: dict[str, str] = {}
        self.heard: list[Recorded] = []
        self.presses = 0
        self.last: tuple[Command, Any, str, bytes] | None = None
        self.server: Server
        self.run(self.begin())

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    async def begin(self) -> None:
        self.server = composed(self.folder, clock=self.clock, rooms=("hall_queue",))
        self.server.ids = self.ids
        self.server.listen("hall machine", self.hear)
        await self.server.open()
        if self.server.directory.hall is None:
            await self.server.execute(FoundHall(events=small_hall()), actor=SYSTEM)

    def hear(self, recorded: Recorded) -> None:
        if isinstance(recorded.event, DayOpened):
            self.heard.clear()
        self.heard.append(recorded)

    # -- what there is

    @property
    def queue(self) -> HallQueue:
        return self.hall.queue

    @property
    def hall(self) -> Hall:
        found: Hall = self.server.rooms["hall_queue"].hall
        return found

    def ticket(self, which: int) -> str:
        ids = list(self.queue.tickets)
        return ids[which % len(ids)] if ids else "none"

    def waiting(self) -> list[Ticket]:
        return [one for one in self.queue.tickets.values() if one.state is TicketState.WAITING]

    def matter(self, of: str, which: int) -> str:
        found = [one.id for one in self.server.directory.matters.values() if one.line == of]
        return found[which % len(found)]

    def desks(self, *states: WindowState) -> list[str]:
        return [one for one in WINDOWS if self.queue.desk(one).state in states]

    def at(self, which: int, *states: WindowState) -> str:
        """One of the windows in these states; any of them where there is none, for the refusal."""
        found = self.desks(*states) or WINDOWS
        return found[which % len(found)]

    # -- what is done

    def press(self, command: Command, actor: Any = None) -> bytes | None:
        """Press a key; None where it was refused."""
        self.presses += 1
        self.clock.forward(seconds=1)
        who, key = actor or manager(), f"press-{self.presses:06d}"
        seq = self.server.journal.seq
        try:
            body: bytes = self.run(self.server.execute(command, actor=who, command_id=key))
        except DomainError:
            assert self.server.journal.seq == seq, "a refusal changed something"
            return None
        self.last = (command, who, key, body)
        return body

    def took(self, command: Command) -> str | None:
        """Press for a number, and remember what was given."""
        before = set(self.queue.tickets)
        if self.press(command) is None:
            return None
        (new,) = set(self.queue.tickets) - before
        self.numbers[new] = self.queue.tickets[new].number
        return new

    def roll(self) -> None:
        """Let the hall look at the calendar."""
        day = self.queue.day
        self.run(self.server.roll_day())
        if self.queue.day != day:
            self.numbers.clear()
            self.last = None  # replies are kept for three days only

    def events(self, kind: type[m.TicketEvent]) -> list[Any]:
        """Today's events of a kind."""
        return [one.event for one in self.heard if isinstance(one.event, kind)]

"""The city's own events: several processes append to one journal, each commit under the lock of its head."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from city.sql import blocks
from city.store.down import DownQueue, Sending
from hall_server.clock import Clock
from hall_server.database.tables import SharedTables, Transaction
from hall_server.errors import Unavailable
from hall_server.identity import Actor
from hall_server.ids import Ids
from hall_server.journal import rows
from hall_server.journal.replies import KEPT, Known, fingerprint, same
from hall_server.messages import Command, Event, EventTypes, Recorded
from hall_server.outcome import Context, Outcome

CHANNEL = "journal"
OF_HALLS = {"case": "stream", "package": "package_stream"}
"""Kinds of subjects that halls begin and the city goes on with, each with its query; of others only the city's own."""
READ = 500
LOOK_AGAIN_S = 30.0
"""A notice may be lost; the journal is looked at so often in any case."""
_encode = msgspec.json.Encoder().encode


class Moved(Unavailable):
    """Another process has committed meanwhile; catch up and decide again."""


class CityOutcome(Outcome, frozen=True, kw_only=True):
    """What a handler at the city decided.

    Attributes:
        down: what goes to halls; queued in the same transaction as the events.
    """

    down: tuple[Sending, ...] = ()


Decide = Callable[[list[Recorded], Context], Outcome]
"""Pure: the subject's events so far and the circumstances → what happens."""


class CityJournal:
    """Appends: lock the head, read the stream, decide, append with the chain, all in one transaction.

    A hall keeps its state in memory and has one process; the city has several, so each command reads what it is about.
    """

    def __init__(
        self,
        database: SharedTables,
        types: EventTypes,
        down: DownQueue,
        *,
        clock: Clock,
        ids: Ids,
        timezone: str = "Asia/Shanghai",
    ) -> None:
        self._database = database
        self._types = types
        self._down = down
        self._clock = clock
        self._ids = ids
        self.zone = ZoneInfo(timezone)
        self._sql = blocks("journal")
        self._halls = blocks("events")
        self._news = asyncio.Event()

    async def commit(
        self,
        decide: Decide,
        *,
        subject: str,
        actor: Actor,
        command_id: str | None = None,
        command: Command | None = None,
        also: Sequence[str] = (),
        stands: int | None = None,
        taken: Callable[[list[Recorded]], None] | None = None,
    ) -> bytes:
        """Decide something about a subject and make it durable; gives the reply as JSON.

        Args:
            decide: pure; given the subject's events in order (its halls' and the city's own).
            subject: as ``kind:id``; its stream is what ``decide`` sees.
            actor: who wants it.
            command_id: the caller's id; the same again from the same actor gets the first reply.
            command: what was asked, so that an id used for something else is refused.
            also: further subjects whose streams belong to the decision (a joint package).
            stands: the seq that the caller's own state stands at, where ``decide`` looks at that.
            taken: given what will be committed before the reply is made, so that the reply may speak of it.

        Raises:
            DomainError: it was refused; nothing changed.
            Moved: the journal is no longer where the caller stands.
            Refused: ``command.reused``.
            UnknownEvent: the stream holds an event of a newer program.
            Unavailable: the database cannot be reached.
        """
        who = str(actor)
        asked = fingerprint(command) if command is not None else bytes(16)
        async with self._database.transaction() as begun:
            await begun.execute(self._sql["lock"])
            if command_id is not None and (known := await self._known(begun, who, command_id)):
                return same(known, asked).body
            [(seq, at, head)] = await begun.fetch(self._sql["head"])
            if stands is not None and stands != seq:
                raise Moved("journal.moved", seq=seq)
            stream = [one for name in (subject, *also) for one in await self._stream(begun, name)]
            now = max(self._clock.now(), rows.moment(at))
            day = self.day(now)
            outcome = decide(stream, Context(now=now, business_day=day, actor=actor, ids=self._ids))
            recorded = [
                Recorded(seq=number, at=now, business_day=day, event=event, actor=who, command_id=command_id)
                for number, event in enumerate(self._registered(outcome.events), start=seq + 1)
            ]
            await self._append(begun, recorded, bytes(head))
            await self._down.put(begun, outcome.down if isinstance(outcome, CityOutcome) else ())
            if taken is not None:
                taken(recorded)
            body = _encode(outcome.reply())
            if command_id is not None:
                row = (who, command_id, asked, rows.microseconds(now), body)
                await begun.execute(self._sql["remember"], row)
            return body

    def day(self, at: datetime) -> date:
        """The city's calendar day at a time."""
        return at.astimezone(self.zone).date()

    async def stream(self, *subjects: str) -> list[Recorded]:
        """The events of subjects, one subject after the other: the halls' (cases only) and the city's own, by time.

        Raises:
            UnknownEvent: one was written by a newer program.
        """
        async with self._database.transaction() as begun:
            return [one for name in subjects for one in await self._stream(begun, name)]

    async def read(self, after: int, *, limit: int = READ) -> list[Recorded]:
        """The city's own events after a seq, in order."""
        found = await self._database.fetch(self._sql["after"], (after, limit))
        return [rows.read(row, self._types) for row in found]

    async def head(self) -> tuple[int, bytes]:
        """The last seq of the city's own journal, and its hash."""
        [(seq, _, head)] = await self._database.fetch(self._sql["head"])
        return seq, bytes(head)

    async def verify(self) -> int | None:
        """The first row that does not follow from the one before it; None where all do."""
        after, before = 0, rows.GENESIS
        while found := await self._database.fetch(self._sql["after"], (after, READ)):
            for row in found:
                if row[0] != after + 1 or rows.row_hash(tuple(row[:9]), before) != bytes(row[9]):
                    return after + 1
                after, before = row[0], bytes(row[9])
        return None if (after, before) == await self.head() else after + 1

    async def forget_replies(self, *, kept: timedelta = KEPT) -> None:
        """Throw away replies that nobody asks for any more."""
        oldest = rows.microseconds(self._clock.now() - kept)
        await self._database.transact([(self._sql["forget"], [(oldest,)])])

    async def follow(self, hand_on: Callable[[list[Recorded]], None], *, after: int | None = None) -> None:
        """Hand on what every process of the city commits, in order, for ever; from now on, or after a seq."""
        await self._database.listen(CHANNEL, lambda _: self._news.set())
        if after is None:
            after, _ = await self.head()
        while True:
            with contextlib.suppress(Unavailable):
                while batch := await self.read(after):
                    after = batch[-1].seq
                    hand_on(batch)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_AGAIN_S)
            self._news.clear()

    async def _known(self, begun: Transaction, who: str, command_id: str) -> Known | None:
        found = await begun.fetch(self._sql["reply"], (who, command_id))
        return Known(bytes(found[0][0]), bytes(found[0][1])) if found else None

    async def _stream(self, begun: Transaction, subject: str) -> list[Recorded]:
        query = OF_HALLS.get(subject.partition(":")[0])
        halls = await begun.fetch(self._halls[query], (subject,)) if query is not None else []
        own = await begun.fetch(self._sql["stream"], (subject,))
        places = [(row[10] if len(row) > 10 else "", rows.read(row[:10], self._types)) for row in (*halls, *own)]
        return in_turn(places)

    async def _append(self, begun: Transaction, recorded: list[Recorded], head: bytes) -> None:
        if not recorded:
            return
        table: list[rows.Row] = []
        for one in recorded:
            table.append(rows.chained(one, table[-1].hash if table else head))
        last = table[-1]
        await begun.many(self._sql["insert"], table)
        await begun.execute(self._sql["move"], (last.seq, last.at, last.hash))
        await begun.notify(CHANNEL, str(last.seq))

    def _registered(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        for event in events:
            if not self._types.has(type(event)):
                raise Unavailable("event.not_registered", event=type(event).__name__)
        return events


def in_turn(places: Iterable[tuple[str, Recorded]]) -> list[Recorded]:
    """The events of one subject in the order in which they happened, whatever the clocks of their places said.

    A subject has one writer at a time: whoever begins it (``writer`` or ``hall`` of its first event; else whose clock
    says so) writes until an event says who goes on (``event.writer``: ``hall:ID`` or ``city``). What halls hold of the
    city's steps is passed over.

    Args:
        places: hall, or "" for the city's own journal, with the event; those of a place in its order.
    """
    waiting: dict[str, deque[Recorded]] = {}
    for place, recorded in places:
        if not getattr(recorded.event, "is_echo", False):
            waiting.setdefault(place, deque()).append(recorded)
    began = [one for one, queue in waiting.items() if _begins(one, queue[0].event)]
    place = began[0] if began else min(waiting, key=lambda one: waiting[one][0].at, default="")
    found: list[Recorded] = []
    while queue := waiting.get(place):
        found.append(queue.popleft())
        writer = getattr(found[-1].event, "writer", None)
        if writer is not None:
            place = str(writer).removeprefix("hall:") if writer != "city" else ""
    return found + [one for queue in waiting.values() for one in queue]


def _begins(place: str, event: Event) -> bool:
    """Whether a place says by its first event that it begins the subject."""
    hall = getattr(event, "hall", None)
    if place or hall is None:
        return hall == place
    return hall == "" or getattr(event, "writer", None) == "city"  # for a hall, in whose package it is

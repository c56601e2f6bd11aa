"""Server: what a subsystem installs itself into, and the one way a command travels."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from hall_server.clock import Clock
from hall_server.database.connections import MIGRATIONS, Database, migrate
from hall_server.database.projections import Projection, Projector
from hall_server.database.vault import Vault
from hall_server.days import DayOpened, Days, OpenDay
from hall_server.errors import Unavailable
from hall_server.host import Host
from hall_server.identity import SYSTEM, Actor, Keys
from hall_server.ids import Ids
from hall_server.journal.commit import Commit
from hall_server.journal.journal import Journal, Reply
from hall_server.journal.replies import Known, Replies, fingerprint, key_of, same
from hall_server.lock import DataLock
from hall_server.messages import Command, Event, Recorded
from hall_server.outcome import Context, Outcome
from hall_server.settings import Settings

if TYPE_CHECKING:
    from hall_server.mqtt.router import DeviceRouter

log = logging.getLogger(__name__)

_E = TypeVar("_E", bound=Event)
_FIRST_DAY = date(1970, 1, 1)  # before the first day of any hall
_encode = msgspec.json.Encoder().encode

DeviceRequest = Callable[[Actor, str, dict[str, Any]], Awaitable[object]]


class _Asked(msgspec.Struct, frozen=True):
    """A command that has an id: the id, a digest of the command, and what its reply is found by."""

    command_id: str
    fingerprint: bytes
    key: int


class Server(Host):
    """A hall's server: its data, its live state and what its rooms have installed."""

    def __init__(self, settings: Settings, data: Path, *, clock: Clock | None = None, ids: Ids | None = None) -> None:
        super().__init__(clock=clock, ids=ids)
        self.settings = settings
        self.data = data
        self.days = Days(settings.timezone)
        self.requests: dict[str, DeviceRequest] = {}
        self.keys: Keys
        self.database: Database
        self.views: Database
        self.vault: Vault
        self.journal: Journal
        self.router: DeviceRouter | None = None
        self.mqtt_port = 0
        self._completers: dict[type[Event], Callable[[Any], Event]] = {}
        self._projections: list[Projection] = []
        self._lock = DataLock(data)
        self.handle(OpenDay, self.days.handle)
        self.types.add(DayOpened)

    # -- what install() calls, beside what a host offers

    def complete(self, type_: type[_E], completer: Callable[[_E], _E]) -> None:
        """Write into an event what is worked out while it is folded, before its row is made; no fold may read that."""
        self._completers[type_] = completer

    def on_request(self, do: str, handler: DeviceRequest) -> None:
        """Answer devices that ask for ``do`` over MQTT: ``handler(actor, request id, args)``."""
        self.requests[do] = handler

    def project(self, projection: Projection) -> None:
        """Follow the journal with tables in views.db."""
        self._projections.append(projection)

    # -- life

    async def open(self) -> None:
        """Open the databases and the keys, and rebuild the live state from the journal."""
        self._lock.take()
        self.keys = Keys.load(self.data / "keys")
        self.database = await Database.open(self.data / "hall.db", synchronous="FULL")
        await migrate(self.database, MIGRATIONS / "hall")
        self.views = await Database.open(self.data / "views.db", synchronous="NORMAL")
        self.vault = Vault(self.database, self.keys, self.clock, self.ids)
        self.journal = Journal(self.database, self.types)
        self.journal.on_failure = self._fail
        await self.journal.open()
        self.replies = Replies(self.database)
        await self.replies.open(self.clock.now())
        await self._replay()
        self.projector = Projector(self.views, self.journal)
        for projection in self._projections:
            self.projector.add(projection)
        await self.projector.open()
        self.journal.on_commit = self._committed
        await self.roll_day()

    async def start(self) -> None:
        """Let everything installed begin, then follow the journal and the calendar."""
        await self._start_all()
        self.spawn(self.projector.run(), "projections")
        self.spawn(self.days.watch(self.roll_day), "business day")
        self.ready = True

    async def stop(self) -> None:
        """End everything, write what waits and close the files."""
        self.ready = False
        await self._stop_all()
        await self.close()

    async def close(self) -> None:
        """Close the journal and the files (the counterpart of `open`)."""
        await self.journal.close()
        if self.journal.failure is None:
            with contextlib.suppress(Unavailable):
                await self.projector.catch_up()
        await self.views.close()
        await self.database.close()
        self._lock.release()

    # -- the way of a command

    @property
    def business_day(self) -> date:
        """The day the hall is in."""
        return self.journal.business_day or _FIRST_DAY

    def now(self) -> datetime:
        """The hall's time: the clock's, but never before the last event."""
        now, last = self.clock.now(), self.journal.last_at
        if now.tzinfo is not UTC:
            now = now.astimezone(UTC)
        return last if last is not None and last > now else now

    async def execute(self, command: Command, *, actor: Actor, command_id: str | None = None) -> bytes:
        """Decide a command, make it durable, and give its reply as JSON.

        Args:
            command: what is wanted.
            actor: who wants it.
            command_id: the caller's id; the same again from the same actor gets the first reply.

        Raises:
            DomainError: it was refused; nothing changed.
            Refused: ``command.reused``, the id stood for another command.
            JournalFailed: it could not be made durable; the server stops.
        """
        if command_id is None:
            body, commit = self._decide(command, actor, str(actor), None)
            await self._safe(commit)
            return body
        who, asked = str(actor), fingerprint(command)
        known = self.replies.recent(who, command_id)
        key = key_of(who, command_id) if known is None else 0
        if known is None and self.replies.may_be_stored(key):
            known = await self.replies.stored(who, command_id) or self.replies.recent(who, command_id)
        if known is None:
            body, commit = self._decide(command, actor, who, _Asked(command_id, asked, key))
            await self._safe(commit)
            return body
        if known.done is not None:
            await known.done.reached()
        return same(known, asked).body

    def decide(self, command: Command, context: Context) -> Outcome:
        """What a command's handler decides, for a handler whose command is that one and something more.

        Raises:
            DomainError: it is refused.
        """
        return self._handlers[type(command)](command, context)

    def _decide(self, command: Command, actor: Actor, who: str, asked: _Asked | None) -> tuple[bytes, Commit | None]:
        """Decide and change the live state; the reply, and the commit after which it may be given."""
        self.journal.check()
        context = Context(now=self.now(), business_day=self.business_day, actor=actor, ids=self.ids)
        outcome = self._handlers[type(command)](command, context)
        recorded = self._record(outcome.events, context, who, asked.command_id if asked else None)
        try:
            folded = self._folded(recorded)
            body = _encode(outcome.reply())
        except BaseException as exc:
            self._fail(exc)
            raise
        reply = self._reply(who, asked, body) if asked else None
        commit = self.journal.append(folded, at=context.now, reply=reply) if folded or reply else None
        if reply and commit:
            known = Known(reply.fingerprint, body, commit)
            self.replies.remember(who, reply.command_id, known, key=reply.key)
        return body, commit

    def _reply(self, who: str, asked: _Asked, body: bytes) -> Reply:
        return Reply(
            number=self.replies.next_number(),
            key=asked.key,
            actor=who,
            command_id=asked.command_id,
            fingerprint=asked.fingerprint,
            body=body,
        )

    def _safe(self, commit: Commit | None) -> Awaitable[None]:
        """What is waited for before a reply is given; one without an event may show what is not committed yet."""
        return self.settled() if commit is None else commit.reached()

    async def settled(self) -> None:
        """Wait until everything decided so far is committed, so that what is read may be shown."""
        await self.journal.settled()

    async def roll_day(self) -> None:
        """Begin a new business day if the calendar has moved on."""
        today = self.days.local_date(self.now())
        if today > self.business_day:
            await self.execute(OpenDay(day=today), actor=SYSTEM)

    # -- inside

    def _record(self, events: Iterable[Event], context: Context, who: str, command_id: str | None) -> list[Recorded]:
        recorded: list[Recorded] = []
        day = context.business_day
        for seq, event in enumerate(events, start=self.journal.seq + 1):
            if not self.types.has(type(event)):
                raise Unavailable("event.not_registered", event=type(event).__name__)
            if isinstance(event, DayOpened):
                day = event.day
            recorded.append(
                Recorded(
                    seq=seq,
                    at=context.now,
                    business_day=day,
                    event=event,
                    actor=who,
                    command_id=command_id,
                )
            )
        return recorded

    def _folded(self, recorded: list[Recorded]) -> tuple[Recorded, ...]:
        """Change the live state; the events as they go to the journal."""
        for place, one in enumerate(recorded):
            self._apply(one)
            complete = self._completers.get(type(one.event))
            if complete is not None:
                recorded[place] = msgspec.structs.replace(one, event=complete(one.event))
        return tuple(recorded)

    async def _replay(self) -> None:
        days = await self.journal.days()
        day, first = days[-1] if days else ("", 1)
        for recorded in await self.journal.lasting(first, day):
            self._apply(recorded)
        async for batch in self.journal.read_all(first - 1):
            for recorded in batch:
                self._apply(recorded)

    def _committed(self, batch: list[Recorded]) -> None:
        self.projector.offer(batch)
        self.bus.hand_on(batch)

    def _fail(self, exc: BaseException) -> None:
        log.critical("the server stops: %r", exc, extra={"action": "server.failed"})
        if self.journal.failure is None:
            self.journal.failure = exc
        self.ready = False
        self.failed.set()

"""The city's server: several processes may share its database, so it decides under the lock of the journal."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from city.journal import CHANNEL, CityJournal, CityOutcome, Moved
from city.keys import CityKeys
from city.settings import CitySettings
from city.store.down import Sending
from city.store.halls import HallState
from city.store.store import CityStore
from hall_server.clock import Clock
from hall_server.database.tables import SharedTables, open_tables
from hall_server.database.vault import Vault
from hall_server.errors import Unavailable
from hall_server.host import Host
from hall_server.identity import Actor, Keys
from hall_server.ids import Ids
from hall_server.messages import Command, Event, Recorded
from hall_server.outcome import Context, Outcome

log = logging.getLogger(__name__)

SCHEMA = Path(__file__).parent / "sql"
LOOK_AGAIN_S = 30.0
"""A notice may be lost; the journal is looked at so often in any case."""
_TRIES = 50

_C = TypeVar("_C", bound=Command)
StreamDecide = Callable[[list[Recorded], Any, Context], Outcome]


@dataclass(frozen=True, slots=True)
class _StreamWay:
    """How a command about one subject is decided: whose stream it looks at, and by what."""

    subject: Callable[[Any], str]
    decide: StreamDecide
    also: Callable[[Any], Sequence[str]]


class JournalState:
    """How the city's journal stands in this process (the JournalState port of the web)."""

    def __init__(self) -> None:
        self.committed = 0
        self.failure: BaseException | None = None


class City(Host):
    """A city's server: its database, its live state and what its rooms have installed.

    What is small and asked for often (directory, catalogue, calendar) is folded in memory, in every process alike; what
    there is much of (cases) is read as the stream of its subject when something is decided about it.
    """

    def __init__(
        self, settings: CitySettings, data: Path, *, clock: Clock | None = None, ids: Ids | None = None
    ) -> None:
        super().__init__(clock=clock, ids=ids)
        self.settings = settings
        self.data = data
        self.journal = JournalState()
        self.keys: Keys
        self.secrets: CityKeys
        self.database: SharedTables
        self.vault: Vault
        self.store: CityStore
        self.log: CityJournal
        self._streams: dict[type[Command], _StreamWay] = {}
        self._turn = asyncio.Lock()
        self._deciding: set[asyncio.Future[bytes]] = set()
        self._news = asyncio.Event()
        self.last_at: datetime | None = None

    # -- what install() calls, beside what a host offers

    def handle_stream(
        self,
        command: type[_C],
        decide: StreamDecide,
        *,
        subject: Callable[[_C], str],
        also: Callable[[_C], Sequence[str]] = lambda command: (),
    ) -> None:
        """Let ``decide(events of the subject, command, context)`` decide commands of this class.

        Args:
            command: the class.
            decide: pure; may be called again where a commit failed.
            subject: of a command: ``kind:id``.
            also: further subjects whose events come after those of the first.
        """
        if command in self._streams or command in self._handlers:
            raise Unavailable("command.two_handlers", command=command.__name__)
        self._streams[command] = _StreamWay(subject, decide, also)

    # -- what rooms below the city may ask of it (`cases.catalogue.city.CatalogueCity`)

    def outcome(
        self, events: tuple[Event, ...], reply: Callable[[], object], letters: Iterable[tuple[str, str, object]]
    ) -> Outcome:
        """What a handler decided, with ``(hall, kind, payload)`` for each item that goes down in the same commit."""
        down = tuple(Sending(hall=hall, kind=kind, payload=payload) for hall, kind, payload in letters)
        return CityOutcome(events=events, reply=reply, down=down)

    async def hall_ids(self) -> tuple[str, ...]:
        """The halls that are registered and not closed."""
        return tuple(one.id for one in await self.store.halls.everyone() if one.state is not HallState.CLOSED)

    async def hear_halls(self, told: Callable[[], None]) -> None:
        """Hear that something about a hall changed, in any process."""
        await self.database.listen("halls", lambda _: told())

    # -- life

    async def open(self) -> None:
        """Open the database and the keys, and fold the city's journal."""
        self.keys = await asyncio.to_thread(Keys.load, self.data / "keys")
        self.secrets = await asyncio.to_thread(CityKeys.load, self.data / "keys")
        self.database = await open_tables(self.settings.database or self.data / "city.db", SCHEMA)
        self.store = CityStore(self.database, self.secrets, self.clock)
        await self.store.files.begin([one.id for one in await self.store.halls.everyone()])
        self.vault = Vault(self.database, self.keys, self.clock, self.ids)
        self.log = CityJournal(
            self.database,
            self.types,
            self.store.down,
            clock=self.clock,
            ids=self.ids,
            timezone=self.settings.timezone,
        )
        await self._catch_up()

    async def start(self) -> None:
        """Let everything installed begin, then follow what other processes of the city commit."""
        await self.database.listen(CHANNEL, lambda _: self._news.set())
        await self._start_all()
        self.spawn(self._follow(), "journal of the city")
        self.ready = True

    async def stop(self) -> None:
        """End everything and close the database."""
        self.ready = False
        await self._stop_all()
        await asyncio.gather(*self._deciding, return_exceptions=True)
        await self.database.close()

    # -- the way of a command

    @property
    def business_day(self) -> date:
        """The city's calendar day."""
        return self.log.day(self.now())

    def now(self) -> datetime:
        """The city's time: the clock's, but never before the last event."""
        now = self.clock.now().astimezone(UTC)
        return self.last_at if self.last_at is not None and self.last_at > now else now

    async def execute(self, command: Command, *, actor: Actor, command_id: str | None = None) -> bytes:
        """Decide a command, make it durable, and give its reply as JSON.

        Raises:
            DomainError: it was refused; nothing changed.
            Unavailable: the database cannot be reached.
        """
        deciding = asyncio.ensure_future(self._execute(command, actor, command_id))
        self._deciding.add(deciding)
        deciding.add_done_callback(self._decided)
        return await asyncio.shield(deciding)  # a caller that is cancelled must not leave half a commit

    def _decided(self, deciding: asyncio.Future[bytes]) -> None:
        self._deciding.discard(deciding)
        if not deciding.cancelled():
            deciding.exception()  # whoever asked has it, or has gone

    async def _execute(self, command: Command, actor: Actor, command_id: str | None) -> bytes:
        known: list[Recorded] = []
        for _ in range(_TRIES):
            with contextlib.suppress(Moved):
                async with self._turn:
                    known += await self._take()
                    return await self._commit(command, actor, command_id, known)
        raise Unavailable("journal.busy")

    async def settled(self) -> None:
        """Whatever was answered is committed already."""

    async def _commit(self, command: Command, actor: Actor, command_id: str | None, known: list[Recorded]) -> bytes:
        """Commit where the state in memory stands; what was folded before it is handed on with it."""
        stands, way = self.journal.committed, self._way(type(command))
        try:
            return await self.log.commit(
                lambda stream, context: way.decide(stream, command, context),
                subject=way.subject(command),
                also=way.also(command),
                actor=actor,
                command_id=command_id,
                command=command,
                stands=stands,
                taken=lambda recorded: self._fold(recorded, known),
            )
        except BaseException as exc:
            if self.journal.committed != stands:  # the state holds what was not kept
                self._fail(exc)
            raise
        finally:
            if not self.failed.is_set():
                self.bus.hand_on(known)
                known.clear()

    def _way(self, command: type[Command]) -> _StreamWay:
        """A command that nobody decides on a stream is decided on the state in memory alone."""
        way = self._streams.get(command)
        if way is None:
            handler = self._handlers[command]
            way = _StreamWay(lambda one: "", lambda stream, one, context: handler(one, context), lambda one: ())
        return way

    def _fold(self, recorded: list[Recorded], known: list[Recorded]) -> None:
        for one in recorded:
            self._apply(one)
        known += recorded
        if recorded:
            self.journal.committed, self.last_at = recorded[-1].seq, recorded[-1].at

    async def _take(self) -> list[Recorded]:
        """Fold what was committed since; the caller hands it on."""
        taken: list[Recorded] = []
        while batch := await self.log.read(self.journal.committed):
            self._fold(batch, taken)
        return taken

    async def _catch_up(self) -> None:
        async with self._turn:
            batch = await self._take()
        self.bus.hand_on(batch)

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_AGAIN_S)
            self._news.clear()
            try:
                await self._catch_up()
            except Unavailable as exc:
                log.warning("the city's database: %s", exc, extra={"action": "city.behind"})

    def _fail(self, exc: BaseException) -> None:
        log.critical("the city's server stops: %r", exc, extra={"action": "server.failed"})
        self.journal.failure = exc
        self.ready = False
        self.failed.set()

"""Halls and a city that are linked for tests: real servers, databases and sockets; halls that journal plain notes."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from websockets.asyncio.client import ClientConnection, connect

from city.keys import CityKeys
from city.sql import SCHEMA
from city.store.store import CityStore
from hall_server.clock import Clock, SystemClock
from hall_server.database.tables import open_tables
from hall_server.federation import wire
from hall_server.federation.acceptor import Acceptor, LinkHandler
from hall_server.federation.attachments import Attachments
from hall_server.federation.room import Room
from hall_server.identity import SYSTEM
from hall_server.journal.rows import GENESIS, row_hash
from hall_server.messages import Command, Event
from hall_server.outcome import Context, Outcome
from hall_server.server import Server
from tests.fakes.hall import composed

SUBJECTS = 97
AT_ONCE = 1_000


class Noted(Event, frozen=True, kw_only=True):
    """A note was made."""

    type: ClassVar[str] = "test.noted"
    number: int
    about: str | None = None

    @property
    def subject(self) -> str:
        """What it is about."""
        return self.about or f"note:{self.number % SUBJECTS}"


class Note(Command, frozen=True, kw_only=True):
    """Make notes from ``first`` on."""

    first: int
    count: int = 1
    about: str | None = None


class City:
    """The city's end, in this process or (with `serve`) in one of its own; may end as in a crash and begin again."""

    def __init__(self, database: str, folder: Path, *, clock: Clock | None = None, tls: ssl.SSLContext | None = None):
        self.database = database
        self.folder = folder
        self.clock: Clock = clock or SystemClock()
        self.tls = tls
        self.port = 0
        self.store: CityStore
        self.acceptor: Acceptor
        self._http: HTTPServer

    running: ClassVar[set[City]] = set()

    async def start(self, **acceptor: Any) -> City:
        """Open the database and listen, on the same port each time."""
        keys = CityKeys.load(self.folder / "keys")
        self.tables = await open_tables(self.database, SCHEMA)
        self.store = CityStore(self.tables, keys, self.clock)
        self.acceptor = Acceptor(self.store, Attachments(self.folder / "blobs", keys.blobs), self.clock, **acceptor)
        await self.acceptor.start()
        sockets = bind_sockets(self.port, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        application = Application([(wire.PATH, LinkHandler, {"acceptor": self.acceptor})])
        self._http = HTTPServer(application, ssl_options=self.tls)
        self._http.add_sockets(sockets)
        self.running.add(self)
        return self

    async def stop(self) -> None:
        """End at once, whatever is under way."""
        self.running.discard(self)
        self._http.stop()
        await self.acceptor.stop()
        await self._http.close_all_connections()
        await self.tables.close()

    @property
    def url(self) -> str:
        """Where halls dial."""
        return f"{'wss' if self.tls else 'ws'}://127.0.0.1:{self.port}"

    async def pair(self, hall: str) -> str:
        """Register a hall; its token."""
        token = await self.store.halls.register(hall, f"{hall} 大厅")
        assert token is not None
        return token

    async def numbers(self, hall: str) -> list[int]:
        """The seqs of a hall that are here, as they lie in the table."""
        found = await self.tables.fetch("SELECT seq FROM hall_events WHERE hall = ? ORDER BY epoch, seq", (hall,))
        return [seq for (seq,) in found]


def hall(
    folder: Path, *, name: str = "h1", token: str | None = None, clock: Any = None, pause_s: float = 0.01, **given: Any
) -> Server:
    """A hall that makes notes, not open yet; it tries again at once; ``rooms["pauses"]``: how long it would wait."""
    if token is not None:
        (folder / "keys").mkdir(parents=True, exist_ok=True)
        (folder / "keys" / "city.token").write_text(token)
        (folder / "keys" / "city.token").chmod(0o600)
    given = {"city_pace": 0, **given}
    server = composed(folder, clock=clock or SystemClock(), rooms=(), hall=name, **given)
    server.types.add(Noted)
    server.handle(Note, _note)
    pauses: list[float] = []
    server.rooms["pauses"] = pauses

    async def wait(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(pause_s * random.random())

    room: Room = server.rooms["federation"]
    room.wait = wait
    return server


@asynccontextmanager
async def running_hall(folder: Path, **given: Any) -> AsyncIterator[Server]:
    """A hall that runs, with its link."""
    server = hall(folder, **given)
    await server.open()
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


async def note(server: Server, count: int, *, about: str | None = None) -> None:
    """Let a hall journal so many events."""
    first = server.journal.seq + 1
    while count > 0:
        some = min(count, AT_ONCE)
        await server.execute(Note(first=first, count=some, about=about), actor=SYSTEM)
        first, count = first + some, count - some


async def until(holds: Callable[[], Any], *, within_s: float = 120.0) -> None:
    """Wait for something that happens between processes and sockets, where no event can be awaited."""
    async with asyncio.timeout(within_s):
        while True:
            found = holds()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.005)


async def drained(server: Server) -> None:
    """Wait until everything the hall has committed is acknowledged."""
    room: Room = server.rooms["federation"]
    async with asyncio.timeout(300):
        await room.reached(server.journal.committed)


def _note(command: Note, context: Context) -> Outcome:
    numbers = range(command.first, command.first + command.count)
    return Outcome(events=tuple(Noted(number=number, about=command.about) for number in numbers))


def chain(first: int, count: int, before: bytes, *, filling: int = 0) -> list[wire.RawRow]:
    """Rows of a journal that nobody keeps, chained."""
    made: list[wire.RawRow] = []
    for seq in range(first, first + count):
        payload = f'{{"number":{seq},"about":"{"x" * filling}"}}'
        body = (seq, 1_700_000_000_000_000 + seq, "2026-11-23", "test.noted", 1, f"note:{seq % SUBJECTS}", "system")
        row = (*body, None, payload)
        before = row_hash(row, before)
        made.append((*row, before))
    return made


class Dialer:
    """A hall that says whatever a test wants."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    @classmethod
    async def dial(cls, city: City, **given: Any) -> Dialer:
        """Connect, without a word."""
        return cls(await connect(city.url + wire.PATH, max_size=wire.FRAME_BYTES, compression=None, **given))

    async def say(self, frame: wire.Frame) -> None:
        """Send a frame."""
        await self.socket.send(wire.encode(frame), text=True)

    async def hear(self) -> wire.FromCity:
        """The next frame."""
        return wire.from_city(await self.socket.recv())

    async def hello(
        self, hall: str, token: str, *, head: int = 0, proof: bytes = GENESIS, clock: datetime | None = None
    ) -> wire.FromCity:
        """Say hello and prove; the answer."""
        now = clock or datetime.now(UTC)
        await self.say(
            wire.Hello(protocol=wire.PROTOCOL, hall=hall, epoch=0, head=head, down=0, clock=now, token=token)
        )
        answer = await self.hear()
        while isinstance(answer, wire.Prove):
            await self.say(wire.Proof(seq=answer.seq, hash=proof))
            answer = await self.hear()
        return answer

    async def batch(self, rows: list[wire.RawRow], *, epoch: int = 1) -> None:
        """Send rows."""
        await self.say(wire.Batch(epoch=epoch, first=rows[0][0], rows=rows))

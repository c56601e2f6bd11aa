"""The city's end of the link: a WebSocket per hall, admitted, proved, and taken from in order."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import msgspec
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from hall_server.clock import Clock
from hall_server.federation import wire
from hall_server.federation.asking import Answerer
from hall_server.federation.attachments import Attachments
from hall_server.federation.ports import CityStore
from hall_server.federation.session import Session

log = logging.getLogger(__name__)

PING_S = 20.0
BUSY_S = 5.0
"""A hall that finds the city busy comes again after so long, and as much again for each that waits with it."""
BUSY_MOST_S = 120.0


class Telemetry(msgspec.Struct, frozen=True, kw_only=True):
    """How a hall said it was, and when."""

    at: datetime
    picture: msgspec.Raw


class Acceptor:
    """All links of one process of the city.

    Attributes:
        sessions: the halls that are linked to this process.
        now: the last picture of each hall; kept in memory only.
        on_now: told that a hall's picture changed.
        on_taken: told that a hall's cursor moved: ``(hall, cursor)``.
        answerers: who answers which kind of question.
    """

    def __init__(
        self,
        store: CityStore,
        attachments: Attachments,
        clock: Clock,
        *,
        draining: int = 8,
        pace: int = 0,
        accepts: Callable[[str, str], Awaitable[bool]] | None = None,
        answerers: Mapping[str, Answerer] | None = None,
    ) -> None:
        """Prepare.

        Args:
            store: the city's database.
            attachments: where attachments go and come from.
            clock: the city's.
            draining: so many halls that are far behind are taken at once; the others are told to come again.
            pace: events a second that one hall may send; 0: as many as it can.
            accepts: ``(hall, hash)`` → whether an attachment that a hall offers is taken; None: all.
            answerers: kind of a question → who answers it.
        """
        self.store = store
        self.attachments = attachments
        self.clock = clock
        self.draining = draining
        self.pace = pace
        self.accepts = accepts
        self.answerers = answerers if answerers is not None else {}
        self.sessions: dict[str, Session] = {}
        self.now: dict[str, Telemetry] = {}
        self.on_now: Callable[[str], None] = lambda hall: None
        self.on_taken: Callable[[str, int], None] = lambda hall, cursor: None
        self._drains: set[Session] = set()
        self._sent_away = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Hear of items for halls, from every process of the city."""
        await self.store.listen(self.told)

    async def stop(self) -> None:
        """End every link; the halls come again by themselves."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def told(self, hall: str) -> None:
        """Something changed for a hall; ``""``: perhaps for all."""
        for name, session in self.sessions.items():
            if hall in ("", name):
                session.look()

    def serve(self, session: Session) -> None:
        """Run a link until it ends."""
        task = asyncio.create_task(session.run(), name="link of a hall")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def joined(self, session: Session) -> None:
        """A hall was admitted; an older link of the same hall ends, as one of them is dead."""
        if older := self.sessions.get(session.hall):
            older.end()
        self.sessions[session.hall] = session

    def left(self, session: Session) -> bool:
        """A link ended; whether the hall has no other one here."""
        self._drains.discard(session)
        if self.sessions.get(session.hall) is not session:
            return False
        del self.sessions[session.hall]
        self.now.pop(session.hall, None)
        return True

    def may_drain(self, session: Session) -> float:
        """Let a hall that is far behind send now (0), or say after how many seconds it shall come again.

        The more were sent away, the wider they are spread.
        """
        if len(self._drains) < self.draining:
            self._drains.add(session)
            self._sent_away = max(0, self._sent_away - 1)
            return 0.0
        self._sent_away += 1
        spread = min(BUSY_MOST_S, BUSY_S * (1 + self._sent_away / max(1, self.draining)))
        return BUSY_S + random.uniform(0, spread)  # noqa: S311  # spreads load, guards nothing

    def drained(self, session: Session) -> None:
        """A hall has caught up: another may drain."""
        self._drains.discard(session)

    def keep_now(self, hall: str, now: wire.Now) -> None:
        """Keep a hall's picture."""
        self.now[hall] = Telemetry(at=now.at, picture=now.picture)
        self.on_now(hall)


class LinkHandler(WebSocketHandler):
    """``/federation/v1``: mount it with ``(wire.PATH, LinkHandler, {"acceptor": acceptor})``.

    With a TLS server that asks for client certificates (``ssl.CERT_OPTIONAL``) a hall may come with one whose common
    name is its id.
    """

    _session: Session
    acceptor: Acceptor

    def initialize(self, *, acceptor: Acceptor, **_: object) -> None:
        """Take what the route gives."""
        self.acceptor = acceptor

    def check_origin(self, origin: str) -> bool:
        """No web page speaks here."""
        return False

    @property
    def max_message_size(self) -> int:
        """Nothing larger is read."""
        return wire.FRAME_BYTES

    @property
    def ping_interval(self) -> float | None:
        """A hall whose cable is out is noticed."""
        return PING_S

    @property
    def ping_timeout(self) -> float | None:
        """As `ping_interval`."""
        return PING_S

    def get_compression_options(self) -> dict[str, object] | None:
        """Never compress: it takes longer than all the rest of the way, at both ends."""
        return None

    async def open(self, *_: str, **__: str) -> None:
        """Wait for the hall to say who it is."""
        self.set_nodelay(True)
        self._session = Session(self.acceptor, self._send, self.close, certified=self._common_name())
        self.acceptor.serve(self._session)

    async def on_message(self, message: str | bytes) -> None:
        """Take a frame; the next is read only when there is room for it."""
        await self._session.offer(message)

    def on_close(self) -> None:
        """The hall is gone."""
        if hasattr(self, "_session"):
            self._session.end()

    async def _send(self, frame: bytes | str) -> None:
        try:
            await self.write_message(frame, binary=isinstance(frame, bytes))
        except WebSocketClosedError as exc:
            raise ConnectionResetError from exc

    def _common_name(self) -> str | None:
        """The common name of a client certificate, which the TLS server has checked."""
        stream = self.ws_connection.stream if self.ws_connection is not None else None
        found = getattr(getattr(stream, "socket", None), "getpeercert", lambda: None)()
        subject = (found or {}).get("subject", ())
        return next((value for part in subject for name, value in part if name == "commonName"), None)

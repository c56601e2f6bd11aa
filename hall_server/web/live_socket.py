"""The live feed's WebSocket: who connects, which topics, and the way to their stream."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import msgspec
from tornado.websocket import WebSocketHandler, WebSocketProtocol13

from hall_server.errors import DomainError, Forbidden, Invalid
from hall_server.identity import Role
from hall_server.web import bodies, faults, frames
from hall_server.web.handlers import BaseHandler
from hall_server.web.routes import PUBLIC, Kind, Limit, Route, Verb
from hall_server.web.subscribers import Subscriber

MOST_TOPICS = 20
"""In one address, and as many again may be added by message."""
SEND_BUFFER_BYTES = 256 * 1024
"""Of the kernel's, so that a client that stops reading is noticed early."""
_CONNECTS = Limit("live", per_s=50, burst=2000)


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page says once it is connected: topics it wants too, and topics it wants no more."""

    watch: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()


class SocketWire:
    """The way to one client's stream."""

    def __init__(self, handler: WebSocketHandler) -> None:
        self._handler = handler

    def write(self, frame: bytes) -> asyncio.Future[None] | None:
        """Write a frame as it stands."""
        return frames.write(self._handler, frame)

    def close(self) -> None:
        """Cut the stream: a client that does not read would not answer a polite end."""
        if isinstance(connection := self._handler.ws_connection, WebSocketProtocol13):
            connection.stream.close()


class LiveHandler(BaseHandler, WebSocketHandler):
    """``/api/v1/live``."""

    _subscriber: Subscriber | None = None
    _watched: frozenset[str] = frozenset()

    async def prepare(self) -> None:
        """Refuse other sites' pages and what is no WebSocket."""
        await super().prepare()
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            raise Invalid("live.upgrade")
        origin = self.request.headers.get("Origin")
        if origin is not None and not self.check_origin(origin):
            raise Forbidden("live.origin")

    def check_origin(self, origin: str) -> bool:
        """Whether a page of this hall asks."""
        own = {self.request.host.lower(), urlsplit(self.server.settings.public_url or "").netloc.lower()} - {""}
        return urlsplit(origin).netloc.lower() in own

    def get_compression_options(self) -> dict[str, Any] | None:
        """Never compress: 160 kB a client and twice the work, and frames are made once for all."""
        return None

    async def open(self, *_: str, **__: str) -> None:
        """Begin to watch; topics that cannot be watched are named in error frames."""
        self.set_nodelay(True)
        if isinstance(self.ws_connection, WebSocketProtocol13):
            self.ws_connection.stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        try:
            topics = self._topics()
        except Invalid as exc:
            self._refuse(None, exc)
            self._end(exc)
            return
        good, last = self._admitted(topics)
        if not good and last is not None:
            self._end(last)
            return
        id_ = self.session.id if self.session else None
        self._subscriber = Subscriber(SocketWire(self), clock=self.server.clock, session=id_, may_stay=self._may_stay)
        self._watched = frozenset(good)
        self.server.live.join(self._subscriber, self._resumed(topics, good))

    def on_message(self, message: str | bytes) -> None:
        """Watch other topics from now on: a page has one connection for all its parts, which come and go."""
        if self._subscriber is None or not self._may_stay():
            return
        try:
            if self.actor.kind is Role.VISITOR:
                self.web.limiter.take(_CONNECTS, self.origin)
            change = bodies.parse(message.encode() if isinstance(message, str) else message, Change)
            watched = self._watched.difference(change.leave).union(change.watch)
            if len(watched) > 2 * MOST_TOPICS:
                raise Invalid("live.too_many_topics", field="watch", most=2 * MOST_TOPICS)
        except DomainError as exc:
            self._refuse(None, exc)
            return
        good, _ = self._admitted(dict.fromkeys(change.watch))
        self._watched = self._watched.difference(change.leave).union(good)
        self.server.live.leave_topics(self._subscriber, change.leave)
        self.server.live.join(self._subscriber, dict.fromkeys(good))

    def on_close(self) -> None:
        """Forget the client."""
        if self._subscriber is not None:
            self.server.live.leave(self._subscriber)

    def _may_stay(self) -> bool:
        return self.session is None or self.web.sessions.actor(self.session) is not None

    def _topics(self) -> list[str]:
        topics = list(dict.fromkeys(part for part in self.get_query_argument("topics", "").split(",") if part))
        if not topics:
            raise Invalid("live.no_topics", field="topics")
        if len(topics) > MOST_TOPICS:
            raise Invalid("live.too_many_topics", field="topics", most=MOST_TOPICS)
        return topics

    def _admitted(self, topics: Iterable[str]) -> tuple[list[str], DomainError | None]:
        good: list[str] = []
        last: DomainError | None = None
        for topic in topics:
            try:
                self.server.live.admit(topic, self.actor, has_origin="Origin" in self.request.headers)
                good.append(topic)
            except DomainError as exc:
                self._refuse(topic, exc)
                last = exc
        return good, last

    def _resumed(self, topics: list[str], good: Iterable[str]) -> dict[str, int | None]:
        """The last seq seen of each topic; one ``after`` stands for all topics, several for one each."""
        given = [_seq(text) for text in self.get_query_argument("after", "").split(",")]
        after = dict(zip(topics, given if len(given) > 1 else given * len(topics), strict=False))
        return {topic: after.get(topic) for topic in good}

    def _refuse(self, topic: str | None, error: DomainError) -> None:
        body = {"topic": topic, **faults.body(error, self.web.locales, self.language)}
        frames.write(self, frames.framed(msgspec.json.encode(body)))

    def _end(self, error: DomainError) -> None:
        self.close(4000 + error.status, error.code)


def _seq(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def live_route() -> Route:
    """The live feed's route."""
    query = {
        "topics": "up to 20, separated by commas, such as board/z1,window/w01",
        "after": "the last seq seen, or one of each topic; the frames since are sent where still known, else snapshots",
    }
    verb = Verb(access=PUBLIC, summary="Live feed; each topic has its own access", query=query, limit=_CONNECTS)
    return Route("/api/v1/live", LiveHandler, {"GET": verb}, kind=Kind.LIVE)

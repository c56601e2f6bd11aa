"""Cuts the connections of clients that ask nothing for long, or do not finish a request's head or body in time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from tornado.http1connection import HTTP1Connection
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)

log = logging.getLogger(__name__)

BODY_S = 30.0
HEAD_S = 20.0
SWEEP_S = 5.0


async def sweep_forever(*watches: HeadTime | BodyTime) -> None:
    """Look for the late ones for ever."""
    while True:
        await asyncio.sleep(SWEEP_S)
        for watch in watches:
            watch.sweep()


class BodyTime:
    """The bodies that are on their way, oldest first.

    Tornado's ``body_timeout`` makes a task and a timer for each request with a body, a fifteenth of what a ticket
    costs, although nearly every body comes with its head. Here the late ones are looked for now and then.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._coming: dict[HTTPMessageDelegate, tuple[float, HTTPServerRequest]] = {}

    @property
    def coming(self) -> int:
        """How many are on their way."""
        return len(self._coming)

    def watched(self, request: HTTPServerRequest, delegate: HTTPMessageDelegate) -> HTTPMessageDelegate:
        """The delegate of a request whose head is here, watched until its body is here too."""
        if request.headers.get("Content-Length", "0") == "0" and "Transfer-Encoding" not in request.headers:
            return delegate
        watched = _Watched(delegate, self._coming)
        self._coming[watched] = (self._monotonic() + BODY_S, request)
        return watched

    def sweep(self) -> None:
        """Cut what is late."""
        now = self._monotonic()
        late = [request for due, request in self._coming.values() if due <= now]
        for request in late:
            log.info("a body did not come in time", extra={"action": "web.body_late"})
            if isinstance(connection := request.connection, HTTP1Connection):
                connection.stream.close()


class HeadTime:
    """The connections that wait for a request's head, the first one or the next.

    Tornado's ``idle_connection_timeout`` makes a timer and three futures for each request, a thirtieth of what a ticket
    costs. Here the late ones are looked for now and then, and so are those that were closed meanwhile.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._waiting: dict[HTTPConnection, float] = {}

    @property
    def waiting(self) -> int:
        """How many wait, or have been closed since the last sweep."""
        return len(self._waiting)

    def begin(self, connection: HTTPConnection) -> None:
        """The next head of a connection is waited for."""
        self._waiting[connection] = self._monotonic() + HEAD_S

    def come(self, connection: HTTPConnection | None) -> None:
        """A head is here."""
        if connection is not None:
            self._waiting.pop(connection, None)

    def sweep(self) -> None:
        """Cut what is late and forget what is closed."""
        now = self._monotonic()
        for connection, due in list(self._waiting.items()):
            stream = connection.stream if isinstance(connection, HTTP1Connection) else None
            if stream is None or stream.closed():
                del self._waiting[connection]
            elif due <= now:
                del self._waiting[connection]
                stream.close()


class _Watched(HTTPMessageDelegate):
    """A request's delegate that says when it has all, or will get no more."""

    def __init__(
        self,
        delegate: HTTPMessageDelegate,
        coming: dict[HTTPMessageDelegate, tuple[float, HTTPServerRequest]],
    ) -> None:
        self._delegate, self._coming = delegate, coming

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """The head is here."""
        return self._delegate.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Some of the body is here."""
        return self._delegate.data_received(chunk)

    def finish(self) -> None:
        """The body is here."""
        self._coming.pop(self, None)
        self._delegate.finish()

    def on_connection_close(self) -> None:
        """The client is gone."""
        self._coming.pop(self, None)
        self._delegate.on_connection_close()

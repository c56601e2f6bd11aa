"""One client of the live feed: what it listens to, and how far behind it may fall."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from hall_server.clock import Clock

BACKLOG_BYTES = 256 * 1024
"""Bytes a client may owe before it gets the newest pictures only."""
STALL_S = 20.0
"""A client that takes nothing for so long is closed."""


class Wire(Protocol):
    """The way to a client."""

    def write(self, frame: bytes) -> asyncio.Future[None] | None:
        """Write; the future is done when the system has taken the bytes; None where the client is gone."""
        ...

    def close(self) -> None:
        """Cut the connection now, without waiting for the client."""
        ...


class Subscriber:
    """A client with bounded memory: what it owes, and the topics whose newest picture it is due.

    Attributes:
        topics: what it listens to. session: the id of the session it came with, for its end.
        may_stay: whether that session is still good.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        clock: Clock,
        session: bytes | None = None,
        may_stay: Callable[[], bool] = lambda: True,
    ) -> None:
        self.session, self.may_stay = session, may_stay
        self.topics: set[str] = set()
        self._wire, self._clock = wire, clock
        self._owed = 0
        self._due: dict[str, None] = {}
        self._taken_at: float | None = None
        self._newest: Callable[[Iterable[str]], list[bytes]] = lambda topics: []

    def on_drained(self, newest: Callable[[Iterable[str]], list[bytes]]) -> None:
        """Say where the newest frames of topics come from, for when the client has caught up."""
        self._newest = newest

    @property
    def owed_bytes(self) -> int:
        """What the system has not taken yet, in bytes."""
        return self._owed

    @property
    def is_behind(self) -> bool:
        """Whether it gets the newest pictures only."""
        return self._owed > BACKLOG_BYTES or bool(self._due)

    def send(self, topic: str, frame: bytes) -> None:
        """Give it a frame, or remember that it is due the topic's newest."""
        if self.is_behind:
            self._due[topic] = None
            return
        self._write(frame)

    def has_stalled(self) -> bool:
        """Whether it has taken nothing for too long."""
        return self._taken_at is not None and self._clock.monotonic() - self._taken_at > STALL_S

    def close(self) -> None:
        """Cut it off."""
        self._due.clear()
        self._wire.close()

    def _write(self, frame: bytes) -> None:
        done = self._wire.write(frame)
        if done is None or done.done():
            _ignore(done)
            return
        self._owed += len(frame)
        if self._taken_at is None:
            self._taken_at = self._clock.monotonic()
        done.add_done_callback(lambda future: self._taken(future, len(frame)))

    def _taken(self, done: asyncio.Future[None], size: int) -> None:
        self._owed -= size
        self._taken_at = self._clock.monotonic() if self._owed else None
        if _ignore(done):
            self._due.clear()
        elif self._due and not self._owed:
            due, self._due = list(self._due), {}
            for frame in self._newest(due):
                self._write(frame)


def _ignore(done: asyncio.Future[None] | None) -> bool:
    """Take notice of a failed write, whose client is gone, and say whether it was one."""
    return done is None or done.cancelled() or done.exception() is not None

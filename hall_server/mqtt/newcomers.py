"""Connections that have not yet shown who they are: whoever opens many and says nothing keeps no device out."""

import asyncio
from collections import Counter


class Newcomers:
    """Those between their first byte and their credential; over the limit the oldest of the busiest address goes.

    A device shows its credential within milliseconds, so it is in before its turn to go has come. Each is there by the
    timeout around what it does, which ends at once when it has to go: a transport that is cut in the middle of a
    handshake leaves asyncio's streams without one.
    """

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._waiting: dict[asyncio.Timeout, str] = {}

    def come(self, turn: asyncio.Timeout, where: str) -> None:
        """A connection was opened from an address."""
        self._waiting[turn] = where
        if len(self._waiting) > self._limit:
            busiest = Counter(self._waiting.values()).most_common(1)[0][0]
            self._cut(next(turn for turn, where in self._waiting.items() if where == busiest))

    def known(self, turn: asyncio.Timeout) -> None:
        """It has shown who it is, or it has gone."""
        self._waiting.pop(turn, None)

    def cut_all(self) -> None:
        """Nobody is waited for any more."""
        for turn in list(self._waiting):
            self._cut(turn)

    def _cut(self, turn: asyncio.Timeout) -> None:
        self.known(turn)
        turn.reschedule(asyncio.get_running_loop().time())


def address(writer: asyncio.StreamWriter) -> str:
    """Where a connection comes from, without its port."""
    peer = writer.get_extra_info("peername")
    return str(peer[0]) if peer else "?"

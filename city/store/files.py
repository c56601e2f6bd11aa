"""Which hall may fetch which attachment: knowing a hash is not enough, it must have to do with that hall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from city.sql import blocks
from hall_server.clock import Clock
from hall_server.database.tables import SharedTables, Transaction
from hall_server.journal.rows import microseconds

HASH_CHARS = 64
AT_ONCE = 500
_NAMES = frozenset({"sha256", "form", "receipt", "pledge"})
SCANS = "given"
"""Under this name stand the pages that were handed in: who only hands a result out has no use for them."""


class FileRights:
    """The rights of all halls; a right is never taken back, a closed hall is not let in at all."""

    def __init__(self, database: SharedTables, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sql = blocks("files")

    async def may_have(self, hall: str, hash_: str) -> bool:
        """Whether a hall may have an attachment."""
        return bool(await self._database.fetch(self._sql["may"], (hall, hash_)))

    async def allow(self, hall: str, *hashes: str) -> None:
        """Let a hall have attachments: it brought them, or the person agreed that they are used there again."""
        await self._database.transact([(self._sql["allow"], [(hall, one) for one in hashes])])

    async def allow_item(self, begun: Transaction, hall: str, payload: bytes | str) -> None:
        """Let a hall have what an item that goes down to it names, in the transaction that queues it."""
        if found := told_of(payload):
            await begun.many(self._sql["allow"], [(hall, one) for one in found])

    async def begin(self, halls: Iterable[str]) -> None:
        """Write the rights of what was there before there were rights, once."""
        if await self._database.fetch(self._sql["begun"]):
            return
        for hall in halls:
            await self._gather(hall, "went_down", (0,))
            await self._gather(hall, "own", (0, 0))
        await self._database.transact([(self._sql["begin"], [(microseconds(self._clock.now()),)])])

    async def _gather(self, hall: str, block: str, after: tuple[int, ...]) -> None:
        """What items that went down to a hall name, or its own events: those files it had brought."""
        name = told_of if block == "went_down" else named
        while rows := await self._database.fetch(self._sql[block], (hall, *after, AT_ONCE)):
            await self.allow(hall, *dict.fromkeys(hash_ for row in rows for hash_ in name(row[-1])))
            after = tuple(rows[-1][:-1])


def named(payload: bytes | str) -> tuple[str, ...]:
    """Every SHA-256 of an attachment that an event names, at any depth."""
    return tuple(dict.fromkeys(hashes(msgspec.json.decode(payload))))


def told_of(payload: bytes | str) -> tuple[str, ...]:
    """What an item for a hall names, without the pages that were handed in."""
    return tuple(dict.fromkeys(hashes(msgspec.json.decode(payload), without=SCANS)))


def hashes(value: Any, *, without: str = "") -> Iterator[str]:
    """Every SHA-256 of an attachment: under ``sha256``, ``form``, ``receipt`` and ``pledge``, at any depth.

    Args:
        value: decoded JSON. without: what stands under this name is left out; empty: nothing is.
    """
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in _NAMES and isinstance(inner, str) and is_hash(inner):
                yield inner
            if name != without:
                yield from hashes(inner, without=without)
    elif isinstance(value, list):
        for inner in value:
            yield from hashes(inner, without=without)


def is_hash(text: str) -> bool:
    """Whether a word is a SHA-256 in hexadecimal."""
    return len(text) == HASH_CHARS and all(char in "0123456789abcdef" for char in text)

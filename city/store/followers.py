"""Followers: tables made of the halls' events, each event applied once, whichever process of the city does it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import msgspec

from city.sql import blocks
from hall_server.database.tables import SharedTables, Transaction
from hall_server.errors import DomainError
from hall_server.journal import rows
from hall_server.messages import EventTypes, Recorded

log = logging.getLogger(__name__)

BATCH = 1_000
_UNREADABLE = (DomainError, msgspec.MsgspecError, ValueError)

Change = tuple[str, Sequence[Any]]


class Follower(Protocol):
    """Tables made of the halls' events.

    Attributes:
        name: of its cursor. version: raise it when the rules change; everything is made anew then.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...

    def changes(self, hall: str, recorded: Recorded) -> Iterable[Change]:
        """The SQL an event brings, each with its parameters; portable, as the city runs on two engines."""
        ...

    def emptied(self, hall: str) -> Iterable[Change]:
        """The SQL that takes a hall's part out of the tables."""
        ...


class Parked(msgspec.Struct, frozen=True, kw_only=True):
    """Events of a hall that wait for a newer program."""

    hall: str
    follower: str
    count: int
    reason: str


class Following:
    """Brings followers up with what was taken in; what cannot be read is parked, and all later ones of its subject."""

    def __init__(self, database: SharedTables, types: EventTypes) -> None:
        self._database = database
        self._types = types
        self._sql = blocks("followers")
        self._events = blocks("events")

    async def advance(self, follower: Follower, hall: str) -> int:
        """Apply the next events of a hall, at most 1,000, in one transaction with the follower's cursor.

        Returns:
            How many were applied or parked; 0: it is up to date.
        """
        async with self._database.transaction() as begun:
            epoch, seq = await self._stand(begun, follower, hall)
            found = await begun.fetch(self._events["after"], (hall, epoch, seq, BATCH))
            if not found:
                following = [row for row in await begun.fetch(self._events["epochs"], (hall,)) if row[0] > epoch]
                if not following:
                    return 0
                epoch, seq = following[-1]  # the newest stands first
                found = await begun.fetch(self._events["after"], (hall, epoch, seq, BATCH))
            waiting = {row[2] for row in await begun.fetch(self._sql["parked"], (follower.name, hall))}
            for row in found:
                await self._apply(begun, follower, hall, epoch, row, waiting)
            last = found[-1][0] if found else seq
            await begun.execute(self._sql["move"], (follower.version, epoch, last, follower.name, hall))
            return len(found)

    async def unpark(self, follower: Follower, hall: str) -> int:
        """Try what is parked again, in order (after an upgrade); gives how many could be applied."""
        applied = 0
        async with self._database.transaction() as begun:
            await self._stand(begun, follower, hall)
            waiting: set[str] = set()
            for epoch, *row in await begun.fetch(self._sql["parked_events"], (follower.name, hall)):
                if row[5] in waiting or (changes := self._changes(follower, hall, row)) is None:
                    waiting.add(row[5])
                    continue
                for sql, parameters in changes:
                    await begun.execute(sql, parameters)
                await begun.execute(self._sql["unpark"], (follower.name, hall, epoch, row[0]))
                applied += 1
        return applied

    async def parked(self) -> list[Parked]:
        """What is parked, per hall and follower: an alarm each."""
        return [
            Parked(hall=hall, follower=name, count=count, reason=reason)
            for hall, name, count, reason in await self._database.fetch(self._sql["parked_counts"])
        ]

    async def _stand(self, begun: Transaction, follower: Follower, hall: str) -> tuple[int, int]:
        """The follower's cursor, locked; back at the beginning where its version has changed."""
        await begun.execute(self._sql["add"], (follower.name, hall, follower.version))
        await begun.execute(self._sql["lock"], (follower.name, hall))
        [(version, epoch, seq)] = await begun.fetch(self._sql["one"], (follower.name, hall))
        if version == follower.version:
            return epoch, seq
        for sql, parameters in follower.emptied(hall):
            await begun.execute(sql, parameters)
        await begun.execute(self._sql["unpark_all"], (follower.name, hall))
        return 0, 0

    async def _apply(
        self, begun: Transaction, follower: Follower, hall: str, epoch: int, row: Sequence[Any], waiting: set[str]
    ) -> None:
        subject = row[5]
        changes = None if subject in waiting else self._changes(follower, hall, row)
        if changes is None:
            reason = "waits" if subject in waiting else f"{row[3]} {row[4]}"
            waiting.add(subject)
            await begun.execute(self._sql["park"], (follower.name, hall, epoch, row[0], subject, reason))
            return
        for sql, parameters in changes:
            await begun.execute(sql, parameters)

    def _changes(self, follower: Follower, hall: str, row: Sequence[Any]) -> list[Change] | None:
        """What an event brings; None where this program cannot read it."""
        try:
            return list(follower.changes(hall, rows.read(tuple(row), self._types)))
        except _UNREADABLE as exc:
            log.warning(
                "event %s of %s is parked: %s version %s: %s",
                *(row[0], hall, row[3], row[4], type(exc).__name__),
                extra={"action": "city.parked"},
            )
            return None

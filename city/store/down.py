"""What goes down to the halls: numbered per hall, kept until taken; what a hall refuses becomes a conflict."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from city.sql import blocks
from city.store.files import FileRights
from hall_server.clock import Clock
from hall_server.database.tables import SharedTables, Transaction
from hall_server.errors import NotFound
from hall_server.federation.wire import Item
from hall_server.journal.rows import microseconds, moment

CHANNEL = "down"


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """Something for a hall; the payload is any value that msgspec encodes."""

    hall: str
    kind: str
    payload: object


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """An item that a hall could not take."""

    hall: str
    seq: int
    kind: str
    payload: msgspec.Raw
    at: datetime
    error: dict[str, Any]


class DownQueue:
    """One numbered queue per hall; what an item names, its hall may fetch."""

    def __init__(self, database: SharedTables, clock: Clock, files: FileRights) -> None:
        self._database = database
        self._files = files
        self._clock = clock
        self._sql = blocks("down")

    async def send(self, *sendings: Sending) -> list[int]:
        """Queue items of their own; gives their numbers.

        Raises:
            NotFound: ``federation.unknown``, there is no such hall.
        """
        async with self._database.transaction() as begun:
            return await self.put(begun, sendings)

    async def put(self, begun: Transaction, sendings: tuple[Sending, ...]) -> list[int]:
        """Queue items in a transaction that has begun (halls in order, so that two of them cannot wait for each other).

        Raises:
            NotFound: ``federation.unknown``.
        """
        numbers: dict[int, int] = {}
        at = microseconds(self._clock.now())
        for place, one in sorted(enumerate(sendings), key=lambda placed: (placed[1].hall, placed[0])):
            if not await begun.execute(self._sql["number"], (one.hall,)):
                raise NotFound("federation.unknown", hall=one.hall)
            [(seq,)] = await begun.fetch(self._sql["numbered"], (one.hall,))
            payload = msgspec.json.encode(one.payload).decode()
            await begun.execute(self._sql["insert"], (one.hall, seq, one.kind, payload, at))
            await self._files.allow_item(begun, one.hall, payload)
            await begun.notify(CHANNEL, one.hall)
            numbers[place] = seq
        return [numbers[place] for place in range(len(sendings))]

    async def after(self, hall: str, seq: int, *, limit: int) -> list[Item]:
        """Items for a hall after a number, in order."""
        found = await self._database.fetch(self._sql["after"], (hall, seq, limit))
        return [Item(seq=number, kind=kind, payload=msgspec.Raw(payload.encode())) for number, kind, payload in found]

    async def taken(self, hall: str, seq: int) -> None:
        """The hall has taken everything up to this number."""
        await self._database.transact([(self._sql["taken"], [(seq, hall, seq, seq)])])

    async def refused(self, hall: str, seq: int, code: str, fields: dict[str, Any]) -> None:
        """The hall could not take an item; the first answer counts."""
        error = msgspec.json.encode({"code": code, "fields": fields}).decode()
        async with self._database.transaction() as begun:
            await begun.execute(self._sql["refuse"], (error, hall, seq))
            await begun.notify("conflicts", hall)

    async def conflicts(self, *, limit: int = 100) -> list[Conflict]:
        """What halls could not take and nobody has settled, the oldest first."""
        return [
            Conflict(
                hall=hall,
                seq=seq,
                kind=kind,
                payload=msgspec.Raw(payload.encode()),
                at=moment(at),
                error=msgspec.json.decode(error),
            )
            for hall, seq, kind, payload, at, error in await self._database.fetch(self._sql["conflicts"], (limit,))
        ]

    async def settle(self, hall: str, seq: int, *, by: str) -> bool:
        """Note that somebody has settled a conflict; False where there is none."""
        async with self._database.transaction() as begun:
            return await begun.execute(self._sql["settle"], (by, hall, seq)) == 1

"""The registry of halls: their tokens, how their links are, quarantine and new epochs."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from city.keys import CityKeys
from city.sql import blocks
from city.store.events import HallEvents, why
from hall_server.clock import Clock
from hall_server.database.tables import SharedTables
from hall_server.errors import NotFound, Refused, Unauthenticated
from hall_server.federation.ports import Quarantined, Standing
from hall_server.journal.rows import GENESIS, microseconds, moment

TOKEN_BYTES = 32
SILENT = timedelta(minutes=2)


class HallState(StrEnum):
    """How a hall's link is."""

    NEW = "new"  # registered, never seen
    LINKED = "linked"  # connected now
    OFFLINE = "offline"  # seen before, not connected
    QUARANTINED = "quarantined"  # its journal is not the one it was; an operator must look
    CLOSED = "closed"  # taken out by the operator


class HallRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A hall as the city knows it.

    Attributes:
        behind: events that it has and the city has not, as of when it was last heard.
        waiting_down: items that it has not taken yet.
        trouble: why it is quarantined: ``code``, ``fork`` (the last seq both share) and more.
    """

    id: str
    name: str
    state: HallState
    since: datetime
    epoch: int
    cursor: int
    head: int
    heard_at: datetime | None
    down_last: int
    down_cursor: int
    clock_off_s: int
    trouble: dict[str, Any] | None = None

    def is_linked(self, now: datetime) -> bool:
        """Whether there is a link: a city process that was killed has not said that its halls are gone."""
        is_heard = self.heard_at is not None and now - self.heard_at < SILENT
        return self.state is HallState.LINKED and is_heard

    @property
    def behind(self) -> int:
        """Events still to come."""
        return max(0, self.head - self.cursor)

    @property
    def waiting_down(self) -> int:
        """Items still to be taken."""
        return self.down_last - self.down_cursor


class Halls:
    """Who may link up, and how it stands with each."""

    def __init__(self, database: SharedTables, keys: CityKeys, clock: Clock, events: HallEvents) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._events = events
        self._sql = blocks("halls")

    async def register(self, hall: str, name: str, *, by_certificate: bool = False) -> str | None:
        """Let a hall in from now on.

        Returns:
            Its token, which is stored nowhere and cannot be shown again; None for one known by its certificate.

        Raises:
            Refused: ``federation.known``, there is one of this id.
        """
        token = None if by_certificate else secrets.token_urlsafe(TOKEN_BYTES)
        digest = self._keys.token_digest(token) if token else None
        async with self._database.transaction() as begun:
            if not await begun.execute(self._sql["add"], (hall, name, digest, self._now(), GENESIS)):
                raise Refused("federation.known", hall=hall)
            await begun.execute(self._sql["begin"], (hall, 1, 0, self._now(), "registered"))
        return token

    async def renew_token(self, hall: str) -> str:
        """Give a hall a new token; the old one no longer holds.

        Raises:
            NotFound: there is no such hall.
        """
        await self.one(hall)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await self._database.transact([(self._sql["token"], [(self._keys.token_digest(token), hall)])])
        return token

    async def admit(self, hall: str, *, token: str | None, certified: bool) -> Standing:
        """Let a hall in; see `CityStore.admit`."""
        found = await self._database.fetch(self._sql["one"], (hall,))
        digest = self._keys.token_digest(token or "")
        known = bytes(found[0][2]) if found and found[0][2] is not None else secrets.token_bytes(len(digest))
        is_right = hmac.compare_digest(digest, known)
        if not found or not (is_right or certified):
            raise Unauthenticated("federation.unknown", hall=hall)
        if found[0][3] == HallState.QUARANTINED:
            raise Quarantined("federation.quarantined", **why(found[0][13]))
        self._events.forget(hall)
        return await self._events.standing(hall)

    async def one(self, hall: str) -> HallRecord:
        """A hall.

        Raises:
            NotFound: ``federation.unknown``.
        """
        found = await self._database.fetch(self._sql["one"], (hall,))
        if not found:
            raise NotFound("federation.unknown", hall=hall)
        return _record(found[0])

    async def everyone(self) -> list[HallRecord]:
        """All halls, by id."""
        return [_record(row) for row in await self._database.fetch(self._sql["everyone"])]

    async def linked(self, hall: str, *, is_linked: bool) -> None:
        """Note that a hall came or went; a quarantined one stays so."""
        state = HallState.LINKED if is_linked else HallState.OFFLINE
        await self._tell([(self._sql["link"], [(state, self._now(), hall)])], hall)

    async def heard(self, hall: str, *, head: int, clock_off_s: int) -> None:
        """Note how far the hall is and how its clock goes."""
        await self._database.transact([(self._sql["heard"], [(self._now(), head, clock_off_s, hall)])])

    async def resume(self, hall: str, *, down: int) -> int:
        """Items go on after the one that the hall's own database says it has taken.

        A restored hall has forgotten items, a restored city has forgotten numbers: neither may be met twice.
        """
        await self._database.transact([(self._sql["resume"], [(down, down, down, hall)])])
        return down

    async def quarantine(self, hall: str, code: str, fields: dict[str, Any]) -> None:
        """Take nothing more from a hall until somebody has looked."""
        trouble = msgspec.json.encode({"code": code, **fields}).decode()
        row = (HallState.QUARANTINED, self._now(), trouble, hall, HallState.QUARANTINED)
        await self._tell([(self._sql["state"], [row])], hall)
        self._events.forget(hall)

    async def begin_epoch(self, hall: str, *, reason: str) -> int:
        """Let a quarantined hall go on: from the last row that it shares with the city, in a new epoch.

        What the city has beyond that row stays in the old epoch; it happened, though the hall has lost it.

        Returns:
            The new epoch.

        Raises:
            Refused: ``federation.not_quarantined``.
        """
        record = await self.one(hall)
        if record.state is not HallState.QUARANTINED:
            raise Refused("federation.not_quarantined", hall=hall)
        fork = int((record.trouble or {}).get("fork", record.cursor))
        head = await self._events.hash_at(hall, fork) or GENESIS
        epoch = record.epoch + 1
        async with self._database.transaction() as begun:
            begins = (self._now(), epoch, fork, head, record.down_cursor, hall, record.epoch)
            if not await begun.execute(self._sql["restart"], begins):
                raise Refused("federation.not_quarantined", hall=hall)
            await begun.execute(self._sql["begin"], (hall, epoch, fork, self._now(), reason))
            await begun.notify("halls", hall)
        self._events.forget(hall)
        return epoch

    async def close_hall(self, hall: str) -> None:
        """Take a hall out for good; what it has sent stays."""
        await self._tell([(self._sql["close"], [(self._now(), hall)])], hall)
        self._events.forget(hall)

    async def _tell(self, statements: list[tuple[str, list[tuple[Any, ...]]]], hall: str) -> None:
        async with self._database.transaction() as begun:
            for sql, rows in statements:
                await begun.many(sql, rows)
            await begun.notify("halls", hall)

    def _now(self) -> int:
        return microseconds(self._clock.now())


def _record(row: tuple[Any, ...]) -> HallRecord:
    id_, name, _, state, since, epoch, cursor, _, head, heard_at, down_last, down_cursor, clock_off_s, trouble = row
    return HallRecord(
        id=id_,
        name=name,
        state=HallState(state),
        since=moment(since),
        epoch=epoch,
        cursor=cursor,
        head=head,
        heard_at=None if heard_at is None else moment(heard_at),
        down_last=down_last,
        down_cursor=down_cursor,
        clock_off_s=clock_off_s,
        trouble=msgspec.json.decode(trouble) if trouble else None,
    )

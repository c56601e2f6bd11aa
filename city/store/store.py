"""The city's tables in one hand, as the link's city end and the city's server use them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from city.keys import CityKeys
from city.sql import blocks
from city.store.down import CHANNEL, DownQueue
from city.store.events import HallEvents
from city.store.files import FileRights
from city.store.halls import Halls
from city.store.totals import DayTotals
from hall_server.clock import Clock
from hall_server.database.tables import SharedTables
from hall_server.federation.ports import Standing
from hall_server.federation.wire import Item, RawRow, Totals
from hall_server.journal.rows import microseconds

LATE = timedelta(minutes=10)
"""An attachment that is wanted for longer is an alarm."""
LACKING_AGAIN, LACKING_TRIES = timedelta(minutes=10), 144
"""An attachment that a hall lacks is asked for again so often, for a day: it may have been restored meanwhile."""


class LateAttachment(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment that has not come."""

    hall: str
    hash: str
    tries: int
    state: str


class CityStore:
    """Everything the city keeps of its halls; see `hall_server.federation.ports.CityStore`.

    Attributes:
        events: the halls' journals. halls: the registry. down: what goes to them. totals: counts of days.
        files: which hall may fetch which attachment.
    """

    def __init__(self, database: SharedTables, keys: CityKeys, clock: Clock) -> None:
        self.database = database
        self._clock = clock
        self._wanted = blocks("wanted")
        self._days = blocks("events")["opened_days"]
        self.events = HallEvents(database, clock)
        self.halls = Halls(database, keys, clock, self.events)
        self.files = FileRights(database, clock)
        self.down = DownQueue(database, clock, self.files)
        self.totals = DayTotals(database, clock, self.events)

    async def admit(self, hall: str, *, token: str | None, certified: bool) -> Standing:
        """Let a hall in."""
        return await self.halls.admit(hall, token=token, certified=certified)

    async def listen(self, told: Callable[[str], None]) -> None:
        """Hear of which hall something changed, in any process of the city."""

        def standing_changed(hall: str) -> None:
            self.events.forget(hall)
            told(hall)

        await self.database.listen("halls", standing_changed)
        for channel in (CHANNEL, "wanted"):
            await self.database.listen(channel, told)

    async def standing(self, hall: str) -> Standing:
        """Where a hall's journal stands."""
        return await self.events.standing(hall)

    async def resume(self, hall: str, *, down: int) -> int:
        """Items go on after the last one that the hall says it has taken."""
        return await self.halls.resume(hall, down=down)

    async def linked(self, hall: str, *, is_linked: bool) -> None:
        """Note that a hall came or went."""
        await self.halls.linked(hall, is_linked=is_linked)

    async def heard(self, hall: str, *, head: int, clock_off_s: int) -> None:
        """Note how far the hall is and how its clock goes."""
        await self.halls.heard(hall, head=head, clock_off_s=clock_off_s)

    async def take(self, hall: str, epoch: int, rows: Sequence[RawRow]) -> int:
        """Store rows that follow the cursor."""
        return await self.events.take(hall, epoch, rows)

    async def hash_at(self, hall: str, seq: int) -> bytes | None:
        """The hash of a row in the hall's present line of epochs."""
        return await self.events.hash_at(hall, seq)

    async def quarantine(self, hall: str, code: str, fields: dict[str, Any]) -> None:
        """Take nothing more from a hall."""
        await self.halls.quarantine(hall, code, fields)

    async def down_after(self, hall: str, seq: int, *, limit: int) -> list[Item]:
        """Items for a hall."""
        return await self.down.after(hall, seq, limit=limit)

    async def down_taken(self, hall: str, seq: int) -> None:
        """The hall has taken everything up to an item."""
        await self.down.taken(hall, seq)

    async def down_refused(self, hall: str, seq: int, code: str, fields: dict[str, Any]) -> None:
        """The hall cannot take an item."""
        await self.down.refused(hall, seq, code, fields)

    async def compare(self, hall: str, totals: Totals) -> bool:
        """Compare a hall's count of a day with what is here."""
        return await self.totals.compare(hall, totals)

    async def uncompared(self, hall: str, *, limit: int) -> list[date]:
        """Closed days whose counts were never compared, the oldest first; the newest day is still open."""
        last = await self.totals.last_compared(hall)
        found = await self.database.fetch(self._days, (hall, last.isoformat() if last else ""))
        return [date.fromisoformat(day) for (day,) in found[:-1]][:limit]

    async def wanted(self, hall: str, *, limit: int) -> list[str]:
        """Attachments that are to be asked of a hall now, the oldest first."""
        now, again_us = microseconds(self._clock.now()), int(LACKING_AGAIN.total_seconds() * 1_000_000)
        asked = (hall, LACKING_TRIES, again_us, now, limit)
        return [hash_ for (hash_,) in await self.database.fetch(self._wanted["open"], asked)]

    async def want(self, hall: str, *hashes: str) -> None:
        """Ask a hall for attachments, now or when it links up again."""
        now = microseconds(self._clock.now())
        async with self.database.transaction() as begun:
            await begun.many(self._wanted["want"], [(hash_, hall, now) for hash_ in hashes])
            await begun.notify("wanted", hall)

    async def attachment(self, hall: str, hash_: str, state: str) -> None:
        """What became of an attachment; a hall that has brought one may have it back."""
        if state == "got":
            await self.files.allow(hall, hash_)
        if state in ("got", "here"):
            await self.database.transact([(self._wanted["got"], [(hash_,)])])
        elif state != "taken":
            await self.database.transact([(self._wanted["state"], [(state, hash_, hall)])])

    async def may_have(self, hall: str, hash_: str) -> bool:
        """Whether a hall may have an attachment."""
        return await self.files.may_have(hall, hash_)

    async def late_attachments(self, *, limit: int = 100) -> list[LateAttachment]:
        """Attachments that do not come: an alarm each."""
        before = microseconds(self._clock.now() - LATE)
        found = await self.database.fetch(self._wanted["late"], (before, limit))
        return [
            LateAttachment(hall=hall, hash=hash_, tries=tries, state=state) for hall, hash_, _, tries, state in found
        ]

"""Takes the halls' journals in: each row once, in order, chained to the one before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from city.sql import blocks
from hall_server.clock import Clock
from hall_server.database.connections import Appended
from hall_server.database.tables import SharedTables
from hall_server.errors import NotFound, Unavailable
from hall_server.federation.ports import Broken, Gap, Quarantined, Standing
from hall_server.federation.wire import RawRow
from hall_server.journal.rows import GENESIS, microseconds, row_hash

COLUMNS = ("seq", "at", "business_day", "type", "version", "subject", "actor", "command_id", "payload", "hash")
TRIES = 5
"""Another process of the city may have taken the same rows a moment ago."""


class HallEvents:
    """The table of all halls' events, with a cursor for each hall that moves in the same transaction."""

    def __init__(self, database: SharedTables, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sql = blocks("events")
        self._standing: dict[str, Standing] = {}

    async def standing(self, hall: str) -> Standing:
        """Where a hall's journal stands.

        Raises:
            NotFound: ``federation.unknown``. Quarantined: nothing is taken from it.
        """
        found = await self._database.fetch(self._sql["cursor"], (hall,))
        if not found:
            raise NotFound("federation.unknown", hall=hall)
        epoch, cursor, head, state, trouble = found[0]
        if state in ("quarantined", "closed"):
            raise Quarantined(f"federation.{state}", hall=hall, **why(trouble))
        self._standing[hall] = Standing(epoch=epoch, cursor=cursor, cursor_hash=bytes(head))
        return self._standing[hall]

    async def take(self, hall: str, epoch: int, rows: Sequence[RawRow]) -> int:
        """Store rows of a hall's journal and move its cursor, in one transaction.

        Args:
            hall: whose.
            epoch: the life of its journal that they belong to.
            rows: one after the other; those that are here already are passed over.

        Returns:
            The cursor afterwards; everything up to it is on disk.

        Raises:
            Gap: something is missing before them. Broken: one does not follow from the row before it.
            Quarantined: the hall, or this epoch, may send nothing. Unavailable: the database cannot now.
        """
        for _ in range(TRIES):
            standing = self._standing.get(hall) or await self.standing(hall)
            if epoch != standing.epoch:
                raise Quarantined("federation.epoch", hall=hall, epoch=standing.epoch)
            new = following(rows, standing)
            if not new:
                return standing.cursor
            check_chain(new, standing.cursor_hash)
            if await self._store(hall, standing, new):
                last = new[-1]
                self._standing[hall] = Standing(epoch=epoch, cursor=last[0], cursor_hash=last[9])
                return last[0]
            self._standing.pop(hall, None)
        raise Unavailable("federation.contended", hall=hall)

    def forget(self, hall: str) -> None:
        """Ask the database where the hall stands, next time; ``""``: where all stand."""
        if hall:
            self._standing.pop(hall, None)
        else:
            self._standing.clear()

    async def hash_at(self, hall: str, seq: int) -> bytes | None:
        """The hash of a row in the present line of epochs; that of 0 is where every journal begins."""
        if seq == 0:
            return GENESIS
        for epoch, _, _ in await self.lineage(hall, seq - 1, seq):
            found = await self._database.fetch(self._sql["hash_at"], (hall, epoch, seq))
            return bytes(found[0][0]) if found else None
        return None

    async def lineage(self, hall: str, after: int, last: int) -> list[tuple[int, int, int]]:
        """Which epochs hold the rows from ``after`` (not included) to ``last`` of the present line.

        Returns:
            Epoch, after, last, the newest first.
        """
        parts: list[tuple[int, int, int]] = []
        for epoch, begins in await self._database.fetch(self._sql["epochs"], (hall,)):
            if last > max(begins, after):
                parts.append((epoch, max(begins, after), last))
            last = min(last, begins)
        return parts

    async def _store(self, hall: str, before: Standing, rows: Sequence[RawRow]) -> bool:
        """Insert and move the cursor; False where it no longer stood where it was thought to."""
        last, now = rows[-1], microseconds(self._clock.now())
        moved = (last[0], last[9], now, hall, before.epoch, before.cursor, before.cursor_hash)
        appended = Appended(
            moved=(self._sql["advance"], moved),
            table="hall_events",
            shared={"hall": hall, "epoch": before.epoch},
            columns=COLUMNS,
            rows=rows,
            notice=("hall_events", hall),
        )
        try:
            return await self._database.append(appended)
        except BaseException:
            self._standing.pop(hall, None)  # whether it was kept, only the database knows
            raise


def why(trouble: str | None) -> dict[str, Any]:
    """What is known of a hall's trouble, as fields of an error."""
    found: dict[str, Any] = msgspec.json.decode(trouble) if trouble else {}
    return {name: value for name, value in found.items() if name not in ("code", "hall")}


def following(rows: Sequence[RawRow], standing: Standing) -> Sequence[RawRow]:
    """Those of the rows that come after the cursor.

    Raises:
        Gap: they do not begin where the cursor ends, or have holes.
    """
    new = rows if rows and rows[0][0] > standing.cursor else [row for row in rows if row[0] > standing.cursor]
    seqs: Iterable[int] = (standing.cursor, *(row[0] for row in new))
    for before, seq in pairwise(seqs):
        if seq != before + 1:
            raise Gap("federation.gap", after=standing.cursor)
    return new


def check_chain(rows: Sequence[RawRow], before: bytes) -> None:
    """Compute every row's hash anew.

    Raises:
        Broken: the first row that is not what was chained.
    """
    for row in rows:
        if row_hash(row[:9], before) != row[9]:
            raise Broken("federation.broken", seq=row[0])
        before = row[9]

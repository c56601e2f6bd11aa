"""What the hall must remember of its city: the epoch, the last item taken, attachments still to be taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hall_server.database.connections import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS federation (
    id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, down INTEGER NOT NULL
);
INSERT OR IGNORE INTO federation VALUES (1, 0, 0);
CREATE TABLE IF NOT EXISTS federation_offers (hash TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
"""


class Progress:
    """In hall.db, so that a hall restored from a copy has forgotten exactly what the rest of it has forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.epoch = 0
        self.down = 0

    async def open(self) -> None:
        """Make the tables where they are missing, and read."""
        await self._database.script(f"BEGIN; {_SCHEMA} COMMIT;")
        [(self.epoch, self.down)] = await self._database.fetch("SELECT epoch, down FROM federation")

    async def in_epoch(self, epoch: int) -> None:
        """The city has said which life of the journal this is."""
        if epoch != self.epoch:
            await self._database.transact([("UPDATE federation SET epoch = ?", [(epoch,)])])
            self.epoch = epoch

    async def took(self, seq: int) -> None:
        """Everything up to this item is done."""
        await self._database.transact([("UPDATE federation SET down = ?", [(seq,)])])
        self.down = seq

    async def offer(self, hash_: str) -> None:
        """An attachment is to be brought to the city."""
        sql = (
            "INSERT INTO federation_offers SELECT ?, coalesce(max(number), 0) + 1 FROM federation_offers WHERE true"
            " ON CONFLICT DO NOTHING"
        )
        await self._database.transact([(sql, [(hash_,)])])

    async def offers(self, *, limit: int = 100) -> list[str]:
        """Attachments that the city has not yet, the oldest first."""
        sql = "SELECT hash FROM federation_offers ORDER BY number LIMIT ?"
        return [hash_ for (hash_,) in await self._database.fetch(sql, (limit,))]

    async def brought(self, hash_: str) -> None:
        """The city has it."""
        await self._database.transact([("DELETE FROM federation_offers WHERE hash = ?", [(hash_,)])])

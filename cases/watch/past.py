"""Cases that are over and of which something is still to be done: a bad rating that nobody has put right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cases.model import Case
from cases.neighbours.tables import made
from cases.watch.source import CHUNK

_TABLE = "CREATE TABLE IF NOT EXISTS supervised_past (id TEXT PRIMARY KEY)"
_ADD = "INSERT INTO supervised_past (id) VALUES (?) ON CONFLICT (id) DO NOTHING"
_DROP = "DELETE FROM supervised_past WHERE id = ?"


class Past:
    """Their ids, in memory and in a table of the place's database."""

    def __init__(self, host: Any) -> None:  # a hall and a city both have a database; the Host they share has none
        self._host = host
        self._ids: set[str] = set()

    async def start(self) -> None:
        """Read them."""
        await made(self._host.database, _TABLE)
        self._ids = {str(id_) for (id_,) in await self._host.database.fetch("SELECT id FROM supervised_past")}

    async def note(self, case: Case) -> None:
        """Keep a case in mind, or forget it."""
        is_wanted = case.is_over and bool(case.unhandled)
        if is_wanted and case.id not in self._ids:
            self._ids.add(case.id)
            await self._host.database.transact([(_ADD, [(case.id,)])])
        elif not is_wanted and case.id in self._ids:
            self._ids.discard(case.id)
            await self._host.database.transact([(_DROP, [(case.id,)])])

    def some(self) -> Iterable[list[str]]:
        """All of them, some at a time."""
        every = sorted(self._ids)
        for begin in range(0, len(every), CHUNK):
            yield every[begin : begin + CHUNK]

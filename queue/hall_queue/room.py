"""What the queue's edges share: the live state, its pictures, and the search in the catalogue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from hall_queue.pictures import Pictures
from hall_queue.rules import Hall
from hall_queue.state import HallQueue
from hall_server.database.vault import Vault
from hall_server.directory.events import DepartmentSaved, MatterSaved
from hall_server.directory.model import Matter
from hall_server.directory.search import MatterSearch
from hall_server.messages import Recorded


@dataclass(slots=True)
class Room:
    """The queue of one hall.

    Attributes:
        vault: gives the vault, which exists only once the server is open.
    """

    queue: HallQueue
    hall: Hall
    pictures: Pictures
    vault: Callable[[], Vault]
    search: MatterSearch = field(default_factory=MatterSearch)
    _is_stale: bool = True
    _building: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def find_matters(self, q: str, *, department: str | None, line: str | None, limit: int) -> list[Matter]:
        """Matters that fit, best first; the index is built off the loop, at the first question after a change."""
        async with self._building:
            if self._is_stale:
                self._is_stale = False
                directory = self.hall.directory
                matters = [matter for matter in directory.matters.values() if matter.active]
                names = {one.id: one.name for one in directory.departments.values()}
                search = MatterSearch()
                await asyncio.to_thread(_build, search, matters, names)
                self.search = search
        return self.search.find(q, department=department, line=line, limit=limit)

    def changed(self, recorded: Recorded) -> None:
        """Build the index anew after a change of the catalogue."""
        if isinstance(recorded.event, (MatterSaved, DepartmentSaved)):
            self._is_stale = True


def _build(search: MatterSearch, matters: list[Matter], names: dict[str, str]) -> None:
    search.rebuild(matters, names)
    search.warm()

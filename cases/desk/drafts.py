"""What is being typed at a window, sealed in the vault every few seconds: a power cut loses nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import msgspec

from hall_server.errors import Refused
from hall_server.journal.rows import microseconds

if TYPE_CHECKING:
    from hall_server.server import Server

KIND = "case draft"
KEPT = timedelta(hours=20)
"""A draft nobody came back to is forgotten at the first opening after so long: it is another person's day."""


class ScanMark(msgspec.Struct, frozen=True, kw_only=True):
    """A page as it lies sealed: SHA-256, bytes, media type, and pixels."""

    sha256: str
    size: int
    media: str
    width: int
    height: int


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft of one ticket at one window.

    Attributes:
        revision: counts its changes; whoever saves says which one they had.
        content: what the page wants to find again.
        scans: the pages that were taken in for it.
    """

    revision: int = 0
    content: dict[str, Any] = {}
    scans: tuple[ScanMark, ...] = ()


class Drafts:
    """Keeps them, one for each window and ticket; pages that no case uses are erased with them."""

    def __init__(self, server: Server, erase_scan: Callable[[str], None], *, kind: str = KIND) -> None:
        """``erase_scan(sha256)`` blocks; it is called off the loop. ``kind``: what the vault knows them as."""
        self._server = server
        self._erase_scan = erase_scan
        self._kind = kind
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def get(self, window: str, ticket: str) -> Draft:
        """The draft; an empty one where there is none."""
        return await self._read(self._id(window, ticket))

    async def of(self, window: str) -> dict[str, Draft]:
        """All of a window, by ticket."""
        begins = self._id(window, "")
        rows = await self._server.database.fetch(
            "SELECT id FROM vault WHERE id >= ? AND id < ? AND kind = ?", (begins, f"{begins}\uffff", self._kind)
        )
        return {id_.removeprefix(begins): await self._read(id_) for (id_,) in rows}

    async def every(self) -> list[tuple[str, str, Draft]]:
        """All there are: window, ticket, draft."""
        rows = await self._server.database.fetch("SELECT id FROM vault WHERE kind = ?", (self._kind,))
        named = [(id_, *id_.removeprefix(self._id("", "")[:-1]).rpartition("-")) for (id_,) in rows]
        return [(window, ticket, await self._read(id_)) for id_, window, _, ticket in named]

    async def save(self, window: str, ticket: str, content: dict[str, Any], *, seen: int) -> Draft:
        """Keep what is typed.

        Args:
            seen: the revision the page had.

        Raises:
            Refused: ``case_desk.draft_changed``: somebody else typed in it since.
        """
        id_ = self._id(window, ticket)
        async with self._turn(id_):
            known = await self.get(window, ticket)
            if known.revision != seen:
                raise Refused("case_desk.draft_changed", revision=known.revision)
            return await self._keep(id_, msgspec.structs.replace(known, revision=seen + 1, content=content))

    async def change_scans(
        self, window: str, ticket: str, change: Callable[[tuple[ScanMark, ...]], tuple[ScanMark, ...]]
    ) -> Draft:
        """Add pages to a draft, or take some out; the revision stays, for the page did not type."""
        return await self.change(
            window, ticket, lambda known: msgspec.structs.replace(known, scans=change(known.scans))
        )

    async def change(self, window: str, ticket: str, change: Callable[[Draft], Draft]) -> Draft:
        """Change a draft in one go, whatever its revision; what ``change`` raises leaves it as it was."""
        id_ = self._id(window, ticket)
        async with self._turn(id_):
            return await self._keep(id_, change(await self.get(window, ticket)))

    async def wipe(self, window: str, ticket: str, *, used: frozenset[str] = frozenset()) -> None:
        """Forget a draft; ``used`` pages belong to a case now and stay."""
        id_ = self._id(window, ticket)
        async with self._turn(id_):
            await self._wipe(id_, await self.get(window, ticket), used)

    async def sweep(self, *, kept: timedelta = KEPT, spares: Callable[[Draft], bool] = lambda draft: False) -> int:
        """Forget the drafts that were left lying for so long, but those that are spared; gives how many."""
        before = microseconds(self._server.now() - kept)
        old = await self._server.database.fetch("SELECT id FROM vault WHERE kind = ? AND at < ?", (self._kind, before))
        gone = [(id_, draft) for (id_,) in old if not spares(draft := await self._read(id_))]
        for id_, draft in gone:
            await self._wipe(id_, draft, frozenset())
        return len(gone)

    def _turn(self, id_: str) -> asyncio.Lock:
        """One after the other; a lock is there for as long as somebody holds it or waits for it."""
        return self._turns.setdefault(id_, asyncio.Lock())

    async def _read(self, id_: str) -> Draft:
        found = await self._server.vault.text(self._kind, id_)
        return msgspec.json.decode(found, type=Draft) if found else Draft()

    async def _wipe(self, id_: str, draft: Draft, used: frozenset[str]) -> None:
        await self._server.vault.erase(id_)
        for one in draft.scans:
            if one.sha256 not in used:
                await asyncio.to_thread(self._erase_scan, one.sha256)

    async def _keep(self, id_: str, draft: Draft) -> Draft:
        await self._server.vault.keep_text(self._kind, id_, msgspec.json.encode(draft).decode())
        return draft

    def _id(self, window: str, ticket: str) -> str:
        return f"{self._kind.replace(' ', '-')}-{window}-{ticket}"

"""What is being typed at a window, sealed in the vault every few seconds: a power cut loses nothing of it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

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

    def __init__(self, server: Server, erase_scan: Callable[[str], None]) -> None:
        """``erase_scan(sha256)`` blocks; it is called off the loop."""
        self._server = server
        self._erase_scan = erase_scan
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, window: str, ticket: str) -> Draft:
        """The draft; an empty one where there is none."""
        found = await self._server.vault.text(KIND, _id(window, ticket))
        return msgspec.json.decode(found, type=Draft) if found else Draft()

    async def save(self, window: str, ticket: str, content: dict[str, Any], *, seen: int) -> Draft:
        """Keep what is typed.

        Args:
            seen: the revision the page had.

        Raises:
            Refused: ``case_desk.draft_changed``: somebody else typed in it since.
        """
        id_ = _id(window, ticket)
        async with self._turns[id_]:
            known = await self.get(window, ticket)
            if known.revision != seen:
                raise Refused("case_desk.draft_changed", revision=known.revision)
            return await self._keep(id_, msgspec.structs.replace(known, revision=seen + 1, content=content))

    async def change_scans(
        self, window: str, ticket: str, change: Callable[[tuple[ScanMark, ...]], tuple[ScanMark, ...]]
    ) -> Draft:
        """Add pages to a draft, or take some out; the revision stays, for the page did not type."""
        id_ = _id(window, ticket)
        async with self._turns[id_]:
            known = await self.get(window, ticket)
            return await self._keep(id_, msgspec.structs.replace(known, scans=change(known.scans)))

    async def wipe(self, window: str, ticket: str, *, used: frozenset[str] = frozenset()) -> None:
        """Forget a draft; ``used`` pages belong to a case now and stay."""
        id_ = _id(window, ticket)
        async with self._turns[id_]:
            await self._wipe(id_, await self.get(window, ticket), used)
        self._turns.pop(id_, None)

    async def sweep(self) -> int:
        """Forget the drafts that were left lying; gives how many."""
        before = microseconds(self._server.now() - KEPT)
        old = await self._server.database.fetch("SELECT id FROM vault WHERE kind = ? AND at < ?", (KIND, before))
        for (id_,) in old:
            found = await self._server.vault.text(KIND, id_)
            draft = msgspec.json.decode(found, type=Draft) if found else Draft()
            await self._wipe(id_, draft, frozenset())
        return len(old)

    async def _wipe(self, id_: str, draft: Draft, used: frozenset[str]) -> None:
        await self._server.vault.erase(id_)
        for one in draft.scans:
            if one.sha256 not in used:
                await asyncio.to_thread(self._erase_scan, one.sha256)

    async def _keep(self, id_: str, draft: Draft) -> Draft:
        await self._server.vault.keep_text(KIND, id_, msgspec.json.encode(draft).decode())
        return draft


def _id(window: str, ticket: str) -> str:
    return f"case-draft-{window}-{ticket}"

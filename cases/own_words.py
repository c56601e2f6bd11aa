"""Why an applicant takes a case back, in their own words: sealed in the vault, while events carry its id only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from cases.messages import WithdrawCase
from hall_server.database.vault import Vault
from hall_server.errors import DomainError, Unavailable
from hall_server.identity import Actor, Keys, keyed_text
from hall_server.journal.rows import microseconds

if TYPE_CHECKING:
    from cases.model import Case
    from cases.neighbours.casework import Casework
    from hall_server.web.ports import Tables

KIND = "withdrawal words"
KEPT = timedelta(days=400)
"""So long what somebody sent by themselves is remembered (`cases.applying.keeping`), and no longer."""
_ERASE = "DELETE FROM vault WHERE kind = ? AND at < ?"


class Place(Protocol):
    """A hall or the city, as far as words need it; it is read late, a place has its vault once it is open."""

    @property
    def vault(self) -> Vault: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def database(self) -> Tables: ...


class OwnWords:
    """What applicants wrote at this place. Source: docs/decisions/0008-written-words-in-the-vault.md."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def withdraw(self, casework: Casework, case: Case, text: str, *, actor: Actor, command_id: str) -> None:
        """Take a case back for its applicant; the words lie in the vault before it is decided.

        Raises:
            DomainError: as the step; then the words are erased again.
        """
        words = await self._keep(text.strip(), actor, command_id)
        command = WithdrawCase(case=case.id, seen=case.step, words=words)
        try:
            await casework.execute(command, actor=actor, command_id=command_id)
        except Unavailable:
            raise  # nobody knows what became of it
        except DomainError as exc:
            if words and exc.code != "command.reused":  # then they are the words of the step that it stood for
                await self._place.vault.erase(words)
            raise

    async def read(self, words: str) -> str:
        """What was written; "" where it was written elsewhere, or is erased."""
        return (await self._place.vault.text(KIND, words) if words else None) or ""

    async def sweep(self, now: datetime) -> None:
        """Erase what was kept long enough."""
        await self._place.database.transact([(_ERASE, [(KIND, microseconds(now - KEPT))])])

    async def _keep(self, text: str, actor: Actor, command_id: str) -> str:
        """The vault's id of a text, the same for the same command; "" for none."""
        if not text:
            return ""
        id_ = keyed_text(self._place.keys.lookup, f"{KIND}\n{actor}\n{command_id}\n{text}")
        await self._place.vault.keep_text(KIND, id_, text)
        return id_

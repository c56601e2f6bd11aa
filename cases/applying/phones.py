"""Which phone a person has proved at a window: the one in the form of their last case there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases import store
from hall_server.errors import NotFound

if TYPE_CHECKING:
    from cases.desk.people import People
    from hall_server.server import Server

READ_MOST = 2_000
"""Forms that are not read again at every request of a session."""


class FormPhones:
    """Reads it from the sealed forms of a person's last cases (the Phones port of `identifying`)."""

    def __init__(self, server: Server, people: People) -> None:
        self._server = server
        self._people = people
        self._read: dict[str, str] = {}

    async def of(self, person: str) -> frozenset[str]:
        """The one in the form of the last case that a window took in from them and accepted.

        Not of a case that somebody else handed in for them, nor of one that came in by itself: there nobody compared
        a card with a face.
        """
        rows, _ = await store.some(self._server.views, store.CasesAsked(applicant=person))
        for row in rows:
            if row.window and row.accepted_at is not None and (phone := await self._phone(row.form)):
                return frozenset({phone})
        return frozenset()

    async def _phone(self, form: str) -> str:
        """The applicant's phone in a form that they handed in themselves; a form never changes: its hash names it."""
        if form not in self._read:
            try:
                found = await self._people.form(form)
            except NotFound:
                return ""  # it is gone, or not here yet
            if len(self._read) >= READ_MOST:
                self._read.clear()
            self._read[form] = found.applicant.phone if found.agent is None else ""
        return self._read[form]

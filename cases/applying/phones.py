"""Which phones the hall knows of a person: those in the forms of their cases."""

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
    """Reads them from the sealed forms of a person's last cases (the Phones port of `identifying`)."""

    def __init__(self, server: Server, people: People) -> None:
        self._server = server
        self._people = people
        self._read: dict[str, str] = {}

    async def of(self, person: str, *, at_window: bool = False) -> frozenset[str]:
        """Those of their own forms; ``at_window``: taken in at a window, where somebody looked at who it is."""
        found: set[str] = set()
        rows, _ = await store.some(self._server.views, store.CasesAsked(applicant=person))
        for row in rows:
            try:
                if row.window or not at_window:
                    found.add(await self._phone(row.form))
            except NotFound:
                continue  # it is gone
        return frozenset(found - {""})

    async def _phone(self, form: str) -> str:
        """The applicant's phone in a form; a form is named by its hash, so it never says anything else."""
        if form not in self._read:
            found = (await self._people.form(form)).applicant.phone
            if len(self._read) >= READ_MOST:
                self._read.clear()
            self._read[form] = found
        return self._read[form]

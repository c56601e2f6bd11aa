"""Which phones the hall knows of a person: those in the forms of their cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_server.errors import NotFound

if TYPE_CHECKING:
    from cases.desk.people import People


class FormPhones:
    """Reads them from the sealed forms of a person's last cases (the Phones port of `identifying`)."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def of(self, person: str) -> frozenset[str]:
        """Those of their own forms."""
        found: set[str] = set()
        for case in (await self._people.known_of(person, None)).earlier:
            try:
                form = await self._people.form((await self._people.row(case.id)).form)
            except NotFound:
                continue  # it is gone
            found.add(form.applicant.phone)
        return frozenset(found - {""})

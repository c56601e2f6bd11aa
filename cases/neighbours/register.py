"""The register of electronic licences as the desk's port asks it (`cases.desk.licences.Licences`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cases.desk.licences import Licence
from cases.neighbours import requests as r
from cases.neighbours.model import Accepted
from hall_server.database.vault import Person

if TYPE_CHECKING:
    from cases.neighbours.room import Room

PURPOSE = "政务服务事项办理"


class RegisterLicences:
    """Asks the neighbour now; whoever asks has the person's agreement or asks whether to ask for it."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def of(self, person: Person) -> tuple[Licence, ...]:
        """The valid licences of a person.

        Raises:
            Unavailable: the register does not answer.
        """
        if not person.id_number:
            return ()
        consent = self._room.centre.ids.new()
        request = r.FindLicences(holder_id_number=person.id_number, consent=consent, purpose=PURPOSE)
        reply = await self._room.ask(request, subject="licences")
        if not isinstance(reply, Accepted):
            return ()
        found = msgspec.json.decode(reply.result, type=r.LicencesFound)
        return tuple(
            Licence(
                id=one.id,
                kind=one.licence,
                name=one.name,
                number=one.number,
                valid_until=one.valid_until,
                fields=one.fields,
            )
            for one in found.licences
        )

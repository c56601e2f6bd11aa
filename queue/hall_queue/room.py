"""What the queue's edges share: the live state, its pictures, and the search in the catalogue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from hall_queue import messages as m
from hall_queue.issuing import Issuing
from hall_queue.model import Flag
from hall_queue.notices.state import Notices
from hall_queue.outside_check import OutsideCheck
from hall_queue.people import PersonGiven, checked, person_id
from hall_queue.pictures import Pictures
from hall_queue.requests import TicketWanted
from hall_queue.rules import Hall
from hall_queue.state import HallQueue
from hall_server.database.vault import Person, Vault
from hall_server.directory.events import DepartmentSaved, MatterSaved
from hall_server.directory.model import Matter
from hall_server.directory.search import MatterSearch
from hall_server.errors import DomainError, Refused
from hall_server.identity import Actor
from hall_server.messages import Recorded


@dataclass(slots=True)
class Room:
    """The queue of one hall.

    Attributes:
        issuing: gives the numbers.
        vault: gives the vault, which exists only once the server is open.
        outside: asks somebody else about persons, where the hall does.
        notices: what the hall has to say to everybody, the emergency above all.
        console_modules: addresses of page modules that the console loads, added by other rooms.
        phone_modules: the same for the page of a ticket. kiosk_modules: the same for the kiosk.
        words: everyday words by matter (id) that other rooms know of; ``forget_index`` when they change.
    """

    queue: HallQueue
    hall: Hall
    pictures: Pictures
    issuing: Issuing
    vault: Callable[[], Vault]
    outside: OutsideCheck | None = None
    notices: Notices = field(default_factory=Notices)
    console_modules: list[str] = field(default_factory=list)
    phone_modules: list[str] = field(default_factory=list)
    kiosk_modules: list[str] = field(default_factory=list)
    search: MatterSearch = field(default_factory=MatterSearch)
    words: Callable[[], Mapping[str, Sequence[str]]] = dict
    _is_stale: bool = True
    _building: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def command_for(
        self, wanted: TicketWanted, *, actor: Actor | None = None, command_id: str | None = None
    ) -> m.IssueTicket:
        """The command for a number, the visitor's identity put away in the vault.

        Args:
            wanted: what is wanted.
            actor, command_id: who wants it, and as what; a card that was read is the kiosk's own, for one ticket.

        Raises:
            DomainError: no number can be given; then nobody new is remembered.
        """
        if wanted.person is None:
            return _command(wanted)
        card = wanted.person.card
        wanted = self._named(wanted, actor, command_id)
        command = _command(wanted, card=card)
        given = checked(wanted.person)
        if given is not None and given.id_number is None:
            self.issuing.check_needs_id(command)
        flags = await self._flags(command, given)
        person = await person_id(
            self.vault(), wanted.person, admit=lambda: self.issuing.admitted(command, self.hall.now())
        )
        return msgspec.structs.replace(command, person=person, flags=flags)

    def _named(self, wanted: TicketWanted, actor: Actor | None, command_id: str | None) -> TicketWanted:
        """What is wanted, with the number of the card in the place of the kiosk's word for it.

        Raises:
            Refused: ``identity.unknown``, ``identity.used``.
        """
        person = wanted.person
        if person is None or person.card is None:
            return wanted
        if actor is None:
            raise Refused("identity.unknown")
        number = self.hall.ports.number_of_card(person.card, actor, command_id)
        return msgspec.structs.replace(wanted, person=PersonGiven(id_number=number, phone=person.phone))

    async def _flags(self, command: m.IssueTicket, given: Person | None) -> tuple[Flag, ...]:
        """What the service outside says of a person; it is not asked where no number can be given anyhow.

        Raises:
            Refused: ``person.refused_outside``.
        """
        if self.outside is None or given is None:
            return ()
        try:
            self.issuing.admitted(command, self.hall.now())
        except DomainError:
            return ()
        return await self.outside.flags(given)

    async def find_matters(self, q: str, *, department: str | None, line: str | None, limit: int) -> list[Matter]:
        """Matters that fit, best first; the index is built off the loop, at the first question after a change."""
        async with self._building:
            if self._is_stale:
                self._is_stale = False
                directory = self.hall.directory
                matters = [matter for matter in directory.matters.values() if matter.active]
                names = {one.id: one.name for one in directory.departments.values()}
                self.search = MatterSearch()
                self.search.rebuild(matters, names, also=self.words())
            if q.strip() and not self.search.is_warm:
                await asyncio.to_thread(self.search.warm)
        return self.search.find(q, department=department, line=line, limit=limit)

    def changed(self, recorded: Recorded) -> None:
        """Build the index anew after a change of the catalogue."""
        if isinstance(recorded.event, (MatterSaved, DepartmentSaved)):
            self.forget_index()

    def forget_index(self) -> None:
        """Build the index anew at the next question."""
        self._is_stale = True


def _command(wanted: TicketWanted, *, card: str | None = None) -> m.IssueTicket:
    return m.IssueTicket(
        matter=wanted.matter,
        line=wanted.line,
        more=wanted.more,
        channel=wanted.channel,
        priority=wanted.priority,
        card=card,
        language=wanted.language,
    )

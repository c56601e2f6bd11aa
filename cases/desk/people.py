"""Whose data a window may see and take over: the card on its reader, the ticket's person, earlier cases, licences."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from cases import store
from cases.desk.licences import Licence, LicenceOffered, Licences, offered
from cases.desk.messages import Use, UsePersonData, Why
from cases.forms import Form, Party
from cases.model import Case, State
from hall_queue.people import PersonGiven, checked
from hall_server.database.vault import Person, masked
from hall_server.errors import Forbidden, Invalid, NotFound, Refused, Unavailable
from hall_server.identity import Actor

if TYPE_CHECKING:
    from hall_queue.room import Room as QueueRoom
    from hall_server.federation.room import Room as Federation
    from hall_server.server import Server

EARLIER_MOST = 5
REGISTER_S = 3.0
"""So long the register of licences may take; without it the clerk types."""


class EarlierCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case the same person had before, whose form can be taken over."""

    id: str
    number: str
    matter: str
    matter_name: str
    matter_name_en: str
    received_at: datetime
    state: State


class Masked(msgspec.Struct, frozen=True, kw_only=True):
    """What of the ticket's person may be shown unasked."""

    id_number: str
    phone: str


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What may be taken over of a person: cases by their numbers, licences by their kinds."""

    earlier: list[EarlierCase]
    licences: list[LicenceOffered]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a card or the vault says of a person, unmasked."""

    id_number: str = ""
    phone: str = ""
    name: str = ""
    address: str = ""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What an earlier case's form says."""

    applicant: Party
    agent: Party | None
    fields: dict[str, Any]


class People:
    """What the web side asks for; every use is journalled, first."""

    def __init__(self, server: Server, queue: QueueRoom, federation: Federation, licences: Licences) -> None:
        self._server = server
        self._queue = queue
        self._federation = federation
        self.licences = licences

    async def masked(self, ticket: str) -> Masked | None:
        """The ticket's person as it may be shown unasked; None where the visitor said nothing."""
        person = self._ticket_person(ticket)
        if person is None:
            return None
        try:
            found = await self._server.vault.open(person)
        except NotFound:
            return None
        return Masked(id_number=masked(found.id_number or ""), phone=masked(found.phone or ""))

    async def show(self, window: str, ticket: str, why: Why, actor: Actor) -> Shown:
        """Unmask the ticket's person.

        Raises:
            NotFound: ``person.unknown``. DomainError: as the command.
        """
        person = self._ticket_person(ticket)
        if person is None:
            raise NotFound("person.unknown")
        await self._note(Use.SHOWN, window, ticket, person, actor, why=why)
        found = await self._server.vault.open(person)
        return Shown(id_number=found.id_number or "", phone=found.phone or "")

    async def card(self, window: str, ticket: str, token: str, actor: Actor) -> Shown:
        """What the card on the window's reader says.

        Raises:
            Refused: ``identity.unknown``: read elsewhere, or a minute ago.
        """
        cards = self._server.rooms.get("identity")
        if cards is None:
            raise Refused("identity.unknown")
        card = cards.person(token, actor, window)
        person = await self._server.vault.person(Person(id_number=card.id_number))
        await self._note(Use.CARD, window, ticket, person, actor)
        return Shown(id_number=card.id_number, name=card.name, address=card.address)

    async def known(self, ticket: str, id_number: str) -> Known:
        """What may be taken over of whoever has this number, or of the ticket's person where none is given."""
        person, said = await self._whose(ticket, id_number)
        return await self.known_of(person, said)

    async def known_of(self, person: str | None, said: Person | None) -> Known:
        """What may be taken over of a person, by opaque id and by what they said."""
        rows, _ = await store.some(
            self._server.views, store.CasesAsked(applicant=person or "", limit=EARLIER_MOST if person else 0)
        )
        found = await self.register(said)
        return Known(earlier=[self._earlier(row) for row in rows], licences=[offered(one) for one in found])

    async def take_form(self, window: str, ticket: str, id_number: str, case: str, actor: Actor) -> Taken:
        """The form of an earlier case of the very person who stands there.

        Raises:
            Forbidden: ``case_desk.other_person``. NotFound: ``case.unknown``, ``case_desk.form_gone``.
        """
        person, _ = await self._whose(ticket, id_number)
        row = await self.row(case)
        if person is None or row.applicant != person:
            raise Forbidden("case_desk.other_person")
        await self._note(Use.FORM, window, ticket, person, actor, about=case)
        form = await self.form(row.form)
        return Taken(applicant=form.applicant, agent=form.agent, fields=form.fields)

    async def open_form(self, window: str, ticket: str, case: Case, actor: Actor) -> Form:
        """The form of a case that whoever is served came to correct; that it was opened is on record first.

        Raises:
            NotFound: ``case_desk.form_gone``. DomainError: as the command.
        """
        await self._note(Use.FORM, window, ticket, case.applicant or "", actor, why=Why.COMPARE, about=case.id)
        return await self.form(case.form)

    async def take_licence(
        self, window: str, ticket: str, id_number: str, licence: str, edition: str, actor: Actor
    ) -> Licence:
        """A licence the person has just agreed to reuse; the consent stands in the journal before it is read.

        Raises:
            Invalid: nobody is named. NotFound: ``case_desk.licence_unknown``.
        """
        person, said = await self._whose(ticket, id_number)
        if said is None:
            raise Invalid("person.id_number", **{"person.id_number": "missing"})
        found = next((one for one in await self.register(said) if one.id == licence), None)
        if found is None:
            raise NotFound("case_desk.licence_unknown")
        person = person or await self._server.vault.person(said)
        await self._note(Use.LICENCE, window, ticket, person, actor, about=licence, edition=edition)
        return found

    async def row(self, case: str) -> store.CaseRow:
        """A case of any day.

        Raises:
            NotFound: ``case.unknown``.
        """
        found = await store.one(self._server.views, case)
        if found is None:
            raise NotFound("case.unknown", case=case)
        return found

    async def form(self, sha256: str) -> Form:
        """A sealed form.

        Raises:
            NotFound: ``case_desk.form_gone``.
        """
        try:
            found = await asyncio.to_thread(self._federation.attachments.read, sha256)
        except NotFound as exc:
            raise NotFound("case_desk.form_gone") from exc
        return msgspec.json.decode(found, type=Form)

    async def _whose(self, ticket: str, id_number: str) -> tuple[str | None, Person | None]:
        """The opaque id, where the hall knows the person, and the person."""
        given = checked(PersonGiven(id_number=id_number or None))
        if given is not None:
            return await self._server.vault.known(given), given
        person = self._ticket_person(ticket)
        try:
            return person, await self._server.vault.open(person) if person else None
        except NotFound:
            return None, None

    async def register(self, person: Person | None) -> tuple[Licence, ...]:
        """The licences of a person; none where the register does not answer in time."""
        if person is None:
            return ()
        try:
            async with asyncio.timeout(REGISTER_S):
                return await self.licences.of(person)
        except (TimeoutError, Unavailable):
            return ()

    async def _note(self, use: Use, window: str, ticket: str, person: str, actor: Actor, **more: Any) -> None:
        command = UsePersonData(use=use, window=window, ticket=ticket, person=person, **more)
        await self._server.execute(command, actor=actor)

    def _ticket_person(self, ticket: str) -> str | None:
        found = self._queue.queue.tickets.get(ticket)
        return found.person if found is not None else None

    def _earlier(self, row: store.CaseRow) -> EarlierCase:
        matter = self._server.directory.matters.get(row.matter)
        return EarlierCase(
            id=row.id,
            number=row.number,
            matter=row.matter,
            matter_name=matter.name if matter else row.matter,
            matter_name_en=(matter.name_en if matter else "") or row.matter,
            received_at=row.received_at,
            state=row.state,
        )

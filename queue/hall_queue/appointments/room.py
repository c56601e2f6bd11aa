"""What the edges of appointments share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from hall_queue.appointments import messages as m
from hall_queue.appointments.attending import Attending
from hall_queue.appointments.booking import Booking
from hall_queue.appointments.identity import owner, whose
from hall_queue.appointments.keeping import Keeping
from hall_queue.appointments.model import Appointment
from hall_queue.appointments.pictures import AppointmentPictures
from hall_queue.appointments.requests import BookingWanted, CheckInWanted, PersonBarred
from hall_queue.appointments.restrictions import Restrictions
from hall_queue.people import PersonGiven, checked
from hall_server.database.vault import Vault, masked
from hall_server.errors import Invalid, NotFound
from hall_server.identity import Actor


@dataclass(frozen=True, slots=True)
class AppointmentRoom:
    """Appointments of one hall; others find it as ``server.rooms["appointments"]`` and ask its ``restrictions``."""

    keeping: Keeping
    booking: Booking
    attending: Attending
    pictures: AppointmentPictures
    vault: Callable[[], Vault]

    @property
    def restrictions(self) -> Restrictions:
        """Who may neither book nor take a number."""
        return self.keeping.restrictions

    async def booking_for(self, wanted: BookingWanted) -> m.BookAppointment:
        """The command for a place, the visitor's identity put away in the vault.

        Raises:
            DomainError: no place can be given; then nobody new is remembered.
        """
        command = m.BookAppointment(
            matter=wanted.matter,
            line=wanted.line,
            day=wanted.day,
            begin=wanted.begin,
            person="",
            channel=wanted.channel,
        )
        _, line = self.keeping.wanted(wanted.matter, wanted.line)
        person, contact = await owner(
            self.vault(),
            wanted.person,
            needs_id=self.keeping.hall.rulebook.of(line).id_required,
            admit=lambda: self.booking.admitted(command, self.keeping.hall.now()),
        )
        return msgspec.structs.replace(command, person=person, contact=contact)

    async def check_in_for(
        self, wanted: CheckInWanted, *, actor: Actor | None = None, command_id: str | None = None
    ) -> m.CheckIn:
        """The command for the number of an appointment.

        Args:
            wanted: what the visitor showed or said.
            actor, command_id: who asks, and as what; a card that was read is the kiosk's own.

        Raises:
            DomainError: no appointment fits, or several do.
        """
        if wanted.card is not None and actor is not None:
            number = self.keeping.hall.ports.number_of_card(wanted.card, actor, command_id)
            wanted = msgspec.structs.replace(wanted, id_number=number, card=None)
        one = await whose(self.vault(), self.keeping, wanted)
        return m.CheckIn(appointment=one.id, channel=wanted.channel, priority=wanted.priority, language=wanted.language)

    async def person_barred(self, given: PersonBarred) -> str:
        """The opaque id of somebody a manager restricts; a number the hall does not know yet is remembered.

        Raises:
            Invalid: nobody is named, or a number cannot be one. NotFound: no ticket of today with a person has it.
        """
        if given.ticket:
            return self._holder(given.ticket)
        person = checked(PersonGiven(id_number=given.id_number, phone=given.phone))
        if person is None:
            raise Invalid("restriction.nobody", field="id_number")
        return await self.vault().person(person)

    def _holder(self, ticket: str) -> str:
        tickets = self.keeping.hall.queue.tickets
        wanted = ticket.strip().upper()
        found = tickets.get(ticket) or next((one for one in tickets.values() if one.number == wanted), None)
        if found is None:
            raise NotFound("ticket.unknown", field="ticket")
        if found.person is None:
            raise NotFound("restriction.ticket_of_nobody", field="ticket", number=found.number)
        return found.person

    async def shown(self, person: str | None) -> str:
        """A person as a manager may see them: the ID number, else the phone, masked; empty where they were erased."""
        if person is None:
            return ""
        try:
            found = await self.vault().open(person)
        except NotFound:
            return ""
        return masked(found.id_number or found.phone or "")

    async def who(self, one: Appointment) -> str:
        """Whose an appointment is, masked: ID number and phone, as far as they were given."""
        shown = [await self.shown(one.person)]
        if one.contact and one.contact != one.person:
            shown.append(await self.shown(one.contact))
        return " · ".join(part for part in shown if part)

"""What is wanted of appointments and restrictions, and what happens to them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from hall_queue.appointments.model import Clock, LinePlan
from hall_queue.model import Channel
from hall_server.messages import Command, Event, LastingEvent

Text = Annotated[str, Meta(max_length=200)]
Why = Annotated[str, Meta(min_length=1, max_length=200)]


class SavePlan(Command, frozen=True, kw_only=True):
    """Give a line its slots; appointments that stand are kept."""

    line: str
    plan: LinePlan
    reason: Why


class BookAppointment(Command, frozen=True, kw_only=True):
    """Reserve a place in the slot that begins then, for a matter, or for a line when the matter is not known."""

    matter: str | None = None
    line: str | None = None
    day: date
    begin: Clock
    person: str
    contact: str | None = None
    channel: Channel = Channel.PHONE


class CancelAppointment(Command, frozen=True, kw_only=True):
    """Give an appointment up."""

    appointment: str
    reason: Text = "visitor"


class CheckIn(Command, frozen=True, kw_only=True):
    """Take the number of an appointment: its owner is here."""

    appointment: str
    channel: Channel = Channel.KIOSK
    priority: str | None = None
    language: str | None = None

    def asked(self) -> CheckIn:
        """Without the language, which a visitor may change before they ask again."""
        return msgspec.structs.replace(self, language=None) if self.language else self


class VoidAppointment(Command, frozen=True, kw_only=True):
    """Take an appointment back for the hall; it is nobody's no-show."""

    appointment: str
    reason: Why


class RestrictPerson(Command, frozen=True, kw_only=True):
    """Let a person neither book nor take numbers until the end of a day."""

    person: str
    until: date
    reason: Why


class LiftRestriction(Command, frozen=True, kw_only=True):
    """Let a restricted person book and take numbers again."""

    person: str
    reason: Why


class PlanSaved(LastingEvent, frozen=True, kw_only=True):
    """A line has these slots from now on."""

    type: ClassVar[str] = "slots.saved"
    line: str
    plan: LinePlan
    reason: str

    @property
    def subject(self) -> str:
        """The line."""
        return f"line:{self.line}"


ENDED_KEPT = timedelta(days=7)
"""So long an appointment's page still says how it ended."""
MISSES_KEPT = timedelta(days=366)
"""No rule looks back further."""
LONGEST_AHEAD = timedelta(days=120)
"""No place is booked longer before its day: 60 working days with all their holidays."""


class AppointmentEvent(LastingEvent, frozen=True, kw_only=True):
    """Something that happened to an appointment."""

    appointment: str

    def last_day(self, happened: date) -> date | None:
        """When nobody asks for the appointment any more, whatever its day was."""
        return happened + LONGEST_AHEAD + ENDED_KEPT

    @property
    def subject(self) -> str:
        """The appointment."""
        return f"appointment:{self.appointment}"


class AppointmentBooked(AppointmentEvent, frozen=True, kw_only=True):
    """A place in a slot was reserved."""

    type: ClassVar[str] = "appointment.booked"
    line: str
    matter: str | None
    day: date
    due: datetime
    until: datetime
    person: str
    contact: str | None
    channel: Channel

    def last_day(self, happened: date) -> date | None:
        """As long as its page is there."""
        return self.day + ENDED_KEPT


class AppointmentCancelled(AppointmentEvent, frozen=True, kw_only=True):
    """The visitor gave it up; the place is free again from ``reopens`` on."""

    type: ClassVar[str] = "appointment.cancelled"
    reason: str
    reopens: datetime


class AppointmentClaimed(AppointmentEvent, frozen=True, kw_only=True):
    """Its owner checked in and got a ticket."""

    type: ClassVar[str] = "appointment.claimed"
    ticket: str
    late: bool = False

    def last_day(self, happened: date) -> date | None:
        """It is claimed on its day."""
        return happened + ENDED_KEPT


class AppointmentVoided(AppointmentEvent, frozen=True, kw_only=True):
    """The hall took it back; it does not count against its owner."""

    type: ClassVar[str] = "appointment.voided"
    reason: str
    reopens: datetime


class AppointmentMissed(AppointmentEvent, frozen=True, kw_only=True):
    """The day ended and nobody had come."""

    type: ClassVar[str] = "appointment.missed"
    person: str
    day: date

    def last_day(self, happened: date) -> date | None:
        """As long as it counts against the person."""
        return self.day + MISSES_KEPT


class PersonEvent(LastingEvent, frozen=True, kw_only=True):
    """Something that happened to a person's rights."""

    person: str

    @property
    def subject(self) -> str:
        """The person."""
        return f"person:{self.person}"


class PersonRestricted(PersonEvent, frozen=True, kw_only=True):
    """A person may neither book nor take numbers up to this day, which is included."""

    type: ClassVar[str] = "person.restricted"
    until: date
    reason: str

    def last_day(self, happened: date) -> date | None:
        """Until it is over."""
        return self.until


class RestrictionLifted(PersonEvent, frozen=True, kw_only=True):
    """A person may book and take numbers again."""

    type: ClassVar[str] = "person.restriction_lifted"
    reason: str


EVENTS: tuple[type[Event], ...] = (
    PlanSaved,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentClaimed,
    AppointmentVoided,
    AppointmentMissed,
    PersonRestricted,
    RestrictionLifted,
)

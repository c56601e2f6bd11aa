"""The bodies of the appointments' HTTP routes and device requests."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta

from hall_queue.appointments.model import Clock, LinePlan
from hall_queue.model import Channel
from hall_queue.people import PersonGiven
from hall_queue.requests import Body, Id, Language

Why = Annotated[str, Meta(min_length=1, max_length=200)]


class BookingWanted(Body, frozen=True, kw_only=True):
    """`POST /api/v1/appointments`: a matter or a line, a slot, and who comes by ID number, phone or both."""

    matter: Id | None = None
    line: Id | None = None
    day: date
    begin: Clock
    person: PersonGiven
    channel: Channel = Channel.PHONE


class CheckInWanted(Body, frozen=True, kw_only=True):
    """What the visitor shows or says: the code of the page, or a phone or ID number, with the six digits if asked.

    ``card`` is a kiosk's word for a card that was read, in the place of the ID number.
    """

    qr: Annotated[str, Meta(max_length=500)] | None = None
    phone: Annotated[str, Meta(max_length=20)] | None = None
    id_number: Annotated[str, Meta(max_length=24)] | None = None
    card: Annotated[str, Meta(max_length=64)] | None = None
    code: Annotated[str, Meta(pattern=r"^\d{6}$")] | None = None
    channel: Channel = Channel.KIOSK
    priority: Id | None = None
    language: Language | None = None


class PlanGiven(Body, frozen=True, kw_only=True):
    """A line's plan and why it is so."""

    plan: LinePlan
    reason: Why


class PlanTried(Body, frozen=True, kw_only=True):
    """A plan that is only looked at."""

    plan: LinePlan


class Because(Body, frozen=True, kw_only=True):
    """Why; it must be said."""

    reason: Why


class PersonBarred(Body, frozen=True, kw_only=True):
    """Whom to restrict, by what is known of them: an ID number, a phone, or the number of a ticket of today."""

    id_number: Annotated[str, Meta(max_length=24)] | None = None
    phone: Annotated[str, Meta(max_length=20)] | None = None
    ticket: Annotated[str, Meta(max_length=80)] | None = None
    until: date
    reason: Why

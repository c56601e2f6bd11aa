"""Appointments over HTTP: places, booking, one's own, checking in; plans, lists and restrictions for managers."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import segno

from hall_queue.appointments import messages as m
from hall_queue.appointments.attending import CheckedIn
from hall_queue.appointments.booking import Booked
from hall_queue.appointments.calendar_file import Entry, calendar_file
from hall_queue.appointments.model import Appointment, LinePlan
from hall_queue.appointments.pictures import (
    AppointmentPicture,
    DayPicture,
    Offered,
    PlacesPicture,
    PlanPicture,
)
from hall_queue.appointments.plans import check
from hall_queue.appointments.requests import (
    Because,
    BookingWanted,
    CheckInWanted,
    PersonBarred,
    PlanGiven,
    PlanTried,
)
from hall_queue.appointments.room import AppointmentRoom
from hall_server.errors import Forbidden, Invalid
from hall_server.identity import Role
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import page_routes
from hall_server.web.routes import MANAGER, PUBLIC, SIGNED_IN, STAFF, Limit, Route, Verb, roles

PAGES = Path(__file__).parents[1] / "pages"
TOKEN = "{token:[\\w-]{22}}"  # noqa: S105  # the shape of one


class DayListed(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/appointments`: a day, and whose each appointment is, masked, by its id."""

    day: DayPicture
    who: dict[str, str]


class Plans(msgspec.Struct, frozen=True, kw_only=True):
    """The plans of all lines."""

    items: list[PlanPicture]


class Restricted(msgspec.Struct, frozen=True, kw_only=True):
    """A person under restriction; ``who`` is masked."""

    person: str
    who: str
    until: date
    reason: str
    since: datetime
    by: str


class RestrictedList(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who is under restriction."""

    items: list[Restricted]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What was made."""

    id: str


class AppointmentHandler(ApiHandler):
    """A handler of this folder."""

    room: AppointmentRoom

    def by_token(self, token: str) -> Appointment:
        """An appointment by its secret.

        Raises:
            NotFound: none that is kept has it.
        """
        kept = self.room.keeping.kept
        return self.room.keeping.appointment(kept.by_token.get(token, ""))

    def address_of(self, one: Appointment) -> str:
        """The visitor's page, as their phone reaches it."""
        base = self.room.keeping.hall.settings.public_url or f"{self.request.protocol}://{self.request.host}"
        return f"{base.rstrip('/')}/b/{one.token}"

    def day_of(self, name: str) -> date | None:
        """A date of the query.

        Raises:
            Invalid: ``query.date`` with the field's name.
        """
        text = self.words(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as exc:
            raise Invalid("query.date", field=name) from exc


class PlacesHandler(AppointmentHandler):
    """Free places."""

    async def get(self) -> None:
        """Answer with the places of a matter's line or of a line."""
        _, line = self.room.keeping.wanted(self.words("matter") or None, self.words("line") or None)
        found = self.room.pictures.places(line, first=self.day_of("from"), last=self.day_of("to"))
        await self.server.settled()
        self.answer(found)


class OfferedHandler(AppointmentHandler):
    """Lines that give appointments."""

    async def get(self) -> None:
        """Answer with them."""
        found = self.room.pictures.offered()
        await self.server.settled()
        self.answer(found)


class BookingsHandler(AppointmentHandler):
    """Book a place; the manager's list of a day."""

    async def post(self) -> None:
        """Reserve it."""
        await self.run(await self.room.booking_for(self.read(BookingWanted)))


class DayHandler(AppointmentHandler):
    """The manager's list."""

    async def get(self) -> None:
        """Answer with a day's appointments."""
        keeping = self.room.keeping
        day = self.day_of("day") or keeping.today()
        picture = self.room.pictures.day(day)
        who = {one.id: await self.room.who(one) for one in keeping.kept.on(day)}
        await self.server.settled()
        self.answer(DayListed(day=picture, who=who))


class OwnHandler(AppointmentHandler):
    """The visitor's own appointment."""

    async def get(self, token: str) -> None:
        """Answer with its page."""
        picture = self.room.pictures.appointment(self.by_token(token))
        await self.server.settled()
        self.answer(picture)

    async def delete(self, token: str) -> None:
        """Give it up."""
        command = m.CancelAppointment(appointment=self.by_token(token).id)
        await self.server.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer_nothing()


class CodeHandler(AppointmentHandler):
    """The code for the kiosk's reader."""

    async def get(self, token: str) -> None:
        """Answer with an SVG picture."""
        picture = io.BytesIO()
        code = segno.make_qr(self.address_of(self.by_token(token)), error="m")
        code.save(picture, kind="svg", scale=8, border=2, xmldecl=False)
        self.set_header("Content-Type", "image/svg+xml")
        self.finish(picture.getvalue())


class CalendarHandler(AppointmentHandler):
    """The calendar file."""

    async def get(self, token: str) -> None:
        """Answer with the file, in the language asked for."""
        one = self.by_token(token)
        shown = self.room.pictures.appointment(one)
        is_english = self.language == "en"

        def named(chinese: str, english: str) -> str:
            return english if is_english and english else chinese

        what = named(shown.matter_name or shown.line_name, shown.matter_name_en or shown.line_name_en)
        text = self.web.locales.text
        entry = Entry(
            id=one.id,
            begins=one.due,
            ends=one.until,
            stamp=one.booked_at,
            title=text("book.calendar_title", self.language, what=what),
            place=" ".join(
                part
                for part in (named(shown.hall.name, shown.hall.name_en), named(shown.zone_name, shown.zone_name_en))
                if part
            ),
            text=text("book.calendar_text", self.language, code=one.code),
            address=self.address_of(one),
        )
        self.set_header("Content-Type", "text/calendar; charset=utf-8")
        self.set_header("Content-Disposition", 'attachment; filename="appointment.ics"')
        self.finish(calendar_file(entry))


class CheckInHandler(AppointmentHandler):
    """Check in."""

    async def post(self) -> None:
        """Give the appointment's owner a number.

        Raises:
            Forbidden: this hall checks in at its kiosks and counters only.
        """
        wanted = self.read(CheckInWanted)
        settings = self.room.keeping.hall.settings
        if self.actor.kind is Role.VISITOR and not (settings.open_ticketing or settings.demo):
            raise Forbidden("ticketing.kiosks_only")
        await self.run(await self.room.check_in_for(wanted, actor=self.actor, command_id=self.command_id))


class VoidHandler(AppointmentHandler):
    """Take an appointment back."""

    async def post(self, appointment: str) -> None:
        """Void it."""
        command = m.VoidAppointment(appointment=appointment, reason=self.read(Because).reason)
        await self.server.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer_nothing()


class PlansHandler(AppointmentHandler):
    """The plans of all lines."""

    async def get(self) -> None:
        """Answer with them, by prefix."""
        lines = self.room.keeping.hall.directory.lines_in_order()
        found = Plans(items=[self.room.pictures.plan(line.id) for line in lines])
        await self.server.settled()
        self.answer(found)


class PlanHandler(AppointmentHandler):
    """A line's plan."""

    async def get(self, line: str) -> None:
        """Answer with it."""
        found = self.room.pictures.plan(line)
        await self.server.settled()
        self.answer(found)

    async def put(self, line: str) -> None:
        """Save it."""
        given = self.read(PlanGiven)
        await self.run(m.SavePlan(line=line, plan=given.plan, reason=given.reason))


class PlanTriedHandler(AppointmentHandler):
    """A plan before it is saved."""

    async def post(self, line: str) -> None:
        """Answer with what it would do; nothing is saved."""
        given, keeping = self.read(PlanTried), self.room.keeping
        check(given.plan, keeping.hall.directory.hours, keeping.days)
        self.answer(self.room.pictures.plan(line, given.plan))


class RestrictionsHandler(AppointmentHandler):
    """Persons who may neither book nor take numbers."""

    async def get(self) -> None:
        """Answer with everybody."""
        found = [
            Restricted(
                person=one.person,
                who=await self.room.shown(one.person),
                until=one.until,
                reason=one.reason,
                since=one.since,
                by=one.by,
            )
            for one in self.room.restrictions.all()
        ]
        await self.server.settled()
        self.answer(RestrictedList(items=found))

    async def post(self) -> None:
        """Restrict somebody."""
        given = self.read(PersonBarred)
        person = await self.room.person_barred(given)
        await self.run(m.RestrictPerson(person=person, until=given.until, reason=given.reason))


class LiftHandler(AppointmentHandler):
    """The end of a restriction."""

    async def post(self, person: str) -> None:
        """Lift it."""
        command = m.LiftRestriction(person=person, reason=self.read(Because).reason)
        await self.server.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer_nothing()


def routes(room: AppointmentRoom) -> list[Route]:
    """The addresses; who may take a number may check in."""
    settings = room.keeping.hall.settings
    per_minute = settings.tickets_per_minute
    limit = Limit("appointments", per_s=per_minute / 60, burst=per_minute)
    takers = PUBLIC if settings.open_ticketing or settings.demo else roles(Role.DEVICE) | STAFF
    options = {"room": room}

    def at(path: str, handler: type[AppointmentHandler], **verbs: Verb) -> Route:
        named = {name.upper(): verb for name, verb in verbs.items()}
        return Route(f"/api/v1/{path}", handler, named, options=options)

    return [
        at("appointments/slots", PlacesHandler, get=_places_verb()),
        at(
            "appointments/lines",
            OfferedHandler,
            get=Verb(access=PUBLIC, summary="Lines that give appointments", reply=Offered),
        ),
        at(
            "appointments",
            BookingsHandler,
            post=Verb(
                access=PUBLIC, summary="Book a place", request=BookingWanted, reply=Booked, status=201, limit=limit
            ),
        ),
        at(
            "appointments",
            DayHandler,
            get=Verb(
                access=MANAGER, summary="A day's appointments", reply=DayListed, query={"day": "a date; none: today"}
            ),
        ),
        at(
            "appointments/check-in",
            CheckInHandler,
            post=Verb(
                access=takers,
                summary="Take the number of an appointment",
                request=CheckInWanted,
                reply=CheckedIn,
                status=201,
                limit=limit,
            ),
        ),
        *_plan_routes(at),
        at(
            f"appointments/{TOKEN}",
            OwnHandler,
            get=Verb(access=PUBLIC, summary="A visitor's appointment", reply=AppointmentPicture),
            delete=Verb(access=PUBLIC, summary="Give an appointment up", status=204, limit=limit),
        ),
        at(
            f"appointments/{TOKEN}/qr.svg",
            CodeHandler,
            get=Verb(access=PUBLIC, summary="QR code for the kiosk", media="image/svg+xml"),
        ),
        at(
            f"appointments/{TOKEN}/appointment.ics",
            CalendarHandler,
            get=Verb(access=PUBLIC, summary="Calendar file", media="text/calendar"),
        ),
        at(
            "appointments/{appointment}/void",
            VoidHandler,
            post=Verb(access=MANAGER, summary="Take an appointment back", request=Because, status=204),
        ),
        at(
            "restrictions",
            RestrictionsHandler,
            get=Verb(access=MANAGER, summary="Persons under restriction", reply=RestrictedList),
            post=Verb(access=MANAGER, summary="Restrict a person", request=PersonBarred, reply=Made, status=201),
        ),
        at(
            "restrictions/{person}/lift",
            LiftHandler,
            post=Verb(access=MANAGER, summary="Lift a restriction", request=Because, status=204),
        ),
        *page_routes("hall_queue", PAGES, {"/book": "book.html", f"/b/{TOKEN}": "booked.html"}),
        *page_routes("hall_queue", PAGES, {"/manager/appointments": "appointments.html"}, access=SIGNED_IN),
    ]


def _places_verb() -> Verb:
    query = {
        "matter": "a matter, by id or code",
        "line": "or a line",
        "from": "first day, none: today",
        "to": "last day, none: as far as can be booked",
    }
    return Verb(access=PUBLIC, summary="Free places for appointments", reply=PlacesPicture, query=query)


def _plan_routes(at: Any) -> list[Route]:  # the closure above
    return [
        at(
            "appointments/plans",
            PlansHandler,
            get=Verb(access=MANAGER, summary="The slots of all lines", reply=Plans),
        ),
        at(
            "appointments/plans/{line}",
            PlanHandler,
            get=Verb(access=MANAGER, summary="A line's slots", reply=PlanPicture),
            put=Verb(access=MANAGER, summary="Give a line its slots", request=PlanGiven, reply=LinePlan),
        ),
        at(
            "appointments/plans/{line}/try",
            PlanTriedHandler,
            post=Verb(
                access=MANAGER, summary="What a plan would do; nothing is saved", request=PlanTried, reply=PlanPicture
            ),
        ),
    ]

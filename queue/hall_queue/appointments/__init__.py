"""Appointments (预约): slots with places, booking, checking in, no-shows, and persons under restriction."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hall_queue.appointments import messages as m
from hall_queue.appointments import mqtt, web
from hall_queue.appointments.attending import Attending
from hall_queue.appointments.booking import Booking
from hall_queue.appointments.demo import demo_plans
from hall_queue.appointments.keeping import Keeping
from hall_queue.appointments.pictures import AppointmentPictures
from hall_queue.appointments.restrictions import Restrictions
from hall_queue.appointments.room import AppointmentRoom
from hall_queue.appointments.state import Appointments
from hall_queue.appointments.views import AppointmentView, DayView, PlacesView
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM

if TYPE_CHECKING:
    from hall_queue.room import Room
    from hall_server.server import Server

log = logging.getLogger(__name__)

PLACES_LOOKED_AT_S = 5.0
_DIGITS = 1_000_000


def install(server: Server, queue: Room) -> AppointmentRoom:
    """Install appointments; the other rooms find them as ``server.rooms["appointments"]``."""
    kept = Appointments(lambda id_: token(server, id_), lambda id_, attempt: code(server, id_, attempt))
    restrictions = Restrictions(lambda: server.days.local_date(server.now()))
    keeping = Keeping(queue.hall, kept, restrictions, ZoneInfo(server.settings.timezone))
    booking, attending = Booking(keeping), Attending(keeping, queue.issuing)
    pictures = AppointmentPictures(keeping, attending)
    room = AppointmentRoom(keeping, booking, attending, pictures, lambda: server.vault)
    server.rooms["appointments"] = room
    queue.hall.ports.check_person = lambda person, _: restrictions.refuse(person)
    queue.hall.ports.books = lambda: bool(kept.plans)
    server.types.add(*m.EVENTS)
    server.fold(restrictions)
    server.fold(kept)
    _handle(server, room)
    server.view("slots", PlacesView(keeping, pictures))
    server.view("appointment", AppointmentView(keeping, pictures))
    server.view("appointments", DayView(keeping, pictures))
    server.route(*web.routes(room))
    mqtt.install(server, room)
    server.on_start("demonstration slots", lambda: _demonstrate(server, room))
    server.on_start("places", lambda: _start_places(server, room))
    return room


def token(server: Server, id_: str) -> str:
    """The secret of an appointment's page; the word before the id keeps it apart from tickets' tokens."""
    return server.keys.ticket_token(f"appointment:{id_}")


def code(server: Server, id_: str, attempt: int) -> str:
    """Six digits for the kiosk, where a phone has several appointments."""
    digest = hmac.new(server.keys.ticket, f"code:{attempt}:{id_}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % _DIGITS:06d}"


def _handle(server: Server, room: AppointmentRoom) -> None:
    server.handle(m.SavePlan, room.booking.save_plan)
    server.handle(m.BookAppointment, room.booking.book)
    server.handle(m.CancelAppointment, room.booking.cancel)
    server.handle(m.VoidAppointment, room.booking.void)
    server.handle(m.CheckIn, room.attending.check_in)
    server.handle(m.RestrictPerson, room.attending.restrict)
    server.handle(m.LiftRestriction, room.restrictions.lift)
    server.days.at_end(room.attending.end_of_day)


async def _demonstrate(server: Server, room: AppointmentRoom) -> None:
    """Give a demonstration hall its first slots; one that has any is left as it is."""
    if not server.settings.demo or server.directory.hall is None or room.keeping.kept.plans:
        return
    for command in demo_plans(server.directory):
        try:
            await server.execute(command, actor=SYSTEM)
        except DomainError as exc:  # hours that the demonstration does not fit
            log.info("no slots for %s: %s", command.line, exc.code, extra={"action": "appointments.demo"})


async def _start_places(server: Server, room: AppointmentRoom) -> None:
    server.spawn(_follow_places(server, room), "places")


async def _follow_places(server: Server, room: AppointmentRoom) -> None:
    """Show the places that the clock has changed: a slot has begun, or a freed place has opened again."""
    last = server.now()
    while True:
        await asyncio.sleep(PLACES_LOOKED_AT_S)
        last, before = server.now(), last
        for line in changed_between(room.keeping, before, last):
            server.live.refresh(f"slots/{line}")


def changed_between(keeping: Keeping, before: datetime, now: datetime) -> set[str]:
    """The lines whose free places time itself has changed."""
    today = keeping.today()
    found = {line for line, opens in keeping.kept.reopenings(before) if opens <= now}
    for line in keeping.kept.plans:
        if any(before < slot.begins <= now for slot in keeping.slots(line, today)):
            found.add(line)
    return found

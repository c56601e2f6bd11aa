"""A demonstration hall with slots, and short words for booking in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from hall_queue.appointments import messages as m
from hall_queue.appointments.attending import Attending
from hall_queue.appointments.model import Appointment, LinePlan, Plan, WeekRow
from hall_queue.appointments.room import AppointmentRoom
from hall_server.identity import visitor
from hall_server.messages import Event
from tests.fakes.queue_hall import QueueHall

LINE = "business"
TODAY = date(2026, 11, 23)  # the Monday on which the tests' clock begins, at nine o'clock in the hall
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
VISITOR = visitor("somebody")


def half_hours(*, quota: int = 2, begin: str = "09:00", end: str = "17:00", **more: Any) -> LinePlan:
    """A slot every half hour of every day."""
    row = WeekRow(weekdays=EVERY_DAY, begin=begin, end=end, minutes=30, quota=quota)
    return LinePlan(plans=(Plan(rows=(row,)),), **more)


class BookedHall:
    """A hall whose appointments a test moves."""

    def __init__(self, hall: QueueHall) -> None:
        self.hall = hall
        self.do = hall.do
        self.refused = hall.refused
        self.clock = hall.clock

    @property
    def room(self) -> AppointmentRoom:
        found: AppointmentRoom = self.hall.server.rooms["appointments"]
        return found

    @property
    def attending(self) -> Attending:
        return self.room.attending

    def of(self, id_: str) -> Appointment:
        return self.room.keeping.kept.by_id[id_]

    async def plan(self, plan: LinePlan | None = None, *, line: str = LINE) -> None:
        """Give a line its slots."""
        kept = self.room.keeping.kept.plan(line)
        given = half_hours() if plan is None else plan
        fresh = LinePlan(plans=given.plans, days=given.days, revision=kept.revision)
        await self.do(m.SavePlan(line=line, plan=fresh, reason="test"))

    async def book(self, person: str, begin: str, *, day: date = TODAY, line: str | None = LINE, **more: Any) -> str:
        """Book a place and give the appointment's id."""
        command = m.BookAppointment(
            line=None if "matter" in more else line, day=day, begin=begin, person=person, **more
        )
        return str((await self.do(command, VISITOR))["id"])

    async def cancel(self, id_: str) -> None:
        await self.do(m.CancelAppointment(appointment=id_), VISITOR)

    async def check_in(self, id_: str) -> dict[str, Any]:
        """Come to the kiosk."""
        found: dict[str, Any] = await self.do(m.CheckIn(appointment=id_))
        return found

    def free(self, begin: str, *, day: date = TODAY, line: str = LINE) -> int:
        """Places that can be booked in a slot."""
        places = self.room.pictures.places(line, first=day, last=day)
        return next(slot.free for one in places.days for slot in one.slots if slot.begin == begin)

    async def next_day(self) -> None:
        """Let the night pass."""
        self.clock.forward(days=1)
        await self.hall.server.roll_day()

    async def journal(self, kind: type[Event]) -> list[Any]:
        """The journal's events of a kind."""
        return [
            one.event for one in await self.hall.server.journal.read(0, limit=10_000) if isinstance(one.event, kind)
        ]

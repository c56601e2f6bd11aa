"""What the handlers of appointments stand on: the hall, the live appointments, and a line's slots with their places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from hall_queue.appointments.model import Appointment, LinePlan, Slot
from hall_queue.appointments.plans import Days
from hall_queue.appointments.restrictions import Restrictions
from hall_queue.appointments.state import Appointments
from hall_queue.rules import Hall
from hall_server.errors import Invalid, NotFound, Refused


@dataclass(frozen=True, slots=True)
class Keeping:
    """The appointments of a hall."""

    hall: Hall
    kept: Appointments
    restrictions: Restrictions
    zone: ZoneInfo

    @property
    def days(self) -> Days:
        """The hall's days, by its present hours and calendar."""
        return Days(self.hall.directory.hours, self.hall.directory.calendar, self.zone)

    def today(self) -> date:
        """The date on the hall's calendar."""
        return self.hall.local_now().date()

    def last_day(self) -> date:
        """The last day that can be booked now."""
        return self.days.last_bookable(self.today(), self.hall.rulebook.hall.book_workdays)

    def slots(self, line: str, day: date) -> list[Slot]:
        """A line's slots of a day."""
        return self.days.slots(self.kept.plan(line), day)

    def bookable(self, line: str, slot: Slot, now: datetime) -> int:
        """Places of a slot that can be booked now; none once it has begun."""
        return self.kept.free(line, slot, now) if now < slot.begins else 0

    def wanted(self, matter: str | None, line: str | None) -> tuple[str | None, str]:
        """Matter and line that are asked for.

        Raises:
            NotFound: there is no such matter or line.
            Invalid: neither is named, or they do not fit.
            Refused: the line is switched off.
        """
        if not matter and not line:
            raise Invalid("appointment.nothing_wanted", matter="missing", line="missing")
        found = self.hall.matter(matter) if matter else None
        if found and line and found.line != line:
            raise Invalid("ticket.matter_of_other_line", line=line, matter=found.id)
        row = self.hall.line(found.line if found else line or "")
        if not row.active:
            raise Refused("line.closed", line=row.id, reason="", cause=None)
        return found.id if found else None, row.id

    def appointment(self, id_: str) -> Appointment:
        """An appointment by id.

        Raises:
            NotFound: there is none, or it is long over.
        """
        found = self.kept.by_id.get(id_)
        if found is None:
            raise NotFound("appointment.unknown")
        return found

    def stranded(self, line: str, plan: LinePlan | None = None) -> Iterator[Appointment]:
        """Standing appointments for which a plan (the one in force) has no slot at their time."""
        days, chosen = self.days, self.kept.plan(line) if plan is None else plan
        slots: dict[date, list[Slot]] = {}
        for one in self.kept.standing(line):
            if one.day not in slots:
                slots[one.day] = days.slots(chosen, one.day)
            if not any(slot.begins <= one.due < slot.ends for slot in slots[one.day]):
                yield one

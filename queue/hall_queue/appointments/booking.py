"""Booking, giving up and taking back appointments (domain rule 15)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec

from hall_queue.appointments import messages as m
from hall_queue.appointments.keeping import Keeping
from hall_queue.appointments.model import Appointment, AppointmentState, Slot
from hall_queue.appointments.plans import check
from hall_queue.appointments.restrictions import require_manager
from hall_server.directory.fields import minutes_of
from hall_server.errors import Refused
from hall_server.outcome import Context, Outcome


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor is told about a new appointment; ``code`` is said at the kiosk where a phone has several."""

    id: str
    token: str
    code: str
    line: str
    matter: str | None
    day: date
    due: datetime
    until: datetime


class Booking:
    """Handlers of the commands about appointments that are still to come."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping

    def save_plan(self, command: m.SavePlan, context: Context) -> Outcome:
        """Give a line its slots; what has been booked stands. Replies with the plan.

        Raises:
            Forbidden: not a manager. NotFound: no such line. Invalid: as :func:`check`.
            Refused: ``slots.changed_meanwhile``, somebody else has saved since the plan was read.
        """
        require_manager(context)
        keeping = self._keeping
        line = keeping.hall.line(command.line).id
        before = keeping.kept.plan(line)
        if command.plan.revision != before.revision:
            raise Refused("slots.changed_meanwhile", revision=before.revision)
        check(command.plan, keeping.hall.directory.hours, keeping.days)
        current = tuple(day for day in command.plan.days if day.day >= keeping.today())
        plan = msgspec.structs.replace(command.plan, days=current, revision=before.revision + 1)
        return Outcome(events=(m.PlanSaved(line=line, plan=plan, reason=command.reason),), reply=lambda: plan)

    def book(self, command: m.BookAppointment, context: Context) -> Outcome:
        """Reserve a place.

        Raises:
            Invalid, NotFound, Refused: as :meth:`admitted`.
            Refused: ``person.restricted``, ``appointment.duplicate`` or ``appointment.too_many``.
        """
        matter, line, slot = self.admitted(command, context.now)
        self._keeping.restrictions.refuse(command.person, command.contact)
        self._refuse_second(command, matter or line)
        event = m.AppointmentBooked(
            appointment=context.ids.new(),
            line=line,
            matter=matter,
            day=command.day,
            due=slot.begins.astimezone(UTC),
            until=slot.ends.astimezone(UTC),
            person=command.person,
            contact=command.contact,
            channel=command.channel,
        )
        return Outcome(events=(event,), reply=lambda: told(self._keeping.kept.by_id[event.appointment]))

    def admitted(self, command: m.BookAppointment, now: datetime) -> tuple[str | None, str, Slot]:
        """Matter, line and slot of a place that can be booked, whoever asks for it.

        Raises:
            Invalid: nothing wanted, or a matter of another line.
            NotFound: no such matter, line or slot.
            Refused: ``line.closed``, ``appointment.too_far``, ``appointment.begun`` or ``appointment.full``.
        """
        keeping = self._keeping
        matter, line = keeping.wanted(command.matter, command.line)
        last = keeping.last_day()
        if command.day > last:
            raise Refused("appointment.too_far", last=last.isoformat(), day=command.day.isoformat())
        slot = self._slot(line, command)
        if now >= slot.begins:
            raise Refused("appointment.begun", begin=command.begin)
        if keeping.kept.free(line, slot, now) == 0:
            raise Refused("appointment.full", begin=command.begin)
        if not keeping.hall.serving_windows(line, matter):
            raise Refused("matter.no_window", matter=matter, line=line)
        return matter, line, slot

    def cancel(self, command: m.CancelAppointment, context: Context) -> Outcome:
        """Give an appointment up; its place opens again after the hall's delay, so that it cannot be passed on.

        Raises:
            NotFound: there is none.
            Refused: ``appointment.is_claimed`` and so on: its owner has checked in, or it has ended.
        """
        one = self._open(command.appointment)
        event = m.AppointmentCancelled(
            appointment=one.id, reason=command.reason, reopens=self._reopens(one, context.now)
        )
        return Outcome(events=(event,))

    def void(self, command: m.VoidAppointment, context: Context) -> Outcome:
        """Take an appointment back for the hall.

        Raises:
            Forbidden: not a manager. NotFound, Refused: as `cancel`.
        """
        require_manager(context)
        one = self._open(command.appointment)
        event = m.AppointmentVoided(appointment=one.id, reason=command.reason, reopens=self._reopens(one, context.now))
        return Outcome(events=(event,))

    def _slot(self, line: str, command: m.BookAppointment) -> Slot:
        begin = minutes_of(command.begin)
        for slot in self._keeping.slots(line, command.day):
            if slot.begins.hour * 60 + slot.begins.minute == begin:
                return slot
        raise Refused("appointment.no_slot", day=command.day.isoformat(), begin=command.begin)

    def _refuse_second(self, command: m.BookAppointment, wanted: str) -> None:
        """One per person, matter and day; and only so many that are still to come.

        Whoever gave nothing but a phone may be any of those who named it, so every appointment of the phone counts.
        """
        mine = [one for one in self._of_same(command) if one.state in _COUNTED]
        if any(one.day == command.day and one.wanted == wanted for one in mine):
            raise Refused("appointment.duplicate", day=command.day.isoformat())
        most = self._keeping.hall.rulebook.hall.book_per_person
        if sum(one.is_open for one in mine) >= most:
            raise Refused("appointment.too_many", most=most)

    def _of_same(self, command: m.BookAppointment) -> list[Appointment]:
        kept = self._keeping.kept
        mine = kept.of_person(command.person)
        if command.contact and command.contact != command.person:
            mine += [one for one in kept.of_person(command.contact) if one.person == command.contact]
        return mine

    def _open(self, id_: str) -> Appointment:
        one = self._keeping.appointment(id_)
        if not one.is_open:
            raise Refused(f"appointment.is_{one.state.value}")
        return one

    def _reopens(self, one: Appointment, now: datetime) -> datetime:
        return now + timedelta(seconds=self._keeping.hall.rulebook.of(one.line).slot_reopens_s)


_COUNTED = frozenset({AppointmentState.BOOKED, AppointmentState.CLAIMED})
"""Of a day's appointments, those that make another one for the same matter the second."""


def told(one: Appointment) -> Booked:
    """What to tell about an appointment."""
    return Booked(
        id=one.id,
        token=one.token,
        code=one.code,
        line=one.line,
        matter=one.matter,
        day=one.day,
        due=one.due,
        until=one.until,
    )

"""Appointments in memory, folded from events: whose they are, which places they take, and who missed theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from hall_queue.appointments import messages as m
from hall_queue.appointments.model import Appointment, AppointmentState, LinePlan, Slot
from hall_server.days import DayOpened
from hall_server.messages import Event, Recorded

_NO_PLAN = LinePlan()


class Appointments:
    """Every appointment that is not long over. ``apply`` is its only way to change and never fails.

    Attributes:
        plans: of each line that has slots, by its id.
        of_day: ids of a day's appointments, in the order of booking.
        missed: person → the days of missed appointments, oldest first.
    """

    def __init__(self, token: Callable[[str], str], code: Callable[[str, int], str]) -> None:
        """``token(id)`` and ``code(id, attempt)`` derive an appointment's secret and its six digits."""
        self._token = token
        self._code = code
        self._apply: dict[type[Event], Callable[[Any, Recorded], None]] = {
            DayOpened: self._day_opened,
            m.PlanSaved: self._plan_saved,
            m.AppointmentBooked: self._booked,
            m.AppointmentCancelled: self._cancelled,
            m.AppointmentClaimed: self._claimed,
            m.AppointmentVoided: self._voided,
            m.AppointmentMissed: self._missed,
        }
        self.types = frozenset(event.type for event in self._apply)
        self.day = date(1970, 1, 1)
        self.plans: dict[str, LinePlan] = {}
        self.by_id: dict[str, Appointment] = {}
        self.by_token: dict[str, str] = {}
        self.of_day: dict[date, dict[str, None]] = {}
        self.missed: dict[str, list[date]] = {}
        self._of_person: dict[str, dict[str, None]] = {}
        self._taken: dict[tuple[str, date], Counter[datetime]] = {}
        self._freed: dict[tuple[str, date], list[tuple[datetime, datetime]]] = {}
        self._codes: dict[date, set[str]] = {}

    # -- questions

    def plan(self, line: str) -> LinePlan:
        """The line's plan; empty where it has none."""
        return self.plans.get(line, _NO_PLAN)

    def taken(self, line: str, slot: Slot, now: datetime) -> int:
        """Places of a slot that nobody can book: booked, used, or freed so lately that they are not open again."""
        key = (line, slot.begins.date())
        booked = self._taken.get(key)
        count = sum(n for due, n in booked.items() if slot.begins <= due < slot.ends) if booked else 0
        return count + sum(
            slot.begins <= due < slot.ends and now < reopens for due, reopens in self._freed.get(key, ())
        )

    def free(self, line: str, slot: Slot, now: datetime) -> int:
        """Places that can be booked now, were it not too late; never below 0, also when a plan has shrunk."""
        return max(0, slot.quota - self.taken(line, slot, now))

    def reopenings(self, now: datetime) -> Iterable[tuple[str, datetime]]:
        """Lines with the moments at which places will be open again."""
        for (line, _), freed in self._freed.items():
            yield from ((line, reopens) for _, reopens in freed if reopens > now)

    def of_person(self, person: str) -> list[Appointment]:
        """The appointments of an opaque person, by ID number or by phone, that are kept."""
        return [self.by_id[id_] for id_ in self._of_person.get(person, ())]

    def on(self, day: date) -> list[Appointment]:
        """A day's appointments, by time and then in the order of booking."""
        return sorted((self.by_id[id_] for id_ in self.of_day.get(day, ())), key=lambda one: one.due)

    def standing(self, line: str) -> list[Appointment]:
        """The line's appointments that nobody has used yet, by time."""
        found = (one for one in self.by_id.values() if one.line == line and one.is_open)
        return sorted(found, key=lambda one: one.due)

    def misses(self, person: str, since: date) -> int:
        """How many appointments a person has missed since a day, that day included."""
        return sum(day >= since for day in self.missed.get(person, ()))

    # -- the fold

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        if recorded.business_day > self.day:
            self._begin(recorded.business_day)
        self._apply[type(recorded.event)](recorded.event, recorded)

    def _day_opened(self, event: DayOpened, _: Recorded) -> None:
        self._begin(event.day)

    def _plan_saved(self, event: m.PlanSaved, _: Recorded) -> None:
        self.plans[event.line] = event.plan

    def _booked(self, event: m.AppointmentBooked, recorded: Recorded) -> None:
        one = Appointment(
            id=event.appointment,
            line=event.line,
            matter=event.matter,
            day=event.day,
            due=event.due,
            until=event.until,
            person=event.person,
            contact=event.contact,
            booked_at=recorded.at,
            token=self._token(event.appointment),
            code=self._new_code(event.appointment, event.day),
        )
        self.by_id[one.id] = one
        self.by_token[one.token] = one.id
        self.of_day.setdefault(one.day, {})[one.id] = None
        for person in {one.person, one.contact} - {None}:
            self._of_person.setdefault(str(person), {})[one.id] = None
        self._taken.setdefault((one.line, one.day), Counter())[one.due] += 1

    def _cancelled(self, event: m.AppointmentCancelled, recorded: Recorded) -> None:
        self._give_back(event, AppointmentState.CANCELLED, recorded)

    def _voided(self, event: m.AppointmentVoided, recorded: Recorded) -> None:
        self._give_back(event, AppointmentState.VOID, recorded)

    def _claimed(self, event: m.AppointmentClaimed, recorded: Recorded) -> None:
        one = self._end(event.appointment, AppointmentState.CLAIMED, recorded)
        if one is not None:
            one.ticket, one.late = event.ticket, event.late

    def _missed(self, event: m.AppointmentMissed, recorded: Recorded) -> None:
        self._end(event.appointment, AppointmentState.MISSED, recorded)
        self.missed.setdefault(event.person, []).append(event.day)

    def _give_back(
        self, event: m.AppointmentCancelled | m.AppointmentVoided, state: AppointmentState, recorded: Recorded
    ) -> None:
        one = self._end(event.appointment, state, recorded)
        if one is None:
            return
        one.reason = event.reason
        key = (one.line, one.day)
        if key in self._taken:  # else the day is over, and nobody counts its places any more
            self._taken[key][one.due] -= 1
        self._freed.setdefault(key, []).append((one.due, event.reopens))

    def _end(self, id_: str, state: AppointmentState, recorded: Recorded) -> Appointment | None:
        one = self.by_id.get(id_)
        if one is not None:
            one.state, one.ended_at = state, recorded.at
        return one

    def _new_code(self, id_: str, day: date) -> str:
        """Six digits that no other appointment of the day has."""
        known = self._codes.setdefault(day, set())
        attempt = 0
        while (code := self._code(id_, attempt)) in known:
            attempt += 1
        known.add(code)
        return code

    # -- what is over

    def _begin(self, day: date) -> None:
        """Forget what is long over, so that the memory does not grow with the years."""
        self.day = day
        for old in [one for one in self.of_day if one < day - m.ENDED_KEPT]:
            for id_ in self.of_day.pop(old):
                self._forget(self.by_id.pop(id_))
            self._codes.pop(old, None)
        for key in [key for key in {**self._taken, **self._freed} if key[1] < day]:
            self._taken.pop(key, None)
            self._freed.pop(key, None)
        first = day - m.MISSES_KEPT
        self.missed = {
            who: kept for who, days in self.missed.items() if (kept := [one for one in days if one >= first])
        }

    def _forget(self, one: Appointment) -> None:
        self.by_token.pop(one.token, None)
        for person in {one.person, one.contact} - {None}:
            mine = self._of_person[str(person)]
            mine.pop(one.id, None)
            if not mine:
                del self._of_person[str(person)]

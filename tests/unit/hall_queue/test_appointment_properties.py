"""Domain rule 15 under any order of booking, giving up, voiding, coming, new plans and nights: what always holds."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hall_queue.appointments import messages as m
from hall_queue.appointments.attending import Attending
from hall_queue.appointments.booking import Booking
from hall_queue.appointments.keeping import Keeping
from hall_queue.appointments.model import AppointmentState, LinePlan, Plan, WeekRow
from hall_queue.appointments.restrictions import Restrictions
from hall_queue.appointments.state import Appointments
from hall_queue.room import Room
from hall_server.days import DayOpened
from hall_server.errors import DomainError
from hall_server.identity import Keys
from hall_server.messages import Command, Event, Recorded
from hall_server.outcome import Context, Outcome
from tests.fakes.hall import CountedIds, HandClock, composed, demo_hall, manager

ZONE = ZoneInfo("Asia/Shanghai")
LINE = "business"
MINUTES = (30, 60)
BEGINS = ("09:00", "09:30", "10:00", "10:30")
PERSONS = st.sampled_from(["p0", "p1", "p2", "p3"])
TAKEN = (AppointmentState.BOOKED, AppointmentState.CLAIMED)


@cache
def room() -> Room:
    """The demonstration's queue over its directory; no database is opened."""
    server = composed(Path(tempfile.gettempdir()) / "onedoor-never-opened", rooms=("hall_queue",))
    server.keys = Keys(b"k" * 32)
    for event in demo_hall().events:
        server.directory.apply(event.item)
    found: Room = server.rooms["hall_queue"]
    return found


def fold() -> Appointments:
    return Appointments(lambda id_: f"token-{id_}".ljust(22, "x"), lambda id_, n: f"{hash((id_, n)) % 10**6:06d}")


class Bookings(RuleBasedStateMachine):
    """The handlers and the folds as the server uses them, with a list of every event beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = HandClock()
        self.now = self.clock.now()
        self.ids = CountedIds()
        self.day = date(2026, 11, 23)
        self.events: list[Recorded] = []
        self.kept = fold()
        self.restrictions = Restrictions(lambda: self.day)
        hall = replace(room().hall, now=self.clock.now)
        self.keeping = Keeping(hall, self.kept, self.restrictions, ZONE)
        self.booking = Booking(self.keeping)
        issuing = type(room().issuing)(hall)
        self.attending = Attending(self.keeping, issuing)
        self.quota = 2
        self._happen(DayOpened(day=self.day))
        self._plan(2, 30)

    # -- what may happen

    @rule(
        person=PERSONS, begin=st.sampled_from(BEGINS), ahead=st.sampled_from([0, 0, 0, 1, 2]), matter=st.integers(0, 1)
    )
    def book(self, person: str, begin: str, ahead: int, matter: int) -> None:
        matters = [one.id for one in room().hall.directory.matters.values() if one.line == LINE and one.active]
        day = self.day + timedelta(days=ahead)
        command = m.BookAppointment(matter=matters[matter], day=day, begin=begin, person=person)
        slot = next((s for s in self.keeping.slots(LINE, day) if f"{s.begins:%H:%M}" == begin), None)
        free = self.keeping.bookable(LINE, slot, self.clock.now()) if slot else 0
        outcome = self._try(self.booking.book, command)
        assert outcome is None or free > 0, "nothing is given beyond the places"

    @precondition(lambda self: self.kept.by_id)
    @rule(at=st.integers(0, 50), how=st.sampled_from(["cancel", "void", "come"]))
    def end(self, at: int, how: str) -> None:
        one = list(self.kept.by_id.values())[at % len(self.kept.by_id)]
        if how == "cancel":
            outcome = self._try(self.booking.cancel, m.CancelAppointment(appointment=one.id))
        elif how == "void":
            outcome = self._try(self.booking.void, m.VoidAppointment(appointment=one.id, reason="x"))
        else:
            outcome = self._try(self.attending.check_in, m.CheckIn(appointment=one.id))
        assert outcome is None or one.state is not AppointmentState.BOOKED

    @rule(minutes=st.integers(-20, 15), person=PERSONS)
    def come(self, minutes: int, person: str) -> None:
        """Somebody comes for their appointment of today, around its time."""
        mine = [one for one in self.kept.of_person(person) if one.is_open and one.day == self.day]
        if not mine:
            return
        self.clock.forward(
            seconds=max(0.0, (mine[0].due + timedelta(minutes=minutes) - self.clock.now()).total_seconds())
        )
        late = self.clock.now() > mine[0].due + timedelta(minutes=10)
        assert self._try(self.attending.check_in, m.CheckIn(appointment=mine[0].id)) is not None
        assert (mine[0].state, mine[0].late) == (AppointmentState.CLAIMED, late)

    @rule(minutes=st.sampled_from([1, 7, 20, 45]))
    def wait(self, minutes: int) -> None:
        if (self.clock.now() + timedelta(minutes=minutes)).astimezone(ZONE).date() == self.day:
            self.clock.forward(minutes=minutes)

    @rule(quota=st.integers(1, 3), minutes=st.sampled_from(MINUTES))
    def replan(self, quota: int, minutes: int) -> None:
        self._plan(quota, minutes)

    @rule(days=st.integers(1, 3))
    def night(self, days: int) -> None:
        morning = datetime.combine(self.day + timedelta(days=days), datetime.min.time(), tzinfo=ZONE)
        self.clock.forward(seconds=(morning.astimezone(UTC) - self.clock.now()).total_seconds() + 8 * 3600)
        context = self._context()
        for event in list(self.attending.end_of_day(context)):
            self._happen(event)
        self.day = self.day + timedelta(days=days)
        self._happen(DayOpened(day=self.day))
        assert all(one.day >= self.day or not one.is_open for one in self.kept.by_id.values())

    # -- what always holds

    @invariant()
    def places_are_counted_from_what_happened(self) -> None:
        now = self.clock.now()
        for ahead in range(4):
            day = self.day + timedelta(days=ahead)
            for slot in self.keeping.slots(LINE, day):
                inside = [one for one in self._of(day) if slot.begins <= one.due < slot.ends]
                taken = sum(one.state in TAKEN or self._reopens(one.id) > now for one in inside)
                assert self.kept.taken(LINE, slot, now) == taken
                assert self.kept.free(LINE, slot, now) == max(0, slot.quota - taken) >= 0

    @invariant()
    def one_for_a_person_matter_and_day(self) -> None:
        mine = Counter((one.person, one.wanted, one.day) for one in self.kept.by_id.values() if one.state in TAKEN)
        assert not mine or max(mine.values()) == 1

    @invariant()
    def only_so_many_are_still_to_come(self) -> None:
        mine = Counter(one.person for one in self.kept.by_id.values() if one.is_open)
        assert not mine or max(mine.values()) <= room().hall.rulebook.hall.book_per_person

    @invariant()
    def nobody_restricted_holds_what_they_could_not_use(self) -> None:
        for one in self.kept.by_id.values():
            barred = self.restrictions.of(one.person)
            assert not (one.is_open and barred and self.day <= one.day <= barred.until)

    @invariant()
    def six_digits_are_of_one_appointment_a_day(self) -> None:
        codes = Counter((one.day, one.code) for one in self.kept.by_id.values())
        assert not codes or max(codes.values()) == 1

    def teardown(self) -> None:
        """A restart reads the same."""
        again = fold()
        for recorded in self.events:
            if recorded.event.type in again.types:
                again.apply(msgspec.structs.replace(recorded))
        assert again.by_id == self.kept.by_id
        assert again.missed == self.kept.missed

    # -- inside

    def _of(self, day: date) -> list[Any]:
        return [one for one in self.kept.by_id.values() if one.day == day]

    def _reopens(self, id_: str) -> datetime:
        freed = (m.AppointmentCancelled, m.AppointmentVoided)
        found = [
            one.event.reopens for one in self.events if isinstance(one.event, freed) and one.event.appointment == id_
        ]
        return max(found, default=datetime.min.replace(tzinfo=UTC))

    def _plan(self, quota: int, minutes: int) -> None:
        row = WeekRow(weekdays=(1, 2, 3, 4, 5, 6, 7), begin="09:00", end="11:00", minutes=minutes, quota=quota)
        plan = LinePlan(plans=(Plan(rows=(row,)),), revision=self.kept.plan(LINE).revision)
        assert self._try(self.booking.save_plan, m.SavePlan(line=LINE, plan=plan, reason="x")) is not None

    def _context(self) -> Context:
        return Context(now=self.clock.now(), business_day=self.day, actor=manager(), ids=self.ids)

    def _try(self, handler: Any, command: Command) -> Outcome | None:
        try:
            outcome: Outcome = handler(command, self._context())
        except DomainError:
            return None
        for event in outcome.events:
            self._happen(event)
        outcome.reply()
        return outcome

    def _happen(self, event: Event) -> None:
        recorded = Recorded(
            seq=len(self.events) + 1, at=self.clock.now(), business_day=self.day, event=event, actor="test"
        )
        self.events.append(recorded)
        for one in (room().queue, self.kept, self.restrictions):
            if event.type in one.types:
                one.apply(recorded)


Bookings.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestBookings = Bookings.TestCase

"""What visitors and managers do in the machine's hall: numbers, appointments, lines, skills, rules, emergencies."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from hall_queue import messages as m
from hall_queue.appointments import messages as a
from hall_queue.model import Channel, WindowState
from hall_queue.notices.messages import LiftEmergency, RaiseEmergency
from hall_queue.notices.model import EmergencyKind
from hall_queue.rule_events import SaveRules
from hall_server.directory.commands import SaveWindow
from hall_server.directory.model import Express
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM
from tests.fakes.booked_hall import VISITOR, half_hours
from tests.fakes.machine_base import LINES, WINDOWS, MachineBase
from tests.fakes.machine_checks import MOST_SET_BACKS
from tests.fakes.machine_keys import line, pick, some_matter, window
from tests.fakes.offline_kiosk import OfflineKiosk
from tests.fakes.queue_hall import QueueHall, clerk

PERSONS = ("p1", "p2", "p3")
RATIOS = (None, {"favoured": 1, "oldest": 1}, {"favoured": 2, "oldest": 1}, {"favoured": 0, "oldest": 1})
OF_LINES: dict[str, st.SearchStrategy[Any]] = {
    "pass_policy": st.sampled_from(("resume", "requeue", "requeue", "new_ticket")),
    "passed_resume_last": st.integers(0, 3),
    "pass_places": st.integers(1, 3),
    "pass_times": st.integers(0, MOST_SET_BACKS),
    "pass_after_calls": st.integers(1, 2),
    "recalls_max": st.integers(1, 3),
    "requeues_max": st.integers(0, 2),
    "ageing_s": st.sampled_from((60, 600, 1_800, 0)),
    "quota_day": st.sampled_from((None, None, 4, 12)),
    "second_ticket": st.sampled_from(("matter", "line", "hall", "free")),
    "person_per_day": st.sampled_from((None, 2)),
    "id_required": st.sampled_from((False, False, True)),
    "transfer_keeps_arrival": st.booleans(),
    "transfer_keeps_priority": st.booleans(),
    "transfer_bar_s": st.sampled_from((0, 60)),
    "hold_s": st.sampled_from((60, 900)),
    "near_at": st.integers(0, 3),
    "late": st.sampled_from(("normal", "refuse")),
    "last_ticket": st.sampled_from(("hours", "windows", "both")),
}
OF_HALL = {
    "ratio": st.sampled_from(RATIOS),
    "preference": st.booleans(),
    "undo_s": st.sampled_from((0, 10, 60)),
    "closing_alone": st.sampled_from(("ask", "leave", "stop")),
    "expire_at_day_end": st.sampled_from((True, True, False)),
    "several_matters": st.integers(1, 3),
}
of_lines = st.fixed_dictionaries({}, optional=OF_LINES)
of_hall = st.fixed_dictionaries({}, optional={**OF_LINES, **OF_HALL})


class HallKeys(MachineBase):
    """What visitors and managers do."""

    kiosk: OfflineKiosk | None = None

    @initialize(
        opened=st.integers(1, 4),
        tickets=st.lists(line, min_size=2, max_size=8),
        ratio=st.sampled_from(RATIOS),
        policy=st.sampled_from(("resume", "requeue")),
    )
    def a_morning(self, opened: int, tickets: list[str], ratio: dict[str, int] | None, policy: str) -> None:
        for of in LINES:
            self.press(a.SavePlan(line=of, plan=half_hours(), reason="so"))
        self.press(SaveRules(values={"ratio": ratio, "pass_policy": policy}, reason="so"))
        for one in WINDOWS[:opened]:
            self.press(m.OpenWindow(window=one), clerk(one))
        for number, of in enumerate(tickets):
            self.take(of, "elderly" if number % 3 == 2 else None)

    # -- numbers

    @rule(of=line, priority=st.sampled_from((None, None, "elderly", "elderly", "nobody")))
    def take(self, of: str, priority: str | None) -> None:
        self.took(m.IssueTicket(line=of, priority=priority))

    @rule(of=line, which=some_matter, person=st.sampled_from((*PERSONS, None)), more=st.lists(some_matter, max_size=2))
    def take_for_matters(self, of: str, which: int, person: str | None, more: list[int]) -> None:
        others = tuple(self.matter(LINES[one % 2], one) for one in more)
        self.took(m.IssueTicket(matter=self.matter(of, which), more=others, person=person))

    @rule(of=line, minutes=st.sampled_from((-5, 2, 20)), priority=st.sampled_from((None, "elderly")))
    def take_for_a_slot(self, of: str, minutes: int, priority: str | None) -> None:
        due = self.server.now() + timedelta(minutes=minutes)
        self.took(
            m.IssueTicket(line=of, appointment=f"a{self.presses}", due=due, priority=priority),
        )

    @rule(of=line, which=some_matter, who=st.sampled_from(PERSONS), again=st.booleans())
    def a_person_takes_a_number_and_gives_it_up(self, of: str, which: int, who: str, again: bool) -> None:
        """Whoever gave a number up waits no more, and may have another one."""
        wanted = m.IssueTicket(matter=self.matter(of, which), person=who)
        if new := self.took(wanted):
            assert self.press(m.CancelTicket(ticket=new)) is not None
            if again:
                self.took(wanted)

    @rule(which=pick)
    def cancel(self, which: int) -> None:
        self.press(m.CancelTicket(ticket=self.ticket(which)))

    # -- appointments

    @property
    def today(self) -> date:
        return self.hall.local_now().date()

    @rule(of=line, slot=st.sampled_from(("09:00", "09:30", "10:00", "14:00")), who=st.sampled_from(PERSONS))
    def book(self, of: str, slot: str, who: str) -> None:
        self.press(a.BookAppointment(line=of, day=self.today, begin=slot, person=who), VISITOR)

    @precondition(lambda self: bool(self.booked()))
    @rule(which=pick, comes=st.booleans(), priority=st.sampled_from((None, "elderly")))
    def come_or_give_up(self, which: int, comes: bool, priority: str | None) -> None:
        booked = self.booked()
        one = booked[which % len(booked)]
        if comes:
            self.took(a.CheckIn(appointment=one, channel=Channel.KIOSK, priority=priority))
        else:
            self.press(a.CancelAppointment(appointment=one), VISITOR)

    def booked(self) -> list[str]:
        return sorted(self.server.rooms["appointments"].keeping.kept.by_id)

    # -- a kiosk that loses the server

    @rule(of=line, numbers=st.integers(0, 3), minutes=st.sampled_from((0, 3, 40)), is_lost=st.booleans())
    def the_link_is_lost_for_a_while(self, of: str, numbers: int, minutes: int, is_lost: bool) -> None:
        """A kiosk reserves, gives numbers without the server, and hands them in; an answer may be lost."""
        kiosk = self.kiosk = self.kiosk or OfflineKiosk(QueueHall(self.server, self.clock), "k1")
        kiosk.hall = QueueHall(self.server, self.clock)
        with suppress(DomainError):
            self.run(kiosk.reserve(of))
        for _ in range(numbers):
            kiosk.give(of)
        self.clock.forward(minutes=minutes)
        before = set(self.queue.tickets)
        for lost in (is_lost, False):
            if kiosk.pending:
                self.run(kiosk.hand_in(is_answer_lost=lost))
        for new in set(self.queue.tickets) - before:
            self.numbers[new] = self.queue.tickets[new].number

    # -- managers

    @rule(of=line, is_opening=st.booleans())
    def open_or_close_a_line(self, of: str, is_opening: bool) -> None:
        self.press(m.OpenLine(line=of) if is_opening else m.CloseLine(line=of))

    @rule(which=pick, pinned=st.sampled_from((True, True, False)))
    def pin(self, which: int, pinned: bool) -> None:
        self.press(m.PinTicket(ticket=self.ticket(which), pinned=pinned, reason="so"))

    @rule(which=pick, of=line, what=some_matter, to=window, how=st.sampled_from(("line", "matter", "window", "staff")))
    def move(self, which: int, of: str, what: int, to: str, how: str) -> None:
        command = m.MoveTicket(
            ticket=self.ticket(which),
            line=of if how == "line" else None,
            matter=self.matter(of, what) if how == "matter" else None,
            to_window=to if how == "window" else None,
            staff=clerk(to).id if how == "staff" else None,
            reason="so",
        )
        self.press(command)

    @rule(
        at=window,
        lines=st.sampled_from((LINES, LINES[::-1])),
        some=st.sets(some_matter, max_size=2),
        how=st.sampled_from(Express),
    )
    def reskill(self, at: str, lines: tuple[str, ...], some: set[int], how: Express) -> None:
        old = self.server.directory.windows[at]
        matters = tuple(dict.fromkeys(self.matter(lines[one % 2], one) for one in sorted(some)))
        self.press(SaveWindow(item=msgspec.structs.replace(old, lines=lines, matters=matters, express=how)))

    @rule(hall=of_hall, of=line, lines=of_lines)
    def other_rules(self, hall: dict[str, Any], of: str, lines: dict[str, Any]) -> None:
        self.press(SaveRules(values=hall, lines={of: lines} if lines else {}, reason="so"))

    @rule(of=line, stops_calling=st.booleans(), restarts=st.booleans())
    def an_emergency(self, of: str, stops_calling: bool, restarts: bool) -> None:
        """Nobody gets a number, and nobody is called where that is stopped, until it is lifted."""
        raised = RaiseEmergency(kind=EmergencyKind.FIRE, stops_calling=stops_calling, reason="so")
        assert self.press(raised) is not None
        if restarts:
            self.run(self.server.close())
            self.run(self.begin())
        assert self.press(m.IssueTicket(line=of)) is None
        for at in self.desks(WindowState.IDLE) if stops_calling else ():
            assert self.press(m.CallNext(window=at), clerk(at)) is None
        assert self.press(LiftEmergency(reason="so")) is not None

    # -- time

    @rule()
    def the_network_repeats_a_key_press(self) -> None:
        if self.last is not None:
            command, who, key, body = self.last
            seq = self.server.journal.seq
            assert self.run(self.server.execute(command, actor=who, command_id=key)) == body
            assert self.server.journal.seq == seq

    @rule(minutes=st.sampled_from((1, 20, 45)))
    def wait(self, minutes: int) -> None:
        self.clock.forward(minutes=minutes)

    @precondition(lambda self: bool(self.queue.held))
    @rule()
    def holds_end(self) -> None:
        self.clock.forward(minutes=16)
        for one in sorted(self.queue.held):
            self.press(m.ReleaseTicket(ticket=one), SYSTEM)

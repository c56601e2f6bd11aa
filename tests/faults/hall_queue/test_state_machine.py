"""Fault 9: any sequence of keys, restarts and midnights leaves the hall consistent and equal to its journal."""

from __future__ import annotations

import os
import shutil
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import rule, run_state_machine_as_test

from hall_queue import messages as m
from hall_queue import visits
from hall_queue.calling import Calling
from hall_queue.model import ENDED, Alone, Ticket, TicketState
from hall_queue.order import Waiting
from hall_queue.rulebook import Rulebook
from hall_queue.standings import Standings
from hall_queue.state import HallQueue
from hall_queue.undoing import Undoing, _undone
from hall_server.errors import DomainError, Refused
from hall_server.outcome import Context, Outcome
from tests.fakes.machine_base import LINES, WINDOWS
from tests.fakes.machine_checks import Checks, dump
from tests.fakes.machine_hall import HallKeys
from tests.fakes.machine_keys import WindowKeys
from tests.fakes.queue_hall import clerk


class HallMachine(HallKeys, WindowKeys, Checks):
    """Presses any key at any time; a refusal is an answer, anything else a fault."""

    @rule()
    def restart(self) -> None:
        self.roll()  # the minutes waited may have passed midnight; a start closes the day that was missed
        self.run(self.check_table())
        self.stop_and_begin()

    def stop_and_begin(self) -> None:
        live, rules = dump(self.queue), self.hall.rulebook
        self.run(self.server.close())
        self.run(self.begin())
        assert dump(self.queue) == live
        assert same_rules(self.hall.rulebook, rules)

    @rule()
    def midnight(self) -> None:
        """A night passes; weekends too, so that numbers are given again."""
        self.run(self.check_table())
        day, expires = self.queue.day, self.hall.rulebook.hall.expire_at_day_end
        morning = datetime.combine(
            self.hall.local_now().date() + timedelta(days=1), time(9), self.hall.local_now().tzinfo
        )
        while morning.weekday() > 4:
            morning += timedelta(days=1)
        self.clock.forward(seconds=(morning.astimezone(UTC) - self.clock.now()).total_seconds())
        self.roll()
        assert not self.queue.tickets
        self.run(self.check_yesterday(day.isoformat(), expires=expires))

    async def check_yesterday(self, day: str, *, expires: bool) -> None:
        """Nobody is left at a window; nobody waits either, unless the hall leaves such tickets alone."""
        await self.server.projector.catch_up()
        rows = await self.server.views.fetch("SELECT state FROM tickets WHERE business_day = ?", (day,))
        left = {TicketState(row[0]) for row in rows} - ENDED
        assert left <= (set() if expires else {TicketState.WAITING, TicketState.HELD, TicketState.CALLED})

    def teardown(self) -> None:
        try:
            self.roll()
            self.run(self.check_table())
            self.stop_and_begin()
        finally:
            with suppress(DomainError):
                self.run(self.server.close())
            self.loop.close()
            shutil.rmtree(self.folder, ignore_errors=True)


def same_rules(one: Rulebook, other: Rulebook) -> bool:
    return (one.hall, one.changed, one._lines) == (other.hall, other.changed, other._lines)


EASY = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
# Where it must say the same of the same commit, it draws the same keys; everywhere else it looks for new ones.
IS_CI = bool(os.environ.get("CI"))
EVERY_DAY = settings(max_examples=200, stateful_step_count=30, derandomize=IS_CI, **EASY)
LONG = settings(max_examples=2_000, stateful_step_count=50, **EASY)


def test_any_thirty_keys_in_any_order() -> None:
    run_state_machine_as_test(HallMachine, settings=EVERY_DAY)


@pytest.mark.long
def test_any_fifty_keys_in_any_order() -> None:
    run_state_machine_as_test(HallMachine, settings=LONG)


def called_at_of_this_machine(queue: HallQueue, event: m.TicketRecalled, _: object) -> None:
    """A fold that asks the clock instead of the event."""
    queue.tickets[event.ticket].called_at = datetime.now(UTC)


def undo_whatever_happened(undoing: Undoing, command: m.UndoKey, _: Context) -> Outcome:
    """An undo key that does not ask who has acted since."""
    desk = undoing._hall.queue.desk(command.window)
    if desk.undo is None:
        raise Refused("undo.nothing")
    return Outcome(events=(_undone(desk, desk.undo, undoing._hall.ticket(desk.undo.ticket.id)),))


def set_back_uncounted(fold: Any) -> Any:
    def uncounted(queue: HallQueue, event: m.TicketSetBack, recorded: Any) -> None:
        fold(queue, event, recorded)
        queue.tickets[event.ticket].passes = 0

    return uncounted


def to_come_is_seen(first: Any) -> Any:
    def all_of_them(waiting: Waiting, places: Any, asking: Any, limit: int, *, skipping: bool) -> Any:
        far = type(asking)(asking.window, asking.staff, asking.now + timedelta(days=1), asking.rules, asking.turns)
        return first(waiting, places, far, limit, skipping=skipping)

    return all_of_them


SABOTAGE: dict[str, tuple[Any, str, Any]] = {
    "a busy window may call": (Calling, "_must_be_free", lambda *_: None),
    "a person is never forgotten": (Standings, "_forget_person", lambda *_: None),
    "the live state hears what the journal does not": (HallQueue, "_recalled", called_at_of_this_machine),
    "a key is taken back whatever happened since": (Undoing, "undo", undo_whatever_happened),
    "nobody counts how often a ticket was set back": (HallQueue, "_set_back", set_back_uncounted(HallQueue._set_back)),
    "what other windows must do is forgotten": (visits, "left_for_others", lambda *_: []),
    "the ratio is never counted": (HallQueue, "_count_turn", lambda *_: None),
    "visitors are told again and again": (HallQueue, "_near", lambda *_: None),
    "a slot to come is called already": (Waiting, "_first", to_come_is_seen(Waiting._first)),
}


@pytest.mark.parametrize("what", SABOTAGE)
def test_control_with_a_protection_off_the_machine_finds_it(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cls, name, instead = SABOTAGE[what]
    monkeypatch.setattr(cls, name, instead)
    quiet = settings(
        EVERY_DAY,
        max_examples=400,
        database=None,
        derandomize=True,  # a control that finds by luck would fail by bad luck
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    with pytest.raises((AssertionError, KeyError, ValueError)):
        run_state_machine_as_test(HallMachine, settings=quiet)


def somebody_is_moved_to_another_matter(machine: HallMachine) -> None:
    """A visitor waits for a matter; a manager finds that it is another one."""
    machine.press(m.OpenWindow(window=WINDOWS[0]), clerk(WINDOWS[0]))
    ticket = machine.took(m.IssueTicket(matter=machine.matter(LINES[0], 0)))
    moved = m.MoveTicket(ticket=ticket or "", matter=machine.matter(LINES[0], 1), reason="so")
    assert machine.press(moved) is not None


def somebody_comes_back_who_wanted_a_line(machine: HallMachine) -> None:
    """A visitor with no matter is sent to another window for one, to come back, and comes back."""
    here, there = WINDOWS[0], WINDOWS[1]
    for window in (here, there):
        machine.press(m.OpenWindow(window=window), clerk(window))
    machine.took(m.IssueTicket(line=LINES[0]))
    sent = m.TransferTicket(window=here, matter=machine.matter(LINES[0], 0), returns=True)
    for window, key in (
        (here, m.CallNext(window=here)),
        (here, sent),
        (there, m.CallNext(window=there)),
        (there, m.StartService(window=there)),
        (there, m.FinishService(window=there)),
    ):
        assert machine.press(key, clerk(window)) is not None


def added_and_nothing_taken_off(queue: HallQueue, ticket: Ticket, matter: str | None) -> None:
    """A manager's move that leaves the old matter open."""
    queue._open_matter(ticket, matter, len(ticket.matters))


VISITS_LEFT_OPEN = {
    "moved": (somebody_is_moved_to_another_matter, HallQueue, "_put_right", added_and_nothing_taken_off),
    "back": (somebody_comes_back_who_wanted_a_line, visits, "home", lambda ticket: (ticket.line, ticket.matter)),
}


@pytest.mark.parametrize("is_off", [False, True])
@pytest.mark.parametrize("what", VISITS_LEFT_OPEN)
def test_control_no_visit_has_a_matter_open_that_nobody_wants(
    what: str, is_off: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, owner, name, instead = VISITS_LEFT_OPEN[what]
    if is_off:
        monkeypatch.setattr(owner, name, instead)
    machine = HallMachine()
    try:
        keys(machine)
        with pytest.raises(AssertionError) if is_off else nullcontext():
            machine.every_visit_has_open_what_nobody_has_decided()
    finally:
        machine.teardown()


def a_window_closes_on_somebody(machine: HallMachine) -> None:
    """Two windows, a visitor sent from one to the other, and the other closes."""
    for window in WINDOWS[:2]:
        machine.press(m.OpenWindow(window=window), clerk(window))
    machine.took(m.IssueTicket(line=LINES[0]))
    machine.press(m.CallNext(window=WINDOWS[0]), clerk(WINDOWS[0]))
    sent = m.TransferTicket(window=WINDOWS[0], to_window=WINDOWS[1])
    assert machine.press(sent, clerk(WINDOWS[0])) is not None
    assert machine.press(m.CloseWindow(window=WINDOWS[1], alone=Alone.LEAVE), clerk(WINDOWS[1])) is not None


@pytest.mark.parametrize("is_off", [False, True])
def test_control_who_waits_for_a_closed_window_does_not_wait_for_ever(
    is_off: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too seldom by chance for a control: the keys are given."""
    if is_off:
        monkeypatch.setattr(Standings, "_send_back", lambda *_: None)
    machine = HallMachine()
    try:
        a_window_closes_on_somebody(machine)
        with pytest.raises(AssertionError) if is_off else nullcontext():
            machine.who_waits_stands_in_line_and_can_be_called_once_a_window_opens()
    finally:
        machine.teardown()

"""The keys of windows, as the hall machine presses them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from hall_queue import messages as m
from hall_queue.model import Alone, MatterOutcome, PauseReason, RequeueMode, Then, TicketState, WindowState
from hall_server.identity import SYSTEM
from tests.fakes.hall import manager
from tests.fakes.machine_base import AT_DESK, LINES, WINDOWS, MachineBase
from tests.fakes.machine_checks import before_the_key
from tests.fakes.queue_hall import clerk

window, line = st.sampled_from(WINDOWS), st.sampled_from(LINES)
requeueing = st.sampled_from(list(RequeueMode))
outcome = st.sampled_from(list(MatterOutcome))
pick = st.integers(0, 30)  # which of the tickets there are
some_matter = st.integers(0, 5)
then = st.sampled_from([None, *Then])
alone = st.sampled_from([None, *Alone])

ENDS = ("requeue", "pass", "hold", "transfer", "finish", "stay")
HOWS = ("window", "matter", "staff", "both")
UNDOABLE = {
    WindowState.IDLE: ("call", "call back"),
    WindowState.CALLING: ("start", "pass", "hold", "requeue", "transfer"),
    WindowState.SERVING: ("hold", "transfer", "finish", "finish and call"),
}
WINDOW_KEYS = (
    m.CallNext,
    m.RecallTicket,
    m.StartService,
    m.PassTicket,
    m.HoldTicket,
    m.RequeueTicket,
    m.FinishService,
    m.UndoKey,
)


def is_free(machine: MachineBase) -> bool:
    return bool(machine.desks(WindowState.IDLE))


def is_calling(machine: MachineBase) -> bool:
    return bool(machine.desks(WindowState.CALLING))


def is_serving(machine: MachineBase) -> bool:
    return bool(machine.desks(WindowState.SERVING))


def is_busy(machine: MachineBase) -> bool:
    return bool(machine.desks(*AT_DESK.values()))


class WindowKeys(MachineBase):
    """What a clerk presses."""

    @precondition(is_free)
    @rule(which=pick)
    def call(self, which: int) -> None:
        at = self.at(which, WindowState.IDLE)
        self.press(m.CallNext(window=at), clerk(at))

    @precondition(is_free)
    @rule(which=pick)
    def call_and_start(self, which: int) -> None:
        at = self.at(which, WindowState.IDLE)
        if self.press(m.CallNext(window=at), clerk(at)):
            self.press(m.StartService(window=at), clerk(at))

    @precondition(is_free)
    @rule(which=pick, ends=st.lists(st.sampled_from(ENDS), min_size=1, max_size=4), to=pick, mode=requeueing)
    def visits(self, which: int, ends: list[str], to: int, mode: RequeueMode) -> None:
        """Several calls at one window, each ended in its way: deep states come of it."""
        at = self.at(which, WindowState.IDLE)
        for end in ends:
            if self.press(m.CallNext(window=at), clerk(at)) is None:
                return
            if end == "requeue":
                self.press(m.RequeueTicket(window=at, mode=mode), clerk(at))
            elif end == "pass":
                self.pass_at(at, patient=True)
            else:
                self.press(m.StartService(window=at), clerk(at))
                if end == "hold":
                    self.press(m.HoldTicket(window=at), clerk(at))
                elif end == "transfer":
                    to_line, how = LINES[to % len(LINES)], HOWS[to % len(HOWS)]
                    self.transfer_from(at, WINDOWS[to % len(WINDOWS)], to_line, to, how, returns=to % 3 == 0)
                elif end == "finish":
                    self.finish_at(at, MatterOutcome.ACCEPTED, ends=False)

    @precondition(is_free)
    @rule(which=pick, whom=pick, is_manager=st.booleans())
    def call_a_certain_one(self, which: int, whom: int, is_manager: bool) -> None:
        at = self.at(which, WindowState.IDLE)
        back = [*self.queue.desk(at).passed, *sorted(self.queue.held), self.ticket(whom)]
        actor = manager() if is_manager else clerk(at)
        self.press(m.CallTicket(window=at, ticket=back[whom % len(back)], reason="so"), actor)

    @precondition(is_calling)
    @rule(which=pick)
    def recall(self, which: int) -> None:
        at = self.at(which, WindowState.CALLING)
        self.clock.forward(seconds=15)
        self.press(m.RecallTicket(window=at), clerk(at))

    @precondition(is_calling)
    @rule(which=pick)
    def start(self, which: int) -> None:
        at = self.at(which, WindowState.CALLING)
        self.press(m.StartService(window=at), clerk(at))

    @precondition(is_calling)
    @rule(which=pick, patient=st.sampled_from((True, True, False)))
    def pass_(self, which: int, patient: bool) -> None:
        self.pass_at(self.at(which, WindowState.CALLING), patient=patient)

    def pass_at(self, at: str, *, patient: bool) -> None:
        if patient:
            self.be_patient(at)
        self.press(m.PassTicket(window=at), clerk(at))

    def be_patient(self, at: str) -> None:
        """Call often and long enough for a pass, if the rules let one."""
        self.clock.forward(seconds=30)
        self.press(m.RecallTicket(window=at), clerk(at))

    @precondition(is_busy)
    @rule(which=pick, minutes=st.sampled_from((None, 1, 30)))
    def hold(self, which: int, minutes: int | None) -> None:
        at = self.at(which, *AT_DESK.values())
        self.press(m.HoldTicket(window=at, minutes=minutes), clerk(at))

    @precondition(lambda self: bool(self.queue.held))
    @rule(which=pick)
    def release(self, which: int) -> None:
        held = sorted(self.queue.held)
        self.press(m.ReleaseTicket(ticket=held[which % len(held)]), SYSTEM)

    @precondition(is_calling)
    @rule(which=pick, mode=requeueing)
    def requeue(self, which: int, mode: RequeueMode) -> None:
        at = self.at(which, WindowState.CALLING)
        self.press(m.RequeueTicket(window=at, mode=mode), clerk(at))

    @precondition(is_busy)
    @rule(which=pick, to=window, of=line, what=some_matter, how=st.sampled_from(HOWS), returns=st.booleans())
    def transfer(self, which: int, to: str, of: str, what: int, how: str, returns: bool) -> None:
        at = self.at(which, *AT_DESK.values())
        able = [one for one in self.desks(*set(WindowState) - {WindowState.CLOSED}) if one != at]
        to = able[which % len(able)] if able and which % 4 else to  # mostly somebody who may have it
        self.transfer_from(at, to, of, what, how, returns=returns)

    def transfer_from(self, at: str, to: str, of: str, what: int, how: str, *, returns: bool) -> bytes | None:
        command = m.TransferTicket(
            window=at,
            to_window=to if how in {"window", "both"} else None,
            matter=self.matter(of, what) if how in {"matter", "both"} else None,
            staff=clerk(to).id if how == "staff" else None,
            returns=returns,
        )
        return self.press(command, clerk(at))

    @precondition(is_serving)
    @rule(which=pick, of=line, what=some_matter)
    def add_matter(self, which: int, of: str, what: int) -> None:
        at = self.at(which, WindowState.SERVING)
        self.press(m.AddMatter(window=at, matter=self.matter(of, what)), clerk(at))

    @precondition(is_serving)
    @rule(which=pick, said=outcome, ends=st.sampled_from((False, False, True)), and_call=st.booleans())
    def finish(self, which: int, said: MatterOutcome, ends: bool, and_call: bool) -> None:
        at = self.at(which, WindowState.SERVING)
        if and_call:
            self.press(m.CallNext(window=at, finish=True), clerk(at))
        else:
            self.finish_at(at, said, ends=ends)

    def finish_at(self, at: str, said: MatterOutcome, *, ends: bool) -> None:
        """Finish; what this window cannot serve and others can must stay open, and the visitor waits for it."""
        ticket, here = self.queue.current(at), self.server.directory.windows[at]
        assert ticket is not None
        others = [
            one.matter
            for one in ticket.matters
            if one.outcome is None and one.matter != ticket.matter and self.is_for_others(here.id, one.matter)
        ]
        named = {ticket.matters[0].matter: said} if said is MatterOutcome.COLLECTED and ticket.matters else {}
        left = [] if ends else [one for one in others if one not in named]
        accepted = self.press(m.FinishService(window=at, outcome=said, outcomes=named, ends=ends), manager())
        if accepted is not None:
            still_open = {one.matter for one in ticket.matters if one.outcome is None}
            assert still_open >= set(left)
            assert not left or ticket.state is TicketState.WAITING
            assert ticket.state is TicketState.WAITING or not still_open

    @precondition(is_free)
    @rule(which=pick, here=some_matter, there=some_matter)
    def a_visit_over_two_lines(self, which: int, here: int, there: int) -> None:
        """Somebody has matters in both lines and is finished with at a window, which may serve only one of them."""
        at = self.at(which, WindowState.IDLE)
        matters = (self.matter(LINES[0], here), self.matter(LINES[1], there))
        new = self.took(m.IssueTicket(matter=matters[0], more=matters[1:]))
        if new and self.press(m.CallTicket(window=at, ticket=new, reason="so"), manager()):
            self.press(m.StartService(window=at), manager())
            self.finish_at(at, MatterOutcome.ACCEPTED, ends=False)

    def is_for_others(self, at: str, matter: str) -> bool:
        able = [one.id for one in self.hall.serving_windows(self.server.directory.matters[matter].line, matter)]
        return bool(able) and at not in able

    @rule(key=st.sampled_from(WINDOW_KEYS), at=window, by=window)
    def any_key_by_anybody(self, key: type[Any], at: str, by: str) -> None:
        self.press(key(window=at), clerk(by))

    # -- taking keys back

    @rule(at=window)
    def undo(self, at: str) -> None:
        """Take a key back, however long ago and whatever happened since."""
        self.press(m.UndoKey(window=at), clerk(at))

    @rule(which=pick, key=pick, what=some_matter, mode=requeueing, after=st.sampled_from((0, 0, 5, 70)))
    def press_and_take_back(self, which: int, key: int, what: int, mode: RequeueMode, after: int) -> None:
        """What is taken back in time leaves everything as it was; afterwards it stays."""
        at = self.at(which, *UNDOABLE)
        keys = UNDOABLE.get(self.queue.desk(at).state, ("call",))
        name = keys[key % len(keys)]
        if name == "pass":
            self.be_patient(at)
        before = before_the_key(self.queue)
        if self.undoable(name, at, what, mode) is None:
            return
        undo = self.queue.desk(at).undo
        assert undo is not None
        limit, began, steps = self.hall.rulebook.hall.undo_s, undo.at, 2 if undo.desk.undo is not None else 1
        self.clock.forward(seconds=after)
        for _ in range(steps):
            accepted = self.press(m.UndoKey(window=at), manager())
            in_time = (self.server.now() - began).total_seconds() <= limit
            assert (accepted is not None) is in_time
            if not in_time:
                return
        found = before_the_key(self.queue)
        assert not {what: (before[what], found[what]) for what in found if found[what] != before[what]}

    def undoable(self, name: str, at: str, what: int, mode: RequeueMode) -> bytes | None:
        by = clerk(at)
        match name:
            case "call back":
                back = [*self.queue.desk(at).passed, *sorted(self.queue.held), self.ticket(what)]
                return self.press(m.CallTicket(window=at, ticket=back[what % len(back)], reason="so"), manager())
            case "transfer":
                return self.transfer_from(at, at, LINES[what % 2], what, "matter", returns=what % 3 == 0)
            case "finish":
                return self.press(m.FinishService(window=at), by)
            case "finish and call":
                return self.press(m.CallNext(window=at, finish=True), by)
            case "requeue":
                return self.press(m.RequeueTicket(window=at, mode=mode), by)
        keys = {"call": m.CallNext, "start": m.StartService, "pass": m.PassTicket, "hold": m.HoldTicket}
        return self.press(keys[name](window=at), by)

    # -- opening and closing

    @rule(at=window)
    def open(self, at: str) -> None:
        self.press(m.OpenWindow(window=at), clerk(at))

    @rule(at=window, by=window)
    def seat_somebody_else(self, at: str, by: str) -> None:
        self.press(m.OpenWindow(window=at, staff=clerk(by).id))

    @rule(at=window, what=then, others=alone, to=window)
    def close(self, at: str, what: Then | None, others: Alone | None, to: str) -> None:
        self.press(m.CloseWindow(window=at, then=what, alone=others, reassign_to=to), manager())

    @rule(at=window, reason=st.sampled_from(list(PauseReason)), what=then, anyway=st.booleans())
    def pause(self, at: str, reason: PauseReason, what: Then | None, anyway: bool) -> None:
        self.press(m.PauseWindow(window=at, reason=reason, then=what, anyway=anyway), manager())

    @precondition(lambda self: bool(self.desks(WindowState.PAUSED)))
    @rule(which=pick)
    def resume(self, which: int) -> None:
        self.press(m.ResumeWindow(window=self.at(which, WindowState.PAUSED)), manager())

"""Fault 9: any sequence of keys, restarts and midnights leaves the hall consistent and equal to its journal."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hall_queue import messages as m
from hall_queue.calling import Calling
from hall_queue.model import PauseReason, RequeueMode, TicketState, WindowState
from hall_queue.state import HallQueue
from hall_server.directory.commands import FoundHall
from hall_server.directory.events import DirectoryEvent, MatterSaved, WindowSaved
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM
from hall_server.messages import Command
from hall_server.server import Server
from tests.fakes.hall import CountedIds, HandClock, composed, demo_hall, manager
from tests.fakes.queue_hall import clerk

MEMORY = Path("/dev/shm")  # noqa: S108  # a disk in memory where there is one; the rules are tried here, not the disk
WINDOWS = ("w01", "w02", "w03", "w04")
LINES = ("business", "transport")
AT_DESK = {TicketState.CALLED: WindowState.CALLING, TicketState.SERVING: WindowState.SERVING}
LIVE = {TicketState.WAITING, TicketState.HELD, *AT_DESK}

window, line = st.sampled_from(WINDOWS), st.sampled_from(LINES)
requeueing = st.sampled_from(list(RequeueMode))
ENDS = ("requeue", "pass", "hold", "transfer", "finish", "stay")
HOWS = ("window", "matter", "staff", "both")
pick = st.integers(0, 30)  # which of the tickets there are
some_matter = st.integers(0, 5)

WINDOW_KEYS = (m.CallNext, m.RecallTicket, m.StartService, m.PassTicket, m.HoldTicket, m.RequeueTicket, m.FinishService)


def is_free(machine: HallMachine) -> bool:
    return bool(machine.desks(WindowState.IDLE))


def is_calling(machine: HallMachine) -> bool:
    return bool(machine.desks(WindowState.CALLING))


def is_serving(machine: HallMachine) -> bool:
    return bool(machine.desks(WindowState.SERVING))


def is_busy(machine: HallMachine) -> bool:
    return bool(machine.desks(*AT_DESK.values()))


@cache
def small_hall() -> tuple[DirectoryEvent, ...]:
    """The demonstration hall with a few matters of each line, so that a restart takes no time."""
    events = demo_hall().events
    needed = {id_ for one in events if isinstance(one, WindowSaved) for id_ in one.item.matters}
    kept: Counter[str] = Counter()
    small: list[DirectoryEvent] = []
    for event in events:
        if isinstance(event, MatterSaved) and event.item.id not in needed:
            kept[event.item.line] += 1
            if kept[event.item.line] > 4:
                continue
        small.append(event)
    return tuple(small)


class HallMachine(RuleBasedStateMachine):
    """Presses any key at any time; a refusal is an answer, anything else a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.clock = HandClock()
        self.ids = CountedIds()  # the same keys give the same ids: Hypothesis runs an example more than once
        self.numbers: dict[str, str] = {}  # of today, as they were acknowledged
        self.presses = 0
        self.last: tuple[Command, Any, str, bytes] | None = None
        self.server: Server
        self.run(self.begin())

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    async def begin(self) -> None:
        self.server = composed(self.folder, clock=self.clock, rooms=("hall_queue",))
        self.server.ids = self.ids
        await self.server.open()
        if self.server.directory.hall is None:
            await self.server.execute(FoundHall(events=small_hall()), actor=SYSTEM)

    @property
    def queue(self) -> HallQueue:
        found: HallQueue = self.server.rooms["hall_queue"].queue
        return found

    def press(self, command: Command, actor: Any = None) -> bytes | None:
        """Press a key; None where it was refused."""
        self.presses += 1
        self.clock.forward(seconds=1)
        who, key = actor or manager(), f"press-{self.presses:06d}"
        seq = self.server.journal.seq
        try:
            body: bytes = self.run(self.server.execute(command, actor=who, command_id=key))
        except DomainError:
            assert self.server.journal.seq == seq, "a refusal changed something"
            return None
        self.last = (command, who, key, body)
        return body

    def ticket(self, which: int) -> str:
        ids = list(self.queue.tickets)
        return ids[which % len(ids)] if ids else "none"

    def matter(self, of: str, which: int) -> str:
        found = [one.id for one in self.server.directory.matters.values() if one.line == of]
        return found[which % len(found)]

    def took(self, command: m.IssueTicket) -> None:
        before = set(self.queue.tickets)
        if self.press(command) is not None:
            (new,) = set(self.queue.tickets) - before
            self.numbers[new] = self.queue.tickets[new].number

    def desks(self, *states: WindowState) -> list[str]:
        return [one for one in WINDOWS if self.queue.desk(one).state in states]

    def at(self, which: int, *states: WindowState) -> str:
        """One of the windows in these states; any of them where there is none, for the refusal."""
        found = self.desks(*states) or WINDOWS
        return found[which % len(found)]

    @initialize(opened=st.integers(1, 4), tickets=st.lists(line, min_size=2, max_size=8))
    def a_morning(self, opened: int, tickets: list[str]) -> None:
        for one in WINDOWS[:opened]:
            self.press(m.OpenWindow(window=one), clerk(one))
        for of in tickets:
            self.take(of, None)

    @rule(of=line, priority=st.sampled_from((None, None, "elderly", "nobody")))
    def take(self, of: str, priority: str | None) -> None:
        self.took(m.IssueTicket(line=of, priority=priority))

    @rule(of=line, which=some_matter, person=st.sampled_from(("p1", "p2", None)))
    def take_for_a_matter(self, of: str, which: int, person: str | None) -> None:
        self.took(m.IssueTicket(matter=self.matter(of, which), person=person))

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
                self.requeue(which, mode)
            elif end == "pass":
                self.pass_(which, True)
            else:
                self.press(m.StartService(window=at), clerk(at))
                if end == "hold":
                    self.hold(which)
                elif end == "transfer":
                    self.transfer(which, WINDOWS[to % len(WINDOWS)], LINES[to % len(LINES)], to, HOWS[to % len(HOWS)])
                elif end == "finish":
                    self.finish(which, False)

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
        at = self.at(which, WindowState.CALLING)
        if patient:
            self.clock.forward(seconds=30)
            self.press(m.RecallTicket(window=at), clerk(at))
        self.press(m.PassTicket(window=at), clerk(at))

    @precondition(is_busy)
    @rule(which=pick)
    def hold(self, which: int) -> None:
        at = self.at(which, *AT_DESK.values())
        self.press(m.HoldTicket(window=at), clerk(at))

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
    @rule(which=pick, to=window, of=line, what=some_matter, how=st.sampled_from(HOWS))
    def transfer(self, which: int, to: str, of: str, what: int, how: str) -> None:
        at = self.at(which, *AT_DESK.values())
        able = [one for one in self.desks(*set(WindowState) - {WindowState.CLOSED}) if one != at]
        to = able[which % len(able)] if able and which % 4 else to  # mostly somebody who may have it
        command = m.TransferTicket(
            window=at,
            to_window=to if how in {"window", "both"} else None,
            matter=self.matter(of, what) if how in {"matter", "both"} else None,
            staff=clerk(to).id if how == "staff" else None,
        )
        self.press(command, clerk(at))

    @precondition(is_serving)
    @rule(which=pick, of=line, what=some_matter)
    def add_matter(self, which: int, of: str, what: int) -> None:
        at = self.at(which, WindowState.SERVING)
        self.press(m.AddMatter(window=at, matter=self.matter(of, what)), clerk(at))

    @precondition(is_serving)
    @rule(which=pick, and_call=st.booleans())
    def finish(self, which: int, and_call: bool) -> None:
        at = self.at(which, WindowState.SERVING)
        self.press(m.CallNext(window=at, finish=True) if and_call else m.FinishService(window=at), clerk(at))

    @rule(key=st.sampled_from(WINDOW_KEYS), at=window, by=window)
    def any_key_by_anybody(self, key: type[Any], at: str, by: str) -> None:
        self.press(key(window=at), clerk(by))

    @rule(at=window)
    def open(self, at: str) -> None:
        self.press(m.OpenWindow(window=at), clerk(at))

    @rule(at=window, by=window)
    def seat_somebody_else(self, at: str, by: str) -> None:
        self.press(m.OpenWindow(window=at, staff=clerk(by).id))

    @rule(at=window)
    def close(self, at: str) -> None:
        self.press(m.CloseWindow(window=at), manager())

    @rule(at=window, reason=st.sampled_from(list(PauseReason)))
    def pause(self, at: str, reason: PauseReason) -> None:
        self.press(m.PauseWindow(window=at, reason=reason), manager())

    @precondition(lambda self: bool(self.desks(WindowState.PAUSED)))
    @rule(which=pick)
    def resume(self, which: int) -> None:
        self.press(m.ResumeWindow(window=self.at(which, WindowState.PAUSED)), manager())

    @rule(of=line, is_opening=st.booleans())
    def open_or_close_a_line(self, of: str, is_opening: bool) -> None:
        self.press(m.OpenLine(line=of) if is_opening else m.CloseLine(line=of))

    @rule(which=pick, pinned=st.booleans())
    def pin(self, which: int, pinned: bool) -> None:
        self.press(m.PinTicket(ticket=self.ticket(which), pinned=pinned, reason="so"))

    @rule(which=pick)
    def cancel(self, which: int) -> None:
        self.press(m.CancelTicket(ticket=self.ticket(which)))

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

    @rule()
    def restart(self) -> None:
        self.roll()  # the minutes waited may have passed midnight; a start closes the day that was missed
        live = dump(self.queue)
        self.run(self.server.close())
        self.run(self.begin())
        assert dump(self.queue) == live

    @rule()
    def midnight(self) -> None:
        self.clock.forward(days=1)
        self.roll()
        assert not self.queue.tickets

    def roll(self) -> None:
        day = self.queue.day
        self.run(self.server.roll_day())
        if self.queue.day != day:
            self.numbers.clear()
            self.last = None  # replies are kept for three days only

    @invariant()
    def every_ticket_is_in_one_state_and_none_is_lost(self) -> None:
        queue = self.queue
        assert {id_: one.number for id_, one in queue.tickets.items()} == self.numbers
        assert len(set(self.numbers.values())) == len(self.numbers)
        states = Counter(one.state for one in queue.tickets.values())
        assert states == +queue.counts
        assert sum(states.values()) == len(self.numbers)
        assert queue.held == {id_ for id_, one in queue.tickets.items() if one.state is TicketState.HELD}

    @invariant()
    def one_ticket_a_window_and_one_window_a_ticket(self) -> None:
        queue = self.queue
        at_desks = {desk.ticket: desk for desk in queue.desks.values() if desk.ticket is not None}
        assert len(at_desks) == sum(desk.ticket is not None for desk in queue.desks.values())
        called = {id_ for id_, one in queue.tickets.items() if one.state in AT_DESK}
        assert called == at_desks.keys()
        for id_, desk in at_desks.items():
            assert queue.tickets[id_].window == desk.id
            assert desk.state is AT_DESK[queue.tickets[id_].state]
        for desk in queue.desks.values():
            assert desk.ticket is not None or desk.state not in AT_DESK.values()

    @invariant()
    def who_waits_stands_in_line_and_can_be_called_once_a_window_opens(self) -> None:
        queue, directory = self.queue, self.server.directory
        waiting = {id_: one for id_, one in queue.tickets.items() if one.state is TicketState.WAITING}
        in_line = Counter(one.line for one in waiting.values())
        assert {of: queue.waiting.count(of) for of in directory.lines} == {of: in_line[of] for of in directory.lines}
        seen: set[str] = set()
        hall = self.server.rooms["hall_queue"].hall
        for one in directory.windows.values():
            asking = hall.asking(one, queue.desk(one.id))
            seen |= {ticket.id for _, ticket in queue.waiting.in_order(asking, 1_000)}
        assert seen == waiting.keys()
        open_windows = {desk.id for desk in queue.desks.values() if desk.state is not WindowState.CLOSED}
        assert {one.directed_window for one in waiting.values()} <= {None, *open_windows}

    @invariant()
    def every_open_ticket_of_a_person_is_known(self) -> None:
        live = [one for one in self.queue.tickets.values() if one.state in LIVE and one.person]
        found = {who: set(ids) for who, ids in self.queue.open_of.items()}
        assert found == {one.person: {other.id for other in live if other.person == one.person} for one in live}

    def teardown(self) -> None:
        try:
            live = dump(self.queue)
            self.run(self.server.close())
            self.run(self.begin())
            assert dump(self.queue) == live
        finally:
            with suppress(DomainError):
                self.run(self.server.close())
            self.loop.close()
            shutil.rmtree(self.folder, ignore_errors=True)


def dump(queue: HallQueue) -> dict[str, Any]:
    """The whole live state in an order of its own."""
    far = datetime(2026, 12, 31, tzinfo=UTC)
    return {
        "day": queue.day,
        "tickets": {id_: repr(one) for id_, one in sorted(queue.tickets.items())},
        "desks": {id_: repr(one) for id_, one in sorted(queue.desks.items())},
        "serials": +queue.serials,
        "serial": queue.serial,
        "counts": +queue.counts,
        "people": queue.open_of,
        "services": {of: list(some) for of, some in queue.services.items()},
        "calls": list(queue.recent_calls),
        "held": queue.held,
        "barred": queue._barred,
        "lines": queue.closed_lines,
        "order": {of: [one.id for one in queue.waiting.line_of(of)] for of in LINES},
        "longest": {of: queue.waiting.longest(of, far) or far for of in LINES},
    }


EASY = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
EVERY_DAY = settings(max_examples=200, stateful_step_count=30, **EASY)
LONG = settings(max_examples=2_000, stateful_step_count=50, **EASY)


def test_any_thirty_keys_in_any_order() -> None:
    run_state_machine_as_test(HallMachine, settings=EVERY_DAY)


@pytest.mark.long
def test_any_fifty_keys_in_any_order() -> None:
    run_state_machine_as_test(HallMachine, settings=LONG)


def called_at_of_this_machine(queue: HallQueue, event: m.TicketRecalled, _: object) -> None:
    """A fold that asks the clock instead of the event."""
    queue.tickets[event.ticket].called_at = datetime.now(UTC)


SABOTAGE: dict[str, tuple[type, str, Any]] = {
    "a busy window may call": (Calling, "_must_be_free", lambda *_: None),
    "a person is never forgotten": (HallQueue, "_forget_person", lambda *_: None),
    "the live state hears what the journal does not": (HallQueue, "_recalled", called_at_of_this_machine),
}


@pytest.mark.parametrize("what", SABOTAGE)
def test_control_with_a_protection_off_the_machine_finds_it(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cls, name, instead = SABOTAGE[what]
    monkeypatch.setattr(cls, name, instead)
    quiet = settings(EVERY_DAY, max_examples=400, database=None, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises((AssertionError, KeyError, ValueError)):
        run_state_machine_as_test(HallMachine, settings=quiet)

"""Whatever windows, pads and visitors do: one open sheet a window, nothing confirmed unshown, an end is an end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from evaluation.confirmation import messages as c
from evaluation.confirmation.model import SheetState, Withdrawal
from evaluation.confirmation.service import ConfirmationService
from evaluation.confirmation.state import Sheets
from hall_queue import messages as m
from hall_queue.model import Channel, MatterOutcome
from hall_queue.rulebook import Rulebook
from hall_queue.state import HallQueue
from hall_server.days import DayOpened
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM, Actor, device_actor
from hall_server.messages import Command, Event, Recorded
from hall_server.outcome import Context
from hall_server.settings import load
from tests.fakes.hall import MORNING, CountedIds, manager, staff

THE_DAY = date(2026, 11, 23)
WINDOWS = ("w01", "w02")
PLACES = {"pad-1": "w01", "pad-2": "w02", "key-1": "w01"}
windows = st.sampled_from(WINDOWS)
hashes = st.sampled_from(["right", "right", "right", "wrong"])
pads = {window: device_actor(id_, frozenset({window})) for id_, window in PLACES.items() if id_.startswith("pad")}
clerks = {"w01": staff("s01", "w01"), "w02": staff("s02", "w02")}
WRONG_ONES = (device_actor("key-1", frozenset({"w01"})), manager(), *pads.values(), *clerks.values())
actors = st.sampled_from(["pad", "pad", "clerk", "clerk", *WRONG_ONES])
"""Most of the time the window's own, so that something happens."""
places = st.sampled_from([None, None, None, None, *range(6)])
"""Which sheet: mostly the window's open one, else any of the day."""


class SheetMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = MORNING
        self.ids = CountedIds()
        self.queue = HallQueue(lambda id_: f"token-{id_}", Rulebook(load(None)))
        self.sheets = Sheets()
        self.service = ConfirmationService(
            self.queue,
            self.sheets,
            at_window=lambda kind, window: tuple(
                id_ for id_, place in PLACES.items() if place == window and id_.startswith(kind)
            ),
        )
        self.ended: dict[str, SheetState] = {}
        self.shown_by: dict[str, set[str]] = {}
        self.seq = 0
        self.happen(DayOpened(day=THE_DAY))

    def happen(self, *events: Event, actor: str = "system") -> None:
        for event in events:
            self.seq += 1
            recorded = Recorded(seq=self.seq, at=self.now, business_day=THE_DAY, event=event, actor=actor)
            for fold in (self.queue, self.sheets):
                if event.type in fold.types:
                    fold.apply(recorded)

    def tell(self, decide: object, command: Command, actor: Actor) -> bool:
        """Whether a command was taken; a refusal changes nothing."""
        before = {id_: one.state for id_, one in self.sheets.by_id.items()}
        self.now += timedelta(seconds=1)
        context = Context(now=self.now, business_day=THE_DAY, actor=actor, ids=self.ids)
        try:
            outcome = decide(command, context)  # type: ignore[operator]  # a handler of the service
        except DomainError:
            assert before == {id_: one.state for id_, one in self.sheets.by_id.items()}
            return False
        self.happen(*outcome.events, actor=str(actor))
        outcome.reply()
        return True

    def served(self, window: str) -> str:
        return self.queue.desk(window).ticket or "nobody"

    def whoever(self, window: str, actor: Actor | str) -> Actor:
        """The window's own pad or clerk, or somebody by name."""
        return actor if isinstance(actor, Actor) else {"pad": pads, "clerk": clerks}[actor][window]

    def some(self, window: str, place: int | None) -> str:
        """The window's open sheet, or one of all, open or not; or one that never was."""
        if place is None and window in self.sheets.open_at:
            return self.sheets.open_at[window]
        known, place = list(self.sheets.by_id), place or 0
        return known[place % len(known)] if known else "none"

    def hash_of(self, sheet: str, which: str) -> str:
        found = self.sheets.by_id.get(sheet)
        return found.hash if found and which == "right" else "0" * 64

    @rule(window=windows)
    def serve(self, window: str) -> None:
        if self.queue.desk(window).ticket:
            return
        self.seq += 1
        id_ = f"t{self.seq}"
        common = {"number": id_, "serial": self.seq, "line": "a", "matter": None, "channel": Channel.KIOSK}
        self.happen(
            m.TicketIssued(ticket=id_, person=None, priority=None, **common),  # type: ignore[arg-type]  # as above
            m.TicketCalled(ticket=id_, window=window, staff=f"s{window[1:]}"),
            m.TicketStarted(ticket=id_, window=window),
        )

    @rule(times=st.integers(1, 3))
    def go_on(self, times: int) -> None:
        """Each window does what comes next: serves, sends, shows; so that there is something to get wrong."""
        for window in WINDOWS * times:
            present = self.sheets.open(window)
            if not self.queue.desk(window).ticket:
                self.serve(window)
            if present is None:
                self.send(window, "clerk", None, False, 1)
            elif present.state is SheetState.SENT:
                self.show(window, "pad", None, "right")

    @rule(window=windows)
    def finish(self, window: str) -> None:
        ticket = self.queue.desk(window).ticket
        if ticket:
            done = MatterOutcome.ACCEPTED
            self.happen(m.TicketFinished(ticket=ticket, window=window, staff=None, outcome=done, outcomes={}))

    @rule(
        window=windows,
        actor=actors,
        of=st.sampled_from([None, None, None, *WINDOWS]),
        replaces=st.booleans(),
        blocks=st.integers(1, 3),
    )
    def send(self, window: str, actor: Actor | str, of: str | None, replaces: bool, blocks: int) -> None:
        present, actor = self.sheets.open(window), self.whoever(window, actor)
        command = c.SendSheet(
            window=window,
            confirmation=self.ids.new(),
            ticket=self.served(of or window),
            hash=f"{self.seq:064x}",
            to_see=blocks,
            parts=("f0", "m0"),
            replaces=present.id if present and replaces else None,
        )
        if self.tell(self.service.send, command, actor):
            assert actor.id == f"s{window[1:]}"
            assert self.served(window) == command.ticket

    @rule(window=windows, actor=actors, place=places, which=hashes)
    def show(self, window: str, actor: Actor | str, place: int | None, which: str) -> None:
        id_, actor = self.some(window, place), self.whoever(window, actor)
        command = c.NoteShown(window=window, confirmation=id_, hash=self.hash_of(id_, which))
        if self.tell(self.service.shown, command, actor):
            self.shown_by.setdefault(id_, set()).add(str(actor))

    @rule(window=windows, actor=actors, place=places, which=hashes, seen=st.sampled_from([None, None, None, 0, 1, 2]))
    def confirm(self, window: str, actor: Actor | str, place: int | None, which: str, seen: int | None) -> None:
        id_, actor = self.some(window, place), self.whoever(window, actor)
        if seen is None:
            seen = self.sheets.by_id[id_].to_see if id_ in self.sheets.by_id else 1
        was_served = self.sheets.by_id[id_].ticket == self.served(window) if id_ in self.sheets.by_id else False
        command = c.ConfirmSheet(
            window=window, confirmation=id_, hash=self.hash_of(id_, which), seen=seen, ink="1" * 64
        )
        if self.tell(self.service.confirm, command, actor):
            sheet = self.sheets.by_id[id_]
            assert (sheet.window, which, sheet.to_see, was_served) == (window, "right", seen, True)
            assert self.shown_by[id_], "nothing is confirmed that was not shown"
            assert PLACES.get(actor.id) == window or window in actor.windows
            assert actor.id != "key-1"

    @rule(window=windows, actor=actors, place=places, which=hashes, wrong=st.sampled_from(["f0", "f9", ""]))
    def dispute(self, window: str, actor: Actor | str, place: int | None, which: str, wrong: str) -> None:
        id_, actor = self.some(window, place), self.whoever(window, actor)
        command = c.DisputeSheet(
            window=window, confirmation=id_, hash=self.hash_of(id_, which), wrong=(wrong,) if wrong else ()
        )
        if self.tell(self.service.dispute, command, actor):
            assert (wrong, which) == ("f0", "right")

    @rule(window=windows, actor=actors, place=places, which=hashes)
    def refuse(self, window: str, actor: Actor | str, place: int | None, which: str) -> None:
        id_, actor = self.some(window, place), self.whoever(window, actor)
        self.tell(
            self.service.refuse,
            c.RefuseSheet(window=window, confirmation=id_, hash=self.hash_of(id_, which)),
            actor,
        )

    @rule(window=windows, actor=actors, place=places)
    def withdraw(self, window: str, actor: Actor | str, place: int | None) -> None:
        actor = self.whoever(window, actor)
        command = c.WithdrawSheet(window=window, confirmation=self.some(window, place))
        if self.tell(self.service.withdraw, command, actor):
            assert actor.id == f"s{window[1:]}", "the visitor's screen takes nothing back"

    @rule(window=windows, place=places)
    def time_out(self, window: str, place: int | None) -> None:
        context = Context(now=self.now, business_day=THE_DAY, actor=SYSTEM, ids=self.ids)
        self.happen(*self.service.time_out(c.TimeOutSheet(confirmation=self.some(window, place)), context).events)

    @rule()
    def end_of_day(self) -> None:
        context = Context(now=self.now, business_day=THE_DAY, actor=SYSTEM, ids=self.ids)
        self.happen(*self.service.at_day_end(context))
        assert self.sheets.open_at == {}
        assert all(one.why is not Withdrawal.DAY_ENDED or one.ended_at for one in self.sheets.by_id.values())

    @invariant()
    def one_open_sheet_a_window(self) -> None:
        for window in WINDOWS:
            open_ = [one.id for one in self.sheets.by_id.values() if one.window == window and one.state.is_open]
            present = self.sheets.open(window)
            assert open_ == ([present.id] if present else [])

    @invariant()
    def an_end_is_an_end(self) -> None:
        for id_, state in self.ended.items():
            assert self.sheets.by_id[id_].state is state
        self.ended |= {id_: one.state for id_, one in self.sheets.by_id.items() if not one.state.is_open}


TestSheets = SheetMachine.TestCase
TestSheets.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)

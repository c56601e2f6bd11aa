"""The calling order against a plain sort of all tickets, and against what really happens call by call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hall_queue import messages as m
from hall_queue.model import Channel, MatterOutcome, Rank, Ticket, TicketState
from hall_queue.order import Caller, Pick, Waiting, caller
from hall_queue.rule_events import RulesSaved
from hall_queue.rulebook import Ratio, Rulebook
from hall_queue.state import HallQueue
from hall_server.directory.model import Express, Window
from hall_server.messages import Event, Recorded
from hall_server.settings import load
from tests.fakes.plain_order import BY_CLASS, PlainOrder

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LINES, MATTERS, WINDOWS, PEOPLE = ("a", "b", "c"), ("m1", "m2", None), ("w1", "w2"), ("s1", "s2")
LAST_MINUTE = 60  # nobody arrives later; every test asks then or later


def rulebook(hall: dict[str, Any], lines: dict[str, dict[str, Any]] | None = None) -> Rulebook:
    """The hall's rules and what lines have of their own."""
    book = Rulebook(load(None))
    for line, values in [(None, hall), *(lines or {}).items()]:
        book.apply(recorded(RulesSaved(line=line, values=values), NINE))
    return book


def recorded(event: Event, at: datetime, seq: int = 0) -> Recorded:
    return Recorded(seq=seq, at=at, business_day=date(2026, 11, 23), event=event, actor="x", command_id=None)


def ticket(serial: int, minute: int, line: str, matter: str | None, extras: dict[str, Any]) -> Ticket:
    arrival = NINE + timedelta(minutes=minute)
    has_slot, after = extras.pop("due", None), extras.pop("slot_in", 0)
    due = arrival + timedelta(minutes=after) if has_slot else None
    return Ticket(
        id=f"t{serial}",
        number=f"A{serial:03d}",
        serial=serial,
        line=line,
        matter=matter,
        channel=Channel.API,
        person=None,
        priority="elderly" if extras.pop("priority", False) else None,
        token="",
        issued_at=NINE,
        arrival=due or arrival,
        due=due,
        state=TicketState.WAITING,
        **extras,
    )


FREE = {
    "priority": st.booleans(),
    "pinned": st.booleans(),
    "due": st.booleans(),
    "slot_in": st.integers(0, 120),
    "express": st.booleans(),
}
BOUND = {
    "directed_window": st.sampled_from(WINDOWS),
    "directed_staff": st.sampled_from(PEOPLE),
    "returned": st.booleans(),
    "barred_window": st.sampled_from(WINDOWS),
    "barred_until": st.integers(0, 180).map(lambda minute: NINE + timedelta(minutes=minute)),
    "skipped_by": st.sampled_from(WINDOWS),
}


def tickets(kinds: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[list[Any]]:
    extras = st.fixed_dictionaries({}, optional=kinds)
    one = st.tuples(st.integers(0, LAST_MINUTE), st.sampled_from(LINES), st.sampled_from(MATTERS), extras)
    return st.lists(one, max_size=30)


WINDOW = st.builds(
    lambda id_, lines, matters, express: Window(
        id=id_, number=1, name="", zone="z", lines=tuple(lines), matters=tuple(matters), express=express
    ),
    st.sampled_from(WINDOWS),
    st.permutations(LINES).flatmap(lambda lines: st.integers(1, 3).map(lambda n: lines[:n])),
    st.sets(st.sampled_from(["m1", "m2"]), max_size=2),
    st.sampled_from(Express),
)
AGEING = st.sampled_from((0, 60, 1_800, 3_600, 7_200))
RATIO = st.builds(lambda n, o: {"favoured": n, "oldest": o}, st.integers(0, 3), st.integers(1, 3))
HALL = st.fixed_dictionaries({"preference": st.booleans(), "ageing_s": AGEING, "ratio": st.none() | RATIO})
OF_LINES = st.dictionaries(st.sampled_from(LINES), st.fixed_dictionaries({"ageing_s": AGEING}), max_size=2)
BOOK = st.builds(rulebook, HALL, OF_LINES)
GONE = st.sets(st.integers(0, 30))


def both(made: list[Any], minute: int, gone: set[int], rules: Rulebook, turns: int = 0) -> tuple[Waiting, PlainOrder]:
    """The same tickets in the product's order and in the plain one; some have left again."""
    found = {f"t{n}": ticket(n, at, line, matter, dict(extras)) for n, (at, line, matter, extras) in enumerate(made)}
    waiting = Waiting(found)
    for one in reversed(found.values()):
        waiting.add(one)
    here = dict(found)
    for n in gone:
        if (one := here.pop(f"t{n}", None)) is not None:
            waiting.remove(one)
    return waiting, PlainOrder(list(here.values()), NINE + timedelta(minutes=minute), rules, turns)


@settings(max_examples=1_000, deadline=None)
@given(
    tickets(FREE | BOUND), WINDOW, st.sampled_from([*PEOPLE, None]), st.integers(60, 150), GONE, BOOK, st.integers(0, 4)
)
def test_next_and_in_order_are_what_a_plain_sort_gives(
    made: list[Any], window: Window, staff: str | None, minute: int, gone: set[int], rules: Rulebook, turns: int
) -> None:
    waiting, plain = both(made, minute, gone, rules, turns)
    asking = Caller(window, staff, plain.now, rules, turns)
    wanted, pick = plain.next(window, staff), waiting.next(asking)
    assert (pick and (pick.rank, pick.ticket.id)) == (wanted and (wanted[0], wanted[1].id))
    if pick is not None:
        assert pick.favoured is plain.is_favoured(window, staff, pick.rank, pick.ticket)
    shown = waiting.in_order(asking, 100)
    assert [(rank, one.id) for rank, one in shown] == [(rank, one.id) for rank, one in plain.order(window, staff)]
    assert waiting.in_order(asking, 3) == shown[:3]


@settings(max_examples=500, deadline=None)
@given(tickets(FREE), st.integers(60, 150), GONE, AGEING, st.booleans())
def test_people_ahead_are_those_whom_windows_for_that_line_really_call_first(
    made: list[Any], minute: int, gone: set[int], ageing_s: int, prefers: bool
) -> None:
    rules = rulebook({"ageing_s": ageing_s, "preference": prefers})
    waiting, plain = both(made, minute, gone, rules)
    for line in LINES:
        waits = [one for one in plain.tickets if one.line == line]
        window = Window(id="w9", number=9, name="", zone="z", lines=(line,))
        ahead = {one.id: waiting.ahead(one, plain.now, rules) for one in waits}
        assert waiting.count(line) == len(waits)
        called = [pick.ticket for pick in calls(waiting, window, plain.now, rules)]
        assert [ahead[one.id] for one in called] == list(range(len(called)))
        assert {one.id for one in waits} - {one.id for one in called} == {
            one.id for one in waits if plain.is_to_come(one)
        }


def calls(waiting: Waiting, window: Window, now: datetime, rules: Rulebook) -> Iterator[Pick]:
    """Whom one window calls after the other while time stands still, without a ratio."""
    while (pick := waiting.next(Caller(window, None, now, rules))) is not None:
        yield pick
        waiting.remove(pick.ticket)


@settings(max_examples=200, deadline=None)
@given(tickets(FREE), st.integers(60, 150))
def test_the_longest_wait_of_a_line_leaves_slots_to_come_out(made: list[Any], minute: int) -> None:
    waiting, plain = both(made, minute, set(), rulebook({}))
    for line in LINES:
        here = [one.arrival for one in plain.tickets if one.line == line and one.arrival <= plain.now]
        assert waiting.longest(line, plain.now) == min(here, default=None)


@settings(max_examples=300, deadline=None)
@given(tickets({"priority": st.booleans()}), st.booleans(), st.integers(0, LAST_MINUTE), st.integers(1, 8))
def test_a_set_back_ticket_stands_behind_so_many_of_its_class_and_never_gains(
    made: list[Any], has_priority: bool, minute: int, places: int
) -> None:
    waiting, plain = both(made, LAST_MINUTE, set(), rulebook({}))
    mine = ticket(99, minute, "a", None, {"priority": has_priority})
    arrival = waiting.places_back(mine, places, plain.now)
    assert arrival >= mine.arrival
    same = [one for one in plain.tickets if one.line == "a" and (one.priority is not None) is has_priority]
    before = sum(one.arrival <= arrival for one in same)
    assert before >= min(places, len(same))
    earlier = sorted(one.arrival for one in same)
    if mine.arrival < arrival < plain.now and places <= len(same):
        assert earlier[places - 1] < arrival <= earlier[places - 1] + timedelta(microseconds=1)


# -- the ratio, counted over a whole sequence of calls


class Bare:
    """A hall in memory with one window: events go straight into its state."""

    def __init__(self, rules: Rulebook, *lines: str) -> None:
        self.queue = HallQueue(lambda id_: id_, rules)
        self.rules = rules
        self.window = Window(id="w1", number=1, name="", zone="z", lines=lines or ("a",))
        self.now = NINE
        self.seq = 0
        self.put(m.WindowOpened(window="w1", staff="s1"))

    def put(self, event: Event) -> None:
        self.seq += 1
        self.queue.apply(recorded(event, self.now, self.seq))

    def take(self, line: str, *, priority: bool = False, due: datetime | None = None) -> str:
        self.now += timedelta(seconds=1)
        id_ = f"t{self.seq:05d}"
        event = m.TicketIssued(
            ticket=id_,
            number=id_,
            serial=self.seq,
            line=line,
            matter=None,
            channel=Channel.API,
            person=None,
            priority="elderly" if priority else None,
            due=due,
        )
        self.put(event)
        return id_

    def call(self) -> Pick | None:
        """Call and finish."""
        self.now += timedelta(seconds=1)
        pick = self.queue.waiting.next(caller(self.window, self.queue.desk("w1"), self.now, self.rules))
        if pick is None:
            return None
        rank = pick.rank.name.lower()
        self.put(m.TicketCalled(ticket=pick.ticket.id, window="w1", staff="s1", rank=rank, favoured=pick.favoured))
        self.put(m.TicketStarted(ticket=pick.ticket.id, window="w1"))
        outcome = MatterOutcome.ACCEPTED
        self.put(m.TicketFinished(ticket=pick.ticket.id, window="w1", staff="s1", outcome=outcome, outcomes={}))
        return pick

    def plain(self, turns: int) -> PlainOrder:
        waiting = [one for one in self.queue.tickets.values() if one.state is TicketState.WAITING]
        return PlainOrder(waiting, self.now + timedelta(seconds=1), self.rules, turns)


def counted(favoured: int, turns: int, rank: Rank, was_favoured: bool, ratio: Ratio) -> tuple[int, int]:
    """After ``ratio.favoured`` calls that went before a longer wait, ``ratio.oldest`` calls by arrival are owed.

    A call that goes to the longest wait anyway pays one of them, and lets the favours begin anew.
    """
    if was_favoured:
        return (0, ratio.oldest) if favoured + 1 >= ratio.favoured else (favoured + 1, turns)
    if rank in {Rank.AGED, Rank.TURN, *BY_CLASS}:
        return 0, max(0, turns - 1)
    return favoured, turns


ARRIVALS = st.lists(
    st.tuples(st.sampled_from(("a", "b")), st.booleans(), st.booleans(), st.integers(0, 2)), min_size=1, max_size=40
)


@settings(max_examples=300, deadline=None)
@given(ARRIVALS, RATIO, st.booleans(), st.sampled_from((0, 30, 1_800)))
def test_a_ratio_is_kept_over_a_whole_sequence_of_calls(
    arrivals: list[Any], ratio: dict[str, int], prefers: bool, ageing_s: int
) -> None:
    rules = rulebook({"ratio": ratio, "preference": prefers, "ageing_s": ageing_s})
    agreed = msgspec.convert(ratio, Ratio)
    hall, favoured, turns = Bare(rules, "a", "b"), 0, 0
    for line, has_priority, has_slot, calls_now in [*arrivals, *[("a", False, False, 3)] * len(arrivals)]:
        hall.take(line, priority=has_priority, due=hall.now if has_slot else None)
        for _ in range(calls_now):
            plain = hall.plain(turns if agreed.favoured else 1_000)
            wanted = plain.next(hall.window, "s1")
            assert wanted is None or hall.queue.desk("w1").turns == turns
            is_favoured = wanted is not None and plain.is_favoured(hall.window, "s1", *wanted)
            pick = hall.call()
            assert (pick and (pick.rank, pick.ticket.id)) == (wanted and (wanted[0], wanted[1].id))
            if pick is not None:
                assert pick.favoured is is_favoured
                assert agreed.favoured or not is_favoured
                favoured, turns = counted(favoured, turns, pick.rank, is_favoured, agreed)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 12), RATIO, st.integers(1, 3))
def test_with_a_ratio_nobody_starves_however_many_with_priority_come(
    before: int, ratio: dict[str, int], each: int
) -> None:
    """Of each n + m calls at least m go to the longest wait, so that k people are called within (n + m) · ⌈k / m⌉."""
    hall = Bare(rulebook({"ratio": ratio, "ageing_s": 0}))
    waiting = [hall.take("a") for _ in range(before)]
    mine = hall.take("a")
    n, oldest = ratio["favoured"], ratio["oldest"]
    bound = (n + oldest) * -(-(len(waiting) + 1) // oldest)
    for number in range(1, bound + 1):
        for _ in range(each):
            hall.take("a", priority=True)
        pick = hall.call()
        if pick is not None and pick.ticket.id == mine:
            assert number <= bound
            return
    raise AssertionError(f"not called within {bound} calls")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 12), st.integers(1, 10))
def test_with_ageing_nobody_starves_however_many_with_priority_come(before: int, minutes: int) -> None:
    """Whoever has aged goes by arrival alone: those before are called first, and nobody who comes later."""
    hall = Bare(rulebook({"ageing_s": minutes * 60}))
    waiting = [hall.take("a") for _ in range(before)]
    mine = hall.take("a")
    hall.now += timedelta(minutes=minutes)
    for _ in range(20):
        hall.take("a", priority=True)
    called = [pick.ticket.id for _ in range(before + 1) if (pick := hall.call())]
    assert called == [*waiting, mine]


COUNT_BEGINS_ANEW = [*[(False, False)] * 6, (False, True), (False, False), *[(False, True)] * 2, *[(True, False)] * 7]


@settings(max_examples=300, deadline=None)
@example(COUNT_BEGINS_ANEW, {"favoured": 2, "oldest": 2})
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=25), RATIO)
def test_with_a_ratio_people_ahead_is_no_less_than_who_really_goes_first(
    arrivals: list[tuple[bool, bool]], ratio: dict[str, int]
) -> None:
    """A visitor without priority is told at most a few too many, and never too few."""
    hall = Bare(rulebook({"ratio": ratio, "ageing_s": 0}))
    for has_priority, has_slot in arrivals:
        hall.take("a", priority=has_priority, due=hall.now if has_slot else None)
    now = hall.now + timedelta(seconds=1)
    plain = [one for one in hall.queue.tickets.values() if not one.priority and not one.due]
    told = {one.id: hall.queue.waiting.ahead(one, now, hall.rules) for one in plain}
    order = [pick.ticket.id for _ in arrivals if (pick := hall.call())]
    assert len(order) == len(arrivals)
    for one in plain:
        older = sum(other.serial < one.serial for other in hall.queue.tickets.values())
        assert older <= order.index(one.id) <= told[one.id]
        assert told[one.id] < len(arrivals)

"""The calling order against a plain sort of all tickets by a key that is written out in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hall_queue.model import Channel, Rank, Ticket, TicketState
from hall_queue.order import Caller, Waiting
from hall_queue.rulebook import Rulebook
from hall_server.directory.model import Window
from hall_server.settings import load

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AGEING = timedelta(minutes=30)
RULES = Rulebook(load(None))
LINES, MATTERS, WINDOWS, PEOPLE = ("a", "b", "c"), ("m1", "m2", None), ("w1", "w2"), ("s1", "s2")


@dataclass
class Hall:
    """Everybody who waits, and the rule as a person would write it down."""

    tickets: dict[str, Ticket]
    now: datetime

    def order(self, window: Window, staff: str | None) -> list[tuple[Rank, Ticket]]:
        able = [t for t in self.tickets.values() if self.may_take(window, staff, t)]
        able.sort(key=lambda t: self.key(window, t))
        return [(self.rank(t), t) for t in able]

    def next(self, window: Window, staff: str | None) -> Ticket | None:
        able = [t for _, t in self.order(window, staff)]
        return next((t for t in able if t.skipped_by != window.id), able[0] if able else None)

    def may_take(self, window: Window, staff: str | None, t: Ticket) -> bool:
        if t.barred_window == window.id:
            return False
        if t.directed_window:
            return t.directed_window == window.id
        has_skill = not window.matters or t.matter is None or t.matter in window.matters
        if t.directed_staff:
            return t.directed_staff == staff and has_skill
        return t.line in window.lines and has_skill

    def rank(self, t: Ticket) -> Rank:
        if t.returned and t.directed_window:
            return Rank.RETURNED
        if t.directed_window or t.directed_staff:
            return Rank.DIRECTED
        if t.pinned:
            return Rank.PINNED
        if self.now - t.arrival >= AGEING:
            return Rank.AGED
        return Rank.PRIORITY if t.priority else Rank.NORMAL

    def key(self, window: Window, t: Ticket) -> tuple[int, int, datetime, int]:
        rank = self.rank(t)
        prefers = window.lines.index(t.line) if rank in {Rank.PRIORITY, Rank.NORMAL} else 0
        return (rank, prefers, t.arrival, t.serial)


def ticket(serial: int, minute: int, line: str, matter: str | None, extras: dict[str, Any]) -> Ticket:
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
        arrival=NINE + timedelta(minutes=minute),
        state=TicketState.WAITING,
        **extras,
    )


EXTRAS = st.fixed_dictionaries(
    {},
    optional={
        "priority": st.booleans(),
        "pinned": st.booleans(),
        "directed_window": st.sampled_from(WINDOWS),
        "directed_staff": st.sampled_from(PEOPLE),
        "returned": st.booleans(),
        "barred_window": st.sampled_from(WINDOWS),
        "skipped_by": st.sampled_from(WINDOWS),
    },
)
TICKETS = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(LINES), st.sampled_from(MATTERS), EXTRAS), max_size=30)
WINDOW = st.builds(
    lambda id_, lines, matters: Window(id=id_, number=1, name="", zone="z", lines=tuple(lines), matters=tuple(matters)),
    st.sampled_from(WINDOWS),
    st.permutations(LINES).flatmap(lambda lines: st.integers(1, 3).map(lambda n: lines[:n])),
    st.sets(st.sampled_from(["m1", "m2"]), max_size=1),
)


def both(made: list[Any], minute: int, gone: set[int]) -> tuple[Waiting, Hall]:
    """The same tickets in the product's order and in the plain one; some have left again."""
    tickets = {f"t{n}": ticket(n, at, line, matter, dict(extras)) for n, (at, line, matter, extras) in enumerate(made)}
    waiting = Waiting(tickets)
    for one in reversed(tickets.values()):
        waiting.add(one)
    here = dict(tickets)
    for n in gone:
        if (one := here.pop(f"t{n}", None)) is not None:
            waiting.remove(one)
    return waiting, Hall(here, NINE + timedelta(minutes=minute))


@settings(max_examples=600, deadline=None)
@given(TICKETS, WINDOW, st.sampled_from([*PEOPLE, None]), st.integers(60, 150), st.sets(st.integers(0, 30)))
def test_next_and_in_order_are_what_a_plain_sort_gives(
    made: list[Any], window: Window, staff: str | None, minute: int, gone: set[int]
) -> None:
    waiting, plain = both(made, minute, gone)
    wanted = plain.order(window, staff)
    asking = Caller(window, staff, plain.now, RULES)
    pick = waiting.next(asking)
    assert (pick.ticket if pick else None) is plain.next(window, staff)
    shown = waiting.in_order(asking, 100)
    assert [(rank, one.id) for rank, one in shown] == [(rank, one.id) for rank, one in wanted]
    assert waiting.in_order(asking, 3) == shown[:3]


@settings(max_examples=300, deadline=None)
@given(TICKETS, st.integers(60, 150), st.sets(st.integers(0, 30)))
def test_people_ahead_are_those_of_the_line_whom_a_window_for_that_line_calls_first(
    made: list[Any], minute: int, gone: set[int]
) -> None:
    free = {"directed_window", "directed_staff", "barred_window", "skipped_by", "returned"}
    made = [(a, b, c, {k: v for k, v in extras.items() if k not in free}) for a, b, c, extras in made]
    waiting, plain = both(made, minute, gone)
    for line in LINES:
        window = Window(id="w9", number=9, name="", zone="z", lines=(line,))
        order = [one for _, one in plain.order(window, None)]
        assert [waiting.ahead(one, plain.now, RULES) for one in order] == list(range(len(order)))
        assert waiting.count(line) == len(order)
        assert waiting.longest(line, plain.now + timedelta(days=1)) == min((one.arrival for one in order), default=None)

"""The reasons of the order: each sentence's comparison is true, and the explained order is the one that is called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from hall_queue import why
from hall_queue.model import Channel, Rank, Ticket
from hall_queue.order import Caller, Waiting
from hall_queue.rulebook import Ratio, Rulebook
from hall_queue.why import Hindrance, Placed, Step, StepKind
from hall_server.directory.model import Express, Window
from hall_server.settings import load

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOW = NINE + timedelta(minutes=60)
LINES, MATTERS, WINDOWS, PEOPLE = ("a", "b", "c"), ("m1", "m2", None), ("w1", "w2"), ("s1", "s2")
JUMPING = {"priority", "due", "normal"}


def rules(*, ageing_s: float = 1_800, ratio: Ratio | None = None, preference: bool = True) -> Rulebook:
    book = Rulebook(load(None))
    book.hall = msgspec.structs.replace(book.hall, ageing_s=ageing_s, ratio=ratio, preference=preference)
    return book


def ticket(serial: int, *, minute: int = 0, line: str = "a", matter: str | None = None, **extras: Any) -> Ticket:
    arrival = NINE + timedelta(minutes=minute)
    return Ticket(
        id=f"t{serial}",
        number=f"A{serial:03d}",
        serial=serial,
        line=line,
        matter=matter,
        channel=Channel.API,
        person=None,
        token="",
        issued_at=NINE,
        arrival=arrival,
        **{"priority": None, **extras, "due": arrival if extras.get("due") else None},
    )


def window(id_: str = "w1", **more: Any) -> Window:
    return Window(id=id_, number=1, name="", zone="z", **{"lines": LINES, **more})


def asking(at: Window, *, staff: str | None = "s1", book: Rulebook | None = None, turns: int = 0) -> Caller:
    return Caller(at, staff, NOW, book or rules(), turns)


def queue(*tickets: Ticket) -> Waiting:
    waiting = Waiting({one.id: one for one in tickets})
    for one in tickets:
        waiting.add(one)
    return waiting


def between(upper: Ticket, lower: Ticket, caller: Caller) -> Step:
    """The reason between two tickets, the lower one having come first."""
    placed = why.order(queue(lower, upper), caller, 10)
    assert [one.ticket for one in placed] == [upper, lower]
    found = why.steps(placed, caller)[0]
    assert found is not None
    return found


def ranks(step: Step) -> tuple[StepKind, str, str]:
    return step.kind, step.upper, step.lower


def test_each_class_goes_before_the_next_by_its_class() -> None:
    at = asking(window(), turns=0)
    fresh = {"minute": 55}
    classes = [
        ("returned", {"directed_window": "w1", "returned": True, **fresh}),
        ("pinned", {"pinned": True, **fresh}),
        ("directed", {"directed_window": "w1", **fresh}),
        ("aged", {"minute": 10}),
        ("priority", {"priority": "elderly", **fresh}),
        ("due", {"due": True, **fresh}),
        ("normal", {"minute": 40}),
    ]
    for (above, first), (below, second) in pairwise(classes):
        upper, lower = ticket(2, **first), ticket(1, **second)
        assert ranks(between(upper, lower, at)) == (StepKind.RANK, above, below)


def test_by_the_ratio_the_longest_wait_goes_before_priority() -> None:
    book = rules(ratio=Ratio(favoured=2, oldest=1))
    at = asking(window(), book=book, turns=1)
    upper, lower = ticket(2, minute=40), ticket(1, minute=50, priority="elderly")
    assert ranks(between(upper, lower, at)) == (StepKind.RANK, "turn", "priority")


def test_somebody_for_this_person_is_directed() -> None:
    upper, lower = ticket(2, minute=55, directed_staff="s1"), ticket(1, minute=0)
    assert ranks(between(upper, lower, asking(window()))) == (StepKind.RANK, "directed", "aged")


def test_a_preferred_line_goes_first_only_where_preference_counts() -> None:
    upper, lower = ticket(2, minute=50, line="a"), ticket(1, minute=40, line="b")
    assert between(upper, lower, asking(window())).kind is StepKind.PREFERENCE
    found = between(lower, upper, asking(window(), book=rules(preference=False)))
    assert (found.kind, found.gap_s) == (StepKind.ARRIVAL, 600)


def test_express_matters_go_first_where_the_window_says_so() -> None:
    upper, lower = ticket(2, minute=50, line="b", express=True), ticket(1, minute=40, line="a")
    assert between(upper, lower, asking(window(express=Express.FIRST))).kind is StepKind.EXPRESS


def test_those_who_came_in_one_moment_go_by_their_serial() -> None:
    assert between(ticket(1, minute=40), ticket(2, minute=40), asking(window())).kind is StepKind.SERIAL


def test_who_was_put_back_to_be_skipped_goes_last() -> None:
    upper, lower = ticket(2, minute=55), ticket(1, minute=5, skipped_by="w1")
    assert between(upper, lower, asking(window())).kind is StepKind.SKIPPED
    assert why.order(queue(lower), asking(window()), 5)[0].ticket is lower


def test_a_turn_is_not_spent_on_somebody_who_was_put_back() -> None:
    at = asking(window(), book=rules(ratio=Ratio(favoured=2, oldest=1)), turns=1)
    upper, lower = ticket(2, minute=50), ticket(1, minute=40, skipped_by="w1")
    placed = why.order(queue(lower, upper, ticket(3, minute=55, priority="elderly")), at, 3)
    assert [(one.rank, one.ticket.serial) for one in placed] == [(Rank.TURN, 2), (Rank.PRIORITY, 3), (Rank.NORMAL, 1)]


def test_why_a_window_does_not_call_somebody() -> None:
    at = asking(window(lines=("a", "b"), matters=("m1",)))
    found = {
        Hindrance.OTHER_LINE: ticket(1, line="c"),
        Hindrance.OTHER_WINDOW: ticket(2, directed_window="w2"),
        Hindrance.OTHER_PERSON: ticket(3, directed_staff="s2"),
        Hindrance.NO_SKILL: ticket(4, matter="m2"),
        Hindrance.SLOT_TO_COME: ticket(5, minute=90, due=True),
        Hindrance.BARRED: ticket(6, barred_window="w1", barred_until=NOW + timedelta(seconds=1)),
        None: ticket(7, barred_window="w1", barred_until=NOW - timedelta(seconds=1)),
    }
    assert {reason: why.hindrance(one, at) for reason, one in found.items()} == {reason: reason for reason in found}
    only = asking(window(express=Express.ONLY))
    assert why.hindrance(ticket(8), only) is Hindrance.NOT_EXPRESS
    assert why.hindrance(ticket(9, express=True), only) is None


EXTRAS = st.fixed_dictionaries(
    {},
    optional={
        "priority": st.sampled_from(["elderly", None]),
        "pinned": st.booleans(),
        "due": st.booleans(),
        "express": st.booleans(),
        "directed_window": st.sampled_from(WINDOWS),
        "directed_staff": st.sampled_from(PEOPLE),
        "returned": st.booleans(),
        "barred_window": st.sampled_from(WINDOWS),
        "barred_until": st.sampled_from([None, NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)]),
        "skipped_by": st.sampled_from(WINDOWS),
    },
)
PEOPLE_WAITING = st.lists(
    st.tuples(st.integers(0, 75), st.sampled_from(LINES), st.sampled_from(MATTERS), EXTRAS), max_size=30
)
AT = st.builds(
    lambda id_, lines, matters, express: window(id_, lines=tuple(lines), matters=tuple(matters), express=express),
    st.sampled_from(WINDOWS),
    st.permutations(LINES).flatmap(lambda lines: st.integers(1, 3).map(lambda n: lines[:n])),
    st.sets(st.sampled_from(["m1", "m2"]), max_size=1),
    st.sampled_from(Express),
)
CALLER = st.builds(
    lambda at, staff, ageing, ratio, preference, turns: Caller(
        at, staff, NOW, rules(ageing_s=ageing, ratio=ratio, preference=preference), turns if ratio else 0
    ),
    AT,
    st.sampled_from([*PEOPLE, None]),
    st.sampled_from([1_800, 600]),
    st.sampled_from([None, Ratio(favoured=2, oldest=1)]),
    st.booleans(),
    st.integers(0, 2),
)


def people(made: list[Any]) -> list[Ticket]:
    found = []
    for n, (minute, line, matter, extras) in enumerate(made):
        late = extras.get("due") and minute > 60
        found.append(ticket(n, minute=minute if late else min(minute, 60), line=line, matter=matter, **extras))
    return found


def is_true(step: Step, upper: Placed, lower: Placed, caller: Caller) -> bool:
    """Whether a reason says what is the case, read from the tickets and not from the order."""
    here, one, two = caller.window.id, upper.ticket, lower.ticket
    assert (step.upper, step.lower) == (upper.rank.name.lower(), lower.rank.name.lower())
    match step.kind:
        case StepKind.SKIPPED:
            return two.skipped_by == here != one.skipped_by
        case StepKind.RANK:
            return upper.rank < lower.rank and belongs(upper, caller) and belongs(lower, caller)
        case StepKind.EXPRESS:
            return caller.window.express is Express.FIRST and one.express and not two.express
        case StepKind.PREFERENCE:
            lines = caller.window.lines
            return caller.rules.hall.preference and lines.index(one.line) < lines.index(two.line)
        case StepKind.ARRIVAL:
            return upper.rank is lower.rank and step.gap_s > 0 and one.arrival < two.arrival
        case StepKind.SERIAL:
            return upper.rank is lower.rank and one.arrival == two.arrival and one.serial < two.serial


def belongs(placed: Placed, caller: Caller) -> bool:
    """Whether what a class says of a ticket is the case."""
    one = placed.ticket
    is_old = caller.now - one.arrival >= caller.rules.of(one.line).ageing
    return {
        Rank.RETURNED: one.returned and one.directed_window == caller.window.id,
        Rank.PINNED: one.pinned,
        Rank.DIRECTED: one.directed_window == caller.window.id or one.directed_staff == caller.staff,
        Rank.AGED: is_old,
        Rank.TURN: caller.turns > 0,
        Rank.PRIORITY: one.priority is not None and not is_old,
        Rank.DUE: one.due is not None and one.due <= caller.now,
        Rank.NORMAL: one.priority is None and one.due is None and not is_old,
    }[placed.rank]


@settings(max_examples=500, deadline=None)
@given(PEOPLE_WAITING, CALLER, st.integers(1, 31))
def test_what_is_explained_is_what_is_called_and_every_reason_is_true(
    made: list[Any], caller: Caller, limit: int
) -> None:
    tickets = people(made)
    waiting = queue(*tickets)
    whole = why.order(waiting, caller, 100)
    pick = waiting.next(caller)
    assert (whole[0].ticket if whole else None) is (pick.ticket if pick else None)
    assert not whole or whole[0].rank is pick.rank  # type: ignore[union-attr]  # there is one where the order has one
    assert why.order(waiting, caller, limit) == whole[:limit]
    assert {one.ticket.id for one in whole} == {one.id for one in tickets if why.hindrance(one, caller) is None}
    assert all(why.concerns(one.ticket, caller) for one in whole)
    for (upper, lower), step in zip(pairwise(whole), why.steps(whole, caller), strict=False):
        assert step is not None
        assert is_true(step, upper, lower, caller)


@settings(max_examples=500, deadline=None)
@given(PEOPLE_WAITING, CALLER)
def test_those_who_look_for_their_number_at_a_window_are_all_there_are_of_them_and_each_once(
    made: list[Any], caller: Caller
) -> None:
    tickets = people(made)
    found = why.looking(queue(*tickets), caller)
    assert sorted(one.id for one in found) == sorted(one.id for one in tickets if why.concerns(one, caller))


@settings(max_examples=100, deadline=None)
@given(PEOPLE_WAITING, CALLER)
def test_everybody_before_a_ticket_is_counted_once_and_for_a_true_reason(made: list[Any], caller: Caller) -> None:
    whole = why.order(queue(*people(made)), caller, 100)
    for place, me in enumerate(whole):
        before = whole[:place]
        assert sum(why.count_reasons(before, me, caller).values()) == place
        assert all(is_true(why.step(one, me, caller), one, me, caller) for one in before)

"""Each step of a matter has its own clock, which begins when the step before it is done."""

from __future__ import annotations

import copy
from datetime import datetime, time
from zoneinfo import ZoneInfo

from cases import messages as m
from cases.catalogue.model import Node, NodeDone
from cases.clocks.counting import clock_now
from cases.clocks.model import ClockKind, Light, Suspension
from cases.clocks.nodes import node_clocks
from cases.clocks.of_case import clocks_now
from cases.clocks.terms import Terms
from cases.model import Case, Outcome
from hall_server.directory.calendar import WorkCalendar
from tests.fakes.case_place import EXAMINER, IMMEDIATE, LEADER, TestPlace, edition

ZONE = ZoneInfo("Asia/Shanghai")
TERMS = Terms(calendar=WorkCalendar(), zone=ZONE, closes=time(17, 30))
NODES = (
    Node(id="examine", name="审查", limit_workdays=3),
    Node(id="consult", name="征求意见"),
    Node(id="decide", name="决定", limit_workdays=2),
)


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 10, tzinfo=ZONE)


def begun(**done: int) -> list[tuple[str, int, int | None]]:
    found = node_clocks(NODES, started_at=at(2), done={node: at(day) for node, day in done.items()})
    return [(one.node, one.started_at.day, one.ended_at and one.ended_at.day) for one in found]


def test_a_step_begins_when_the_one_before_it_is_done() -> None:
    assert begun() == [("examine", 2, None)]
    assert begun(examine=4) == [("examine", 2, 4)]  # now it is consulted, without a limit
    assert begun(examine=4, consult=5) == [("examine", 2, 4), ("decide", 5, None)]
    assert begun(examine=4, consult=5, decide=6) == [("examine", 2, 4), ("decide", 5, 6)]


def test_a_step_that_was_left_out_is_over_with_the_next() -> None:
    assert begun(decide=6) == [("examine", 2, 6), ("decide", 6, 6)]


def test_a_case_that_is_over_ends_the_step_that_was_going_on() -> None:
    found = node_clocks(NODES, started_at=at(2), done={}, ended_at=at(3))
    assert [(one.node, one.ended_at) for one in found] == [("examine", at(3))]


def test_steps_stand_with_the_case_and_turn_red() -> None:
    """行政许可法 45; red over a step's limit."""
    stands = (Suspension(at(3), at(5)),)
    running, standing = (
        clock_now(node_clocks(NODES, started_at=at(2), done={}, suspensions=one)[0], terms=TERMS, now=at(6))
        for one in ((), stands)
    )
    assert (running.kind, running.due.day, running.light) == (ClockKind.NODE, 5, Light.RED)
    assert (standing.due.day, standing.light) == (9, Light.YELLOW)


STEPS = (
    Node(id="accept", name="受理", limit_workdays=0),
    Node(id="examine", name="审查", limit_workdays=6),
    Node(id="settle", name="决定", limit_workdays=1, done_with=NodeDone.DECIDED),
    Node(id="make", name="制证", limit_workdays=1),
)


def running(place: TestPlace, case: Case) -> list[tuple[str, str]]:
    found = clocks_now(case, terms=place.service.terms, now=place.now, nodes=STEPS)
    return [(one.node, one.light.value) for one in found if one.kind is ClockKind.NODE and one.ended_at is None]


def test_steps_are_done_as_the_case_goes_on_and_one_that_takes_too_long_turns_red() -> None:
    hall = TestPlace()
    case = hall.do(hall.receive(), m.AcceptCase)
    assert running(hall, case) == [("examine", "green")]
    city = TestPlace(writer="city")
    case.writer = "city"
    assert running(city.at("2026-12-03"), case) == [("examine", "red")]  # 6 working days from 23 November
    case = city.do(case, m.ExamineCase, by=EXAMINER, opinion="好", proposes=Outcome.GRANTED)
    assert running(city, case) == [("settle", "yellow")]
    granted = city.do(copy.deepcopy(case), m.DecideCase, by=LEADER, outcome=Outcome.GRANTED)
    assert running(city, granted) == [("make", "yellow")]
    denied = city.do(case, m.DecideCase, by=LEADER, outcome=Outcome.DENIED, reasons="r", remedies="r")
    assert running(city, denied) == []  # nothing is made of it
    every = clocks_now(granted, terms=city.service.terms, now=city.now, nodes=STEPS)
    assert {one.node: one.light for one in every if one.kind is ClockKind.NODE}["examine"] is Light.RED


def test_what_is_done_on_the_spot_has_no_clocks_of_steps() -> None:
    hall = TestPlace(edition(**IMMEDIATE))
    case = hall.do(hall.receive(), m.AcceptCase)
    assert running(hall, case) == []

"""Further days made from a recorded one: the same every time, true to the hall they are made from, and named apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from bench.wait import cuts
from bench.wait.recorded import Outcome, RecordedDay, Shift
from bench.wait.redrawn import BLOCK_S, Redraw, habits, redrawn
from bench.wait.score import judge
from bench.wait.simulated import HOUR, HallPlan, LinePlan, Rate, simulate

LINES = ("PS", "IN", "NE", "NW")


@pytest.fixture(scope="module")
def day() -> RecordedDay:
    """A hall with the call centre's lines; some give up, and nobody recorded when windows opened."""
    rates = (Rate(7 * HOUR, 16 * HOUR, 15),)
    plan = HallPlan(
        name="day",
        seed=1,
        lines=tuple(LinePlan(id=line, rates=rates, service_s=240) for line in LINES),
        shifts=tuple(
            Shift(window=f"W{n}", lines=(LINES[n % 4], LINES[(n + 1) % 4]), begin=7 * HOUR, end=17 * HOUR)
            for n in range(5)
        ),
        patience_s=900,
    )
    return RecordedDay(name="day", visits=simulate(plan).visits)


@pytest.mark.parametrize("how", [Redraw(seed=1), Redraw(seed=2, busy=1.4, absent=0.4, days=2)])
def test_a_day_drawn_anew_is_the_same_every_time_and_another_with_other_dice(day: RecordedDay, how: Redraw) -> None:
    assert redrawn("x", day, how) == redrawn("x", day, how)
    assert redrawn("x", day, how) != redrawn("x", day, Redraw(seed=99, busy=how.busy, absent=how.absent, days=how.days))


def test_windows_of_a_day_drawn_anew_serve_one_visit_at_a_time_of_their_own_lines(day: RecordedDay) -> None:
    known = habits(day)
    by_window = defaultdict(list)
    for visit in redrawn("x", day, Redraw(seed=3, busy=1.3)).visits:
        if visit.window is not None:
            assert visit.line in known.lines[visit.window]
            assert visit.call is not None
            assert visit.end is not None
            assert visit.arrival <= visit.call <= visit.end
            by_window[visit.window].append((visit.call, visit.end))
    assert len(by_window) > 3
    for visits in by_window.values():
        assert all(end <= call for (_, end), (call, _) in pairwise(sorted(visits)))


def test_who_comes_first_in_a_line_is_called_first(day: RecordedDay) -> None:
    visits = redrawn("x", day, Redraw(seed=4, busy=1.3)).visits
    for line in LINES:
        calls = [visit.call for visit in visits if visit.line == line and visit.call is not None]
        assert calls == sorted(calls)


def test_as_many_come_as_are_asked_for_in_the_half_hours_in_which_people_came(day: RecordedDay) -> None:
    came = Counter(int(visit.arrival // BLOCK_S) for visit in day.visits)
    drawn = redrawn("x", day, Redraw(seed=5, busy=2.0)).visits
    assert len(drawn) == 2 * len(day.visits)
    assert Counter(int((visit.arrival - 0.5) // BLOCK_S) for visit in drawn).keys() <= came.keys()
    half = redrawn("x", day, Redraw(seed=5, busy=0.5)).visits
    assert 0.4 < len(half) / len(day.visits) < 0.6


def test_absent_windows_serve_nobody(day: RecordedDay) -> None:
    some = {visit.window for visit in redrawn("x", day, Redraw(seed=6, absent=0.7)).visits}
    assert some < {visit.window for visit in day.visits}
    none = redrawn("x", day, Redraw(seed=6, absent=1.0)).visits
    assert {visit.outcome for visit in none} == {Outcome.LEFT}


def test_nobody_loses_patience_where_nobody_did(day: RecordedDay) -> None:
    patient = RecordedDay(name="d", visits=tuple(v for v in day.visits if v.call is not None))
    assert habits(patient).patience_s is None
    visits = redrawn("x", patient, Redraw(seed=7, busy=0.7)).visits
    last = max(visit.call or 0 for visit in visits)
    assert all(visit.end is not None and visit.end >= last for visit in visits if visit.outcome is Outcome.LEFT)


def test_cuts_keep_what_they_say(day: RecordedDay) -> None:
    assert {visit.line for visit in cuts.of_lines(day, "IN", "NE").visits} == {"IN", "NE"}
    assert all(9 * HOUR <= visit.arrival < 10 * HOUR for visit in cuts.between(day, 9, 10).visits)
    assert {visit.line for visit in cuts.in_one_line(day).visits} == {"-"}
    assert 0.4 < len(cuts.some_visits(day, 0.5, seed=1).visits) / len(day.visits) < 0.6
    windows = {visit.window for visit in cuts.some_windows(day, 0.4, seed=1).visits} - {None}
    assert len(windows) == 2


def test_days_in_a_row_are_a_day_apart_and_no_ticket_comes_twice(day: RecordedDay) -> None:
    both = cuts.in_a_row(day, day).visits
    assert len({visit.ticket for visit in both}) == 2 * len(day.visits)
    assert both[len(day.visits)].arrival - both[0].arrival == 86_400
    assert both[len(day.visits)].waited_s == both[0].waited_s


def test_the_two_lists_make_different_days_and_each_can_be_judged(day: RecordedDay) -> None:
    tuned, held_out = list(cuts.tuned(day)), list(cuts.held_out(day))
    assert (len(tuned), len(held_out)) == (22, 23)
    seeds = [how.seed for how in (*cuts.TUNED, *cuts.HELD_OUT)]
    assert len(set(seeds)) == len(seeds)
    names = [one.name for one in (*tuned, *held_out)]
    assert len(set(names)) == len(names)
    assert len({one.visits for one in (*tuned, *held_out)}) == len(names)
    judged = judge(held_out[-1])
    assert judged.scores[0].waits == sum(visit.call is not None for visit in held_out[-1].visits)

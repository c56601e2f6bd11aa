"""The harness: nothing of the future reaches a prediction, scores are what they say, and the estimate wins."""

from __future__ import annotations

import msgspec
import pytest

from bench.wait import halls
from bench.wait.recorded import Outcome, RecordedDay, Shift, Visit
from bench.wait.replay import Prediction, replay
from bench.wait.report import table
from bench.wait.rules import all_rules
from bench.wait.score import Judged, Score, judge, pinball, score
from bench.wait.simulated import simulate
from hall_queue.wait import Wait


def visit(ticket: str, arrival: float, call: float | None, end: float, window: str | None = "W") -> Visit:
    """One visit of line A."""
    outcome = Outcome.LEFT if call is None else Outcome.SERVED
    return Visit(
        ticket=ticket, line="A", arrival=arrival, call=call, start=call, end=end, window=window, outcome=outcome
    )


def known_at(day: RecordedDay, at: float) -> RecordedDay:
    """The same day up to a moment, with another future: whatever was not over then never ends."""

    def cut(one: Visit) -> Visit:
        call = one.call if one.call is not None and one.call < at else None
        start = one.start if one.start is not None and one.start < at else None
        end = one.end if one.end is not None and one.end < at else None
        outcome = one.outcome if end is not None or call is not None else Outcome.LEFT
        return msgspec.structs.replace(one, call=call, start=start, end=end, outcome=outcome)

    visits = tuple(cut(one) for one in day.visits if one.arrival < at)
    return RecordedDay(name=day.name, visits=visits, shifts=day.shifts)


@pytest.mark.parametrize("kind", halls.KINDS)
def test_another_future_changes_no_earlier_prediction(kind: str) -> None:
    day = halls.recorded(simulate(halls.drawn(3)), kind)
    told = {found.visit.ticket: found.waits for found in replay(day, all_rules())}
    for at in (10.5 * 3_600, 13.0 * 3_600):
        for found in replay(known_at(day, at), all_rules()):
            assert told[found.visit.ticket] == found.waits


def test_a_simulated_hall_is_the_same_every_time_and_keeps_its_windows_to_one_visit() -> None:
    plan = halls.drawn(5)
    day = simulate(plan)
    assert day == simulate(plan)
    ends: dict[str, float] = {}
    for one in sorted((one for one in day.visits if one.call is not None), key=lambda one: one.call or 0.0):
        assert one.window is not None
        assert one.call is not None
        assert one.end is not None
        assert one.arrival <= one.call <= one.end
        assert ends.get(one.window, 0.0) <= one.call
        ends[one.window] = one.end


def test_scores_by_hand() -> None:
    said = Wait(p50=100, p90=200)
    predictions = [
        Prediction(visit=visit("t1", 0.0, 50.0, 60.0), waits=(said,)),
        Prediction(visit=visit("t2", 0.0, 300.0, 310.0), waits=(said,)),
    ]
    found = score("x", 0, predictions)
    assert (found.error_s, found.bias_s, found.coverage) == (125.0, -75.0, 0.5)
    assert found.pinball_50 == found.error_s / 2
    assert found.pinball_90 == pytest.approx((0.1 * 150 + 0.9 * 100) / 2)
    assert pinball(10.0, 10.0, 0.9) == 0


def test_the_naive_rules_say_what_they_are_called_for() -> None:
    visits = (
        visit("first", 0.0, 10.0, 110.0),
        visit("second", 5.0, 110.0, 210.0),
        visit("third", 120.0, 210.0, 220.0),
        visit("fourth", 130.0, 220.0, 230.0),
    )
    shift = Shift(window="W", lines=("A",), begin=0.0, end=500.0)
    told = {
        found.visit.ticket: found.waits
        for found in replay(RecordedDay(name="d", visits=visits, shifts=(shift,)), all_rules())
    }
    assert told["fourth"][1].p50 == 100  # one ahead × 100 s ÷ one window
    assert told["fourth"][2].p50 == 105  # the second was called last


def test_the_rule_of_all_people_sees_the_lines_that_share_a_window() -> None:
    others = (msgspec.structs.replace(visit("other", 2.0, 110.0, 200.0), line="B"),)
    visits = (visit("first", 0.0, 0.0, 100.0), *others, visit("second", 101.0, 200.0, 300.0))
    shift = Shift(window="W", lines=("A", "B"), begin=0.0, end=500.0)
    found = replay(RecordedDay(name="d", visits=visits, shifts=(shift,)), all_rules())
    assert [wait.p50 for wait in found[-1].waits[1:]] == [0, 0, 100]  # one of line B × 100 s ÷ one window


def test_a_rule_that_is_only_shown_decides_nothing_and_is_shown_where_it_says_something_else() -> None:
    def found(rule: str, error_s: float, coverage: float) -> Score:
        half = error_s / 2
        return Score(
            rule=rule, waits=9, error_s=error_s, bias_s=0.0, pinball_50=half, pinball_90=half, coverage=coverage
        )

    scores = tuple(found(rule.name, error, 0.9) for rule, error in zip(all_rules(), (10, 20, 30, 5), strict=True))
    judged = Judged(name="d", mean_wait_s=1.0, at_once=0.0, scores=scores, hours={})
    assert judged.holds
    assert table([judged]).count("\n") == 5
    same = (*scores[:3], msgspec.structs.replace(scores[1], rule=scores[3].rule))
    assert table([msgspec.structs.replace(judged, scores=same)]).count("\n") == 4
    worse = (msgspec.structs.replace(scores[0], coverage=0.96, error_s=20.0), *scores[1:])
    assert len(msgspec.structs.replace(judged, scores=worse).misses) == 2


def test_whoever_is_told_no_wait_is_in_the_way_all_the_same() -> None:
    untold = msgspec.structs.replace(visit("untold", 5.0, 100.0, 200.0), is_told=False)
    visits = (
        visit("first", 0.0, 0.0, 100.0),
        untold,
        visit("second", 150.0, 200.0, 300.0),
        visit("third", 160.0, 300.0, 310.0),
    )
    shift = Shift(window="W", lines=("A",), begin=0.0, end=500.0)
    found = replay(RecordedDay(name="d", visits=visits, shifts=(shift,)), all_rules())
    assert [one.visit.ticket for one in found] == ["first", "second", "third"]
    assert found[-1].waits[1].p50 == 100
    assert found[1].waits[2].p50 == 0, "its wait is not the last one seen"


def test_visits_without_window_and_end_can_be_replayed() -> None:
    visits = tuple(
        msgspec.structs.replace(visit(f"t{n}", 60.0 * n, 60.0 * n + 90, 0.0, None), end=None) for n in range(30)
    )
    assert len(replay(RecordedDay(name="d", visits=visits), all_rules())) == 30


@pytest.mark.parametrize(
    "name", ["four windows, 5 % no-shows", "lunch in two turns", "services grow slower, a window opens late"]
)
def test_the_estimate_beats_both_naive_rules(name: str) -> None:
    judged = judge(next(day for day in halls.named() if day.name == name))
    assert judged.misses == []

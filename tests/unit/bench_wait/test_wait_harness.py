"""The harness: nothing of the future reaches a prediction, scores are what they say, and the estimate wins."""

from __future__ import annotations

import msgspec
import pytest

from bench.wait import halls
from bench.wait.recorded import Outcome, RecordedDay, Shift, Visit
from bench.wait.replay import Prediction, replay
from bench.wait.rules import all_rules
from bench.wait.score import judge, pinball, score
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

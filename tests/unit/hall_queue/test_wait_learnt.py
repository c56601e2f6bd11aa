"""The learning estimate: never below zero, p50 ≤ p90, the same twice, longer with more people ahead (rule 19)."""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_queue.wait import Accuracy, Situation, Wait, Waits
from hall_queue.wait.blend import Blend, median, middle
from hall_queue.wait.naive import NaiveRule
from hall_queue.wait.spread import Margin, Sample


@dataclass(frozen=True)
class Step:
    """One happening of a made-up day."""

    after_s: float
    what: str
    line: str
    situation: Situation


SITUATIONS = st.builds(
    Situation,
    ahead=st.integers(0, 300),
    servers=st.floats(0.05, 60),
    idle=st.integers(0, 5),
    windows=st.integers(0, 60),
    ahead_all=st.integers(0, 900),
    known=st.booleans(),
)
STEPS = st.lists(
    st.builds(
        Step,
        after_s=st.floats(0, 4_000),
        what=st.sampled_from(["issue", "issue", "call", "call", "free", "leave", "night"]),
        line=st.sampled_from("AB"),
        situation=SITUATIONS,
    ),
    max_size=60,
)


def played(steps: list[Step]) -> tuple[Waits, list[Wait], float]:
    """Waits that lived through a day, what was told on the way, and the time."""
    waits, told, at = Waits(), [], 1_750_000_000.0
    waiting: list[tuple[str, str]] = []
    serving: list[str] = []
    for number, step in enumerate(steps):
        at += step.after_s
        if step.what == "issue":
            told.append(waits.issued(f"t{number}", step.line, step.situation, at))
            waiting.append((f"t{number}", step.line))
        elif step.what == "call" and waiting:
            ticket, line = waiting.pop(0)
            waits.called(ticket, line, at)
            serving.append(ticket)
        elif step.what == "leave" and waiting:
            waits.left(waiting.pop()[0], at)
        elif step.what == "free" and serving:
            waits.freed(serving.pop(0), at)
        elif step.what == "night":
            waits.day_opened()
            waiting.clear()
            serving.clear()
    return waits, told, at


@given(STEPS, SITUATIONS)
def test_never_below_zero_and_p50_is_at_most_p90(steps: list[Step], situation: Situation) -> None:
    waits, told, at = played(steps)
    for wait in [*told, waits.estimate("A", situation, at), waits.estimate("unknown", situation, at)]:
        assert 0 <= wait.p50 <= wait.p90


@given(STEPS)
def test_the_same_happenings_give_the_same_answers(steps: list[Step]) -> None:
    assert played(steps)[1] == played(steps)[1]


@given(STEPS, SITUATIONS)
def test_asking_changes_nothing(steps: list[Step], situation: Situation) -> None:
    waits, _, at = played(steps)
    first = waits.estimate("A", situation, at)
    waits.estimate("B", situation, at + 50)
    assert waits.estimate("A", situation, at) == first


@given(
    STEPS, st.integers(1, 200), st.integers(1, 100), st.floats(0.5, 30), st.integers(1, 30)
)  # people are ahead already, so the regime stays
def test_more_people_ahead_never_shorten_p50(
    steps: list[Step], ahead: int, more: int, servers: float, windows: int
) -> None:
    waits, _, at = played(steps)

    def p50(people: int) -> int:
        found = Situation(ahead=people, servers=servers, windows=windows, ahead_all=people)
        return waits.estimate("A", found, at).p50

    assert p50(ahead) <= p50(ahead + more)


def test_a_new_hall_tells_nobody_to_wait_at_an_idle_window() -> None:
    assert Waits().estimate("A", Situation(ahead=0, idle=1), 0.0) == Wait(p50=0, p90=0)


def test_small_waits_at_idle_windows_are_learnt() -> None:
    waits = Waits()
    for number in range(40):
        at = number * 600.0
        waits.issued(f"t{number}", "A", Situation(ahead=0, idle=1), at)
        waits.called(f"t{number}", "A", at + 10 + number % 5)
        waits.freed(f"t{number}", at + 200)
    wait = waits.estimate("A", Situation(ahead=0, idle=1), 40 * 600.0)
    assert 10 <= wait.p50 <= wait.p90 <= 14


def test_long_services_are_noticed_before_the_first_has_ended() -> None:
    waits = Waits()
    for number in range(4):
        waits.issued(f"t{number}", "A", Situation(ahead=0, idle=4 - number, windows=4), 0.0)
        waits.called(f"t{number}", "A", 0.0)
    found = Situation(ahead=8, servers=4.0, windows=4, ahead_all=8)
    assert waits.estimate("A", found, 1_800.0).p50 > 1.5 * waits.estimate("A", found, 60.0).p50


def test_who_waits_a_second_time_teaches_nothing() -> None:
    waits = Waits()
    waits.issued("t", "A", Situation(ahead=0, idle=1), 0.0)
    waits.called("t", "A", 5.0)
    waits.freed("t", 50.0)
    waits.called("t", "B", 900.0)
    waits.freed("t", 950.0)
    waits.freed("t", 990.0)
    assert waits.estimate("B", Situation(ahead=0, idle=1), 1_000.0) == Wait(p50=0, p90=0)


def test_the_blend_moves_to_the_forecast_that_is_right_and_stays_a_blend() -> None:
    blend = Blend((1.0, 1.0, 1.0))
    for _ in range(60):
        blended = middle((10.0, 15.0, 20.0), blend.weights, 1.0)
        blend.learn((10.0, 15.0, 20.0), blended, 10.0, 10.0)
    assert abs(sum(blend.weights) - 1) < 1e-9
    assert blend.weights[0] > 0.7 > blend.weights[1] > blend.weights[2] > 0


def test_two_forecasts_wrong_on_both_sides_are_mixed() -> None:
    blend = Blend((1.0, 1.0))
    for _ in range(200):
        blend.learn((80.0, 140.0), middle((80.0, 140.0), blend.weights, 1.0), 100.0, 100.0)
    assert abs(middle((80.0, 140.0), blend.weights, 1.0) - 100.0) < 10


def test_a_blend_for_the_upper_end_prefers_too_long_to_too_short() -> None:
    low, high = Blend((1.0, 1.0), 0.5), Blend((1.0, 1.0), 0.9)
    for blend in (low, high):
        for number in range(60):
            mixed = sum(weight * one for weight, one in zip(blend.weights, (50.0, 100.0), strict=True))
            blend.learn((50.0, 100.0), mixed, 100.0 if number % 3 == 0 else 40.0, 300.0)
    assert high.weights[1] > low.weights[1]


@given(st.lists(st.tuples(st.floats(0, 9_000), st.floats(0.01, 1)), min_size=1, max_size=12))
def test_what_is_blended_lies_between_the_forecasts(pairs: list[tuple[float, float]]) -> None:
    values = [value for value, _ in pairs]
    weights = [weight / sum(weight for _, weight in pairs) for _, weight in pairs]
    assert min(values) - 0.01 <= middle(values, weights, 1.0) <= max(values) + 0.01
    assert median(values, weights) in values


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=50), st.floats(0.01, 0.99))
def test_a_quantile_lies_within_the_last_values(values: list[float], level: float) -> None:
    sample = Sample(8, [0.0])
    for value in values:
        sample.add(value)
    kept = [0.0, *values][-8:]
    assert min(kept) <= sample.quantile(level) <= max(kept)


def test_the_margin_grows_with_misses_and_shrinks_without() -> None:
    margin = Margin()
    first = margin.factor
    margin.learn(is_above=True)
    grown = margin.factor
    margin.learn(is_above=False)
    assert first < grown
    assert margin.factor < grown


def test_where_nobody_waits_beyond_p90_it_comes_down_to_p50() -> None:
    margin = Margin()
    for _ in range(400):
        margin.learn(is_above=False)
    assert margin.factor == 0


def test_a_new_day_answers_to_its_own_misses_sooner() -> None:
    def grown(*, is_new_day: bool) -> float:
        margin = Margin()
        for number in range(2_000):
            margin.learn(is_above=number % 10 == 0)
        if is_new_day:
            margin.day_opened()
        before = margin.factor
        for _ in range(10):
            margin.learn(is_above=True)
        return margin.factor / before

    assert grown(is_new_day=True) > grown(is_new_day=False) > 1


@pytest.mark.parametrize("width", [0.8, 1.0, 3.0])
def test_the_share_above_tends_to_a_tenth_whatever_the_width(width: float) -> None:
    margin, above = Margin(), 0
    for number in range(1, 301):
        truth = (number * 7_919) % 1_000 / 1_000  # evenly spread over 0 to 1, in no order
        is_above = truth > width * 0.5 * margin.factor
        above += is_above
        margin.learn(is_above=is_above)
    assert 0.05 <= above / 300 <= 0.15


def test_the_naive_rule_among_the_forecasts_learns_services() -> None:
    naive = NaiveRule()
    assert naive.wait_s("A", Situation(ahead=3, windows=2), 100.0) == 150
    naive.served("A", 60.0)
    assert naive.wait_s("A", Situation(ahead=3, windows=2)) == 90
    assert naive.wait_s("B", Situation(ahead=3, windows=0)) == 180


def test_accuracy_counts_the_estimate_beside_the_naive_rule() -> None:
    accuracy = Accuracy()
    accuracy.served("A", 100.0)
    found = Situation(ahead=4, windows=2)
    accuracy.issued("t1", "A", found, 0.0, Wait(p50=250, p90=400))
    accuracy.issued("t2", "A", found, 0.0, Wait(p50=250, p90=400))
    accuracy.issued("t3", "A", found, 0.0, Wait(p50=250, p90=400))
    accuracy.called("t1", 300.0)
    accuracy.called("t1", 800.0)
    accuracy.called("t2", 500.0)
    accuracy.left("t3")
    figures = accuracy.picture().lines["A"]
    assert (figures.waits, figures.error_s, figures.naive_error_s, figures.coverage) == (2, 150.0, 200.0, 0.5)
    assert figures.pinball_90_s == 50.0  # 0.1 × 100 below, 0.9 × 100 above
    assert accuracy.picture().hall == figures
    accuracy.day_opened()
    assert accuracy.picture().hall.coverage is None


def test_the_margin_carries_p90_no_farther_than_people_ever_waited() -> None:
    waits, at = Waits(), 0.0
    for _ in range(200):
        waits._hall.margin.learn(is_above=True)  # as after a morning of broken promises: it is at its widest
    for number in range(200):
        waits.issued(f"t{number}", "A", Situation(ahead=3), at)
        at += 700.0
        waits.called(f"t{number}", "A", at)
        waits.freed(f"t{number}", at + 60.0)
    told = waits.estimate("A", Situation(ahead=3), at)
    assert 650 <= told.p90 <= 1.3 * 700 + 1


def test_where_p90_was_kept_too_often_it_is_rounded_down() -> None:
    ample, short = Margin(), Margin()
    for _ in range(200):
        ample.learn(is_above=False)
        short.learn(is_above=True)
    assert ample.is_ample
    assert not short.is_ample
    assert not Margin().is_ample


def test_what_is_worked_out_once_after_each_lesson_is_what_would_be_worked_out_now() -> None:
    """The blend of line and hall, its upper end and the margin are remembered; any lesson must make them anew."""
    rng, waits, at = random.Random(7), Waits(), 1_000_000.0
    waiting: list[tuple[str, str]] = []
    for number in range(400):
        at += rng.expovariate(1 / 30)
        line, found = rng.choice("abc"), Situation(ahead=rng.randrange(9), windows=rng.randrange(4), ahead_all=9)
        waits.issued(str(number), line, found, at)
        waiting.append((str(number), line))
        if rng.random() < 0.8:
            ticket, of = waiting.pop(0)
            waits.called(ticket, of, at)
            at += rng.random()
            waits.freed(ticket, at)
        asked = rng.choice("abc")
        assert waits.estimate(asked, found, at) == _without_what_is_remembered(waits).estimate(asked, found, at)


def _without_what_is_remembered(waits: Waits) -> Waits:
    bare = deepcopy(waits)
    bare._hall.margin.known_factor = None
    for line in bare._lines.values():
        line.lessons = [None for _ in line.lessons]
    return bare

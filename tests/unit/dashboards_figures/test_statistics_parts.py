"""Bins, percentiles, cells and periods: the pure parts of the figures."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.figures import waits
from dashboards.figures.asked import Asked, GroupBy, year_before
from dashboards.figures.cells import CUBES, Dim, Sums, cube_for
from dashboards.figures.compute import figures
from dashboards.figures.formulas import FORMULAS
from evaluation.figures.period import Period
from tests.fakes.plain_statistics import edge

SECOND = 1_000_000
DAY_US = 90_000 * SECOND
some_waits = st.lists(st.integers(0, DAY_US), min_size=1, max_size=40)


def histogram(found: list[int]) -> int:
    return sum(waits.one(wait) for wait in found)


@given(st.one_of(st.integers(0, DAY_US), st.sampled_from([edge_s * SECOND for edge_s in waits.EDGES])))
def test_a_wait_lies_in_the_bin_whose_edge_is_the_next_one(wait_us: int) -> None:
    assert waits.EDGES[waits.bin_of(wait_us)] == edge(wait_us)


@given(some_waits, st.integers(1, 100))
def test_a_percentile_is_never_too_short_and_at_most_a_bin_too_long(found: list[int], share: int) -> None:
    rank = -(-len(found) * share // 100)
    exact_s = sorted(found)[rank - 1] / SECOND
    reached = waits.rank_edge_s(histogram(found), rank)
    if exact_s <= 43_200:
        before = waits.EDGES[max(0, waits.EDGES.index(reached) - 1)]
        assert before < exact_s <= reached or exact_s == reached == 0
    assert reached == edge(sorted(found)[rank - 1])


@given(some_waits, some_waits)
def test_adding_histograms_is_counting_together(one: list[int], other: list[int]) -> None:
    assert histogram(one) + histogram(other) == histogram([*one, *other])


@given(st.lists(st.integers(0, DAY_US), max_size=400), st.sampled_from((1, 300)))
def test_a_histogram_comes_back_as_it_was_stored(found: list[int], times: int) -> None:
    whole = histogram(found) * times
    assert waits.unpacked(waits.packed(whole)) == whole


def test_a_thousand_waits_of_the_same_length_stay_in_one_bin() -> None:
    assert list(waits.bins(waits.one(61 * SECOND) * 1_000)) == [0, 0, 0, 0, 0, 1_000]


def test_every_full_minute_of_a_goal_is_an_edge() -> None:
    assert {minute * 60 for minute in range(1, 241)} <= set(waits.EDGES)


def test_where_nothing_divides_there_is_no_value() -> None:
    found = figures(Sums(), goal_min=20)
    assert {one.value for one in found if one.denominator is not None} == {None}
    assert {one.value for one in found if one.denominator is None} == {0}


def test_every_figure_names_fields_that_there_are() -> None:
    known = {*Sums.__struct_fields__, "on_time", "unended"}
    assert {name for one in FORMULAS for name in (one.top, one.bottom) if name} <= known
    assert len({one.id for one in FORMULAS}) == len(FORMULAS)


def test_the_smallest_cells_that_know_enough_are_read() -> None:
    assert [cube_for(dims) for dims in ((), (Dim.LINE,), (Dim.STAFF,), (Dim.HOUR, Dim.LINE))] == [
        *(CUBES[0], CUBES[1], CUBES[4], CUBES[3])
    ]
    assert cube_for((Dim.HOUR, Dim.WINDOW)) is None


@pytest.mark.parametrize(
    ("first", "last", "months", "days"),
    [
        ("2026-11-01", "2026-11-30", ["2026-11"], []),
        ("2026-11-01", "2026-11-29", [], [("2026-11-01", "2026-11-29")]),
        (
            "2025-12-30",
            "2026-03-02",
            ["2026-01", "2026-02"],
            [("2025-12-30", "2025-12-31"), ("2026-03-01", "2026-03-02")],
        ),
        ("2025-01-01", "2026-02-28", ["2025", "2026-01", "2026-02"], []),
        ("2026-11-23", "2026-11-23", [], [("2026-11-23", "2026-11-23")]),
    ],
)
def test_a_period_is_whole_months_and_the_days_beside_them(
    first: str, last: str, months: list[str], days: list[tuple[str, str]]
) -> None:
    asked = Asked(period=Period(first=date.fromisoformat(first), last=date.fromisoformat(last)))
    assert asked.spans() == (months, days)
    assert not any(len(span) == 4 for span in msgspec.structs.replace(asked, by=GroupBy.MONTH).spans()[0])
    assert msgspec.structs.replace(asked, by=GroupBy.DAY).spans() == ([], [(first, last)])


def test_the_year_before_a_leap_day_is_the_day_before_march() -> None:
    found = year_before(Period(first=date(2028, 2, 29), last=date(2028, 3, 31)))
    assert found == Period(first=date(2027, 2, 28), last=date(2027, 3, 31))

"""Who stands on the roll of honour, which days are shown, and what may be published at all."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.efficiency.honours import Candidate, Place, roll
from dashboards.efficiency.model import HonoursOf, Publication, Span, closed, running
from dashboards.efficiency.service import check
from hall_server.errors import Invalid

RULE = Publication(places=2, served_least=10, good_least_percent=90, on_time_least_percent=80)
BEST = Candidate(key="w1", served=20, good=(20, 20), on_time=(19, 20))


def places(*candidates: Candidate, rule: Publication = RULE) -> list[tuple[int, str]]:
    return [(one.place, one.key) for one in roll(candidates, rule)]


def other(key: str, **fields: object) -> Candidate:
    return msgspec.structs.replace(BEST, key=key, **fields)


def test_good_ratings_go_first_then_calls_in_time_then_visits_served() -> None:
    found = (
        other("less served", served=19),
        other("less in time", on_time=(18, 20)),
        other("less good", good=(19, 20)),
        BEST,
    )
    everybody = msgspec.structs.replace(RULE, places=4)
    assert [key for _, key in places(*found, rule=everybody)] == ["w1", "less served", "less in time", "less good"]
    assert places(*found) == [(1, "w1"), (2, "less served")]


def test_the_same_figures_share_a_place_and_the_next_one_is_passed_over() -> None:
    twin = other("w2", good=(40, 40), on_time=(38, 40))
    assert places(twin, BEST, other("w3", served=19)) == [(1, "w1"), (1, "w2")]


@pytest.mark.parametrize(
    "short",
    [{"served": 9}, {"good": (89, 100)}, {"on_time": (79, 100)}, {"good": None}, {"on_time": None}, {"good": (0, 0)}],
)
def test_who_does_not_reach_a_mark_or_is_too_small_to_be_published_is_not_on_it(short: dict[str, object]) -> None:
    assert places(other("w2", **short), BEST) == [(1, "w1")]
    just = other("w2", served=10, good=(90, 100), on_time=(80, 100))
    assert places(just) == [(1, "w2")], "whoever reaches all marks is"


SHARES = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(st.builds(Candidate, key=st.uuids().map(str), served=st.integers(0, 30), good=SHARES, on_time=SHARES)))
def test_nobody_who_is_left_out_is_better_than_somebody_on_it(candidates: list[Candidate]) -> None:
    found = roll(candidates, RULE)
    by_key = {one.key: one for one in candidates}
    assert [one.place for one in found] == sorted(one.place for one in found)
    assert all(isinstance(one, Place) and one.place <= RULE.places for one in found)
    assert all(by_key[one.key].served >= RULE.served_least for one in found)
    assert {one.key for one in found} == {one.key for one in roll(reversed(candidates), RULE)}


def test_days_run_from_monday_and_from_the_first_and_the_roll_is_of_whole_ones_before() -> None:
    sunday, first = date(2026, 11, 22), date(2026, 3, 1)
    assert (running(Span.WEEK, sunday).first, running(Span.WEEK, sunday).last) == (date(2026, 11, 16), sunday)
    assert running(Span.MONTH, sunday).first == date(2026, 11, 1)
    assert running(Span.DAY, sunday).days == 1
    week, month = closed(HonoursOf.WEEK, sunday), closed(HonoursOf.MONTH, first)
    assert week is not None
    assert month is not None
    assert (week.first, week.last) == (date(2026, 11, 9), date(2026, 11, 15))
    assert (month.first, month.last) == (date(2026, 2, 1), date(2026, 2, 28))
    assert closed(HonoursOf.NONE, sunday) is None


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"figures": ("visits", "salary")}, "efficiency.figure_unknown", "figures"),
        ({"figures": ("visits", "visits")}, "efficiency.figures_many", "figures"),
        ({"places": 0}, "efficiency.out_of_range", "places"),
        ({"good_least_percent": 101}, "efficiency.out_of_range", "good_least_percent"),
        ({"figures": ("visits",)}, "efficiency.honours_need", "honours"),
    ],
)
def test_what_cannot_be_published_is_refused_at_its_field(change: dict[str, object], code: str, field: str) -> None:
    check(Publication())
    with pytest.raises(Invalid) as refused:
        check(msgspec.structs.replace(Publication(), **change))
    assert (refused.value.code, refused.value.fields["field"]) == (code, f"publication.{field}")

"""The figures of cases: one denominator, the same numbers for the same cases."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from statistics import mean
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.catalogue.model import CaseType
from cases.clocks.counting import clock_now
from cases.clocks.model import ClockFacts, ClockKind, Suspension
from cases.clocks.terms import Terms
from cases.figures.compute import CaseFigure, figures, figures_of
from cases.figures.facts import CaseFacts, with_clocks
from cases.figures.formulas import BY_ID, FORMULAS, Measure
from cases.figures.sums import CaseSums, Days, GroupBy, grouped, summed
from cases.model import Channel, Outcome
from hall_server.directory.calendar import WorkCalendar

MONDAY = date(2026, 11, 2)
LOCALES = Path(__file__).resolve().parents[3] / "cases" / "locales"
CASE = CaseFacts(
    case="c1", matter="m1", department="d1", hall="h1", case_type=CaseType.PROMISED, channel=Channel.WINDOW,
    received_on=MONDAY, accepted_on=MONDAY, decided_on=MONDAY + timedelta(days=4), closed_on=MONDAY + timedelta(days=5),
    outcome=Outcome.GRANTED, statute_workdays=20, promise_workdays=10, used_workdays=4, early_workdays=6,
    materials_listed=5, materials_brought=3,
)  # fmt: skip


def case(**changes: object) -> CaseFacts:
    return msgspec.structs.replace(CASE, **changes)


IMMEDIATE = case(
    matter="m2", case_type=CaseType.IMMEDIATE, decided_on=MONDAY, used_workdays=0, early_workdays=0, promise_workdays=0
)
LATE = case(decided_on=date(2026, 11, 20), used_workdays=14, early_workdays=0, is_over_promise=True)
WITHDRAWN = case(decided_on=None, is_withdrawn=True, used_workdays=None, is_over_promise=True)
OPEN = case(decided_on=None, closed_on=None, outcome=None, used_workdays=None)


def parts(found: dict[str, CaseFigure], id_: str) -> tuple[int, int | None]:
    return found[id_].numerator, found[id_].denominator


def test_every_figure_of_a_small_hall() -> None:
    found = figures_of([CASE, IMMEDIATE, LATE, WITHDRAWN, OPEN])
    assert {id_: parts(found, id_) for id_ in found} == {
        "received": (5, None),
        "accepted": (4, None),
        "decided": (3, None),
        "withdrawn": (1, None),
        "open": (1, None),
        "open_overdue": (0, None),
        "immediate_case_rate": (1, 3),
        "immediate_matter_rate": (1, 2),
        "same_day_rate": (1, 3),
        "early_rate": (1, 2),
        "on_time_rate": (2, 3),
        "overdue_rate": (1, 3),
        "overdue_statute_rate": (0, 3),
        "promise_saved_rate": (10 + 20 + 10, 60),
        "handling_saved_rate": (16 + 20 + 6, 60),
        "online_rate": (0, 3),
        "one_window_rate": (3, 3),
        "visits_mean": (3, 3),
        "one_notice_rate": (0, 0),
        "second_notice_rate": (0, 0),
        "duration_mean": (18, 3),
        "duration_median": (2, 3),
        "duration_p90": (3, 3),
        "materials_saved_rate": (6, 15),
    }
    assert [found[id_].value for id_ in ("duration_mean", "duration_median", "duration_p90")] == [6, 4, 14]
    assert found["one_notice_rate"].value is None


def test_withdrawn_cases_leave_the_denominators() -> None:
    """Traps: withdrawn before or after the decision, late or not, a case is in no rate."""
    withdrawn = [WITHDRAWN, case(is_withdrawn=True), case(is_withdrawn=True, is_over_promise=True, notices=2)]
    with_them, without = (
        {id_: parts(found, id_) for id_ in BY_ID if BY_ID[id_].kind is not Measure.COUNT}
        for found in (figures_of([CASE, LATE, *withdrawn]), figures_of([CASE, LATE]))
    )
    assert with_them == without


def test_a_matter_done_on_the_spot_is_never_overdue() -> None:
    """即办件 never overdue, and never early either."""
    found = figures_of([msgspec.structs.replace(IMMEDIATE, is_over_promise=True, is_over_statute=True)])
    assert [found[id_].value for id_ in ("on_time_rate", "overdue_rate", "overdue_statute_rate")] == [1, 0, 0]
    assert parts(found, "early_rate") == (0, 0)


@pytest.mark.parametrize(
    ("changes", "one", "second"),
    [
        ({}, (0, 0), (0, 0)),
        ({"notices": 1}, (1, 1), (0, 1)),
        ({"notices": 1, "is_notice_late": True}, (0, 1), (0, 1)),
        ({"notices": 2}, (0, 1), (1, 1)),
        ({"is_notice_late": True}, (0, 1), (0, 0)),  # it never came
    ],
)
def test_notices_are_one_and_in_time(changes: dict[str, object], one: tuple[int, int], second: tuple[int, int]) -> None:
    """行政许可法 32."""
    found = figures_of([case(**changes)])
    assert (parts(found, "one_notice_rate"), parts(found, "second_notice_rate")) == (one, second)


def test_a_case_counts_on_the_day_of_each_thing() -> None:
    week = Days(first=MONDAY, last=MONDAY + timedelta(days=6))
    before = Days(last=MONDAY - timedelta(days=1))
    assert [summed([CASE, LATE], week).received, summed([CASE, LATE], week).decided] == [2, 1]
    assert summed([CASE, LATE], before) == CaseSums()
    assert (summed([CASE], Days(last=MONDAY)).open, summed([CASE], week).open) == (1, 0)


def test_an_open_case_over_its_promise_is_counted_though_it_is_in_no_rate() -> None:
    found = figures_of([case(decided_on=None, closed_on=None, is_over_promise=True)])
    assert (found["open_overdue"].value, found["overdue_rate"].value) == (1, None)


def test_clocks_say_what_was_used_without_special_procedures() -> None:
    """Duration in working days net of special procedures (行政许可法 45)."""
    zone = ZoneInfo("Asia/Shanghai")
    terms = Terms(calendar=WorkCalendar(), zone=zone, closes=time(17, 30))
    start, end = datetime(2026, 11, 2, 9, tzinfo=zone), datetime(2026, 11, 20, 9, tzinfo=zone)
    stands = (Suspension(datetime(2026, 11, 4, 9, tzinfo=zone), datetime(2026, 11, 11, 9, tzinfo=zone)),)
    promise, statute = (
        clock_now(
            ClockFacts(kind=kind, started_at=start, limit_workdays=limit, suspensions=stands, ended_at=end),
            terms=terms,
            now=end,
        )
        for kind, limit in ((ClockKind.PROMISE, 8), (ClockKind.STATUTE, 20))
    )
    found = with_clocks(CASE, promise=promise, statute=statute)
    assert (found.used_workdays, found.suspended_workdays, found.early_workdays) == (9, 5, 0)
    assert (found.is_over_promise, found.is_over_statute) == (True, False)
    without = with_clocks(CASE, promise=None, statute=statute)
    assert (without.is_over_promise, without.early_workdays) == (False, 11)


CASES = st.lists(
    st.builds(
        CaseFacts,
        case=st.uuids().map(str),
        matter=st.sampled_from(["m1", "m2", "m3"]),
        department=st.sampled_from(["d1", "d2"]),
        hall=st.sampled_from(["h1", "h2"]),
        case_type=st.sampled_from(CaseType),
        channel=st.sampled_from(Channel),
        is_one_window=st.booleans(),
        received_on=st.dates(MONDAY, MONDAY + timedelta(days=9)),
        accepted_on=st.just(MONDAY + timedelta(days=9)),
        decided_on=st.none() | st.dates(MONDAY + timedelta(days=9), MONDAY + timedelta(days=40)),
        closed_on=st.none() | st.dates(MONDAY + timedelta(days=40), MONDAY + timedelta(days=50)),
        is_withdrawn=st.booleans(),
        statute_workdays=st.sampled_from([0, 20, 45]),
        promise_workdays=st.integers(0, 20),
        used_workdays=st.integers(0, 60),
        early_workdays=st.integers(0, 5),
        is_over_promise=st.booleans(),
        is_over_statute=st.booleans(),
        notices=st.integers(0, 3),
        is_notice_late=st.booleans(),
        visits=st.integers(0, 5),
        materials_listed=st.integers(5, 9),
        materials_brought=st.integers(0, 5),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(CASES, st.sampled_from(GroupBy))
def test_the_parts_make_the_whole(cases: list[CaseFacts], by: GroupBy) -> None:
    """一个口径: halls and departments added up are the city."""
    whole = CaseSums()
    for part in grouped(cases, by).values():
        whole.merge(part)
    assert whole == summed(cases)
    assert figures(whole) == figures(summed(reversed(cases)))


@settings(deadline=None)
@given(CASES)
def test_rates_lie_between_nothing_and_all(cases: list[CaseFacts]) -> None:
    found = figures_of(cases)
    saved = {"promise_saved_rate", "handling_saved_rate"}
    for formula in FORMULAS:
        if formula.kind is Measure.RATE and formula.id not in saved and found[formula.id].value is not None:
            assert 0 <= (found[formula.id].value or 0) <= 1
    decided = [one.used_workdays or 0 for one in cases if one.decided_on and not one.is_withdrawn]
    assert found["on_time_rate"].numerator + found["overdue_rate"].numerator == len(decided)
    assert found["duration_mean"].value == (mean(decided) if decided else None)


def test_every_figure_is_explained_in_both_languages() -> None:
    texts = [json.loads((LOCALES / f"case_figures.{one}.json").read_text("utf-8")) for one in ("zh-CN", "en")]
    wanted = {f"case_figures.{one.id}{part}" for one in FORMULAS for part in ("", ".plain", ".formula", ".events")}
    assert all(wanted | {"case_figures.title", "case_figures.lead"} == set(text) for text in texts)
    assert len(BY_ID) == len(FORMULAS) == 24
    assert BY_ID["on_time_rate"].link == "/api/v1/cases/formulas#on_time_rate"


def test_facts_of_a_case_name_nobody() -> None:
    """曝光台 and figures: the department and the case number, never the applicant."""
    assert not {"applicant", "person", "name", "phone"} & set(CaseFacts.__struct_fields__)

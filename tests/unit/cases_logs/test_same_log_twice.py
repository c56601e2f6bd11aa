"""A log written as CSV and as XES gives the same facts, and the numbers that process-mining tools give."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.logs.importing import LogImport
from cases.logs.mapping import read_mapping
from tests.fakes.event_logs import Happened, Trace, facts, mapping, read_in, write_csv, write_xes
from tests.fakes.hall import ROOT

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=9)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]))  # fmt: skip  # noqa: DTZ001, E501  # the zone is drawn
EVENTS = st.builds(Happened, WORDS, MOMENTS, st.one_of(st.just(""), WORDS), st.sampled_from(["", "start", "complete"]))
DAYS = st.one_of(st.just(""), st.dates(datetime(2024, 1, 1, tzinfo=UTC).date(), datetime(2026, 12, 1, tzinfo=UTC).date()).map(str))  # fmt: skip  # noqa: E501  # one thing


@st.composite
def logs(draw: st.DrawFn) -> list[Trace]:
    cases = draw(st.lists(WORDS, min_size=1, max_size=6, unique=True))
    return [
        Trace(
            case, draw(st.lists(EVENTS, min_size=1, max_size=6)), draw(DAYS), draw(st.sampled_from(["", "住建局", "A"]))
        )
        for case in cases
    ]


@settings(max_examples=40, deadline=None)
@given(logs())
def test_both_ways_of_writing_give_the_same_facts(traces: list[Trace]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder) / "a", Path(folder) / "b"
        one.mkdir(), other.mkdir()
        from_csv = read_in(write_csv(one / "log.csv", traces), one)
        from_xes = read_in(write_xes(other / "log.xes", traces), other)
        assert facts(one) == facts(other)
        for name in ("cases", "events", "variants", "activities", "resources", "throughput", "on_time", "figures"):
            assert getattr(from_csv, name) == getattr(from_xes, name), name
        assert from_csv.cases == len(traces)
        assert from_csv.events == sum(len(trace.events) for trace in traces)
        assert not from_csv.dropped


@pytest.mark.parametrize("suffix", ["csv", "xes"])
def test_the_example_counts_as_a_process_mining_tool_counts_it(tmp_path: Path, suffix: str) -> None:
    """The numbers are those that pm4py 2.7.23 gave for config/example_log.xes (durations in seconds, p90 by numpy)."""
    given_mapping = read_mapping(ROOT / "config" / "example_log.toml")
    report = LogImport(ROOT / "config" / f"example_log.{suffix}", given_mapping, tmp_path).run()
    assert (report.cases, report.events, report.variants) == (48, 387, 9)
    assert (report.activities, report.resources) == (10, 9)
    assert report.throughput.mean == pytest.approx(1648567.3541666667)
    assert report.throughput.median == 1716704.5
    assert report.throughput.p90 == pytest.approx(2427813.0)
    assert (report.throughput.least, report.throughput.most) == (334040.0, 3109991.0)
    assert [(len(one.activities), one.cases) for one in report.top_variants][:3] == [(8, 21), (10, 7), (10, 6)]
    examined = next(one for one in report.by_activity if one.name == "审查")
    assert (examined.events, examined.work.n, examined.work.median) == (88, 44, 1620.0)
    assert examined.work.mean == pytest.approx(1701.8181818181818)
    assert (report.on_time.in_time, report.on_time.late) == (31, 4)


def test_a_begin_without_an_end_is_an_event_and_no_work(tmp_path: Path) -> None:
    at = datetime(2025, 3, 3, 9, tzinfo=UTC)
    events = [Happened("A", at, "x", "start"), Happened("B", at + timedelta(hours=2), "x", "complete")]
    report = read_in(write_xes(tmp_path / "log.xes", [Trace("1", events)]), tmp_path)
    assert report.events == 2
    assert [one.work.n for one in report.by_activity] == [0, 0]
    assert next(one for one in report.by_activity if one.name == "B").since_before.mean == 7200


def test_limits_count_working_or_calendar_days(tmp_path: Path) -> None:
    begin = datetime(2025, 9, 29, 9, tzinfo=timezone(timedelta(hours=8)))  # holidays from 1 to 8 October
    end = datetime(2025, 10, 11, 16, tzinfo=timezone(timedelta(hours=8)))  # a working Saturday: the fourth working day
    path = write_csv(tmp_path / "log.csv", [Trace("1", [Happened("收", begin), Happened("结", end)])])
    for limit, is_late in (
        ({"workdays": 4}, False),
        ({"workdays": 3}, True),
        ({"days": 12}, False),
        ({"days": 11}, True),
    ):
        report = read_in(path, tmp_path, mapping(limit=limit))
        assert report.on_time.late == is_late, limit


def test_a_suspended_case_is_counted_net(tmp_path: Path) -> None:
    at = datetime(2025, 3, 3, 9, tzinfo=UTC)
    steps = [Happened(name, at + timedelta(days=day)) for name, day in (("收", 0), ("停", 2), ("续", 9), ("结", 10))]
    marks = {"suspend": ["停"], "resume": ["续"], "decide": ["结"]}
    report = read_in(write_csv(tmp_path / "log.csv", [Trace("1", steps)]), tmp_path, mapping(marks=marks))
    assert report.handling.mean == timedelta(days=10).total_seconds()
    assert report.net.mean == timedelta(days=3).total_seconds()


def test_without_the_deciding_step_a_case_is_open_and_may_be_late(tmp_path: Path) -> None:
    at = datetime(2025, 3, 3, 9, tzinfo=UTC)
    traces = [
        Trace("1", [Happened("收", at)], deadline="2025-03-05"),
        Trace("2", [Happened("收", at), Happened("结", at + timedelta(days=30))], deadline="2025-03-05"),
    ]
    path = write_csv(tmp_path / "log.csv", traces)
    report = read_in(path, tmp_path, mapping(marks={"decide": ["结"]}))
    assert (report.open, report.on_time.open_late, report.on_time.late) == (1, 1, 1)
    assert report.findings["promise_over"] == 2
    assert [one.case for one in report.late_cases] == ["1", "2"]


def test_a_deadline_at_midnight_is_a_moment_unless_the_mapping_says_day(tmp_path: Path) -> None:
    at = datetime(2025, 3, 5, 9, tzinfo=timezone(timedelta(hours=8)))
    path = write_csv(tmp_path / "log.csv", [Trace("1", [Happened("结", at)], deadline="2025-03-05T00:00:00+08:00")])
    literal = read_in(path, tmp_path).on_time
    assert (literal.late, literal.at_midnight, literal.rate, literal.rate_whole_days) == (1, 1, 0.0, 1.0)
    assert read_in(path, tmp_path, mapping(times={"deadline_is": "day"})).on_time.late == 0
    dayed = write_csv(tmp_path / "day.csv", [Trace("1", [Happened("结", at)], deadline="2025-03-05")])
    assert read_in(dayed, tmp_path).on_time.late == 0

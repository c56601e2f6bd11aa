"""Due days of cases against worked dates, with the law each rests on."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.catalogue.model import ProcedureKind
from cases.clocks.counting import clock_now, due_day, net_workdays
from cases.clocks.limits import ARTICLE_45, LIMITS, Approver, LimitKind, last_day
from cases.clocks.model import ClockFacts, ClockKind, Light, Suspension
from cases.clocks.terms import Terms, closing_time
from hall_server.directory.calendar import from_years, read_years
from hall_server.directory.model import Hours, Span

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = from_years(read_years(Path(__file__).resolve().parents[3] / "config" / "calendar"))
TERMS = Terms(calendar=CALENDAR, zone=ZONE, closes=time(17, 30))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def clock(start: str, limit: int, *stands: tuple[str, str | None], kind: ClockKind = ClockKind.STATUTE) -> ClockFacts:
    suspensions = tuple(Suspension(at(since), None if until is None else at(until)) for since, until in stands)
    return ClockFacts(kind=kind, started_at=at(start), limit_workdays=limit, suspensions=suspensions)


def due(facts: ClockFacts, now: str = "2026-12-31T12:00") -> date:
    found = clock_now(facts, terms=TERMS, now=at(now)).due
    assert found == due_day(facts, terms=TERMS, now=at(now))
    return found


@pytest.mark.parametrize(
    ("start", "workdays", "last"),
    [
        ("2014-08-19", 11, "2014-09-03"),
        ("2024-09-27", 5, "2024-10-10"),  # 国庆: 29 September and 12 October are worked
        ("2025-01-24", 5, "2025-02-07"),  # 春节: 26 January is worked
        ("2026-02-12", 3, "2026-02-24"),  # 春节: 14 February is worked
        ("2023-09-27", 1, "2023-09-28"),  # the day before 中秋
        ("2020-01-22", 5, "2020-02-06"),  # 春节, made longer by 国办发明电〔2020〕1号 until 2 February
    ],
)
def test_worked_dates_of_the_domain_page(start: str, workdays: int, last: str) -> None:
    """The first day is not counted (民法典 201); limits are working days (行政许可法 82)."""
    assert CALENDAR.add_workdays(date.fromisoformat(start), workdays) == date.fromisoformat(last)
    assert CALENDAR.workdays_between(date.fromisoformat(start), date.fromisoformat(last)) == workdays
    assert due(clock(f"{start}T10:00", workdays)) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("kind", "workdays", "extension", "approver", "article"),
    [
        (LimitKind.NOTICE, 5, 0, None, "行政许可法 32"),
        (LimitKind.DECISION, 20, 10, Approver.AGENCY_HEAD, "行政许可法 42"),
        (LimitKind.JOINT, 45, 15, Approver.GOVERNMENT_HEAD, "行政许可法 42"),
        (LimitKind.LOWER_LEVEL, 20, 0, None, "行政许可法 43"),
        (LimitKind.DELIVERY, 10, 0, None, "行政许可法 44"),
        (LimitKind.HEARING_ASK, 5, 0, None, "行政许可法 47"),
        (LimitKind.HEARING_HOLD, 20, 0, None, "行政许可法 47"),
        (LimitKind.HEARING_TELL, 7, 0, None, "行政许可法 48"),
        (LimitKind.INSPECTORS, 5, 0, None, "行政许可法 55"),
    ],
)
def test_every_limit_of_the_law(
    kind: LimitKind, workdays: int, extension: int, approver: Approver | None, article: str
) -> None:
    limit = LIMITS[kind]
    assert (limit.workdays, limit.extension_workdays, limit.extended_by) == (workdays, extension, approver)
    assert limit.source.startswith(article)
    assert len(LIMITS) == len(LimitKind) == 9


def test_eight_special_procedures_are_not_counted() -> None:
    """行政许可法 45: 听证 招标 拍卖 检验 检测 检疫 鉴定 专家评审."""
    kind = ProcedureKind
    assert {
        *(kind.HEARING, kind.TENDER, kind.AUCTION, kind.EXAMINATION, kind.TEST, kind.QUARANTINE),
        *(kind.APPRAISAL, kind.EXPERTS),
    } == ARTICLE_45


def test_a_limit_backwards_is_that_long_before() -> None:
    """行政许可法 48(一): seven days before the hearing, over 国庆 and 中秋 (25 September)."""
    assert last_day(LIMITS[LimitKind.HEARING_TELL], date(2026, 10, 12), CALENDAR) == date(2026, 9, 24)


def test_what_comes_after_hours_or_on_a_day_off_begins_that_day() -> None:
    """民法典 201: its own day is not counted, whatever the hour."""
    assert due(clock("2026-11-20T23:59", 1)) == date(2026, 11, 23)  # a Friday night
    assert due(clock("2026-11-21T09:00", 1)) == date(2026, 11, 23)  # a Saturday
    assert due(clock("2026-11-23T00:00", 1)) == date(2026, 11, 24)


def test_the_day_is_that_of_the_hall_not_of_greenwich() -> None:
    late = ClockFacts(
        kind=ClockKind.PROMISE, started_at=datetime.fromisoformat("2026-11-22T16:30:00+00:00"), limit_workdays=1
    )
    assert due(late) == date(2026, 11, 24)  # 00:30 of the 23rd in Shanghai


def test_a_limit_ends_at_the_close_of_its_last_day() -> None:
    """民法典 203: 有业务时间的，停止业务活动的时间为截止时间."""
    facts = clock("2026-11-23T09:00", 1)
    before, after = (clock_now(facts, terms=TERMS, now=at(f"2026-11-24T{t}")) for t in ("17:30", "17:31"))
    assert (before.is_overdue, after.is_overdue) == (False, True)
    assert before.due_at == at("2026-11-24T17:30")
    always = Terms(calendar=CALENDAR, zone=ZONE, closes=time.max)
    assert not clock_now(facts, terms=always, now=at("2026-11-24T23:59")).is_overdue


def test_a_hall_closes_when_its_last_span_of_a_weekday_ends() -> None:
    office = (Span(open="09:00", close="12:00"), Span(open="13:30", close="17:00"))
    friday, saturday = (Span(open="09:00", close="16:30"),), (Span(open="09:00", close="20:00"),)
    assert closing_time(Hours(days=(*(office,) * 4, friday, saturday, ()))) == time(17)
    assert closing_time(Hours(days=((Span(open="00:00", close="24:00"),),) * 7)) == time.max
    assert closing_time(Hours(days=((),) * 7)) == closing_time(None) == time.max


def test_an_extension_adds_to_the_limit() -> None:
    """行政许可法 42: 20 + 10."""
    facts = ClockFacts(
        kind=ClockKind.STATUTE, started_at=at("2026-11-02T09:00"), limit_workdays=20, extension_workdays=10
    )
    assert due(facts) == CALENDAR.add_workdays(date(2026, 11, 2), 30) == date(2026, 12, 14)


@pytest.mark.parametrize(
    ("stands", "last"),
    [
        ((), "2026-11-30"),
        ((("2026-11-24T09:00", "2026-11-26T09:00"),), "2026-12-02"),  # Tuesday and Wednesday
        ((("2026-11-24T17:30", "2026-11-26T17:30"),), "2026-12-02"),  # from the close to the close: the same two
        ((("2026-11-24T17:31", "2026-11-26T17:31"),), "2026-12-02"),  # Wednesday and Thursday
        ((("2026-11-24T09:00", "2026-11-24T17:00"),), "2026-11-30"),  # resumed before the close: no day
        ((("2026-11-27T16:00", "2026-11-30T09:00"),), "2026-12-01"),  # Friday; the weekend is nobody's
        ((("2026-11-28T09:00", "2026-11-29T18:00"),), "2026-11-30"),  # a weekend
        ((("2026-11-30T09:00", "2026-12-01T09:00"),), "2026-12-01"),  # the last day itself
        ((("2026-11-30T18:00", "2026-12-04T09:00"),), "2026-11-30"),  # after it was over
        ((("2026-11-23T08:00", "2026-11-24T09:00"),), "2026-11-30"),  # the first day is not counted anyway
        ((("2026-11-20T08:00", "2026-11-24T18:00"),), "2026-12-01"),  # it stood before it began
        ((("2026-11-26T09:00", "2026-11-24T09:00"),), "2026-11-30"),  # resumed before it stood: nothing
    ],
)
def test_a_working_day_is_suspended_if_the_case_is_suspended_at_its_close(
    stands: tuple[tuple[str, str | None], ...], last: str
) -> None:
    """行政许可法 45: five working days from Monday, 23 November 2026."""
    assert due(clock("2026-11-23T09:00", 5, *stands)) == date.fromisoformat(last)


def test_special_procedures_that_overlap_are_subtracted_once() -> None:
    """行政许可法 45: 检测 and 专家评审 at one time take no day twice."""
    one = clock("2026-11-02T09:00", 10, ("2026-11-04T09:00", "2026-11-11T09:00"))
    both = clock(
        "2026-11-02T09:00",
        10,
        ("2026-11-06T09:00", "2026-11-10T09:00"),
        ("2026-11-04T09:00", "2026-11-11T09:00"),
        ("2026-11-04T09:00", "2026-11-07T09:00"),
    )
    assert due(one) == due(both) == CALENDAR.add_workdays(date(2026, 11, 2), 10 + 5)
    assert clock_now(both, terms=TERMS, now=at("2026-12-01T09:00")).suspended_workdays == 5


def test_suspended_on_friday_resumed_on_a_working_saturday() -> None:
    """行政许可法 45 with 调休: 9 October 2026 is a Friday, the 10th is worked."""
    facts = clock("2026-10-08T09:00", 3, ("2026-10-09T10:00", "2026-10-10T09:00"))
    assert due(facts) == date(2026, 10, 13)  # Saturday, Monday, Tuesday
    resumed_late = clock("2026-10-08T09:00", 3, ("2026-10-09T10:00", "2026-10-10T18:00"))
    assert due(resumed_late) == date(2026, 10, 14)
    on_a_free_saturday = clock("2026-11-19T09:00", 3, ("2026-11-20T10:00", "2026-11-21T09:00"))
    assert due(on_a_free_saturday) == date(2026, 11, 25)


def test_while_a_case_stands_its_due_day_moves_and_nothing_is_used() -> None:
    """行政许可法 45: nobody knows yet how long it takes."""
    facts = clock("2026-11-02T09:00", 10, ("2026-11-05T09:00", None))
    seen = [
        clock_now(facts, terms=TERMS, now=at(f"2026-11-{day:02d}T{hour}"))
        for day in range(5, 17)
        for hour in ("10:00", "18:00")
    ]
    assert {(one.used_workdays, one.left_workdays, one.stands_since) for one in seen} == {
        (2, 8, at("2026-11-05T09:00"))
    }
    assert [one.due for one in seen] == sorted(one.due for one in seen)
    assert (seen[0].due, seen[-1].due) == (date(2026, 11, 17), date(2026, 11, 26))
    assert all(one.is_provisional and one.is_suspended and not one.is_overdue for one in seen)


def test_the_time_that_was_told_is_counted_before_it_has_passed() -> None:
    """行政许可法 45: 所需时间书面告知申请人."""
    facts = clock("2026-11-02T09:00", 10, ("2026-11-05T09:00", "2026-11-12T09:00"))
    found = clock_now(facts, terms=TERMS, now=at("2026-11-06T10:00"))
    assert (found.due, found.is_suspended, found.left_workdays) == (date(2026, 11, 23), True, 8)
    assert not clock_now(facts, terms=TERMS, now=at("2026-11-12T09:00")).is_suspended


def test_a_case_of_december_2026_runs_into_a_year_nobody_has_announced() -> None:
    """The calendar of 2027 is not published: weekends only, and said to be provisional."""
    found = clock_now(clock("2026-12-21T09:00", 20), terms=TERMS, now=at("2026-12-22T09:00"))
    assert found.due == date(2027, 1, 18)
    assert found.is_provisional
    assert found.is_beyond_calendar
    assert not clock_now(clock("2026-12-01T09:00", 20), terms=TERMS, now=at("2026-12-22T09:00")).is_provisional


def test_a_matter_done_on_the_spot_is_never_overdue() -> None:
    """即办件 (GB/T 39046 A.6): no light ever."""
    facts = ClockFacts(kind=ClockKind.PROMISE, started_at=at("2026-11-02T09:00"), limit_workdays=0, is_on_the_spot=True)
    found = clock_now(facts, terms=TERMS, now=at("2026-12-01T09:00"))
    assert (found.due, found.is_overdue, found.light, found.left_workdays) == (
        *(date(2026, 11, 2), False),
        *(Light.GREEN, 0),
    )


def test_no_limit_is_due_on_its_own_day_also_on_a_saturday() -> None:
    assert due(clock("2026-11-21T09:00", 0)) == date(2026, 11, 21)
    assert due(clock("2026-11-23T09:00", 0, ("2026-11-23T10:00", "2026-11-25T10:00"))) == date(2026, 11, 23)


def test_a_clock_that_ended_stays_as_it_was() -> None:
    facts = ClockFacts(
        kind=ClockKind.PROMISE,
        started_at=at("2026-11-02T09:00"),
        limit_workdays=10,
        ended_at=at("2026-11-11T11:00"),
        suspensions=(Suspension(at("2026-11-20T09:00")),),
    )
    found = clock_now(facts, terms=TERMS, now=at("2026-12-30T09:00"))
    assert (found.ended_early_workdays, found.used_workdays, found.light) == (3, 7, Light.GREEN)
    assert (found.is_suspended, found.is_ended, found.overdue_workdays) == (False, True, 0)


MOMENTS = st.datetimes(
    min_value=datetime(2023, 1, 1),  # noqa: DTZ001  # Hypothesis asks for naive bounds and adds the zone
    max_value=datetime(2026, 12, 1),  # noqa: DTZ001  # as above
    timezones=st.just(ZONE),
)
SPANS = st.lists(st.tuples(MOMENTS, st.integers(0, 40 * 24)), max_size=4)


def _facts(start: datetime, limit: int, spans: list[tuple[datetime, int]]) -> ClockFacts:
    stands = tuple(
        Suspension(since, datetime.fromtimestamp(since.timestamp() + 3600 * hours, ZONE)) for since, hours in spans
    )
    return ClockFacts(kind=ClockKind.STATUTE, started_at=start, limit_workdays=limit, suspensions=stands)


def _walked(facts: ClockFacts) -> date:
    """The same rule, day by day, as a clerk would count on a wall calendar."""
    day, left = TERMS.day(facts.started_at), facts.limit_workdays
    while left:
        day = date.fromordinal(day.toordinal() + 1)
        close = TERMS.close_of(day)
        stands = any(one.since <= close and one.until is not None and close < one.until for one in facts.suspensions)
        left -= CALENDAR.is_workday(day) and not stands
    return day


@settings(deadline=None)
@given(MOMENTS, st.integers(0, 60), SPANS)
def test_the_due_day_is_what_a_clerk_counts_on_a_wall_calendar(
    start: datetime, limit: int, spans: list[tuple[datetime, int]]
) -> None:
    facts = _facts(start, limit, spans)
    found = clock_now(facts, terms=TERMS, now=at("2029-12-31T12:00"))
    assert found.due == _walked(facts)
    assert found.due == CALENDAR.add_workdays(TERMS.day(start), limit + found.suspended_workdays)


@settings(deadline=None)
@given(MOMENTS, st.integers(0, 60), SPANS, MOMENTS)
def test_used_and_left_add_up_to_the_limit(
    start: datetime, limit: int, spans: list[tuple[datetime, int]], now: datetime
) -> None:
    found = clock_now(_facts(min(start, now), limit, spans), terms=TERMS, now=now)
    assert found.used_workdays + found.left_workdays == limit
    assert found.used_workdays == net_workdays(
        min(start, now), now, _facts(start, limit, spans).suspensions, terms=TERMS
    )


@settings(deadline=None)
@given(MOMENTS, st.integers(0, 60), SPANS, st.integers(0, 9))
def test_a_longer_limit_is_never_due_earlier(
    start: datetime, limit: int, spans: list[tuple[datetime, int]], more: int
) -> None:
    assert due(_facts(start, limit, spans)) <= due(_facts(start, limit + more, spans))


@settings(deadline=None)
@given(MOMENTS, st.integers(1, 60), MOMENTS, st.integers(1, 900), st.integers(1, 900))
def test_a_suspension_split_in_two_is_the_same(
    start: datetime, limit: int, since: datetime, first: int, second: int
) -> None:
    middle = datetime.fromtimestamp(since.timestamp() + 3600 * first, ZONE)
    whole, parts = [(since, first + second)], [(since, first), (middle, second)]
    assert due(_facts(start, limit, whole)) == due(_facts(start, limit, parts))
    assert due(_facts(start, limit, whole)) == due(_facts(start, limit, [*whole, *parts]))

"""Until when a bad review must be answered, in working days with public holidays and adjusted days (调休)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from evaluation.orders.clocks import Terms, contact_due, fix_due, remind_from, until_limits
from evaluation.orders.model import EXTENSION_MOST, Clock, FixLimit
from hall_server.directory.calendar import from_years
from hall_server.directory.model import CalendarYear, Hours, Span

ZONE = ZoneInfo("Asia/Shanghai")
OCTOBER = CalendarYear(
    year=2026,
    off=tuple(date(2026, 10, day) for day in range(1, 8)),  # Thursday to Wednesday
    work=(date(2026, 10, 10),),  # a Saturday
)
OFFICE = Hours(days=((Span(open="09:00", close="12:00"), Span(open="13:30", close="17:00")),) * 5 + ((), ()))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def terms(hours: Hours | None = None) -> Terms:
    return Terms(calendar=from_years([OCTOBER]), hours=hours, zone=ZONE)


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-11-23T09:00", "2026-11-25T00:00"),  # a Monday: until the end of Tuesday
        ("2026-11-20T16:59", "2026-11-24T00:00"),  # a Friday: until the end of Monday
        ("2026-11-21T10:00", "2026-11-24T00:00"),  # a hall open on Saturday
        ("2026-09-30T10:00", "2026-10-09T00:00"),  # before the holiday: its first working day is the 8th
        ("2026-10-09T10:00", "2026-10-11T00:00"),  # a Friday before an adjusted Saturday
        ("2026-12-31T23:59", "2027-01-02T00:00"),  # no calendar of 2027 yet: Monday to Friday
    ],
)
def test_a_visitor_is_contacted_by_the_end_of_the_next_working_day(opened: str, due: str) -> None:
    assert contact_due(at(opened), terms()) == at(due)


@pytest.mark.parametrize(
    ("opened", "limit", "due"),
    [
        ("2026-10-01T10:00", FixLimit.WORKDAYS_5, "2026-10-14T00:00"),  # 8, 9, 10 (a Saturday, adjusted), 12, 13
        ("2026-09-30T10:00", FixLimit.DAYS_7, "2026-10-09T00:00"),  # the 7th is a holiday: the 8th
        ("2026-09-30T10:00", FixLimit.WORKDAYS_15, "2026-10-28T00:00"),
    ],
)
def test_each_citys_limit_over_a_holiday(opened: str, limit: FixLimit, due: str) -> None:
    assert fix_due(at(opened), limit, terms()) == at(due)


def test_seven_days_that_end_on_a_working_day_end_there() -> None:
    assert fix_due(at("2026-11-23T10:00"), FixLimit.DAYS_7, terms()) == at("2026-12-01T00:00")


def test_a_limit_ends_when_the_hall_closes_where_its_hours_are_known() -> None:
    assert contact_due(at("2026-11-23T09:00"), terms(OFFICE)) == at("2026-11-24T17:00")
    assert contact_due(at("2026-10-09T10:00"), terms(OFFICE)) == at("2026-10-10T17:00")  # adjusted: hours of a Monday


def test_a_limit_is_reminded_of_one_working_day_before() -> None:
    friday = at("2026-11-27T17:00")
    assert remind_from(Clock.FIX, friday, terms(OFFICE)) == at("2026-11-26T17:00")
    monday = at("2026-11-30T17:00")
    assert remind_from(Clock.FIX, monday, terms(OFFICE)) == at("2026-11-27T17:00")
    midnight = at("2026-12-01T00:00")  # the end of Monday
    assert remind_from(Clock.FIX, midnight, terms()) == at("2026-11-28T00:00")


def test_the_contact_is_reminded_of_on_its_last_day() -> None:
    assert remind_from(Clock.CONTACT, at("2026-11-24T17:00"), terms(OFFICE)) == at("2026-11-24T00:00")
    assert remind_from(Clock.CONTACT, at("2026-11-25T00:00"), terms()) == at("2026-11-24T00:00")


def test_an_extension_lies_after_the_limit_and_at_most_thirty_days_beyond() -> None:
    due = at("2026-11-30T17:00")
    assert until_limits(due, due, EXTENSION_MOST, terms()) == (date(2026, 12, 1), date(2026, 12, 30))
    midnight = at("2026-12-01T00:00")  # the end of November
    assert until_limits(midnight, midnight, EXTENSION_MOST, terms()) == (date(2026, 12, 1), date(2026, 12, 30))

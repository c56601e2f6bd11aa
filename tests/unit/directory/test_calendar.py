"""Working days of China: the announced holidays and adjusted days, and arithmetic that goes there and back."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_server.directory.calendar import WorkCalendar, from_years, read_year, read_years
from hall_server.directory.model import CalendarYear
from hall_server.errors import Invalid

FOLDER = Path(__file__).resolve().parents[3] / "config" / "calendar"
CALENDAR = from_years(read_years(FOLDER))
DAYS = st.dates(min_value=date(2006, 12, 1), max_value=date(2028, 2, 1))


@pytest.mark.parametrize(
    ("day", "is_workday"),
    [
        (date(2026, 1, 4), True),  # Sunday worked for New Year
        (date(2026, 1, 2), False),  # Friday off
        (date(2026, 2, 14), True),  # Saturday worked for Spring Festival
        (date(2026, 2, 17), False),  # Spring Festival itself
        (date(2025, 10, 1), False),  # National Day
        (date(2025, 9, 28), True),  # Sunday worked for it
        (date(2025, 10, 11), True),  # Saturday worked for it
        (date(2025, 10, 9), True),  # the first day after it
        (date(2018, 12, 29), True),  # announced with the year 2019
        (date(2018, 12, 31), False),  # announced with the year 2019
        (date(2026, 11, 21), False),  # an ordinary Saturday
        (date(2026, 11, 23), True),  # an ordinary Monday
    ],
)
def test_announced_days_are_known(day: date, is_workday: bool) -> None:
    assert CALENDAR.is_workday(day) is is_workday


def test_a_holiday_is_stepped_over() -> None:
    assert CALENDAR.next_workday(date(2025, 9, 30)) == date(2025, 10, 9)
    assert CALENDAR.add_workdays(date(2025, 9, 30), 2) == date(2025, 10, 10)
    assert CALENDAR.add_workdays(date(2025, 9, 30), 3) == date(2025, 10, 11)  # an adjusted Saturday
    assert CALENDAR.add_workdays(date(2025, 10, 9), -1) == date(2025, 9, 30)
    assert CALENDAR.workdays_between(date(2025, 9, 30), date(2025, 10, 11)) == 3


def test_a_year_not_announced_is_weekdays_and_provisional() -> None:
    assert CALENDAR.is_workday(date(2027, 10, 1))  # a Friday that will be a holiday, but nobody has said so
    assert not CALENDAR.is_workday(date(2027, 1, 2))
    assert CALENDAR.is_provisional(date(2027, 1, 2))
    assert CALENDAR.is_provisional(date(2040, 1, 2))
    assert not CALENDAR.is_provisional(date(2026, 1, 2))
    assert CALENDAR.is_provisional(date(2026, 12, 30), CALENDAR.add_workdays(date(2026, 12, 30), 5))
    assert not CALENDAR.is_provisional(date(2026, 11, 2), date(2026, 12, 31))


def test_an_announcement_ends_what_was_provisional() -> None:
    year = CalendarYear(year=2027, off=(date(2027, 10, 1),), work=(date(2027, 10, 9),))
    calendar = CALENDAR.with_year(year)
    assert not calendar.is_provisional(date(2027, 1, 2))
    assert not calendar.is_workday(date(2027, 10, 1))
    assert calendar.is_workday(date(2027, 10, 9))
    assert calendar.with_year(CalendarYear(year=2027)).is_workday(date(2027, 10, 1))


def test_an_empty_calendar_works_from_monday_to_friday() -> None:
    assert [WorkCalendar().is_workday(date(2026, 11, 16) + timedelta(days=n)) for n in range(7)] == [True] * 5 + [
        False
    ] * 2


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "holiday-cn-2030.json"
    broken.write_text('{"year": 2030, "days": [{"date": "tomorrow", "isOffDay": true}]}', encoding="utf-8")
    with pytest.raises(Invalid) as refusal:
        read_year(broken)
    assert refusal.value.fields["file"] == "holiday-cn-2030.json"


@given(DAYS, st.integers(min_value=1, max_value=300))
def test_the_days_added_are_the_days_between(start: date, workdays: int) -> None:
    for signed in (workdays, -workdays):
        assert CALENDAR.workdays_between(start, CALENDAR.add_workdays(start, signed)) == signed


@given(DAYS, st.integers(min_value=-300, max_value=300))
def test_adding_and_taking_away_comes_back_to_a_working_day(day: date, workdays: int) -> None:
    start = CALENDAR.next_workday(day)
    assert CALENDAR.add_workdays(CALENDAR.add_workdays(start, workdays), -workdays) == start


@given(DAYS, DAYS, DAYS)
def test_counts_add_up(one: date, two: date, three: date) -> None:
    first, second, third = sorted((one, two, three))
    whole = CALENDAR.workdays_between(first, third)
    assert whole == CALENDAR.workdays_between(first, second) + CALENDAR.workdays_between(second, third)
    assert CALENDAR.workdays_between(first, first) == 0


@given(DAYS, st.integers(min_value=1, max_value=100))
def test_what_is_added_ends_on_a_working_day(day: date, workdays: int) -> None:
    end = CALENDAR.add_workdays(day, workdays)
    assert end > day
    assert CALENDAR.is_workday(end)

"""Our calendar beside two that others read out of the State Council's notices, day by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hall_server.directory.calendar import WorkCalendar, from_years, read_years
from hall_server.directory.day_count import DayCount

CALENDAR = from_years(read_years(Path(__file__).resolve().parents[3] / "config" / "calendar"))
FIRST, LAST = date(2007, 1, 1), date(2026, 12, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
CHINA = holidays.country_holidays("CN", years=range(FIRST.year, LAST.year + 1))
PEERS = {"chinesecalendar": chinese_calendar.is_workday, "holidays": CHINA.is_working_day}


@pytest.mark.parametrize("name", PEERS)
def test_every_day_since_2007_is_what_another_calendar_says(name: str) -> None:
    """国务院办公厅关于部分节假日安排的通知, 2007 to 2026: 7,305 days without one difference."""
    peer: Callable[[date], bool] = PEERS[name]
    assert len(DAYS) == 7_305
    assert [day for day in DAYS if peer(day) != CALENDAR.is_workday(day)] == []


def test_a_peer_that_knows_no_adjusted_days_would_be_noticed() -> None:
    """The comparison is not empty: Monday to Friday alone differs on hundreds of days."""
    assert sum(WorkCalendar().is_workday(day) != CALENDAR.is_workday(day) for day in DAYS) > 400


@settings(deadline=None)
@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2050, 1, 1)), st.integers(-1500, 1500))
def test_numbers_of_days_are_those_that_one_counts(day: date, workdays: int) -> None:
    step, left, found = (1 if workdays > 0 else -1), abs(workdays), day
    while left:
        found += timedelta(days=step)
        left -= CALENDAR.is_workday(found)
    assert CALENDAR.add_workdays(day, workdays) == found


@settings(deadline=None)
@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2040, 1, 1)))
def test_a_number_is_that_of_the_last_working_day(day: date) -> None:
    found = CALENDAR.numbered(CALENDAR.number_of(day))
    assert found <= day
    assert found == day if CALENDAR.is_workday(day) else CALENDAR.next_workday(found) > day


def test_the_ends_of_time_are_told() -> None:
    count = DayCount(frozenset(), frozenset())
    assert count.numbered(1) == date.min
    with pytest.raises(OverflowError):
        count.numbered(0)
    with pytest.raises(OverflowError):
        CALENDAR.add_workdays(date.max, 1)


def test_the_horizon_is_the_last_announced_day() -> None:
    assert CALENDAR.horizon == LAST
    assert WorkCalendar().horizon is None

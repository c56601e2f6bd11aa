"""Domain rule 15, slots: which a day has, on working days and off them, and which plans are refused at which field."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from hall_queue.appointments.model import DayPlan, LinePlan, Plan, Rows, WeekRow
from hall_queue.appointments.plans import Days, check
from hall_server.directory.calendar import WorkCalendar
from hall_server.directory.model import CalendarYear, Hours, Span
from hall_server.errors import Invalid

ZONE = ZoneInfo("Asia/Shanghai")
DAY = (Span(open="09:00", close="12:00"), Span(open="13:30", close="17:00"))
HOURS = Hours(days=(DAY, DAY, DAY, DAY, DAY, (), ()))
# 2026-10-01 … 07 off; the Saturday 10 October is worked instead
CALENDAR = WorkCalendar().with_year(
    CalendarYear(year=2026, off=tuple(date(2026, 10, n) for n in range(1, 8)), work=(date(2026, 10, 10),))
)
DAYS = Days(HOURS, CALENDAR, ZONE)
WEEKDAYS = (1, 2, 3, 4, 5)


def row(begin: str = "09:00", end: str = "10:00", **more: Any) -> WeekRow:
    return WeekRow(**{"weekdays": WEEKDAYS, "begin": begin, "end": end, "minutes": 30, "quota": 2, **more})


def planned(*rows: WeekRow, days: tuple[DayPlan, ...] = ()) -> LinePlan:
    return LinePlan(plans=(Plan(rows=rows),), days=days)


def begins(plan: LinePlan, day: date, days: Days = DAYS) -> list[str]:
    return [f"{slot.begins:%H:%M}" for slot in days.slots(plan, day)]


def test_a_row_is_cut_into_slots_in_hall_time() -> None:
    found = DAYS.slots(planned(row()), date(2026, 11, 23))
    assert [slot.begins.isoformat() for slot in found] == ["2026-11-23T09:00:00+08:00", "2026-11-23T09:30:00+08:00"]
    assert [slot.quota for slot in found] == [2, 2]


def test_a_public_holiday_has_no_slots_and_a_worked_saturday_has_mondays() -> None:
    plan = planned(row(weekdays=(1,)), row("14:00", "15:00", weekdays=(2, 3, 4, 5)))
    assert begins(plan, date(2026, 10, 1)) == []
    assert begins(plan, date(2026, 10, 10)) == ["09:00", "09:30"]
    assert begins(plan, date(2026, 10, 17)) == []


def test_an_exception_stands_for_the_whole_day() -> None:
    closed = DayPlan(day=date(2026, 11, 23), note="盘点")
    other = DayPlan(day=date(2026, 11, 24), rows=(Rows(begin="14:00", end="14:30", minutes=30, quota=1),))
    plan = planned(row(), days=(closed, other))
    assert begins(plan, date(2026, 11, 23)) == []
    assert begins(plan, date(2026, 11, 24)) == ["14:00"]
    assert begins(plan, date(2026, 11, 25)) == ["09:00", "09:30"]


def test_a_plan_holds_between_its_dates() -> None:
    plan = LinePlan(
        plans=(
            Plan(ends=date(2026, 11, 23), rows=(row("09:00", "09:30"),)),
            Plan(begins=date(2026, 11, 24), rows=(row("10:00", "10:30"),)),
        )
    )
    check(plan, HOURS, DAYS)
    assert begins(plan, date(2026, 11, 23)) == ["09:00"]
    assert begins(plan, date(2026, 11, 24)) == ["10:00"]


def test_slots_outside_hours_that_have_changed_since_are_not_offered() -> None:
    shorter = Days(Hours(days=((Span(open="09:30", close="12:00"),),) * 7), CALENDAR, ZONE)
    assert begins(planned(row()), date(2026, 11, 23), shorter) == ["09:30"]


def test_working_days_ahead_skip_holidays_and_weekends() -> None:
    assert DAYS.last_bookable(date(2026, 9, 30), 5) == date(2026, 10, 13)  # 8, 9, 10 (worked), 12, 13 October


REFUSED = {
    "slots.ends_before_begin": (planned(row("10:00", "09:00")), "plans[0].rows[0].end"),
    "slots.too_short": (planned(row(minutes=90)), "plans[0].rows[0].minutes"),
    "slots.uneven": (planned(row(minutes=25)), "plans[0].rows[0].minutes"),
    "slots.overlap": (planned(row(), row("09:30", "10:30", weekdays=(5,))), "plans[0].rows[1].begin"),
    "slots.outside_hours": (planned(row("11:30", "12:30")), "plans[0].rows[0].end"),
    "slots.plan_ends_first": (
        LinePlan(plans=(Plan(begins=date(2026, 2, 1), ends=date(2026, 1, 1)),)),
        "plans[0].ends",
    ),
    "slots.plans_overlap": (
        LinePlan(plans=(Plan(ends=date(2026, 2, 1)), Plan(begins=date(2026, 2, 1)))),
        "plans[1].begins",
    ),
    "slots.day_twice": (
        LinePlan(days=(DayPlan(day=date(2026, 2, 2)), DayPlan(day=date(2026, 2, 2)))),
        "days[1].day",
    ),
}


@pytest.mark.parametrize(("code", "plan", "field"), [(code, *rest) for code, rest in REFUSED.items()])
def test_an_impossible_plan_is_refused_at_its_field(code: str, plan: LinePlan, field: str) -> None:
    with pytest.raises(Invalid, check=lambda exc: exc.code == code and exc.fields["field"] == field):
        check(plan, HOURS, DAYS)


def test_rows_of_different_weekdays_may_lie_at_the_same_time() -> None:
    check(planned(row(weekdays=(1,)), row(weekdays=(2,))), HOURS, DAYS)


def test_a_saturday_without_opening_hours_takes_no_row() -> None:
    with pytest.raises(Invalid, check=lambda exc: exc.code == "slots.outside_hours"):
        check(planned(row(weekdays=(6,))), HOURS, DAYS)


def test_an_exception_is_held_to_the_hours_of_its_own_day() -> None:
    holiday = DayPlan(day=date(2026, 10, 1), rows=(Rows(begin="09:00", end="10:00", minutes=30, quota=1),))
    with pytest.raises(Invalid, check=lambda exc: exc.fields["field"] == "days[0].rows[0].begin"):
        check(LinePlan(days=(holiday,)), HOURS, DAYS)


@pytest.mark.parametrize("bad", [{"minutes": 0}, {"quota": 0}, {"begin": "9:00"}, {"weekdays": []}, {"weekdays": [8]}])
def test_what_is_no_row_is_refused_when_it_is_read(bad: dict[str, Any]) -> None:
    plain = {"weekdays": [1], "begin": "09:00", "end": "10:00", "minutes": 30, "quota": 1}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**plain, **bad}, WeekRow)

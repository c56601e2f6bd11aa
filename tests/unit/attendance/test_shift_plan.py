"""Who should work when: weekdays, holidays, weekend days worked instead (调休), swaps and overlaps."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from attendance.records import Break, Request, RequestKind, Rota, Shift
from attendance.shifts import break_fault, first_overlap, on_day, swapped, week_overlap, week_shifts
from hall_server.directory.calendar import from_years, read_years

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = from_years(read_years(Path(__file__).resolve().parents[3] / "config" / "calendar"))
DAY = Shift(id="day", name="白班", begin="09:00", end="17:00")
GUARD = Shift(id="guard", name="值班", begin="10:00", end="15:00", follows_calendar=False)
NIGHT = Shift(id="night", name="夜班", begin="22:00", end="06:00")
EARLY = Shift(id="early", name="早班", begin="05:00", end="13:00")
SHIFTS = {one.id: one for one in (DAY, GUARD, NIGHT, EARLY)}
OFFICE = ((("day",),) * 5) + ((), ())


def on(day: date, *rotas: Rota) -> list[str]:
    return [one.id for one in week_shifts(rotas, SHIFTS, day, is_workday=CALENDAR.is_workday)]


OFFICE_ROTA = Rota(from_day=date(2026, 1, 1), week=OFFICE)


def test_a_week_is_worked_monday_to_friday() -> None:
    assert on(date(2026, 11, 23), OFFICE_ROTA) == ["day"]
    assert on(date(2026, 11, 28), OFFICE_ROTA) == []


def test_a_public_holiday_has_no_shift_but_those_that_do_not_follow_the_calendar() -> None:
    assert on(date(2026, 10, 1), OFFICE_ROTA) == []
    guards = Rota(from_day=date(2026, 1, 1), week=(("day", "guard"),) * 7)
    assert on(date(2026, 10, 1), guards) == ["guard"]


def test_a_weekend_day_worked_instead_has_mondays_shift() -> None:
    worked = next(day for day in sorted(CALENDAR.work) if day.year == 2026)
    assert worked.weekday() >= 5
    assert on(worked, OFFICE_ROTA) == ["day"]


def test_a_new_week_holds_from_its_day_and_leaves_the_past_as_it_was() -> None:
    rotas = (OFFICE_ROTA, Rota(from_day=date(2026, 11, 23), week=((("early",),) * 5) + ((), ())))
    assert (on(date(2026, 11, 20), *rotas), on(date(2026, 11, 23), *rotas)) == (["day"], ["early"])
    assert on(date(2025, 12, 31), *rotas) == []


def _swap(other_day: date | None) -> Request:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return Request(
        id="r1",
        kind=RequestKind.SWAP,
        staff="a",
        asked_by="staff:a",
        asked_at=now,
        reason="x",
        day=date(2026, 11, 23),
        other="b",
        other_day=other_day,
    )


def test_a_swap_gives_a_day_for_a_day_and_a_substitute_gives_nothing_back() -> None:
    week = {"a": DAY, "b": EARLY}

    def works(staff: str, day: date, swap: Request) -> list[str]:
        found = swapped(staff, day, (week[staff],), [swap], lambda who, _: (week[who],))
        return [one.id for one in found]

    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    assert (works("a", monday, _swap(monday)), works("b", monday, _swap(monday))) == (["early"], ["day"])
    assert (works("a", monday, _swap(tuesday)), works("b", monday, _swap(tuesday))) == ([], ["early", "day"])
    assert (works("a", tuesday, _swap(tuesday)), works("b", tuesday, _swap(tuesday))) == (["day", "early"], [])
    assert (works("a", monday, _swap(None)), works("b", monday, _swap(None))) == ([], ["early", "day"])


def test_shifts_that_overlap_are_found_also_over_midnight_and_over_the_end_of_the_week() -> None:
    assert week_overlap((("day", "early"), *((),) * 6), SHIFTS, ZONE) == 0
    assert week_overlap((("night",), ("early",), *((),) * 5), SHIFTS, ZONE) == 1
    assert week_overlap((("early",), *((),) * 5, ("night",)), SHIFTS, ZONE) == 0
    assert week_overlap(OFFICE, SHIFTS, ZONE) is None
    plans = [on_day(DAY, date(2026, 11, 23), ZONE), on_day(EARLY, date(2026, 11, 23), ZONE)]
    assert first_overlap(plans) is not None


def test_a_break_lies_inside_its_shift() -> None:
    def with_breaks(*breaks: tuple[str, str]) -> Shift:
        rows = tuple(Break(begin=begin, end=end) for begin, end in breaks)
        return Shift(id="x", name="x", begin="22:00", end="06:00", breaks=rows)

    assert not break_fault(with_breaks(("23:30", "00:30")), ZONE)
    assert break_fault(with_breaks(("05:30", "06:30")), ZONE)
    assert break_fault(with_breaks(("23:30", "00:30"), ("00:00", "01:00")), ZONE)
    assert on_day(with_breaks(("23:30", "00:30")), date(2026, 11, 23), ZONE).work_s == 7 * 3600


def test_one_shift_may_begin_when_another_ends() -> None:
    day = date(2026, 11, 23)
    first, second, early = (
        on_day(Shift(id=begin, name=begin, begin=begin, end=end), day, ZONE)
        for begin, end in (("09:00", "12:00"), ("12:00", "17:00"), ("11:59", "13:00"))
    )
    assert first_overlap((second, first)) is None
    assert first_overlap((first, early)) == (first, early)

"""The states of a day, each by name: what was planned, punched and granted says what it was."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.days import DayDone, Leave, judged
from attendance.records import Break, DayWord, LeaveKind, Shift
from attendance.shifts import Planned, on_day

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 23)
NOON_BREAK = (Break(begin="12:00", end="13:00"),)
SHIFT = Shift(id="day", name="白班", begin="09:00", end="17:00", breaks=NOON_BREAK)
MORNING = Shift(id="am", name="上午", begin="09:00", end="12:00")
AFTERNOON = Shift(id="pm", name="下午", begin="13:30", end="17:00")
NIGHT = Shift(id="night", name="夜班", begin="22:00", end="06:00")


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=ZONE)


def day(
    *punches: str | datetime,
    shifts: tuple[Shift, ...] = (SHIFT,),
    leaves: tuple[Leave, ...] = (),
    now: datetime | None = None,
    word: DayWord | None = None,
) -> DayDone:
    planned: list[Planned] = [on_day(shift, DAY, ZONE) for shift in shifts]
    stamps = [one if isinstance(one, datetime) else at(one) for one in punches]
    return judged(planned, stamps, leaves, now=now or at("12:00", DAY + timedelta(days=2)), word=word)


def states(*punches: str | datetime, **more: object) -> list[str]:
    return [state.value for state in day(*punches, **more).states]  # type: ignore[arg-type]


def leave(begin: str, end: str, kind: LeaveKind = LeaveKind.ANNUAL) -> Leave:
    return Leave(kind=kind, begin=at(begin), end=at(end))


def test_first_in_and_last_out_make_a_normal_day() -> None:
    assert states("08:55", "12:01", "12:58", "17:03") == ["normal"]


def test_a_minute_late_is_late_and_so_many_minutes() -> None:
    assert states("09:00", "17:00") == ["normal"]
    assert states("09:01", "17:00") == ["late"]
    assert day("09:25", "17:00").late_min == 25


def test_who_leaves_before_the_end_leaves_early() -> None:
    assert (states("08:55", "16:40"), day("08:55", "16:40").early_min) == (["early"], 20)
    assert states("09:10", "16:40") == ["late", "early"]


def test_grace_and_flexible_minutes_forgive() -> None:
    graced = (Shift(id="g", name="g", begin="09:00", end="17:00", grace_min=5),)
    assert states("09:05", "16:56", shifts=graced) == ["normal"]
    assert states("09:06", "17:00", shifts=graced) == ["late"]
    flexible = (Shift(id="f", name="f", begin="09:00", end="17:00", flexible_min=30),)
    assert states("09:20", "17:20", shifts=flexible) == ["normal"]
    assert day("09:20", "17:05", shifts=flexible).early_min == 15  # who comes later stays as much longer
    assert day("09:45", "17:30", shifts=flexible).late_min == 15


def test_one_punch_leaves_the_other_missing() -> None:
    assert states("08:55") == ["missing_out"]
    assert states("17:02") == ["missing_in"]
    assert states(at("08:55"), at("08:55") + timedelta(seconds=40)) == ["missing_out"]  # touched twice


def test_no_punch_is_not_absence_until_a_manager_says_so() -> None:
    assert states() == ["no_punch"]
    assert states(word=DayWord.ABSENT) == ["absent"]
    assert states(word=DayWord.EXCUSED) == ["normal"]


def test_leave_of_a_whole_day_and_a_trip_need_no_punch() -> None:
    assert states(leaves=(leave("09:00", "17:00"),)) == ["leave"]
    assert states(leaves=(leave("08:00", "18:00", LeaveKind.TRIP),)) == ["trip"]
    assert states(leaves=(leave("09:00", "12:00"), leave("13:00", "17:00", LeaveKind.TRIP))) == ["leave"]


def test_leave_of_half_a_day_moves_what_is_due() -> None:
    morning_off = (leave("09:00", "12:00"),)
    assert states("12:55", "17:01", leaves=morning_off) == ["normal"]
    assert day("13:10", "17:01", leaves=morning_off).late_min == 10  # due when the break ends
    assert states("08:58", "12:01", leaves=(leave("13:00", "17:00"),)) == ["normal"]


def test_a_day_of_rest_is_rest_and_work_on_it_overtime() -> None:
    assert states(shifts=()) == ["rest"]
    assert (states("09:00", "12:00", shifts=()), day("09:00", "12:00", shifts=()).overtime_min) == (
        ["rest", "overtime"],
        180,
    )


def test_staying_long_is_overtime() -> None:
    assert (states("08:55", "18:00"), day("08:55", "18:00").overtime_min) == (["overtime"], 60)
    assert states("08:55", "17:29") == ["normal"]


def test_a_night_shift_ends_on_the_next_day() -> None:
    assert states("21:50", at("06:05", DAY + timedelta(days=1)), shifts=(NIGHT,)) == ["normal"]
    assert day("22:30", at("05:00", DAY + timedelta(days=1)), shifts=(NIGHT,)).early_min == 60


def test_each_of_two_shifts_has_its_own_first_and_last() -> None:
    both = (MORNING, AFTERNOON)
    assert states("08:55", "12:02", "13:20", "17:01", shifts=both) == ["normal"]
    assert states("08:55", "13:20", "17:01", shifts=both) == ["missing_out"]
    assert states("08:55", "12:02", shifts=both) == ["no_punch"]


def test_a_day_that_is_not_over_is_under_way_or_ahead() -> None:
    assert states(now=at("08:00")) == ["ahead"]
    assert states(now=at("09:30")) == ["under_way"]
    assert states("09:10", now=at("10:00")) == ["late", "under_way"]
    assert states("16:00", now=at("16:05")) == ["late", "under_way"]  # nearer to the end, but who is here has come
    assert states("08:50", "12:01", now=at("12:30")) == ["under_way"]


minutes = st.integers(0, 24 * 60 - 1)


@given(st.lists(minutes, max_size=8), minutes, st.booleans())
def test_any_punches_give_a_day_with_a_state_and_no_minutes_below_nothing(
    found: list[int], now: int, has_leave: bool
) -> None:
    begin = at("00:00")
    leaves = (leave("09:00", "11:00"),) if has_leave else ()
    done = day(*(begin + timedelta(minutes=n) for n in found), leaves=leaves, now=begin + timedelta(minutes=now))
    assert done.states
    assert min(done.late_min, done.early_min, done.overtime_min) >= 0
    assert done.late_min <= 8 * 60


@given(st.lists(minutes, min_size=1, max_size=8))
def test_the_order_and_repetition_of_punches_do_not_matter(found: list[int]) -> None:
    stamps = [at("00:00") + timedelta(minutes=n) for n in found]
    assert day(*stamps).states == day(*reversed(stamps), *stamps).states


@pytest.mark.parametrize("kind", list(LeaveKind))
def test_every_kind_of_leave_covers_its_day(kind: LeaveKind) -> None:
    assert states(leaves=(leave("09:00", "17:00", kind),)) == ["trip" if kind is LeaveKind.TRIP else "leave"]


def test_worked_minutes_lie_inside_the_shift_without_breaks_and_leave() -> None:
    assert day("08:40", "17:30").worked_min == 7 * 60  # neither the early coming nor the late going
    assert day("09:30", "16:00").worked_min == 330
    assert day("08:55", "12:30").worked_min == 180  # gone in the break
    assert (
        day("08:55", "17:00", leaves=(leave("11:00", "12:30"),)).worked_min == 360
    )  # leave over the break counts once
    assert day("08:55").worked_min == 0


def test_who_may_come_later_works_as_much_longer() -> None:
    flexible = Shift(id="f", name="弹性", begin="09:00", end="17:00", flexible_min=60, breaks=NOON_BREAK)
    assert states("09:40", "17:40", shifts=(flexible,)) == ["normal"]
    assert states("09:40", "17:10", shifts=(flexible,)) == ["early"]
    assert day("09:40", "17:40", shifts=(flexible,)).worked_min == 7 * 60
    assert (states("10:20", "18:00", shifts=(flexible,)), day("10:20", "18:00", shifts=(flexible,)).late_min) == (
        ["late"],
        20,
    )


@given(
    st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=6),
    st.lists(st.tuples(st.integers(0, 1400), st.integers(1, 300)), max_size=2),
)
def test_worked_minutes_are_what_counting_minute_by_minute_gives(
    clocks: list[int], away: list[tuple[int, int]]
) -> None:
    zero = at("00:00")
    leaves = tuple(
        Leave(kind=LeaveKind.SICK, begin=zero + timedelta(minutes=a), end=zero + timedelta(minutes=a + n))
        for a, n in away
    )
    found = day(*(zero + timedelta(minutes=clock) for clock in sorted(clocks)), leaves=leaves)
    [done] = found.shifts
    if done.first is None or done.last is None or done.due_in is None:
        assert found.worked_min == 0
        return
    first, last = ((one - zero) // timedelta(minutes=1) for one in (done.first, done.last))
    counted = sum(
        first <= minute < last
        and 9 * 60 <= minute < 17 * 60
        and not 12 * 60 <= minute < 13 * 60
        and not any(a <= minute < a + n for a, n in away)
        for minute in range(24 * 60)
    )
    assert found.worked_min == counted


def test_a_punch_belongs_to_a_shift_from_four_hours_before_to_eight_behind() -> None:
    assert day("05:00", "17:00").shifts[0].first == at("05:00")
    assert day("04:59", "09:20", "17:00").shifts[0].first == at("09:20")
    late = at("00:59", DAY + timedelta(days=1))
    assert day("09:00", late).shifts[0].last == late
    assert day("09:00", "17:00", late + timedelta(minutes=1)).shifts[0].last == at("17:00")


def test_half_an_hour_behind_the_end_is_overtime_and_less_is_not() -> None:
    assert (states("08:55", "17:30"), day("08:55", "17:30").overtime_min) == (["overtime"], 30)
    assert (states("08:55", "17:29"), day("08:55", "17:29").overtime_min) == (["normal"], 0)
    assert states("10:00", "10:30", shifts=()) == ["rest", "overtime"]
    assert states("10:00", "10:29", shifts=()) == ["rest"]

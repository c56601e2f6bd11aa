"""Windows against shifts: what a late opening cost in waiting minutes, and how a shift was sat."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from attendance.model import Mark, MarkKind, spans
from attendance.queue_join import Stretch, late_cost_min, seated
from attendance.records import Break, Shift
from attendance.shifts import on_day

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def stretch(begin: float, end: float | None) -> Stretch:
    return Stretch(at(begin), None if end is None else at(end))


def cost(
    late: float, waiting: list[Stretch], open_: list[Stretch] | None = None, also: list[Stretch] | None = None
) -> float:
    return late_cost_min(NINE, at(late), waiting=waiting, open_=open_ or [], late=also or [])


def test_the_only_window_of_a_line_costs_all_the_waiting() -> None:
    assert cost(20, [stretch(-5, 25), stretch(10, None)]) == 20 + 10


def test_who_waits_for_nobody_else_costs_nothing() -> None:
    assert cost(20, []) == 0
    assert cost(0, [stretch(-5, 25)]) == 0


def test_a_window_costs_its_share_beside_those_that_work() -> None:
    assert cost(20, [stretch(0, None)], [stretch(-60, None)]) == 10
    assert cost(20, [stretch(0, None)], [stretch(-60, 10)]) == 5 + 10


moments = st.integers(-30, 90)


@given(st.lists(st.tuples(moments, moments), max_size=6), st.integers(1, 60), st.integers(1, 60))
def test_two_late_windows_together_cost_no_more_than_was_waited(
    found: list[tuple[int, int]], one: int, other: int
) -> None:
    waiting = [stretch(min(pair), max(pair)) for pair in found]
    waited = sum(max(0, min(max(pair), max(one, other)) - max(min(pair), 0)) for pair in found)
    both = cost(one, waiting, also=[stretch(0, other)]) + cost(other, waiting, also=[stretch(0, one)])
    assert both <= waited + 1e-6


def test_a_shift_is_open_paused_serving_and_idle() -> None:
    shift = Shift(id="d", name="d", begin="09:00", end="17:00", breaks=(Break(begin="12:00", end="13:00"),))
    rows = (
        (MarkKind.OPENED, 15),
        (MarkKind.SEEN, 20),
        (MarkKind.SERVING, 21),
        (MarkKind.SERVED, 31),
        (MarkKind.PAUSED, 40),
        (MarkKind.RESUMED, 50),
        (MarkKind.CLOSED, 75),
    )
    found = spans(Mark(kind=kind, at=at(minutes), window="w01", staff="s01") for kind, minutes in rows)
    seat = seated([on_day(shift, DAY, ZONE)], found, at(90))
    times = (seat.shift_s, seat.open_s, seat.paused_s, seat.serving_s, seat.idle_s, seat.closed_s, seat.late_s)
    assert [round(one / 60) for one in times] == [90, 60, 10, 10, 40, 30, 15]
    assert seated([on_day(shift, DAY, ZONE)], [], at(60 * 10)).shift_s == 7 * 3600


def test_two_windows_at_once_are_one_time() -> None:
    shift = Shift(id="d", name="d", begin="09:00", end="17:00")
    rows = (
        (MarkKind.OPENED, 0, "w01"),
        (MarkKind.OPENED, 20, "w02"),
        (MarkKind.CLOSED, 40, "w01"),
        (MarkKind.CLOSED, 60, "w02"),
    )
    found = spans(Mark(kind=kind, at=at(minutes), window=window, staff="s01") for kind, minutes, window in rows)
    seat = seated([on_day(shift, DAY, ZONE)], found, at(90))
    assert (seat.open_s / 60, seat.closed_s / 60) == (60, 30)

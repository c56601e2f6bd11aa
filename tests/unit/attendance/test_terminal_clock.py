"""When a punch of a wrong clock counts, and how a wrong clock is noticed."""

from datetime import UTC, datetime, timedelta

import pytest

from attendance.adms import encoded_time
from attendance.terminal_clock import ClockWatch, placed

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said_ago_s", "skew_s", "counts_ago_s"),
    [(5, None, 5), (-30, None, 0), (-600, 600.0, 0), (905, -900.0, 5), (-3600, None, None)],
)
def test_a_punch_counts_at_the_terminals_time_less_the_skew(
    said_ago_s: int, skew_s: float | None, counts_ago_s: int | None
) -> None:
    found = placed(NOW - timedelta(seconds=said_ago_s), NOW, skew_s)
    assert found == (None if counts_ago_s is None else NOW - timedelta(seconds=counts_ago_s))


def test_the_year_2000_counts_for_nobody() -> None:
    assert placed(datetime(2000, 1, 1, 0, 0, 9, tzinfo=UTC), NOW, None) is None


def test_a_clock_that_is_set_right_is_right() -> None:
    watch = ClockWatch()
    watch.received(NOW + timedelta(minutes=10), NOW)
    assert watch.skew_s == 600
    watch.received(NOW + timedelta(minutes=5), NOW + timedelta(minutes=5))
    assert watch.skew_s is None


def test_a_backlog_tells_nothing_and_the_skew_known_before_holds() -> None:
    watch = ClockWatch()
    for n in range(3):
        watch.received(NOW + timedelta(minutes=2 * n - 15), NOW + timedelta(minutes=2 * n))
    assert watch.skew_s == -900
    watch.received(NOW - timedelta(hours=9), NOW + timedelta(minutes=30))
    assert watch.skew_s == -900


def test_terminals_count_in_months_of_31_days() -> None:
    """The protocol's own example: C:401:SET OPTIONS DateTime=583080894."""
    assert encoded_time(datetime(2018, 2, 22, 14, 54, 54, tzinfo=UTC)) == 583080894


def test_the_borders_of_right_of_alike_and_of_too_old() -> None:
    noon = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

    def after(*delays: float) -> float | None:
        watch = ClockWatch()
        for n, delay in enumerate(delays):
            at = noon + timedelta(minutes=2 * n)
            watch.received(at - timedelta(seconds=delay), at)
        return watch.skew_s

    assert (after(-60), after(-61)) == (None, 61)
    assert (after(300, 310, 320), after(300, 310, 321)) == (-300, None)
    assert after(60, 60, 60) is None
    assert placed(noon - timedelta(days=400), noon, None) is not None
    assert placed(noon - timedelta(days=400, seconds=1), noon, None) is None
    assert placed(noon + timedelta(seconds=60), noon, None) == noon
    assert placed(noon + timedelta(seconds=61), noon, None) is None

"""Today's curve and the usual of its weekday, with values worked out by hand."""

import pytest

from dashboards.live.curve import LEAST_SHOWN, SLOTS, DayCurve, Stay, beside, day_curve, usual_of
from dashboards.live.details import ranked


def day(*stays: Stay) -> DayCurve:
    return day_curve(stays)


def level(taken: int, waiting: int = 0) -> DayCurve:
    """A day with the same in every half hour."""
    return DayCurve(taken=(taken,) * SLOTS, waiting=(waiting,) * SLOTS)


def test_numbers_count_where_they_are_taken_and_people_wait_until_they_are_called() -> None:
    # 18 is 9:00 to 9:30. Three come then: one is called at once, one in the next half hour, one an hour later.
    found = day((18, 18), (18, 19), (18, 20), (19, 20))
    assert found.taken[18:21] == (3, 1, 0)
    assert found.waiting[18:21] == (2, 2, 0)  # at 9:30 two wait; at 10:00 the third and the fourth; at 10:30 nobody


def test_who_still_waits_is_counted_up_to_now_and_the_running_half_hour_counts_as_it_stands() -> None:
    found = day_curve([(16, None), (17, None), (17, 17)], slots=18)
    assert (len(found.taken), found.taken[16:], found.waiting[16:]) == (18, (1, 2), (1, 2))


def test_what_lies_outside_the_day_counts_at_its_edge() -> None:
    found = day((-2, 0), (47, 50))
    assert (found.taken[0], found.taken[47], found.waiting[47], sum(found.waiting)) == (1, 1, 0, 0)


def test_the_usual_of_eight_days_is_their_median_between_the_quartiles() -> None:
    # QUARTILE.INC of 2, 4, 4, 6, 8, 10, 12, 20: places 1.75, 3.5, 5.25 of the values counted from nought
    found = usual_of([level(taken) for taken in (8, 2, 20, 4, 12, 6, 10, 4)])
    assert found is not None
    assert found.days == 8
    assert found.taken[18] == (4.0, 7.0, 10.5)
    assert found.waiting[18] == (0.0, 0.0, 0.0)


def test_the_usual_of_three_days_and_of_one_and_of_none() -> None:
    three = usual_of([level(9, 3), level(3, 1), level(6, 8)])
    assert three is not None
    assert (three.taken[0], three.waiting[0]) == ((4.5, 6.0, 7.5), (2.0, 3.0, 5.5))
    one = usual_of([level(5)])
    assert one is not None
    assert (one.days, one.taken[0]) == (1, (5, 5, 5))
    assert usual_of([]) is None


def test_only_the_half_hours_in_which_anything_happens_are_shown() -> None:
    today = day_curve([(17, 18), (20, None)], slots=21)
    usual = usual_of([day((18, 19), (33, 34))])
    found = beside(today, usual, None, is_known=True)
    assert (found.first, found.end) == (17, 34)
    assert found.taken == (1, 0, 0, 1)  # from 8:30 to the half hour that runs
    assert found.usual is not None
    assert len(found.usual.taken) == found.end - found.first
    assert found.usual.taken[1] == (1, 1, 1)


def test_the_opening_hours_are_shown_before_anything_happens() -> None:
    found = beside(day_curve([], slots=15), None, (17, 34), is_known=True)
    assert (found.first, found.end, found.taken) == (17, 34, ())


@pytest.mark.parametrize("slots", [1, 20, 48])
def test_a_curve_is_never_a_point(slots: int) -> None:
    found = beside(day_curve([], slots=slots), None, None, is_known=False)
    assert found.end - found.first == LEAST_SHOWN
    assert found.first <= slots - 1 < found.end
    assert not found.is_known


def test_a_percentile_is_the_smallest_wait_that_so_many_do_not_exceed() -> None:
    ten = [float(n) for n in range(1, 11)]
    assert (ranked(ten, 50), ranked(ten, 90), ranked([7.0], 90), ranked([], 50)) == (5.0, 9.0, 7.0, None)

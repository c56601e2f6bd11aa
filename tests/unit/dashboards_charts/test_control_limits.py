"""Control limits worked out by hand, and which days are out of control."""

from __future__ import annotations

from dashboards.charts.limits import LEAST, limits, marks
from dashboards.charts.model import Why

DAYS = (600.0, 660.0, 630.0, 570.0, 600.0, 690.0, 660.0, 630.0, 600.0, 660.0)


def test_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    """Sum 6,300 ÷ 10 = 630; ranges 60+30+60+30+90+30+30+30+60 = 420 ÷ 9 = 46.666…; 2.66 × 46.666… = 124.1333…"""
    found = limits(DAYS)
    assert found is not None
    assert found.centre == 630.0
    assert round(found.range_mean, 6) == 46.666667
    assert round(found.upper, 4) == 754.1333
    assert round(found.lower, 4) == 505.8667
    assert marks(DAYS, found) == ()


def test_a_day_beyond_a_limit_is_marked() -> None:
    """Mean (6,300 + 1,800) ÷ 11 = 736.36; ranges 420 + 1,140 = 1,560 ÷ 10 = 156; 736.36 + 414.96 = 1,151.32."""
    found = limits((*DAYS, 1_800.0))
    assert found is not None
    assert (round(found.centre, 2), round(found.upper, 2), round(found.lower, 2)) == (736.36, 1151.32, 321.40)
    marked = [(one.at, one.why) for one in marks((*DAYS, 1_800.0), found)]
    assert marked == [(7, Why.RUN), (8, Why.RUN), (9, Why.RUN), (10, Why.ABOVE)]


def test_the_lower_limit_is_never_below_nothing() -> None:
    found = limits((0.0, 900.0) * 5)
    assert found is not None
    assert (found.centre, found.lower) == (450.0, 0.0)


def test_eight_days_in_a_row_on_one_side_are_marked_from_the_eighth() -> None:
    values = (*(100.0, 140.0) * 4, *(101.0, 141.0) * 4, *(199.0, 201.0) * 4)
    found = limits(values)
    assert found is not None
    runs = [one for one in marks(values, found) if one.why is Why.RUN]
    assert [one.at for one in runs] == [7, 8, 9, 10, 11, 12, 13, 14, 15, 23]


def test_a_value_on_the_centre_line_ends_a_run() -> None:
    values = (4.0, 4.0, 4.0, 4.0, 5.0, 4.0, 4.0, 4.0, 4.0, 5.0, 9.0, 9.0)
    found = limits(values)
    assert found is not None
    assert found.centre == 5.0
    assert [(one.at, one.why) for one in marks(values, found)] == [(10, Why.ABOVE), (11, Why.ABOVE)]


def test_too_few_days_have_no_limits() -> None:
    assert limits(DAYS[: LEAST - 1]) is None
    assert limits(DAYS[:LEAST]) is not None
    assert marks(DAYS[: LEAST - 1], None) == ()

"""Which days figures are counted over, what they are compared with, and which periods are refused at their field."""

from __future__ import annotations

from datetime import date

import pytest

from evaluation.figures.period import Period, month, period
from hall_server.errors import Invalid

TODAY = date(2026, 11, 23)


def test_without_days_it_is_today_and_both_ends_count() -> None:
    assert period("", "", today=TODAY) == Period(first=TODAY, last=TODAY)
    assert period("2026-11-01", "2026-11-07", today=TODAY).days == 7


@pytest.mark.parametrize(
    ("first", "last", "code", "field"),
    [
        ("yesterday", "", "rating.day_unknown", "from"),
        ("2026-02-30", "", "rating.day_unknown", "from"),
        ("20261101", "", "rating.day_unknown", "from"),
        ("2026-W01-1", "", "rating.day_unknown", "from"),
        ("1999-12-31", "", "rating.day_unknown", "from"),
        ("2026-11-01", "9999-12-31", "rating.day_unknown", "to"),
        ("2026-11-01", "2026-11-31", "rating.day_unknown", "to"),
        ("2026-11-02", "2026-11-01", "figures.backwards", "to"),
        ("2026-11-24", "", "figures.backwards", "to"),
        ("2020-01-01", "2026-01-01", "figures.too_long", "from"),
    ],
)
def test_a_bad_period_is_refused_at_its_field(first: str, last: str, code: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        period(first, last, today=TODAY)
    assert (refused.value.code, refused.value.fields["field"]) == (code, field)


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ((2026, 11, 23), (2026, 11, 23), ((2026, 11, 22), (2026, 11, 22))),
        ((2026, 11, 8), (2026, 11, 14), ((2026, 11, 1), (2026, 11, 7))),
        ((2026, 11, 1), (2026, 11, 30), ((2026, 10, 1), (2026, 10, 31))),
        ((2026, 3, 1), (2026, 3, 31), ((2026, 2, 1), (2026, 2, 28))),
        ((2026, 1, 1), (2026, 1, 31), ((2025, 12, 1), (2025, 12, 31))),
    ],
)
def test_the_period_before_is_as_long_and_a_month_is_compared_with_a_month(
    first: tuple[int, int, int], last: tuple[int, int, int], before: tuple[tuple[int, int, int], tuple[int, int, int]]
) -> None:
    found = Period(first=date(*first), last=date(*last)).before
    assert (found.first, found.last) == (date(*before[0]), date(*before[1]))


def test_a_month_is_whole_and_the_present_one_where_none_is_named() -> None:
    assert month("", today=TODAY) == Period(first=date(2026, 11, 1), last=date(2026, 11, 30))
    assert month("2024-02", today=TODAY) == Period(first=date(2024, 2, 1), last=date(2024, 2, 29))


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-1", "november", "2026-12", "1999-12", "2026/11", "2026-11-01", "+026-11"]
)
def test_a_month_that_is_none_or_has_not_begun_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        month(text, today=TODAY)
    assert (refused.value.code, refused.value.fields["field"]) == ("figures.month_unknown", "month")

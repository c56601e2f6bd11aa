"""What many played days say together."""

from __future__ import annotations

import pytest

from dashboards.whatif.figures import Figures, Run, at, compared


def run(mean_s: float) -> Run:
    one = Figures(
        visitors=1,
        mean_s=mean_s,
        median_s=mean_s,
        p90_s=mean_s,
        over=0.0,
        longest=1,
        unserved=0,
        use=None,
        last_end_s=None,
    )
    return Run(lines={"": one}, windows={})


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 2.5), (0.9, 3.7), (1.0, 4.0)])
def test_a_share_falls_between_two_values(share: float, value: float) -> None:
    assert at([1.0, 2.0, 3.0, 4.0], share) == pytest.approx(value)


def test_nothing_has_no_share() -> None:
    assert at([], 0.5) is None


def test_a_difference_that_goes_both_ways_is_chance() -> None:
    runs = [(run(100.0), run(100.0 + step)) for step in (-20, -10, 0, 10, 20)]
    found = compared(runs)[""]["mean_s"]
    assert not found.is_clear
    assert found.difference is not None
    assert found.difference.middle == 0


def test_a_difference_of_every_pair_is_clear_although_the_days_differ_more() -> None:
    runs = [(run(base), run(base - 5)) for base in (100.0, 300.0, 900.0)]
    found = compared(runs)[""]["mean_s"]
    assert found.is_clear
    assert found.difference is not None
    assert found.difference.high == pytest.approx(-5)


def test_a_figure_that_no_run_has_is_none() -> None:
    found = compared([(run(1.0), run(2.0))])[""]["use"]
    assert (found.before, found.after, found.difference, found.is_clear) == (None, None, None, False)

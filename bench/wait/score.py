"""How good predictions were: errors, pinball loss and the coverage of p90."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import msgspec

from bench.wait.replay import Prediction


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One rule on one set; seconds but for the shares.

    Attributes:
        error_s: mean absolute error of p50.
        bias_s: mean of p50 minus the truth.
        pinball_50, pinball_90: pinball loss at the two quantiles (Koenker and Bassett 1978).
        coverage: share of waits at or below p90.
    """

    rule: str
    waits: int
    error_s: float
    bias_s: float
    pinball_50: float
    pinball_90: float
    coverage: float


def pinball(truth: float, quantile: float, level: float) -> float:
    """The loss that the true quantile makes smallest."""
    return max(level * (truth - quantile), (level - 1) * (truth - quantile))


def score(rule: str, number: int, predictions: Sequence[Prediction]) -> Score:
    """Score the rule that stands at ``number`` in the predictions."""
    pairs = [(found.waited_s, found.waits[number]) for found in predictions]
    return Score(
        rule=rule,
        waits=len(pairs),
        error_s=fmean(abs(truth - wait.p50) for truth, wait in pairs),
        bias_s=fmean(wait.p50 - truth for truth, wait in pairs),
        pinball_50=fmean(pinball(truth, wait.p50, 0.5) for truth, wait in pairs),
        pinball_90=fmean(pinball(truth, wait.p90, 0.9) for truth, wait in pairs),
        coverage=fmean(truth <= wait.p90 for truth, wait in pairs),
    )

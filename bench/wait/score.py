"""How good predictions were: errors, pinball loss and the coverage of p90."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import msgspec

from bench.wait.recorded import RecordedDay
from bench.wait.replay import Prediction, replay
from bench.wait.rules import RIVALS, all_rules

LEAST_COVERED, MOST_COVERED = 0.85, 0.95


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


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A set with all rules' scores, the estimate's first.

    Attributes:
        at_once: share of waits of nothing: no p90 can cover less than these.
        hours: hour of arrival → the scores of that hour.
    """

    name: str
    mean_wait_s: float
    at_once: float
    scores: tuple[Score, ...]
    hours: dict[int, tuple[Score, ...]]

    @property
    def misses(self) -> list[str]:
        """The criteria that do not hold, in words."""
        ours = self.scores[0]
        found = []
        for other in (score for score in self.scores if score.rule in RIVALS):
            for figure in ("error_s", "pinball_50", "pinball_90"):
                if getattr(ours, figure) >= getattr(other, figure):
                    found.append(f"{figure} not below “{other.rule}”")
        if ours.coverage < LEAST_COVERED:
            found.append(f"coverage below {LEAST_COVERED}")
        if ours.coverage > MOST_COVERED and self.at_once <= MOST_COVERED:
            found.append(f"coverage above {MOST_COVERED}")
        return found

    @property
    def holds(self) -> bool:
        """All criteria hold; coverage above 0.95 is let pass where more than 0.95 of all waits are nothing."""
        return not self.misses


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


def judge(day: RecordedDay) -> Judged:
    """Replay a set for all rules and score them."""
    rules = all_rules()
    predictions = replay(day, rules)
    hours: dict[int, list[Prediction]] = {}
    for found in predictions:
        hours.setdefault(int(found.visit.arrival % 86_400 // 3_600), []).append(found)

    def scores(of: Sequence[Prediction]) -> tuple[Score, ...]:
        return tuple(score(rule.name, number, of) for number, rule in enumerate(rules))

    return Judged(
        name=day.name,
        mean_wait_s=fmean(found.waited_s for found in predictions),
        at_once=fmean(found.waited_s <= 0 for found in predictions),
        scores=scores(predictions),
        hours={hour: scores(of) for hour, of in sorted(hours.items())},
    )

"""A blend of several forecasts whose weights follow how far each was off."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from operator import mul

ERROR_RATE = 0.08  # how fast weights follow the losses of the single forecasts
SLOPE_RATE = 0.05  # how fast they follow what more of each would have done to the loss of the blend
FORGET = 0.96  # what is left of an old loss after each lesson: halls change within a day
LARGEST = 6.0  # one lesson counts for no more than so many typical waits


class Blend:
    """Weights that fall exponentially with the forgotten sum of a forecast's losses.

    A loss is a pinball loss in two parts. The forecast's own finds the best single forecast. The slope of the blend's
    along the forecast finds the best mixture: one that is always too long is worth having while the blend is too short.
    Source: the exponentially weighted average forecaster with discounted losses, and with linearised ones, Cesa-Bianchi
    and Lugosi 2006, "Prediction, Learning, and Games", chapters 2.2, 2.4 and 2.11.

    Args:
        prior: the weights before anything was seen, in any unit.
        level: the quantile that is sought; 0.5 is the middle, where the pinball loss is the absolute error.

    Attributes:
        weights: one per forecast, each at least 0, together 1; a new list after each lesson.
    """

    __slots__ = ("_losses", "_prior", "_short", "weights")

    def __init__(self, prior: Sequence[float], level: float = 0.5) -> None:
        self._prior = tuple(prior)
        self._short = level / (1.0 - level)
        self._losses = [0.0] * len(self._prior)
        self.weights = [one / sum(self._prior) for one in self._prior]

    def learn(self, single: Sequence[float], blended: float, truth: float, unit: float) -> None:
        """Take in how a forecast came out.

        Args:
            single: the single forecasts.
            blended: what was made of them.
            truth: what came.
            unit: a typical wait; all four in seconds.
        """
        short, most = self._short, LARGEST * unit
        slope = SLOPE_RATE * (-short if blended < truth else 1.0 if blended > truth else 0.0) / unit
        rate, limit = ERROR_RATE / unit, SLOPE_RATE * LARGEST
        losses = []
        for loss, one in zip(self._losses, single, strict=True):
            error = one - truth if one > truth else short * (truth - one)
            lean = slope * (one - blended)
            losses.append(
                FORGET * loss
                + rate * (error if error < most else most)
                + (limit if lean > limit else -limit if lean < -limit else lean)
            )
        self._losses = losses
        least = min(losses)
        raw = [prior * exp(least - loss) if prior else 0.0 for prior, loss in zip(self._prior, losses, strict=True)]
        whole = 1.0 / sum(raw)
        self.weights = [one * whole for one in raw]


def middle(values: Sequence[float], weights: Sequence[float], floor: float) -> float:
    """The weighted mean of the logarithms, of which ``floor`` above 0 keeps that of nothing finite."""
    total = sum(map(mul, weights, map(log, [value + floor for value in values])))
    return max(0.0, exp(total) - floor)


def median(values: Sequence[float], weights: Sequence[float]) -> float:
    """The value at which half of the weight is reached; ``weights`` are together 1."""
    reached, found = 0.0, 0.0
    for value, weight in sorted(zip(values, weights, strict=True)):
        found = value
        reached += weight
        if reached >= 0.5:
            break
    return found

"""A blend of several forecasts whose weights follow how far each was off."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

RATE = 0.15  # how fast weights move; small, because those who wait together are wrong together
FORGET = 0.96  # what is left of an old loss after each lesson: halls change within a day
LARGEST = 3.0  # one lesson counts for no more than so many typical waits


class Blend:
    """Weights that fall exponentially with the forgotten sum of a forecast's absolute errors.

    Source: the exponentially weighted average forecaster with discounted losses, Cesa-Bianchi and Lugosi 2006,
    "Prediction, Learning, and Games", chapters 2.2 and 2.11.

    Attributes:
        weights: one per forecast, each at least 0, together 1.
    """

    __slots__ = ("_losses", "_prior", "weights")

    def __init__(self, prior: Sequence[float]) -> None:
        self._prior = tuple(prior)
        self._losses = [0.0] * len(self._prior)
        self.weights = [one / sum(self._prior) for one in self._prior]

    def learn(self, errors: Sequence[float]) -> None:
        """Take in how far each forecast was off, in typical waits."""
        self._losses = [
            FORGET * loss + (error if error < LARGEST else LARGEST)
            for loss, error in zip(self._losses, errors, strict=True)
        ]
        least = min(self._losses)
        raw = [prior * exp(RATE * (least - loss)) for prior, loss in zip(self._prior, self._losses, strict=True)]
        total = sum(raw)
        self.weights = [one / total for one in raw]

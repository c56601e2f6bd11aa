"""How far waits lie above the estimate: the recent errors in order, and a margin that keeps p90's promise."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from math import exp

MISSES = 0.09  # share of waits that may be above p90: a little under a tenth, since the promise is "at most"
STEP = 0.08  # how far one outcome moves the margin (its logarithm)
TOGETHER = 8  # so many waiting at once count in full; more of them are wrong together and count less each
FIRST = 0.3  # begins a little wide: the first people of a hall meet an estimate that has seen nothing
NARROWEST, WIDEST = -2.0, 1.0
IDLE_HIT, IDLE_MISS = 0.8, 0.5  # how much the outcomes of those who find an idle window count


class Sample:
    """The last values in order, for quantiles in a few steps; begins with made-up ones that leave first."""

    __slots__ = ("_last", "_sorted")

    def __init__(self, size: int, prior: Iterable[float]) -> None:
        self._last: deque[float] = deque(prior, maxlen=size)
        self._sorted = sorted(self._last)

    def add(self, value: float) -> None:
        """Take a value in; the oldest goes when the sample is full."""
        if len(self._last) == self._last.maxlen:
            del self._sorted[bisect_left(self._sorted, self._last.popleft())]
        self._last.append(value)
        insort(self._sorted, value)

    def quantile(self, level: float) -> float:
        """The value below which this share lies, between neighbours in a straight line."""
        ordered = self._sorted
        place = level * (len(ordered) + 1) - 1
        if place <= 0:
            return ordered[0]
        below = int(place)
        if below >= len(ordered) - 1:
            return ordered[-1]
        return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])


class Margin:
    """A factor on the width of p90: grows with every wait above it and shrinks with every other.

    So the share of waits above p90 tends to ``MISSES`` whatever the waits do, without any assumption on them.
    Source: adaptive conformal inference, Gibbs and Candès 2021; on the width instead of the level, as the quantile
    tracker of Angelopoulos, Candès and Tibshirani 2023.

    Those who find an idle window hardly ever wait beyond p90. They count too, because the promise is made to all.
    """

    __slots__ = ("_log",)

    def __init__(self) -> None:
        self._log = FIRST

    @property
    def factor(self) -> float:
        """What the width is multiplied with."""
        return exp(self._log)

    def learn(self, *, is_above: bool, waiting: int) -> None:
        """Take in one outcome.

        Args:
            is_above: the wait is longer than its p90.
            waiting: how many wait in the line now.
        """
        share = min(1.0, TOGETHER / (waiting + 1))
        self._move(share * ((1 - MISSES) if is_above else -MISSES))

    def learn_idle(self, *, is_above: bool) -> None:
        """Take in the outcome of somebody who found an idle window."""
        self._move(IDLE_MISS * (1 - MISSES) if is_above else -IDLE_HIT * MISSES)

    def _move(self, by: float) -> None:
        self._log = min(WIDEST, max(NARROWEST, self._log + STEP * by))

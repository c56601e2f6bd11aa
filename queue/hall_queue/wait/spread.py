"""How far waits lie above the estimate: the recent errors in order, and a margin that keeps p90's promise."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from math import exp

MISSES = 0.095  # share of waits that may be above p90: a little under a tenth, since the promise is "at most"
STEP = 0.03  # how far one outcome moves the margin
FADE = 0.995  # what is left of an old move
SHARE = 10.0  # how far the margin moves when every wait so far was above p90
SPARE = 0.02  # so much more may be covered than should be; beyond that the margin answers with ``SHARE_SPARE``
SHARE_SPARE = 100.0
AMPLE = 0.03  # with so much more covered, p90 is rounded down
FEW = 40  # so many waits count as right before the first
FIRST = 0.3  # begins a little wide: the first people of a hall meet an estimate that has seen nothing
YESTERDAY = 100  # former waits count for so many on a new day, whose own share above p90 matters
FIRST_FADES = 50.0  # waits after which half of that is gone
NARROWEST, WIDEST = -1.0, 1.5  # from p90 = p50 to 4.5 times as wide
LAST, VERY_LAST = 40, 10  # waits of a kind of moment that are remembered


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


class Recent:
    """The last waits that began in one kind of moment."""

    __slots__ = ("_last", "_sample")

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=VERY_LAST)
        self._sample = Sample(LAST, ())

    def add(self, waited_s: float) -> None:
        """A wait came out."""
        self._last.append(waited_s)
        self._sample.add(waited_s)

    def waits(self) -> tuple[float, float] | None:
        """Their middle and the mean of the very last, seconds; None before there was one."""
        if not self._last:
            return None
        return self._sample.quantile(0.5), sum(self._last) / len(self._last)

    def quantile(self, level: float) -> float:
        """The wait below which this share lies; 0 before there was one."""
        return self._sample.quantile(level) if self._last else 0.0


class Margin:
    """A factor on the width of p90 that steers the share of all waits above it to ``MISSES``.

    It has a part for the last outcomes, so that a burst is answered at once, and one for the tally of all waits so far,
    so that what went wrong is made good by the rest. Those who find an idle window hardly ever wait beyond p90; they
    count too, because the promise is made to all visitors together: p90 of the others comes down, at most to their p50.
    Source: adaptive conformal inference, Gibbs and Candès 2021; on the width instead of the level, and with an integral
    of past misses, Angelopoulos, Candès and Tibshirani 2023, "Conformal PID Control for Time Series Prediction".
    The integral lets a little too much be covered, because making up for it costs those who wait long.
    """

    __slots__ = ("_moved", "_seen", "_tally", "known_factor")

    def __init__(self) -> None:
        self._moved, self._seen, self._tally = 0.0, 0, 0.0
        self.known_factor: float | None = None  # worked out once after each outcome

    @property
    def factor(self) -> float:
        """What the width is multiplied with; 0 makes p90 the same as p50."""
        if self.known_factor is None:
            self.known_factor = self._factor()
        return self.known_factor

    def _factor(self) -> float:
        first = FIRST / (1.0 + self._seen / FIRST_FADES)
        above = self._tally / (FEW + self._seen)
        share = SHARE * above if above > 0 else -SHARE_SPARE * max(0.0, -above - SPARE)
        by = first + self._moved + share
        by = max(NARROWEST, min(WIDEST, by))
        return exp(by) if by > 0 else 1.0 + by

    @property
    def is_ample(self) -> bool:
        """Whether p90 was kept so often that it may be rounded down."""
        return -self._tally > AMPLE * (FEW + self._seen)

    def learn(self, *, is_above: bool) -> None:
        """Take in one outcome."""
        error = (1.0 if is_above else 0.0) - MISSES
        self._seen += 1
        self._tally += error
        self._moved = FADE * self._moved + STEP * error
        self.known_factor = None

    def day_opened(self) -> None:
        """The tally of former days is kept, but today's outcomes soon outweigh it."""
        kept = min(1.0, YESTERDAY / max(1, self._seen))
        self._seen, self._tally = round(self._seen * kept), self._tally * kept
        self.known_factor = None

"""What is seen of a line's windows and calls: how long a visit takes, how fast the line moves, when it stands."""

from __future__ import annotations

from collections import deque

PRIOR_LINE = 2.0  # so many visits the hall's mean counts for in a line of its own
RECENT = 20  # visits the recent mean looks back on
UNENDED = 0.5  # how much of the time of visits that still go on counts as seen
CALLS = 16  # calls the pace looks back on
FEWEST = 4  # calls before there is a pace
LONG_GAP = 6.0  # a gap of so many usual ones is a standstill


class Occupied:
    """How long one visit occupies a window, from the call to the next free moment: seconds, all and lately.

    Visits that still go on count in part: while a hall's first services take half an hour, nothing has ended, and a
    mean of what has ended would be too short for long.
    """

    __slots__ = ("_began", "_recent", "_running", "_total", "count")

    def __init__(self) -> None:
        self.count, self._total, self._recent = 0, 0.0, 0.0
        self._running, self._began = 0, 0.0

    def begin(self, at: float) -> None:
        """Somebody was called."""
        self._running, self._began = self._running + 1, self._began + at

    def stop(self, began: float) -> None:
        """A visit ended in a way that teaches nothing."""
        self._running, self._began = self._running - 1, self._began - began

    def end(self, began: float, at: float) -> None:
        """A visit ended."""
        self.stop(began)
        self.count, self._total = self.count + 1, self._total + at - began
        self._recent += (at - began - self._recent) / min(self.count, RECENT)

    def mean(self, prior_s: float, weight: float, at: float | None = None) -> float:
        """All visits, drawn to a prior that counts for ``weight`` visits; with ``at`` the unended ones too."""
        total = weight * prior_s + self._total
        if at is not None and self._running:
            total += UNENDED * (self._running * at - self._began)
        return total / (weight + self.count)

    def recent(self, prior_s: float) -> float | None:
        """The last visits; None when fewer than three were seen."""
        if self.count < 3:
            return None
        seen = min(self.count, RECENT)
        return (PRIOR_LINE * prior_s + seen * self._recent) / (PRIOR_LINE + seen)


class Flow:
    """How a line moves, on a clock that runs only while somebody waits.

    Attributes:
        waiting: how many wait.
        usual_stop_s: a standstill usually lasts so long; 0 before one was seen.
    """

    __slots__ = ("_clock", "_gap", "_gaps", "_left", "_since", "usual_stop_s", "waiting")

    def __init__(self) -> None:
        self.waiting = 0
        self.usual_stop_s = 0.0
        self._clock = self._since = self._left = 0.0
        self._gaps: deque[float] = deque(maxlen=CALLS)
        self._gap = 0.0

    @property
    def gap_s(self) -> float | None:
        """Seconds from one who leaves the line to the next, while people wait; single long ones cut."""
        return self._gap if len(self._gaps) >= FEWEST else None

    def stands_s(self, at: float) -> float:
        """How long people wait now and nobody is called."""
        return self._clock - self._left + (at - self._since if self.waiting else 0.0)

    def join(self, at: float) -> None:
        """Somebody waits."""
        if not self.waiting:
            self._since = at
        self.waiting += 1

    def leave(self, at: float, visit_s: float) -> None:
        """Somebody is called or gives up; ``visit_s`` is how long a window is usually occupied."""
        self._clock += at - self._since
        self._since = at
        self.waiting -= 1
        gap, self._left = self._clock - self._left, self._clock
        if len(self._gaps) >= FEWEST and is_standstill(gap, self._gap, visit_s):
            self.usual_stop_s += (gap - self.usual_stop_s) * (0.5 if self.usual_stop_s else 1.0)
        self._gaps.append(gap)
        if len(self._gaps) >= FEWEST:
            ordered = sorted(self._gaps)
            longest = 4 * ordered[len(ordered) // 2] + 1
            self._gap = sum([one if one < longest else longest for one in ordered]) / len(ordered)

    def forget_waiting(self) -> None:
        """The day is over."""
        self._left, self.waiting = self._clock, 0


def is_standstill(gap_s: float, usual_gap_s: float, visit_s: float) -> bool:
    """Whether a line stands: nobody was called for much longer than usual, and longer than a visit lasts."""
    return gap_s > LONG_GAP * usual_gap_s and gap_s > visit_s

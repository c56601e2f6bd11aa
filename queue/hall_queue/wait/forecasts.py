"""The single forecasts of a wait that the estimate blends, and how much each is trusted before anything was seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import msgspec

from hall_queue.wait.model import Situation

PAUSE_S = 2_400.0  # windows that are missing now are expected back after this: a lunch in turns
CROWD = 1.0  # before a hall was ever seen open, it is taken to have a window for so many who wait


class Kind(IntEnum):
    """What a forecast goes by."""

    VISITS = 0  # endings × all visits so far ÷ windows (by their share)
    LATELY = 1  # the same with the last visits
    PACE = 2  # endings × the last gaps between calls of the line
    LAST = 3  # the wait of whoever was called last
    HEAD = 4  # how long the first of the line has waited by now
    RATIO = 5  # VISITS, times what it was off by lately
    NOTHING = 6  # no wait
    HIGH = 7  # VISITS and more than half as much again
    SHARED = 8  # people in all lines that share these windows × the hall's mean visit ÷ windows
    NAIVE = 9  # the naive rule: people ahead × mean service ÷ windows
    TYPICAL = 10  # the middle of the last waits that began in such a moment
    MEAN = 11  # the mean of the very last of them


HIGH_FACTOR = 1.7


class Regime(IntEnum):
    """What kind of moment it is; each has a blend and errors of its own."""

    QUEUE = 0  # people wait
    CLOSED = 1  # nobody serves: all windows closed or paused, or nobody was called for long
    NEXT = 2  # all windows are busy and nobody waits
    GUESSED = 3  # the same, but windows that were not seen yet may be open
    IDLE = 4  # a window has nobody in front
    MAYBE_IDLE = 5  # the same, but the window may have closed unseen
    UNSEEN = 6  # no window was ever seen, and it is not known which are open
    OWN = 7  # people wait, and it is known which windows are open; they serve this line alone


#           VISITS LATELY PACE LAST HEAD RATIO NOTHING HIGH SHARED NAIVE TYPICAL MEAN
TRUST: dict[Regime, tuple[float, ...]] = {
    Regime.QUEUE: (1.0, 0.4, 0.2, 0.1, 0.1, 0.3, 0.0, 0.0, 0.7, 1.0, 0.1, 0.1),
    Regime.CLOSED: (1.0, 1.0, 0.3, 0.1, 1.0, 0.3, 0.0, 0.1, 0.7, 0.3, 0.1, 0.1),
    Regime.NEXT: (1.0, 0.3, 0.1, 0.1, 0.1, 0.1, 0.5, 0.0, 0.3, 0.3, 0.2, 0.1),
    Regime.GUESSED: (0.1, 0.05, 0.05, 0.1, 0.05, 0.05, 0.5, 0.0, 0.05, 0.5, 0.2, 0.1),
    Regime.IDLE: (0.0, 0.0, 0.0, 0.01, 0.0, 0.0, 0.1, 0.0, 0.0, 0.0, 1.0, 0.0),
    Regime.MAYBE_IDLE: (0.02, 0.02, 0.05, 0.05, 0.05, 0.02, 1.0, 0.0, 0.02, 0.0, 1.0, 0.05),
    Regime.UNSEEN: (0.5, 0.0, 0.0, 0.3, 0.1, 0.0, 0.6, 0.0, 0.0, 1.0, 0.1, 0.1),
    Regime.OWN: (0.3, 0.1, 0.001, 0.001, 0.001, 0.001, 0.0, 0.0, 0.5, 4.0, 0.001, 0.001),
}
LIKE_IDLE = (Regime.IDLE, Regime.MAYBE_IDLE)
UPPER = (Kind.LAST, Kind.HIGH, Kind.NAIVE, Kind.MEAN)
"""Forecasts that p90 is blended of too."""
TRUST_HIGH = {regime: (1.0, 0.2, 0.1, 0.1, 0.1, 0.1) for regime in Regime} | {
    Regime.IDLE: (1.0, 0.2, 0.1, 0.0, 0.0, 0.1)
}
"""For p90: p50 and the recent errors above it; the upper end of the last waits in such a moment; those of ``UPPER``."""


@dataclass(slots=True)
class Usual:
    """The windows a line usually has, remembered over noon and night.

    Attributes:
        seen: how often the line was looked at while windows were open.
        windows, servers: the mean of the last looks.
        most: rises quickly and falls slowly, so that a noon does not make a small hall of it.
    """

    seen: int = 0
    windows: float = 0.0
    servers: float = 0.0
    most: float = 0.0

    def look(self, situation: Situation) -> None:
        """Remember the windows of a moment; one without open windows says nothing."""
        windows = situation.windows
        if not windows:
            return
        self.seen += 1
        share = 1.0 / min(self.seen, 100)
        self.windows += (windows - self.windows) * share
        self.servers += (situation.servers - self.servers) * share
        self.most += (windows - self.most) / min(self.seen, 30 if windows > self.most else 300)

    def returning(self, situation: Situation) -> float:
        """How much faster a line moves once missing windows are back; 1 when none is missing."""
        if not situation.windows or situation.windows >= self.most:
            return 1.0
        return situation.windows / self.most


class Forecast(msgspec.Struct):
    """What was forecast for one ticket, kept until it is called.

    Attributes:
        single: the single forecasts, seconds.
        upper: what p90 is blended of, and ``high`` the blend, before the margin; seconds.
        p50, p90: the answer before rounding, seconds.
        width: what errors above p50 are measured in, seconds.
        told: p90 as it was told, whole seconds.
        is_counted: p90 was found too short already, while the ticket still waits.
    """

    line: str
    at: float
    regime: Regime
    single: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()
    p50: float = 0.0
    high: float = 0.0
    p90: float = 0.0
    width: float = 1.0
    told: int = 0
    is_counted: bool = False

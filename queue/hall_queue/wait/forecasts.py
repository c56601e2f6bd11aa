"""The single forecasts of a wait that the estimate blends, and how much each is trusted before anything was seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

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
    PLAIN = 9  # people ahead × all visits so far ÷ windows, as the naive rule has it


HIGH_FACTOR = 1.7


class Regime(IntEnum):
    """What kind of moment it is; each has a blend and errors of its own."""

    QUEUE = 0  # people wait
    CLOSED = 1  # nobody serves: all windows closed or paused, or nobody was called for long
    NEXT = 2  # all windows are busy and nobody waits
    GUESSED = 3  # the same, but windows that were not seen yet may be open
    IDLE = 4  # a window has nobody in front


#                     VISITS LATELY PACE LAST HEAD RATIO NOTHING HIGH SHARED PLAIN
TRUST: dict[Regime, tuple[float, ...]] = {
    Regime.QUEUE: (1.0, 0.7, 0.3, 0.1, 0.1, 0.3, 0.0, 0.0, 0.7, 0.7),
    Regime.CLOSED: (1.0, 1.0, 0.3, 0.1, 1.0, 0.3, 0.0, 0.1, 0.7, 0.3),
    Regime.NEXT: (1.0, 0.3, 0.1, 0.1, 0.1, 0.1, 0.5, 0.0, 0.3, 0.5),
    Regime.GUESSED: (0.1, 0.05, 0.05, 0.1, 0.05, 0.05, 1.0, 0.0, 0.05, 1.0),
}


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


@dataclass(slots=True)
class Forecast:
    """What was forecast for one ticket, kept until it is called.

    Attributes:
        single: the single forecasts, seconds.
        p50, p90: the answer before rounding, seconds.
        width: what errors above p50 are measured in, seconds.
        stood_s: the line's standstills so far when it was made, seconds.
        is_counted: p90 was found too short already, while the ticket still waits.
    """

    line: str
    at: float
    regime: Regime
    single: tuple[float, ...] = ()
    p50: float = 0.0
    p90: float = 0.0
    width: float = 1.0
    stood_s: float = 0.0
    is_counted: bool = False

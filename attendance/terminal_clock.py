"""Whether a terminal's clock goes right, and when a punch of a wrong clock counts; pure functions.

What is known of a terminal's clock is when its records come. The **delay** of a reception is the time it came less the
time of its newest record: the way takes seconds, a clock that is fast makes it negative, and a night without the line
makes it long. So:

* a delay below -60 s is a fast clock, at once: nothing comes before it happened;
* three receptions, each a minute or more after the one before, whose delays lie within 20 s of each other and beyond
  60 s, are a slow clock: what waited for a line that was down comes all at once;
* a delay within 60 s is a clock that goes right again;
* anything else says nothing, and what was known before holds.

A punch then counts at the terminal's time less the skew. One that would still lie more than 60 s in the future or more
than 400 days in the past (the year 2000 of a dead battery) counts for nobody until a manager corrects the day.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

RIGHT_S = 60.0
"""A clock may be so wrong: people see the terminal's minute and no more."""
ALIKE_S = 20.0
RECEPTIONS = 3
APART = timedelta(seconds=60)
OLDEST = timedelta(days=400)


@dataclass(slots=True)
class ClockWatch:
    """What is known of one terminal's clock.

    Attributes:
        skew_s: how fast it is, seconds; negative: slow; None: it goes right or nothing is known.
    """

    skew_s: float | None = None
    _late: deque[float] = field(default_factory=lambda: deque(maxlen=RECEPTIONS))
    _early: deque[float] = field(default_factory=lambda: deque(maxlen=RECEPTIONS))
    _last: tuple[datetime, datetime] | None = None

    def received(self, newest: datetime, at: datetime) -> None:
        """Take in that records came ``at`` this moment, the newest of them from ``newest`` by the terminal's clock."""
        delay = (at - newest).total_seconds()
        if abs(delay) <= RIGHT_S:
            self.skew_s = None
            self._late.clear()
            self._early.clear()
        elif delay < 0:
            self._early.append(delay)
            self.skew_s = round(-min(self._early), 1)
        elif self._is_apart(newest, at):
            self._last = newest, at
            self._late.append(delay)
            self.skew_s = slow(tuple(self._late)) or self.skew_s

    def _is_apart(self, newest: datetime, at: datetime) -> bool:
        """Whether this is another moment than that of the last reception: one backlog comes within seconds."""
        return self._last is None or (newest - self._last[0] >= APART and at - self._last[1] >= APART)


def slow(delays: Sequence[float]) -> float | None:
    """The skew (negative, seconds) that delays in a row tell of; None: nothing."""
    alike = len(delays) >= RECEPTIONS and max(delays) - min(delays) <= ALIKE_S
    return round(-min(delays), 1) if alike else None


def placed(at: datetime, received_at: datetime, skew_s: float | None) -> datetime | None:
    """When a punch counts; None where its time cannot be.

    A record that was made before the clock went wrong, and cannot be at the corrected time, counts as it stands.
    """
    if skew_s is not None and (corrected := _possible(at - timedelta(seconds=skew_s), received_at)) is not None:
        return corrected
    return _possible(at, received_at)


def _possible(counts_at: datetime, received_at: datetime) -> datetime | None:
    if counts_at > received_at:
        # within what a right clock may be wrong: nothing counts before it has come
        return received_at if (counts_at - received_at).total_seconds() <= RIGHT_S else None
    return counts_at if received_at - counts_at <= OLDEST else None

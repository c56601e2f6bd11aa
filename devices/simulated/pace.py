"""How fast simulated people are, and when they come."""

from __future__ import annotations

import asyncio
import math
import random

DAY = (1.4, 1.5, 1.0, 0.4, 0.7, 1.3, 1.1, 0.6)
"""Arrivals in each hour from nine to five, as parts of the mean: a full morning, a quiet noon, a second wave."""

BEGINS_S = 9 * 3600.0

AT_THE_DOOR = 0.08
"""Part of an hour's visitors who stand at the door when the hall opens, and come in one after the other."""

DOOR_S = 1.0
"""Between two who come in from the door, in the simulation's seconds."""

SPREAD = 0.6
"""Standard deviation of the logarithm of a span: few take very long, none takes no time."""


class Pace:
    """Spans and chances of a simulation, shortened by its speed; the same seed gives the same day."""

    def __init__(self, *, speed: float, visitors_per_hour: float, dice: random.Random) -> None:
        """Args: speed, how many times faster than real; visitors_per_hour, on the average of the day; dice."""
        self.speed = max(0.01, speed)
        self.dice = dice
        self._per_hour = max(0.0, visitors_per_hour)

    async def span(self, typical_s: float) -> None:
        """Let a span pass that is about so long, in the simulation's seconds."""
        await asyncio.sleep(self.about(typical_s) / self.speed)

    def about(self, typical_s: float) -> float:
        """A span that is about so long, in the simulation's seconds."""
        return typical_s * math.exp(self.dice.gauss(0.0, SPREAD))

    async def exactly(self, span_s: float) -> None:
        """Let a span pass, in real seconds: what the hall's own rules ask for is not shortened."""
        await asyncio.sleep(span_s)

    def later(self, span_s: float) -> float:
        """When so many of the simulation's seconds will have passed, by the loop's clock."""
        return asyncio.get_running_loop().time() + span_s / self.speed

    def chance(self, part: float) -> bool:
        """True in so many of all cases."""
        return self.dice.random() < part

    def next_arrival_s(self, since_start_s: float, *, came: int) -> float:
        """Real seconds until the next visitor comes; the simulated day begins at nine and comes again and again.

        First come those from the door, then a Poisson process whose rate changes by the hour.
        """
        if came < AT_THE_DOOR * self._per_hour:
            return DOOR_S / self.speed
        hour = int(since_start_s * self.speed / 3600) % len(DAY)
        rate = self._per_hour * DAY[hour] * self.speed / 3600
        return self.dice.expovariate(rate) if rate else math.inf


class DayClock:
    """The time of the simulated day, on the loop's monotonic clock.

    Attributes:
        closes_s: second of the day after which nobody comes and staff go home; None: the day comes again and again.
    """

    def __init__(self, *, speed: float, begins_s: float = BEGINS_S, closes_s: float | None = None) -> None:
        """It runs from the first look at it."""
        self.closes_s = closes_s
        self._speed, self._begins_s = max(0.01, speed), begins_s
        self._started: float | None = None

    def now_s(self) -> float:
        """Second of the day; where the day comes again, of the present one."""
        loop = asyncio.get_running_loop()
        if self._started is None:
            self._started = loop.time()
        passed = (loop.time() - self._started) * self._speed
        return self._begins_s + (passed if self.closes_s is not None else passed % (len(DAY) * 3600))

    async def until(self, at_s: float) -> None:
        """Wait for a second of the day; at once where it has passed."""
        await asyncio.sleep(max(0.0, (at_s - self.now_s()) / self._speed))

    @property
    def is_over(self) -> bool:
        """Whether the hall has closed."""
        return self.closes_s is not None and self.now_s() >= self.closes_s

    def __str__(self) -> str:
        """Such as 10:42."""
        minutes = int(self.now_s() // 60)
        return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"

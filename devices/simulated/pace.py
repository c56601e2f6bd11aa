"""How fast simulated people are, and when they come."""

from __future__ import annotations

import asyncio
import math
import random

DAY = (1.4, 1.5, 1.0, 0.4, 0.7, 1.3, 1.1, 0.6)
"""Arrivals in each hour from nine to five, as parts of the mean: a full morning, a quiet noon, a second wave."""

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
        await asyncio.sleep(typical_s * math.exp(self.dice.gauss(0.0, SPREAD)) / self.speed)

    async def exactly(self, span_s: float) -> None:
        """Let a span pass, in real seconds: what the hall's own rules ask for is not shortened."""
        await asyncio.sleep(span_s)

    def chance(self, part: float) -> bool:
        """True in so many of all cases."""
        return self.dice.random() < part

    def next_arrival_s(self, since_start_s: float) -> float:
        """Real seconds until the next visitor comes; the simulated day begins at nine and comes again and again.

        Source: a Poisson process whose rate changes by the hour.
        """
        hour = int(since_start_s * self.speed / 3600) % len(DAY)
        rate = self._per_hour * DAY[hour] * self.speed / 3600
        return self.dice.expovariate(rate) if rate else math.inf

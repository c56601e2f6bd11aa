"""Token buckets per address (`hall_server.origins`), with bounded memory."""

from __future__ import annotations

import math
from collections import OrderedDict

from hall_server.clock import Clock
from hall_server.errors import TooMany
from hall_server.web.routes import Limit

MOST_BUCKETS = 10_000


class Limiter:
    """Counts requests per group and address; the ones longest unused are forgotten first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, limit: Limit, address: str) -> None:
        """Count one request.

        Raises:
            TooMany: ``rate.exceeded`` with ``retry_s``, whole seconds until the next may come.
        """
        key, now = (limit.group, address), self._clock.monotonic()
        tokens = self._left(limit, key, now)
        self._buckets[key] = (tokens - 1, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)

    def check(self, limit: Limit, address: str) -> None:
        """Refuse as `take` would, and count nothing: for what only counts when it fails.

        Raises:
            TooMany: ``rate.exceeded``.
        """
        self._left(limit, (limit.group, address), self._clock.monotonic())

    def _left(self, limit: Limit, key: tuple[str, str], now: float) -> float:
        """How many may come now, one at the least."""
        tokens, at = self._buckets.get(key, (float(limit.burst), now))
        tokens = min(float(limit.burst), tokens + (now - at) * limit.per_s)
        if tokens < 1:
            raise TooMany("rate.exceeded", retry_s=math.ceil((1 - tokens) / limit.per_s))
        return tokens

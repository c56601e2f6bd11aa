"""How long to wait after a failure: full jitter over a doubling most, no less than the other side asks for."""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST_S, MOST_S = 5.0, 900.0
"""After a failure at most so long, doubled with each more, up to a quarter of an hour."""
LEAST_S = 1.0
_DOUBLINGS = 20

Jitter = Callable[[float], float]
"""A most → how long to wait, up to it."""


def full_jitter(most_s: float) -> float:
    """Anything up to the most, so that many senders do not come back together."""
    return random.uniform(0, most_s)  # noqa: S311  # guards nothing


def wait_s(tries: int, *, asked_s: float = 0.0, jitter: Jitter = full_jitter) -> float:
    """Seconds until the next try.

    Args:
        tries: failures in a row, this one included.
        asked_s: what the other side asks for (Retry-After).
        jitter: draws the wait.
    """
    most = min(MOST_S, FIRST_S * 2 ** min(max(tries, 1) - 1, _DOUBLINGS))
    return max(LEAST_S, jitter(most), asked_s)

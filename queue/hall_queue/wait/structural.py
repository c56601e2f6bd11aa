"""The wait by people, windows and recent service times alone: a gamma distribution, nothing learnt from its errors."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from hall_queue.wait.model import Wait

PRIOR_S = 240.0  # a service before any was seen, seconds
PRIOR_SPREAD = 0.8  # its coefficient of variation
PRIOR_WEIGHT = 5  # how many seen services the prior counts for
WALK_S = 20.0  # from the call to the start of service
_Z90 = 1.2815515655446004  # 0.9 quantile of the standard normal


def estimate(*, ahead: float, servers: float, idle: int, services: Sequence[float]) -> Wait:
    """The wait of someone who joins now.

    The time until ``n`` services have ended at ``servers`` windows is taken as a gamma distribution with the mean and
    the spread of the recent services; its quantiles come from Wilson and Hilferty's approximation (1931).

    Args:
        ahead: people of the same line who are called before.
        servers: windows that serve the line, above 0; a window shared with other lines counts by its share.
        idle: windows among them with nobody in front.
        services: recent service times of the line, seconds.

    Returns:
        The wait, never below zero.
    """
    endings = ahead + 1 - idle
    if endings <= 0:
        return Wait(p50=0, p90=0)
    mean, spread = _service(services)
    shape = max(endings, 0.25) / spread**2
    typical = endings * (mean + WALK_S) / servers
    return Wait(p50=round(typical * _gamma(shape, 0.0)), p90=round(typical * _gamma(shape, _Z90)))


def _service(services: Sequence[float]) -> tuple[float, float]:
    """Mean in seconds and coefficient of variation, drawn towards the prior while little was seen."""
    seen = len(services)
    if not seen:
        return PRIOR_S, PRIOR_SPREAD
    mean = (PRIOR_S * PRIOR_WEIGHT + sum(services)) / (PRIOR_WEIGHT + seen)
    if seen < 2 or sum(services) <= 0:
        return mean, PRIOR_SPREAD
    seen_mean = sum(services) / seen
    spread = sqrt(sum([(service - seen_mean) ** 2 for service in services]) / seen) / seen_mean
    return mean, max(0.2, (PRIOR_SPREAD * PRIOR_WEIGHT + spread * seen) / (PRIOR_WEIGHT + seen))


def _gamma(shape: float, z: float) -> float:
    """Quantile of a gamma distribution with this shape and mean 1, at the standard normal's ``z``."""
    ninth = 1 / (9 * shape)
    return float(max(0.0, 1 - ninth + z * ninth**0.5) ** 3)
